"""Which files of Parlor's own folder go into a bundle.

Named one by one or by their kind, not "all but": recordings, keys and whatever else lies beside them must not leave the
machine.
"""

from __future__ import annotations

import tomllib
from pathlib import Path, PurePosixPath

FOLDERS = {
    "app": (".css", ".html", ".js", ".py", ".sh", ".svg", ".toml"),
    "config": (".toml",),
    "docs": (".json", ".md", ".svg"),
    "models/starter": (".bin", ".gguf", ".json", ".md", ".onnx", ".toml"),
    "scripts": (".md", ".py", ".sh"),
}
"""What is ours in each, by its suffix."""
FILES = frozenset(
    (
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "LICENSE",
        "Makefile",
        "README.md",
        "app/web/sample.flac",
        "app/web/sample-tr.flac",
        "constraints.txt",
        "docker/Dockerfile",
        "docker/README.md",
        "docker/compose.yaml",
        "docker/parlor-talk.service",
        "docker/parlor.service",
        "models/manifest.toml",
        "pyproject.toml",
        "scripts/peers/requirements.txt",
    )
)


def belongs(path: str) -> bool:
    """Whether the file `path`, from Parlor's folder on and with `/`, is part of it."""
    if any(part.startswith(".") for part in path.split("/")):
        return False
    ours = (path.startswith(f"{folder}/") and PurePosixPath(path).suffix in FOLDERS[folder] for folder in FOLDERS)
    return path in FILES or any(ours)


def files(root: Path) -> set[str]:
    """The files of Parlor's folder `root` that belong.

    Looks into each folder by its name: models/ may be a link to another disk, and a search from `root` follows none.
    """
    found = (path for folder in FOLDERS for path in (root / folder).rglob("*"))
    names = (path.relative_to(root).as_posix() for path in (*found, *map(root.joinpath, FILES)) if path.is_file())
    return {name for name in names if belongs(name)}


def has_secret(settings: Path) -> bool:
    """Whether a file of settings holds a secret. One that is no TOML does not: Parlor could not start with it."""
    try:
        told = tomllib.loads(settings.read_text("utf-8"))
    except ValueError:
        return False
    sections = {name: section for name in ("server", "stt", "llm") if isinstance(section := told.get(name), dict)}
    return any(section.get("token") or section.get("key") for section in sections.values())
