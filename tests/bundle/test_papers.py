"""What a bundle says of itself to people."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from app.bundle import papers
from app.bundle.sbom import ModelFiles
from app.bundle.wheel import Wheel

FACTS = {
    "version": "0.1.0",
    "accel": "cpu",
    "native": "no",
    "profile": "",
    "python": "3.11",
    "architecture": "x86_64",
    "glibc": "2.34",
    "architectures": "",
}
WHEEL = Wheel(Path("a.whl"), "a", "1.5", "MIT", True, (), "0" * 64, 1, ())
MODEL = ModelFiles("brain", "main", "Apache-2.0", "https://example.org/brain", "Thinks.", {"models/brain/b": "0" * 64})


@given(st.dictionaries(st.text("abc_", min_size=1), st.text("abc =/", max_size=9)))
def test_facts_are_read_back(values):
    lines = papers.facts(values).splitlines()
    assert dict(line.split("=", 1) for line in lines) == values


def test_installing_is_said_in_a_few_lines():
    text = papers.install("parlor-x", FACTS)
    for words in (
        "tar xf parlor-x.tar",
        "sh parlor-x/install.sh",
        "parlor serve\n",
        "glibc 2.34",
        "Python 3.11",
        "since 2013",
    ):
        assert words in text
    assert "NVIDIA" not in text
    assert len(text.splitlines()) < 20


def test_a_profile_and_a_native_build_are_said():
    text = papers.install("parlor-x", FACTS | {"native": "yes", "profile": "kiosk"})
    assert "parlor serve --config kiosk" in text
    assert "only on the kind of processor" in text


def test_the_cards_that_a_cuda_build_is_for_are_said():
    text = papers.install("parlor-x", FACTS | {"accel": "cuda", "architectures": "75;86;120"})
    assert "It needs an NVIDIA card of compute capability 7.5 or 8.6 or 12.0, and its driver.\n" in text


def test_licences_name_every_part():
    text = papers.licences((WHEEL,), (MODEL,))
    rows = [line.split() for line in text.splitlines()]
    assert ["a", "1.5", "MIT"] in rows
    assert ["model", "brain", "main", "Apache-2.0"] in rows
    assert any(row[:1] == ["parlor"] for row in rows)


def test_a_models_own_paper():
    text = papers.model(MODEL)
    assert text == "brain\nlicence: Apache-2.0\nsource: https://example.org/brain\nThinks.\n"
