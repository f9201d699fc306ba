"""Is this all that the caller had to say? Judged by the words alone, and by what we just asked. Pure.

Whisper writes a full stop behind anything, so a full stop proves little, a question mark much, a comma that the
recogniser itself expected more.
"""

from __future__ import annotations

from dataclasses import replace

from app.vad.cues.answer import asked_for, by_answer, echoed
from app.vad.cues.chinese import by_characters
from app.vad.cues.de import GERMAN
from app.vad.cues.english import ENGLISH
from app.vad.cues.es import SPANISH
from app.vad.cues.number import by_number, is_number
from app.vad.cues.ru import RUSSIAN
from app.vad.cues.said import Mark, Said
from app.vad.cues.turkish import TURKISH
from app.vad.cues.words import Asked, Completeness, Cue, Judgement, Words, complete, likely, opened, unknown

LANGUAGES = {"en": ENGLISH, "tr": TURKISH, "ru": RUSSIAN, "de": GERMAN, "es": SPANISH}
LONGEST_PHRASE = 6
"""Words of a fixed phrase."""
LONG = 5
"""From so many words on, a full stop is believed in a language whose words we do not know."""
LETTERS = frozenset("aioeyuаиявксоу")
"""Letters that are words somewhere."""
REQUEST_WORDS = 2
"""Of a request before its verb: "can you"."""
REPEATED = 4
"""Words of a beginning that is said twice."""
SENTENCES = frozenset({Cue.QUESTION, Cue.ORDER, Cue.STATEMENT})
"""What may have something behind its verb: after "teşekkürler" a "ben" begins the next sentence."""


def judge(text: str, language: str, asked: str = "") -> Judgement:
    """How complete `text` is as an answer to `asked`, our last sentence; a code such as "en" or "pt-BR" is a language.

    Any text and any language are judged; of a language without word lists only the punctuation and the length.
    """
    code = language.lower().replace("_", "-").split("-")[0]
    said = Said.of(text, code)
    if not said.words:
        return unknown()
    if code == "zh":
        return by_characters(said, asked)
    if code not in LANGUAGES:
        return _by_punctuation(said)
    lists = LANGUAGES[code]
    wanted = asked_for(asked, code, lists)
    if wanted is not Asked.NOTHING:
        lists = replace(lists, echoes=echoed(asked, code, lists))
    return _judged(said, lists, wanted)


def _by_punctuation(said: Said) -> Judgement:
    match said.mark:
        case Mark.MORE:
            return opened(Cue.PUNCTUATION)
        case Mark.QUESTION:
            return complete(Cue.PUNCTUATION)
        case Mark.EXCLAMATION:
            return likely(Cue.PUNCTUATION)
        case Mark.STOP if len(said.words) >= LONG:
            return likely(Cue.PUNCTUATION)
        case _:
            return unknown()


def _judged(said: Said, lists: Words, asked: Asked) -> Judgement:
    if said.mark is Mark.MORE:
        return opened(Cue.PUNCTUATION)
    phrase = _by_phrase(said.sentence, lists, asked)
    if phrase:
        return phrase
    sentence = _without_markers(said.sentence, lists)
    by_end = _by_postposed(said, lists, asked) or _by_end(said, lists, asked)
    judged = by_end or _by_last_word(said, lists) or _by_grammar(sentence, said.mark, lists)
    return by_answer(judged, sentence, lists, asked)


def _by_grammar(sentence: list[str], mark: Mark, lists: Words) -> Judgement:
    if mark is Mark.QUESTION:
        return complete(Cue.QUESTION)
    judged = lists.grammar(sentence)
    doubtful = judged.completeness in {Completeness.UNKNOWN, Completeness.UNLIKELY}
    return likely(Cue.PUNCTUATION) if mark is Mark.EXCLAMATION and doubtful else judged


def _by_phrase(sentence: list[str], lists: Words, asked: Asked) -> Judgement | None:
    """A text that is nothing but fixed phrases, by the last of them: "okay thank you"."""
    first, judged = 0, None
    while first < len(sentence):
        for last in range(min(len(sentence), first + LONGEST_PHRASE), first, -1):
            phrase = " ".join(sentence[first:last])
            closing = first and phrase in lists.closers
            found = complete(Cue.PHRASE) if closing else _phrase(phrase, lists, asked)
            if found:
                first, judged = last, found
                break
        else:
            return None
    return judged


def _phrase(phrase: str, lists: Words, asked: Asked) -> Judgement | None:
    if phrase in lists.thanks:
        return complete(Cue.THANKS)
    if phrase in lists.goodbyes:
        return complete(Cue.GOODBYE)
    if phrase in lists.agreeing:
        return likely(Cue.YES_NO) if asked is Asked.NOTHING else complete(Cue.ANSWER)
    if phrase in lists.echoes and asked is not Asked.NOTHING:
        return complete(Cue.ANSWER)
    if phrase in lists.yes_no:
        return complete(Cue.YES_NO)
    if phrase in lists.phrases:
        return complete(Cue.PHRASE)
    return likely(Cue.GREETING) if phrase in lists.greetings else None


def _by_postposed(said: Said, lists: Words, asked: Asked) -> Judgement | None:
    """A whole sentence with something behind its verb: "ayran var mı acaba", "lahmacun istiyorum ben"."""
    rest = said.sentence
    while size := _ends_with(rest, lists.postposed | lists.pointing):
        rest = rest[:-size]
    if not rest or len(rest) == len(said.sentence):
        return None
    found = _judged(Said(rest, rest, Mark.NONE), lists, asked)
    pointed = not lists.pointing.isdisjoint(said.sentence[len(rest) :])
    if found.cue in {Cue.PHRASE, Cue.YES_NO}:
        found = lists.grammar(rest)  # "bilmiyorum" is a sentence too
    if found.completeness < Completeness.LIKELY or found.cue not in ({Cue.QUESTION} if pointed else SENTENCES):
        return None
    return complete(Cue.QUESTION) if said.mark is Mark.QUESTION else likely(found.cue)


def _by_end(said: Said, lists: Words, asked: Asked) -> Judgement | None:
    """By the last few words, whatever stands before them."""
    words = said.words
    closer = _ends_with(words, lists.closers)
    before = words[: len(words) - closer]
    if closer == 1 and _is_bare_request(before, lists):
        return opened(Cue.OBJECTLESS)  # "can you please"
    if closer and words[-closer] == "if" and not lists.asking.isdisjoint(before[-2:]):
        return opened(Cue.OBJECTLESS)  # "could you tell me if you can"
    if closer and before:
        leaning = before[-1] in lists.headless | lists.objectless and not lists.excused(before)
        return unknown(Cue.OBJECTLESS) if leaning else complete(Cue.PHRASE)
    if _ends_with(words, lists.conjunctions):
        return opened(Cue.CONJUNCTION)
    if _ends_with(words, lists.fillers):
        return opened(Cue.FILLER)
    if _is_spelt(words):
        return opened(Cue.SPELLING)
    again = _begun_again(words)
    if again and not _may_repeat(words[-1], lists) and not _is_whole(words[-again:], lists, asked):
        return opened(Cue.REPEAT)
    excused = lists.excused(_without_markers(said.sentence, lists))
    if said.mark is Mark.QUESTION:
        return complete(Cue.QUESTION) if excused else None
    return excused or by_number(words, lists, asked)


def _is_bare_request(words: list[str], lists: Words) -> bool:
    """Whether they end in a request without its verb: "hi can you"."""
    before, request = words[:-REQUEST_WORDS], words[-REQUEST_WORDS:]
    if len(request) < REQUEST_WORDS or request[0] not in lists.polar or request[1] in lists.polar:
        return False
    return not before or _by_phrase(before, lists, Asked.NOTHING) is not None


def _by_last_word(said: Said, lists: Words) -> Judgement | None:
    """By a last word that leans on the next one."""
    judge_ = unknown if said.mark is Mark.QUESTION else opened
    last = said.words[-1]
    if last in lists.headless:
        return judge_(Cue.HEADLESS)
    return judge_(Cue.OBJECTLESS) if last in lists.objectless else None


def _ends_with(words: list[str], phrases: frozenset[str]) -> int:
    """Of how many words the phrase is that these words end with; 0 if with none."""
    sizes = range(min(len(words), LONGEST_PHRASE), 0, -1)
    return next((size for size in sizes if " ".join(words[-size:]) in phrases), 0)


def _is_spelt(words: list[str]) -> bool:
    """Two letters or more at the end, such as "b e t"."""
    count = next((i for i, word in enumerate(reversed(words)) if not _is_letter(word)), len(words))
    return count > 1 and not LETTERS.issuperset(words[-count:])


def _is_letter(word: str) -> bool:
    return len(word) == 1 and word.isalpha()


def _is_whole(words: list[str], lists: Words, asked: Asked) -> bool:
    """Whether what was said twice is no beginning: "stop it stop it"."""
    return _judged(Said(words, words, Mark.NONE), lists, asked).completeness >= Completeness.LIKELY


def _begun_again(words: list[str]) -> int:
    """How many of the last words were said just before: "i want i want", "can you the can you"."""
    for size in range(2, REPEATED + 1):
        end = words[-size:]
        if end == words[-2 * size : -size] or (len(words) == 2 * size + 1 and end == words[:size]):
            return size
    return 0


def _may_repeat(word: str, lists: Words) -> bool:
    """Digits, and question particles: "beş beş", "sıcak mı soğuk mu"."""
    return is_number(word, lists) or word in lists.polar - lists.headless


def _without_markers(sentence: list[str], lists: Words) -> list[str]:
    """Without what may stand before any sentence; never empty, and "tamam mı" is no particle alone."""
    last = len(sentence) - 1
    if sentence[-1] in lists.polar - lists.headless:
        last -= 1
    first = 0
    while first < last and sentence[first] in lists.markers:
        first += 1
    return sentence[first:]
