"""The speaking half of a session: at most one reply lives; each ends exactly once, with what was heard of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import assert_never

from app.audio import ms_to_samples
from app.errors import EngineError, PromptTooLongError
from app.interfaces import RATE_HZ, Prompt, Word
from app.session import signals
from app.session.memory import Memory, last_sentence
from app.session.outlet import Outlet
from app.session.parts import Desk, Parts
from app.session.reply import Limits, Manner, Reply
from app.session.timeline import Timeline, Timings
from app.tts.playout import MAX_LEAD_MS
from app.wire import incoming
from app.wire import messages as wire
from app.wire.codec import AudioFrame
from app.wire.messages import ReplyStatus

log = logging.getLogger(__name__)

DUCK_DB = -12.0
"""Soft enough to speak against, loud enough to follow: a false alarm is hardly noticed."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a reply depends on: where it is the same, the reply is."""

    turn: int
    prompt: Prompt
    manner: Manner


@dataclass(frozen=True, slots=True)
class _Draft:
    """A reply that is being worked out before anybody waits for it."""

    foreseen: Foreseen
    reply: Reply
    task: asyncio.Task[None]


class Speaker:
    """What one session says."""

    def __init__(self, desk: Desk, outlet: Outlet, memory: Memory, parts: Parts) -> None:
        self.timings = Timings()
        self._desk = desk
        self._outlet = outlet
        self._memory = memory
        self._parts = parts
        self._replies: dict[int, Reply] = {}
        """Not settled yet: the live one, and those that were cut a moment ago."""
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._draft: _Draft | None = None
        self._hushed: int | None = None
        self.latency_ms = 0
        settings = parts.config
        self._limits = Limits(
            settings.tts.first_clause_chars,
            settings.tts.max_clause_chars,
            settings.tts.limit_s,
            settings.session.reply_retry_s,
        )

    @property
    def saying(self) -> str | None:
        """The sentence of the live reply whose end is being heard; empty in the middle of one, None without a reply."""
        live = next((reply for reply in self._replies.values() if reply.live and reply.playout), None)
        return last_sentence(live.text, live.heard(whole=False)) if live else None

    @property
    def pending(self) -> int:
        """Replies that have not ended."""
        return len(self._replies)

    def start(self, turn: int, source: AsyncGenerator[str, None], manner: Manner, timeline: Timeline) -> None:
        """Speak what `source` writes."""
        reply = self._replies[turn] = Reply(turn, self._parts.engines.tts, manner, self._limits, self, timeline)
        self._desk.tell(wire.ReplyStarted(turn))
        self._tasks[turn] = self._desk.tasks.create_task(self._run(reply, source))

    def foresee(self, foreseen: Foreseen, source: AsyncGenerator[str, None], ahead: int, timeline: Timeline) -> None:
        """Work out what may become the reply; `ahead`: the clauses of it that are spoken."""
        self.forget_foreseen()
        reply = Reply(foreseen.turn, self._parts.engines.tts, foreseen.manner, self._limits, self, timeline)
        reply.hold(ahead)
        self._draft = _Draft(foreseen, reply, self._desk.tasks.create_task(self._run(reply, source)))

    @property
    def foreseeing(self) -> bool:
        """Whether anything is being worked out, or was."""
        return self._draft is not None

    def foresees(self, foreseen: Foreseen) -> bool:
        """Whether just that is being worked out."""
        return self._draft is not None and self._draft.foreseen == foreseen

    def open(self, foreseen: Foreseen, timeline: Timeline) -> bool:
        """What was foreseen is the reply; False where something else was, or nothing."""
        draft, turn = self._draft, foreseen.turn
        if draft is None or draft.foreseen != foreseen:
            self.forget_foreseen()
            return False
        self._draft = None
        self._replies[turn], self._tasks[turn] = draft.reply, draft.task
        self._desk.tell(wire.ReplyStarted(turn))
        draft.reply.open(timeline)
        return True

    def forget_foreseen(self) -> None:
        """It comes otherwise."""
        if self._draft:
            self._draft.reply.live = False
            self._draft.task.cancel()
            self._draft = None

    def carry_out(self, command: signals.OfReply) -> None:
        """What the turn machine wants."""
        match command:
            case signals.Duck(turn):
                self._duck(turn, DUCK_DB)
            case signals.Hush(turn):
                self._hush(turn)
            case signals.GoOn(turn):
                self._go_on(turn)
            case signals.Cut(turn):
                self._cut(turn)
            case signals.Drop(turn):
                self._never(turn)
            case _:
                assert_never(command)

    def _cut(self, turn: int) -> None:
        """Stop `turn` at once. What was heard of it is settled when the client's last report is there."""
        reply = self._replies[turn]
        reply.live = False
        reply.hush()
        self._outlet.drop(turn)
        self._desk.loudspeaker.stopped(self._heard_from)
        self._desk.tell(wire.ReplyStop(turn))
        self._tasks.pop(turn).cancel()
        if reply.playout and reply.playout.sent:
            reply.last_report.clear()
            self._desk.tasks.create_task(self._settle_later(reply))
        else:
            self._settle(reply, ReplyStatus.INTERRUPTED)

    def _duck(self, turn: int, gain_db: float) -> None:
        """It may be somebody else who speaks; or it was nobody."""
        self._desk.loudspeaker.ducked(self._heard_from, gain_db)
        self._desk.tell(wire.ReplyDuck(turn, gain_db))

    def _hush(self, turn: int) -> None:
        """It must be somebody else who speaks."""
        self._hushed = turn
        self._replies[turn].hush()
        self._desk.loudspeaker.stopped(self._heard_from)
        self._desk.tell(wire.ReplyPause(turn))

    def _go_on(self, turn: int) -> None:
        """It was nothing."""
        if self._hushed != turn:
            self._duck(turn, 0.0)
            return
        self._hushed = None
        from_ms = self._replies[turn].go_on()
        self._desk.loudspeaker.goes_on(ms_to_samples(from_ms), self._heard_from)
        self._desk.tell(wire.ReplyResume(turn, from_ms))

    def _never(self, turn: int) -> None:
        """A text that waited to be spoken will not be."""
        now = asyncio.get_running_loop().time()
        self._desk.tell(wire.ReplyEnded(turn, ReplyStatus.INTERRUPTED, "", Timeline(0, now).as_dict()))
        self._parts.metrics.replies.labels(ReplyStatus.INTERRUPTED).inc()

    def playback(self, report: incoming.Playback) -> None:
        """The client's word on what was heard; of a reply that ended already it comes too late."""
        self.latency_ms = min(report.latency_ms, MAX_LEAD_MS)
        if reply := self._replies.get(report.turn):
            reply.report(report)

    def settle_cut(self) -> None:
        """Settle what was cut without waiting for a last report: somebody needs the history now."""
        for reply in tuple(self._replies.values()):
            if not reply.live:
                self._settle(reply, ReplyStatus.INTERRUPTED)

    def settle_all(self) -> None:
        """The session is over: no reply stays without its end."""
        for reply in tuple(self._replies.values()):
            self._settle(reply, ReplyStatus.INTERRUPTED)

    # ---- what a reply may do (session.mouth.Mouth)

    def tell(self, message: wire.Outgoing) -> None:
        self._desk.tell(message)

    def audio(self, frame: AudioFrame, in_s: float, words: Sequence[Word]) -> None:
        self._outlet.audio(frame)
        self._desk.loudspeaker.sent(frame, self._desk.at + round(in_s * RATE_HZ), words)

    def has_room(self) -> bool:
        return self._outlet.has_room()

    def is_sent(self) -> bool:
        return self._outlet.is_sent()

    def sounds(self, turn: int) -> None:
        self._desk.do(signals.FirstAudio(turn))

    @property
    def _heard_from(self) -> int:
        """Where on the audio clock it is heard what the client does now."""
        return self._desk.at + ms_to_samples(self.latency_ms)

    # ----

    async def _run(self, reply: Reply, source: AsyncGenerator[str, None]) -> None:
        status, failure = ReplyStatus.FAILED, None
        try:
            status = await reply.run(source)
        except* EngineError as group:
            failure = _first(group)
        if not reply.opened:
            if failure:
                log.warning("a draft of a reply failed: %s", failure.code)
            self._draft = None if self._draft and self._draft.reply is reply else self._draft
            return
        if not reply.live:
            return  # it failed in the moment it was cut: a task group then forgets the cancellation
        if failure:
            self._desk.fail(failure)
        if failure and self._hushed == reply.turn:
            self._outlet.drop(reply.turn)
            self._desk.tell(wire.ReplyStop(reply.turn))  # the client keeps what it was told to hold back
        del self._tasks[reply.turn]
        self._desk.loudspeaker.ducked(self._heard_from, 0.0)  # a duck is of one reply
        self._settle(reply, status)
        if isinstance(failure, PromptTooLongError):
            self._memory.drop_unanswered()
        self._desk.do(signals.ReplyOver(reply.turn))

    async def _settle_later(self, reply: Reply) -> None:
        try:
            async with asyncio.timeout(self._parts.config.session.playback_grace_s):
                await reply.last_report.wait()
        except TimeoutError:
            pass  # a client that does not report: the estimate stands
        if reply.turn in self._replies:
            self._settle(reply, ReplyStatus.INTERRUPTED)

    def _settle(self, reply: Reply, status: ReplyStatus) -> None:
        """The one place where a reply ends."""
        reply.live = False
        del self._replies[reply.turn]
        heard = reply.heard(whole=status is ReplyStatus.COMPLETED)
        self._memory.caller_heard(reply.turn, heard)
        timeline = reply.timeline.as_dict()
        self._desk.tell(wire.ReplyEnded(reply.turn, status, heard.strip(), timeline))
        self.timings.add(timeline)
        self._parts.metrics.timeline(timeline)
        self._parts.metrics.replies.labels(status).inc()


def _first(group: BaseExceptionGroup[EngineError]) -> EngineError:
    """The engine failure that brought a reply down; its stages fail one at a time."""
    found = group
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]  # type: ignore[assignment]  # a group's leaf is an EngineError by its type
    assert isinstance(found, EngineError)
    return found
