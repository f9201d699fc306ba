"""The libraries: found, missing, broken."""

import re
import tomllib
from pathlib import Path

import pytest

from app.doctor.finding import Status
from app.doctor.rules.libraries import BUILD, LIBRARIES, LLAMA, PIP, Seen, judge_libraries, signal_name

PROJECT = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text("utf-8"))["project"]
BY_NAME = {library.package: library for library in LIBRARIES}


def test_every_library_that_parlor_asks_for_is_looked_at():
    wanted = {re.split("[<>=;]", line)[0].strip().lower() for line in PROJECT["dependencies"]}
    assert wanted <= {library.package.lower() for library in LIBRARIES}


def judged(package, *, portable=False, **seen):
    """The line about `package`; all others are fine."""
    everything = {library.package: Seen(version="1") for library in LIBRARIES} | {package: Seen(**seen)}
    lines = {f.name: f for f in judge_libraries(everything, portable=portable)}
    assert list(lines) == list(BY_NAME)
    return lines[package]


@pytest.mark.parametrize("package", BY_NAME)
def test_what_is_found_is_fine(package):
    found = judged(package, version="1.2.3")
    assert found.status is Status.OK
    assert found.detail == f"1.2.3 ({BY_NAME[package].serves})"


@pytest.mark.parametrize(
    ("package", "status", "command"),
    [
        ("av", Status.ERROR, f"{PIP} av"),
        ("uvloop", Status.WARNING, f"{PIP} uvloop"),
        ("torch", Status.OK, ""),
        (LLAMA, Status.ERROR, BUILD),
    ],
)
def test_what_is_missing_is_as_bad_as_what_it_serves(package, status, command):
    found = judged(package, found=False)
    assert (found.status, found.command, found.mendable) == (status, command, bool(command))


@pytest.mark.parametrize(
    ("package", "portable", "command"),
    [
        ("ctranslate2", True, f"{PIP} --force-reinstall --no-deps ctranslate2"),
        (LLAMA, False, "make setup PARLOR_PORTABLE=1"),
        (LLAMA, True, "make setup PARLOR_PORTABLE="),
    ],
)
def test_what_kills_its_process_was_built_for_another_processor(package, portable, command):
    found = judged(package, portable=portable, fault="ends its process with SIGILL", signal=4)
    assert (found.status, found.command, found.mendable) == (Status.ERROR, command, False)
    assert "SIGILL" in found.detail
    assert "another processor" in found.fix


def test_what_raises_is_installed_anew():
    found = judged("piper-tts", version="1", fault="espeak-ng-data/phontab is missing")
    assert "phontab" in found.detail
    assert found.command == f"{PIP} --force-reinstall --no-deps piper-tts"
    assert judged(LLAMA, fault="ImportError: libcudart.so.13").command == BUILD


@pytest.mark.parametrize("onnxruntime", [Seen(found=False), Seen(fault="ends its process with SIGILL", signal=4)])
def test_what_only_suffers_from_another_is_not_blamed(onnxruntime):
    everything = {library.package: Seen(version="1") for library in LIBRARIES}
    everything |= {"onnxruntime": onnxruntime, "piper-tts": Seen(version="1", fault="No module named 'onnxruntime'")}
    lines = {f.name: f for f in judge_libraries(everything, portable=False)}
    assert (lines["piper-tts"].fix, lines["piper-tts"].command) == ("Mend onnxruntime first.", "")
    assert lines["onnxruntime"].command
    assert lines["faster-whisper"].status is Status.OK


def test_only_libraries_of_the_list_are_said_to_be_used():
    assert {used for library in LIBRARIES for used in library.uses} <= set(BY_NAME)


def test_signals_have_names():
    assert signal_name(4) == "SIGILL"
    assert signal_name(99) == "signal 99"
