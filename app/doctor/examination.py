"""Looks at everything, one group after the other. A check that fails is a finding itself."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cached_property
from pathlib import Path

from app.config import ROOT
from app.doctor.child import ask, run
from app.doctor.finding import Finding, Section, error, warning
from app.doctor.machine import is_portable, memory_mb, read_machine
from app.doctor.network import read_network
from app.doctor.remotes import read_remotes
from app.doctor.rules.card import CardFacts, devices, judge_card, meant_for_card, on_card
from app.doctor.rules.engines import Trial, crashed, judge_trials
from app.doctor.rules.gguf import HEAD_BYTES, CacheShape, cache_mb, cache_shape
from app.doctor.rules.libraries import LIBRARIES, Seen, judge_libraries
from app.doctor.rules.machine import judge_machine
from app.doctor.rules.memory import Load, judge_card_memory, judge_memory, loads
from app.doctor.rules.models import ModelFacts, judge_models, usable
from app.doctor.rules.network import NetworkFacts, judge_network
from app.doctor.rules.remotes import judge_remotes
from app.doctor.rules.sound import SoundFacts, judge_sound
from app.errors import ParlorError
from app.install import toolkit
from app.install.card import Card
from app.install.plan import Machine, decide
from app.install.system import this_system
from app.settings import Config

ASK_LIMIT_S = 60.0
"""For loading libraries: a cold disk takes seconds."""
SELF_TEST_LIMIT_S = 600.0
"""Loading 8 GB from a slow disk takes minutes; each engine has limits of its own."""
ENGINES = "engines"
Check = Callable[[], Iterable[Finding]]


class Examination:
    """One look at the machine for one configuration. Nothing is changed by it."""

    def __init__(self, config: Config, models: Path) -> None:
        """`models` is the folder of the manifest, the lock and what was downloaded."""
        self._config = config
        self._folder = models
        self._checks: dict[str, dict[str, Check]] = {
            "machine": {"machine": self._machine, "memory": self._memory},
            "card": {"card": self._card},
            "libraries": {"libraries": self._libraries},
            "models": {"models": self._models},
            "sound": {"sound": self._sound},
            "network": {"network": self._network},
            ENGINES: {"self-test": self._engines},
        }

    def sections(self, *, self_test: bool) -> Iterator[Section]:
        """The groups in their order, each as soon as it is done."""
        return (self.section(group) for group in self._checks if self_test or group != ENGINES)

    def section(self, group: str) -> Section:
        """One of them."""
        found = (finding for name, look in self._checks[group].items() for finding in _guarded(name, look))
        return Section(group, tuple(found))

    # ---- facts that several groups want

    @cached_property
    def _read(self) -> tuple[ModelFacts, ...] | Exception:
        try:
            from app.doctor.models import read_models  # needs libraries that may be missing

            return read_models(self._config, self._folder)
        except (ParlorError, ImportError) as fault:  # the group of models tells of it, once
            return fault

    @property
    def _found(self) -> tuple[ModelFacts, ...]:
        return () if isinstance(self._read, Exception) else self._read

    @cached_property
    def _network_facts(self) -> NetworkFacts:
        return read_network(self._config.server)

    @cached_property
    def _facts(self) -> CardFacts:
        told = ask("card", ("driver", "ctranslate2", "llama.cpp"), ASK_LIMIT_S)
        driver, speech, llama = told["driver"], told["ctranslate2"], told["llama.cpp"]
        cards = tuple(Card(**{**card, "cuda": tuple(card["cuda"])}) for card in driver.get("cards", ()))
        plan = (
            decide("auto", Machine(cards, "", False, toolkit.installed(os.environ), this_system())) if cards else None
        )
        return CardFacts(
            cards=cards,
            why_no_card=driver.get("why_no_card", f"the driver {driver.get('fault')}"),
            silent=driver.get("silent", True),
            speech_types=tuple(speech.get("types", ())),
            speech_fault=speech.get("fault", ""),
            cublas_fault=speech.get("cublas_fault", ""),
            llama_offloads=llama.get("offloads", False),
            llama_fault=llama.get("fault", ""),
            build_fault=plan.warning if plan else "",
        )

    def _loads(self, on_card: Collection[str]) -> tuple[Load, ...]:
        config = self._config
        if config.llm.url:
            return loads(self._found, 0, on_card)
        cache = cache_mb(self._cache_shape(), config.session.max_sessions, config.llm.context_tokens)
        return loads(self._found, cache, on_card)

    def _cache_shape(self) -> CacheShape | None:
        """Of the language model; None where its file does not tell."""
        try:
            with (ROOT / self._config.llm.model).open("rb") as file:
                return cache_shape(file.read(HEAD_BYTES))
        except OSError:
            return None

    # ---- the groups

    def _machine(self) -> Iterable[Finding]:
        missing_mb = sum(model.missing_mb for model in self._found)
        sessions = self._config.session.max_sessions
        machine = read_machine(self._folder)
        return judge_machine(machine, portable=is_portable(), missing_mb=missing_mb, sessions=sessions)

    def _memory(self) -> Iterable[Finding]:
        yield judge_memory(self._loads(on_card(self._facts, self._config)), *memory_mb())

    def _card(self) -> Iterable[Finding]:
        yield from judge_card(self._facts, self._config)
        for card in self._facts.cards[:1]:
            yield from judge_card_memory(self._loads(meant_for_card(self._facts, self._config)), card.memory_mb)

    def _libraries(self) -> Iterable[Finding]:
        told = ask("libraries", [library.package for library in LIBRARIES], ASK_LIMIT_S)
        return judge_libraries({package: Seen(**answer) for package, answer in told.items()}, portable=is_portable())

    def _models(self) -> Iterable[Finding]:
        if isinstance(self._read, Exception):
            raise self._read
        return judge_models(self._read)

    def _sound(self) -> Iterable[Finding]:
        told = ask("sound", ["sound"], ASK_LIMIT_S)["sound"]
        told.pop("signal", None)
        return judge_sound(SoundFacts(**told))

    def _network(self) -> Iterable[Finding]:
        yield from judge_network(self._config.server, self._network_facts)
        yield from judge_remotes(read_remotes(self._config))

    def _engines(self) -> Iterable[Finding]:
        if not usable(self._found):
            return [warning("self-test", "not made, because models are not here", "Mend what the models' lines name.")]
        if self._facts.cards and (there := self._network_facts.parlor) and there.ready:
            what = "not made beside the Parlor that serves here: the card may not have room for all models twice"
            return [warning("self-test", what, "Stop it first. That it serves tells that its engines work.")]
        outcome = run("engines", [], SELF_TEST_LIMIT_S, self._config.model_dump_json())
        trials = [Trial(name, **answer) for name, answer in outcome.answers.items()]
        if outcome.fault:
            trials.append(crashed(outcome.fault, outcome.signal, outcome.errors, outcome.at, portable=is_portable()))
        has_card = self._facts.cards or self._facts.silent
        loud = [engine for engine, device in devices(self._config).items() if device != "cpu" and has_card]
        return judge_trials(trials, sessions=self._config.session.max_sessions, loud=loud)


def _guarded(name: str, look: Check) -> tuple[Finding, ...]:
    """What `look` finds; whatever it raises is a finding too."""
    found: list[Finding] = []
    try:
        found.extend(look())
    except ParlorError as fault:
        found.append(error(name, fault.message, fault.fix))
    except Exception as fault:  # noqa: BLE001 - a doctor that dies of one symptom tells nothing of the others
        what = f"this could not be looked at: {type(fault).__name__}: {fault}"
        found.append(error(name, what, "Report this with the doctor's whole output."))
    return tuple(found)
