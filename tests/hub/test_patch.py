"""Voices with word times: a real voice, its alignments taken away, patched and spoken with."""

import hashlib
import sys

import onnx
import pytest
from piper.patch_voice_with_alignment import add_alignment_output

from app.config import ROOT
from app.hub.patch import add_alignments
from app.tts.voice import load
from tests.support.hub import publish

STARTER = ROOT / "models" / "starter" / "voice" / "starter-voice.onnx"


@pytest.fixture
def unpatched(tmp_path):
    """The starter voice as a publisher would give it."""
    voice = tmp_path / "voice.onnx"
    publish(STARTER, voice)
    return voice


def test_a_patched_voice_says_the_same_and_tells_when(unpatched):
    before, no_groups = load(unpatched, 1).say("A table for two, please.", 1.0)
    assert no_groups == []
    assert add_alignments(unpatched) == ""
    after, groups = load(unpatched, 1).say("A table for two, please.", 1.0)
    assert len(groups) >= 4
    assert groups[-1].end <= len(after)
    assert abs(len(after) - len(before)) < 0.3 * len(before)  # the voice's own randomness


def test_what_came_stands_unchanged_at_the_beginning(unpatched):
    content = unpatched.read_bytes()
    assert add_alignments(unpatched) == ""
    assert unpatched.read_bytes()[: len(content)] == content
    assert 0 < unpatched.stat().st_size - len(content) < 200


def test_the_result_is_that_of_pipers_own_tool(unpatched):
    model = onnx.load(unpatched)
    add_alignment_output(model)
    assert add_alignments(unpatched) == ""
    assert onnx.load(unpatched).SerializeToString(deterministic=True) == model.SerializeToString(deterministic=True)


def test_patching_twice_is_patching_once(unpatched):
    assert add_alignments(unpatched) == ""
    once = hashlib.sha256(unpatched.read_bytes()).hexdigest()
    assert add_alignments(unpatched) == ""
    assert hashlib.sha256(unpatched.read_bytes()).hexdigest() == once


def test_what_cannot_be_patched_stays_as_it_is(tmp_path):
    voice = tmp_path / "v.onnx"
    voice.write_bytes(b"no model at all")
    assert add_alignments(voice) == "it is no ONNX file"
    graph = onnx.helper.make_graph([], "g", [], [onnx.ValueInfoProto(name="audio")])
    onnx.save(onnx.helper.make_model(graph), voice)
    content = voice.read_bytes()
    assert "ceil" in add_alignments(voice).lower()
    assert voice.read_bytes() == content


def test_without_the_onnx_package_it_says_so(unpatched, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    assert add_alignments(unpatched) == "the package onnx is missing"
