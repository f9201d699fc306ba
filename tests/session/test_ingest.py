"""From wire bytes to samples: chunking never matters, what a message holds comes out with it, threads end."""

from __future__ import annotations

import asyncio
import base64
import threading
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.audio import to_float
from app.errors import CallerError
from app.interfaces import FloatArray
from app.session import ingest as module
from app.session.ingest import Pcm16Ingest, WebmOpusIngest, open_ingest
from app.wire.incoming import InputFormat

RECORDING = Path(__file__).resolve().parents[1] / "fixtures" / "mediarecorder-webm.txt"
"""1.5 s of a 440 Hz tone from Chromium 156's MediaRecorder with a time slice of 20 ms, one base64 line per message. The
first message is one byte long, and Chromium's Opus packets are 60 ms."""
TONE_HZ = 440


@pytest.fixture
def recording() -> list[bytes]:
    return [base64.b64decode(line) for line in RECORDING.read_text("ascii").split()]


@pytest.fixture(autouse=True)
def no_thread_stays():
    before = threading.active_count()
    yield
    assert threading.active_count() == before


@pytest.fixture
async def webm():
    ingest = WebmOpusIngest()
    yield ingest
    await ingest.close()


async def feed_all(ingest, messages) -> FloatArray:
    return np.concatenate([*[await ingest.feed(message) for message in messages], await ingest.flush()])


def strongest_hz(audio: FloatArray) -> float:
    spectrum = np.abs(np.fft.rfft(audio * np.hanning(audio.size)))
    return float(np.argmax(spectrum)) * 16_000 / audio.size


def tone(rate: int, seconds: float = 1.0) -> np.ndarray:
    t = np.arange(int(rate * seconds)) / rate
    return (np.sin(2 * np.pi * TONE_HZ * t) * 8000).astype("<i2")


# ---- PCM16


@settings(deadline=None)
@given(st.sampled_from([8000, 11_025, 16_000, 22_050, 24_000, 44_100, 48_000]), st.lists(st.integers(0, 3000)))
def test_pcm_chunking_never_matters(rate: int, cuts: list[int]) -> None:
    data = np.random.default_rng(1).integers(-9000, 9000, 2500).astype("<i2").tobytes()
    chunks = np.split(np.frombuffer(data, np.uint8), sorted(cut for cut in cuts if cut < len(data)))

    async def both() -> tuple[FloatArray, FloatArray]:
        parts = [chunk.tobytes() for chunk in chunks]
        return await feed_all(Pcm16Ingest(rate), [data]), await feed_all(Pcm16Ingest(rate), parts)

    whole, parts = asyncio.run(both())
    assert np.array_equal(whole, parts)
    assert whole.size == pytest.approx(2500 * 16_000 / rate, abs=2)


async def test_16_khz_passes_through() -> None:
    pcm = tone(16_000)
    assert np.array_equal(await Pcm16Ingest(16_000).feed(pcm.tobytes()), to_float(pcm))


@pytest.mark.parametrize("rate", [8000, 44_100, 48_000])
async def test_resampled_sound_stays_the_same_sound(rate) -> None:
    ingest = Pcm16Ingest(rate)
    audio = await ingest.feed(tone(rate).tobytes())
    assert 16_000 - audio.size < 64  # the resampler holds back 2 ms
    assert strongest_hz(audio) == pytest.approx(TONE_HZ, abs=2)
    assert np.max(np.abs(audio[1000:])) == pytest.approx(8000 / 32_768, rel=0.02)


async def test_after_a_flush_pcm_starts_anew() -> None:
    ingest, data = Pcm16Ingest(48_000), tone(48_000, 0.1).tobytes()
    first = await feed_all(ingest, [data, b"\x01"])
    assert np.array_equal(await feed_all(ingest, [data]), first)
    await ingest.close()


# ---- WebM


async def test_each_message_gives_its_own_samples_at_once(webm, recording) -> None:
    sizes = [(await webm.feed(message)).size for message in recording]
    packet = 960  # 60 ms
    assert sizes[0] == 0  # one byte
    assert sizes[1] == pytest.approx(packet, abs=150)  # less Opus's pre-skip (6.5 ms) and the resampler's delay
    assert all(abs(size - packet) < 20 for size in sizes[2:-1])
    assert sum(sizes) + (await webm.flush()).size == 24_000


async def test_the_tone_comes_out(webm, recording) -> None:
    audio = await feed_all(webm, recording)
    assert strongest_hz(audio) == pytest.approx(TONE_HZ, abs=2)


@settings(deadline=None, max_examples=20)
@given(st.lists(st.integers(0, 5000), max_size=30))
def test_webm_chunking_never_matters(cuts: list[int]) -> None:
    data = b"".join(base64.b64decode(line) for line in RECORDING.read_text("ascii").split())
    edges = [0, *sorted({cut for cut in cuts if cut < len(data)}), len(data)]
    chunks = [data[a:b] for a, b in pairwise(edges) if a < b]

    async def both() -> tuple[FloatArray, FloatArray]:
        return await feed_all(WebmOpusIngest(), [data]), await feed_all(WebmOpusIngest(), chunks)

    whole, parts = asyncio.run(both())
    assert np.array_equal(whole, parts)


async def test_a_stream_with_small_clusters_comes_out_with_each(webm) -> None:
    messages = small_clusters(tone(48_000, 2.0))
    fed = got = 0.0
    worst = 0.0
    for message, seconds in messages:
        fed += seconds
        got += (await webm.feed(message)).size / 16_000
        worst = max(worst, fed - got)
    assert worst < 0.14  # a cluster of 100 ms, which the muxer holds until it is full, and 28 ms in the encoder


def small_clusters(pcm: np.ndarray) -> list[tuple[bytes, float]]:
    """What a muxer has written after each 20 ms of `pcm` at 48 kHz, onto a stream that cannot seek."""
    written = bytearray()

    class Stream:
        def write(self, data: bytes) -> int:
            written.extend(data)
            return len(data)

    messages = []
    options = {"live": "1", "cluster_time_limit": "100", "flush_packets": "1"}
    with av.open(Stream(), "w", format="webm", options=options) as container:
        stream = container.add_stream("libopus", rate=48_000, layout="mono")
        for start in range(0, pcm.size, 960):
            frame = av.AudioFrame.from_ndarray(pcm[None, start : start + 960], format="s16", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = 48_000, start, Fraction(1, 48_000)
            container.mux(stream.encode(frame))
            messages.append((bytes(written), 0.02))
            written.clear()
    return messages


async def test_a_header_begins_a_new_recording(webm, recording) -> None:
    first = np.concatenate([await webm.feed(message) for message in recording])
    both = np.concatenate([first, await feed_all(webm, recording)])
    assert both.size == 48_000  # nothing of the first is lost, although its first byte came alone again


async def test_what_does_not_begin_like_a_recording_is_the_callers_fault_and_fatal(webm) -> None:
    with pytest.raises(CallerError) as caught:
        await webm.feed(b"RIFF....WAVEfmt ")
    assert caught.value.code == "audio_undecodable"
    assert caught.value.fatal


async def test_a_broken_header_is_undecodable(webm) -> None:
    with pytest.raises(CallerError, match="InvalidDataError"):
        await webm.feed(module.EBML_MAGIC + b"no more of it" * 50)
    with pytest.raises(CallerError, match="InvalidDataError"):
        await webm.feed(b"nor here")


async def test_garbage_in_a_recording_is_undecodable(webm, recording) -> None:
    await webm.feed(b"".join(recording[:5]))
    garbage = np.random.default_rng(0).bytes(40_000)
    await webm.feed(garbage)
    with pytest.raises(CallerError, match="80000 bytes without audio"):
        await webm.feed(garbage)


async def test_webm_without_audio_is_undecodable(webm) -> None:
    written = bytearray()

    class Stream:
        def write(self, data: bytes) -> int:
            written.extend(data)
            return len(data)

    with av.open(Stream(), "w", format="webm", options={"live": "1"}) as container:
        stream = container.add_stream("libvpx", rate=10)
        stream.width = stream.height = 16
        stream.pix_fmt = "yuv420p"
        for i in range(5):
            frame = av.VideoFrame(16, 16, "yuv420p")
            frame.pts, frame.time_base = i, Fraction(1, 10)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with pytest.raises(CallerError, match="ValueError"):
        await webm.feed(bytes(written) + b"\0" * 10_000)


async def test_one_message_cannot_fill_the_memory(webm, recording, monkeypatch) -> None:
    monkeypatch.setattr(module, "MAX_MESSAGE_S", 1)
    with pytest.raises(CallerError):
        await webm.feed(b"".join(recording))


async def test_a_decoder_that_hangs_is_given_up(recording, monkeypatch) -> None:
    monkeypatch.setattr(module, "DECODE_LIMIT_S", 0.05)
    gate = threading.Event()
    monkeypatch.setattr(module._Decoder, "_decode", lambda self: gate.wait(5))
    webm = WebmOpusIngest()
    with pytest.raises(CallerError, match="within"):
        await webm.feed(b"".join(recording))
    thread = webm._decoder._thread
    await webm.close()
    gate.set()
    thread.join()


async def test_a_cancelled_feed_loses_nothing(webm, recording) -> None:
    await webm.feed(b"".join(recording[:2]))
    async with asyncio.TaskGroup() as group:
        task = group.create_task(webm.feed(recording[2]))
        await asyncio.sleep(0)
        task.cancel()
    rest = await feed_all(webm, recording[3:])
    assert rest.size > 24_000 - 1000  # the third message's samples come with the fourth's


async def test_close_ends_the_thread_wherever_it_is(recording) -> None:
    for count in (0, 1, 2, 5):
        webm = WebmOpusIngest()
        for message in recording[:count]:
            await webm.feed(message)
        await webm.close()
        await webm.close()


def test_open_ingest_takes_what_the_client_said() -> None:
    assert isinstance(open_ingest(InputFormat(codec="pcm16", rate=8000)), Pcm16Ingest)
    assert isinstance(open_ingest(InputFormat(codec="webm_opus")), WebmOpusIngest)
