"""`parlor bench starter`, on real engines."""

import json

import pytest

from app.bench.commands.shown import row
from app.bench.score import Figure
from app.bench.starter.parts import Starter, folder
from app.cli import main


@pytest.mark.engine
@pytest.mark.usefixtures("sets")
def test_ears_are_measured_against_their_bars(capsys):
    code = main(["bench", "starter", "--part", "ears", "--count", "1", "--json"])
    figures = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {"voices never heard", "menu's words at 10 dB", "phantom words", "word times"} <= {
        figure["name"] for figure in figures
    }
    met = [figure["bar"] is None or (figure["value"] >= figure["bar"]) == figure["least"] for figure in figures]
    assert code in (0, 1)
    assert code == 1 or all(met)


@pytest.mark.parametrize(("part", "fault"), [("ears", "there are no ears"), ("brain", "there is no model")])
def test_models_that_are_missing_are_named(tmp_path, capsys, part, fault):
    assert main(["bench", "starter", "--part", part, "--models", str(tmp_path)]) == 1
    assert f"{fault}" in capsys.readouterr().err


def test_a_count_of_none_is_refused(capsys):
    with pytest.raises(SystemExit):
        main(["bench", "starter", "--count", "0"])
    assert "0 is less than 1" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("figure", "text"),
    [
        (Figure("word times", 12.0, "ms off", 8), "word times 12.00 ms off (of 8)"),
        (Figure("voices seen", 2.5, "%", 8, 2.0), "voices seen 2.50 % (of 8) at most 2: MISSED"),
        (Figure("valid JSON", 99.5, "%", 8, 99.0, least=True), "valid JSON 99.50 % (of 8) at least 99: met"),
    ],
)
def test_a_row_tells_the_bar(figure, text):
    assert " ".join(row(figure).split()) == text


@pytest.mark.engine
@pytest.mark.usefixtures("sets")
def test_the_brain_hears_through_the_ears():
    hear = Starter(folder("en"), "en", 1, 1.0)._through_ears()
    heard = [hear("Two lentil soups and a coke, please.") for _ in range(2)]
    assert all(text == text.lower() for text in heard)
    assert any("soup" in text or "coke" in text for text in heard)
