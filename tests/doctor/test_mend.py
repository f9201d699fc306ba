"""Running mends."""

import sys
from pathlib import Path

import onnx
from onnx import TensorProto, helper

from app.config import ROOT
from app.doctor.child import ask
from app.doctor.finding import Section, in_place, mends
from app.doctor.mend import mend
from app.doctor.rules.models import ModelFacts, judge_models


def test_each_command_is_said_and_then_run_in_parlors_folder(tmp_path):
    said = []
    out = tmp_path / "out"
    command = f"{sys.executable} -c 'import os; print(os.getcwd())' && echo done"
    with out.open("w") as stream:
        mend([command, "exit 3", "echo more"], said.append, stream)
    assert said == [f"$ {command}", "$ exit 3", "  failed (exit code 3)", "$ echo more"]
    assert out.read_text().splitlines() == [str(ROOT), "done", "more"]


def test_nothing_to_mend_is_said(tmp_path):
    said = []
    mend([], said.append, sys.stderr)
    assert said == ["Nothing was found that could be mended from here."]


def test_a_voice_without_alignments_is_patched_and_kept_as_it_was(tmp_path):
    voice = tmp_path / "my voices" / "v.onnx"
    voice.parent.mkdir()
    sizes = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in ("input", "output")]
    nodes = [helper.make_node("Ceil", ["input"], ["widths"]), helper.make_node("Relu", ["widths"], ["output"])]
    onnx.save(helper.make_model(helper.make_graph(nodes, "voice", sizes[:1], sizes[1:])), voice)
    original = voice.read_bytes()
    assert ask("voices", [str(voice)], 30.0) == {str(voice): {"aligned": False}}
    found = Section("models", tuple(judge_models([ModelFacts("tts.voices", str(voice), aligned=False)])))
    (command,) = mends([found])
    said = []
    mend([in_place(command, str(Path(sys.executable).parent))], said.append, sys.__stderr__)
    assert len(said) == 1
    assert ask("voices", [str(voice)], 30.0) == {str(voice): {"aligned": True}}
    assert (voice.parent / "v.onnx.unpatched").read_bytes() == original
    assert len(list(voice.parent.iterdir())) == 2
