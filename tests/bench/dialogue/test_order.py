from hypothesis import given, settings
from hypothesis import strategies as st

from app.bench.dialogue.menu import Item
from app.bench.dialogue.order import EMPTY, NOTHING, Cart, Change, Line

ITEMS = [Item(key, key, f"{key}s", price, "", (), "all") for price, key in enumerate("abcd", 1)]
LINES = st.lists(st.builds(Line, st.sampled_from(ITEMS), st.integers(1, 5)), unique_by=lambda line: line.item).map(
    tuple
)
A, B = ITEMS[:2]


def test_an_order_changes():
    cart = EMPTY.after(Change(add=(Line(A, 2), Line(B, 1))))
    assert cart.total() == 4
    assert cart.after(Change(add=(Line(A, 1),))).quantity(A) == 3
    assert cart.after(Change(remove=(Line(A, 1),))).quantity(A) == 1
    assert cart.after(Change(set=(Line(B, 7),))).lines == (Line(A, 2), Line(B, 7))
    assert cart.after(Change(set=(Line(A, 0),))).lines == (Line(B, 1),)
    assert cart.after(Change(remove=(Line(B, 1),), add=(Line(ITEMS[2], 1),))).keys() == {"a", "c"}
    assert not cart.after(Change(clear=True))
    assert not NOTHING
    assert Change(clear=True)


@settings(deadline=None)  # a loaded machine is no fault
@given(LINES, LINES)
def test_nothing_is_ordered_less_than_once(lines, less):
    cart = Cart(lines).after(Change(remove=less))
    assert all(line.quantity > 0 for line in cart.lines)
    assert cart.keys() <= Cart(lines).keys()


@settings(deadline=None)  # a loaded machine is no fault
@given(LINES, LINES)
def test_what_is_added_can_be_removed(lines, more):
    after = Cart(lines).after(Change(add=more)).after(Change(remove=more))
    assert {line.item: line.quantity for line in after.lines} == {line.item: line.quantity for line in lines}
