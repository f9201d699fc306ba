"""What the self-test says."""

import pytest

from app.doctor.finding import Status
from app.doctor.rules.engines import LOADING, NAMES, Trial, blamed, crashed, judge_trials
from app.doctor.rules.libraries import LLAMA, PIP, rebuild

GOOD = {
    "vad": {"times": 200.0},
    "stt": {"factor": 0.1, "heard": 10, "spoken": 11},
    "llm": {"tokens_per_s": 40.0, "first_ms": 90.0},
    "tts": {"factor": 0.05},
    "turn": {"ms": 30.0},
}
REPORT = """Fatal Python error: Illegal instruction

Thread 0x0001 (most recent call first):
  File "/home/me/parlor/app/tts/voice.py", line 50 in say
  File "/home/me/parlor/app/workers.py", line 200 in _run

Current thread 0x0002 (most recent call first):
  File "/lib/llama_cpp/llama_cpp.py", line 1 in llama_decode
  File "/home/me/parlor/app/llm/native.py", line 190 in decode
  File "/home/me/parlor/app/stt/whisper.py", line 1 in no_such_thing

Extension modules: numpy (total: 1)
"""


def trial(engine, device="cpu", **figures):
    return Trial(engine, model="m", device=device, figures=GOOD[engine] | figures)


def judged(*trials, sessions=10, loud=()):
    return list(judge_trials(trials, sessions=sessions, loud=loud))


def test_all_are_fine():
    found = judged(*(trial(engine) for engine in GOOD))
    assert [(f.name, f.status) for f in found] == [(NAMES[engine], Status.OK) for engine in GOOD]
    assert "10 words heard, 11 spoken" in found[1].detail


@pytest.mark.parametrize(
    ("engine", "figures", "word"),
    [
        ("vad", {"times": 9.0}, "10 sessions"),
        ("stt", {"factor": 1.2}, "Slower than speech"),
        ("stt", {"heard": 0}, "no word"),
        ("llm", {"tokens_per_s": 3.0}, "Slower than speech"),
        ("llm", {"first_ms": 2500.0}, "will wait"),
        ("tts", {"factor": 1.2}, "Slower than speech"),
        ("turn", {"ms": 250.0}, "Later than most answers"),
    ],
)
def test_what_is_too_slow_is_told(engine, figures, word):
    found = {f.name: f for f in judged(*(trial(e, **(figures if e == engine else {})) for e in GOOD))}
    assert found[NAMES[engine]].status is Status.WARNING
    assert word in found[NAMES[engine]].detail


def test_words_are_not_counted_where_none_were_spoken():
    found = judged(*(trial(e) for e in GOOD if e != "stt"), trial("stt", heard=0, spoken=0))
    assert found[1].status is Status.OK
    assert "words" not in found[1].detail


@pytest.mark.parametrize(
    ("device", "loud", "status"),
    [
        ("cpu int8", ["stt"], Status.WARNING),
        ("cuda int8_float16", ["stt"], Status.OK),
        ("cpu int8", [], Status.OK),
    ],
)
def test_the_cpu_beside_a_card_is_told_loudly(device, loud, status):
    found = judged(*(trial(e, device=device) for e in GOOD), loud=loud)[1]
    assert found.status is status
    assert ("THOUGH A CARD IS THERE" in found.detail) == (status is Status.WARNING)


def test_what_an_engine_warns_of_is_passed_on():
    warns = Trial("stt", model="m", device="cpu", warnings=("CUDA does not work",), figures=GOOD["stt"])
    found = judged(warns, *(trial(e) for e in GOOD if e != "stt"))
    assert [f.detail for f in found if f.status is Status.WARNING] == ["CUDA does not work"]


def test_one_that_fails_leaves_the_others_untried():
    found = judged(Trial("stt", "no such model", "Name another."))
    assert [(f.name, f.status) for f in found] == [
        ("speech detection", Status.WARNING),
        ("hearing", Status.ERROR),
        ("thinking", Status.WARNING),
        ("speaking", Status.WARNING),
    ]
    assert all("hearing" in f.detail for f in found if f.status is Status.WARNING)


def test_nothing_told_at_all_is_told():
    assert {f.status for f in judged()} == {Status.WARNING}


@pytest.mark.parametrize(
    ("at", "errors", "engine", "command"),
    [
        ("", REPORT, "llm", rebuild(LLAMA, portable=True)),
        ("stt", "", "stt", f"{PIP} --force-reinstall --no-deps ctranslate2"),
        ("", "", LOADING, rebuild(LLAMA, portable=True)),
    ],
)
def test_a_crash_is_blamed_on_its_engine(at, errors, engine, command):
    found = crashed("ends its process with SIGILL", 4, errors, at, portable=True)
    assert (found.engine, found.command) == (engine, command)
    first = next(f for f in judged(found) if f.status is Status.ERROR)
    assert "SIGILL" in first.detail
    assert "another processor" in first.fix


def test_an_end_without_a_signal_is_no_crash():
    found = crashed("does not come back within 600 s", 0, "", "llm", portable=False)
    assert (found.engine, found.command) == ("llm", "")
    assert judged(found)[2].status is Status.ERROR


def test_without_a_crashed_thread_any_thread_will_do():
    assert blamed(REPORT.partition("Current thread")[0]) == "tts"
    assert blamed(r"C:\parlor\app\vad\silero.py") == "vad"
    assert blamed("/parlor/app/vad/smart_turn.py") == "turn"
    assert blamed("nothing of ours") == ""
