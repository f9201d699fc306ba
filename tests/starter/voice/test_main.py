"""What the command says where it cannot make a voice."""

import sys

from scripts.starter.voice import __main__ as command


def test_a_voice_that_begins_with_another_wants_that_first(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(command, "BUILD", tmp_path)
    monkeypatch.setattr(sys, "argv", ["voice", "--language", "tr"])
    assert command.main() == 1
    told = capsys.readouterr().err
    assert "the voice in en, which this one begins with, is not made yet" in told
    assert "make starter-voice" in told
