"""What the system says about a write, in words."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shlex import quote

from filelock import Timeout

from app.errors import SetupError

_FULL = {errno.ENOSPC, errno.EDQUOT}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Every system error inside is about writing to `folder`, and leaves as `SetupError`; a `Timeout` stays one."""
    try:
        yield
    except Timeout:  # a guard that another holds; an OSError by descent only
        raise
    except OSError as error:
        if error.errno in _FULL:
            raise SetupError(
                f"the disk of {folder} is full ({error.strerror})",
                fix="Free some space there and run this again: it goes on where it stopped.",
            ) from error
        if error.errno == errno.EFBIG:
            raise SetupError(
                f"the file system of {folder} takes no file as large as this one",
                fix="FAT32 ends at 4 GiB: use ext4 or exFAT there, or another folder.",
            ) from error
        if error.errno in _FORBIDDEN:
            mine = f"sudo chown -R $USER {quote(str(folder))}"
            raise SetupError(
                f"{folder} cannot be written ({error.strerror})",
                fix=f"Run this as the user who owns it, or give it to yourself: {mine}",
            ) from error
        raise SetupError(f"{folder} cannot be written ({error})", fix="Check the disk, and run this again.") from error
