import pytest

from app.bench.dialogue.order import NOTHING, Change, Line
from app.bench.dialogue.spoken import Reader


@pytest.fixture(scope="module")
def reader(world):
    return Reader(world)


def lines(menu, *counts):
    return tuple(Line(menu.by_key[key], count) for key, count in counts)


@pytest.mark.parametrize(
    ("answer", "change"),
    [
        ("Sure, two cokes. Anything else?", {"add": [("coke", 2)]}),
        ("Two diet cokes and one coke, coming right up. Anything else?", {"add": [("diet_coke", 2), ("coke", 1)]}),
        ("Sure, one more latte. Anything else?", {"add": [("latte", 1)]}),
        ("Okay, I removed two cokes. Anything else?", {"remove": [("coke", 2)]}),
        ("Okay, I made it three cokes. Anything else?", {"set": [("coke", 3)]}),
        ("Okay, no more cokes. Anything else?", {"set": [("coke", 0)]}),
        ("Okay, no more cokes, but one latte. Anything else?", {"add": [("latte", 1)], "set": [("coke", 0)]}),
        ("Okay, I added two lattes, and no more cokes. Anything else?", {"add": [("latte", 2)], "set": [("coke", 0)]}),
        ("Sure, one ice cream. The rest is not on our menu.", {"add": [("ice_cream", 1)]}),
    ],
)
def test_changes_are_understood(reader, menu, answer, change):
    expected = Change(**{name: lines(menu, *counts) for name, counts in change.items()})
    assert reader.read(answer).change == expected
    assert reader.read(answer).cart is None


def test_other_answers_change_nothing(reader, menu):
    assert reader.read("Okay, I cleared your order. What would you like?").change == Change(clear=True)
    assert reader.read("Sure, two gugs. Anything else?").change == NOTHING
    assert reader.read("Okay, no more gugs. Anything else?").change == NOTHING
    assert reader.read("Okay, no more two cokes. Anything else?").change == NOTHING
    assert reader.read("Sure, two cokes and some gugs. Anything else?").change == NOTHING
    assert reader.read("The coke is three dollars. Would you like one?").change == NOTHING


def test_orders_are_read_back(reader, menu):
    meaning = reader.read("You have two cokes, one lasagna and six apple pies. Is that right?")
    assert meaning.cart == lines(menu, ("coke", 2), ("lasagna", 1), ("apple_pie", 6))
    assert meaning.change == NOTHING


@pytest.mark.parametrize(
    ("answer", "change"),
    [
        ("Tamam, iki kola çıkarıldı. Başka bir arzunuz var mı?", {"remove": [("kola", 2)]}),
        ("Tamam, kola çıkarıldı. Başka bir arzunuz var mı?", {"set": [("kola", 0)]}),
        ("Tamam, kola yerine iki ayran. Başka bir arzunuz var mı?", {"add": [("ayran", 2)], "set": [("kola", 0)]}),
        (
            "Tamam, iki ayran eklendi, diyet kola çıkarıldı. Başka bir arzunuz var mı?",
            {"add": [("ayran", 2)], "set": [("diyet kola", 0)]},
        ),
        ("Tamam, gug çıkarıldı. Başka bir arzunuz var mı?", {}),
        ("Tamam, iki kola yerine ayran. Başka bir arzunuz var mı?", {}),
    ],
)
def test_a_line_that_is_given_up_is_named_alone(turkish, answer, change):
    named = {item.name: item for item in turkish.menu.items}
    expected = Change(**{name: tuple(Line(named[key], n) for key, n in counts) for name, counts in change.items()})
    assert Reader(turkish).read(answer).change == expected
