"""One session: the only writer of its state. Events come in, the turn machine decides, commands are carried out.

Everything between an event and its last command runs without waiting, so no other event falls in between.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import assert_never

from app.errors import CallerError, EngineError, ParlorError
from app.interfaces import LlmSlot
from app.session import refusals, signals
from app.session import turn as turns
from app.session.answering import Answering
from app.session.buffer import BufferFullError
from app.session.drafting import Level
from app.session.ears import StandstillError
from app.session.listener import Listener
from app.session.loudspeaker import Loudspeaker
from app.session.memory import Memory
from app.session.options import Choice, choose
from app.session.outlet import Outlet
from app.session.parts import Parts
from app.session.speaker import Speaker
from app.session.state import Phase, Turn
from app.vad.waiting import PATIENCE, Situation, silence_ms, unknown_ms
from app.wire import incoming
from app.wire import messages as wire
from app.wire.chunks import Chunks
from app.wire.messages import EndReason
from app.wire.order import Stand, check

log = logging.getLogger(__name__)
_SIGNS_OF_LIFE = (signals.Heard, signals.Drafted, signals.Typed, signals.AskedToSay, signals.FirstAudio)


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
        self.turn = Turn(choice.mode)
        self._parts = parts
        self._answering = Answering(self, parts, slot, self.memory, self.listener, self.speaker)
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
                self.do(signals.HungUp())
                raise _OverError
        except* _OverError:
            pass
        except* Exception:
            log.exception("session %s failed", self.id)
            self.fail(refusals.failed())
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
        return Stand.IDLE if self.turn.phase is Phase.IDLE else Stand.BUSY

    # ---- what the socket does

    def allow(self, kind: str) -> None:
        """Raises `CallerError` when a message of this kind may not come now."""
        check(self.choice.mode, self.stand, kind)

    async def hear(self, data: bytes) -> None:
        """Take audio; waits while the session is behind. Raises `CallerError`."""
        self.allow(incoming.BINARY)
        await self._put(data)

    async def receive(self, message: incoming.ClientMessage) -> None:
        """Carry out a message. Raises `CallerError`; then nothing was changed."""
        self.allow(message.type)
        match message:
            case incoming.Configure():
                self._configure(message)
            case incoming.AudioChunk():
                await self._chunk(message)
            case incoming.Commit():
                self.listener.ears.commit()
            case incoming.Text():
                self.do(signals.Typed(self._taken(message.text, "typed")))
            case incoming.TextRequest():
                self._say(message)
            case incoming.Interrupt():
                self.do(signals.Interrupted())
            case incoming.Playback():
                self.active_at = self.clock() if self.replies else self.active_at
                self.speaker.playback(message)
            case incoming.Control():
                self._control(message)
            case incoming.Bye():
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
        self.do(signals.HungUp())

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

    def so_far(self, turn: int, text: str) -> None:
        self.active_at = self.clock() if text else self.active_at
        if self.choice.mode is incoming.Mode.CONVERSATION and not self.speaker.pending:
            self._answering.prefill(turn, text)

    @property
    def drafts(self) -> bool:
        return self._answering.level is not Level.OFF

    @property
    def loudspeaker(self) -> Loudspeaker:
        return self.listener.ears.loudspeaker

    @property
    def replies(self) -> bool:
        return self.turn.reply is not None

    @property
    def at(self) -> int:
        return self.listener.ears.received

    @property
    def language(self) -> str:
        return self._parts.spoken(self.choice.language, self.listener.language)

    @property
    def asked(self) -> str:
        return self.memory.asked if self.speaker.saying is None else self.speaker.saying

    def patience(self, text: str | None, over: float | None) -> int:
        listener, patience = self.listener, PATIENCE[self._parts.config.profile[self.choice.profile].patience]
        if text is None:
            return unknown_ms(self._parts.config.vad.silence_ms, patience)
        situation = Situation(text, self.language, self.memory.asked, listener.ears.noise_dbfs, over, listener.rhythm)
        return silence_ms(situation, patience)

    def do(self, event: signals.Event) -> None:
        self.turn, commands = turns.step(self.turn, event)
        for command in commands:
            self._carry_out(command)
        if self.turn.phase is Phase.IDLE:
            self.speaker.forget_foreseen()
        wordless = isinstance(event, signals.Heard | signals.Drafted) and not event.text  # noise is nobody
        if isinstance(event, _SIGNS_OF_LIFE) and not wordless:
            self.active_at = self.clock()

    def _carry_out(self, command: signals.Command) -> None:
        match command:
            case signals.Remember(turn, text):
                self.memory.caller_said(turn, text)
            case signals.Foresee(turn, text):
                self._answering.foresee(turn, text)
            case signals.Answer(turn):
                self._answer(turn)
            case signals.Say(turn, text, language):
                self._answering.say(turn, text, language)
            case signals.Forget():
                self.speaker.settle_cut()
                self.memory.forget()
                self.listener.forget()
            case signals.Duck() | signals.Hush() | signals.GoOn() | signals.Cut() | signals.Drop():
                self.speaker.carry_out(command)
            case _:
                self.listener.carry_out(command)

    def _answer(self, turn: int) -> None:
        if self.detached_at is None:
            self._answering.answer(turn)
        else:  # said before the caller hung up: it is remembered, and nobody would hear us
            self.do(signals.ReplyOver(turn))

    def _configure(self, message: incoming.Configure) -> None:
        self.choice = choose(self.choice, message, self._parts.config.profile, self._parts.engines.tts.voices())
        self.turn = replace(self.turn, mode=self.choice.mode)
        if message.input is not None:
            self.listener.ears.configure(message.input)

    async def _chunk(self, message: incoming.AudioChunk) -> None:
        await self._put(self._chunks.take(message))
        if message.is_final:
            self.listener.ears.commit()

    async def _put(self, data: bytes) -> None:
        try:
            await self.listener.ears.put(data)
        except StandstillError:
            self._end_with(refusals.too_slow(self._parts.config.session.too_slow_s), EndReason.TOO_SLOW)

    def _say(self, message: incoming.TextRequest) -> None:
        if len(self.turn.waiting) >= self._parts.config.session.max_typed_waiting:
            raise refusals.too_fast(len(self.turn.waiting))
        self.do(signals.AskedToSay(self._taken(message.text, "said"), message.language))

    def _taken(self, text: str, kind: str) -> str:
        checked = refusals.checked(text, self._parts.config.session.max_text_chars)
        self._parts.metrics.turns.labels(kind).inc()
        return checked

    def _control(self, message: incoming.Control) -> None:
        match message.command:
            case "ping":
                self.tell(wire.Pong())
            case "stats":
                self.tell(wire.Stats(self.stats()))
            case "reset":
                self.do(signals.WasReset())

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
