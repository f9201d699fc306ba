"""The microphone."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.bench.simulate.mouth import NEAR, Mouth, Uttered


def mouth():
    made = Mouth()
    made.connect()
    made.say("one", np.full(3_000, 4_000, np.int16))
    made.say("", np.zeros(0, np.int16))
    made.say("", np.zeros(1_000, np.int16))
    made.say("two", np.full(2_000, 4_001, np.int16))
    return made


WORDS = [Uttered("one", 0, 3_000, 0), Uttered("two", 4_000, 6_000, 0)]


@given(st.lists(st.integers(1, 2_000), min_size=8, max_size=20))
def test_chunking_never_matters(chunks):
    one, other = mouth(), mouth()
    parts = np.concatenate([one.take(size) for size in chunks])
    assert np.array_equal(parts, other.take(sum(chunks)))
    assert one.uttered == other.uttered


def test_words_are_where_they_were_said():
    made = mouth()
    assert (made.left, made.loud, made.steady()) == (6_000, True, 3_000)
    made.take(3_500)
    assert (made.left, made.loud, made.steady()) == (2_500, False, 500)
    made.take(4_000)
    assert (made.left, made.loud) == (0, False)
    assert made.steady() > 0
    assert list(made.words([7_500])) == WORDS


def test_what_the_server_did_not_read_was_not_said():
    made = mouth()
    made.take(7_000)
    assert list(made.words([3_000])) == WORDS[:1]
    (one, two) = made.words([5_000])
    assert (one.sure, two.sure) == (True, False)


def test_who_breaks_off_may_have_been_heard():
    made = mouth()
    made.take(1_000)
    made.cut()
    made.cut()
    assert made.left == 0
    assert list(made.words([1_000])) == [Uttered("one", 0, 1_000, 0, sure=False)]
    made.connect()
    made.say("three", np.full(1_000, 4_002, np.int16))
    made.take(1_000)
    assert list(made.words([1_000, 1_000]))[1] == Uttered("three", 1_000, 2_000, 1)


def test_words_near_a_turn_ended_by_hand_are_not_sure():
    made = mouth()
    made.take(3_500)
    made.blur()
    made.take(3_000 + NEAR)
    made.say("three", np.full(1_000, 4_002, np.int16))
    made.take(1_000)
    assert [word.sure for word in made.words([20_000])] == [False, False, True]


def test_without_a_connection_nobody_hears():
    made = Mouth()
    made.say("one", np.full(1_000, 4_000, np.int16))
    made.take(1_000)
    assert list(made.words([])) == []
