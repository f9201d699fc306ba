"""The one thread that talks to llama.cpp: it loads the model, takes jobs, decodes, and hands the pieces to the loop."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from app.errors import EngineError
from app.llm.decoder import Decoder, Deliveries
from app.llm.generation import Job
from app.llm.loading import Loaded

log = logging.getLogger(__name__)

END_S = 5.0
"""How long a step that cannot be aborted (on a GPU) is waited for at the end."""


@dataclass(frozen=True, slots=True)
class Release:
    """A command: forget this sequence."""

    sequence: int


Command = Job | Release


class DecodeThread:
    """A daemon thread and its inbox. All methods are the loop's."""

    def __init__(self) -> None:
        self._inbox: SimpleQueue[Command | None] = SimpleQueue()
        self._loop = asyncio.get_running_loop()
        self._ended = asyncio.Event()
        self._loaded: Loaded | None = None
        self._thread: threading.Thread | None = None
        self._stopping = False
        self._step_since: float | None = None

    async def load(self, load: Callable[[], Loaded]) -> Loaded:
        """Start the thread with `load` as its first work. What it raises comes through."""
        ready: asyncio.Future[Loaded] = self._loop.create_future()
        self._thread = threading.Thread(target=self._run, args=(load, ready), name="parlor-llm", daemon=True)
        self._thread.start()
        try:
            self._loaded = await ready
        except asyncio.CancelledError:
            self._inbox.put(None)  # it ends as soon as the model is loaded
            raise
        return self._loaded

    async def stop(self) -> None:
        """End all answers, free the model, wait for the thread. A hung one is given up."""
        self._stopping = True
        self._inbox.put(None)
        self.abort_step()
        try:
            async with asyncio.timeout(END_S):
                await self._ended.wait()
        except TimeoutError:
            log.error("the language model's thread hangs and was given up")  # noqa: TRY400 - there is no cause to show
        else:
            if self._thread:
                self._thread.join()  # it has nothing left to do

    @property
    def alive(self) -> bool:
        """Jobs are taken."""
        return self._loaded is not None and not self._stopping and not self._ended.is_set()

    @property
    def waiting(self) -> int:
        """Commands not yet taken."""
        return self._inbox.qsize()

    def put(self, command: Command) -> None:
        self._inbox.put(command)

    def step_s(self) -> float:
        """How long the step that is running has taken so far, in seconds."""
        since = self._step_since
        return time.monotonic() - since if since is not None else 0.0

    def abort_step(self) -> None:
        """Give up the step that is running: its answers end with `EngineTimeoutError`."""
        if self._loaded:
            self._loaded.native.abort()

    # ---- in the thread

    def _run(self, load: Callable[[], Loaded], ready: asyncio.Future[Loaded]) -> None:
        try:
            loaded = load()
        except Exception as error:  # noqa: BLE001 - it is handed to the task that waits for the model
            self._call(_fail, ready, error)
        else:
            self._call(_succeed, ready, loaded)
            self._serve(loaded)
        self._call(self._ended.set)

    def _serve(self, loaded: Loaded) -> None:
        decoder = loaded.decoder
        running = True
        while running:
            deliveries: Deliveries = []
            try:
                running = self._obey(decoder, deliveries)
                self._step_since = time.monotonic()
                deliveries += decoder.step()
            except Exception:
                log.exception("a step of the language model failed")
                deliveries += decoder.fail_all(EngineError("llm", "a step failed"))
            self._step_since = None
            running = self._call(_deliver, deliveries) and running
        self._call(_deliver, decoder.fail_all(EngineError("llm", "Parlor is ending")))
        decoder.free()

    def _obey(self, decoder: Decoder, deliveries: Deliveries) -> bool:
        """Carry out the commands that wait; wait for one when there is nothing else to do. False at the end."""
        while True:
            try:
                command = self._inbox.get(block=decoder.idle and not deliveries)
            except Empty:
                return True
            if command is None:
                return False
            if isinstance(command, Release):
                deliveries += decoder.release(command.sequence)
            elif not command.cancelled:
                deliveries += decoder.start(command)

    def _call(self, function: Callable[..., None], *args: object) -> bool:
        """Call in the loop; False when it is closed already."""
        try:
            self._loop.call_soon_threadsafe(function, *args)
        except RuntimeError:
            return False
        return True


def _deliver(deliveries: Deliveries) -> None:
    for job, item in deliveries:
        job.items.put_nowait(item)


def _succeed(ready: asyncio.Future[Loaded], loaded: Loaded) -> None:
    if not ready.done():
        ready.set_result(loaded)


def _fail(ready: asyncio.Future[Loaded], error: BaseException) -> None:
    if not ready.done():
        ready.set_exception(error)
