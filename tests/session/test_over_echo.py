"""A caller over our own voice in a room, heard by the starter ears with and without it."""

from contextlib import AsyncExitStack
from pathlib import Path as FilePath

import numpy as np
import pytest

from app.audio import to_float
from app.bench.interrupt.room import Room
from app.bench.interrupt.scenes import Path
from app.bench.speech.resample import at_16_khz
from app.client.files import read_audio
from app.compose import assembled
from app.config import load
from app.interfaces import FRAME_SAMPLES, RATE_HZ, SpeechJob, SttJob, SttKind
from app.session.canceller import Canceller

SAMPLE = FilePath("app/web/sample.flac")
OURS = (
    "We have pizzas, burgers, kebabs and salads today. The soup of the day is lentil soup. What would you like to have?"
)
DELAY = 5 * FRAME_SAMPLES
BEGIN = 5 * RATE_HZ // 2


@pytest.mark.engine
async def test_who_speaks_over_us_is_understood_as_if_we_were_silent():
    engines = assembled(load(None, {}, []))
    async with AsyncExitStack() as stack:
        for engine in (engines.tts, engines.stt):
            await stack.enter_async_context(engine)
        speech = await engines.tts.speak(SpeechJob(OURS, "en"))
        sent = at_16_khz(to_float(speech.pcm), speech.rate_hz)
        said = to_float(read_audio(SAMPLE))[: sent.size - BEGIN]
        arriving = Room(Path(-6.0, DELAY, 0.3, 1)).echo(np.pad(sent, (DELAY, 0))[: sent.size])
        heard = (arriving + np.pad(said / 2, (BEGIN, sent.size - BEGIN - said.size))).astype(np.float32)
        canceller = Canceller()
        canceller.sent.put(0, sent)
        canceller.heard.put(0, heard)
        cleaned = canceller.without(heard[BEGIN:], BEGIN, DELAY // FRAME_SAMPLES)

        async def understood(audio):
            found = await engines.stt.transcribe(SttJob("test", SttKind.FINAL, audio, "en"))
            return [word.text.strip(" .,?").lower() for word in found.words]

        alone = await understood(said / 2)
        assert len(alone) >= 3
        assert await understood(heard[BEGIN:]) != alone
        assert await understood(cleaned) == alone
