"""The whole bench on a few calls: real synthesisers, the real detector, the real rule."""

import dataclasses
import json
import math

import pytest

from app.bench.calls.call import Room
from app.bench.calls.corpus import Corpus
from app.bench.endpoint.detector import hear
from app.bench.endpoint.figures import bench, figures
from app.bench.endpoint.policies import PROFILES, Fixed
from app.bench.endpoint.report import FACTORS, FIXED_MS, Bench, figures_of
from app.bench.endpoint.score import point
from app.config import load
from app.interfaces import FRAME_SAMPLES
from tests.support.packages import needing_packages

CONFIG = load(None, {}, [])
COUNT = 10
SEED = 3


@pytest.fixture(scope="module")
def few():
    return needing_packages(lambda: bench(CONFIG, SEED, COUNT))


@pytest.fixture(scope="module")
def report(few):
    return few.report()


@pytest.mark.engine
def test_the_detector_hears_callers_speak_and_fall_silent(few):
    for call in few.calls:
        voiced = call.frames.voiced
        last = max(at for at, each in enumerate(voiced) if each) * FRAME_SAMPLES
        assert abs(last - call.end) < 0.2 * 16_000, call.name
        for pause in call.pauses:
            inside = voiced[pause.start // FRAME_SAMPLES + 6 : pause.end // FRAME_SAMPLES]
            assert sum(inside) <= 0.1 * len(inside) + 1, call.name
        for word in call.words:
            if word.end - word.start > 3_200:
                inside = voiced[word.start // FRAME_SAMPLES : word.end // FRAME_SAMPLES]
                assert any(inside), (call.name, word)


@pytest.mark.engine
def test_fixed_waits_are_as_long_as_they_say_and_cut_off_less_the_longer_they_are(report):
    assert [each.rule for each in report.fixed] == [f"fixed {ms} ms" for ms in FIXED_MS]
    assert all(each.of == 2 * COUNT for each in report.fixed)
    for ms, each in zip(FIXED_MS, report.fixed, strict=True):
        assert ms - 100 < each.mean_ms < ms + 200
    cut_offs = [each.cut_offs for each in report.fixed]
    assert cut_offs == sorted(cut_offs, reverse=True)
    assert cut_offs[0] > 30
    assert cut_offs[-1] == 0


@pytest.mark.engine
def test_everything_is_told(report):
    assert set(report.curves) == set(report.profiles) == set(PROFILES)
    assert all(len(curve) == len(FACTORS) for curve in report.curves.values())
    assert [*report.by_set] == ["turns", "pauses"]
    assert sum(each.pauses for each in report.places) >= COUNT
    assert len(report.outcomes) == 2 * COUNT
    assert json.loads(json.dumps(dataclasses.asdict(report)))["fixed"][0]["of"] == 2 * COUNT


@pytest.mark.engine
def test_figures_have_bars_and_names_of_their_own(report):
    made = list(figures_of(report))
    assert len({(each.name, each.unit) for each in made}) == len(made)
    assert [each.bar for each in made if each.bar] == [0.5, 0.5]
    assert all(math.isfinite(each.value) for each in made[2:])


@pytest.mark.engine
def test_one_language_is_measured_alone():
    names = [each.name for each in needing_packages(lambda: list(figures(CONFIG, "tr", SEED, 4)))]
    assert "turns, default: wait" in names


@pytest.mark.engine
def test_a_noisy_room_does_not_keep_turns_open():
    room = Room(echo_s=0.3, noise="pink", noise_dbfs=-50)
    calls = needing_packages(lambda: list(Corpus(SEED, room=room).calls("turns", 6)))
    heard = hear(calls, CONFIG)
    assert {call.language for call in heard} == {call.language for call in calls}
    made = point("fixed", Bench(heard, CONFIG.vad.min_speech_ms).outcomes(lambda: Fixed(800)))
    assert made.lost == 0
    assert made.mean_ms < 1_300
