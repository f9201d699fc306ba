"""`parlor bench endpoint`, on real synthesisers and the real detector."""

import json

import pytest

from app.bench.calls.corpus import Corpus
from app.cli import main
from tests.support.packages import needing_packages


@pytest.mark.engine
def test_the_end_of_turns_is_measured_and_written_down(tmp_path, capsys):
    needing_packages(lambda: Corpus(1))
    code = main(["bench", "endpoint", "--count", "4", "--language", "en", "--out", str(tmp_path / "new")])
    shown = capsys.readouterr().out
    assert "fixed 800 ms" in shown
    assert "cut-offs at the wait of 800 ms" in shown
    report = json.loads((tmp_path / "new" / "endpoint.json").read_text("utf-8"))
    met = [figure["bar"] is None or figure["value"] <= figure["bar"] for figure in report["figures"]]
    assert code == int(not all(met))
    assert {point["rule"] for point in report["fixed"]} >= {"fixed 200 ms", "fixed 2000 ms"}
    assert (tmp_path / "new" / "endpoint.svg").read_text("utf-8").startswith("<svg")
