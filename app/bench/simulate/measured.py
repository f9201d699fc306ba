"""A machine as a table from what `parlor bench ... --json` or `scripts/gpu_check.sh` measured on it. Pure."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from operator import mul
from statistics import median
from typing import Any, Final

from app.bench.simulate.profile import Profile
from app.bench.stages.measured import Measured
from app.bench.stages.targets import COLD, WRITING
from app.errors import SetupError

WORDS_A_SECOND: Final = 2.7
"""Of the speech that is measured with."""
ROW_SHARE: Final = {True: 0.23, False: 0.035}
"""Of a step, what one more answer in it adds, on a processor and on a card: nothing measures that alone, so it is as in
profiles.toml."""
_PROMPT = re.compile(r", (\d+) (?:tokens|words)$")
"""The length of a prompt, at the end of a case."""
_FOLDER = re.compile(r"-long(?= on )")
"""gpu_check's Whispers that write a long text."""
_P95: Final = 1.645
"""Standard deviations of a normal distribution below which 95 of 100 values lie."""


def from_report(text: str, name: str, cases: Sequence[str], otherwise: Profile) -> Profile:
    """The profile of a report's models; what was not measured is as in `otherwise`, and `why` says so.

    `cases`: a part of the name of each model meant, where several were measured. Raises `SetupError`.
    """
    try:
        rows = [_row(each) for each in json.loads(text)["measured"] if each["part"] in _TIMED and not each["cold"]]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SetupError(f"{name} is not what parlor bench --json writes", fix="Measure with --json.") from error
    if not rows:
        raise SetupError(f"{name} measures no engine", fix="Use: parlor bench all --json.")
    if unknown := [part for part in cases if not any(part in _model(row) for row in rows)]:
        raise SetupError(f"no model of {name} is called {unknown[0]}", fix=f"Use: {_known(rows)}.")
    profile, why, used = otherwise, list[str](), list[Measured]()
    for part, timed in _TIMED.items():
        measured = [row for row in rows if row.part == part]
        if not measured:
            why.append(f"{part} as {otherwise.name}")
            continue
        case = _case(measured, cases)
        chosen = [row for row in measured if _model(row) == case]
        profile = timed(profile, chosen)
        used += chosen
        why.append(case)
    return replace(profile, name=name, why=", ".join(why), spread=_spread(used))


def _row(each: dict[str, Any]) -> Measured:
    row = Measured(**{field.name: each[field.name] for field in fields(Measured)})
    row = replace(row, values=tuple(map(float, row.values)))
    if not row.values or not all(0 < value < math.inf for value in row.values):
        raise ValueError(f"{row.name}: not times")
    return replace(row, case=str(row.case), name=str(row.name))


def _model(row: Measured) -> str:
    return _PROMPT.sub("", _FOLDER.sub("", row.case))


def _known(rows: Iterable[Measured]) -> str:
    return "; ".join(dict.fromkeys(map(_model, rows)))


def _case(rows: Sequence[Measured], wanted: Sequence[str]) -> str:
    known = list(dict.fromkeys(map(_model, rows)))
    found = [case for case in known if len(known) == 1 or any(part in case for part in wanted)]
    if len(found) != 1:
        raise SetupError(f"several models were measured: {_known(rows)}", fix="Name one of them with --case.")
    return found[0]


def _stt(profile: Profile, rows: Sequence[Measured]) -> Profile:
    pass_ms, second_ms = _line(_lengths(rows, r"final, (\d+(?:\.\d+)?) s$"))
    return replace(profile, stt_ms=pass_ms, stt_word_ms=second_ms / WORDS_A_SECOND)


def _llm(profile: Profile, rows: Sequence[Measured]) -> Profile:
    cold = [(row, _PROMPT.search(row.case)) for row in rows if row.name == COLD]
    _, token_ms = _line([(float(found[1]), row.spread.p50) for row, found in cold if found])
    paces = [row.spread.p50 for row in rows if row.name == WRITING]
    if not paces:
        raise SetupError("the report lacks the pace of writing", fix="Measure again: parlor bench llm --json.")
    step_ms = 1000 / paces[0]
    row_ms = step_ms * ROW_SHARE[" on cpu" in rows[0].case]
    return replace(profile, llm_step_ms=step_ms - row_ms, llm_row_ms=row_ms, llm_prompt_ms=token_ms)


def _tts(profile: Profile, rows: Sequence[Measured]) -> Profile:
    # Texts are spoken clause by clause: what each clause costs beside its letters is among what the letters cost.
    clause_ms, char_ms = _line(_lengths(rows, r"all of (\d+) characters$"))
    return replace(profile, tts_ms=clause_ms, tts_char_ms=char_ms)


_TIMED: Final = {"stt": _stt, "llm": _llm, "tts": _tts}


def _lengths(rows: Iterable[Measured], pattern: str) -> list[tuple[float, float]]:
    """What each length took."""
    return [(float(found[1]), row.spread.p50) for row in rows if (found := re.match(pattern, row.name))]


def _line(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """What the least costs, and each more: through the points by least squares of their shares, neither below nothing.

    Callers speak for seconds: what half a minute takes must not decide it.
    """
    if len({x for x, _ in points}) < 2:
        raise SetupError("the report lacks lengths of speech, prompt or text", fix="Measure again with --json.")
    weights = [y**-2 for _, y in points]
    x, y = (sum(map(mul, weights, each)) / sum(weights) for each in zip(*points, strict=True))
    across = sum(weight * (a - x) ** 2 for weight, (a, _) in zip(weights, points, strict=True))
    slope = sum(weight * (a - x) * (b - y) for weight, (a, b) in zip(weights, points, strict=True)) / across
    slope = max(0.0, slope)
    return max(0.0, y - slope * x), slope


def _spread(rows: Sequence[Measured]) -> float:
    """Of the logarithm of every time: the median of what the reports' p95 say."""
    return median(abs(math.log(row.spread.p95 / row.spread.p50)) / _P95 for row in rows)
