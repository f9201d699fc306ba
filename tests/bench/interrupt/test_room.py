"""What the microphone hears of us, in pieces of any size."""

import numpy as np
import pytest

from app.audio import level_dbfs, to_float
from app.bench.interrupt.room import Room
from app.bench.interrupt.scenes import NOISE_DBFS
from app.bench.speech.rooms import echoing
from tests.bench.interrupt.conftest import PATH, syllables


@pytest.mark.parametrize("chunk", [160, 640, 5_000])
def test_chunking_never_matters(chunk):
    ours = np.pad(syllables(1.0), (700, 8_000))
    room = Room(PATH)
    heard = np.concatenate([room.echo(ours[at : at + chunk]) for at in range(0, len(ours), chunk)])
    whole = echoing(ours, PATH.echo_s, np.random.default_rng(PATH.seed)) * 10 ** (PATH.coupling_db / 20)
    np.testing.assert_allclose(heard, whole, atol=1e-5)


def test_a_room_is_not_quite_quiet():
    silence = np.zeros(16_000, np.float32)
    assert level_dbfs(to_float(Room(PATH).heard(silence, silence))) == pytest.approx(NOISE_DBFS, abs=0.5)


def test_the_caller_is_heard_as_loud_as_spoken():
    silence, caller = np.zeros(16_000, np.float32), syllables(1.0)
    heard = to_float(Room(PATH).heard(silence, caller))
    assert level_dbfs(heard - caller) == pytest.approx(NOISE_DBFS, abs=0.5)
