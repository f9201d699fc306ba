"""What a caller hears of one call, on the caller's clock: a loudspeaker that writes down what it plays. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from app.bench.endpoint.replay import SURE_MS
from app.client.player import audible_windows
from app.interfaces import Pcm


@dataclass(frozen=True, slots=True)
class Sound:
    """Audio as it was played."""

    turn: int
    at: float
    """When it begins, in seconds."""
    pcm: Pcm
    rate_hz: int

    @property
    def until(self) -> float:
        """When it ends."""
        return self.at + self.pcm.size / self.rate_hz

    def before(self, now: float) -> Sound:
        """The part played by `now`."""
        return replace(self, pcm=self.pcm[: self._samples(now)])

    def after(self, now: float) -> Sound:
        """The part not played by `now`."""
        return replace(self, at=max(self.at, now), pcm=self.pcm[self._samples(now) :])

    def _samples(self, now: float) -> int:
        return max(0, round((now - self.at) * self.rate_hz))


@dataclass(slots=True)
class Capture:
    """Times are seconds of the caller's clock; sounds are played without gaps where they come in time."""

    ended: list[float] = field(default_factory=list)
    """When the other side said that the caller's turn was over."""
    texts: list[str] = field(default_factory=list)
    """What it had heard then."""
    sounds: list[Sound] = field(default_factory=list)
    """In the order of playing."""
    held: list[Sound] = field(default_factory=list)
    """Of a reply that pauses."""

    def play(self, turn: int, pcm: Pcm, rate_hz: int, now: float) -> None:
        """Audio came."""
        if self.held and self.held[-1].turn == turn:
            self.held.append(Sound(turn, now, pcm, rate_hz))
            return
        begin = max(now, self.sounds[-1].until) if self.sounds else now
        self.sounds.append(Sound(turn, begin, pcm, rate_hz))

    def stop(self, now: float) -> None:
        """What was not played by now is dropped."""
        self.sounds = [sound.before(now) for sound in self.sounds if sound.at < now]
        self.held = []

    def pause(self, now: float) -> None:
        """What was not played by now is held back."""
        held = [sound.after(now) for sound in self.sounds if sound.until > now]
        self.stop(now)
        self.held = held

    def resume(self, now: float) -> None:
        """What was held back is played from now on."""
        held, self.held = self.held, []
        for sound in held:
            self.play(sound.turn, sound.pcm, sound.rate_hz, now)

    def played_ms(self, turn: int, now: float) -> int:
        """How much of a reply was played by now."""
        parts = [sound.before(now) for sound in self.sounds if sound.turn == turn]
        return sum(1000 * part.pcm.size // part.rate_hz for part in parts)

    def answered_at(self, end: float) -> float | None:
        """When the turn of a caller who had said everything at `end` was over."""
        return next((at for at in self.ended if at >= end - SURE_MS / 1000), None)

    def first_sound(self, since: float) -> float | None:
        """When the first 10 ms that can be heard began, at or after `since`."""
        for sound in self.sounds:
            if sound.until <= since:
                continue
            for start in audible_windows(sound.pcm, sound.rate_hz):
                if (at := sound.at + start / sound.rate_hz) >= since:
                    return at
        return None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one call."""

    side: str
    call: str
    set: str
    cuts: int
    """Turns that were ended while the caller had more to say."""
    wait_ms: float | None
    """From the caller's end to the decision that the turn is over; None where it never fell."""
    voice_ms: float | None
    """From the caller's end to the first sound of the answer; None where none came."""
    text: str
    """What was heard of the caller, all turns."""
    said: str = ""
    foreign: float = 0.0
    """The share of the processors that other programs took meanwhile."""
    models: str = ""
    """Which ears, brain and voice both sides had."""


def outcome(side: str, call: tuple[str, str], end: float, capture: Capture) -> Outcome:
    """Of a call, as (name, set), whose caller had said everything at `end`, in seconds."""
    last = capture.answered_at(end)
    first = None if last is None else capture.first_sound(last)
    return Outcome(
        side=side,
        call=call[0],
        set=call[1],
        cuts=sum(at < end - SURE_MS / 1000 for at in capture.ended),
        wait_ms=None if last is None else (last - end) * 1000,
        voice_ms=None if first is None else (first - end) * 1000,
        text=" ".join(text.strip() for text in capture.texts if text.strip()),
    )
