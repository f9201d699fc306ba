"""Silero VAD through onnxruntime: one thread, one state per session, all waiting sessions in one batch.

The model is the one in the silero-vad package; the package itself is not imported, because it imports torch.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from app.errors import EngineError
from app.interfaces import FRAME_SAMPLES, RATE_HZ, EngineInfo, FloatArray
from app.settings import VadSettings
from app.vad.resident import Resident
from app.workers import Workers

_CONTEXT_SAMPLES = 64
"""Samples of the frame before that the model wants in front of each (silero_vad/utils_vad.py, `OnnxWrapper`)."""
_STATE_SHAPE = (2, 128)
"""The recurrent state of one session, without the batch axis."""
_QUEUE = 64
"""We give the worker one batch at a time; the rest is room for batches whose caller was cancelled."""


@dataclass(frozen=True, slots=True)
class _State:
    """Where a session's stream stands; replaced as a whole when a batch has succeeded."""

    recurrent: FloatArray
    context: FloatArray


@dataclass(slots=True, eq=False)
class _Request:
    """One session's frames and, once a batch took them, what came of it."""

    frames: FloatArray
    state: _State
    result: tuple[FloatArray, _State] | EngineError | None = None


class Silero(Resident[Any]):  # onnxruntime has no types
    """The engine (`app.interfaces.Vad`)."""

    def __init__(self, settings: VadSettings) -> None:
        super().__init__(Workers("vad", count=1, queue=_QUEUE, limit_s=settings.limit_s), _load)
        self._turn = asyncio.Lock()
        self._waiting: list[_Request] = []

    def info(self) -> EngineInfo:
        """Waiting requests of all sessions count as the queue."""
        model = f"silero-vad {version('silero-vad')}"
        return EngineInfo(self.state, model, "cpu", workers=1, queue=len(self._waiting), starter=False)

    async def warm(self) -> None:
        """One frame of silence. Raises `EngineError`."""
        await self.warmed_by(lambda: self.open().probabilities(np.zeros((1, FRAME_SAMPLES), np.float32)))

    def open(self) -> SileroStream:
        """A session's stream, at the start of its audio."""
        return SileroStream(self)

    async def run(self, frames: FloatArray, state: _State) -> tuple[FloatArray, _State]:
        """Probabilities of `(n, 512)` frames that follow `state`, and the state after them.

        Whoever gets the model first runs everything that waits as one batch; the others find their results. A
        cancelled caller changes nothing: its batch, results unused, is run again by the next. Raises `EngineError`.
        """
        request = _Request(frames, state)
        self._waiting.append(request)
        try:
            async with self._turn:
                if request.result is None:
                    await self._run_waiting()
        finally:
            self._waiting.remove(request)
        return _result_of(request)

    async def _run_waiting(self) -> None:
        batch = [request for request in self._waiting if request.result is None]
        results: Sequence[tuple[FloatArray, _State] | EngineError]
        try:
            results = await self.workers.run(partial(_infer, self.model, [(r.frames, r.state) for r in batch]))
        except EngineError as error:
            results = [error] * len(batch)  # all of them: each trying again would lose a thread each
        for request, result in zip(batch, results, strict=True):
            request.result = result


class SileroStream:
    """One session's detector state (`app.interfaces.VadStream`)."""

    def __init__(self, engine: Silero) -> None:
        self._engine = engine
        self._order = asyncio.Lock()
        self._state = _State(np.zeros(_STATE_SHAPE, np.float32), np.zeros(_CONTEXT_SAMPLES, np.float32))

    async def probabilities(self, frames: FloatArray) -> FloatArray:
        """`(n, 512)` samples in [-1, 1] -> `(n,)` in [0, 1]. Raises `EngineError`; the frames are then skipped."""
        if not len(frames):
            return np.empty(0, np.float32)
        async with self._order:
            result, self._state = await self._engine.run(frames, self._state)
        return result


def _load() -> Any:  # noqa: ANN401 - onnxruntime has no types
    import onnxruntime as ort

    spec = find_spec("silero_vad")
    if spec is None or not spec.submodule_search_locations:
        raise EngineError("vad", "the package silero-vad is not installed", fix="pip install silero-vad")
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    path = Path(spec.submodule_search_locations[0], "data", "silero_vad.onnx")
    try:
        return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's exceptions have no common base but this
        raise EngineError("vad", f"{path} cannot be loaded", fix="Reinstall silero-vad.") from error


def _infer(model: Any, batch: list[tuple[FloatArray, _State]]) -> list[tuple[FloatArray, _State]]:  # noqa: ANN401
    """Run in the worker. One batch per time step; sessions with fewer frames drop out of the later ones."""
    order = sorted(range(len(batch)), key=lambda i: -len(batch[i][0]))
    flat = [np.concatenate((state.context, frames.ravel())) for frames, state in (batch[i] for i in order)]
    windows = [sliding_window_view(f, _CONTEXT_SAMPLES + FRAME_SAMPLES)[::FRAME_SAMPLES] for f in flat]
    recurrent = np.stack([batch[i][1].recurrent for i in order], axis=1)
    probabilities = [np.empty(len(w), np.float32) for w in windows]
    rate = np.array(RATE_HZ, np.int64)
    for step in range(len(windows[0])):
        live = sum(len(w) > step for w in windows)
        inputs = {"input": np.stack([w[step] for w in windows[:live]]), "state": recurrent[:, :live], "sr": rate}
        try:
            speech, recurrent[:, :live] = model.run(None, inputs)
        except Exception as error:  # onnxruntime's exceptions have no common base but this
            raise EngineError("vad", f"the model failed ({error})") from error
        for row in range(live):
            probabilities[row][step] = speech[row, 0]
    results = {}
    for row, i in enumerate(order):
        state = _State(recurrent[:, row].copy(), flat[row][-_CONTEXT_SAMPLES:].copy())
        results[i] = (probabilities[row], state)
    return [results[i] for i in range(len(batch))]


def _result_of(request: _Request) -> tuple[FloatArray, _State]:
    if isinstance(request.result, EngineError):
        raise request.result
    assert request.result is not None  # whoever held the model answered everything that waited
    return request.result
