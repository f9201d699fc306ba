"""Who speaks when: over our reply, behind our question, or not at all."""

import numpy as np
import pytest

from app.bench.calls.corpus import Corpus
from app.bench.interrupt.scenes import ALONE, BACKCHANNELS, sessions
from app.interfaces import RATE_HZ, Speech, Word
from tests.support.packages import needing_packages


class Voice:
    """Scripted: a second of silence for any text, and it counts."""

    def __init__(self):
        self.texts = []

    async def speak(self, job):
        self.texts.append(job.text)
        return Speech(np.zeros(22_050, np.int16), 22_050, (Word(job.text, 0, 1_000),))


def test_an_interruption_lies_over_our_reply(made):
    scene = made()
    assert scene.start == 8_000
    assert len(scene.reply.audio) < len(scene.caller) <= scene.end


def test_an_answer_lies_behind_our_question(made):
    scene = made(BACKCHANNELS, asked="Would you like one?")
    assert scene.start == RATE_HZ + 8_000
    assert scene.words[0].start == scene.start
    assert scene.asked == "Would you like one?"


def test_alone_nobody_speaks(made):
    scene = made(ALONE)
    assert not scene.caller.size
    assert not scene.words
    assert scene.start == scene.end > len(scene.reply.audio) + scene.path.delay


@pytest.mark.engine
async def test_a_session_is_one_person_in_one_room():
    corpus, voice = needing_packages(lambda: Corpus(1, {"en": 1.0})), Voice()
    found = [session async for session in sessions(corpus, 5, 1, voice)]
    assert [len(session) for session in found] == [4, 1, 4, 1, 3]
    assert all(len({scene.path for scene in session}) == 1 for session in found)
    assert len(voice.texts) == len(set(voice.texts))
