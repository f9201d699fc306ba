"""What is said in each set, before anybody says it."""

import random
from collections import Counter

import pytest

from app.bench.calls.lines import LEAST_WORDS, SIZES, Sound, line

COUNT = 300


def lines(author, name):
    return [line(author, name, random.Random(f"{name} {number}"), 1.0) for number in range(COUNT)]


@pytest.mark.parametrize("name", SIZES)
def test_a_seed_writes_one_line(any_author, name):
    one, two = (line(any_author, name, random.Random(1), 1.0) for _ in range(2))
    assert one == two


def test_turns_are_whole_and_some_answer_what_we_asked(any_author):
    made = lines(any_author, "turns")
    assert all(each.words and not each.gaps and not each.reply and each.wants_turn for each in made)
    asked = [each.asked for each in made if each.asked]
    assert 0.25 < len(asked) / COUNT < 0.6
    assert sum(text.endswith("?") for text in asked) > 0.7 * len(asked)
    assert {each.language for each in made} == {any_author.language}


def test_nothing_said_has_digits_or_punctuation(any_author):
    for name in SIZES:
        for each in lines(any_author, name):
            assert all(letter.isalpha() or letter in "'-" for word in each.words for letter in word), each.words


def test_pauses_are_one_to_three_inside_a_turn(any_author):
    made = lines(any_author, "pauses")
    assert {len(each.gaps) for each in made} == {1, 2, 3}
    assert all(len(each.words) >= LEAST_WORDS for each in made)
    assert all(300 <= gap.ms <= 1_500 and gap.after < len(each.words) - 1 for each in made for gap in each.gaps)
    # They are where a text is open, and where it is not.
    places = Counter(gap.place for each in made for gap in each.gaps)
    assert min(places["after a filler"], places["before a conjunction"], places["in a number"]) > 10


def test_interruptions_fall_into_a_reply(any_author):
    for each in lines(any_author, "interruptions"):
        assert each.wants_turn
        assert each.reply
        assert not each.asked
        assert 0 < each.lead_ms < 65 * len(each.reply)


def test_backchannels_want_no_turn_but_after_our_question(any_author):
    made = lines(any_author, "backchannels")
    for each in made:
        assert each.wants_turn == bool(each.asked) != bool(each.reply)
        assert bool(each.words) == (each.sound is not Sound.COUGH)
    kinds = Counter((each.sound, each.wants_turn) for each in made)
    assert len(kinds) == 4
    assert min(kinds.values()) > COUNT / 12


def test_an_unknown_set_is_an_error(english):
    with pytest.raises(KeyError):
        line(english, "songs", random.Random(1), 1.0)
