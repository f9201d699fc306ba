"""This machine's microphone and loudspeaker, through PortAudio. Its callbacks come on threads of its own."""

from __future__ import annotations

import atexit
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from app.client.front import BLOCKS_PER_S, FrontEnd
from app.errors import SetupError
from app.interfaces import Pcm

RATES_HZ = (48_000, 44_100, 32_000, 16_000, 8_000)
"""Best first. What the wire carries, and has whole blocks of 10 ms."""
LATENCY_S = 0.04
"""Asked of the card: four blocks, so that a busy machine may be late with one or two."""
CLOSE_S = 1.0
Kind = Literal["input", "output"]
_NAMES = {"input": "microphone", "output": "loudspeaker"}
_CHANNELS: dict[Kind, str] = {"input": "max_input_channels", "output": "max_output_channels"}
_LIST = "See `parlor talk --list-devices`."


@dataclass(frozen=True, slots=True)
class Device:
    """One that can be opened."""

    index: int
    name: str
    rate_hz: int


@dataclass(slots=True)
class Health:
    """How the sound goes; written by the callbacks."""

    gaps: int = 0
    """Times that the machine was too slow for the card."""
    fault: str = ""
    """Why a callback ended."""


def devices() -> list[str]:
    """A line for each device: index, name, what it can. Raises `SetupError` without PortAudio."""
    sound = _sounddevice()
    defaults = {kind: _default(sound, kind) for kind in _NAMES}
    lines = []
    for index, device in enumerate(sound.query_devices()):
        roles = [
            f"{_NAMES[kind]}{' (default)' if index == defaults[kind] else ''}"
            for kind, channels in _CHANNELS.items()
            if device[channels] > 0
        ]
        lines.append(f"{index:3}  {device['name']}: {', '.join(roles) or 'nothing we can use'}")
    return lines or ["no sound device is connected to this machine"]


def find(kind: Kind, wanted: str | None) -> Device:
    """The default device, or one by index or part of its name, with a rate that it takes. Raises `SetupError`."""
    sound = _sounddevice()
    try:
        found = sound.query_devices(int(wanted) if wanted and wanted.isdigit() else wanted, kind)
    except (sound.PortAudioError, ValueError) as error:
        if wanted:
            raise SetupError(f"no {_NAMES[kind]} is called {wanted}: {error}", fix=_LIST) from error
        raise SetupError(
            f"no {_NAMES[kind]} is connected to this machine",
            fix=f"Connect one and see `parlor talk --list-devices`; or call from a browser. Details: {error}",
        ) from error
    check = sound.check_input_settings if kind == "input" else sound.check_output_settings
    for rate_hz in RATES_HZ:
        try:
            check(device=found["index"], channels=1, dtype="int16", samplerate=rate_hz)
        except sound.PortAudioError:
            continue
        return Device(found["index"], found["name"], rate_hz)
    raise SetupError(
        f"the {_NAMES[kind]} {found['name']} takes none of {', '.join(map(str, RATES_HZ))} Hz",
        fix=f"Choose another, or close what else uses it. {_LIST}",
    )


@contextmanager
def opened(microphone: Device, loudspeaker: Device, front: FrontEnd, heard: Callable[[Pcm], None]) -> Iterator[Health]:
    """Sound in and out until left. `heard` gets the microphone's blocks, on a thread of PortAudio's.

    Raises `SetupError` when a device cannot be opened.
    """
    sound = _sounddevice()
    callbacks = _Callbacks(sound.CallbackAbort, front, heard)
    with ExitStack() as stack:
        try:
            playing = _stream(sound.RawOutputStream, loudspeaker, callbacks.play)
            stack.callback(_closed, sound, playing)
            listening = _stream(sound.RawInputStream, microphone, callbacks.listen)
            stack.callback(_closed, sound, listening)
            callbacks.latencies_s = playing.latency, listening.latency
            playing.start()
            listening.start()
        except sound.PortAudioError as error:
            raise SetupError(f"the sound devices cannot be opened: {error}", fix=f"Choose others. {_LIST}") from error
        yield callbacks.health


class _Callbacks:
    """What PortAudio calls for each block. A fault ends the streams and is kept."""

    def __init__(self, abort: type[Exception], front: FrontEnd, heard: Callable[[Pcm], None]) -> None:
        self.health = Health()
        self.latencies_s = (LATENCY_S, LATENCY_S)
        """Of loudspeaker and microphone, for hosts that give no times with a block."""
        self._abort = abort
        self._front = front
        self._heard = heard

    def play(self, out: Any, _: int, at: Any, status: Any) -> None:  # noqa: ANN401 - sounddevice has no types
        """Fill a block for the loudspeaker."""
        latency_s = _latency(at.outputBufferDacTime - at.currentTime, self.latencies_s[0])
        with self._guarded(status):
            out[:] = self._front.play(time.monotonic(), latency_s).tobytes()

    def listen(self, data: Any, _: int, at: Any, status: Any) -> None:  # noqa: ANN401 - sounddevice has no types
        """Hand over a block of the microphone's."""
        latency_s = _latency(at.currentTime - at.inputBufferAdcTime, self.latencies_s[1])
        with self._guarded(status):
            block = np.frombuffer(data, np.int16).copy()  # the buffer is PortAudio's, and the next block's
            self._heard(self._front.listen(block, time.monotonic(), latency_s))

    @contextmanager
    def _guarded(self, status: Any) -> Iterator[None]:  # noqa: ANN401 - sounddevice has no types
        self.health.gaps += bool(status)
        try:
            yield
        except Exception as error:
            self.health.fault = repr(error)
            raise self._abort from error


def _latency(said_s: float, opened_s: float) -> float:
    """What a block's times say, where they make sense."""
    return said_s if 0 < said_s < 1 else opened_s


def _stream(make: Any, device: Device, callback: Any) -> Any:  # noqa: ANN401 - sounddevice has no types
    return make(
        device=device.index,
        samplerate=device.rate_hz,
        blocksize=device.rate_hz // BLOCKS_PER_S,
        channels=1,
        dtype="int16",
        latency=LATENCY_S,
        callback=callback,
    )


def _closed(sound: Any, stream: Any) -> None:  # noqa: ANN401 - sounddevice has no types
    """Close a stream. PortAudio waits for ever for a sound server that died; then it is left to the process' end."""
    closing = threading.Thread(target=stream.close, name="parlor-close-card", daemon=True)
    closing.start()
    closing.join(CLOSE_S)
    if closing.is_alive():
        atexit.unregister(sound._exit_handler)  # noqa: SLF001 - it would wait for ever too


def _default(sound: Any, kind: str) -> int:  # noqa: ANN401 - sounddevice has no types
    """Index of the default device; -1 for none."""
    try:
        return int(sound.query_devices(kind=kind)["index"])
    except (sound.PortAudioError, ValueError):
        return -1


def _sounddevice() -> Any:  # noqa: ANN401 - sounddevice has no types
    try:
        import sounddevice
    except OSError as error:  # the package is there, PortAudio is not
        raise SetupError("PortAudio is not installed", fix="sudo apt install libportaudio2") from error
    except Exception as error:  # PortAudio's own, which cannot be named before it is there
        fix = "Start the sound server (PipeWire, PulseAudio); over ssh: export XDG_RUNTIME_DIR=/run/user/$(id -u)"
        raise SetupError(f"PortAudio cannot start: {error}", fix=fix) from error
    return sounddevice
