"""`python -m scripts.peers`: Parlor beside pipecat. Needs espeak-ng and flite, and compiles llama.cpp for the peer."""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.errors import ParlorError, SetupError
from scripts.peers.capture import Outcome
from scripts.peers.figures import BAR, Beside, beside, by_side, rows, shared, table, undisturbed
from scripts.peers.install import make_venv
from scripts.peers.measure import calls, measured
from scripts.peers.running import serving
from scripts.peers.sides import GPU, OUT, SIDES

USUAL = ("parlor", "pipecat", "smart-3-vad-0.8", "fixed-1000", "fixed-1200", "fixed-1500")
"""pipecat as it ships, and what cuts off about as seldom as Parlor (`curves.md`)."""


def main() -> int:
    """The command line; 0 when the bar is met."""
    args = _parser().parse_args()
    try:
        make_venv()
        file = args.out / f"outcomes-{args.padding}.json"
        if not args.report:
            args.out.mkdir(parents=True, exist_ok=True)
            asyncio.run(_measure(args, _Kept(file, add=args.add).keep))
        return _report(_counted(file, args.others), file)
    except ParlorError as error:
        sys.stderr.write(f"peers: {error.message}\n  {error.fix}\n")
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("peers", description="Parlor beside pipecat: the same callers, models and clock.")
    parser.add_argument("--count", type=int, default=5, help="calls of each of the two sets (5: some seven minutes)")
    parser.add_argument("--first", type=int, default=0, help="the first call of each set")
    parser.add_argument("--side", choices=SIDES, action="append", help=f"who is measured ({', '.join(USUAL)})")
    parser.add_argument("--padding", choices=("none", "gpu"), default="none", help="engines as slow as on a GPU")
    parser.add_argument("--add", action="store_true", help="add to what was measured before, instead of replacing it")
    parser.add_argument("--report", action="store_true", help="measure nothing, only say what was measured")
    parser.add_argument(
        "--others",
        type=float,
        default=1.0,
        help="no calls while other programs take more than this share of the processor (1: whatever they take)",
    )
    parser.add_argument("--out", type=Path, default=OUT, metavar="DIR")
    return parser


async def _measure(args: argparse.Namespace, keep: Callable[[Outcome], None]) -> None:
    sides = [SIDES[name] for name in args.side or USUAL]
    held = list(calls(args.first, args.count))
    async with serving(sides, GPU if args.padding == "gpu" else None, args.out / "logs") as running:
        async for each in measured(running, held, args.others):
            keep(each)


class _Kept:
    """Outcomes in a file, which is written anew with each."""

    def __init__(self, file: Path, *, add: bool) -> None:
        self._file = file
        self._found = _read(file) if add and file.exists() else []

    def keep(self, each: Outcome) -> None:
        """Say it, and write it down."""
        self._found.append(each)
        waits = f"wait {_ms(each.wait_ms)}  voice {_ms(each.voice_ms)}"
        _say(f"{each.call:12} {each.side:36} cuts {each.cuts}  {waits}  others {each.foreign:.0%}")
        self._file.write_text(json.dumps([asdict(outcome) for outcome in self._found], indent=1), "utf-8")


def _ms(ms: float | None) -> str:
    return "none" if ms is None else f"{ms:4.0f} ms"


def _read(file: Path) -> list[Outcome]:
    known: list[dict[str, Any]] = json.loads(file.read_text("utf-8"))
    return [Outcome(**each) for each in known]


def _counted(file: Path, others: float) -> list[Outcome]:
    if not file.exists():
        raise SetupError(f"{file} is missing", fix="Measure first, without --report.")
    if found := shared(undisturbed(_read(file), others)):
        return found
    raise SetupError("no call was undisturbed with every side", fix="Try again on a calmer machine, or raise --others.")


def _report(outcomes: Sequence[Outcome], file: Path) -> int:
    sides = by_side(outcomes)
    theirs = {name: found for name, found in sides.items() if name.startswith("pipecat")}
    lines = table(rows(outcomes))
    compared: list[Beside] = []
    if theirs:
        rng = random.Random(0)
        compared = [beside(found, theirs, rng) for name, found in sides.items() if name not in theirs]
    for each in compared:
        lines += ["", _sentence(each)]
    file.with_name(file.name.replace("outcomes", "table").replace(".json", ".md")).write_text("\n".join(lines) + "\n")
    everything = {"rows": [asdict(each) for each in rows(outcomes)], "beside": [asdict(each) for each in compared]}
    file.with_name(file.name.replace("outcomes", "figures")).write_text(json.dumps(everything, indent=1), "utf-8")
    _say("\n".join(lines))
    return 0 if compared and compared[0].ratio <= BAR else 1


def _sentence(each: Beside) -> str:
    met = "met" if each.ratio <= BAR else "MISSED"
    return (
        f"{each.side}: {each.cut_offs:.0f} cut-offs in 100 calls, voice-to-voice p50 {each.ours_ms:.0f} ms; pipecat's "
        f"at {each.their_cut_offs:.0f} cut-offs {each.theirs_ms:.0f} ms: {each.ratio:.2f} of it ({each.least:.2f} to "
        f"{each.most:.2f}); bar {BAR}: {met}"
    )


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
