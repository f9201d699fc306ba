"""What the caller heard of a reply that is cut: our word, from the voice's own timing, beside the recogniser's."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Final

import numpy as np

from app.audio import ms_to_samples, to_float
from app.bench.calls.corpus import Corpus
from app.bench.interrupt.scenes import INTERRUPTIONS
from app.bench.score import Figure
from app.bench.speech.resample import at_16_khz
from app.interfaces import Engines, Speech, SpeechJob, SttJob, SttKind, Word
from app.tts.playout import Playout, heard_prefix
from app.vad.backchannels import spoken_words

REPLIES: Final = 20
REPORT_MS: Final = 200
"""Between two reports of a client's; after a stop it tells where it stopped."""
OFF: Final = 1
"""Words."""
UNHEARD: Final = 2
"""Words that the recogniser may have lost around a cut: with more, any answer would be right."""


async def figures(engines: Engines, corpus: Corpus, count: int, seed: int) -> list[Figure]:
    """How many of `count` random cuts leave the right last word, within one; and of how many nobody can tell.

    Raises `EngineError`.
    """
    dice = np.random.default_rng(seed)
    asked = dict.fromkeys(
        (call.reply, call.language) for call in corpus.calls(INTERRUPTIONS, 5 * REPLIES) if call.reply
    )
    texts = list(asked)[:REPLIES]
    right, vague = list[bool](), 0
    for place, (text, language) in enumerate(texts):
        speech = await engines.tts.speak(SpeechJob(text, language))
        audio = at_16_khz(to_float(speech.pcm), speech.rate_hz)
        heard = await engines.stt.transcribe(SttJob(f"cut {place}", SttKind.FINAL, audio, language))
        known = matched(text.split(), heard.words if heard else (), language)
        length_ms = speech.pcm.size * 1000 // speech.rate_hz
        for cut_ms in dice.integers(
            REPORT_MS, length_ms, count * (place + 1) // len(texts) - count * place // len(texts)
        ):
            low, high = bounds(known, int(cut_ms), len(text.split()))
            if high - low > UNHEARD:
                vague += 1
            else:
                right.append(low - OFF <= told(text, speech, int(cut_ms)) <= high + OFF)
    share, all_cuts = 100 * sum(right) / max(1, len(right)), len(right) + vague
    return [
        Figure("last word heard, within one", share, "in 100 cuts", len(right), 100.0, least=True),
        Figure("cuts where the recogniser lost the words", 100 * vague / max(1, all_cuts), "in 100 cuts", all_cuts),
    ]


def told(text: str, speech: Speech, cut_ms: int) -> int:
    """How many words the history keeps of a reply that a client stopped there."""
    playout = Playout(speech.rate_hz)
    playout.place(text, speech.words, speech.pcm.size)
    for at_ms in range(0, cut_ms, REPORT_MS):
        missing = ms_to_samples(at_ms + REPORT_MS, speech.rate_hz) - playout.sent
        playout.was_sent(max(0, min(missing, playout.made - playout.sent)), at_ms / 1000)
        playout.report(at_ms, "playing", at_ms / 1000)
    playout.hold(cut_ms / 1000)
    playout.report(cut_ms, "paused", cut_ms / 1000)
    return len(heard_prefix(text, playout.heard_characters(cut_ms / 1000)).split())


def matched(written: Sequence[str], heard: Sequence[Word], language: str = "en") -> list[tuple[int, Word]]:
    """The words that the recogniser heard as they are written, with their place in the text."""
    ours = ["".join(spoken_words(word, language)) for word in written]
    theirs = ["".join(spoken_words(word.text, language)) for word in heard]
    blocks = SequenceMatcher(None, ours, theirs, autojunk=False).get_matching_blocks()
    return [(one.a + step, heard[one.b + step]) for one in blocks for step in range(one.size)]


def bounds(known: Sequence[tuple[int, Word]], cut_ms: int, words: int) -> tuple[int, int]:
    """How many words had been heard by more than half, at least and at most: between two known ones nobody knows."""
    past = [place for place, word in known if word.start_ms + word.end_ms < 2 * cut_ms]
    ahead = [place for place, word in known if word.start_ms + word.end_ms >= 2 * cut_ms]
    return (max(past) + 1 if past else 0), (min(ahead) if ahead else words)
