"""A session's engines: they say what is written, and know what was said."""

import asyncio

import numpy as np
import pytest

from app.bench.interrupt.client import Client
from app.bench.interrupt.engines import LATE_S, Ears, Model, Voice, perfect, piece
from app.bench.simulate.clock import run
from app.errors import EngineError
from app.interfaces import Message, Prompt, SpeechJob, SttJob, SttKind
from tests.bench.interrupt.conftest import PATH, said, syllables

REPLY = said("We have soup. Anything else?", syllables(5.0))
PROMPT = Prompt((Message("user", "it"),))


def job(samples):
    return SttJob("a", SttKind.DRAFT, np.zeros(samples, np.float32))


@pytest.mark.parametrize(
    ("samples", "until", "heard"), [(8_000, 8_000, ""), (8_000, 13_000, "stop"), (1_000, 15_000, "")]
)
async def test_perfect_ears_know_words_that_are_mostly_there(made, samples, until, heard):
    found = await perfect(made(), job(samples), until)
    assert (found.text, [word.text for word in found.words]) == (heard, heard.split())


async def test_a_word_lies_where_it_is_in_the_audio(made):
    (word,) = (await perfect(made(), job(9_600), 16_000)).words
    assert (word.start_ms, word.end_ms) == (100, 600)


def test_ears_answer_late(monkeypatch):
    monkeypatch.setattr(Client, "place", lambda client, audio: 0)

    async def asked():
        client = Client(PATH)
        with pytest.raises(EngineError):
            await Ears(client, perfect).transcribe(job(8))
        client.scene, since = REPLY, asyncio.get_running_loop().time()
        heard = await Ears(client, listened).transcribe(job(8))
        return heard, asyncio.get_running_loop().time() - since

    async def listened(scene, asked, until):
        return scene.text

    assert run(asked) == (REPLY.text, LATE_S)


async def test_a_reply_is_written_once(made):
    client = Client(PATH)
    slot = await Model(client).open()
    client.scene = made()
    assert [text async for text in slot.generate(Prompt((), max_tokens=0))] == []
    assert [text async for text in slot.generate(PROMPT)] == ["We have soup."]
    slot.commit()
    assert [text async for text in slot.generate(PROMPT)] == []
    client.scene = made()
    assert [text async for text in slot.generate(PROMPT)] == ["We have soup."]
    await slot.close()


async def test_every_clause_is_a_piece_of_the_reply(made):
    client = Client(PATH)
    client.scene = made(asked="Would you like one?")
    voice = Voice(client)
    assert voice.voices() == ()
    clauses = [await voice.speak(SpeechJob(text)) for text in ("Would you", "like one?")]
    assert [[word.text for word in clause.words] for clause in clauses] == [["Would", "you"], ["like", "one?"]]
    assert sum(clause.pcm.size for clause in clauses) == len(client.scene.reply.audio)


def test_a_piece_has_its_words_at_their_times():
    middle = piece(REPLY, 1, 3)
    assert [(word.text, word.start_ms, word.end_ms) for word in middle.words] == [
        ("have", 0, 1000),
        ("soup.", 1000, 2000),
    ]
    assert middle.pcm.size == 2 * middle.rate_hz
    with pytest.raises(EngineError):
        piece(REPLY, 4, 6)
