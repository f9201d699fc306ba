import json
from dataclasses import asdict

import pytest

from app.bench.score import Figure
from scripts.starter import card

FIGURES = [
    Figure("voices seen", 1.234, "% of words wrong", 2000, 2.0),
    Figure("valid JSON", 98.0, "%", 100, 99.0, least=True),
    Figure("word times", 20.0, "ms off (median)", 10),
]
BEFORE = "# Card\n<!-- figures en -->\nold\n<!-- end en -->\nafter\n"


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Runs the program on figures; its exit status and the card afterwards."""

    def run(figures, before=BEFORE):
        path, measured = tmp_path / "README.md", tmp_path / "figures.jsonl"
        path.write_text(before, "utf-8")
        measured.write_text("".join(json.dumps(asdict(figure)) + "\n" for figure in figures))
        monkeypatch.setattr("sys.argv", ["card", "--card", str(path), str(measured)])
        return card.main(), path.read_text("utf-8")

    return run


def test_figures_take_the_place_of_older_ones(write):
    _, once = write(FIGURES)
    status, text = write(FIGURES, once)
    assert status == 0
    assert text == once
    assert text.startswith("# Card\n<!-- figures en -->\n\n| what |")
    assert text.endswith("\n\n<!-- end en -->\nafter\n")
    assert "| voices seen | 1.23 % of words wrong | 2,000 | ≤ 2 |" in text
    assert "| valid JSON | 98 % | 100 | ≥ 99, **missed** |" in text
    assert "old" not in text


@pytest.mark.parametrize("left", [0, 1, 2])
def test_a_measurement_that_broke_off_leaves_the_card_as_it_is(write, capsys, left):
    _, whole = write(FIGURES)
    assert write(FIGURES[:left], whole) == (1, whole)
    assert "no figures of: " in capsys.readouterr().err


@pytest.mark.parametrize("text", ["", "<!-- figures en -->\n", "<!-- end en -->"])
def test_a_card_without_a_place_is_refused(write, capsys, text):
    assert write(FIGURES, text) == (1, text)
    assert "no place for en" in capsys.readouterr().err
