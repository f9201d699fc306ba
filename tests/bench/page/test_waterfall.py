"""Every turn has its row within the frame, with what took time in its place."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bench.page.waterfall import LEFT, PARTS, WIDTH, key, longest_ms, waterfall


def bars(svg):
    return [(each.get("class"), float(each.get("x")), float(each.get("width"))) for each in svg.findall("rect")]


def test_bars_lie_where_the_time_went(turn):
    drawn = bars(ElementTree.fromstring(waterfall([turn("full")], 425)))
    assert [css for css, *_ in drawn] == [css for css, *_ in PARTS]
    wait, text, *_, sound = drawn
    assert wait[1] == LEFT
    assert wait[1] < text[1] < wait[1] + wait[2]  # the draft ran during the silence
    assert sound[1] >= wait[1] + wait[2]


def test_without_drafts_the_text_comes_after_the_endpoint(turn):
    marks = {**turn().marks, "draft": None, "first_clause": None}
    wait, text, *_ = drawn = bars(ElementTree.fromstring(waterfall([turn(marks=marks)], 425)))
    assert text[1] == pytest.approx(wait[1] + wait[2], abs=0.2)
    assert len(drawn) == len(PARTS) - 1


@given(st.lists(st.tuples(st.integers(0, 30_000), st.integers(-2_000, 3_000)), max_size=4))
def test_nothing_is_drawn_beyond_the_frame(turn, delays):
    turns = [turn("full", place, later_ms, speech_end_ms=1_000 + end) for place, (later_ms, end) in enumerate(delays)]
    turns.append(turn(sound_ms=None, pieces=2))
    drawn = ElementTree.fromstring(waterfall(turns, longest_ms(turns)))
    for _, x, width in bars(drawn):
        assert x >= LEFT
        assert x + width <= WIDTH
    names = [each.text for each in drawn.findall("text") if each.get("class") == "name"]
    assert len(names) == len(turns)
    assert names[-1].endswith("✂")


def test_the_key_names_every_colour():
    assert all(f'class="{css}"' in key() and text in key() for css, *_, text in PARTS)
