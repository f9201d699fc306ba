"""How the scripts say that something cannot be done."""

from __future__ import annotations

import sys
from collections.abc import Callable

from app.errors import ParlorError


def status(what: str, work: Callable[[], None]) -> int:
    """Does `work`: 0, or 1 where it cannot be done, with the fault and its fix on standard error."""
    try:
        work()
    except ParlorError as error:
        sys.stderr.write(f"{what}: {error.message}\n  {error.fix}\n")
        return 1
    return 0
