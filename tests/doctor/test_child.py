"""Probes in processes of their own: answered, raised, killed, hung."""

import pytest

from app.doctor.child import ask, run
from app.doctor.rules.engines import crashed

ILLEGAL = "import os, signal\nos.kill(os.getpid(), signal.SIGILL)\n"
LIMIT_S = 30.0


@pytest.fixture
def broken(tmp_path, monkeypatch):
    """Puts a module in the place of an installed library."""

    def put(module, code):
        (tmp_path / f"{module}.py").write_text(code)
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    return put


def test_what_is_installed_answers_with_its_version():
    told = ask("libraries", ["unicode-rbnf", "torch"], LIMIT_S)
    assert all(answer["found"] and answer["version"] and "fault" not in answer for answer in told.values())
    assert set(told) == {"unicode-rbnf", "torch"}


def test_a_library_that_raises_is_named_with_its_reason(broken):
    broken("unicode_rbnf", "raise ImportError('libfoo.so.1: cannot open shared object file')")
    told = ask("libraries", ["unicode-rbnf"], LIMIT_S)["unicode-rbnf"]
    assert told["fault"] == "ImportError: libfoo.so.1: cannot open shared object file"


def test_a_file_that_is_missing_in_a_library_is_named(broken):
    broken("silero_vad", "")
    assert ask("libraries", ["silero-vad"], LIMIT_S)["silero-vad"]["fault"] == "data/silero_vad.onnx is missing"


def test_a_library_that_kills_its_process_leaves_the_others_their_answers(broken):
    broken("uvloop", ILLEGAL)
    told = ask("libraries", ["numpy", "uvloop", "unicode-rbnf"], LIMIT_S)
    assert told["uvloop"] == {"fault": "ends its process with SIGILL", "signal": 4}
    assert told["numpy"]["found"]
    assert told["unicode-rbnf"]["found"]


def test_a_library_that_hangs_is_given_up(broken):
    broken("uvloop", "import threading\nthreading.Event().wait()\n")
    assert ask("libraries", ["uvloop"], 1.5)["uvloop"] == {"fault": "does not come back within 1.5 s", "signal": 0}


def test_a_library_that_prints_disturbs_nobody(broken):
    broken("uvloop", "import os\nprint('hello')\nos.write(1, b'hello from C')\n")
    assert "fault" not in ask("libraries", ["uvloop"], LIMIT_S)["uvloop"]


def test_a_probe_that_fails_tells_its_last_line(broken):
    broken("onnx", "raise RuntimeError('no such day')")
    assert ask("voices", ["a.onnx"], LIMIT_S) == {
        "a.onnx": {"fault": "ends with RuntimeError: no such day", "signal": 0}
    }


def test_a_native_crash_of_an_engine_is_blamed_on_it(broken):
    from tests.conftest import configured

    broken("llama_cpp", ILLEGAL)
    outcome = run("engines", [], LIMIT_S, configured().model_dump_json())
    assert outcome.signal == 4
    assert crashed(outcome.fault, outcome.signal, outcome.errors, outcome.at, portable=False).engine == "llm"


def test_the_card_is_asked_part_by_part():
    told = ask("card", ["driver", "ctranslate2", "llama.cpp"], LIMIT_S)
    assert not any("fault" in answer for answer in told.values())
    assert isinstance(told["llama.cpp"]["offloads"], bool)
