"""The page is one well-formed document that fetches nothing, and holds all that was measured."""

import re
from html.parser import HTMLParser

from app.bench.page.page import html
from app.bench.page.style import CSS

VOID = {"meta"}


class Checked(HTMLParser):
    """Fails on tags that do not nest; keeps texts and attributes."""

    def __init__(self, text):
        super().__init__()
        self.open, self.texts, self.attributes = [], [], []
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


def test_it_is_whole_and_needs_nothing_else(report):
    page = Checked(html(report.with_curves((), '<svg viewBox="0 0 2 2"><text x="1">cut-offs</text></svg>')))
    assert "cut-offs" in page.texts
    assert not {name for name, _ in page.attributes} & {"src", "href", "onclick", "onload"}
    assert not re.search(r"https?:|url\(|@import|<script", html(report))


def test_figures_turns_and_spreads_are_on_it(report):
    texts = Checked(html(report)).texts
    assert {"A & B", "gap <p50>", "missed", "met", "≤ 20"} <= set(texts)
    assert "full: 4 turns, 0 cut off, 1 without an answer" in texts
    assert "off: voice to voice (cold), ms" in texts
    assert {"600 words: writing", "final, 5 s"} <= set(texts)  # the only case of its unit needs no name
    assert "no answer" in texts


def test_a_part_alone_has_no_empty_chapters(report):
    alone = type(report)("stt", {}, tuple(each for each in report.measured if each.part == "stt"), (), ())
    titles = re.findall(r"<h2>(.*?)</h2>", html(alone))
    assert titles == ["Speech to text"]


def test_all_colours_are_there_by_day_and_by_night():
    day, night = (set(re.findall(r"(--\w+): #", block)) for block in CSS.split("@media"))
    assert day == night
    assert set(re.findall(r"var\((--\w+)\)", CSS)) <= day
