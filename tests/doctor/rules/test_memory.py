"""The sums of memory."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.doctor.finding import Status
from app.doctor.rules.memory import CARD_SPARE_MB, PROCESS_MB, Load, judge_card_memory, judge_memory, loads
from app.doctor.rules.models import ModelFacts

MODELS = (
    ModelFacts("stt.model", "models/ears", name="ears", memory_mb=1600),
    ModelFacts("llm.model", "/mine/brain.gguf", on_disk_mb=1000),
    ModelFacts("tts.voices", "models/v/v.onnx", name="v", memory_mb=150),
)
ON_CARD = frozenset({"stt.model", "llm.model"})


def test_models_of_the_manifest_are_known_and_others_guessed_from_their_size():
    assert loads(MODELS, 2816, ON_CARD) == (
        Load("ears", 1600, True),
        Load("brain.gguf", 1200, True),
        Load("v", 150, False),
        Load("conversations", 2816, True),
    )


@pytest.mark.parametrize(
    ("total", "free", "status"),
    [(650, 650, Status.OK), (650, 649, Status.WARNING), (649, 649, Status.ERROR)],
)
def test_the_machine_must_hold_what_is_not_on_the_card(total, free, status):
    assert PROCESS_MB + 150 == 650
    assert judge_memory(loads(MODELS, 2816, ON_CARD), total, free).status is status


def test_a_card_too_small_is_told_loudly():
    needed = CARD_SPARE_MB + 1600 + 1200 + 2816
    (fits,) = judge_card_memory(loads(MODELS, 2816, ON_CARD), needed)
    (full,) = judge_card_memory(loads(MODELS, 2816, ON_CARD), needed - 1)
    assert fits.status is Status.OK
    assert full.status is Status.WARNING
    assert "ON THE CPU" in full.detail


def test_a_card_that_nobody_uses_needs_no_memory():
    assert judge_card_memory(loads(MODELS, 2816, frozenset()), 1) == ()


@given(st.integers(0, 100_000), st.integers(0, 100_000), st.sets(st.sampled_from(["stt.model", "llm.model"])))
def test_every_load_counts_exactly_once(cache, card, on_card):
    found = loads(MODELS, cache, on_card)
    everything = sum(load.memory_mb for load in found)
    here = sum(load.memory_mb for load in found if not load.on_card)
    there = sum(load.memory_mb for load in found if load.on_card)
    assert here + there == everything
    assert judge_memory(found, here + PROCESS_MB, here + PROCESS_MB).status is Status.OK
    assert judge_memory(found, here + PROCESS_MB - 1, 0).status is Status.ERROR
