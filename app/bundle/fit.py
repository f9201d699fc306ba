"""Which machines a bundle fits: read from wheel names, from what was compiled here, and from the processor."""

from __future__ import annotations

import re
from collections.abc import Iterable

from app.install.llama import PORTABLE_FLAGS

Version = tuple[int, ...]

_NATIVE = frozenset(("abm", "bmi1", "bmi2", "f16c", "fma", "gfni", "movbe", "popcnt", "sse4_1", "sse4_2", "ssse3"))
_NATIVE_FAMILIES = ("amx", "avx")
"""What a compiler uses by itself when told to compile for the processor at hand."""
_LEGACY = {"manylinux1": (2, 5), "manylinux2010": (2, 12), "manylinux2014": (2, 17)}
"""PEP 513, 571 and 599: names from before a tag held its glibc."""
_SYMBOL = re.compile(rb"\0GLIBC_(\d+(?:\.\d+)+)(?=\0)")


def glibc_of(wheel: str) -> Version | None:
    """The glibc that a wheel's file name asks for: () for none, None where it was compiled here and does not say."""
    platform = wheel.removesuffix(".whl").rsplit("-", 1)[-1]
    found = [_glibc(tag) for tag in platform.split(".")]
    known = [version for version in found if version is not None]
    return min(known) if known else None


def _glibc(tag: str) -> Version | None:
    if tag == "any":
        return ()
    if match := re.match(r"manylinux_(\d+)_(\d+)_", tag):
        return int(match[1]), int(match[2])
    return _LEGACY.get(tag.split("_")[0])


def glibc_in(library: bytes) -> Version:
    """The newest glibc whose symbols a compiled library names; () for none."""
    return max((version(found.decode()) for found in _SYMBOL.findall(library)), default=())


def version(text: str) -> Version:
    """ "2.36" as numbers."""
    return tuple(map(int, text.split(".")))


def dotted(parts: Version) -> str:
    """Numbers as "2.36"."""
    return ".".join(map(str, parts))


def flags(cpuinfo: str) -> frozenset[str]:
    """The features of the first processor in the text of /proc/cpuinfo."""
    match = re.search(r"^(?:flags|Features)\s*:(.*)$", cpuinfo, re.MULTILINE)
    return frozenset(match[1].split()) if match else frozenset()


def cpu_needs(architecture: str, available: Iterable[str], *, native: bool) -> tuple[str, ...]:
    """The flags that llama.cpp asks for: of exactly this processor when compiled `native`, else of a common one."""
    if architecture != "x86_64":
        return tuple(sorted(available)) if native else ()
    if not native:
        return PORTABLE_FLAGS
    return tuple(sorted(f for f in available if f in _NATIVE or f.startswith(_NATIVE_FAMILIES)))
