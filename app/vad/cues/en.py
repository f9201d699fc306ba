"""English words that tell whether a text is complete. Data."""

from __future__ import annotations

from app.vad.cues.words import Asked, phrases, words

BE = words("am is are was were be been being isn't aren't wasn't weren't ain't")
COPULAS = BE | words("i'm he's she's it's that's you're we're they're")
DO = words("do does did don't doesn't didn't")
HAVE = words("have has had haven't hasn't hadn't")
MODAL = words("""
    can could may might must shall should will would can't cannot couldn't won't wouldn't shouldn't mustn't
""")
AUXILIARY = BE | DO | HAVE | MODAL
WH = words("what where when who whom whose why which how")
WH_IS = words("what's where's who's how's when's what're how're where're")
WH_OBJECT = words("what which who whom whose")
"""Questions for an object: "what do you want" lacks none."""
SUBJECT = words("i he she we they")
CONTRACTED = words("""
    i'm i'd i'll i've he's he'll he'd she's she'll she'd it's it'll we're we'd we'll we've you're you'd you'll
    you've they're they'd they'll they've there's that's that'll here's let's
""")
PRONOUN = SUBJECT | words("you it this that these those there someone somebody anyone everyone everybody nobody")
ARTICLE = words("a an the")
DETERMINER = ARTICLE | words("""
    my your his her its our their every each some any another no this that these those both all more extra
""")
PREPOSITION = words("""
    of to in on at for with without from by about into onto between under near after before until during against
    through per than as like behind across around toward towards upon via except beside above below
""")
PARTICLES = words("in on off out up down over back away around through along by")
"""They may end a text behind a verb or its object: "turn it on", "start over"."""
PARTICLE_VERBS = words("""
    turn turned take took put come came go going start hang hold move check log sign switch set pick stand sit wake
    get give drop slow speed shut run look dine bring carry eat stay hurry read write fill find try call sort that's
""")
STRANDED = words("for about with from like to at of on in into")
"""They may end a question: "where are you from"."""
DEGREE = words("""
    very quite rather extremely also just only even always never usually often sometimes almost really pretty fairly
    slightly such least most more other own several many few much extra
""")
ENDED_BY_MORE = words("""
    once any no bit little slowly little's even much one few anything nothing me some want need know learn say
""")
THAT_VERBS = words("think thought said say believe know hope guess mean so told see feel heard suppose now")
"""After them "that" begins a clause."""
ASKING_VERBS = words("know ask learn understand tell me explain remember say see")
"""After them a question word begins a clause."""
DENIALS = words("not never cannot nobody nothing no")
OPINION = words("think believe guess suppose hope mean imagine")
"""An opinion is to follow, or "so"."""
NEEDS_OBJECT = words("""
    want need get take bring give buy make put add remove prefer love hate enjoy visit find lose sell use show tell
    meet carry send contain include recommend serve mean explain describe discuss mention swap replace clean spend
    wear catch throw teach keep hold pick choose receive lend borrow offer provide cost become seem feel look sound
    let say draw paint miss prepare share reserve grab exchange suggest invite expect
""")
_OBJECT_FORMS = words("""
    wants needs gets takes brings gives buys makes puts adds removes prefers loves hates enjoys visits finds loses
    sells uses shows tells meets carries sends contains includes serves means explains likes has seems sounds looks
    feels becomes draws paints misses prepares chooses wanted needed got took brought gave bought made put visited
    found sold used showed told met carried sent became loved hated enjoyed liked wore chose drew painted prepared
    lost costs cost having wanting getting taking bringing giving buying making putting using
""")
OBJECTLESS = NEEDS_OBJECT | _OBJECT_FORMS
INDIRECT = words("""
    call give get bring show tell let make send pass hand teach ask buy lend gave brought showed told offer
""")
"""With a person behind them they still want a thing: "give me"."""
PERSON = words("me us him her them")
VERBS = NEEDS_OBJECT | words("""
    dream go come see like have do eat drink pay order try help work live walk drive talk speak think know
    understand remember forget read write play study learn listen wait watch open close start stop begin finish
    leave arrive remind set worry bother owe complete schedule record create delete save search text email cancel
    book sit stand sleep wake run swim travel fly change repeat call ask answer happen rain cook dance sing practice
    spell pronounce correct check deliver split taste hear turn move stay sign park smoke reach return rest
    translate count continue join agree matter exist care cry laugh win fall grow cut hurt fit break fix hurry smell
    substitute modify upgrade customize charge refund confirm recommend accept allow be seat skip hold
""")
DONE = words("""
    gone been seen eaten drunk taken written done had bought found left lost forgotten chosen finished visited heard
    used opened studied tried met made given ordered paid read known come spoken drawn sold brought cleaned decided
    changed said told thought started lived worked learned waited got
""")
PAST = words("""
    went came saw ate drank paid ran swam spoke thought knew understood forgot read wrote drove sat stood slept flew
    left began heard fell grew broke won said did had was were could would should
""")
ORDERING = words("want need have take get try order like prefer love share start add do go")
"""What a caller does who orders: "i'll have", "i would like"."""
IMPERATIVE = VERBS | words("repeat please let's excuse forget confirm")
CLOSING = words("""
    today tomorrow yesterday tonight now later soon again here there together everyday already instead too ago first
    outside inside yet alone anymore much lot well slowly everything nothing anything something somewhere nowhere it
    him them us me morning afternoon evening night week month year weekend o'clock monday tuesday wednesday thursday
    friday saturday sunday summer winter spring autumn work home school day
""")
"""After a verb these rarely go on."""
PREDICATE = words("""
    spicy vegetarian vegan fresh open closed ready free included available big small hot cold good bad halal kosher
    expensive cheap safe far close right wrong correct true possible okay ok fine busy late early happy tired hungry
    thirsty sick bored sure serious married old new nice warm sweet sour salty dry frozen homemade organic healthy
    large full empty crunchy crispy fried grilled raw cooked done over there here today now easy difficult hard
    important interesting boring beautiful ugly clean dirty heavy light fast slow long short dangerous quiet loud
    strong soft dark bright round strange useful excited nervous angry sad afraid surprised proud lonely worried
    alone finished broken gone working coming delicious tasty popular gluten-free seasonal local better worse best
""")
NOUN_MODIFIERS = words("""
    chicken beef cheese tomato chocolate apple orange lemon mushroom vegetable caesar onion garlic birthday ice ham
    egg fish train bus phone school tuna
""")
"""Nouns that mostly stand before another when an article or a number stands before them."""
CONTAINERS = words("""
    cup glass bottle bowl slice couple piece plate pair lot kind sort box bag can pot cups glasses bottles bowls
    slices pieces plates kinds pairs list number
""")
"""After a determiner they want an "of"."""
RELATIONAL = words("""
    difference price name kind sort type meaning capital end number size color cost opposite plural tense
""")
"""Nouns that mostly want an "of"."""
MODIFIERS = words("""
    small medium large big little hot cold iced red white black green yellow blue brown new old good bad nice fresh
    turkish greek french italian sparkling mineral extra double single grilled fried half beautiful strange
    difficult quiet whole long short young best next last first second third same different diet high low
""")
"""Words that mostly stand before a noun."""
PLURALS = words("""
    people children men women feet teeth fish rice bread soup water tea coffee hundred thousand million o'clock
    dollars percent am pm
""")
"""They follow a number without an s."""
RELATIVE = words("ordered wanted said asked meant mean need needed want have got like liked")
TIME_STARTS = words("in on at last next this every after before during by until")

FRAGMENT_STARTS = words("with without no another extra just only not")

YES_NO = phrases("""
    yes, no, yeah, yep, yup, nope, nah, yes i do, no i don't, yes i am, no i'm not, yes it is, no it isn't,
    of course, of course not, absolutely, definitely, certainly, exactly, correct, that's right, that's correct,
    that is right, that is correct, that's wrong, that's not right, not really, not yet, not at all, sure thing,
    uh huh, mm hmm, mhm, why not, i think so, i don't think so, i guess so, i hope so, yes i can, yes we are,
    yes you can, yes i would, no i haven't, yes i have, maybe, not now, no way, never, sometimes, probably,
    probably not, neither, neither one, either one, both of them
""")

AGREEING = phrases("""
    okay, ok, sure, right, fine, good, great, perfect, all right, alright, that's fine, that sounds good,
    sounds good, wonderful, nice, cool, got it, i see, excellent, that's good, that's great, that works, very good,
    really, ah, oh, wow
""")
_ANYBODY = words("i we you they he she it that there")
_AFFIRMED = words("do does did are is was were")
_DENIED = words("""
    don't doesn't didn't aren't isn't wasn't weren't can't couldn't won't wouldn't haven't hasn't hadn't shouldn't
""")
ECHOES = phrases("""
    i do, i am, i'm not, i did, i can, i will, it is, both, either, they are, we do, we are, we can, i have, she is,
    he is, she does, he does, it does, that is
""") | frozenset(
    (
        *(f"yes {one} {verb}" for one in _ANYBODY for verb in _AFFIRMED),
        *(f"{no}{one} {verb}" for no in ("", "no ") for one in _ANYBODY for verb in _DENIED),
    )
)
"""Affirmed alone, and with "would", more often goes on than not: "i would ..." like."""
THANKS = phrases("""
    thanks, thank you, thanks a lot, thank you very much, thank you so much, many thanks, thanks so much, cheers,
    no thank you, no thanks, yes please, no problem, you are welcome, you're welcome, thank you again,
    nothing thanks
""")
GOODBYES = phrases("""
    bye, goodbye, bye bye, good bye, see you, see you later, see you soon, see you tomorrow, have a nice day,
    good night, have a good day, have a good one, take care, talk to you later, have a good evening,
    see you next time, see you then
""")
GREETINGS = phrases("""
    hello, hi, hey, hi there, hello there, good morning, good evening, good afternoon, excuse me, sorry, pardon,
    well done, i'm sorry, i am sorry, excuse me waiter, wait, please, nice to meet you
""")
PHRASES = phrases("""
    please do, how do you do, are you well, no more, nothing more, not for now, just that, only that, stop, help,
    never mind, nothing, nothing else, that's all, that is all, that's it, that will be all, that'll be all,
    that's everything, no that's all, go on, go ahead, start over, one moment, one moment please, just a moment,
    wait a minute, just a second, one second, hold on, hang on, i don't know, i do not know, i understand,
    i don't understand, i do not understand, me too, me neither, same here, for here, to go, check please, come on,
    what else, which one, what about you, and you, how about you, how are you, i'm not sure, i am not sure,
    i have no idea, no idea, i forgot, that's okay, it's okay, it's fine, i'm fine, i am fine, don't worry,
    let's go, forget it, i agree, help me, i'm ready, i am ready, we are ready, we're ready, i'm done,
    what time is it, guess what, good idea, be quiet, louder, slower, once more, one more time, say it again,
    say that again, come again, the same, same again, whatever, anything, keep the change, i'm full, not much,
    a little, a little bit, very well, i'd love to, i would love to, so so, of course you can
""")
CLOSERS = phrases("""
    please, thanks, thank you, thank you very much, that's all, that's it, that is all, i think so, or not,
    if possible, if you can, if you could, right now, as well, and that's all, and that's it, for now,
    if that's okay, i hope so, no thanks, no thank you, or something, or so, for me please, and nothing else,
    if you don't mind, as before, as soon as possible, you know what i mean, that would be great, that will be all,
    that would be all
""")
MARKERS = words("""
    um uh er erm hmm hm well so okay ok yes yeah hi hello hey and but also actually sorry please wait oh ah right
    sure alright then now great good listen look maybe perhaps basically honestly anyway first
""")
FILLERS = phrases("""
    um, uh, er, erm, uhm, umm, hmm, hm, eh, uh uh, you know, i mean, let me see, let me think, let's see, well,
    kind of, sort of, how do you say, how do i say, how to say, what do you call it, something like, for example,
    oh well, mm
""")
CONJUNCTIONS = words("""
    and or but because so if when while although though unless since that's-why whether plus cause therefore however
    then
""")
HEADLESS = (
    (ARTICLE | words("my your his its our their every each some any another no both"))
    | PREPOSITION
    | AUXILIARY
    | SUBJECT
    | CONTRACTED
    | WH_IS
    | DEGREE
    | words("there's not which whose gonna wanna gotta")
)
DIGITS = words("zero oh one two three four five six seven eight nine double triple")
TENS = words("twenty thirty forty fifty sixty seventy eighty ninety")
HUNDREDS = words("hundred thousand million")
NUMBERS = (
    TENS
    | HUNDREDS
    | words("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen half quarter dozen")
)
NUMBERED = words("""
    table room page at past to by around until chapter level gate seat floor line it that or for before after lesson
    question only just not year number maybe platform bus flight of plus minus times
""")
TELEPHONE = words("number telephone phone code pin zip postcode mobile")
SIZES = words("small medium large regular big little tall short extra")
ASKED = {
    Asked.TELEPHONE: phrases("""
        phone number, telephone, call you back on, number can we reach, mobile number, card number
    """),
    Asked.SPELLING: phrases("spell"),
    Asked.ADDRESS: phrases("""
        address, which street, what street, deliver to, where should we deliver, where do we deliver
    """),
    Asked.NUMBER: phrases("""
        how many, how old, what number, which number, which table, table number, room number, how much,
        for how many, party of, how long, how big, how far
    """),
    Asked.TIME: phrases("what time, when, which day, what day, what date"),
    Asked.SIZE: phrases("size, small or large, medium or large, large or small, how large"),
    Asked.NAME: phrases("your name, what name, whose name, name for, who is speaking, who am i speaking, call you"),
    Asked.ORDER: phrases("""
        would you like to order, can i get you, what would you like, what can i get, what can i bring,
        anything else, what will you have, what are you having, ready to order, take your order, to drink, to eat,
        your order, what can i do for you, how can i help, how may i help, can i help you, which one would you like,
        would you prefer
    """),
    Asked.REASON: phrases("why"),
}
