"""Turkish: the verb stands last, so what ends in one is complete, and what ends in a case is not. Pure."""

from __future__ import annotations

import re

from app.vad.cues import tr
from app.vad.cues.words import Cue, Judgement, Words, complete, likely, opened, unknown, unlikely, words


def _pattern(*endings: str) -> re.Pattern[str]:
    """Endings with their vowels in harmony: I is one of ı, i, u, ü; A is a or e; P is a person of "to be"."""
    joined = "|".join(endings).replace("P", _PERSON).replace("T", _SHORT)
    return re.compile(joined.replace("I", "[ıiuü]").replace("A", "[ae]"))


def _any(listed: frozenset[str]) -> str:
    return f"(?:{'|'.join(sorted(listed, key=len, reverse=True))})"


_PERSON = "(?:Im|sIn|Iz|sInIz|lAr)"
_SHORT = "(?:m|n|k|nIz|lAr)"
"""Persons of the past: "geldim"."""
_VOICE = "(?:I?[lnşt]|[dt]Ir|Ir)?"
_CAN = "(?:y?Abil|y?AmA)?"
_STEM = _any(tr.STEMS) + _VOICE
_CLEAR = _pattern(
    r"\w*Iyor(?:P|dIT?|mu?ş\w*)?",  # istiyorum
    r"\w+AcA(?:ğIm|ksIn|ğIz|ksInIz|klAr|ktIT?)",  # alacağım
    r"\w+mAlI(?:yIm|sIn|yIz|sInIz|lAr|ydIT?)",  # gitmeliyim
    r"\w+AbilirP",  # gelebilirim
    r"\w+rsIn(?:Iz)?",  # önerirsiniz
    r"\w+lI(?:yIm|sIn|yIz|sInIz)",  # mutlusun
    r"\w+sIz(?:Im|sIn|Iz|sInIz)",  # şanssızım
    r"\w+[aeıioöuü]yI[mz]",  # hastayım
    r"\w+[aeıioöuü]ydIT?",  # hastaydı
)
"""Finite by their endings alone, whatever the stem."""
_VERB = _pattern(
    rf"{_STEM}{_VOICE}(?:mA|mI)?{_CAN}(?:"
    r"[dt]IT?"  # aldım
    r"|mIş(?:P|tIT?)?"  # almışım, almıştım
    r"|(?:A?r|Ir|mAz)(?:P|dIT?)"  # alırım, alırdım
    r"|mAm|mAyIz|mAz"  # almam, almayız, almaz
    r"|y?A(?:yIm|lIm)"  # alayım, alalım
    r"|y?In(?:Iz)?|sIn(?:lAr)?"  # alın, alsın
    r"|y?AcAk"  # alacak
    r")"
)
_AORIST_THIRD = _pattern(rf"{_STEM}{_CAN}(?:A|I)?r", r"\w+Abilir")
"""It ends a sentence, and comes before "misiniz" more often."""
_CONVERB = _pattern(r"\w\w+(?:[^ae]Ip|yIp|ArAk|IncA|ken|mAdAn|dIğI(?:m|n|mIz|nIz)?|mAk|mAyA|mAyI)")
"""Verb forms after which the finite verb comes: "alıp", "giderken", "almak"."""
_CASE = _pattern(
    r"\w+'(?:y?I|y?A|n?In|[dt]An?|y?lA)",  # istanbul'a
    r"\w+[aeıioöuü](?:yI|yA|nIn|nI|nA)",  # çorbayı, masaya, çorbanın, hesabını
    r"\w\w+(?:ImI|ImA|ImIzI|ImIzA|ImIn|ImlA|lArA|[dt]An|lArInI|ylA)",  # adımı, arkadaşıma, evden, arabayla
)
"""Accusative, dative, genitive, ablative, instrumental: a verb is to come."""
_BEING = _pattern(rf"{_any(tr.ADJECTIVES | tr.JOBS)}(?:y?Im|sIn|y?Iz|sInIz)")
_CONDITIONAL = _pattern(r"\w*(?:[rz]sA|Iysa|Iyse|yorsA|varsa|yoksa|[nşl]sA)(?:m|n|k|nIz)?", r"\w+sAm")
_ASKABLE = _pattern(r"\w*Iyor", r"\w+AcAk", r"\w+(?<!e)(?<!gi)[dt]In(?:Iz)?")
"""Verbs of others: "geliyor [mu]", "gelecek [mi]", "geldin [mi]"."""
_DEGREES = words("çok pek biraz kadar hava oldukça fazla")
_HABITS = words("her bazen genellikle sık kışın yazın zaman arada artı eksi hep geceleri sonları")
_NAMED = words("adım ismim adı ismi soyadım mesleği")
_ASKERS = words("bana bize şunu bunu onu")
_WISHING = words("keşke ne")
_TITLES = words("hanım bey abi abla")


def is_finite(word: str) -> bool:
    """Whether a word ends a sentence as a verb does."""
    if word in tr.IS or word in tr.ASKING:
        return True
    if word in tr.NOT_VERBS:
        return False
    return bool(_CLEAR.fullmatch(word) or _VERB.fullmatch(word) or _BEING.fullmatch(word))


def excused(sentence: list[str]) -> Judgement | None:
    """Last words that lean on nothing after all: "bir tane daha", "ben de", "benim adım ne"."""
    if len(sentence) < 2:
        return None
    *before, last = sentence
    if last in tr.ASKING:
        return complete(Cue.QUESTION)
    if last == "demek":
        return complete(Cue.QUESTION) if before[-1] == "ne" else None
    if last == "daha":
        return likely(Cue.FRAGMENT) if len(before) > 1 or before[-1] in tr.MEASURES else None
    if last in {"kaç", "ne", "kim", "kadar"}:
        return _asked(before, last)
    if last in {"yedi", "ol"} and _CASE.fullmatch(before[-1]):
        return complete(Cue.STATEMENT)
    if last == "de" and before[0] == "bana" and len(before) > 1:
        return likely(Cue.ORDER)
    if last in {"de", "da"} and before[-1] in tr.PRONOUNS and len(before) == 1:
        return likely(Cue.FRAGMENT)
    if last == "doğru" and before[-1] in {"bu", "evet", "çok"}:
        return likely(Cue.STATEMENT)
    return None


def _asked(before: list[str], last: str) -> Judgement | None:
    if last == "kadar":
        return complete(Cue.QUESTION) if before[-1] in {"ne", "bu"} else None
    if last == "kaç":
        return likely(Cue.QUESTION) if before[-1] in {"saat", "yaşın", "numaran", "numaranız"} else None
    return likely(Cue.QUESTION) if before[-1] not in tr.POSTPOSITIONS | tr.DETERMINERS else unknown(Cue.QUESTION)


def grammar(sentence: list[str]) -> Judgement:
    """Judge a sentence whose last word does not lean on the next."""
    last = sentence[-1]
    before = sentence[:-1]
    asks = not tr.WH.isdisjoint(sentence)
    if last in tr.ASKING:
        return opened(Cue.HEADLESS)  # nothing stands before it
    if last == "et" and before and before[-1] in tr.NOUN_PARTS:
        return complete(Cue.ORDER)
    if last in tr.IMPERATIVES and last not in tr.DETERMINERS:
        return complete(Cue.ORDER) if before else likely(Cue.ORDER)
    if last in tr.UNITS and before and _is_number(before[-1]):
        return likely(Cue.FRAGMENT)
    if is_finite(last):
        return _finite(last, before, asks=asks)
    if _AORIST_THIRD.fullmatch(last) and last not in tr.NOT_VERBS:
        if asks:
            return complete(Cue.QUESTION)
        if not _HABITS.isdisjoint(before):
            return likely(Cue.STATEMENT)
        asking = last.endswith("bilir") or not _ASKERS.isdisjoint(before)
        return opened(Cue.VERBLESS) if asking else unlikely(Cue.VERBLESS)
    return _verbless(last, before)


def _finite(last: str, before: list[str], *, asks: bool) -> Judgement:
    """It ends in a verb. After some of them "mi" often follows."""
    if asks:
        return complete(Cue.QUESTION) if before else unknown(Cue.QUESTION)
    if not before and _ASKABLE.fullmatch(last):
        return unknown(Cue.STATEMENT)
    if not before and _BEING.fullmatch(last):
        return likely(Cue.STATEMENT)  # "öğretmenim" may be a subject
    return likely(Cue.STATEMENT) if last in {"var", "olur"} or _ASKABLE.fullmatch(last) else complete(Cue.STATEMENT)


def _verbless(last: str, before: list[str]) -> Judgement:
    """It ends in no verb, which a sentence may do that says what something is, or an order of few words."""
    if not before:
        return _single(last)
    if before[-1] == "kaç" and last not in tr.MEASURES - {"kişilik"}:
        return complete(Cue.QUESTION)  # kaç lira
    if last in tr.WH:
        return likely(Cue.QUESTION)
    if _WISHING & set(before) and _CONDITIONAL.fullmatch(last):
        return complete(Cue.STATEMENT)
    if _CONDITIONAL.fullmatch(last) and last not in tr.NOT_CASES | tr.JOBS:
        return opened(Cue.VERBLESS)
    if before[-1] in _DEGREES or last in tr.JOBS | _TITLES or not _NAMED.isdisjoint(before):
        return likely(Cue.STATEMENT)
    if (_CONVERB.fullmatch(last) or _CASE.fullmatch(last)) and last not in tr.NOT_CASES | tr.COMPOUNDS | tr.ADJECTIVES:
        return opened(Cue.VERBLESS)
    if last in tr.MEASURES - {"tane"}:
        leaning = _is_number(before[-1]) or before[-1] in tr.MEASURES or before[-1] in tr.DETERMINERS
        return opened(Cue.VERBLESS) if leaning else unknown(Cue.FRAGMENT)
    return unlikely(Cue.VERBLESS)


def _single(word: str) -> Judgement:
    """A text of one word, which may be a name."""
    if (_CASE.fullmatch(word) or _CONVERB.fullmatch(word)) and word not in tr.NOT_CASES | tr.COMPOUNDS:
        return opened(Cue.VERBLESS)
    return unlikely(Cue.VERBLESS) if word in tr.WH else unknown(Cue.FRAGMENT)


def _is_number(word: str) -> bool:
    """Whether a word is a number or a part of one."""
    return word in tr.DIGITS or word in tr.NUMBERS or word.isdecimal()


TURKISH = Words(
    grammar=grammar,
    excused=excused,
    yes_no=tr.YES_NO,
    agreeing=tr.AGREEING,
    thanks=tr.THANKS,
    goodbyes=tr.GOODBYES,
    greetings=tr.GREETINGS,
    phrases=tr.PHRASES,
    closers=tr.CLOSERS,
    markers=tr.MARKERS,
    postposed=tr.POSTPOSED,
    pointing=tr.POINTING,
    fillers=tr.FILLERS,
    conjunctions=tr.CONJUNCTIONS,
    headless=tr.HEADLESS,
    objectless=frozenset(),
    digits=tr.DIGITS,
    numbers=tr.NUMBERS,
    tens=tr.TENS,
    hundreds=tr.HUNDREDS,
    telephone=tr.TELEPHONE,
    numbered=tr.NUMBERED,
    sizes=tr.SIZES,
    asked=tr.ASKED,
    polar=tr.ASKING,
    wh=tr.WH,
)
