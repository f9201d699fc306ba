"""What was heard of a cut reply, by two clocks."""

import numpy as np
import pytest

from app.bench.interrupt.cuts import bounds, matched, told
from app.interfaces import Speech, Word

TEXT = "We have soup, today."
HEARD = (Word("we", 0, 200), Word("half", 200, 400), Word("soup", 400, 800), Word("today", 800, 1200))


def test_words_are_known_by_their_place():
    assert [(place, word.text) for place, word in matched(TEXT.split(), HEARD)] == [
        (0, "we"),
        (2, "soup"),
        (3, "today"),
    ]


@pytest.mark.parametrize(("cut_ms", "found"), [(50, (0, 0)), (300, (1, 2)), (601, (3, 3)), (1100, (4, 4))])
def test_between_two_known_words_nobody_knows(cut_ms, found):
    assert bounds(matched(TEXT.split(), HEARD), cut_ms, 4) == found


def test_turkish_words_are_known_too():
    heard = (Word("ISPARTA", 0, 300), Word("İki", 300, 500))
    assert [place for place, _ in matched(["Isparta", "iki"], heard, "tr")] == [0, 1]


def test_without_a_known_word_anything_may_be():
    assert bounds([], 500, 4) == (0, 4)


@pytest.mark.parametrize(("cut_ms", "words"), [(90, 0), (250, 1), (390, 2), (1190, 4)])
def test_the_history_keeps_what_was_heard_by_more_than_half(cut_ms, words):
    speech = Speech(np.zeros(1200 * 16, np.int16), 16_000, HEARD)
    assert told("We half soup today", speech, cut_ms) == words
