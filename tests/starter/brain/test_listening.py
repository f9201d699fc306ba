import pytest

from app.errors import SetupError
from scripts.starter.brain import listening
from tests.support.packages import needing_packages


def test_callers_are_spoken_to_our_ears_once(tmp_path):
    path = tmp_path / "heard.jsonl"
    needing_packages(lambda: listening.make(path, "en", 4, workers=1))
    pairs = listening.read(path)
    assert len(pairs) == 4
    right = [said == heard for said, heard in pairs]
    assert any(right)
    path.write_text("", "utf-8")
    listening.make(path, "en", 8)
    assert listening.read(path) == (), "what is there stays"


def test_without_ears_it_says_what_to_make_first():
    with pytest.raises(SetupError, match="no ears know de yet"):
        listening.ears_of("de")
