"""Our sound comes back late and softer, and a change of the volume takes the same way."""

import numpy as np
import pytest

from app.audio import level_dbfs
from app.bench.interrupt.loudspeaker import Loudspeaker, echo
from app.bench.interrupt.scenes import ALONE, NOISE_DBFS
from app.interfaces import FRAME_SAMPLES


def test_the_echo_comes_late_and_softer(made):
    scene = made(ALONE)
    ours = np.pad(scene.reply.audio, (0, 8_000))
    heard = echo(ours, scene.path)
    assert len(heard) == len(ours)
    assert not heard[: scene.path.delay].any()
    direct = level_dbfs(heard[scene.path.delay + 4_000 :][:8_000]) - level_dbfs(scene.reply.audio)
    assert direct == pytest.approx(scene.path.coupling_db, abs=2.5)


def test_a_lower_volume_is_heard_when_its_sound_arrives(made):
    scene = made(ALONE)
    speaker, plain = Loudspeaker(scene), Loudspeaker(scene)
    speaker.turn(-120.0, 8_000)
    arrives = 8_000 + scene.path.delay
    np.testing.assert_allclose(speaker.heard(0, arrives), plain.heard(0, arrives), atol=1e-6)
    assert not speaker.played[8_000:].round(4).any()
    gone = speaker.heard(arrives + 3_200, arrives + 4_800)
    assert level_dbfs(gone) == pytest.approx(NOISE_DBFS, abs=1.5)


def test_it_plays_whole_frames_to_the_end_of_the_scene(made):
    scene = made()
    speaker = Loudspeaker(scene)
    assert scene.end <= speaker.frames * FRAME_SAMPLES < scene.end + FRAME_SAMPLES
    assert len(speaker.heard(-100, speaker.frames * FRAME_SAMPLES)) == speaker.frames * FRAME_SAMPLES
