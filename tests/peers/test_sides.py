"""Who is measured, and how calls are judged (scripts/peers/sides.py, curves.py)."""

import json
import sys
from dataclasses import fields

import numpy as np
import pytest

from app.bench.calls.call import Call
from app.interfaces import RATE_HZ
from scripts.peers.curves import judged
from scripts.peers.measure import LENGTH, place
from scripts.peers.settings import Settings
from scripts.peers.sides import GPU, SIDES, llm_server, parlor, pipecat

CALL = Call("turns 1", "turns", "en", "nobody", 0, np.zeros(RATE_HZ, np.float32), (), (), 0, 2 * RATE_HZ)


def test_the_peer_is_measured_as_it_ships():
    assert SIDES["pipecat"].pipecat == {}


@pytest.mark.parametrize("name", SIDES)
def test_settings_exist(name):
    assert set(SIDES[name].pipecat) <= {field.name for field in fields(Settings)}


def test_a_fixed_wait_is_that_of_the_detector_and_the_strategy_together():
    settings = Settings(**SIDES["fixed-800"].pipecat)
    assert settings.vad_stop_s + settings.speech_timeout_s == pytest.approx(0.8)


def test_both_sides_are_padded_alike():
    _, url = llm_server(None)
    for plan in (parlor(SIDES["parlor"], GPU), pipecat(SIDES["pipecat"], GPU, url, "Be brief.")):
        command = plan.programs[0].command
        assert command[2] == "scripts.peers.padding"
        assert json.loads(command[3]) == GPU
    assert llm_server(GPU)[0].command[3:5] == (json.dumps(GPU), "llama_cpp.server")
    assert parlor(SIDES["parlor-kiosk"], None).programs[0].command[:4] == (sys.executable, "-m", "app", "serve")


def test_a_call_is_judged_as_our_own_bench_does():
    assert judged(CALL, [1.0, 1.85, 2.5]).cut == ("", "")
    assert judged(CALL, [1.95, 9.0]).wait_ms == -50
    assert judged(CALL, [1.0]).wait_ms is None


def test_a_set_is_gone_through_once_and_by_another_person_each_time():
    places = [place(number) for number in range(LENGTH)]
    assert sorted(places) == list(range(LENGTH))
    assert len({at // 4 for at in places[: LENGTH // 4]}) == LENGTH // 4
