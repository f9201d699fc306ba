"""What a source has of one file, and what must arrive for it to be believed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.errors import SetupError
from app.hub.manifest import Model, ModelFile

_SHA256 = re.compile("[0-9a-f]{64}")
_SHA1 = re.compile("[0-9a-f]{40}")


@dataclass(frozen=True, slots=True)
class Offer:
    """One file as a source has it."""

    place: str
    """Its address or path."""
    origin: str
    """The address or folder of the whole model."""
    revision: str
    """The commit it belongs to, or what the manifest asks for where the source knows no commits."""
    size: int
    """Bytes; 0 where the source does not say."""
    digest: str = ""
    """The source's word for the content: a SHA-256 (large files on the hub), a git blob id (small ones), or empty."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a file must be to be installed; empty and 0 are unknown."""

    size: int
    sha256: str
    sha1: str
    """Git's blob id, or a plain SHA-1."""
    fix: str
    """What to do when it is not."""

    @property
    def tag(self) -> str:
        """Names a part of this content, so that it is never continued with another's."""
        return (self.sha256 or self.sha1 or str(self.size))[:16]


def expected(model: Model, file: ModelFile, offer: Offer, recorded: str) -> Expected:
    """What `offer` must turn out to be, from the manifest, the source, and `recorded`: its SHA-256 when it first came.

    The manifest overrules the record: who changes one there means it. Raises `SetupError` when the source says that it
    has something else.
    """
    known = file.sha256 or recorded
    fix = _NOT_AS_IN_MANIFEST if file.sha256 or not recorded else _changed(model)
    offered = offer.digest if _SHA256.fullmatch(offer.digest) else ""
    fault = ""
    if known and offered and offered != known:
        fault = f"SHA-256 {short(offered)} in place of {short(known)}"
    elif file.size and offer.size and offer.size != file.size:
        fault = f"{offer.size} bytes in place of {file.size}"
    if fault:
        raise SetupError(f"{model.name}: {offer.place} has {fault}", fix=fix)
    sha1 = offer.digest if _SHA1.fullmatch(offer.digest) else ""
    return Expected(file.size or offer.size, known or offered, sha1, fix)


def short(digest: str) -> str:
    """The beginning of a hash, for people."""
    return f"{digest[:12]}..." if digest else "unknown"


_NOT_AS_IN_MANIFEST = (
    "Run this again. If it stays so, the publisher changed it or the source has another file of this name: update "
    "Parlor, take another source (--hub URL, --from FOLDER), or correct models/manifest.toml."
)


def _changed(model: Model) -> str:
    return (
        "It is not what it was when it first came: the publisher changed it, or somebody in between did. To take the "
        f"new one: parlor models remove {model.name} && parlor models download {model.name}"
    )
