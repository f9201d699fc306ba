"""The probe's view of sound, with modules in the place of sounddevice."""

import sys
from types import SimpleNamespace

import pytest

from app.doctor import probe


class PortAudioError(Exception):
    """As sounddevice names it."""


def query(**devices):
    def query_devices(kind):
        if kind not in devices:
            raise PortAudioError(f"Error querying device -1 for {kind}")
        return {"name": devices[kind]}

    return SimpleNamespace(query_devices=query_devices, PortAudioError=PortAudioError)


@pytest.mark.parametrize(
    ("devices", "answer"),
    [
        ({"input": "USB", "output": "HDMI"}, {"microphone": "USB", "loudspeaker": "HDMI"}),
        ({"output": "HDMI"}, {"microphone": "", "loudspeaker": "HDMI"}),
        ({}, {"microphone": "", "loudspeaker": ""}),
    ],
)
def test_devices_are_named(monkeypatch, devices, answer):
    monkeypatch.setitem(sys.modules, "sounddevice", query(**devices))
    told = []
    probe.sound(["sound"], told.append)
    assert told == [{"begin": "sound"}, {"name": "sound", **answer}]


def test_a_package_that_is_not_installed_is_a_fault(monkeypatch):
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    told = []
    probe.sound(["sound"], told.append)
    assert "sounddevice" in told[1]["fault"]
