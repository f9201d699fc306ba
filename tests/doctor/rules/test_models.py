"""The models: here, whole, recorded, aligned."""

import pytest

from app.doctor.finding import Status
from app.doctor.rules.models import ModelFacts, judge_models, usable

KNOWN = {"setting": "tts.voices", "path": "models/v/v.onnx", "name": "v", "on_disk_mb": 60, "memory_mb": 150}


@pytest.mark.parametrize(
    ("facts", "status", "command", "mendable"),
    [
        (ModelFacts(**KNOWN), Status.OK, "", False),
        (ModelFacts(**KNOWN, state="missing"), Status.ERROR, "parlor models download v", True),
        (ModelFacts(**KNOWN, state="partial"), Status.ERROR, "parlor models download v", True),
        (ModelFacts(**KNOWN, faults=("v.onnx has SHA-256 1",)), Status.ERROR, "parlor models download v", False),
        (ModelFacts(**KNOWN, recorded=False), Status.WARNING, "parlor models download v", True),
        (
            ModelFacts(**KNOWN, aligned=False),
            Status.WARNING,
            "parlor models remove v && parlor models download v",
            False,
        ),
        (ModelFacts("llm.model", "/mine/b.gguf"), Status.OK, "", False),
        (ModelFacts("llm.model", "/mine/b.gguf", lacks="/mine/b.gguf"), Status.ERROR, "parlor models list", False),
        (
            ModelFacts("tts.voices", "/my voices/v.onnx", aligned=False),
            Status.WARNING,
            "cp -n '/my voices/v.onnx' '/my voices/v.onnx.unpatched'"
            " && python -m piper.patch_voice_with_alignment '/my voices/v.onnx'",
            True,
        ),
    ],
)
def test_each_case(facts, status, command, mendable):
    (found,) = judge_models([facts])
    assert (found.status, found.command, found.mendable) == (status, command, mendable)


def test_all_that_is_missing_comes_with_one_command():
    models = [
        ModelFacts(s, f"models/{n}", name=n, state="missing", missing_mb=600) for s, n in (("a", "x"), ("b", "y"))
    ]
    (found,) = judge_models([*models, models[0]])
    assert found.command == "parlor models download x y"
    assert "1.8 GB to download" in found.detail


def test_starter_models_are_told_of_in_one_line():
    models = [ModelFacts(setting, "models/starter/x", starter=True) for setting in ("stt.model", "tts.voices")]
    *each, told = judge_models(models)
    assert [f.status for f in each] == [Status.OK, Status.OK]
    assert told.status is Status.WARNING
    assert "stt.model, tts.voices" in told.detail


def test_engines_can_be_tried_when_nothing_is_missing():
    whole = ModelFacts(**KNOWN)
    assert usable([])
    assert usable([whole])
    assert not usable([whole, ModelFacts(**KNOWN, state="partial")])
    assert not usable([ModelFacts("llm.model", "x", lacks="x")])
