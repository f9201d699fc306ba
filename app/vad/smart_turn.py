"""Smart Turn v3 through onnxruntime: hears from the melody of the last 8 s whether a turn is over. Optional.

The model (pipecat-ai/smart-turn-v3) is a Whisper tiny encoder with one output. It is given what its authors give it:
8 s that end with the speech, silence in front, mean 0 and variance 1, as Whisper's log-mel features.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np

from app.errors import EngineError
from app.interfaces import RATE_HZ, EngineInfo, FloatArray
from app.vad.resident import Resident
from app.workers import Workers

SECONDS: Final = 8
_INPUT: Final = "input_features"
_QUEUE: Final = 16
"""What waits longer than that comes after the decision."""
_TINY: Final = 1e-7
"""Added to the variance (transformers, `WhisperFeatureExtractor.zero_mean_unit_var_norm`)."""

_FIX: Final = "Download it again (parlor models download smart-turn-v3.2), or set vad.turn_model to nothing."

Model = Callable[[FloatArray], float]
"""From `(128000,)` samples to the probability."""


class SmartTurn(Resident[Model]):
    """The engine (`app.interfaces.TurnModel`)."""

    def __init__(self, path: Path, limit_s: float) -> None:
        super().__init__(Workers("turn", count=1, queue=_QUEUE, limit_s=limit_s), partial(_load, path))
        self._path = path

    def info(self) -> EngineInfo:
        """Always on the CPU."""
        return EngineInfo(self.state, self._path.stem, "cpu", workers=1, queue=self.workers.waiting, starter=False)

    async def warm(self) -> None:
        """Once over silence. Raises `EngineError`."""
        await self.warmed_by(lambda: self.over(np.zeros(RATE_HZ, np.float32)))

    async def over(self, audio: FloatArray) -> float:
        """See `TurnModel`. Raises `EngineError`."""
        model = self.model
        return await self.workers.run(lambda: model(prepared(audio)))


def prepared(audio: FloatArray) -> FloatArray:
    """The last 8 s of `(n,)` samples, silence in front where there is less, as a whole with mean 0 and variance 1."""
    last = audio[-SECONDS * RATE_HZ :]
    whole = np.pad(last, (SECONDS * RATE_HZ - last.size, 0))
    return np.asarray((whole - whole.mean()) / np.sqrt(whole.var() + _TINY), np.float32)


def _load(path: Path) -> Model:
    import onnxruntime as ort
    from faster_whisper.feature_extractor import FeatureExtractor

    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    features = FeatureExtractor(chunk_length=SECONDS)
    try:
        session: Any = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's exceptions have no common base but this
        raise EngineError("turn", f"{path} cannot be loaded", fix=_FIX) from error

    def model(audio: FloatArray) -> float:
        mel = features(audio, padding=0)[None].astype(np.float32)
        try:
            return float(session.run(None, {_INPUT: mel})[0].ravel()[0])
        except Exception as error:
            raise EngineError("turn", f"{path} is no Smart Turn v3 model", fix=_FIX) from error

    return model
