"""Audio as it comes off the wire, in the configured codec and any chunking, to 16 kHz mono floats.

PCM16 is resampled in place (a message takes about 1 ms). A browser's MediaRecorder stream is decoded by FFmpeg, which
reads when it wants to and blocks: each recording has a thread of its own, and `feed` waits until that thread has used
up the message and asks for more, so what a message holds comes out with it and never with the next.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable
from contextlib import suppress
from typing import Protocol

import av
import numpy as np
from av.error import FFmpegError

from app.audio import to_float
from app.errors import CallerError
from app.interfaces import RATE_HZ, FloatArray
from app.wire.incoming import InputFormat

EBML_MAGIC = b"\x1a\x45\xdf\xa3"
"""The first bytes of every WebM recording (RFC 8794, 11.2.1)."""
DECODE_LIMIT_S = 5.0
"""For one message; 64 KiB of Opus decode in well under 0.5 s."""
MAX_MESSAGE_S = 60
"""Audio that one message may decode to: a few bytes of Opus can stand for 120 ms, and memory is bounded."""
MAX_MUTE_BYTES = 65_536
"""Bytes without a sample in them after which a stream is no audio: FFmpeg searches garbage for a cluster for ever."""
_PROBE_BYTES = "4096"
"""FFmpeg would look at 5 MB to learn about streams it does not know from their header. Opus is known from it."""


class Ingest(Protocol):
    """One session's input decoder. Calls do not overlap."""

    async def feed(self, data: bytes) -> FloatArray:
        """What has come out so far: `(n,)` samples. Raises a fatal `CallerError` `audio_undecodable`."""

    async def flush(self) -> FloatArray:
        """End the input here and return what was still inside. The next `feed` starts anew."""

    async def close(self) -> None:
        """Free everything. Idempotent."""


def open_ingest(form: InputFormat) -> Ingest:
    """The decoder for what a client said it sends."""
    return Pcm16Ingest(form.rate) if form.codec == "pcm16" else WebmOpusIngest()


class Pcm16Ingest:
    """Little-endian PCM16 mono at `rate_hz`. A sample may be split between two messages."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._half = b""
        self._resampler = None if rate_hz == RATE_HZ else _resampler()

    async def feed(self, data: bytes) -> FloatArray:
        """See `Ingest`; any bytes are audio, so this never fails."""
        data = self._half + data
        whole = len(data) - len(data) % 2
        self._half = data[whole:]
        pcm = np.frombuffer(data[:whole], "<i2")
        if self._resampler is None:
            return to_float(pcm)
        if not pcm.size:
            return np.empty(0, np.float32)
        frame = av.AudioFrame.from_ndarray(pcm.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = self._rate_hz
        return _joined(self._resampler.resample(frame))

    async def flush(self) -> FloatArray:
        """See `Ingest`; the resampler holds about 1 ms."""
        self._half = b""
        if self._resampler is None:
            return np.empty(0, np.float32)
        rest = _joined(self._resampler.resample(None))
        self._resampler = _resampler()
        return rest

    async def close(self) -> None:
        """Nothing to free."""


class WebmOpusIngest:
    """A browser's MediaRecorder stream. A message that begins with an EBML header begins a new recording."""

    def __init__(self) -> None:
        self._decoder: _Decoder | None = None
        self._held = b""
        """The beginning of a message that may be the beginning of a header: Chromium sends the first byte alone."""

    async def feed(self, data: bytes) -> FloatArray:
        """See `Ingest`."""
        data = self._held + data
        self._held = b""
        if len(data) < len(EBML_MAGIC) and EBML_MAGIC.startswith(data):
            self._held = data
            return np.empty(0, np.float32)
        before = np.empty(0, np.float32)
        if data.startswith(EBML_MAGIC):
            before = await self.flush()
            self._decoder = _Decoder()
        if self._decoder is None:
            raise _undecodable("a recording begins with an EBML header")
        return np.concatenate((before, await self._decoder.feed(data)))

    async def flush(self) -> FloatArray:
        """See `Ingest`; a recording cut short is no error."""
        self._held = b""
        decoder, self._decoder = self._decoder, None
        return await decoder.finish() if decoder else np.empty(0, np.float32)

    async def close(self) -> None:
        """See `Ingest`; the decoding thread has ended when this returns."""
        await self.flush()


class _Decoder:
    """One recording and the thread that decodes it."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._mute_bytes = 0
        self._changed = threading.Condition()
        # All below is guarded by the condition.
        self._bytes = bytearray()
        self._last = False
        self._ended = False
        self._error: Exception | None = None
        self._out: list[FloatArray] = []
        self._out_samples = 0
        self._waiting: asyncio.Future[None] | None = None
        self._thread = threading.Thread(target=self._run, name="parlor-webm", daemon=True)
        self._thread.start()

    async def feed(self, data: bytes) -> FloatArray:
        if not await self._exchange(data, last=False):
            raise _undecodable(f"one message was not decoded within {DECODE_LIMIT_S:g} s")
        with self._changed:
            if self._error:
                raise _undecodable(type(self._error).__name__) from self._error
            samples = self._taken()
        self._mute_bytes = 0 if samples.size else self._mute_bytes + len(data)
        if self._mute_bytes > MAX_MUTE_BYTES:
            raise _undecodable(f"{self._mute_bytes} bytes without audio")
        return samples

    async def finish(self) -> FloatArray:
        if not await self._exchange(b"", last=True):
            return np.empty(0, np.float32)  # it hangs inside FFmpeg; a daemon thread holds nobody up
        self._thread.join()  # it has said that it ended, and does nothing after that
        return self._taken()

    async def _exchange(self, data: bytes, *, last: bool) -> bool:
        """Give the thread bytes and wait until it wants more, or has ended; False when it does neither in time."""
        waiting = self._loop.create_future()
        with self._changed:
            self._bytes += data
            self._last |= last
            if self._ended:
                return True
            self._waiting = waiting
            self._changed.notify()
        done, _ = await asyncio.wait([waiting], timeout=DECODE_LIMIT_S)
        return bool(done)

    def _taken(self) -> FloatArray:
        out, self._out, self._out_samples = self._out, [], 0
        return np.concatenate(out or [np.empty(0, np.float32)])

    # ---- the thread

    def _run(self) -> None:
        error: Exception | None = None
        try:
            self._decode()
        except (FFmpegError, ValueError) as raised:  # PyAV's own checks raise ValueError
            error = raised
        finally:
            with self._changed:
                self._error = error
                self._ended = True
                self._answer()

    def _decode(self) -> None:
        resampler = _resampler()
        options = {"probesize": _PROBE_BYTES}
        with av.open(self, "r", format="webm", options=options, metadata_errors="ignore") as container:
            if not container.streams.audio:
                raise ValueError("no audio in it")
            for frame in container.decode(audio=0):
                frame.pts = None  # samples follow each other; a pause of the recorder is no gap in what was said
                self._put(resampler.resample(frame))
        self._put(resampler.resample(None))

    def _put(self, frames: Iterable[av.AudioFrame]) -> None:
        with self._changed:
            self._out.append(_joined(frames))
            self._out_samples += self._out[-1].size
            if self._out_samples > MAX_MESSAGE_S * RATE_HZ:
                self._out.clear()
                raise ValueError(f"more than {MAX_MESSAGE_S} s of audio in one message")

    def read(self, size: int) -> bytes:
        """What FFmpeg reads from: whatever is there, at most `size` bytes; empty at the end."""
        with self._changed:
            while not self._bytes and not self._last:
                self._answer()
                self._changed.wait()
            taken = bytes(self._bytes[:size])
            del self._bytes[:size]
            return taken

    def _answer(self) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is None:
            return
        with suppress(RuntimeError):  # the loop is closed: the process is on its way out
            self._loop.call_soon_threadsafe(waiting.set_result, None)


def _undecodable(why: str) -> CallerError:
    return CallerError(
        "audio_undecodable",
        f"the audio is not a WebM stream with Opus in it: {why}",
        "Send what MediaRecorder gives for audio/webm;codecs=opus, from its first message on, or use pcm16.",
        fatal=True,
    )


def _resampler() -> av.AudioResampler:
    return av.AudioResampler(format="flt", layout="mono", rate=RATE_HZ)


def _joined(frames: Iterable[av.AudioFrame]) -> FloatArray:
    parts = [frame.to_ndarray()[0] for frame in frames]
    return np.concatenate(parts) if parts else np.empty(0, np.float32)
