"""The C library's memory allocator, asked now and then to give free pages back: a kiosk runs for months."""

from __future__ import annotations

import ctypes
import logging

log = logging.getLogger(__name__)


def give_back() -> None:
    """Return the free pages of all heaps to the system; about 10 ms. Does nothing where the C library is not glibc.

    The audio of many calls splinters glibc's heaps, one per thread: they rise for as long as calls come.
    """
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError):
        log.debug("no malloc_trim here")
        return
    trim(0)
