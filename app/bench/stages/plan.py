"""What a run is to measure, checked before anything is loaded; and the run."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from app import loop
from app.bench.stages import conversations, llm, machine, stt, targets, tts, turns, upkeep
from app.bench.stages.conversations import Draft, Tell
from app.bench.stages.measured import Measured
from app.bench.stages.report import Report
from app.bench.stages.speech import Utterance, joined, recorded, spoken
from app.bench.stages.turns import Turn
from app.errors import SetupError
from app.settings import Config

ALL = "all"
DRAFTS: tuple[Draft, ...] = ("off", "stt", "llm", "full")
CALLERS = (1, 2, 4, 8)
_JOINED = 24
"""Utterances that are joined to long speech for the recogniser."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One run."""

    config: Config
    what: str
    """A word of the command line."""
    count: int
    seed: int
    first: int = 0
    """The turn of the set that conversations begin with."""
    language: str = "en"
    speech: Path | None = None
    """A folder of recordings; None for synthetic callers."""
    stts: tuple[Config, ...] = ()
    drafts: tuple[Draft, ...] = DRAFTS
    callers: tuple[int, ...] = CALLERS

    @classmethod
    def of(cls, config: Config, args: argparse.Namespace, seed: int) -> Self:
        """From the command line. Raises `SetupError` for more callers than there are places."""
        given, most = vars(args), config.session.max_sessions
        callers = tuple(dict.fromkeys(given.get("sessions") or (count for count in CALLERS if count <= most)))
        if max(callers) > most:
            fix = f"Add --set session.max_sessions={max(callers)}, or name fewer with --sessions."
            raise SetupError(f"{max(callers)} callers at once are more than session.max_sessions ({most})", fix=fix)
        return cls(
            config=config,
            what=args.what,
            count=args.count,
            seed=seed,
            first=given.get("first", 0),
            language=given.get("language", "en"),
            speech=given.get("speech"),
            stts=tuple(stt.choices(config, given.get("model") or (), given.get("compute_type") or ())),
            drafts=tuple(dict.fromkeys(given.get("draft") or DRAFTS)),
            callers=callers,
        )

    def includes(self, what: str) -> bool:
        """Whether that is to be measured."""
        return self.what in (what, ALL)

    def utterances(self, which: range) -> list[Utterance]:
        """Of the set of turns, or of the recordings as far as there are any. Raises `SetupError`."""
        return recorded(self.speech, which) if self.speech else spoken(which, self.language, self.seed)


def measured(plan: Plan, tell: Tell) -> Report:
    """Everything in the plan. Raises `SetupError`, `EngineError`."""
    ran_on = machine.described(plan.config)
    found, of_turns = loop.run(_measured(plan, tell))
    figures = tuple(targets.targets(found, of_turns))
    return Report(plan.what, ran_on, tuple(found), tuple(of_turns), figures)


async def _measured(plan: Plan, tell: Tell) -> tuple[list[Measured], list[Turn]]:
    found, talked = await _alone(plan, tell), list[Turn]()
    talks = plan.includes("e2e") or plan.includes("parallel")
    said = plan.utterances(range(plan.first, plan.first + plan.count)) if talks else []
    if plan.includes("e2e"):
        held = await conversations.strategies(plan.config, said, plan.drafts, tell)
        found += turns.measured("e2e", held)
        talked += held
    if plan.includes("parallel"):
        held = await conversations.parallel(plan.config, said, plan.callers, tell)
        found += turns.measured("parallel", held)
        talked += held
    return found, talked


async def _alone(plan: Plan, tell: Tell) -> list[Measured]:
    """Every stage by itself."""
    found = list[Measured]()
    if plan.includes("stt"):
        speech = joined(plan.utterances(range(_JOINED)), stt.LONGEST_S + plan.count)
        for one in plan.stts:
            tell(f"the recogniser {one.stt.model}, {one.stt.compute_type}")
            found += [each async for each in stt.measured(_forgetful(one), speech, plan.count)]
    if plan.includes("llm"):
        tell("the language model")
        found += [each async for each in llm.measured(_forgetful(plan.config), plan.count)]
    if plan.includes("tts"):
        tell("the voice")
        found += [each async for each in tts.measured(_forgetful(plan.config), plan.count)]
    if plan.includes("upkeep"):
        tell("what a call costs beside the engines")
        found += [each async for each in upkeep.measured(plan.config, plan.count)]
    return found


def _forgetful(config: Config) -> Config:
    """Everything is heard and spoken anew, and by no other engine than is named."""
    stt_settings = config.stt.model_copy(update={"cache_s": 0.0, "fallback": ()})
    tts_settings = config.tts.model_copy(update={"cache_mb": 0, "cache_disk_mb": 0, "fallback": ()})
    llm_settings = config.llm.model_copy(update={"fallback": ()})
    return config.model_copy(update={"stt": stt_settings, "llm": llm_settings, "tts": tts_settings})
