"""`parlor bench simulate`: conversations in virtual time, what must hold in them, and how long callers wait."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.bench.score import Figure
from app.bench.simulate.script import TEMPERS
from app.errors import SetupError
from app.settings import Config

if TYPE_CHECKING:
    from app.bench.simulate.measure import Breach
    from app.bench.simulate.profile import Profile
    from app.bench.simulate.world import Setting

LEVELS = ("off", "stt", "llm", "full")
KEEP_S = 2.0
"""A session outlives its socket for so long: a caller who never comes back ends it soon."""


def add_parser(what: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse names no type for it
    """Adds `simulate`."""
    help_text = "conversations in virtual time: the real session between scripted engines and callers"
    simulate = what.add_parser("simulate", parents=[common], help=help_text, description=help_text)
    simulate.add_argument("--conversations", type=_positive, default=100, help="at each level of drafting (100)")
    profile_help = "service times: a name in profiles.toml (this_cpu), or FILE.json of `bench all --json` or gpu_check"
    case_help = "what only one model's name in that file has; one for each engine that has several"
    simulate.add_argument("--profile", default="this_cpu", metavar="NAME|FILE", help=profile_help)
    simulate.add_argument("--case", action="append", default=[], help=case_help)
    simulate.add_argument("--level", choices=(*LEVELS, "auto"), action="append", help="only this; repeatable")
    simulate.add_argument("--temper", choices=[*TEMPERS], default="calm", help="of the callers (calm)")
    simulate.add_argument("--sessions", type=_positive, default=1, help="callers at once, on the same engines (1)")
    simulate.add_argument("--faults", type=float, default=0.0, help="share of engine jobs that fail (0)")
    simulate.add_argument("--seed", type=int, default=20)
    simulate.add_argument("--replay", metavar="SEED", help="print one conversation's log, by the seed of a breach")
    simulate.add_argument("--json", action="store_true", help="everything that was measured, as one JSON object")


def run(config: Config, args: argparse.Namespace) -> int:
    """0 when every bar is met and every rule holds. Raises `SetupError` where there is no such profile."""
    # The session and the callers' texts take seconds to import, and `--help` must not.
    from app.bench.simulate.figures import HEAD, figures, row
    from app.bench.simulate.measure import measure

    profile = _profile(args)
    if args.replay:
        return _replay(_setting(config, args, profile, (args.level or LEVELS)[-1]), args.replay)
    worlds = -(-args.conversations // args.sessions)
    seeds = [f"{args.seed}-{number}" for number in range(worlds)]
    found = [measure(_setting(config, args, profile, level), seeds) for level in args.level or LEVELS]
    breaches = [breach for each in found for breach in each.breaches]
    last = found[-1].level
    bars = list(figures(last, args.profile)) if (args.temper, last.name) == ("calm", "full") else []
    if args.json:
        levels = [asdict(each.level) for each in found]
        wrong = [asdict(breach) for breach in breaches]
        times = {"profile": args.profile, "times": profile.why}
        _say(json.dumps({**times, "levels": levels, "bars": _plain(bars), "breaches": wrong}))
    else:
        rows = [HEAD, *(row(each.level) for each in found), *map(bar_row, bars), f"times: {profile.why}"]
        _say("\n".join([*rows, *_shown(breaches)]))
    return 0 if all(bar.met for bar in bars) and not breaches else 1


def bar_row(bar: Figure) -> str:
    """A line of the table."""
    return f"{bar.name:34} {bar.value:6.1f} {bar.unit}, at most {bar.bar:g}: {'met' if bar.met else 'MISSED'}"


def _plain(bars: list[Figure]) -> list[dict[str, object]]:
    return [asdict(bar) | {"met": bar.met} for bar in bars]


def _shown(breaches: list[Breach]) -> list[str]:
    """Each with its seed; of the first, what led to it."""
    told = [f"BREACH, --replay {breach.seed}: {breach.what}" for breach in breaches]
    return [*told[:1], *(breaches[0].log if breaches else ()), *told[1:]]


def _replay(setting: Setting, seed: str) -> int:
    from app.bench.simulate.measure import checked
    from app.bench.simulate.world import play

    outcome = play(setting, seed)
    for record in outcome.records:
        _say("\n".join(record.log.lines()))
    breaches = checked(setting, seed, outcome)
    for breach in breaches:
        _say(f"BREACH: {breach.what}")
    return 1 if breaches else 0


def _setting(config: Config, args: argparse.Namespace, profile: Profile, level: str) -> Setting:
    from app.bench.simulate.world import Setting

    changed = {"draft": level, "keep_s": KEEP_S, "max_sessions": args.sessions}
    settings = config.model_copy(update={"session": config.session.model_copy(update=changed)})
    return Setting(profile, settings, TEMPERS[args.temper], sessions=args.sessions, faults=args.faults)


def _profile(args: argparse.Namespace) -> Profile:
    from app.bench.simulate.measured import from_report
    from app.bench.simulate.profile import MEASURED, load

    file = Path(args.profile)
    if file.suffix != ".json":
        if args.case:
            raise SetupError("--case names a model of a measured file", fix="Give --profile FILE.json with it.")
        return load(args.profile)
    try:
        return from_report(file.read_text("utf-8"), file.name, args.case, load(MEASURED))
    except (OSError, UnicodeError) as error:
        raise SetupError(f"{file} cannot be read: {error}", fix="Name a file of parlor bench --json.") from error


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _positive(text: str) -> int:
    if (count := int(text)) < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return count
