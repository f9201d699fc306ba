"""`python -m scripts.peers.curves`: how long both wait for the end of a turn, against how often they cut callers off.

Nobody waits for a recogniser, and no time passes: the rules alone, on the same calls. Parlor's are those of `parlor
bench endpoint`, which knows the words that are spoken; pipecat's hears them.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from math import isfinite
from pathlib import Path

import numpy as np

from app.audio import to_pcm
from app.bench.calls.call import Call
from app.bench.endpoint.detector import hear
from app.bench.endpoint.replay import SURE_MS, Outcome
from app.bench.endpoint.report import Bench, Report
from app.bench.endpoint.score import Point, mean_ms_at, point
from app.config import load
from app.errors import ParlorError
from app.interfaces import RATE_HZ
from scripts.peers.install import make_venv
from scripts.peers.measure import calls
from scripts.peers.sides import OUT, ROOT, SIDES, VENV


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser("peers.curves", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=100, help="calls of each of the two sets (100)")
    parser.add_argument("--out", type=Path, default=OUT, metavar="DIR")
    args = parser.parse_args()
    try:
        make_venv()
        held = list(calls(0, args.count))
        config = load(None, os.environ, ())
        # Live calls are not asked anything before either.
        heard = [replace(each, asked="") for each in hear(held, config)]
        ours = Bench(heard, config.vad.min_speech_ms).report()
        theirs = _theirs(held, args.out)
    except ParlorError as error:
        sys.stderr.write(f"peers: {error.message}\n  {error.fix}\n")
        return 1
    found = {"parlor": asdict_points(ours.curves["default"]), "pipecat": asdict_points(theirs)}
    (args.out / "curves.json").write_text(json.dumps(found, indent=1), "utf-8")
    text = "\n".join(lines(ours, theirs))
    (args.out / "curves.md").write_text(f"{text}\n", "utf-8")
    sys.stdout.write(f"{text}\n")
    return 0


def _theirs(held: Sequence[Call], out: Path) -> list[Point]:
    rules = {side.name: dict(side.pipecat) for side in SIDES.values() if side.kind == "pipecat"}
    out.mkdir(parents=True, exist_ok=True)
    file = out / "calls.npz"
    np.savez(file, allow_pickle=False, **{call.name: to_pcm(call.audio) for call in held})
    command = (str(VENV / "bin" / "python"), "-m", "scripts.peers.policy", str(file), json.dumps(rules))
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    ends: dict[str, dict[str, list[float]]] = json.loads(done.stdout)
    return [point(rule, [judged(call, found[call.name]) for call in held]) for rule, found in ends.items()]


def judged(call: Call, ends_s: Sequence[float]) -> Outcome:
    """What became of a call whose turns were ended then, judged as `parlor bench endpoint` judges Parlor."""
    sure = (call.end - SURE_MS * RATE_HZ / 1000) / RATE_HZ
    last = next((at for at in ends_s if at >= sure), None)
    wait = None if last is None else round(last * 1000 - call.end * 1000 / RATE_HZ)
    return Outcome(call.name, call.set, call.language, ("",) * sum(at < sure for at in ends_s), wait, call.text)


def lines(ours: Report, theirs: Sequence[Point]) -> Iterator[str]:
    """Markdown: the rules, and our waits at the cut-offs of each of theirs."""
    curve = ours.curves["default"]
    yield "| rule | mean wait | median | p95 | cut-offs in 100 | end not heard | Parlor's mean wait at these cut-offs |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for each in (*ours.profiles.values(), *theirs):
        name = each.rule if each in theirs else f"Parlor, {each.rule}"
        wait = mean_ms_at(curve, each.cut_offs)
        share = f"{wait:.0f} ms ({wait / each.mean_ms:.2f} of it)" if each in theirs and isfinite(wait) else ""
        yield (
            f"| {name} | {each.mean_ms:.0f} ms | {each.median_ms:.0f} ms | {each.p95_ms:.0f} ms | "
            f"{each.cut_offs:.0f} | {each.lost} of {each.of} | {share} |"
        )


def asdict_points(points: Sequence[Point]) -> list[Mapping[str, object]]:
    """For JSON."""
    return [asdict(each) for each in points]


if __name__ == "__main__":
    raise SystemExit(main())
