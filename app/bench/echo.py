"""What the terminal caller's echo cancellation leaves of our voice, and what it takes from a caller who speaks over it.

Our replies and callers of the set `interruptions`, mixed in a simulated room. Loudspeakers there distort nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import product

import numpy as np

from app.audio import level_dbfs, ms_to_samples, to_float, to_pcm
from app.bench.calls.call import Call
from app.bench.calls.corpus import Corpus
from app.bench.score import Figure
from app.bench.speech import rooms
from app.bench.speech.resample import at_16_khz
from app.bench.stages.measured import percentile
from app.client.echo import canceller
from app.client.front import BLOCKS_PER_S, FrontEnd
from app.compose import assembled
from app.errors import SetupError
from app.interfaces import FRAME_SAMPLES, RATE_HZ, Engines, FloatArray, SpeechJob
from app.settings import Config
from app.wire.codec import AudioFrame

ECHO_DB = (-6.0, -12.0, -20.0)
"""Our voice in the microphone, beside what the loudspeaker was given."""
DELAYS_MS = (50, 150, 300)
ROOM_S, NOISE_DBFS = 0.3, -60.0
"""A living room at night."""
PRACTICE_S = 3.0
_BLOCK = RATE_HZ // BLOCKS_PER_S
_FRAME_MS = FRAME_SAMPLES * 1000 // RATE_HZ
_ONSET_FRAMES = 2
"""64 ms of speech are an onset."""
GAP_BLOCKS = 60
"""After a reply it is silent for longer than the room sounds."""
LIMIT_MS = 600
"""Within this an interruption is to be acted on."""


@dataclass(slots=True)
class Found:
    """What came of one room."""

    erle_db: list[float] = field(default_factory=list)
    """How much softer our voice is, one a reply."""
    onsets: int = 0
    """Replies without a caller in which a detector heard speech."""
    waits_ms: list[int] = field(default_factory=list)
    """From the moment at which a caller alone is heard to that at which he is heard over the reply; -1 for never."""


Room = tuple[float, int]
"""dB of the echo, ms of its delay."""
ROOMS = tuple(product(ECHO_DB, DELAYS_MS))


async def measure(config: Config, seed: int, count: int, rooms_of: Sequence[Room] = ROOMS) -> dict[Room, Found]:
    """`count` replies in each room. Raises `SetupError` without the canceller or the synthesisers, `EngineError`."""
    if canceller() is None:
        raise SetupError("there is no echo canceller", fix="python -m pip install livekit")
    calls = [call for call in Corpus(seed, {"en": 1.0}).calls("interruptions", count) if call.reply]
    engines = assembled(config)
    async with AsyncExitStack() as stack:
        for engine in (engines.vad, engines.tts):
            await stack.enter_async_context(engine)
        replies = [await _spoken(engines, call.reply) for call in calls]
        return {room: await _in(room, engines, calls, replies, seed) for room in rooms_of}


def figures(found: dict[Room, Found]) -> Iterator[Figure]:
    """By level of the echo, over all delays."""
    for level in dict.fromkeys(echo_db for echo_db, _ in found):
        here = [each for (echo_db, _), each in found.items() if echo_db == level]
        erle = [db for each in here for db in each.erle_db]
        waits = [ms for each in here for ms in each.waits_ms]
        waits = waits or [-1]  # no caller is heard even alone: then nobody is heard in time
        late = sum(not 0 <= ms <= LIMIT_MS for ms in waits)
        name = f"echo at {level:g} dB: "
        yield Figure(name + "left out of our voice, p50", float(np.median(erle)), "dB", len(erle), 25.0, least=True)
        yield Figure(
            name + "replies that hear themselves", 100 * sum(e.onsets for e in here) / len(erle), "%", len(erle), 5.0
        )
        yield Figure(
            name + f"callers heard in {LIMIT_MS} ms", 100 - 100 * late / len(waits), "%", len(waits), 95.0, least=True
        )
        if heard := [ms for ms in waits if ms >= 0]:
            yield Figure(name + "later than a caller alone, p50", float(np.median(heard)), "ms", len(heard))
            yield Figure(name + "later than a caller alone, p95", percentile(heard, 95), "ms", len(heard))


async def _spoken(engines: Engines, text: str) -> FloatArray:
    speech = await engines.tts.speak(SpeechJob(text))
    return at_16_khz(to_float(speech.pcm), speech.rate_hz)


async def _in(room: Room, engines: Engines, calls: Sequence[Call], replies: Sequence[FloatArray], seed: int) -> Found:
    """One session: the canceller goes on from reply to reply."""
    found, client = Found(), _Client(room, np.concatenate(replies), np.random.default_rng(seed))
    client.plays(np.resize(np.concatenate(replies), int(PRACTICE_S * RATE_HZ)), np.empty(0, np.float32))
    for call, reply in zip(calls, replies, strict=True):
        said = np.resize(reply, max(reply.size, call.end))
        heard, left = client.plays(said, np.empty(0, np.float32))
        found.erle_db.append(level_dbfs(heard) - level_dbfs(left))
        found.onsets += await _onset(engines, left, 0) is not None
        alone = await _onset(engines, call.audio + client.noise(call.audio.size), 0)
        if alone is not None:
            _, left = client.plays(said, call.audio[: call.end])
            over = await _onset(engines, left, max(0, alone - _ONSET_FRAMES))
            found.waits_ms.append(-1 if over is None else max(0, over - alone) * _FRAME_MS)
    return found


class _Client:
    """The terminal caller's sound, in a room."""

    def __init__(self, room: Room, voice: FloatArray, dice: np.random.Generator) -> None:
        echo_db, delay_ms = room
        impulse = np.zeros(int(ROOM_S * RATE_HZ), np.float32)
        impulse[0] = 1.0
        walls = rooms.echoing(impulse, ROOM_S, np.random.default_rng(1))
        lost_db = level_dbfs(_convolved(voice, walls)[: voice.size]) - level_dbfs(voice)
        self._walls = np.pad(walls * 10 ** ((echo_db - lost_db) / 20), (ms_to_samples(delay_ms), 0))
        self._air = np.zeros(self._walls.size + _BLOCK, np.float32)
        self._front = FrontEnd(RATE_HZ, RATE_HZ, canceller())
        self._dice = dice
        self._delay_s = delay_ms / 1000
        self._blocks = 0
        self._turn = 0

    def plays(self, reply: FloatArray, caller: FloatArray) -> tuple[FloatArray, FloatArray]:
        """A reply and a while of silence: what the microphone hears, and what is left of it."""
        self._turn += 1
        self._front.hear(AudioFrame(self._turn, RATE_HZ, 0, to_pcm(reply).astype("<i2").tobytes(), last=True))
        blocks = -(-reply.size // _BLOCK)
        said, heard, left = np.pad(caller, (0, _BLOCK)), list[FloatArray](), list[FloatArray]()
        for number in range(blocks + GAP_BLOCKS):
            now = self._blocks / BLOCKS_PER_S
            self._blocks += 1
            self._air = np.append(self._air[_BLOCK:], np.zeros(_BLOCK, np.float32))
            self._air += _convolved(to_float(self._front.play(now, 0.0)), self._walls)[: self._air.size]
            mine = said[number * _BLOCK : (number + 1) * _BLOCK]
            microphone = self._air[:_BLOCK] + self.noise(_BLOCK) + np.pad(mine, (0, _BLOCK - mine.size))
            heard.append(microphone)
            left.append(to_float(self._front.listen(to_pcm(microphone), now, self._delay_s)))
        return np.concatenate(heard[:blocks]), np.concatenate(left[:blocks])

    def noise(self, samples: int) -> FloatArray:
        """Of the room."""
        white = self._dice.standard_normal(samples) * 10 ** (NOISE_DBFS / 20)
        return white.astype(np.float32)


def _convolved(audio: FloatArray, walls: FloatArray) -> FloatArray:
    size = 1 << (audio.size + walls.size - 1).bit_length()
    return np.fft.irfft(np.fft.rfft(audio, size) * np.fft.rfft(walls, size), size).astype(np.float32)


async def _onset(engines: Engines, audio: FloatArray, first: int) -> int | None:
    """The frame, from `first` on, at which speech has lasted for `_ONSET_FRAMES`."""
    frames = audio[: audio.size // FRAME_SAMPLES * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES)
    speech = await engines.vad.open().probabilities(frames) > 0.5
    return next((n for n in range(first + _ONSET_FRAMES, speech.size) if speech[n - _ONSET_FRAMES : n].all()), None)
