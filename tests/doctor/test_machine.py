"""Reading this machine."""

import json

from app.doctor import machine
from app.doctor.machine import is_bundle, is_portable, memory_mb, read_machine


def test_this_machine_is_read(tmp_path):
    found = read_machine(tmp_path)
    assert found.cores >= 1
    assert found.disk_free_mb > 0
    assert found.open_files > 0
    assert found.architecture
    assert read_machine(tmp_path / "missing").disk_free_mb > 0


def test_free_memory_is_part_of_all():
    total, free = memory_mb()
    assert 0 < free <= total


def test_a_container_has_the_memory_it_was_given(tmp_path, monkeypatch):
    texts = {
        "_CGROUP_LIMIT": f"{512 << 20}\n",
        "_CGROUP_USED": f"{500 << 20}\n",
        "_CGROUP_STAT": f"anon 1\ninactive_file {300 << 20}\nactive_file 2\n",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
        monkeypatch.setattr(machine, name, tmp_path / name)
    assert memory_mb() == (512, 312), "files that were read are no use of memory"
    (tmp_path / "_CGROUP_STAT").unlink()
    assert memory_mb() == (512, 12)
    (tmp_path / "_CGROUP_LIMIT").write_text("max\n")
    assert memory_mb()[0] > 512


def test_what_was_built_is_read_where_it_was_noted(tmp_path, monkeypatch):
    note = tmp_path / "parlor-install.json"
    monkeypatch.setattr(machine, "BUILD", note)
    assert not is_portable()
    note.write_text(json.dumps({"accel": "cpu", "portable": True}))
    assert is_portable()
    assert not is_bundle()
    note.write_text(json.dumps({"bundle": True}))
    assert is_bundle()
    note.write_text("{")
    assert not is_portable()


def test_a_machine_without_proc_is_read_all_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(machine, "_CPUINFO", tmp_path / "none")
    assert read_machine(tmp_path).features == frozenset()
