"""Devices and their faults, with a module in the place of sounddevice; and PortAudio itself, in a process beside us."""

import sys
import threading
from types import SimpleNamespace

import numpy as np
import pytest

from app.client import card
from app.client.front import FrontEnd
from app.errors import SetupError


class PortAudioError(Exception):
    """As sounddevice names it."""


class CallbackAbort(Exception):
    """As sounddevice names it."""


class Sound:
    """As much of sounddevice as we use. `takes`: rates that its devices take."""

    PortAudioError, CallbackAbort = PortAudioError, CallbackAbort

    def __init__(self, names, takes=(44_100, 16_000), opens=True):
        self.devices = [
            {"index": i, "name": name, "max_input_channels": ins, "max_output_channels": outs}
            for i, (name, ins, outs) in enumerate(names)
        ]
        self.takes = takes
        self.opens = opens
        self.streams = {}
        self.hangs = threading.Event()
        self.hangs.set()

    def _exit_handler(self):
        """At the end of the process."""

    def query_devices(self, device=None, kind=None):
        if device is None and kind is None:
            return self.devices
        channels = f"max_{kind}_channels"
        able = [d for d in self.devices if d[channels]]
        if device is None:
            if not able:
                raise PortAudioError("Error querying device -1")
            return able[0]
        found = [d for d in able if device in (d["index"], d["name"])]
        if not found:
            raise ValueError(f"No {kind} device matching {device!r}")
        return found[0]

    def check(self, **settings):
        if settings["samplerate"] not in self.takes:
            raise PortAudioError("Invalid sample rate")

    check_input_settings = check_output_settings = check

    def RawInputStream(self, **settings):
        return Stream(self, "input", settings)

    def RawOutputStream(self, **settings):
        return Stream(self, "output", settings)


class Stream:
    latency = 0.02

    def __init__(self, sound, kind, settings):
        self.sound = sound
        self.kind = kind
        sound.streams[kind] = settings

    def start(self):
        if not self.sound.opens:
            raise PortAudioError("Device unavailable")

    def close(self):
        self.sound.hangs.wait()
        del self.sound.streams[self.kind]


HEADSET = [("Headset", 1, 2), ("HDMI", 0, 8), ("Nothing", 0, 0)]


@pytest.fixture
def plugged(monkeypatch):
    def plug(names=(), **how):
        sound = Sound(names, **how)
        monkeypatch.setitem(sys.modules, "sounddevice", sound)
        return sound

    return plug


def test_the_list(plugged):
    plugged(HEADSET)
    assert card.devices() == [
        "  0  Headset: microphone (default), loudspeaker (default)",
        "  1  HDMI: loudspeaker",
        "  2  Nothing: nothing we can use",
    ]
    plugged()
    assert card.devices() == ["no sound device is connected to this machine"]


def test_the_default_the_number_and_the_name(plugged):
    plugged(HEADSET)
    assert card.find("input", None) == card.Device(0, "Headset", 44_100)
    assert card.find("output", "1") == card.Device(1, "HDMI", 44_100)
    assert card.find("output", "HDMI") == card.Device(1, "HDMI", 44_100)


@pytest.mark.parametrize(
    ("names", "wanted", "takes", "message", "fix"),
    [
        ((), None, (48_000,), "no microphone is connected", "Connect one"),
        (HEADSET, "HDMI", (48_000,), "no microphone is called HDMI", "--list-devices"),
        (HEADSET, "Headset", (22_050,), "the microphone Headset takes none of 48000", "Choose another"),
    ],
)
def test_what_cannot_be_used_is_named(plugged, names, wanted, takes, message, fix):
    plugged(names, takes=takes)
    with pytest.raises(SetupError, match=message) as caught:
        card.find("input", wanted)
    assert fix in caught.value.fix


@pytest.mark.parametrize(
    ("raised", "message", "fix"),
    [
        (OSError("PortAudio library not found"), "PortAudio is not installed", "sudo apt install libportaudio2"),
        (PortAudioError("Can't connect to server"), "cannot start: Can't connect to server", "sound server"),
    ],
)
def test_a_portaudio_that_is_not_there_or_cannot_start_is_told_with_what_mends_it(monkeypatch, raised, message, fix):
    class Fails:
        def find_spec(self, name, *_):
            if name == "sounddevice":
                raise raised

    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Fails(), *sys.meta_path])
    with pytest.raises(SetupError, match=message) as caught:
        card.devices()
    assert fix in caught.value.fix


def at(**times):
    return SimpleNamespace(**{"currentTime": 5.0, "outputBufferDacTime": 0.0, "inputBufferAdcTime": 0.0, **times})


class Front(FrontEnd):
    """Keeps the latencies it is told."""

    def __init__(self, fault=None):
        super().__init__(44_100, 16_000, None)
        self.told = []
        self.fault = fault

    def play(self, now, latency_s):
        self.told.append(latency_s)
        return super().play(now, latency_s)

    def listen(self, block, now, latency_s):
        if self.fault:
            raise self.fault
        self.told.append(latency_s)
        return super().listen(block, now, latency_s)


DEVICES = card.Device(0, "Headset", 16_000), card.Device(1, "HDMI", 44_100)


def test_blocks_go_both_ways_with_their_latency(plugged):
    sound, front, heard = plugged(HEADSET), Front(), []
    with card.opened(*DEVICES, front, heard.append) as health:
        into, out = sound.streams["input"], sound.streams["output"]
        assert [(s["device"], s["samplerate"], s["blocksize"]) for s in (into, out)] == [
            (0, 16_000, 160),
            (1, 44_100, 441),
        ]
        block = bytearray(b"\1" * 882)
        out["callback"](block, 441, at(outputBufferDacTime=5.25), None)
        out["callback"](block, 441, at(), None)
        into["callback"](np.full(160, 7, "<i2").tobytes(), 160, at(inputBufferAdcTime=4.875), "input overflow")
    assert not any(block)
    assert heard[0].tolist() == [7] * 160
    assert front.told == [0.25, 0.02, 0.125], "a host that gives no times has the stream's latency"
    assert (health.gaps, health.fault) == (1, "")


def test_what_was_heard_stays_when_its_buffer_is_filled_again(plugged):
    sound, heard, buffer = plugged(HEADSET), [], bytearray(320)
    with card.opened(*DEVICES, Front(), heard.append):
        for value in (7, 8):
            buffer[:] = np.full(160, value, "<i2").tobytes()
            sound.streams["input"]["callback"](buffer, 160, at(), None)
    assert [set(block.tolist()) for block in heard] == [{7}, {8}]


def test_a_fault_ends_the_stream_and_is_kept(plugged):
    sound = plugged(HEADSET)
    with card.opened(*DEVICES, Front(RuntimeError("it burned")), print) as health:
        with pytest.raises(CallbackAbort):
            sound.streams["input"]["callback"](bytes(320), 160, at(), None)
        assert "it burned" in health.fault


def test_a_device_that_is_taken_is_named(plugged):
    sound = plugged(HEADSET, opens=False)
    with pytest.raises(SetupError, match="Device unavailable"), card.opened(*DEVICES, Front(), print):
        pass
    assert not sound.streams


def test_a_stream_that_does_not_close_holds_nobody_up(plugged, monkeypatch):
    """As with a JACK server that died."""
    sound, forgotten = plugged(HEADSET), []
    monkeypatch.setattr(card, "CLOSE_S", 0.01)
    monkeypatch.setattr(card.atexit, "unregister", forgotten.append)
    sound.hangs.clear()
    with card.opened(*DEVICES, Front(), print):
        pass
    assert forgotten == [sound._exit_handler] * 2
    sound.hangs.set()
