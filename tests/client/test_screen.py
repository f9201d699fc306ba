"""What a person sees of a spoken call."""

import io
import json

import pytest

from app.client.screen import Screen

ERASE = "\r\x1b[K"


class Tty(io.StringIO):
    def isatty(self):
        return True


def shown(out, *events, as_json=False, columns=40):
    screen = Screen(out, as_json=as_json, columns=lambda: columns)
    for event in events:
        screen.show({"t_ms": 5, **event})
    return out.getvalue()


PARTIAL = {"type": "transcript.partial", "stable": "two ", "unstable": "pizzas"}
FINAL = {"type": "transcript.final", "text": "two pizzas"}


def test_what_is_said_now_stands_in_the_last_line():
    text = shown(Tty(), {"type": "speech.started"}, PARTIAL, FINAL)
    assert text == f"{ERASE}caller: ...{ERASE}caller: two pizzas{ERASE}caller: two pizzas\n"


def test_a_long_line_shows_its_end():
    text = shown(Tty(), {**PARTIAL, "unstable": "a" * 60 + "end"}, columns=21)
    assert text == ERASE + "..." + "a" * 14 + "end"


def test_a_file_gets_only_what_is_settled():
    assert shown(io.StringIO(), {"type": "speech.started"}, PARTIAL, FINAL) == "caller: two pizzas\n"


@pytest.mark.parametrize("event", [PARTIAL, FINAL, {"type": "later.version"}])
def test_a_program_gets_every_event(event):
    assert json.loads(shown(Tty(), event, as_json=True)) == {"t_ms": 5, **event}


def test_nothing_steers_the_terminal():
    assert shown(io.StringIO(), {"type": "reply.sentence", "text": "a\x1b[2Jb\nc"}) == "parlor: a [2Jb c\n"


@pytest.mark.parametrize(
    ("gaps", "lost_ms", "text"),
    [
        (0, 0, ""),
        (2, 0, "2 gap(s) in the sound: this machine was too busy\n"),
        (0, 20, "20 ms of yours were lost: the link was too slow\n"),
        (1, 10, "1 gap(s) in the sound: this machine was too busy; 10 ms of yours were lost: the link was too slow\n"),
    ],
)
def test_how_the_sound_went(gaps, lost_ms, text):
    assert shown(io.StringIO(), {"type": "sound.summary", "gaps": gaps, "lost_ms": lost_ms}) == text


def test_our_own_lines_are_for_people():
    out = io.StringIO()
    Screen(out, as_json=False).say("Hello.")
    Screen(out, as_json=True).say("No.")
    assert out.getvalue() == "Hello.\n"
