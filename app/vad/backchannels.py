"""What people say while another speaks, without wanting to speak: "uh-huh", "okay", "hı hı". Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from app.spacing import units
from app.vad.cues.answer import asked_for
from app.vad.cues.judging import LANGUAGES
from app.vad.cues.said import Said
from app.vad.cues.words import Asked, phrases

_DRAWN_OUT = re.compile(r"(\w)\1{2,}")
"""A letter three times or more: "hmmmm"."""
LONGEST = 5
"""Words of a phrase, or characters where there are no spaces."""


def _characters(text: str) -> frozenset[str]:
    return phrases(", ".join(" ".join(phrase) for phrase in text.split()))


PHRASES = {
    "en": phrases("""
        uh huh, uhuh, uhhuh, aha, ah, uh, um, hm, hmm, mhm, mm, mmm, mm hmm, mm hm, mhmm, huh, okay, ok, oh,
        oh okay, yeah, yep, yup, yes, right, i see, sure, really, got it, wow, cool, nice, great, good,
        fine, alright, all right, of course, exactly, true, interesting, oh really, oh i see, i know, of
        course, makes sense, ooh, indeed, hmmm, gotcha, perfect, excellent, hı hı, evet, tamam, peki
    """),
    "tr": phrases("""
        hı hı, hıhı, hı, hıı, hı hıı, hmm, hm, mm, mhm, aha, ha, haa, ah, oh, evet, tamam, tamamdır,
        anladım, öyle mi, peki, tabii, tabi, tabii ki, olur, güzel, doğru, harika, iyi, öyle, demek öyle,
        ya, yaa, gerçekten mi, anlıyorum, aynen, süper, elbette, okey, hım, hımm, hımmm, hı hım, he, hee,
        he he, aa, okay, ok, pekala, oldu, mükemmel, eyvallah, tabii canım, vay, vay be,
        hay hay, haklısınız
    """),
    "de": phrases("""
        mhm, hm, hmm, aha, ach, ach so, ja, jaja, okay, ok, genau, gut, klar, stimmt, verstehe, ich
        verstehe, alles klar, richtig, echt, wirklich, so so, na gut, schön, toll, super
    """),
    "es": phrases("""
        ajá, aja, mhm, mm, hm, hmm, ah, oh, sí, si, ya, vale, okay, ok, claro, bueno, bien, entiendo, ya
        veo, exacto, de acuerdo, cierto, en serio, muy bien, perfecto
    """),
    "ru": phrases("""
        ага, угу, мгм, хм, ммм, да, ну да, так, понятно, ясно, хорошо, ладно, окей, точно, верно, конечно,
        правда, правильно, понял, поняла, вот как, здорово
    """),
    "fr": phrases("""
        oui, ouais, mm, mhm, hm, hum, euh, ah, oh, ah oui, ah bon, ok, okay, d'accord, bien, bien sûr, très bien, voilà,
        c'est ça, je vois, je comprends, exactement, tout à fait, vraiment, super, parfait, en effet, entendu
    """),
    "it": phrases("""
        sì, si, mm, mhm, hm, eh, ah, oh, ok, okay, va bene, bene, certo, capito, ho capito, capisco, esatto, giusto,
        vero, davvero, perfetto, d'accordo, già, ecco, ah sì, molto bene
    """),
    "pt": phrases("""
        sim, uhum, aham, mm, mhm, hm, ah, oh, ok, okay, tá, tá bom, tá bem, está bem, está bom, certo, claro, entendi,
        entendo, percebo, pois, pois é, isso, exato, exatamente, verdade, ótimo, perfeito, beleza, muito bem
    """),
    "zh": _characters("""
        嗯 嗯嗯 哦 噢 啊 对 对对 对啊 是 是的 是啊 好 好的 好吧 好啊 行 可以 没错 当然 明白 我明白 明白了 知道了 我知道
        这样 这样啊 真的 真的吗 不错 很好 太好了
    """),
    "ja": _characters("""
        はい うん ううん ええ ああ あー へえ そう そうか そうです そうですね なるほど わかった 分かった 本当 本当に
        いいね もちろん
    """),
}
_HUMS = phrases("mm, mm hm, mm hmm, mhm, hm, hmm, uh huh, uhuh, aha, ah, oh, okay, ok, hıhım, мм, м м")
"""Everywhere: recognisers write them in English spelling in any language."""
_ANY = frozenset(phrase for each in PHRASES.values() for phrase in each)
"""A language without a list: most of these are the same far beyond theirs."""


def code_of(language: str) -> str:
    """The language of a code such as "en" or "pt-BR"."""
    return language.lower().replace("_", "-").split("-")[0]


def spoken_words(text: str, language: str) -> list[str]:
    """Lower case, without punctuation, whoever wrote it: "Uh-huh." is "uh" and "huh", "好的" is "好" and "的"."""
    return units(Said.of(text, code_of(language)).words)


def is_backchannel(text: str, language: str) -> bool:
    """Whether the text is such phrases and nothing else: "okay", "Yeah, yeah." Not for a text without words."""
    words = spoken_words(text, language)
    return bool(words) and not content_words(words, language)


def content_words(words: Sequence[str], language: str) -> tuple[str, ...]:
    """Those of `spoken_words` that belong to no such phrase, nor at the end to one that may be on its way: "got"."""
    known, found, first = _known(code_of(language)), list[str](), 0
    plain = [_DRAWN_OUT.sub(r"\1\1", word) for word in words]
    while first < len(words):
        sizes = range(min(LONGEST, len(words) - first), 0, -1)
        size = next((size for size in sizes if "".join(plain[first : first + size]) in known), 0)
        if not size and not _may_begin_one(plain[first:], known):
            found.append(words[first])
        first += size or 1
    return tuple(found)


@lru_cache(maxsize=32)
def _known(code: str) -> frozenset[str]:
    """The phrases of a language, each as one word: a recogniser may hear "öyle mi" as "öylemi", "okay" as "ok ay"."""
    return frozenset(phrase.replace(" ", "") for phrase in PHRASES.get(code, _ANY) | _HUMS)


def _may_begin_one(words: Sequence[str], known: frozenset[str]) -> bool:
    """The last word, which may be cut off; not one or two letters: far more than "i see" begins with "i"."""
    return len(words) == 1 and len(words[0]) > 2 and any(phrase.startswith(words[0]) for phrase in known)


def is_answerable(asked: str, language: str) -> bool:
    """Whether our sentence is a question, so that "okay" behind it is an answer."""
    code = code_of(language)
    if code in LANGUAGES:
        return asked_for(asked, code, LANGUAGES[code]) is not Asked.NOTHING
    return asked.rstrip(" \"'»”").endswith(("?", "？", "؟"))
