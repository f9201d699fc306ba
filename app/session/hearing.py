"""One turn's speech on its way to text: pieces in their order, joined when the turn is over."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from app.audio import samples_to_ms
from app.errors import EngineError
from app.interfaces import Transcript


@dataclass(frozen=True, slots=True)
class Span:
    """Samples `start` to `end` of what the session received."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Draft:
    """What was said until a pause, on its way to text."""

    hearing: Hearing
    span: Span
    at_ms: int
    """Where the audio clock stood when it was begun."""
    text: asyncio.Future[Transcript | None]
    """None when it failed: then somebody else has to."""

    def settle(self, heard: Transcript | None) -> None:
        """What became of it; only the first word counts."""
        if not self.text.done():
            self.text.set_result(heard)


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of the speech that can be transcribed, and the draft that does it already."""

    span: Span
    draft: Draft | None


class Hearing:
    """The speech of `turn`, from sample `start` on."""

    def __init__(self, turn: int, start: int) -> None:
        self.turn = turn
        self.start = start
        self.live_start = start
        """Where the part begins that is in no piece yet."""
        self.oldest = start
        """The first sample that is still needed."""
        self.over = self.forgotten = False
        """All of it was said; and before the conversation was forgotten, so that nothing is learned from it."""
        self.end = start
        """Of what can be transcribed."""
        self._spans: asyncio.Queue[_Part | None] = asyncio.Queue()  # a piece every 8 s at most: bounded by the buffer
        self._heard: list[Transcript] = []
        self._waiting = 0

    def piece(self, end: int, draft: Draft | None = None) -> None:
        """The speech goes on, but what lies before `end` can be transcribed, or was for `draft`."""
        covered = draft if draft and draft.span.start == self.live_start else None
        self._spans.put_nowait(_Part(Span(self.live_start, end), covered))
        self._waiting += 1
        self.live_start = self.end = end

    def finish(self, end: int, draft: Draft | None = None) -> None:
        """The speech ended at sample `end`; nothing but silence may have come after the last piece."""
        if end > self.live_start or self.live_start == self.start:
            self.piece(end, draft)
        self._spans.put_nowait(None)
        self.over = True

    def with_rest(self, rest: Transcript) -> str | None:
        """All that was said, where `rest` comes after the last piece; None while a piece is not text yet."""
        return None if self._waiting else _joined([*self._heard, rest]).text

    async def transcript(
        self, transcribe: Callable[[Span], Awaitable[Transcript]], lost: Callable[[EngineError], None]
    ) -> Transcript | None:
        """The turn's whole transcript, its words in ms of the session's audio clock; None where nothing was got of it.

        A piece that `transcribe` fails on is `lost`; the caller may still be speaking, and what comes then is heard.
        """
        while (part := await self._spans.get()) is not None:
            offset_ms = samples_to_ms(part.span.start)
            drafted = await part.draft.text if part.draft else None
            try:
                piece = drafted or await transcribe(part.span)
            except EngineError as error:
                lost(error)
            else:
                self._heard.append(_moved(piece, offset_ms))
            self._waiting -= 1
            self.oldest = part.span.end
        return _joined(self._heard) if self._heard else None


def _moved(piece: Transcript, by_ms: int) -> Transcript:
    words = tuple(replace(w, start_ms=w.start_ms + by_ms, end_ms=w.end_ms + by_ms) for w in piece.words)
    return replace(piece, words=words)


def _joined(pieces: list[Transcript]) -> Transcript:
    spoken = [p for p in pieces if p.text] or pieces[-1:]
    return Transcript(
        text=" ".join(p.text for p in spoken),
        language=spoken[0].language,
        no_speech_prob=min(p.no_speech_prob for p in spoken),
        duration_ms=sum(p.duration_ms for p in pieces),
        words=tuple(w for p in spoken for w in p.words),
    )
