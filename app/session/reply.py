"""One reply, as one cancellable task: text is written, clauses are spoken and sound is sent, all three at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from functools import partial

from app.audio import ms_to_samples
from app.errors import EngineError
from app.interfaces import Pcm, Speech, SpeechJob, Tts
from app.session.guard import attempt
from app.session.mouth import Mouth
from app.session.resample import Resampler
from app.session.timeline import Timeline
from app.tts.playout import Playout, heard_prefix
from app.tts.sentences import Sentences
from app.wire.codec import AudioFrame
from app.wire.incoming import Playback
from app.wire.messages import Outgoing, ReplyDelta, ReplySentence, ReplyStatus, TimedWord

BLOCK_MS = 40
"""Audio in one binary frame: 5 % header and framing, and a stop never waits for more than this."""
MAX_CLAUSES = 64
"""Clauses written and not yet spoken; then the model waits."""
MAX_SPEECHES = 2
"""Clauses spoken and not yet sent."""
FILLER_S = 1.5
"""After the endpoint: a caller who hears nothing for so long asks whether anybody is there."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How this reply is to sound."""

    language: str
    voice: str | None
    speed: float
    rate_hz: int | None
    """None is the voice's own."""
    filler: str | None = None
    """Said where the answer is late."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a reply's speech is bound by."""

    first_clause_chars: int
    max_clause_chars: int
    limit_s: float
    retry_s: float


class Reply:
    """The reply to `turn`. Nothing of it reaches the mouth once `live` is False."""

    def __init__(self, turn: int, tts: Tts, manner: Manner, limits: Limits, mouth: Mouth, timeline: Timeline) -> None:
        self.turn = turn
        self.timeline = timeline
        self.live = True
        self.playout: Playout | None = None
        self.text = ""
        """All that was written."""
        self.last_report = asyncio.Event()
        """Set when the client says that it plays no more of this reply."""
        self._tts = tts
        self._manner = manner
        self._limits = limits
        self._mouth = mouth
        self._clock = asyncio.get_running_loop().time
        self._clauses: asyncio.Queue[str | None] = asyncio.Queue(MAX_CLAUSES)
        self._speeches: asyncio.Queue[tuple[str, Speech] | None] = asyncio.Queue(MAX_SPEECHES)
        self._changed = asyncio.Event()
        self._gate = asyncio.Event()
        self._gate.set()
        self._ahead = 0
        """Clauses that are spoken before the gate opens."""
        self._drafted: SpeechJob | None = None
        """What is being spoken though nobody waits for it."""
        self._resampler: Resampler | None = None
        self._answered = asyncio.Event()
        """There is something to send, or never will be."""
        self._fills = self._sounds = self._hushed = False
        self._broken: EngineError | None = None
        """What brought it to an end after its beginning, which is still said: nobody is cut off in a word."""

    @property
    def opened(self) -> bool:
        """Somebody waits for it: it is no draft, or is none any more."""
        return self._gate.is_set()

    def hold(self, ahead: int) -> None:
        """It is a draft: nothing of it is told or sent until `open`, and no more than `ahead` clauses are spoken."""
        self._gate.clear()
        self._ahead = ahead

    def open(self, timeline: Timeline) -> None:
        """The turn is over, and this is its reply: out with what was held."""
        timeline.take(self.timeline)
        self.timeline = timeline
        self._gate.set()
        if self.text:
            self._tell(ReplyDelta(self.turn, self.text))

    async def run(self, source: AsyncGenerator[str, None]) -> ReplyStatus:
        """Speak what `source` writes until the caller has heard it.

        Raises `EngineError`, or an `ExceptionGroup` of them; after the clauses before the failure were heard.
        """
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._write(source))
            tasks.create_task(self._speak())
            tasks.create_task(self._send())
            tasks.create_task(self._hurry())
        if self._broken:
            raise self._broken
        return ReplyStatus.COMPLETED if self.text.strip() else ReplyStatus.EMPTY

    def report(self, told: Playback) -> None:
        """The client's playback report."""
        if self.playout:
            self.playout.report(told.played_ms, told.state, self._clock(), told.latency_ms)
        if told.state != "playing":
            self.last_report.set()
        self._changed.set()

    def hush(self) -> None:
        """The client is told to pause; it may have nothing of this reply yet."""
        self._hushed = True
        if self.playout:
            self.playout.hold(self._clock())

    def go_on(self) -> int:
        """The client is told to play on: from where, in ms."""
        self._hushed = False
        self._changed.set()
        return self.playout.go_on(self._clock()) if self.playout else 0

    def heard(self, *, whole: bool) -> str:
        """The part of the text that the caller heard; all of it when the reply was played to its end."""
        if whole or not self.playout:
            return self.text if whole else ""
        return heard_prefix(self.text, self.playout.heard_characters(self._clock()))

    async def _write(self, source: AsyncGenerator[str, None]) -> None:
        sentences = Sentences(self._limits.first_clause_chars, self._limits.max_clause_chars, self._manner.language)
        begun = False
        async with aclosing(source):
            try:
                async for piece in source:
                    self.timeline.mark("first_token", self._clock())
                    self.text += piece
                    self._tell(ReplyDelta(self.turn, piece))
                    for clause in sentences.feed(piece):
                        await self._clauses.put(clause)
                        begun = True
                    if self._broken:
                        break
            except EngineError as error:
                self._break(error, begun=begun)
        for clause in () if self._broken else sentences.flush():
            await self._clauses.put(clause)
        await self._clauses.put(None)

    def _break(self, error: EngineError, *, begun: bool) -> None:
        """Let what was made before `error` be said; a draft, or what has not begun, is better made anew."""
        if not (begun and self.opened):
            raise error
        self._broken = error

    async def _speak(self) -> None:
        spoken = 0
        while (clause := await self._clauses.get()) is not None:
            if spoken >= self._ahead:
                await self._gate.wait()
            spoken += 1
            try:
                speech = await self._spoken(clause)
            except EngineError as error:
                self._break(error, begun=spoken > 1)
                break
            self.timeline.mark("first_clause", self._clock())
            self._answered.set()
            await self._speeches.put((clause, speech))
        self._answered.set()
        await self._speeches.put(None)
        while clause is not None:  # so that who writes comes to an end
            clause = await self._clauses.get()

    async def _spoken(self, text: str) -> Speech:
        manner = self._manner
        job = SpeechJob(text, manner.language, manner.voice, manner.speed, draft=not self.opened)
        self._drafted = job if job.draft else None
        speech = await attempt("tts", partial(self._tts.speak, job), self._limits.limit_s, self._limits.retry_s)
        self._drafted = None
        return speech

    async def _hurry(self) -> None:
        """Somebody waits now: what waits behind all others as a draft is asked for once more, as none. The speech cache
        does it once, and gives it to both."""
        await self._gate.wait()
        if self._drafted and self._tts.info().queue:
            with suppress(EngineError):  # who asked first is told
                await self._tts.speak(replace(self._drafted, draft=False))

    async def _send(self) -> None:
        await self._gate.wait()
        await self._fill()
        index = 0
        while (item := await self._speeches.get()) is not None:
            clause, speech = item
            playout, pcm = self._fitted(speech)
            placed = playout.place(clause, speech.words, pcm.size)
            words = tuple(TimedWord(w.text, w.start_ms, w.end_ms) for w in placed.words)
            self._tell(ReplySentence(self.turn, index, clause, placed.start_ms, words))
            index += 1
            await self._pace(playout, pcm)
        if self.playout and self._resampler:
            tail = self._resampler.flush()
            self.playout.place("", (), tail.size)
            self._frame(self.playout, tail, last=True)
            while not (self._mouth.is_sent() and self.playout.finished(self._clock())):
                await self._change(self.playout)

    async def _fill(self) -> None:
        """Where the answer is late: a word in the meantime, which is no part of it."""
        if not self._manner.filler or await self._answered_in(FILLER_S - self.timeline.since_s(self._clock())):
            return
        try:
            speech = await self._spoken(self._manner.filler)
        except EngineError:
            return  # the answer itself will say what is wrong
        if not self._answered.is_set():
            playout, pcm = self._fitted(speech)
            playout.place("", speech.words, pcm.size)
            self._fills = True
            await self._pace(playout, pcm)
            self._fills = False

    async def _answered_in(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self._answered.wait()
        except TimeoutError:
            return False
        return True

    def _fitted(self, speech: Speech) -> tuple[Playout, Pcm]:
        """At the rate of this reply."""
        if not self.playout or not self._resampler:
            rate_hz = self._manner.rate_hz or speech.rate_hz
            self.playout = Playout(rate_hz, self._mouth.latency_ms)
            self._resampler = Resampler(speech.rate_hz, rate_hz)
            if self._hushed:
                self.playout.hold(self._clock())
        self._resampler.take(speech.rate_hz)  # another voice may speak on
        return self.playout, self._resampler.feed(speech.pcm)

    async def _pace(self, playout: Playout, pcm: Pcm) -> None:
        """Send as much as may be ahead of what is heard, then wait for the caller to hear it."""
        block = ms_to_samples(BLOCK_MS, playout.rate_hz)
        at = 0
        while at < pcm.size:
            samples = min(block, pcm.size - at, playout.sendable(self._clock()))
            if samples < min(block // 2, pcm.size - at) or not self._mouth.has_room():
                await self._change(playout)
                continue
            self._frame(playout, pcm[at : at + samples], last=False)
            at += samples

    def _frame(self, playout: Playout, pcm: Pcm, *, last: bool) -> None:
        if not self.live:
            return
        now = self._clock()
        if pcm.size and not self._fills:
            self.timeline.mark("first_audio", now)
        if pcm.size and not self._sounds and not self._fills:  # a filler answers nothing
            self._sounds = True
            self._mouth.sounds(self.turn)
        data = pcm.astype("<i2").tobytes()
        frame = AudioFrame(self.turn, playout.rate_hz, playout.sent, data, last)
        self._mouth.audio(frame, playout.in_s(now), playout.words_in(pcm.size))
        playout.was_sent(pcm.size, now)

    async def _change(self, playout: Playout) -> None:
        """Wait for a report, or for as long as the playing takes."""
        self._changed.clear()
        try:
            async with asyncio.timeout(playout.wait_s(self._clock())):
                await self._changed.wait()
        except TimeoutError:
            pass

    def _tell(self, message: Outgoing) -> None:
        if self.live and self.opened:
            self._mouth.tell(message)
