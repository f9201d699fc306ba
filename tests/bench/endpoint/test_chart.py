"""The drawing holds every point and is well-formed."""

from xml.etree import ElementTree

from app.bench.endpoint.chart import HEIGHT, WIDTH, svg
from app.bench.endpoint.table import lines

SVG = "{http://www.w3.org/2000/svg}"


def test_every_point_is_drawn_within_the_frame(told):
    drawn = ElementTree.fromstring(svg(told))
    circles = drawn.findall(f"{SVG}circle")
    assert len(circles) == 3 + 3 * 2  # one point of the fixed waits is beyond the frame
    assert len(drawn.findall(f"{SVG}polyline")) == 4
    for circle in circles:
        assert 0 < float(circle.get("cx")) < WIDTH
        assert 0 < float(circle.get("cy")) < HEIGHT
    assert [circle.find(f"{SVG}title").text for circle in circles if circle.get("r") == "5"] == [
        "fixed 800 ms: 800 ms, 30.0 in 100",
        "default x 1.00: 500 ms, 9.0 in 100",
        "kiosk x 1.00: 500 ms, 9.0 in 100",
        "tutor x 1.00: 500 ms, 9.0 in 100",
    ]


def test_the_table_has_a_line_for_every_rule(told):
    made = list(lines(told))
    assert "fixed 800 ms        800    800    800    30.0" in made
    assert "default             500    500    500     9.0 (2 of 40 not heard)" in made
    assert made[-2:] == ["in a number               3 of 9", "no thinking pause         1 of 0"]
    assert made.count("turns") == made.count("pauses") == 1
