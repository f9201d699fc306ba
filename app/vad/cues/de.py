"""German: words that tell whether a text is complete. Data."""

from __future__ import annotations

from app.vad.cues.patterns import ENOUGH, ending_in, patterns
from app.vad.cues.words import Asked, Cue, Judgement, Words, likely, phrases, words

_MODALS = words("""
    kann kannst können könnt könnte könnten darf dürfen soll sollen will wollen möchten möchtest würden würdest
""")
_ORDERS = phrases("""
    ich möchte, ich möchte gerne, ich möchte gern, ich hätte gern, ich hätte gerne, ich nehme, wir nehmen,
    wir möchten, wir hätten gern, wir hätten gerne, geben sie mir, bringen sie mir, bringen sie uns, ich will,
    ich bekomme, ich brauche, für mich, gib mir, zeig mir, erzähl mir, bitte noch, haben sie
""")
_POLAR = _MODALS | words("""
    ist sind war waren hast haben hat gibt bist seid machst kommst gehst sprichst sprechen verkaufen nehmen
    akzeptieren liefern machen wissen kennen
""")
_WH = words("""
    was wer wen wem wo wohin woher wann warum wieso weshalb wie welche welcher welches welchen wieviel wieviele
""")
_WAITING = _MODALS | words("""
    bin bist ist sind war waren habe hast hat haben werde wird werden würde möchte will muss soll darf hätte sie du ihr
""")
_AT_THE_END = words("nicht mir uns")
"""They end a main clause, but not behind what waits for a verb, or for what is asked for: "können sie mir"."""
_asked = ending_in(words("das sie er es ihr du dies"), _WH)


def _excused(sentence: list[str]) -> Judgement | None:
    if sentence[-1] in _AT_THE_END and len(sentence) >= ENOUGH and sentence[-2] not in _WAITING:
        return likely(Cue.STATEMENT)
    return _asked(sentence)


GERMAN = Words(
    grammar=patterns(wh=_WH, polar=_POLAR, orders=_ORDERS, modals=_MODALS),
    excused=_excused,
    yes_no=phrases("""
        ja, nein, ja bitte, nein danke, ja gern, ja gerne, natürlich, genau, stimmt, richtig, falsch, doch, jawohl,
        auf keinen fall, ich glaube schon, ich glaube nicht, vielleicht, klar, sicher, noch nicht, das stimmt
    """),
    agreeing=phrases("""
        okay, ok, gut, sehr gut, in ordnung, alles klar, prima, super, schön, passt, gerne, gern, perfekt
    """),
    thanks=phrases("""
        danke, danke schön, dankeschön, vielen dank, danke sehr, herzlichen dank, bitte sehr, bitte schön, danke dir
    """),
    goodbyes=phrases("""
        tschüss, auf wiedersehen, bis bald, bis später, ciao, bis morgen, gute nacht, schönen tag noch,
        auf wiederhören, mach's gut
    """),
    greetings=phrases("""
        hallo, guten tag, guten morgen, guten abend, entschuldigung, hi, servus, grüß gott, verzeihung, moin
    """),
    phrases=phrases("""
        das ist alles, das war's, das wäre alles, nichts, halt, stopp, hilfe, einen moment, einen moment bitte,
        zahlen bitte, die rechnung bitte, wie bitte, ich weiß nicht, ich auch, noch einmal, nochmal, wie geht's,
        wie geht es ihnen, weiter, zum mitnehmen, zum hier essen, und du, und ihnen, sonst nichts, keine ahnung
    """),
    closers=phrases("""
        bitte, danke, vielen dank, das ist alles, nicht wahr, oder nicht, zum mitnehmen, das wäre alles
    """),
    markers=words("äh ähm hm also ja nein hallo okay ok gut und aber dann entschuldigung bitte oh ach naja"),
    fillers=phrases("äh, ähm, öh, hm, also, naja, na ja, sozusagen, wie sagt man, ich meine, halt so, tja"),
    conjunctions=words("""
        und oder aber denn weil dass ob wenn sondern sowie obwohl damit während bevor nachdem falls dann
    """),
    headless=words("""
        der die das den dem des ein eine einen einem einer eines mein meine meinen meiner dein deine sein seine ihr
        ihre unser unsere kein keine keinen in im an am auf aus bei mit nach von vom zu zum zur für über unter vor
        hinter neben zwischen ohne gegen durch um bis seit ich wir er sie man bin bist ist sind war waren habe hast
        hat haben kann kannst können könnte könnten möchte möchten will wollen wollte muss müssen soll sollen darf
        dürfen werde wird werden würde würden hätte hätten nicht sehr noch ganz so etwas viele einige diese dieser
        dieses jeden jede jeder alle mehr als wie mir uns
    """),
    objectless=words("nehme nimmst brauche suche kaufe mag mögen bestelle gib bringe heiße"),
    digits=words("null eins ein zwei zwo drei vier fünf sechs sieben acht neun"),
    numbers=words("""
        zehn elf zwölf dreizehn vierzehn fünfzehn zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig
        hundert tausend
    """),
    hundreds=words("hundert tausend"),
    telephone=words("nummer telefonnummer handynummer"),
    numbered=words("tisch zimmer um seite gegen bis nach nummer"),
    sizes=words("klein kleine mittel mittlere groß große"),
    asked={
        Asked.TELEPHONE: phrases("telefonnummer, handynummer, ihre nummer, deine nummer"),
        Asked.SPELLING: phrases("buchstabieren"),
        Asked.ADDRESS: phrases("adresse, anschrift, welche straße"),
        Asked.NUMBER: phrases("wie viele, wie alt, für wie viele, welche nummer, wieviel, wie viel"),
        Asked.TIME: phrases("wann, um wie viel uhr, wie spät, welchen tag"),
        Asked.SIZE: phrases("wie groß, welche größe"),
        Asked.NAME: phrases("ihr name, dein name, wie heißen sie, wie heißt du, auf welchen namen, ihren namen"),
        Asked.ORDER: phrases("""
            was möchten sie, was darf es sein, sonst noch, noch etwas, was nehmen sie, zu trinken, was kann ich
        """),
        Asked.REASON: phrases("warum, wieso"),
    },
    polar=_POLAR,
    wh=_WH,
)
