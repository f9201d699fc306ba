import io
import json
from dataclasses import asdict

import pytest

from app.bench.score import Figure
from app.errors import SetupError
from scripts.starter import card

FIGURES = [
    Figure("voices seen", 1.234, "% of words wrong", 2000, 2.0),
    Figure("valid JSON", 98.0, "%", 100, 99.0, least=True),
    Figure("word times", 20.0, "ms off (median)", 10),
]
BEFORE = "# Card\n<!-- figures en -->\nold\n<!-- end en -->\nafter\n"


def test_figures_take_the_place_of_older_ones(tmp_path, monkeypatch):
    path = tmp_path / "README.md"
    path.write_text(BEFORE, "utf-8")
    monkeypatch.setattr("sys.argv", ["card", "--card", str(path)])
    for _ in range(2):
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(json.dumps(asdict(f)) + "\n" for f in FIGURES)))
        card.main()
    text = path.read_text("utf-8")
    assert text.startswith("# Card\n<!-- figures en -->\n\n| what |")
    assert text.endswith("\n\n<!-- end en -->\nafter\n")
    assert "| voices seen | 1.23 % of words wrong | 2,000 | ≤ 2 |" in text
    assert "| valid JSON | 98 % | 100 | ≥ 99, **missed** |" in text
    assert "old" not in text


@pytest.mark.parametrize("text", ["", "<!-- figures en -->\n", "<!-- end en -->"])
def test_a_card_without_a_place_is_refused(text):
    with pytest.raises(SetupError, match="no place for en"):
        card.written(text, "en", FIGURES)
