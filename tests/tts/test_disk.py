"""The folder: whole files or none, within its limit, and no fault of it is a fault of the speech."""

import os

import numpy as np
import pytest

from app.interfaces import Speech, Word
from app.tts.disk import Disk, default_folder
from app.tts.packed import pack


def speech(value=1, samples=1000):
    return Speech(np.full(samples, value, np.int16), 16_000, (Word("hello", 0, 60),))


SIZE = len(pack(speech()))


def files(folder):
    return sorted(path.name for path in folder.iterdir())


def test_what_was_written_is_read(tmp_path):
    disk = Disk(tmp_path / "not" / "there", 10 * SIZE)
    assert disk.read("a") is None
    disk.write("a", speech())
    again = disk.read("a")
    assert np.array_equal(again.pcm, speech().pcm)
    assert again.words == speech().words
    assert files(disk.folder) == ["a.speech"]


def test_what_was_unused_for_longest_goes_first(tmp_path):
    disk = Disk(tmp_path, 3 * SIZE)
    for age, name in enumerate("abc"):
        disk.write(name, speech())
        os.utime(tmp_path / f"{name}.speech", (1000 + age, 1000 + age))
    assert disk.read("a")
    disk.write("d", speech())
    assert files(tmp_path) == ["a.speech", "c.speech", "d.speech"]


def test_what_a_crash_left_behind_counts_and_goes(tmp_path):
    (tmp_path / "x.part").write_bytes(b"0" * 2 * SIZE)
    os.utime(tmp_path / "x.part", (1000, 1000))
    (tmp_path / "other.txt").write_bytes(b"0" * 9 * SIZE)
    disk = Disk(tmp_path, 2 * SIZE)
    disk.write("a", speech())
    assert files(tmp_path) == ["a.speech", "other.txt"]


def test_one_larger_than_the_folder_is_not_kept(tmp_path):
    disk = Disk(tmp_path, 2 * SIZE)
    disk.write("a", speech())
    disk.write("b", speech(samples=9000))
    assert files(tmp_path) == ["a.speech"]


@pytest.mark.parametrize("damage", [b"", b"{", pack(speech())[:-1], b"\xff" * 50])
def test_a_damaged_file_is_dropped(tmp_path, damage, caplog):
    disk = Disk(tmp_path, 10 * SIZE)
    (tmp_path / "a.speech").write_bytes(damage)
    assert disk.read("a") is None
    assert files(tmp_path) == []
    assert "damaged" in caplog.text
    disk.write("a", speech())
    assert disk.read("a")


def test_a_folder_that_cannot_be_used_is_said_once(tmp_path, caplog):
    (tmp_path / "file").write_text("")
    disk = Disk(tmp_path / "file" / "folder", 10 * SIZE)
    for _ in range(3):
        disk.write("a", speech())
        assert disk.read("a") is None
    assert len(caplog.records) == 1


def test_a_full_disk_leaves_no_part(tmp_path, monkeypatch, caplog):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    Disk(tmp_path, 10 * SIZE).write("a", speech())
    assert files(tmp_path) == []
    assert "No space left" in caplog.text


def test_the_folder_of_a_user(tmp_path):
    assert str(default_folder({"HOME": "/home/u"})) == "/home/u/.cache/parlor/speech"
    assert str(default_folder({"HOME": "/home/u", "XDG_CACHE_HOME": "/c"})) == "/c/parlor/speech"
    assert default_folder({"HOME": "", "XDG_CACHE_HOME": ""}) is None
