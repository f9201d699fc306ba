"""One turn's speech on its way to text: pieces in their order, joined when the turn is over."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from app.audio import samples_to_ms
from app.interfaces import Transcript


@dataclass(frozen=True, slots=True)
class Span:
    """Samples `start` to `end` of what the session received."""

    start: int
    end: int


class Hearing:
    """The speech of `turn`, from sample `start` on."""

    def __init__(self, turn: int, start: int) -> None:
        self.turn = turn
        self.start = start
        self.live_start = start
        """Where the part begins that is in no piece yet."""
        self.oldest = start
        """The first sample that is still needed."""
        self._spans: asyncio.Queue[Span | None] = asyncio.Queue()  # a piece every 8 s at most: bounded by the buffer

    def piece(self, end: int) -> None:
        """The speech goes on, but what lies before `end` can be transcribed."""
        self._spans.put_nowait(Span(self.live_start, end))
        self.live_start = end

    def finish(self, end: int) -> None:
        """The speech ended at sample `end`; nothing but silence may have come after the last piece."""
        if end > self.live_start or self.live_start == self.start:
            self.piece(end)
        self._spans.put_nowait(None)

    async def transcript(self, transcribe: Callable[[Span], Awaitable[Transcript]]) -> Transcript:
        """The turn's whole transcript, its words in ms of the session's audio clock. Raises as `transcribe` does."""
        heard: list[Transcript] = []
        while (span := await self._spans.get()) is not None:
            offset_ms = samples_to_ms(span.start)
            piece = await transcribe(span)
            words = tuple(replace(w, start_ms=w.start_ms + offset_ms, end_ms=w.end_ms + offset_ms) for w in piece.words)
            heard.append(replace(piece, words=words))
            self.oldest = span.end
        return _joined(heard)


def _joined(pieces: list[Transcript]) -> Transcript:
    spoken = [p for p in pieces if p.text] or pieces[-1:]
    return Transcript(
        text=" ".join(p.text for p in spoken),
        language=spoken[0].language,
        no_speech_prob=min(p.no_speech_prob for p in spoken),
        duration_ms=sum(p.duration_ms for p in pieces),
        words=tuple(w for p in spoken for w in p.words),
    )
