"""The card: who uses it, and how loudly it is told when somebody does not."""

from dataclasses import replace

import pytest

from app.config import load
from app.doctor.finding import Status
from app.doctor.rules.card import CUBLAS, SETUP, CardFacts, judge_card, meant_for_card, on_card
from app.install.card import Card

RTX = Card("NVIDIA GeForce RTX 3060", 12_288, "8.6", "580.65.06", (13, 0))
GOOD = CardFacts((RTX,), "", speech_types=("float16", "int8_float16"), llama_offloads=True)
NONE = CardFacts((), "there is no NVIDIA card in this machine")


def config(device="auto"):
    return load(None, {}, [f"stt.device={device}", f"llm.device={device}"])


def judged(facts, device="auto"):
    return {f.name: f for f in judge_card(facts, config(device))}


@pytest.mark.parametrize("device", ["auto", "cuda"])
def test_a_card_in_use_is_fine(device):
    found = judged(GOOD, device)
    assert {f.status for f in found.values()} == {Status.OK}
    assert "12.0 GB" in found["card"].detail
    assert on_card(GOOD, config(device)) == {"stt.model", "llm.model"}


def test_engines_that_were_sent_to_the_cpu_are_fine_there():
    found = judged(GOOD, "cpu")
    assert {f.status for f in found.values()} == {Status.OK}
    assert "stt.device is cpu" in found["CTranslate2"].detail
    assert on_card(GOOD, config("cpu")) == meant_for_card(GOOD, config("cpu")) == frozenset()


def test_engines_that_are_elsewhere_want_no_card():
    far = load(None, {}, ["stt.url=http://gpu-box/v1", "llm.url=http://gpu-box/v1", "llm.device=cuda"])
    found = {f.name: f for f in judge_card(GOOD, far)}
    assert {f.status for f in found.values()} == {Status.OK}
    assert "llm.url" in found["llama.cpp"].detail
    assert on_card(GOOD, far) == meant_for_card(GOOD, far) == frozenset()
    assert [f.status for f in judge_card(NONE, far)] == [Status.OK]


@pytest.mark.parametrize(
    ("facts", "name", "command"),
    [
        (replace(GOOD, cublas_fault="libcublas.so.12 is missing"), "CTranslate2", CUBLAS),
        (replace(GOOD, speech_types=()), "CTranslate2", ""),
        (replace(GOOD, speech_types=(), speech_fault="CUDA driver is too old"), "CTranslate2", ""),
        (replace(GOOD, llama_offloads=False), "llama.cpp", SETUP),
        (replace(GOOD, llama_offloads=False, llama_fault="ends its process with SIGILL"), "llama.cpp", SETUP),
        (replace(GOOD, llama_offloads=False, build_fault="no nvcc is here"), "llama.cpp", SETUP),
    ],
)
def test_an_engine_on_the_cpu_beside_a_card_is_told_loudly(facts, name, command):
    found = judged(facts)[name]
    assert found.status is Status.WARNING
    assert "RUNS ON THE CPU THOUGH A CARD IS THERE" in found.detail
    assert found.command == command
    assert found.fix
    assert facts.build_fault in found.fix
    assert facts.llama_fault in found.detail
    assert len(on_card(facts, config())) == 1
    assert meant_for_card(facts, config()) == {"stt.model", "llm.model"}


def test_only_cublas_is_mended_without_being_asked():
    assert judged(replace(GOOD, cublas_fault="missing"))["CTranslate2"].mendable
    assert not judged(replace(GOOD, llama_offloads=False))["llama.cpp"].mendable


@pytest.mark.parametrize("device", ["auto", "cuda"])
def test_a_card_whose_driver_is_dead_is_told_loudly(device):
    (found,) = judge_card(CardFacts((), "its driver does not answer", silent=True), config(device))
    assert found.status is Status.WARNING
    assert "EVERYTHING RUNS ON THE CPU THOUGH A CARD IS THERE" in found.detail


@pytest.mark.parametrize(
    ("facts", "device", "status"),
    [
        (NONE, "auto", Status.OK),
        (NONE, "cpu", Status.OK),
        (NONE, "cuda", Status.WARNING),
        (replace(NONE, silent=True), "auto", Status.WARNING),
        (replace(NONE, silent=True), "cpu", Status.OK),
    ],
)
def test_no_card_matters_where_one_is_wanted_or_hidden(facts, device, status):
    (found,) = judge_card(facts, config(device))
    assert found.status is status
    assert facts.why_no_card in found.detail
    assert on_card(facts, config(device)) == frozenset()
