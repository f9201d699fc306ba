"""The waterfalls as a file of their own: well-formed, and every case under the one before."""

from xml.etree import ElementTree

from app.bench.page.drawing import TITLE, drawing

SVG = "{http://www.w3.org/2000/svg}"


def test_every_case_lies_under_the_one_before(turn):
    root = ElementTree.fromstring(drawing([turn("off"), turn("off"), turn("full")]))
    charts = root.findall(f"{SVG}svg")
    tops = [(float(each.get("y")), float(each.get("height"))) for each in charts]
    assert len(charts) == 2
    assert tops[1][0] >= sum(tops[0]) + TITLE
    assert sum(tops[1]) <= float(root.get("viewBox").split()[3])
    assert "off: 2 turns" in "".join(root.itertext())


def test_without_turns_there_is_nothing_to_draw():
    assert drawing([]) == ""
