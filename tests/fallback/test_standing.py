"""Which engine works: never before its turn, never one that does not exist."""

from hypothesis import given
from hypothesis import strategies as st

from app.fallback.standing import FAILURES, Standing, due, failed, moved_on, put_off, returned, worked

AGAIN_S = (60.0, None, 10.0, None)
steps = st.lists(st.tuples(st.sampled_from(["worked", "failed", "broken", "try"]), st.booleans(), st.integers(0, 40)))


@given(st.integers(1, 4), steps)
def test_in_any_course_of_things(count, course):
    standing, now = Standing(count), 0.0
    for step, again_works, wait in course:
        now += wait
        before = standing
        index = due(standing, AGAIN_S, now)
        if step == "try" and index is not None:
            standing = returned(standing, index) if again_works else put_off(standing, index, now)
            assert AGAIN_S[index] is not None
            assert standing.current == (index if again_works else before.current)
            assert due(standing, AGAIN_S, now) != index
        elif step == "worked":
            standing = worked(standing)
            assert (standing.current, standing.failures, standing.proved) == (before.current, 0, True)
        else:
            standing = failed(standing, now, now) if step == "failed" else moved_on(standing, now)
            assert standing.current in (before.current, before.current + 1)
        assert 0 <= standing.current < count
        assert [index for index, _ in standing.given_up] == list(range(standing.current))


@given(st.integers(2, 4), st.booleans())
def test_one_failure_is_enough_before_the_first_success_and_two_in_a_row_after(count, proved):
    standing = worked(Standing(count)) if proved else Standing(count)
    for _ in range(FAILURES - 1 if proved else 0):
        standing = failed(standing, 0.0, 0.0)
        assert standing.current == 0
        assert failed(worked(standing), 0.0, 0.0).current == 0
    assert failed(standing, 0.0, 0.0).current == 1


def test_what_was_under_way_together_fails_once():
    standing = failed(worked(Standing(2)), 1.0, 5.0)
    assert failed(standing, 4.9, 6.0) == standing
    assert failed(standing, 5.0, 6.0).current == 1


def test_the_last_one_stays():
    standing = worked(Standing(2, 1, given_up=((0, 0.0),)))
    for _ in range(9):
        standing = failed(standing, 5.0, 5.0)
    assert standing.current == 1


def test_only_what_may_recover_is_tried_again_and_only_after_a_while():
    standing = moved_on(moved_on(Standing(3), 0.0), 5.0)
    assert due(standing, (60.0, 10.0, None), 59.0) == 1
    assert due(standing, (60.0, 10.0, None), 60.0) == 0
    assert due(standing, (None, 10.0, None), 14.0) is None
    assert due(put_off(standing, 1, 15.0), (None, 10.0, None), 24.0) is None
    assert returned(standing, 1) == Standing(3, 1, proved=True, given_up=((0, 0.0),))
