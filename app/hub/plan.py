"""What a download will do, in figures and words, before it does it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.errors import SetupError

MARGIN_BYTES = 200_000_000
"""Left free on the disk: logs, the lock, and what else runs there."""
_UNITS = ("kB", "MB", "GB", "TB", "PB")


@dataclass(frozen=True, slots=True)
class Item:
    """One model in a plan."""

    name: str
    fetch: int
    """Bytes to come."""
    here: int
    """Bytes that are here already."""


def amount(size: int) -> str:
    """Bytes for people: `483.5 MB`."""
    if size < 1000:
        return f"{size} B"
    value = size / 1000
    units = iter(_UNITS)
    unit = next(units)
    while value >= 999.95 and (larger := next(units, "")):
        value, unit = value / 1000, larger
    return f"{value:.1f} {unit}"


def told(items: Sequence[Item], source: str, free: int) -> str:
    """The plan in lines: each model, the sum, what is here, what the disk has (`free` bytes)."""
    width = max(len(item.name) for item in items)
    lines = [f"  {item.name:<{width}}  {_told(item)}" for item in items]
    fetch, here = sum(item.fetch for item in items), sum(item.here for item in items)
    lines.append(f"To fetch: {amount(fetch)} from {source}; here already: {amount(here)}; free disk: {amount(free)}")
    return "\n".join(lines)


def check_space(items: Sequence[Item], free: int, folder: str) -> None:
    """Raises `SetupError` when `free` bytes in `folder` are not enough for all, with a margin."""
    fetch = sum(item.fetch for item in items)
    needed = fetch + MARGIN_BYTES
    if fetch and needed > free:
        raise SetupError(
            f"the disk of {folder} has {amount(free)} free, and {amount(needed)} are needed "
            f"({amount(MARGIN_BYTES)} of it stay free)",
            fix=f"Free {amount(needed - free)} there (`parlor models remove NAME` is one way) and run this again.",
        )


def _told(item: Item) -> str:
    if not item.fetch:
        return f"{amount(item.here)}, here already"
    return amount(item.fetch) + (f" ({amount(item.here)} more are here)" if item.here else "")
