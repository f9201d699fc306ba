"""How much silence ends the turn: from what was said, to whom it is said, and how this caller pauses. Pure.

A complete text waits little, an open one long. Where the words do not tell, the caller's own pauses stretch or shrink
the wait. A turn model's probability pulls it towards the one or the other end, and a noisy room adds a little.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from app.vad.cues.judging import judge
from app.vad.cues.words import Completeness
from app.vad.rhythm import Rhythm

MIN_WAIT_MS = 200
"""People leave each other about 200 ms (Stivers et al. 2009), and a detector's last frames are never sharp."""
MAX_WAIT_MS = 2_000
LATE_MS = 60
"""The detector hears the last word end 72 ms after it does (median of 200 labelled turns; in a tenth of them 22): that
much of the wait is over when it begins to count."""
MAX_COMPLETE_MS = 1_000
"""However a turn model judges: who has asked what time it is waits for an answer."""
SHRINK = 0.65
"""The least that short pauses make of a wait: what does not tell never waits less than what is likely complete."""
STRETCH = 2.5
"""The most that long pauses make of a wait: 800 ms becomes the longest there is."""
TRUST = 0.5
"""How far a turn model that is quite sure pulls the wait towards its end: half the way. Words and prosody err apart."""
QUIET_DBFS = -60.0
LOUD_DBFS = -30.0
NOISE_MS = 150
"""Added in a loud room, in proportion between the two: there the detector loses the last, soft syllable."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait after what kind of text, in ms, before the caller is known. Not decreasing from top down."""

    complete_ms: int = 250
    """After a complete question, order, yes or no, thanks, goodbye, or an answer to what we asked."""
    likely_ms: int = 450
    """After what may be complete, and often goes on: "i live in london", "two burgers"."""
    default_ms: int = 800
    """When the text does not tell, or there is none yet."""
    unlikely_ms: int = 1_500
    """After what rarely stands alone: "my brother"."""
    open_ms: int = MAX_WAIT_MS
    """After "and", "um", "can i have the", "my number is five"."""
    pause_ms: int = 900
    """The pause that three of four are shorter than, before the caller was heard."""


DEFAULT = Patience()
KIOSK = Patience(complete_ms=200, likely_ms=350, default_ms=600, unlikely_ms=1_200, open_ms=1_500, pause_ms=800)
"""Orders are short, and there is a queue."""
TUTOR = Patience(complete_ms=400, likely_ms=800, default_ms=1_300, unlikely_ms=2_000, open_ms=2_000, pause_ms=1_200)
"""A learner pauses within sentences, errs and begins again."""
PATIENCE = {"default": DEFAULT, "kiosk": KIOSK, "tutor": TUTOR}
"""By what a profile calls it."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known while the caller is silent."""

    text: str
    """Of this utterance so far; with or without capitals and punctuation; "" when nothing is known."""
    language: str
    """A code such as "en", "tr", "zh"."""
    asked: str = ""
    """The last sentence that we spoke; "" if we spoke none."""
    noise_dbfs: float = -90.0
    over: float | None = None
    """A turn model's probability that the turn is over; None without one."""
    rhythm: Rhythm = field(default_factory=Rhythm)


def wait_ms(situation: Situation, patience: Patience = DEFAULT) -> int:
    """Silence in ms, from the end of the last word, after which the turn is over: `MIN_WAIT_MS` to `MAX_WAIT_MS`."""
    completeness = judge(situation.text, situation.language, situation.asked).completeness
    wait = min(_usual(completeness, patience) * _stretch(completeness, situation.rhythm, patience), MAX_WAIT_MS)
    if situation.over is not None:
        wait = _pulled(wait, situation.over, patience)
    wait += NOISE_MS * _share(situation.noise_dbfs, QUIET_DBFS, LOUD_DBFS)
    longest = MAX_COMPLETE_MS if completeness is Completeness.COMPLETE else MAX_WAIT_MS
    return round(min(max(wait, MIN_WAIT_MS), longest))


def silence_ms(situation: Situation, patience: Patience = DEFAULT) -> int:
    """The same silence as the detector counts it."""
    return wait_ms(situation, patience) - LATE_MS


def unknown_ms(usual_ms: int, patience: Patience) -> int:
    """The detector's silence where the words are not known in time: `usual_ms`, more for patient profiles."""
    return round(usual_ms * max(1.0, patience.default_ms / DEFAULT.default_ms))


def _usual(completeness: Completeness, patience: Patience) -> int:
    return {
        Completeness.COMPLETE: patience.complete_ms,
        Completeness.LIKELY: patience.likely_ms,
        Completeness.UNKNOWN: patience.default_ms,
        Completeness.UNLIKELY: patience.unlikely_ms,
        Completeness.OPEN: patience.open_ms,
    }[completeness]


def _stretch(completeness: Completeness, rhythm: Rhythm, patience: Patience) -> float:
    """By the caller's pauses, where the words do not tell enough. Who is quick is not cut off after "and" for it."""
    if completeness >= Completeness.LIKELY:
        return 1.0
    least = 1.0 if completeness is Completeness.OPEN else SHRINK
    return min(max(rhythm.pause_ms(patience.pause_ms) / patience.pause_ms, least), STRETCH)


def _pulled(wait: float, over: float, patience: Patience) -> float:
    """Towards a complete text's wait if the turn is over, else towards the longest. At one half it tells nothing."""
    pull = TRUST * (2.0 * min(max(over, 0.0), 1.0) - 1.0)
    end = min(wait, patience.complete_ms) if pull > 0 else max(wait, MAX_WAIT_MS)
    return wait + abs(pull) * (end - wait)


def _share(value: float, low: float, high: float) -> float:
    """How far `value` is from `low` to `high`, 0 to 1."""
    return min(max((value - low) / (high - low), 0.0), 1.0)
