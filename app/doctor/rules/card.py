"""Whether the card is used by the engines that could. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.doctor.finding import Finding, ok, shown, warning
from app.install.card import Card
from app.settings import Config, Device, LlmSettings, SttSettings

SETUP = "make setup PARLOR_ACCEL=cuda"
CUBLAS = "python -m pip install --constraint constraints.txt nvidia-cublas-cu12"
LOUD = "RUNS ON THE CPU THOUGH A CARD IS THERE"


@dataclass(frozen=True, slots=True)
class CardFacts:
    """What the driver and the two libraries that use a card say."""

    cards: tuple[Card, ...]
    why_no_card: str
    silent: bool = False
    """There is a card that the driver does not show."""
    speech_types: tuple[str, ...] = ()
    """CTranslate2's compute types on the card; none when it sees no card."""
    speech_fault: str = ""
    """Why CTranslate2 cannot use it, in words."""
    cublas_fault: str = ""
    """Why libcublas.so.12 cannot be loaded, in words."""
    llama_offloads: bool = False
    """Whether llama.cpp was built for a card and finds one."""
    llama_fault: str = ""
    """Why llama.cpp cannot be loaded, in words."""
    build_fault: str = ""
    """Why llama.cpp could not be built for the card, and what mends it."""


def judge_card(facts: CardFacts, config: Config) -> Iterator[Finding]:
    """The card, the driver, and who uses it."""
    if not facts.cards:
        yield _none(facts, config)
        return
    for card in facts.cards:
        newest = ".".join(map(str, card.cuda))
        detail = f"{card.name}, {shown(card.memory_mb)}, compute {card.compute}"
        yield ok("card", f"{detail}, driver {card.driver or 'unknown'} (CUDA {newest})")
    yield _by_choice("CTranslate2", "stt", config.stt) or _speech(facts)
    yield _by_choice("llama.cpp", "llm", config.llm) or _llama(facts)


def meant_for_card(facts: CardFacts, config: Config) -> frozenset[str]:
    """The settings whose models belong on the card."""
    return frozenset(f"{name}.model" for name, device in devices(config).items() if facts.cards and device != "cpu")


def devices(config: Config) -> dict[str, Device]:
    """Where the recogniser and the language model are to run, of those that run in this process."""
    return {name: part.device for name, part in _engines(config) if not part.url}


def on_card(facts: CardFacts, config: Config) -> frozenset[str]:
    """Those of them that will get there, as things are."""
    able = {"stt.model": facts.speech_types and not facts.cublas_fault, "llm.model": facts.llama_offloads}
    return frozenset(setting for setting in meant_for_card(facts, config) if able[setting])


def _none(facts: CardFacts, config: Config) -> Finding:
    why = facts.why_no_card
    wanted = {f"{name}.device": device for name, device in devices(config).items()}
    if set(wanted.values()) <= {"cpu"}:
        return ok("card", f"{why}; everything runs on the CPU, as set")
    if facts.silent:
        fix = "Do as it says. In a container: give it the card (docker run --gpus all)."
        return warning("card", f"{why}. EVERYTHING {LOUD}", fix)
    if wanting := [name for name, device in wanted.items() if device == "cuda"]:
        fix = "Use --config cpu, or set the devices to auto."
        return warning("card", f"{why}, but {' and '.join(wanting)} want one. EVERYTHING RUNS ON THE CPU", fix)
    return ok("card", f"{why}; everything runs on the CPU")


def _engines(config: Config) -> tuple[tuple[str, SttSettings | LlmSettings], ...]:
    return (("stt", config.stt), ("llm", config.llm))


def _by_choice(name: str, engine: str, settings: SttSettings | LlmSettings) -> Finding | None:
    if settings.url:
        return ok(name, f"not used, because {engine}.url names a server")
    if settings.device != "cpu":
        return None
    return ok(name, f"on the CPU, because {engine}.device is cpu")


def _speech(facts: CardFacts) -> Finding:
    if facts.cublas_fault:
        return warning(
            "CTranslate2",
            f"hearing {LOUD}: {facts.cublas_fault}",
            "CTranslate2 needs libcublas.so.12.",
            CUBLAS,
            mendable=True,
        )
    if not facts.speech_types:
        why = facts.speech_fault or "CTranslate2 sees no card"
        return warning("CTranslate2", f"hearing {LOUD}: {why}", "Update the driver: CUDA 12 is the oldest that works.")
    return ok("CTranslate2", f"sees the card ({', '.join(facts.speech_types)}); libcublas.so.12 found")


def _llama(facts: CardFacts) -> Finding:
    if facts.llama_offloads:
        return ok("llama.cpp", "was built for the card")
    why = facts.llama_fault or "llama.cpp was built without CUDA"
    return warning("llama.cpp", f"thinking {LOUD}: {why}", facts.build_fault or "Build it anew, with CUDA:", SETUP)
