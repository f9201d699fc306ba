"""All groups together, on this machine."""

import pytest

from app.config import ROOT
from app.doctor import examination
from app.doctor.child import Outcome
from app.doctor.examination import Examination
from app.doctor.finding import Status
from app.doctor.rules.card import CardFacts
from app.doctor.rules.network import Answer, NetworkFacts
from app.errors import SetupError
from app.install.card import Card
from tests.conftest import configured

RTX = {"name": "RTX 3060", "memory_mb": 12_288, "compute": "8.6", "driver": "580.65.06", "cuda": [13, 0]}


def examined(*overrides, folder=ROOT / "models"):
    return Examination(configured(*overrides), folder)


def named(findings, name):
    return next(f for f in findings if f.name == name)


def test_missing_models_are_named_and_the_engines_are_not_tried():
    examination = examined("llm.model=models/no-such.gguf")
    assert named(examination.section("models").findings, "llm.model").status is Status.ERROR
    (skipped,) = examination.section("engines").findings
    assert skipped.status is Status.WARNING


@pytest.mark.parametrize(("cards", "ready", "tried"), [([RTX], True, False), ([RTX], False, True), ([], True, True)])
def test_models_are_not_loaded_twice_on_a_card(monkeypatch, cards, ready, tried):
    facts = NetworkFacts(taken=True, parlor=Answer("0.1.0", ready, 1))
    examination = examined()
    seen = CardFacts(tuple(Card(**{**card, "cuda": tuple(card["cuda"])}) for card in cards), "")
    monkeypatch.setattr(Examination, "_network_facts", facts)
    monkeypatch.setattr(Examination, "_facts", seen)
    monkeypatch.setattr("app.doctor.examination.run", lambda *_: Outcome({}, "", "was tried", 0, ""))
    found = examination.section("engines").findings
    assert ("the Parlor that serves" in found[0].detail) is not tried


def test_a_damaged_lock_is_told_once(tmp_path):
    (tmp_path / "manifest.toml").write_text(
        '[[model]]\nname = "m"\nkind = "llm"\nrepo = "a/m"\nlicence = "MIT"\nlanguages = ["en"]\nmemory_mb = 1\n'
        'files = [{ path = "m.gguf" }]\n'
    )
    (tmp_path / "lock.json").write_text("{")
    examination = examined("llm.model=models/m/m.gguf", folder=tmp_path)
    errors = {
        group: [f.detail for f in examination.section(group).findings if f.status is Status.ERROR]
        for group in ("machine", "models")
    }
    assert errors["machine"] == []
    assert len(errors["models"]) == 1
    assert "lock.json" in errors["models"][0]


def test_a_check_that_crashes_is_an_error_of_its_own(monkeypatch):
    def crash(_):
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(examination, "read_network", crash)
    (found,) = examined().section("network").findings
    assert (found.name, found.status) == ("network", Status.ERROR)
    assert "ZeroDivisionError" in found.detail


def test_a_library_for_another_processor_is_named_and_the_rest_is_told(tmp_path, monkeypatch):
    (tmp_path / "onnxruntime.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGILL)\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    found = examined().section("libraries").findings
    broken = named(found, "onnxruntime")
    assert broken.status is Status.ERROR
    assert "SIGILL" in broken.detail
    assert "another processor" in broken.fix
    assert named(found, "piper-tts").fix == "Mend onnxruntime first."
    assert named(found, "ctranslate2").status is Status.OK


def test_a_fault_of_the_setup_brings_its_own_fix(monkeypatch):
    def fail(_):
        raise SetupError("the machine is on fire", fix="Put it out.")

    monkeypatch.setattr(examination, "read_machine", fail)
    found = examined().section("machine").findings
    assert (found[0].detail, found[0].fix) == ("the machine is on fire", "Put it out.")
    assert named(found, "memory").status is not Status.ERROR


def test_a_card_that_the_libraries_cannot_use_is_told_loudly(monkeypatch):
    answers = {
        "driver": {"cards": [RTX]},
        "ctranslate2": {"cublas_fault": "libcublas.so.12 cannot be loaded", "types": ["float16"]},
        "llama.cpp": {"offloads": False},
    }
    monkeypatch.setattr(examination, "ask", lambda *_: answers)
    found = examined("stt.device=auto", "llm.device=auto").section("card").findings
    assert RTX["name"] in named(found, "card").detail
    loud = [f.name for f in found if "THOUGH A CARD IS THERE" in f.detail]
    assert loud == ["CTranslate2", "llama.cpp"]
    assert "conversations" in named(found, "card memory").detail


def test_a_driver_that_kills_its_process_is_told(monkeypatch):
    dead = {"fault": "ends its process with SIGSEGV", "signal": 11}
    real = examination.ask
    answers = {"driver": dead, "ctranslate2": {"types": []}, "llama.cpp": dead}
    monkeypatch.setattr(examination, "ask", lambda what, *rest: answers if what == "card" else real(what, *rest))
    (found,) = examined("stt.device=auto").section("card").findings
    assert found.status is Status.WARNING
    assert "SIGSEGV" in found.detail


def test_the_cache_of_a_language_model_that_is_here_is_known():
    assert examined()._cache_shape() is not None
    assert examined("llm.model=no/such.gguf")._cache_shape() is None
