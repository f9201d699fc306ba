"""A machine as a table from what `parlor bench ... --json` or `scripts/gpu_check.sh` measured on it. Pure."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from typing import Any, Final

from app.bench.simulate.profile import Profile
from app.bench.stages.measured import Measured
from app.bench.stages.targets import COLD, WRITING
from app.errors import SetupError

WORDS_A_SECOND: Final = 2.7
"""Of the speech that is measured with."""
ROW_SHARE: Final = 0.2
"""Of a step, what one more answer in it adds to it: nothing measures that alone."""
_PROMPT = re.compile(r", (\d+) (?:tokens|words)$")
"""The length of a prompt, at the end of a case."""
_P95: Final = 1.645
"""Standard deviations of a normal distribution below which 95 of 100 values lie."""


def from_report(text: str, name: str, cases: Sequence[str], otherwise: Profile) -> Profile:
    """The profile of a report's models; what was not measured is as in `otherwise`, and `why` says so.

    `cases`: parts of the names of the models meant, where several were measured. Raises `SetupError`.
    """
    try:
        rows = [_row(each) for each in json.loads(text)["measured"] if each["values"] and not each["cold"]]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SetupError(f"{name} is not what parlor bench --json writes", fix="Measure with --json.") from error
    profile, why = otherwise, list[str]()
    for part, timed in (("stt", _stt), ("llm", _llm), ("tts", _tts)):
        if measured := [row for row in rows if row.part == part]:
            case = _case(measured, cases)
            profile = timed(profile, [row for row in measured if _model(row) == case])
            why.append(case)
        else:
            why.append(f"{part} as {otherwise.name}")
    if profile is otherwise:
        raise SetupError(f"{name} measures no engine", fix="Use: parlor bench all --json.")
    return replace(profile, name=name, why=", ".join(why), spread=_spread(rows))


def _row(each: dict[str, Any]) -> Measured:
    return Measured(**{field.name: each[field.name] for field in fields(Measured)})


def _model(row: Measured) -> str:
    """A case without the length of the prompt, and of the text that a made-up Whisper writes."""
    return _PROMPT.sub("", row.case).replace("-long", "")


def _case(rows: Iterable[Measured], wanted: Sequence[str]) -> str:
    known = list(dict.fromkeys(map(_model, rows)))
    found = [case for case in known if len(known) == 1 or any(part in case for part in wanted)]
    if len(found) != 1:
        raise SetupError(f"several models were measured: {'; '.join(known)}", fix="Name one of them with --case.")
    return found[0]


def _stt(profile: Profile, rows: Sequence[Measured]) -> Profile:
    pass_ms, second_ms = _line(_lengths(rows, r"final, ([\d.]+) s$"))
    return replace(profile, stt_ms=pass_ms, stt_word_ms=second_ms / WORDS_A_SECOND)


def _llm(profile: Profile, rows: Sequence[Measured]) -> Profile:
    cold = [(row, _PROMPT.search(row.case)) for row in rows if row.name == COLD]
    _, token_ms = _line([(float(found[1]), row.spread.p50) for row, found in cold if found])
    step_ms = next((1000 / row.spread.p50 for row in rows if row.name == WRITING), profile.llm_step_ms)
    row_ms = ROW_SHARE * step_ms
    return replace(profile, llm_step_ms=step_ms - row_ms, llm_row_ms=row_ms, llm_prompt_ms=token_ms)


def _tts(profile: Profile, rows: Sequence[Measured]) -> Profile:
    clause_ms, char_ms = _line(_lengths(rows, r"all of (\d+) characters$"))
    return replace(profile, tts_ms=clause_ms, tts_char_ms=char_ms)


def _lengths(rows: Iterable[Measured], pattern: str) -> list[tuple[float, float]]:
    """What each length took."""
    return [(float(found[1]), row.spread.p50) for row in rows if (found := re.match(pattern, row.name))]


def _line(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """What the least costs, and each more: through the points by least squares, neither below nothing."""
    if not points:
        raise SetupError("the report lacks a length of speech, prompt or text", fix="Measure again with --json.")
    xs, ys = zip(*points, strict=True)
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    square = sum((each - x) ** 2 for each in xs)
    slope = sum((a - x) * (b - y) for a, b in points) / square if square else 0.0
    slope = max(0.0, slope)
    return max(0.0, y - slope * x), slope


def _spread(rows: Sequence[Measured]) -> float:
    """Of the logarithm of every time: the median of what the reports' p95 say."""
    spreads = [row.spread for row in rows if row.unit == "ms"]
    found = sorted(math.log(each.p95 / each.p50) / _P95 for each in spreads if each.p50 > 0)
    return found[len(found) // 2] if found else 0.0
