"""What was measured on a card, as a short page. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def page(name: str, found: Mapping[str, Any]) -> str:
    """Markdown of one report: the machine, then a table for each case."""
    return "\n".join([*_head(name, found["machine"]), *_tables(found["measured"]), ""])


def _head(name: str, machine: Mapping[str, str]) -> Iterator[str]:
    yield f"# {name}"
    yield ""
    yield "`scripts/gpu_check.sh`: models of real shapes whose weights are random; what they say is worth nothing, and"
    yield "how long they take does not depend on it. Whispers write four tokens for each of 5 s (the same for 2 s),"
    yield "and of 30 s (`-long`, the same for 15 s). Milliseconds unless a row says otherwise."
    yield ""
    for part in ("graphics", "processor", "cores", "system", "engines", "parlor"):
        yield f"- {part}: {machine[part]}"


def _tables(measured: list[Mapping[str, Any]]) -> Iterator[str]:
    for case in dict.fromkeys(each["case"] for each in measured):
        yield from ("", f"## {case}", "", "| | p50 | p95 | of |", "|---|---:|---:|---:|")
        for each in measured:
            if each["case"] == case:
                spread, unit = each["spread"], "" if each["unit"] == "ms" else f", {each['unit']}"
                cold = " (cold)" if each["cold"] else ""
                yield f"| {each['name']}{unit}{cold} | {spread['p50']:.4g} | {spread['p95']:.4g} | {spread['of']} |"
