"""`parlor bench stt|llm|tts|e2e|parallel|all` with the real engines on the starter models, over real sockets."""

import json
from pathlib import Path

import pytest

from app.bench.calls.corpus import Corpus
from app.bench.page.page import TITLES
from app.bench.stages import llm, stt, tts, upkeep
from app.bench.stages.targets import CACHED, COLD, METRIC, READY, STOPPED
from app.cli import main
from app.client.files import read_audio, write_wav
from app.interfaces import RATE_HZ
from tests.support.packages import needing_packages

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "speech"


@pytest.fixture(scope="module")
def speech(tmp_path_factory):
    """A folder with one short turn."""
    folder = tmp_path_factory.mktemp("speech")
    write_wav(folder / "yes.wav", read_audio(FIXTURES / "yes-please.flac"), RATE_HZ)
    return folder


@pytest.fixture
def measured(capsys, tmp_path):
    """`measured("stt", ...)`: what the command shows as JSON, and the page; its exit code agrees with the bars."""

    def bench(what, *words):
        code = main(["bench", what, *map(str, words), "--count", "1", "--json", "--out", str(tmp_path / "new")])
        found = json.loads(capsys.readouterr().out)
        assert json.loads((tmp_path / "new" / f"{what}.json").read_text("utf-8")) == found
        assert code == int(not all(figure["met"] for figure in found["figures"]))
        assert {"processor", "cores", "memory", "graphics", "engines"} <= set(found["machine"])
        assert all(each["spread"]["of"] == len(each["values"]) > 0 for each in found["measured"])
        return found, (tmp_path / "new" / f"{what}.html").read_text("utf-8")

    return bench


def names(found, part):
    return {(each["name"], each["cold"]) for each in found["measured"] if each["part"] == part}


@pytest.fixture
def brief(monkeypatch):
    """Fewer lengths of each kind."""
    monkeypatch.setattr(stt, "SECONDS", (2.0, 30.0))
    monkeypatch.setattr(llm, "WORDS", (25, 50))
    monkeypatch.setattr(tts, "CHARACTERS", (80, 500))
    monkeypatch.setattr(upkeep, "OPENED", 5)


@pytest.mark.engine
@pytest.mark.slow
@pytest.mark.timeout(240)  # every engine is loaded four times; beside other work that takes a while
@pytest.mark.usefixtures("brief")
def test_all_of_it(measured, speech):
    needing_packages(lambda: Corpus(1))
    choices = ("--compute-type", "float32", "--draft", "full", "--sessions", "1", "--calls", "2")
    found, page = measured("all", "--speech", speech, *choices)
    assert {("final, 30 s", False), ("draft, 2 s", False), ("final, 5 s", True)} <= names(found, "stt")
    assert {each["case"] for each in found["measured"] if each["part"] == "stt"} == {"ears on cpu float32"}
    assert {(COLD, False), (CACHED, False), ("writing", False)} <= names(found, "llm")
    assert {("all of 500 characters", False)} <= names(found, "tts")
    assert {(READY, False), (METRIC, False), (STOPPED, False)} <= names(found, "upkeep")
    assert {("voice to voice", True), ("endpoint to first audio", True)} <= names(found, "e2e")
    drafted, alone = found["turns"]
    assert (drafted["case"], drafted["name"], alone["case"]) == ("full", "yes.wav", "1 caller")
    assert drafted["text"]
    assert drafted["voice_to_voice_ms"] > 0
    assert drafted["marks"]["endpoint"] >= drafted["speech_end_ms"]
    bars = {figure["name"] for figure in found["figures"]}
    assert {"endpoint to first audio, drafts full (p50)", "cut-offs at the wait of 800 ms"} <= bars
    assert all(f"<h2>{title}</h2>" in page for title in (*TITLES.values(), "Every turn", "The end of turns"))


@pytest.mark.engine
@pytest.mark.usefixtures("brief")
def test_the_voice_alone(measured):
    found, page = measured("tts")
    assert {each["part"] for each in found["measured"]} == {"tts"}
    assert [figure["bar"] for figure in found["figures"]] == [1_500]
    assert "Text to speech" in page


def test_runs_are_joined_to_one_page(report, tmp_path, capsys):
    found = tmp_path / "found.json"
    found.write_text(json.dumps(report.as_dict()), "utf-8")
    assert main(["bench", "page", str(found), str(found), "--out", str(tmp_path / "new")]) == 1  # a bar is missed
    assert "off          6 turns, 0 cut off, 0 without an answer" in capsys.readouterr().out
    assert "6 turns" in (tmp_path / "new" / "joined.html").read_text("utf-8")


@pytest.mark.engine
def test_two_callers_at_once(measured, speech):
    found, _ = measured("parallel", "--speech", speech, "--sessions", "2", "--set", "session.max_sessions=2")
    assert {turn["case"] for turn in found["turns"]} == {"2 callers"}
    assert {turn["conversation"] for turn in found["turns"]} == {0, 1}
    assert all(turn["voice_to_voice_ms"] > 0 for turn in found["turns"])


@pytest.mark.parametrize(
    ("words", "fault", "fix"),
    [
        (["parallel", "--sessions", "11"], "11 callers at once are more than session.max_sessions (10)", "--sessions"),
        (["e2e", "--speech", "nowhere"], "nowhere is no folder", "--speech"),
        (["stt", "--speech", str(FIXTURES)], "holds no WAV files", "--speech"),
        (["stt", "--speech", "SPEECH", "--model", "nowhere"], "lacks model.bin", "stt.model"),
        (["tts", "--out", "SPEECH/yes.wav"], "cannot be made", "--out"),
        (["page", "SPEECH/yes.wav"], "holds no measurement", "--out DIR"),
        (["page", "nowhere.json"], "nowhere.json holds no measurement", "--out DIR"),
    ],
)
def test_faults_are_named_with_what_mends_them(words, fault, fix, speech, capsys):
    assert main(["bench", *(word.replace("SPEECH", str(speech)) for word in words)]) == 1
    told = capsys.readouterr().err
    assert fault in told
    assert fix in told


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (["tts", "--count", "0"], "0 is less than 1"),
        (["tts", "--count", "x"], "x is no whole number"),
        (["stt", "--compute-type", "int3"], "invalid choice: 'int3'"),
        (["e2e", "--draft", "some"], "invalid choice: 'some'"),
        (["e2e", "--first", "-1"], "-1 is less than 0"),
    ],
)
def test_what_is_no_choice_is_refused(words, fault, capsys):
    with pytest.raises(SystemExit):
        main(["bench", *words])
    assert fault in capsys.readouterr().err
