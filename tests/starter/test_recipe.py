import pytest

from app.errors import SetupError
from scripts.starter.recipe import digest, settle


def test_a_name_changes_with_what_it_is_made_of(tmp_path):
    (tmp_path / "deep").mkdir()
    texts, notes = tmp_path / "deep" / "en.toml", tmp_path / "notes.md"
    texts.write_text("a = 1")
    before = digest([tmp_path])
    notes.write_text("nothing that decides")
    assert digest([tmp_path]) == before
    texts.write_text("a = 2")
    assert digest([tmp_path]) != before
    assert digest([texts]) == digest([tmp_path])


def test_work_by_another_recipe_is_not_gone_on_with(tmp_path):
    folder = tmp_path / "work"
    settle(folder, "one")
    settle(folder, "one")
    with pytest.raises(SetupError, match="another recipe") as caught:
        settle(folder, "two")
    assert "write two into" in caught.value.fix
    (folder / "recipe").write_text("two")
    settle(folder, "two")
