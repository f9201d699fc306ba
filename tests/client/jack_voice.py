"""Plays a file into the microphone of the `parlor talk` that uses the same JACK server, and its loudspeaker too.

Run as a program: PortAudio looks for its host once a process.
"""

import subprocess
import sys
from pathlib import Path

import numpy as np
import sounddevice

from app.client.files import read_audio
from app.session.resample import Resampler

RATE = 48_000


def ports(kind):
    listed = subprocess.run(["jack_lsp"], capture_output=True, text=True, check=True).stdout.split()
    return {port for port in listed if port.startswith("PortAudio") and f":{kind}_" in port}


def main(path):
    resampler = Resampler(16_000, RATE)
    pcm = np.concatenate([resampler.feed(read_audio(path)), resampler.flush(), np.zeros(RATE, np.int16)])
    rest = memoryview(pcm.astype("<i2").tobytes())

    def play(out, *_):
        nonlocal rest
        block, rest = rest[: len(out)], rest[len(out) :]
        out[: len(block)] = block
        out[len(block) :] = bytes(len(out) - len(block))
        if not rest:
            raise sounddevice.CallbackStop

    (microphone,), (loudspeaker,) = ports("in"), ports("out")
    with sounddevice.RawOutputStream(
        device="system", samplerate=RATE, channels=1, dtype="int16", callback=play
    ) as voice:
        for source in (loudspeaker, *(ports("out") - {loudspeaker})):
            subprocess.run(["jack_connect", source, microphone], check=True)
        while voice.active:
            sounddevice.sleep(50)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
