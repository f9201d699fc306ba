"""Whether this machine can hear and speak itself. Pure.

All of it is for `parlor talk`: browsers bring their own, so nothing here is an error.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.doctor.finding import Finding, ok, warning

_BROWSERS = "Browsers do not need it: they bring their own."


@dataclass(frozen=True, slots=True)
class SoundFacts:
    """What PortAudio says."""

    fault: str = ""
    """Why it cannot be asked."""
    no_library: bool = False
    """PortAudio itself is missing."""
    microphone: str = ""
    """Name of the default input; empty when there is none."""
    loudspeaker: str = ""


def judge_sound(facts: SoundFacts) -> Iterator[Finding]:
    """The microphone and the loudspeaker of this machine."""
    if facts.no_library:
        detail = "PortAudio is not installed, so nobody can call with this machine's own microphone"
        yield warning("sound", detail, _BROWSERS, "sudo apt install libportaudio2")
    elif facts.fault:
        yield warning("sound", f"PortAudio does not answer: {facts.fault}", _BROWSERS)
    else:
        yield _device("microphone", facts.microphone)
        yield _device("loudspeaker", facts.loudspeaker)


def _device(what: str, name: str) -> Finding:
    if name:
        return ok(what, name)
    return warning(what, f"no {what} is connected to this machine", f"Connect one. {_BROWSERS}")
