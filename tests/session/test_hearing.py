"""A turn's speech in pieces: they tile it, are transcribed in order, and join into one transcript."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.audio import samples_to_ms
from app.errors import EngineError
from app.interfaces import Transcript, Word
from app.session.hearing import Hearing, Span


def heard(text, no_speech_prob=0.1, language="en", ms=100):
    words = tuple(Word(word, 10, 20) for word in text.split())
    return Transcript(text, language, no_speech_prob, ms, words)


def never(error):
    raise error


class Scripted:
    """Hears what it is told to, and remembers what of."""

    def __init__(self, *transcripts):
        self.spans = []
        self._transcripts = iter(transcripts)

    async def __call__(self, span):
        self.spans.append(span)
        return next(self._transcripts)


@given(st.integers(0, 10**6), st.lists(st.integers(1, 10**6), min_size=1, max_size=6))
async def test_pieces_tile_the_speech_and_keep_their_order(start, lengths):
    hearing = Hearing(1, start)
    end = start
    for length in lengths[:-1]:
        end += length
        hearing.piece(end)
        assert hearing.live_start == end
    hearing.finish(end + lengths[-1])
    transcribe = Scripted(*(heard(f"w{n}") for n in range(len(lengths))))
    whole = await hearing.transcript(transcribe, never)
    assert [span.start for span in transcribe.spans] == [start, *(span.end for span in transcribe.spans[:-1])]
    assert [span.end - span.start for span in transcribe.spans] == lengths
    assert whole.text == " ".join(f"w{n}" for n in range(len(lengths)))
    for number, (word, span) in enumerate(zip(whole.words, transcribe.spans, strict=True)):
        offset = samples_to_ms(span.start)
        assert word == Word(f"w{number}", offset + 10, offset + 20)
    assert whole.duration_ms == 100 * len(lengths)
    assert hearing.oldest == hearing.live_start == end + lengths[-1]


@pytest.mark.parametrize(
    ("transcripts", "text", "language", "no_speech_prob"),
    [
        ([heard("", 0.9)], "", "en", 0.9),
        ([heard("", 0.9, "tr"), heard("", 0.8, "de")], "", "de", 0.8),
        ([heard("", 0.9, "tr"), heard("two", 0.3), heard("pizzas", 0.2, "de")], "two pizzas", "en", 0.2),
        ([heard("two", 0.3), heard("", 0.1, "tr")], "two", "en", 0.3),
    ],
)
async def test_pieces_without_speech_say_nothing(transcripts, text, language, no_speech_prob):
    hearing = Hearing(1, 0)
    for number in range(1, len(transcripts)):
        hearing.piece(number * 100)
    hearing.finish(1000)
    whole = await hearing.transcript(Scripted(*transcripts), never)
    assert (whole.text, whole.language, whole.no_speech_prob) == (text, language, no_speech_prob)
    assert whole.duration_ms == 100 * len(transcripts)


async def test_nothing_after_the_last_piece_is_not_transcribed():
    hearing = Hearing(1, 50)
    hearing.piece(100)
    hearing.finish(100)
    transcribe = Scripted(heard("all"))
    assert (await hearing.transcript(transcribe, never)).text == "all"
    assert transcribe.spans == [Span(50, 100)]


async def test_a_turn_of_nothing_still_has_a_transcript():
    hearing = Hearing(1, 50)
    hearing.finish(50)
    transcribe = Scripted(heard(""))
    assert (await hearing.transcript(transcribe, never)).text == ""
    assert transcribe.spans == [Span(50, 50)]


async def test_a_piece_is_transcribed_while_the_caller_goes_on():
    hearing, transcribe = Hearing(1, 0), Scripted(heard("a"), heard("b"))
    async with asyncio.TaskGroup() as group:
        whole = group.create_task(hearing.transcript(transcribe, never))
        hearing.piece(100)
        await asyncio.sleep(0)
        assert (transcribe.spans, hearing.oldest) == ([Span(0, 100)], 100)
        assert not whole.done()
        hearing.finish(200)
    assert whole.result().text == "a b"


@pytest.mark.parametrize(("fails", "text"), [({0}, "b c"), ({1}, "a c"), ({0, 2}, "b"), ({0, 1, 2}, None)])
async def test_of_a_piece_that_fails_the_rest_is_heard(fails, text):
    lost, spans = [], []

    async def transcribe(span):
        spans.append(span)
        if len(spans) - 1 in fails:
            raise EngineError("stt", "broke")
        return heard("abc"[len(spans) - 1])

    hearing = Hearing(1, 0)
    hearing.piece(100)
    hearing.piece(200)
    hearing.finish(300)
    whole = await hearing.transcript(transcribe, lost.append)
    assert (whole and whole.text) == text
    assert len(lost) == len(fails)
    assert hearing.oldest == 300
