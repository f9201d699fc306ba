"""A recording as a browser would stream it."""

import io

import numpy as np

from app.interfaces import RATE_HZ


class _Stream(io.RawIOBase):
    """Takes what is written and cannot go back."""

    def __init__(self):
        self.written = []

    def writable(self):
        return True

    def write(self, data):
        self.written.append(bytes(data))
        return len(data)


def webm_opus(pcm, av):
    """`(n,)` samples at 16 kHz as the messages of a WebM/Opus stream of 100 ms clusters."""
    stream = _Stream()
    options = {"cluster_time_limit": "100", "live": "1"}
    with av.open(stream, "w", format="webm", options=options) as container:
        track = container.add_stream("libopus", rate=48_000, layout="mono")
        resampler = av.AudioResampler(format="s16", layout="mono", rate=48_000, frame_size=960)
        frame = av.AudioFrame.from_ndarray(np.asarray(pcm).reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = RATE_HZ
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(track.encode(part))
        container.mux(track.encode(None))
    return stream.written
