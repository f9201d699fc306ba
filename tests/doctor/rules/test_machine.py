"""The machine: each line by a table."""

from dataclasses import replace

import pytest

from app.doctor.finding import Status
from app.doctor.rules.machine import Machine, judge_machine
from app.install.llama import PORTABLE_FLAGS

GOOD = Machine((3, 11, 2), "x86_64", "AMD EPYC", frozenset(PORTABLE_FLAGS), 8, 50_000, 1024)
OLD = frozenset(PORTABLE_FLAGS) - {"avx2"}


def judged(machine, name, portable=False, missing_mb=0, sessions=10):
    found = {f.name: f for f in judge_machine(machine, portable=portable, missing_mb=missing_mb, sessions=sessions)}
    assert set(found) == {"Python", "processor", "cores", "disk", "open files"}
    return found[name]


@pytest.mark.parametrize("portable", [False, True])
def test_a_good_machine_is_fine(portable):
    assert {f.status for f in judge_machine(GOOD, portable=portable, missing_mb=0, sessions=10)} == {Status.OK}


@pytest.mark.parametrize(
    ("version", "status"),
    [((3, 10, 9), Status.ERROR), ((3, 11, 0), Status.OK), ((3, 13, 7), Status.OK), ((3, 14, 0), Status.ERROR)],
)
def test_python_is_of_a_version_that_the_libraries_know(version, status):
    assert judged(replace(GOOD, python=version), "Python").status is status


def test_a_processor_without_avx2_is_slow_and_kills_a_portable_build():
    old = replace(GOOD, features=OLD)
    assert judged(old, "processor").status is Status.WARNING
    dies = judged(old, "processor", portable=True)
    assert (dies.status, dies.command) == (Status.ERROR, "make setup PARLOR_PORTABLE=")
    assert "AVX2" in dies.detail


@pytest.mark.parametrize(
    "machine",
    [replace(GOOD, architecture="aarch64", features=frozenset()), replace(GOOD, processor="", features=frozenset())],
)
def test_other_processors_and_silent_ones_are_fine(machine):
    assert judged(machine, "processor", portable=True).status is Status.OK


@pytest.mark.parametrize(("cores", "status"), [(1, Status.WARNING), (2, Status.OK)])
def test_one_core_is_few(cores, status):
    assert judged(replace(GOOD, cores=cores), "cores").status is status


@pytest.mark.parametrize(
    ("free", "missing", "status"),
    [
        (1000, 0, Status.OK),
        (999, 0, Status.WARNING),
        (5000, 4000, Status.OK),
        (4999, 4000, Status.WARNING),
        (3999, 4000, Status.ERROR),
    ],
)
def test_the_disk_must_hold_what_is_to_come(free, missing, status):
    found = judged(replace(GOOD, disk_free_mb=free), "disk", missing_mb=missing)
    assert found.status is status
    assert ("to download" in found.detail) == bool(missing)


@pytest.mark.parametrize(("limit", "status"), [(120, Status.OK), (119, Status.WARNING)])
def test_open_files(limit, status):
    assert judged(replace(GOOD, open_files=limit), "open files").status is status
