"""Numbers in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.tts.numerals import Numerals


@pytest.mark.parametrize(
    ("code", "digits", "cardinal", "ordinal"),
    [
        ("en", "0", "zero", "zeroth"),
        ("en", "21", "twenty one", "twenty first"),
        ("en", "1000000", "one million", "one millionth"),
        ("tr", "21", "yirmi bir", "yirmi birinci"),
        ("tr", "1984", "bin dokuz yüz seksen dört", "bin dokuz yüz seksen dördüncü"),
        ("de", "21", "einundzwanzig", "einundzwanzigste"),
    ],
)
def test_words(code: str, digits: str, cardinal: str, ordinal: str):
    numerals = Numerals(code)
    assert (numerals.cardinal(digits), numerals.ordinal(digits)) == (cardinal, ordinal)


def test_years_codes_and_gaps():
    english = Numerals("en")
    assert english.year("1905") == "nineteen oh five"
    assert english.cardinal("007") == "zero zero seven"
    assert english.cardinal("1" * 16).split() == ["one"] * 16
    assert english.ordinal("1" * 16).split() == ["one"] * 16
    assert Numerals("xx").cardinal("12") == "12"
    assert Numerals("km").cardinal("1000000000000") == "1000000000000"  # Khmer's rules end before


@given(st.integers(0, 10**30).map(str), st.sampled_from(["en", "tr"]))
def test_no_digit_is_left(digits: str, code: str):
    numerals = Numerals(code)
    said = f"{numerals.cardinal(digits)} {numerals.ordinal(digits)} {numerals.spelled(digits)}"
    assert not any(c.isdigit() for c in said)
