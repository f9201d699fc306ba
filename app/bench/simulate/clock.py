"""A loop whose clock jumps: when nothing is ready, it is at once the time of the next timer. No thread is needed.

Real engines run in threads, on real time: while `still` holds the clock, the loop waits for them and no time passes.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, TypeVar

T = TypeVar("T")
HANG_S = 60.0
"""Real seconds for which a clock that is held waits for a thread."""


class StandstillError(Exception):
    """Everything waits for something else, and no timer is set: nothing would ever happen again."""


class _Jumping(selectors.SelectSelector):
    """What the loop asks how long to sleep: it does not sleep, it moves the clock."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.held = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if self.held:
            return self._wait(timeout)
        if timeout is None:
            raise StandstillError(f"at {self.now:.3f} s everything waits and no timer is set")
        self.now += max(0.0, timeout)
        return []

    def _wait(self, timeout: float | None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is not None and timeout <= 0:
            return super().select(0)
        found = super().select(HANG_S)
        if not found:
            raise StandstillError(f"at {self.now:.3f} s no thread said anything for {HANG_S:g} s")
        return found


class _Task(asyncio.Task[Any]):
    """Task groups cancel their tasks in the order of a set: hashed by number, a seed replays to the same end."""

    _made = 0

    def __init__(self, coro: Coroutine[Any, Any, Any], **options: Any) -> None:  # noqa: ANN401 - as asyncio gives them
        _Task._made += 1
        self._number = _Task._made
        super().__init__(coro, **options)

    def __hash__(self) -> int:
        return self._number


class VirtualLoop(asyncio.SelectorEventLoop):
    """Time begins at 0 s."""

    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)
        _Task._made = 0  # noqa: SLF001 - a new loop counts anew
        self.set_task_factory(_numbered)

    def time(self) -> float:
        return self._jumping.now

    @contextmanager
    def still(self) -> Iterator[None]:
        """No virtual time passes inside; threads are waited for. May be nested and entered by several tasks."""
        self._jumping.held += 1
        try:
            yield
        finally:
            self._jumping.held -= 1


def _numbered(loop: asyncio.AbstractEventLoop, coro: Any, **options: Any) -> Any:  # noqa: ANN401 - as asyncio
    return _Task(coro, loop=loop, **options)


def still() -> AbstractContextManager[None]:
    """`VirtualLoop.still` of the running loop. Raises `TypeError` on any other loop."""
    loop = asyncio.get_running_loop()
    if not isinstance(loop, VirtualLoop):
        raise TypeError("only a virtual clock can be held")
    return loop.still()


def run(main: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """`main` from its beginning to its end on a clock of its own. Raises `StandstillError`."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main())
