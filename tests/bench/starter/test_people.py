"""Recordings of people, listed in a table (synthetic ones stand in for them here)."""

import shutil
from pathlib import Path

import pytest

from app.bench.starter import people
from app.bench.starter.people import figures, recordings
from app.errors import SetupError

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "speech"


@pytest.fixture
def folder(tmp_path):
    sound = min(FIXTURES.glob("*.flac"))
    shutil.copy(sound, tmp_path / "a.flac")
    rows = ['a.flac\ten\tA "Soup", please!', "b.flac\ten\t", "c.flac\tde\tEine Suppe"]
    (tmp_path / "refs.tsv").write_text("\n".join(["file\tlanguage\ttranscript", *rows]))
    return tmp_path


def test_recordings_are_those_of_the_language_with_words(folder):
    (found,) = recordings(folder, "en")
    assert (found.path.name, found.text) == ("a.flac", "a soup please")


def test_figures_have_no_bar_and_stand_beside_pocketsphinx(folder, monkeypatch):
    monkeypatch.setattr(people, "Sphinx", lambda: type("Deaf", (), {"hear": staticmethod(lambda audio: "")}))
    ours, theirs = figures(folder, "en", lambda audio: "A soup.")
    assert (ours.bar, theirs.bar) == (None, None)
    assert ours.value == pytest.approx(100 / 3)
    assert theirs.value == 100


def test_numerals_are_said_in_words(folder):
    (folder / "refs.tsv").write_text("file\tlanguage\ttranscript\na.flac\ten\t2 soups")
    assert [each.text for each in recordings(folder, "en")] == ["two soups"]


def test_recordings_longer_than_the_ears_window_are_left_out_and_counted(folder, monkeypatch):
    monkeypatch.setattr(people, "Sphinx", lambda: type("Deaf", (), {"hear": staticmethod(lambda audio: "")}))
    monkeypatch.setattr(people, "LONGEST_S", 0.5)
    longer, *others = figures(folder, "en", lambda audio: "")
    assert (longer.name, longer.value, longer.of) == ("recordings over 0.5 s, left out", 1, 1)
    assert [figure.of for figure in others] == [0, 0]


@pytest.mark.parametrize("table", [None, "name\tlanguage\na.flac\ten"])
def test_a_folder_without_a_list_is_told_what_to_write(tmp_path, table):
    if table:
        (tmp_path / "refs.tsv").write_text(table)
    with pytest.raises(SetupError, match="does not list recordings") as caught:
        recordings(tmp_path, "en")
    assert "columns file, language, transcript" in caught.value.fix
