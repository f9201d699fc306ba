"""One session: the only writer of its state. Events come in, the turn machine decides, commands are carried out.

Everything between an event and its last command runs without waiting, so no other event falls in between.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import assert_never

from app.errors import CallerError, EngineError, ParlorError
from app.interfaces import LlmSlot, Prompt
from app.session import refusals
from app.session import turn as turns
from app.session.buffer import BufferFullError
from app.session.ears import StandstillError
from app.session.guard import pieces
from app.session.listener import Listener
from app.session.memory import Memory
from app.session.options import Choice, choose
from app.session.outlet import Outlet
from app.session.parts import Parts
from app.session.reply import Manner
from app.session.speaker import Speaker
from app.session.timeline import Timeline
from app.wire import messages as wire
from app.wire.chunks import Chunks
from app.wire.messages import EndReason
from app.wire.order import Stand, check

log = logging.getLogger(__name__)


class _OverError(Exception):
    """Ends the session's task group; never leaves this file."""


class Session:
    """A conversation with one caller, over as many sockets as it takes."""

    tasks: asyncio.TaskGroup

    def __init__(self, session_id: str, parts: Parts, slot: LlmSlot, choice: Choice, outlet: Outlet) -> None:
        self.id = session_id
        self.choice = choice
        self.reason: EndReason | None = None
        """Why it ended."""
        self.clock = asyncio.get_running_loop().time
        self._created = datetime.now(UTC)
        self.created_at = self.active_at = self.clock()
        self.detached_at: float | None = self.created_at
        """Since when no socket is there."""
        self.was_attached = False
        self.memory = Memory(parts.config.session.history_chars)
        self.listener = Listener(session_id, self, parts)
        self.speaker = Speaker(self, outlet, self.memory, parts)
        self.turn = turns.Turn(choice.mode)
        self._parts = parts
        self._slot = slot
        self._outlet = outlet
        self._chunks = Chunks()
        self._over = asyncio.Event()

    async def run(self) -> EndReason:
        """Live until the end; the reason is told to the client and returned."""
        try:
            async with asyncio.TaskGroup() as self.tasks:
                self.tasks.create_task(self._listen())
                await self._over.wait()
                self.do(turns.HungUp())
                raise _OverError
        except* _OverError:
            pass
        except* Exception:
            log.exception("session %s failed", self.id)
            self.fail(ParlorError("The session failed.", fix="Open a new one; the server's log says why."))
        finally:
            self.reason = self.reason or EndReason.FAILED
            self.speaker.settle_all()
            self.tell(wire.SessionEnded(self.reason))
            await self._slot.close()
        return self.reason

    @property
    def stand(self) -> Stand:
        if self.reason:
            return Stand.ENDED
        return Stand.IDLE if self.turn.phase is turns.Phase.IDLE else Stand.BUSY

    # ---- what the socket does

    def allow(self, kind: str) -> None:
        """Raises `CallerError` when a message of this kind may not come now."""
        check(self.choice.mode, self.stand, kind)

    async def hear(self, data: bytes) -> None:
        """Take audio; waits while the session is behind. Raises `CallerError`."""
        self.allow(wire.BINARY)
        await self._put(data)

    async def receive(self, message: wire.ClientMessage) -> None:
        """Carry out a message. Raises `CallerError`; then nothing was changed."""
        self.allow(message.type)
        self.active_at = self.clock()
        match message:
            case wire.Configure():
                self._configure(message)
            case wire.AudioChunk():
                await self._chunk(message)
            case wire.Commit():
                self.listener.ears.commit()
            case wire.Text():
                self.do(turns.Typed(self._checked(message.text)))
            case wire.TextRequest():
                self._say(message)
            case wire.Interrupt():
                self.do(turns.Interrupted())
            case wire.Playback():
                self.speaker.playback(message)
            case wire.Control():
                self._control(message)
            case wire.Bye():
                self.end(EndReason.BYE)
            case _:
                assert_never(message)

    def attached(self) -> None:
        """A socket is there."""
        self.detached_at = None
        self.was_attached = True
        self.active_at = self.clock()
        self._chunks = Chunks()

    def hang_up(self) -> None:
        """The socket is gone; the session waits for another."""
        self.detached_at = self.clock()
        self.listener.ears.configure(self.choice.input)
        self.do(turns.HungUp())

    def end(self, reason: EndReason) -> None:
        """End the session, once."""
        self.reason = self.reason or reason
        self._over.set()

    # ---- what its parts do (session.parts.Desk)

    def tell(self, message: wire.Outgoing) -> None:
        self._outlet.tell(message, self.listener.ears.at_ms)

    def fail(self, error: ParlorError) -> None:
        self._parts.metrics.errors.labels(error.code).inc()
        fatal = isinstance(error, CallerError) and error.fatal
        self.tell(wire.ErrorMessage(error.code, error.message, error.fix, fatal, error.retry_after_s))

    def do(self, event: turns.Event) -> None:
        self.turn, commands = turns.step(self.turn, event)
        for command in commands:
            self._carry_out(command)
        if isinstance(event, turns.SpeechBegan | turns.FirstAudio):
            self.active_at = self.clock()

    # ----

    def _carry_out(self, command: turns.Command) -> None:
        match command:
            case turns.Announce(turn):
                self.listener.begin(turn)
                self._parts.metrics.turns.labels("spoken").inc()
            case turns.Transcribe(turn):
                self.listener.finish(turn)
            case turns.Remember(turn, text):
                self.memory.caller_said(turn, text)
            case turns.Answer(turn):
                self._answer(turn)
            case turns.Say(turn, text, language):
                self._start(turn, _once(text), language)
            case turns.Cut(turn):
                self.speaker.cut(turn)
            case turns.Drop(turn):
                self.speaker.never(turn)
            case turns.Forget():
                self.speaker.settle_cut()
                self.memory.forget()
            case _:
                assert_never(command)

    def _answer(self, turn: int) -> None:
        if self.detached_at is not None:  # said before the caller hung up: it is remembered, and nobody would hear us
            self.do(turns.ReplyOver(turn))
            return
        self.speaker.settle_cut()
        settings = self._parts.config.llm
        prompt = Prompt(
            self.memory.messages(self._parts.prompt(self.choice.profile)),
            settings.max_tokens,
            settings.temperature,
            settings.top_p,
            seed=turn,
            stop=settings.stop,
        )
        source = partial(self._slot.generate, prompt)
        retry_s = self._parts.config.session.reply_retry_s
        self._start(turn, pieces("llm", source, settings.first_token_s, settings.limit_s, retry_s), None)

    def _start(self, turn: int, source: AsyncGenerator[str, None], language: str | None) -> None:
        choice = self.choice
        speed = choice.speed or self._parts.config.profile[choice.profile].speed
        spoken = language or choice.language or self.listener.language or self._parts.language
        manner = Manner(spoken, choice.voice, speed, choice.output.rate)
        timeline = self.listener.timelines.pop(turn, None) or Timeline(self.listener.ears.at_ms, self.clock())
        self.speaker.start(turn, source, manner, timeline)

    def _configure(self, message: wire.Configure) -> None:
        voices = self._parts.engines.tts.voices()
        self.choice = choose(self.choice, message, self._parts.config.profile, voices)
        self.turn = turns.Turn(self.choice.mode, number=self.turn.number)
        if message.input is not None:
            self.listener.ears.configure(message.input)

    async def _chunk(self, message: wire.AudioChunk) -> None:
        await self._put(self._chunks.take(message))
        if message.is_final:
            self.listener.ears.commit()

    async def _put(self, data: bytes) -> None:
        try:
            await self.listener.ears.put(data)
        except StandstillError:
            self._end_with(refusals.too_slow(self._parts.config.session.too_slow_s), EndReason.TOO_SLOW)

    def _say(self, message: wire.TextRequest) -> None:
        if len(self.turn.waiting) >= self._parts.config.session.max_typed_waiting:
            raise refusals.too_fast(len(self.turn.waiting))
        self.do(turns.AskedToSay(self._checked(message.text), message.language))

    def _checked(self, text: str) -> str:
        return refusals.checked(text, self._parts.config.session.max_text_chars)

    def _control(self, message: wire.Control) -> None:
        match message.command:
            case "ping":
                self.tell(wire.Pong())
            case "stats":
                self.tell(wire.Stats(self.stats()))
            case "reset":
                self.do(turns.WasReset())

    async def _listen(self) -> None:
        try:
            await self.listener.run()
        except BufferFullError:
            self._end_with(refusals.buffer_full(), EndReason.BUFFER_FULL)
        except CallerError as error:
            self._end_with(error, EndReason.UNDECODABLE)
        except EngineError as error:  # the decoder of a compressed stream hangs
            self._end_with(error, EndReason.FAILED)

    def _end_with(self, error: ParlorError, reason: EndReason) -> None:
        self.fail(error)
        self.end(reason)

    def stats(self) -> dict[str, object]:
        """What `GET /v1/sessions/{id}/stats` says."""
        chunks, size = self.listener.ears.buffered
        last_activity = self._created + timedelta(seconds=self.active_at - self.created_at)
        return {
            "created_at": self._created.isoformat(timespec="milliseconds"),
            "last_activity": last_activity.isoformat(timespec="milliseconds"),
            "is_active": self.detached_at is None and not self.reason,
            "mode": self.choice.mode,
            "language": self.choice.language,
            "conversation_entries": len(self.memory),
            "buffer_chunks": chunks,
            "buffer_bytes": size,
            "pending_transcriptions": self.listener.pending,
            "pending_replies": self.speaker.pending,
            "turn_timings_ms": self.speaker.timings.percentiles(),
        }


async def _once(text: str) -> AsyncGenerator[str, None]:
    yield text
