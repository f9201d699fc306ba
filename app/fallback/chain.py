"""Several engines of one kind, one at work: loading, leaving, and going on to the next."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from time import monotonic
from types import TracebackType
from typing import Generic, Self, TypeVar

from app.errors import (
    EngineBusyError,
    EngineError,
    ParlorError,
    PromptTooLongError,
    ReplacedError,
    SetupError,
    UnknownLanguageError,
    UnknownVoiceError,
)
from app.fallback.standing import Standing, due, failed, moved_on, put_off, returned, worked
from app.interfaces import Engine, EngineInfo, EngineState

log = logging.getLogger(__name__)
E = TypeVar("E", bound=Engine)
T = TypeVar("T")

CALLERS = (EngineBusyError, PromptTooLongError, ReplacedError, UnknownLanguageError, UnknownVoiceError)
"""What another engine would say as well."""
_NEARLY = 0.95
"""Who waits for a call gives it up at its limit, a moment before the engine itself would."""


@dataclass(frozen=True, slots=True)
class Candidate(Generic[E]):
    """One engine of the order."""

    name: str
    make: Callable[[], E]
    again_s: float | None = None
    """So long after it was given up it is tried again: for engines on other machines. None: never; a missing file stays
    missing, and a card that failed once fails this process for good."""


class Place(Generic[E]):
    """A loaded engine, and how many calls are under way in it."""

    def __init__(self, engine: E) -> None:
        self.engine = engine
        self.leave = asyncio.Event()
        self._calls = 0
        self._retired = False

    @contextmanager
    def used(self) -> Iterator[None]:
        """A call is under way: the engine is not closed before it has ended."""
        self._calls += 1
        try:
            yield
        finally:
            self._calls -= 1
            self._close()

    def retire(self) -> None:
        """No new calls come."""
        self._retired = True
        self._close()

    def _close(self) -> None:
        if self._retired and not self._calls:
            self.leave.set()


class Chain(Generic[E]):
    """`candidates` of the engine called `kind`; a call that took `limit_s` and was given up counts as a failure."""

    def __init__(
        self, kind: str, candidates: Sequence[Candidate[E]], limit_s: float, clock: Callable[[], float] = monotonic
    ) -> None:
        self._kind = kind
        self._candidates = tuple(candidates)
        self._limit_s = limit_s
        self._clock = clock
        self._standing = Standing(len(self._candidates))
        self._place: Place[E] | None = None
        self._failure: ParlorError = EngineError(kind, "is not loaded")
        self._warnings: dict[int, str] = {}
        self._settled = asyncio.Event()
        """No engine is being loaded in place of another."""
        self._tasks = asyncio.TaskGroup()
        self._settling: asyncio.Task[None] | None = None
        self._returning: asyncio.Task[None] | None = None
        self._open: set[Place[E]] = set()

    async def __aenter__(self) -> Self:
        """Load the first that can be loaded. Raises what the last one raised when none can."""
        await self._tasks.__aenter__()
        try:
            await self._settle(warm=False)
            if not self._place:
                raise self._failure
        except BaseException:
            await self.__aexit__(None, None, None)
            raise
        if waits := [c.again_s for c in self._candidates if c.again_s is not None]:
            self._returning = self._tasks.create_task(self._return(min(waits)))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in (self._settling, self._returning):
            if task:
                task.cancel()
        for place in self._open:
            place.leave.set()
        await self._tasks.__aexit__(None, None, None)
        self._place = None
        self._settled.set()  # who waits is told that nothing is loaded

    @property
    def engine(self) -> E | None:
        """The one at work."""
        return self._place.engine if self._place else None

    def info(self) -> EngineInfo:
        """That of the engine at work, with what became of those before it."""
        warnings = tuple(self._warnings.values())
        if not self._place:
            state = EngineState.FAILED if warnings else EngineState.LOADING
            return EngineInfo(state, self._candidates[0].name, "", 0, 0, starter=False, warnings=warnings)
        info = self._place.engine.info()
        state = info.state if self._settled.is_set() else EngineState.LOADING
        return replace(info, state=state, warnings=(*warnings, *info.warnings))

    async def warm(self) -> None:
        """Warm the engine at work, or that which takes its place; one that was given up may return before that."""
        await self._look_back()
        await self.call(lambda engine: engine.warm())

    async def _return(self, every_s: float) -> None:
        while True:
            await asyncio.sleep(every_s)
            await self._look_back()

    async def _look_back(self) -> None:
        """Try what was given up again, where it is time."""
        index = due(self._standing, [c.again_s for c in self._candidates], self._clock())
        if index is not None:
            await self._try_again(index)

    async def call(self, work: Callable[[E], Awaitable[T]], *, proves: bool = True) -> T:
        """The result of `work` on the engine at work, or on the next one if that gives way. Raises `EngineError`.

        What `proves` nothing does not end a row of failures.
        """
        while True:
            place = await self.place()
            began = self._clock()
            try:
                with place.used():
                    result = await work(place.engine)
            except CALLERS:
                raise
            except EngineError as error:
                if not self.failed(place, error.message, began):
                    raise
            except asyncio.CancelledError:
                if self._clock() - began >= self._limit_s * _NEARLY:
                    self.failed(place, "it does not answer", began)
                raise
            else:
                if proves:
                    self.worked(place)
                return result

    async def place(self) -> Place[E]:
        """The engine at work; one that is being loaded is waited for. Raises `EngineError` when none works."""
        info = self._place.engine.info() if self._settled.is_set() and self._place else None
        if info and info.state is EngineState.FAILED:
            why = "it takes no requests" if info.elsewhere else "it is broken"
            self._move(moved_on(self._standing, self._clock()), why)
        await self._settled.wait()
        if not self._place:
            raise EngineError(self._kind, self._failure.message, fix=self._failure.fix)
        return self._place

    def now(self) -> float:
        """The time, for `failed`."""
        return self._clock()

    def worked(self, place: Place[E]) -> None:
        """A call in `place` succeeded."""
        if place is self._place:
            self._standing = worked(self._standing)

    def failed(self, place: Place[E], why: str, began: float) -> bool:
        """A call in `place`, of the time `began`, failed: whether there is another engine to try."""
        if place is not self._place or not self._settled.is_set():
            return True
        return self._move(failed(self._standing, began, self._clock()), why)

    def _move(self, standing: Standing, why: str) -> bool:
        before, self._standing = self._standing, standing
        if not self._settled.is_set() or standing.current == before.current:
            return False
        self._warn(before.current, why)
        self._settled.clear()
        self._settling = self._tasks.create_task(self._settle(warm=True))
        return True

    async def _settle(self, *, warm: bool) -> None:
        """Load the candidate whose turn it is, or the first after it that can be loaded."""
        place: Place[E] | None = None
        while not place:
            index = self._standing.current
            try:
                place = await self._loaded(index, warm=warm)
            except (EngineError, SetupError) as error:
                self._failure = error
                self._standing = moved_on(self._standing, self._clock())
                self._warn(index, error.message)
                if self._standing.current == index:
                    break
        if place:
            self._take(place)
        self._settled.set()  # where none could be loaded, the one that fails goes on as well as it can

    def _take(self, place: Place[E]) -> None:
        if self._place:
            self._place.retire()
        self._place = place

    async def _try_again(self, index: int) -> None:
        try:
            place = await self._loaded(index, warm=True)
        except (EngineError, SetupError) as error:
            log.info("%s: %s still does not work: %s", self._kind, self._candidates[index].name, error.message)
            self._standing = put_off(self._standing, index, self._clock())
            return
        if not self._settled.is_set():
            place.retire()  # meanwhile another is being loaded
            return
        log.warning("%s: %s works again", self._kind, self._candidates[index].name)
        self._standing = returned(self._standing, index)
        self._warnings = {i: text for i, text in self._warnings.items() if i < index}
        self._take(place)

    async def _loaded(self, index: int, *, warm: bool) -> Place[E]:
        """A place with the candidate in it. Raises `EngineError`, `SetupError`."""
        opened: asyncio.Future[Place[E]] = asyncio.get_running_loop().create_future()
        keeper = self._tasks.create_task(self._keep(self._candidates[index], opened))
        try:
            place = await opened
        except asyncio.CancelledError:
            keeper.cancel()
            raise
        if warm:
            try:
                await place.engine.warm()
            except BaseException:
                place.retire()
                raise
        return place

    async def _keep(self, candidate: Candidate[E], opened: asyncio.Future[Place[E]]) -> None:
        """Enter an engine and leave it in one task, as its own tasks ask."""
        error: EngineError | SetupError
        try:
            engine = candidate.make()
            async with engine:
                place = Place(engine)
                self._open.add(place)
                opened.set_result(place)
                await place.leave.wait()
                self._open.discard(place)
            return
        except (EngineError, SetupError) as raised:
            error = raised
        except Exception as raised:  # an engine raises anything: the next one is to be tried
            log.exception("%s: %s failed", self._kind, candidate.name)
            error = EngineError(self._kind, type(raised).__name__)
        if not opened.done():
            opened.set_exception(error)

    def _warn(self, index: int, why: str) -> None:
        names = [candidate.name for candidate in self._candidates[index : index + 2]]
        then = f"{names[1]} takes its place" if len(names) > 1 else "there is none to take its place"
        self._warnings[index] = f"{self._kind}: {names[0]} is given up ({why}); {then}"
        log.warning("%s", self._warnings[index])
