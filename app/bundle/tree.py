"""Which files of Parlor's own folder go into a bundle.

Named one by one, not "all but": recordings, keys and whatever else lies beside them must not leave the machine.
"""

from __future__ import annotations

FOLDERS = ("app", "config", "docker", "docs", "models/starter", "scripts")
FILES = frozenset(
    (
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "LICENSE",
        "Makefile",
        "README.md",
        "constraints.txt",
        "models/manifest.toml",
        "pyproject.toml",
    )
)


def belongs(path: str) -> bool:
    """Whether the file `path`, from Parlor's folder on and with `/`, is part of it."""
    parts = path.split("/")
    if any(part.startswith(".") or part == "__pycache__" for part in parts) or path.endswith((".pyc", "~")):
        return False
    return path in FILES or path.startswith(tuple(f"{folder}/" for folder in FOLDERS))
