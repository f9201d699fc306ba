"""Memory: bounded, ordered, and never more than was heard."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.interfaces import Message
from app.session.memory import Memory, last_sentence

SAID = st.lists(
    st.tuples(st.booleans(), st.integers(1, 20), st.text("abc ", min_size=1, max_size=12).filter(str.strip)),
    max_size=40,
)


def test_the_conversation_in_order():
    memory = Memory(1000)
    memory.caller_said(1, "two pizzas")
    memory.caller_heard(1, "Sure.")
    memory.caller_said(3, "and a coke")
    memory.caller_said(2, "late")
    assert memory.messages("be kind") == (
        Message("system", "be kind"),
        Message("user", "two pizzas"),
        Message("assistant", "Sure."),
        Message("user", "late and a coke"),
    )


def test_nothing_heard_leaves_nothing():
    memory = Memory(1000)
    memory.caller_heard(1, "")
    assert memory.messages("p") == (Message("system", "p"),)


def test_forget():
    memory = Memory(1000)
    memory.caller_said(1, "x")
    memory.forget()
    assert len(memory) == 0


@given(SAID, st.integers(1, 60))
def test_never_over_budget_but_for_the_newest(said, budget):
    memory = Memory(budget)
    for is_caller, turn, text in said:
        (memory.caller_said if is_caller else memory.caller_heard)(turn, text)
        newest = memory.messages("p")[-1].text
        assert memory.chars <= max(budget, len(newest) + 12)


def test_several_go_at_once_and_then_none_for_a_while():
    memory, firsts = Memory(1000), list[str]()
    for turn in range(100):
        memory.caller_said(turn, f"{turn:050}")
        memory.caller_heard(turn, "x" * 50)
        firsts.append(memory.messages("p")[1].text)
    assert 25 <= len(set(firsts)) <= 100 / 3


@given(SAID)
def test_roles_alternate(said):
    memory = Memory(10_000)
    for is_caller, turn, text in said:
        (memory.caller_said if is_caller else memory.caller_heard)(turn, text)
    roles = [m.role for m in memory.messages("p")]
    assert roles[0] == "system"
    assert all(a != b for a, b in pairwise(roles))


def test_what_was_asked_last_is_the_last_sentence_that_was_heard():
    memory = Memory(1_000)
    assert memory.asked == ""
    memory.caller_said(1, "two cokes")
    assert memory.asked == ""
    memory.caller_heard(1, "Sure, two cokes. Anything else?")
    memory.caller_said(2, "no")
    assert memory.asked == "Anything else?"
    memory.caller_heard(2, "Good! That is")
    assert memory.asked == "That is"


@pytest.mark.parametrize(
    ("heard", "asked"),
    [
        ("", ""),
        ("We have soup", ""),
        ("We have soup today. Would", "We have soup today."),
        ("We have soup today. Would you", ""),
        ("We have soup today. Would you like", "Would you like one?"),
        ("We have soup today. Would you like one?", "Would you like one?"),
    ],
)
def test_the_sentence_that_one_answers_was_heard_but_for_its_end(heard, asked):
    assert last_sentence("We have soup today. Would you like one?", heard) == asked


def test_nothing_said_asks_nothing():
    assert last_sentence("", "") == ""


@pytest.mark.parametrize(
    ("heard", "asked"),
    [
        ("Tabii. Kaç kişisiniz? 😊", "Kaç kişisiniz?"),
        ("Küçük mü, büyük mü?!", "Küçük mü, büyük mü?!"),
        ('How do you say "Bir su lütfen?"', 'How do you say "Bir su lütfen?"'),
        ('He said "hello." What did you say?', "What did you say?"),
        ("Good. **Shall I order?** 🙂", "**Shall I order?"),
        ("Tamam. Kaç kişi için, saat 19.30?", "Kaç kişi için, saat 19.30?"),
        ("好的。要咖啡吗？", "要咖啡吗？"),
        ("他说：“要咖啡吗？”", "他说：“要咖啡吗？"),
        ("😊", ""),
        ("...", ""),
    ],
)
def test_what_follows_a_question_does_not_make_it_forgotten(heard, asked):
    memory = Memory(1_000)
    memory.caller_heard(1, heard)
    assert memory.asked == asked
    assert last_sentence(heard, heard) == asked


def test_what_is_too_long_to_be_read_is_dropped_back_to_the_last_answer():
    memory = Memory(1_000)
    memory.caller_said(1, "hello")
    memory.caller_heard(1, "Hello.")
    memory.caller_said(2, "something long")
    memory.caller_heard(2, "")
    memory.caller_said(3, "and longer")
    memory.drop_unanswered()
    assert [m.text for m in memory.messages("p")] == ["p", "hello", "Hello."]


def test_what_was_never_answered_is_dropped_as_a_whole():
    memory = Memory(1_000)
    memory.caller_said(1, "something long")
    memory.drop_unanswered()
    assert len(memory) == 0
