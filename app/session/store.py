"""All sessions: who gets in, who is found again, who has been away or idle for too long."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from secrets import compare_digest, token_urlsafe
from types import TracebackType
from typing import Generic, Self, TypeVar

from app.errors import CallerError, EngineBusyError
from app.session.options import Choice, choose
from app.session.outlet import Outlet
from app.session.parts import Parts
from app.session.session import Session
from app.wire.incoming import Options
from app.wire.messages import EndReason, SessionExpiring

O = TypeVar("O", bound=Outlet)  # noqa: E741 - an outlet
BUSY_RETRY_S = 10.0
ENDING_RETRY_S = 2.0
FIRST_SOCKET_S = 5.0
"""From `POST /v1/sessions` to the socket, for a slow link."""
HEARD_OUT_S = 30.0
"""Who has begun to speak when the session would expire may finish: it may have words in it."""


@dataclass(frozen=True, slots=True)
class Entry(Generic[O]):
    """A session, its key, and the outlet it speaks into."""

    session: Session
    token: str
    outlet: O
    ended: asyncio.Event
    """Set when nothing of it runs any more."""


def _ending() -> EngineBusyError:
    return EngineBusyError("server", "Parlor is ending", retry_after_s=ENDING_RETRY_S)


class Sessions(Generic[O]):
    """At most `max_sessions` at once. An async context manager that owns their tasks."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.max = parts.config.session.max_sessions
        self._settings = parts.config.session
        self._entries: dict[str, Entry[O]] = {}
        self._opening = 0
        self._closing = False
        self._tasks = asyncio.TaskGroup()
        self._clock = asyncio.get_running_loop().time
        self._active_at = self._clock()

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing = True
        self.shut_down()
        await self._tasks.__aexit__(kind, error, trace)

    def __len__(self) -> int:
        return len(self._entries)

    def ids(self) -> list[str]:
        return list(self._entries)

    async def open(self, wanted: Options, outlet: O) -> Entry[O]:
        """A new session. Raises `CallerError` for a bad wish, `EngineBusyError` when all places are taken.

        A session that only waits for its socket to come back makes room: who is there goes before who left.
        """
        if self._closing:
            raise _ending()
        config = self.parts.config
        choice = choose(Choice(config.session.profile), wanted, config.profile, self.parts.engines.tts.voices())
        if len(self._entries) + self._opening >= self.max and (left := self._longest_left()):
            left.session.end(EndReason.CLOSED)
            await left.ended.wait()
        if len(self._entries) + self._opening >= self.max:
            raise EngineBusyError("sessions", f"all {self.max} places are taken", retry_after_s=BUSY_RETRY_S)
        self._opening += 1
        try:
            slot = await self.parts.engines.llm.open()
        finally:
            self._opening -= 1
        if self._closing:
            await slot.close()
            raise _ending()
        session = Session(token_urlsafe(9), self.parts, slot, choice, outlet)
        entry = Entry(session, token_urlsafe(24), outlet, asyncio.Event())
        self._entries[session.id] = entry
        self.parts.metrics.sessions.set(len(self._entries))
        self._tasks.create_task(self._live(entry))
        return entry

    def find(self, session_id: str, token: str) -> Entry[O]:
        """Raises `CallerError` `not_found`, the same for a wrong id as for a wrong token."""
        entry = self._entries.get(session_id)
        # aiohttp hands on bytes that are no UTF-8 as lone surrogates
        given = token.encode(errors="surrogatepass")
        if entry is None or entry.session.reason or not compare_digest(entry.token.encode(), given):
            raise CallerError("not_found", "There is no such session for this token.", "Open a new session.")
        return entry

    def idle_s(self) -> float:
        """Seconds since anybody spoke, was spoken to or sent a message."""
        newest = max((e.session.active_at for e in self._entries.values()), default=self._active_at)
        self._active_at = max(self._active_at, newest)
        return self._clock() - self._active_at

    def shut_down(self) -> None:
        """End every session."""
        for entry in self._entries.values():
            entry.session.end(EndReason.SHUTDOWN)

    def _longest_left(self) -> Entry[O] | None:
        """The session that has been without a socket for longest; one that was just made is about to get its first."""
        now = self._clock()
        left = [
            (entry.session.detached_at, entry)
            for entry in self._entries.values()
            if entry.session.detached_at is not None
            and not entry.session.reason
            and (entry.session.was_attached or now - entry.session.detached_at > FIRST_SOCKET_S)
        ]
        return min(left, key=lambda pair: pair[0])[1] if left else None

    async def _live(self, entry: Entry[O]) -> None:
        """A session from beginning to end."""
        session = entry.session
        try:
            async with asyncio.TaskGroup() as tasks:
                watch = tasks.create_task(self._watch(session))
                await session.run()
                watch.cancel()
        finally:
            self._active_at = max(self._active_at, session.active_at)
            del self._entries[session.id]
            self.parts.metrics.sessions.set(len(self._entries))
            entry.ended.set()

    async def _watch(self, session: Session) -> None:
        """End the session when it is idle, or without a socket, for too long."""
        told_of: float | None = None
        while True:
            now = session.clock()
            keep_s = self._settings.keep_s if session.was_attached else max(self._settings.keep_s, FIRST_SOCKET_S)
            if session.detached_at is not None and now >= session.detached_at + keep_s:
                session.end(EndReason.CLOSED)
                return
            expires_at = session.active_at + self._settings.idle_s
            if now >= expires_at + (HEARD_OUT_S if session.listener.pending else 0.0):
                session.end(EndReason.EXPIRED)
                return
            notice_at = expires_at - self._settings.expiring_notice_s
            if now >= notice_at and told_of != expires_at:
                told_of = expires_at
                session.tell(SessionExpiring(round(expires_at - now)))
            due = (t - now for t in (expires_at, notice_at) if t > now)
            # A socket may go at any time, so no sleep is longer than the wait that could begin meanwhile.
            await asyncio.sleep(min(1.0, self._settings.keep_s or 1.0, *due))
