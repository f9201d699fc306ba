"""What the system says about writing."""

import errno
from pathlib import Path

import pytest

from app.errors import SetupError
from app.hub.faults import writing


@pytest.mark.parametrize(
    ("number", "words", "fix"),
    [
        (errno.ENOSPC, "is full", "goes on where it stopped"),
        (errno.EDQUOT, "is full", "goes on where it stopped"),
        (errno.EROFS, "cannot be written", "the user who owns it"),
        (errno.EACCES, "cannot be written", "the user who owns it"),
        (errno.EIO, "cannot be written", "Check the disk"),
    ],
)
def test_each_has_its_mend(number, words, fix):
    with pytest.raises(SetupError) as error, writing(Path("/models")):
        raise OSError(number, "told by the system")
    assert words in error.value.message
    assert "/models" in error.value.message
    assert fix in error.value.fix
