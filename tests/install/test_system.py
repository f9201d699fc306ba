"""The distribution, and its commands."""

import pytest

from app.install.system import System, this_system


@pytest.mark.parametrize(
    ("text", "system"),
    [
        ('NAME="Ubuntu"\nVERSION_ID="24.04"\nID=ubuntu\nID_LIKE=debian\n', System("ubuntu", "24.04")),
        ('ID=debian\nVERSION_ID="12"\n', System("debian", "12")),
        ("", System("", "")),
    ],
)
def test_os_release_is_read(tmp_path, text, system):
    (tmp_path / "os-release").write_text(text)
    assert this_system(tmp_path / "os-release") == system


def test_no_os_release_is_no_fault(tmp_path):
    assert this_system(tmp_path / "none") == System("", "")


def test_commands_are_those_of_the_distribution():
    assert System("ubuntu", "24.04").driver == "sudo apt install nvidia-driver-580"
    assert "/ubuntu2404/" in System("ubuntu", "24.04").toolkit
    assert "/debian12/" in System("debian", "12").driver  # Debian's own is too old
    for command in (System("arch", "").driver, System("arch", "").toolkit):
        assert command.startswith("#")  # pasted, it does nothing
