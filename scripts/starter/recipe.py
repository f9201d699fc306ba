"""What work that takes hours was made from, so that nobody goes on with it when that has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from app.config import ROOT
from app.errors import SetupError

BENCH = ROOT / "app/bench"
MENUS = (ROOT / "models/starter/menu.toml", ROOT / "models/starter/tr/menu.toml")
SPOKEN = (BENCH / "held_out.toml", BENCH / "texts", BENCH / "speech", *MENUS)
"""What decides which sentences there are, and who says them."""
_KINDS = ("*.py", "*.toml")


def digest(sources: Iterable[Path]) -> str:
    """A short name for the contents of files, and of all programs and texts in folders."""
    files = [path for each in sources for path in ([each] if each.is_file() else _within(each))]
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()[:8]


def _within(folder: Path) -> list[Path]:
    return sorted(path for kind in _KINDS for path in folder.rglob(kind))


def settle(folder: Path, name: str) -> None:
    """Write into `folder` that its work is made by the recipe of this name.

    Raises:
        SetupError: there is work by another one.
    """
    note = folder / "recipe"
    if note.is_file() and (there := note.read_text("utf-8").strip()) != name:
        raise SetupError(
            f"what lies in {folder} was made by another recipe ({there}, now {name})",
            fix=f"Remove the folder to begin anew, or write {name} into {note} to go on with it all the same.",
        )
    folder.mkdir(parents=True, exist_ok=True)
    note.write_text(f"{name}\n", "utf-8")
