"""What the self-test of the engines says: who ran where, and how fast. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from app.doctor.finding import Finding, error, ok, warning
from app.doctor.rules.libraries import LLAMA, rebuild

LOADING = "load"
"""Stands for an engine where it cannot be told which one failed."""
NAMES = {
    LOADING: "loading",
    "vad": "speech detection",
    "stt": "hearing",
    "llm": "thinking",
    "tts": "speaking",
    "turn": "turn-taking",
}
"""What each engine does, for the report."""
OPTIONAL = "turn"
"""The engine that may be missing."""
SPEECH_TOKENS_PER_S = 5.0
"""Speech takes 2.5 words a second, which are 3 to 4 tokens in English and more elsewhere."""
SLOW_FIRST_MS = 2000
"""A pause that callers take for an answer that does not come."""
SLOW_JUDGE_MS = 200
"""The shortest wait there is: whoever judges a pause later holds the answer up."""
_LIBRARIES = {"vad": "onnxruntime", "stt": "ctranslate2", "llm": LLAMA, "tts": "onnxruntime", "turn": "onnxruntime"}
_FRAMES = {
    "/app/vad/": "vad",
    "/app/stt/": "stt",
    "/app/llm/": "llm",
    "/app/tts/": "tts",
    "/app/vad/smart_turn": "turn",
}
_FASTER = "Choose a smaller model (parlor models list), or a machine with a card."


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of trying one engine."""

    engine: str
    """A key of `NAMES`."""
    fault: str = ""
    """Why it could not be tried; nothing else is known then."""
    fix: str = ""
    command: str = ""
    model: str = ""
    device: str = ""
    warnings: Sequence[str] = ()
    figures: Mapping[str, float] = field(default_factory=dict)


def judge_trials(trials: Sequence[Trial], *, sessions: int, loud: Collection[str]) -> Iterator[Finding]:
    """`loud`: engines that are to be told of loudly when they are on the CPU, because there is a card."""
    tried = {trial.engine: trial for trial in trials}
    failed = " and ".join(NAMES[trial.engine] for trial in trials if trial.fault)
    for engine, name in NAMES.items():
        if engine in tried:
            yield from _judge(tried[engine], sessions, on_card=engine in loud)
        elif engine not in (LOADING, OPTIONAL):
            yield warning(
                name, f"not tried, because of what happened to {failed or 'the self-test'}", "Mend that first."
            )


def crashed(fault: str, signal: int, errors: str, at: str, *, portable: bool) -> Trial:
    """The trial at which the self-test's process ended (`at`: engine it was at; empty: it was still loading).

    `errors` holds what Python's faulthandler wrote. `portable`: as llama.cpp was built.
    """
    engine = at or blamed(errors) or LOADING
    if not signal:
        return Trial(engine, f"the self-test {fault}", "See the lines about its library and its model.")
    fix = "A library was built for another processor, or memory ran out (dmesg tells)."
    return Trial(engine, f"the self-test {fault}", fix, rebuild(_LIBRARIES.get(engine, LLAMA), portable=portable))


def blamed(frames: str) -> str:
    """The engine whose code ran, from a crash report of faulthandler or the file names of a traceback; else empty.

    In a crash report the thread that crashed goes before the others.
    """
    everything = frames.replace("\\", "/")
    current = everything.rpartition("Current thread")[2].partition("\n\n")[0]
    for text in (current, everything):
        found = [(text.find(mark), engine) for mark, engine in _FRAMES.items() if mark in text]
        if found:
            return min(found)[1]
    return ""


def _judge(trial: Trial, sessions: int, *, on_card: bool) -> Iterator[Finding]:
    name = NAMES[trial.engine]
    if trial.fault:
        yield error(name, trial.fault, trial.fix, trial.command)
        return
    detail = f"{trial.model} on {trial.device}: {_speed(trial)}"
    slow, fix = _too_slow(trial, sessions)
    if on_card and trial.device.startswith("cpu"):
        fix = "The lines about the card say why, and what mends it."
        yield warning(name, f"{detail}. IT RUNS ON THE CPU THOUGH A CARD IS THERE", fix)
    elif slow:
        yield warning(name, f"{detail}. {slow}", fix)
    else:
        yield ok(name, detail)
    for text in trial.warnings:
        yield warning(name, text, "Do what it says, or choose another model (parlor models list).")


def _speed(trial: Trial) -> str:
    figures = trial.figures
    match trial.engine:
        case "vad":
            return f"{figures['times']:.0f} x real time"
        case "turn":
            return f"{figures['ms']:.0f} ms a pause"
        case "llm":
            return f"{figures['tokens_per_s']:.0f} tokens/s, the first after {figures['first_ms']:.0f} ms"
        case "stt" if figures["spoken"]:
            heard = f"{figures['heard']:.0f} words heard, {figures['spoken']:.0f} spoken"
            return f"{figures['factor']:.2f} s for a second of speech ({heard})"
        case _:
            return f"{figures['factor']:.2f} s for a second of speech"


def _too_slow(trial: Trial, sessions: int) -> tuple[str, str]:
    """What is wrong with the figures, and what mends it; empty if nothing."""
    figures = trial.figures
    match trial.engine:
        case "vad" if figures["times"] < sessions:
            return f"Too slow for {sessions} sessions", "Set vad.engine=energy, or lower session.max_sessions."
        case "turn" if figures["ms"] > SLOW_JUDGE_MS:
            return "Later than most answers", "Set vad.turn_model to nothing."
        case "stt" if figures["spoken"] and not figures["heard"]:
            return "It heard no word", "Choose a model for the language of the voice, or set stt.language."
        case "llm" if figures["tokens_per_s"] < SPEECH_TOKENS_PER_S:
            return "Slower than speech", _FASTER
        case "llm" if figures["first_ms"] > SLOW_FIRST_MS:
            return "Callers will wait", _FASTER
        case "stt" | "tts" if figures["factor"] > 1:
            return "Slower than speech", _FASTER
        case _:
            return "", ""
