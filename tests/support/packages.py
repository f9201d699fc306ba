"""System packages that tests need: locally a test without one skips, in CI it fails."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import NoReturn, TypeVar

import pytest

from app.errors import SetupError

_Made = TypeVar("_Made")


def missing(reason: str) -> NoReturn:
    """Ends the test."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason} (CI must test this)")
    pytest.skip(reason)


def needing_packages(make: Callable[[], _Made]) -> _Made:
    """What `make` makes, where its packages are installed."""
    try:
        return make()
    except SetupError as error:
        missing(f"{error.message}: {error.fix}")
