"""Findings, and what follows from all of them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.doctor.finding import (
    BRING,
    REINSTALL,
    Finding,
    Section,
    Status,
    document,
    error,
    from_bundle,
    in_place,
    mends,
    ok,
    shown,
    warning,
    worst,
)

HELPS = "parlor models list"
FINDINGS = st.builds(
    Finding,
    name=st.text(max_size=5),
    status=st.sampled_from(Status),
    detail=st.text(max_size=5),
    fix=st.just("Do."),
    command=st.sampled_from([HELPS, "make setup PARLOR_ACCEL=cuda", "python -m pip install av"]),
    mendable=st.booleans(),
)
SECTIONS = st.lists(st.builds(Section, st.just("group"), st.lists(FINDINGS, max_size=4).map(tuple)), max_size=3)


@given(SECTIONS)
def test_the_worst_is_at_least_as_bad_as_each(sections):
    order = list(Status)
    each = [f.status for s in sections for f in s.findings]
    assert worst(sections) in each if each else worst(sections) is Status.OK
    assert all(order.index(worst(sections)) >= order.index(status) for status in each)


@given(SECTIONS)
def test_the_document_holds_every_finding_once(sections):
    told = document(sections)
    assert told["status"] == worst(sections)
    assert [(c["group"], c["name"], c["status"]) for c in told["checks"]] == [
        (s.group, f.name, f.status) for s in sections for f in s.findings
    ]
    assert all(set(c) == {"group", "name", "status", "detail", "fix", "command"} for c in told["checks"])


@given(SECTIONS)
def test_only_what_is_wrong_and_mendable_is_mended_and_once(sections):
    wanted = {f.command for s in sections for f in s.findings if f.mendable and f.status is not Status.OK}
    assert sorted(mends(sections)) == sorted(wanted)


@given(SECTIONS)
def test_from_a_bundle_whatever_needs_make_or_pip_becomes_its_own_script(sections):
    for section in sections:
        for before, after in zip(section.findings, from_bundle(section).findings, strict=True):
            helps = before.command == HELPS
            assert after == (before if helps else replace(before, fix=REINSTALL, command="", mendable=False))


def test_from_a_bundle_words_that_need_pip_are_replaced_too():
    section = Section("engines", (error("hearing", "no silero-vad", "pip install silero-vad"), ok("x", "fine")))
    assert [f.fix for f in from_bundle(section).findings] == [REINSTALL, ""]


def test_what_no_bundle_holds_is_not_had_by_unpacking_it_again():
    section = Section("engines", (warning("libraries", "no livekit", "", "python -m pip install livekit"),))
    assert [(f.fix, f.command) for f in from_bundle(section).findings] == [(BRING, "")]


def test_whoever_finds_a_fault_says_what_mends_it():
    with pytest.raises(ValueError, match="nothing said"):
        error("disk", "full")
    with pytest.raises(ValueError, match="no command"):
        warning("disk", "full", "Free some.", mendable=True)
    assert ok("disk", "fine").fix == ""


@pytest.mark.parametrize(
    ("command", "typed"),
    [
        ("parlor models list", ".venv/bin/parlor models list"),
        ("python -m pip install av", ".venv/bin/python -m pip install av"),
        (
            "parlor models remove x && parlor models list",
            ".venv/bin/parlor models remove x && .venv/bin/parlor models list",
        ),
        ("make setup", "make setup"),
        ("", ""),
    ],
)
def test_our_tools_are_named_where_they_are(command, typed):
    assert in_place(command, ".venv/bin") == typed


@pytest.mark.parametrize(("mb", "text"), [(0, "0 MB"), (1023, "1023 MB"), (1024, "1.0 GB"), (12_288, "12.0 GB")])
def test_memory_is_told_in_the_unit_that_fits(mb, text):
    assert shown(mb) == text
