"""Every value has its dot within the frame."""

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from app.bench.page.spreads import LEFT, RIGHT, WIDTH, spreads
from app.bench.stages.measured import Measured

VALUES = st.lists(st.floats(-100, 1e5), min_size=1, max_size=5).map(tuple)


@given(st.lists(VALUES, max_size=3))
def test_every_value_has_its_dot(rows):
    measured = [Measured("stt", "<it>", "a", "ms", values) for values in rows]
    drawn = ElementTree.fromstring(spreads(measured, ["<a> & b"] * len(rows)))
    dots = [float(each.get("cx")) for each in drawn.findall("circle")]
    assert len(dots) == sum(map(len, rows))
    assert all(LEFT <= x <= WIDTH - RIGHT for x in dots)
    assert sum(each.text == "<a> & b" for each in drawn.findall("text")) == len(rows)
