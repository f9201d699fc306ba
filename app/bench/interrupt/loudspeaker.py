"""What the microphone hears while we play, softer from now on or not at all. Pure."""

from __future__ import annotations

import numpy as np

from app.bench.interrupt.scenes import NOISE_DBFS, Path, Scene
from app.bench.speech import rooms
from app.interfaces import FRAME_SAMPLES, FloatArray


class Loudspeaker:
    """Plays a scene's reply; samples count from its begin."""

    def __init__(self, scene: Scene) -> None:
        self.frames = -(-scene.end // FRAME_SAMPLES)
        samples = self.frames * FRAME_SAMPLES
        self._path = scene.path
        self._reply = _fitted(scene.reply.audio, samples)
        self.gain = np.ones(samples, np.float32)
        self._caller = _fitted(scene.caller, samples) + quiet_room(scene, samples)
        self._heard = self._mixed()

    @property
    def played(self) -> FloatArray:
        """What is played, as far as is known now."""
        return self._reply * self.gain

    def turn(self, gain_db: float, sample: int) -> None:
        """Play so loud from `sample` on; it is heard when the sound has come its way."""
        self.gain[sample:] = 10 ** (gain_db / 20)
        self._heard = self._mixed()

    def heard(self, start: int, end: int) -> FloatArray:
        """By the microphone."""
        return self._heard[max(0, start) : end]

    def _mixed(self) -> FloatArray:
        return np.clip(echo(self.played, self._path) + self._caller, -1, 1).astype(np.float32)


def quiet_room(scene: Scene, samples: int) -> FloatArray:
    """Its noise `(samples,)`."""
    return rooms.at_level(rooms.noise("white", samples, np.random.default_rng(scene.path.seed)), NOISE_DBFS)


def echo(audio: FloatArray, path: Path) -> FloatArray:
    """`audio` (n,) after its way through the room, as long as before."""
    room = rooms.echoing(audio, path.echo_s, np.random.default_rng(path.seed))
    late = np.pad(room, (path.delay, 0))[: len(audio)]
    return np.asarray(late * 10 ** (path.coupling_db / 20), np.float32)


def _fitted(audio: FloatArray, samples: int) -> FloatArray:
    return np.pad(audio[:samples], (0, max(0, samples - len(audio))))
