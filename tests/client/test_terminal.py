"""How a call shows itself: lines for programs, lines for people, files."""

import json
import wave

import numpy as np
import pytest

from app.client.player import Player
from app.client.record import TurnRecord, percentiles
from app.client.terminal import Terminal
from app.errors import SetupError
from app.wire.codec import AudioFrame

PLAIN = [
    ({"type": "session.ready", "starter": "Small models."}, "Small models."),
    ({"type": "session.ready", "starter": None}, None),
    ({"type": "turn.speaking", "file": "a.wav"}, "-> a.wav"),
    ({"type": "transcript.final", "text": "çay"}, "caller: çay"),
    ({"type": "transcript.final", "text": ""}, "caller: (no speech)"),
    ({"type": "transcript.partial", "stable": "x", "unstable": ""}, None),
    ({"type": "reply.sentence", "text": "Tea."}, "parlor: Tea."),
    ({"type": "reply.ended", "status": "completed", "heard_text": "Tea."}, None),
    ({"type": "reply.ended", "status": "interrupted", "heard_text": "Te"}, "(reply interrupted; heard: 'Te')"),
    ({"type": "session.expiring", "in_s": 60.0}, "(the session ends in 60 s unless somebody speaks)"),
    ({"type": "session.ended", "reason": "expired"}, "(the session has ended: expired)"),
    ({"type": "session.ended", "reason": "bye"}, None),
    ({"type": "error", "code": "busy", "message": "Full.", "fix": "Wait."}, "error busy: Full. Wait."),
    ({"type": "a.later.version"}, None),
]


@pytest.mark.parametrize(("event", "line"), PLAIN)
def test_a_person_reads_a_conversation(capsys, event, line):
    Terminal(None, as_json=False).show({"t_ms": 12_345, **event})
    assert capsys.readouterr().out == ("" if line is None else f"  12.35  {line}\n")


@pytest.mark.parametrize("event", [event for event, _ in PLAIN])
def test_a_program_reads_every_event(capsys, event):
    Terminal(None, as_json=True).show({"t_ms": 5, **event})
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line) == {"t_ms": 5, **event}
    assert "\\u" not in line


@pytest.fixture
def records():
    player = Player(1, 22_050)
    player.add(AudioFrame(1, 22_050, 0, np.arange(100, dtype="<i2").tobytes(), last=True), 0.0)
    return [TurnRecord("a.wav", 1.0, ["çay"], "Tea.", {}, player), TurnRecord("b.wav", 2.0)]


def test_the_summary_closes_the_lines_for_programs(capsys, records):
    Terminal(None, as_json=True).finish(records)
    assert json.loads(capsys.readouterr().out) == {
        "type": "summary",
        "turns": [r.summary() for r in records],
        "percentiles_ms": percentiles(records),
    }


def test_people_have_read_it_already(capsys, records):
    Terminal(None, as_json=False).finish(records)
    assert capsys.readouterr().out == ""


def test_files(tmp_path, capsys, records):
    out = tmp_path / "deep" / "er"
    Terminal(out, as_json=False).finish(records)
    assert {path.name for path in out.iterdir()} == {"turn-1-reply.wav", "transcript.json"}
    text = (out / "transcript.json").read_text("utf-8")
    assert json.loads(text) == [r.summary() for r in records]
    assert "çay" in text
    with wave.open(str(out / "turn-1-reply.wav")) as file:
        assert (file.getframerate(), file.getnframes()) == (22_050, 100)


def test_a_folder_that_is_there_is_used(tmp_path, records):
    Terminal(tmp_path, as_json=False).finish(records)
    assert (tmp_path / "transcript.json").exists()


@pytest.mark.parametrize("name", ["file", "file/under"])
def test_a_folder_that_cannot_be_is_named_before_the_call(tmp_path, name):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(SetupError, match="cannot be written") as caught:
        Terminal(tmp_path / name, as_json=False)
    assert caught.value.fix == "Choose another --out."
