"""The report on a terminal."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from app.doctor.finding import Finding, Section, Status, error, ok, warning
from app.doctor.report import WIDTH, section_lines, summary

WORDS = st.lists(st.text("aZ-ß你", min_size=1, max_size=20), min_size=1, max_size=20).map(" ".join)
FINDINGS = st.builds(Finding, st.text("abc", max_size=17), st.sampled_from(Status), WORDS, WORDS)


@settings(deadline=None)
@given(st.lists(FINDINGS, max_size=3), st.booleans())
def test_no_line_is_wider_than_the_terminal(findings, colour):
    for line in section_lines(Section("group", tuple(findings)), colour=colour):
        assert len(re.sub(r"\x1b\[[0-9;]*m", "", line)) <= WIDTH


@settings(deadline=None)
@given(st.lists(FINDINGS, max_size=3))
def test_nothing_is_lost_and_colour_changes_no_letter(findings):
    section = Section("group", tuple(findings))
    plain = "\n".join(section_lines(section, colour=False))
    coloured = "\n".join(section_lines(section, colour=True))
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain
    words = plain.split()
    for finding in findings:
        assert set((finding.detail + " " + finding.fix).split()) <= set(words)


def test_it_is_aligned_and_commands_are_whole():
    command = "openssl req " + "-x " * 60
    section = Section("network", (ok("port", "free"), error("TLS certificate", "", "Make one.", command.strip())))
    assert list(section_lines(section, colour=False)) == [
        "",
        "network",
        "  ok       port              free",
        "  error    TLS certificate",
        "                             Make one.",
        "                             $ " + command.strip(),
    ]


def test_commands_within_a_mend_stay_whole():
    command = "  sudo apt install " + "cuda-toolkit-12-9 " * 6 + "\\"
    section = Section("card", (error("card", "", f"Install it:\n{command}\nThen restart."),))
    lines = [line.strip() for line in section_lines(section, colour=False)]
    assert lines[-3:] == ["Install it:", command.strip(), "Then restart."]


def test_the_last_line_counts():
    sections = [Section("a", (ok("x", ""), warning("y", "", "Do."))), Section("b", (error("z", "", "Do."),) * 2)]
    assert summary(sections, colour=False) == "1 ok, 1 warning, 2 errors"
    assert summary([], colour=False) == "0 ok, 0 warnings, 0 errors"
    assert "\x1b[33m1 warning\x1b[0m" in summary(sections, colour=True)
