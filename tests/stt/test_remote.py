"""The recogniser of a server: the starter ears behind a real socket, and faults to order."""

import asyncio
from contextlib import asynccontextmanager

import numpy as np
import pytest

from app.errors import EngineError, EngineTimeoutError, UnknownLanguageError
from app.interfaces import RATE_HZ, EngineState, SttJob, SttKind
from app.remote import RefusedError
from app.stt.remote import RemoteStt
from app.stt.whisper import WhisperStt
from tests.support.openai_server import openai_server

TOLD = {"text": "tea", "language": "german", "segments": [{"text": "tea", "start": 0, "end": 1, "avg_logprob": -0.1}]}


def sound(seconds=1.0):
    """In syllables, as no noise is."""
    t = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    return (0.3 * np.sin(2 * np.pi * 200 * t) * (np.sin(2 * np.pi * 2 * t) > 0)).astype(np.float32)


def final(audio, **values):
    return SttJob("s", SttKind.FINAL, audio, **values)


@pytest.fixture
def asked(settings):
    @asynccontextmanager
    async def start(server, **values):
        async with RemoteStt(settings(url=server.url, model="starter", **values)) as stt:
            yield stt

    return start


@pytest.mark.engine
async def test_it_hears_what_the_server_hears(settings, asked, ears, sentences):
    async with (
        WhisperStt(settings(), ears, starter=True) as here,
        openai_server(stt=here) as server,
        asked(server, workers=2) as there,
    ):
        assert there.info().state is EngineState.LOADING
        await there.warm()
        for audio in list(sentences.values())[:4]:
            expected, heard = await here.transcribe(final(audio)), await there.transcribe(final(audio))
            assert (heard.text, heard.language, heard.duration_ms) == (expected.text, "en", expected.duration_ms)
            assert [w.text for w in heard.words] == [w.text for w in expected.words]
            off = [abs(a.start_ms - b.start_ms) for a, b in zip(heard.words, expected.words, strict=True)]
            assert max(off) <= 1
        info = there.info()
        assert (info.state, info.workers, info.queue, info.elsewhere) == (EngineState.READY, 2, 0, True)


async def test_what_is_sent(asked):
    async with openai_server() as server, asked(server) as stt:
        server.transcription = TOLD
        heard = await stt.transcribe(final(sound(), language="en"))
        assert (heard.text, heard.language, heard.duration_ms) == ("tea", "en", 1000)
        assert dict(server.requests.pop()) == {
            "/v1/audio/transcriptions": "",
            "model": "starter",
            "response_format": "verbose_json",
            "temperature": "0",
            "timestamp_granularities[]": "segment",
            "language": "en",
        }
        assert (await stt.transcribe(final(sound()))).language == "de"
        assert "language" not in dict(server.requests.pop())
        english = await stt.transcribe(final(sound(), task="translate"))
        assert english.language == "en"
        assert ("/v1/audio/translations", "") in server.requests.pop()


async def test_silence_does_not_go_out_and_phantoms_do_not_come_in(asked):
    async with openai_server() as server, asked(server) as stt:
        server.transcription = TOLD | {"text": "Thanks for watching!"}
        assert (await stt.transcribe(final(np.zeros(RATE_HZ, np.float32)))).text == ""
        assert server.requests == []
        phantom = await stt.transcribe(final(sound()))
        assert (phantom.text, phantom.words) == ("", ())


@pytest.mark.parametrize("told", [[], {"error": "x"}, {"text": "a", "segments": 7}])
async def test_an_answer_that_is_no_transcript(asked, told):
    async with openai_server() as server, asked(server) as stt:
        server.transcription = told
        with pytest.raises(EngineError, match="no transcription"):
            await stt.transcribe(final(sound()))


@pytest.mark.parametrize("language", ["xx", None])
async def test_a_language_that_the_server_refuses_is_no_fault_of_the_server(asked, language):
    async with openai_server() as server, asked(server) as stt:
        server.status = 422
        with pytest.raises(UnknownLanguageError if language else RefusedError):
            await stt.transcribe(final(sound(), language=language))


async def test_an_answer_without_end_is_left(asked):
    async with openai_server() as server, asked(server) as stt:
        server.transcription = TOLD | {"text": "tea " * 2_000_000}
        with pytest.raises(EngineError, match="cannot be read"):
            await stt.transcribe(final(sound()))


async def test_a_server_that_is_slow_or_gone(asked):
    async with openai_server() as server, asked(server, limit_s=0.3) as stt:
        server.transcription, server.silent_s = TOLD, 2.0
        with pytest.raises(EngineTimeoutError):
            await stt.transcribe(final(sound()))
        server.silent_s, server.status = 0.0, 404
        with pytest.raises(EngineError, match="HTTP 404"):
            await stt.transcribe(final(sound()))
        assert stt.info().state is EngineState.FAILED
        server.status = 200
        assert (await stt.transcribe(final(sound()))).text == "tea"
        assert stt.info().state is EngineState.READY


async def test_a_draft_that_waits_becomes_a_final(asked):
    async with openai_server() as server, asked(server) as stt:
        server.transcription, server.silent_s = TOLD, 0.1
        async with asyncio.TaskGroup() as tasks:
            first = tasks.create_task(stt.transcribe(final(sound())))
            draft = tasks.create_task(stt.transcribe(SttJob("s", SttKind.DRAFT, sound())))
            await asyncio.sleep(0.05)
            stt.commit("s")
            newer = tasks.create_task(stt.transcribe(SttJob("s", SttKind.DRAFT, sound())))
        assert [task.result().text for task in (first, draft, newer)] == ["tea"] * 3


async def test_before_it_is_loaded(settings):
    stt = RemoteStt(settings(url="http://127.0.0.1:1/v1"))
    with pytest.raises(EngineError, match="not loaded"):
        stt._transcribe(final(sound()))
