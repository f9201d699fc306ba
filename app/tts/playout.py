"""What of one reply was made, sent and heard, so that we send just ahead of what plays. Pure; time is an argument."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from app.audio import ms_to_samples, samples_to_ms
from app.interfaces import Word
from app.spacing import unspaced

LEAD_MS = 250
"""Audio sent ahead of what is heard: what a stop throws away, and what bridges a hiccup of the link."""
MAX_LEAD_MS = 2_000
TRUST_S = 1.0
"""A client that reports does so every 250 ms; after so long without a report we assume that it stands still."""
SILENT_S = 10.0
"""After so long it is taken for a client that reports only now and then, and plays on."""
END_GRACE_S = 1.0
"""How long after its computed end a reply waits for the client's `done`."""
_RECENT = 2
"""Clauses of which something is not sent yet: the newest, and at its begin the one before."""

PlayState = Literal["playing", "paused", "done"]


@dataclass(frozen=True, slots=True)
class Placed:
    """A clause on the reply's time line."""

    text: str
    start_ms: int
    words: tuple[Word, ...]


def heard_prefix(text: str, characters: int) -> str:
    """The beginning of `text` with so many characters that are not white space."""
    counts = accumulate(not c.isspace() for c in text)
    end = next((i for i, n in enumerate(counts) if n > characters), len(text))
    return text[:end].rstrip() if end < len(text) else text


def _heard_of(word: Word, heard_ms: int) -> int:
    """Characters of a word when so much of the reply was heard."""
    if not any(map(unspaced, word.text)):
        return len(word.text) if (word.start_ms + word.end_ms) / 2 < heard_ms else 0
    share = (heard_ms - word.start_ms) / max(1, word.end_ms - word.start_ms)
    return round(len(word.text) * min(1.0, max(0.0, share)))


class Playout:
    """Samples of one reply at `rate_hz`. Invariant: heard <= sent <= made."""

    def __init__(self, rate_hz: int, latency_ms: int = 0) -> None:
        """`latency_ms`: how much later the client hears than plays, as far as it is known."""
        self.rate_hz = rate_hz
        self.made = 0
        self.sent = 0
        self._clauses: list[Placed] = []
        self._lead = ms_to_samples(LEAD_MS, rate_hz)
        self._behind = ms_to_samples(min(latency_ms, MAX_LEAD_MS), rate_hz)
        """How much later the client hears than it plays: that much more is under way."""
        self._heard = 0.0
        self._heard_at: float | None = None
        self._state: PlayState = "playing"
        self._held = False
        self._reported: int | None = None
        self._reported_at = 0.0
        self._dry_at: int | None = None
        """Where it last stood for want of audio, or was held by us."""

    def place(self, text: str, words: tuple[Word, ...], samples: int) -> Placed:
        """Put a clause behind what was made already."""
        start_ms = samples_to_ms(self.made, self.rate_hz)
        shifted = tuple(Word(w.text, start_ms + w.start_ms, start_ms + w.end_ms, w.p) for w in words)
        placed = Placed(text, start_ms, shifted)
        self._clauses.append(placed)
        self.made += samples
        return placed

    def sendable(self, now: float) -> int:
        """Samples that may be sent at `now`."""
        return max(0, min(self.made - self.sent, int(self._playing_at(now)) + self._ahead - self.sent))

    def wait_s(self, now: float) -> float:
        """How long until another 20 ms may be sent, if the playing goes on."""
        missing = self.sent + ms_to_samples(20, self.rate_hz) - self._ahead - self._playing_at(now)
        return min(0.25, max(0.005, missing / self.rate_hz))

    def was_sent(self, samples: int, now: float) -> None:
        begins_in, self._heard = self._begins_in(now), self._playing_at(now)
        self._heard_at = now + begins_in
        self.sent += samples

    def report(self, played_ms: int, state: PlayState, now: float, latency_ms: int = 0) -> None:
        """The client's own word on what was heard, `latency_ms` after it was played; it overrides our estimate."""
        self._behind = ms_to_samples(min(latency_ms, MAX_LEAD_MS), self.rate_hz)
        played = min(self.sent, ms_to_samples(played_ms, self.rate_hz))
        stands = played == self.sent or 0 < played <= (self._reported or 0)
        if state == "playing" and stands and self.sent < self.made and played != self._dry_at and not self._held:
            # The link is more jittery than our lead: what is under way may be all that was sent.
            self._dry_at = played
            self._lead = min(2 * self._lead, ms_to_samples(MAX_LEAD_MS, self.rate_hz))
        self._reported = max(played, self._reported or 0)
        self._heard = self._reported
        self._heard_at = self._reported_at = now
        self._state = state

    def hold(self, now: float) -> None:
        """The client is told to pause."""
        self._heard = self._playing_at(now)
        self._heard_at = now
        self._held = True

    def go_on(self, now: float) -> int:
        """The client is told to play on: from where, in ms."""
        self._held = False
        self._dry_at = self._reported
        self._state = "playing" if self._state == "paused" else self._state
        self._heard_at, self._reported_at = now + self._behind / self.rate_hz, now
        return samples_to_ms(int(self._heard), self.rate_hz)

    def in_s(self, now: float) -> float:
        """How long until what is sent at `now` is heard."""
        return (self.sent - self._playing_at(now)) / self.rate_hz + self._begins_in(now)

    def words_in(self, samples: int) -> tuple[Word, ...]:
        """Those that begin in the next samples to be sent."""
        words = (word for clause in self._clauses[-_RECENT:] for word in clause.words)
        begin, end = (samples_to_ms(at, self.rate_hz) for at in (self.sent, self.sent + samples))
        return tuple(word for word in words if begin <= word.start_ms < end)

    def finished(self, now: float) -> bool:
        """Whether all that was made has been heard (the caller knows whether more will be made)."""
        if self.sent < self.made:
            return False
        if self._state == "done" and self._heard >= self.made - ms_to_samples(20, self.rate_hz):
            return True
        grace = 0.0 if self._reported is None else END_GRACE_S
        end = (self.made - self._heard) / self.rate_hz + grace
        since = 0.0 if self._heard_at is None else now - self._heard_at
        return not self._stands and since >= end

    def heard_samples(self, now: float) -> int:
        """What was heard: as reported, else as estimated from what was sent when."""
        return self._reported if self._reported is not None else int(self._playing_at(now))

    def heard_characters(self, now: float) -> int:
        """Characters, white space not counted, of the clauses' words that were heard by more than half; where a script
        has no spaces, of as much of a clause."""
        heard_ms = samples_to_ms(self.heard_samples(now), self.rate_hz)
        return sum(_heard_of(word, heard_ms) for clause in self._clauses if clause.text for word in clause.words)

    @property
    def _ahead(self) -> int:
        """Samples that may have been sent and not been heard."""
        return self._lead + self._behind

    @property
    def _stands(self) -> bool:
        return self._held or self._state == "paused"

    def _begins_in(self, now: float) -> float:
        """How long until the playing goes on, in s: it has not begun, stood for want of audio, or was held."""
        if self._heard_at is None or self._playing_at(now) >= self.sent:
            return self._behind / self.rate_hz
        return max(0.0, self._heard_at - now)

    def _playing_at(self, now: float) -> float:
        """Where the playing is, as far as can be told without a report of this moment."""
        if self._heard_at is None:
            return 0.0
        reports = self._reported is not None and now - self._reported_at < SILENT_S
        until = min(now, self._reported_at + TRUST_S) if reports else now
        elapsed = max(0.0, until - self._heard_at) if self._state == "playing" and not self._held else 0.0
        return min(float(self.sent), self._heard + elapsed * self.rate_hz)
