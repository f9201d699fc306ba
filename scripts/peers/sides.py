"""Who is measured: Parlor and pipecat, each with some settings, and how their servers are started."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from scripts.peers.lines import Line, ParlorLine, RawLine

ROOT = Path(__file__).resolve().parent.parent.parent
STARTER = ROOT / "models" / "starter"
OUT = ROOT / "build" / "peers"
VENV = OUT / "venv"
GPU: Final = {"stt_ms": 210.0, "llm_step_ms": 15.0, "llm_token_ms": 1.0, "tts_ms": 50.0, "tts_per_s_ms": 67.0}
"""Service times as larger models have them: large-v3-turbo on a 4090 takes 205 to 219 ms for any length; 15 ms a token
and 1 ms a token of a prompt are a 3 to 8 B model on a middling card; Piper's low voice, which stays on the processor,
takes 50 ms for phonemes and 67 ms for a second of speech."""


@dataclass(frozen=True, slots=True)
class Side:
    """A server with its settings."""

    name: str
    kind: Literal["parlor", "pipecat"]
    parlor: tuple[str, ...] = ()
    """`--set` of Parlor."""
    pipecat: Mapping[str, float | bool] = field(default_factory=dict)
    """Fields of `settings.Settings`."""


def _fixed(wait_s: float) -> Side:
    settings = {"smart_turn": False, "speech_timeout_s": round(wait_s - 0.2, 3)}
    return Side(f"pipecat, fixed {wait_s * 1000:.0f} ms", "pipecat", pipecat=settings)


def _smart(stop_s: float, vad_stop_s: float = 0.2) -> Side:
    settings = {"smart_stop_s": stop_s, "vad_stop_s": vad_stop_s}
    name = f"pipecat, Smart Turn, at most {stop_s:g} s" + (f", after {vad_stop_s:g} s" if vad_stop_s != 0.2 else "")
    return Side(name, "pipecat", pipecat=settings)


SIDES: Final = {
    "parlor": Side("Parlor", "parlor"),
    "parlor-kiosk": Side("Parlor, kiosk's patience", "parlor", ("profile.default.patience=kiosk",)),
    "parlor-tutor": Side("Parlor, tutor's patience", "parlor", ("profile.default.patience=tutor",)),
    "parlor-undrafted": Side("Parlor without drafts", "parlor", ("session.draft=off",)),
    "pipecat": Side("pipecat", "pipecat"),
    **{f"smart-{stop_s:g}": _smart(stop_s) for stop_s in (0.5, 0.8, 1.0, 1.5, 2.0)},
    **{f"smart-3-vad-{stop_s:g}": _smart(3.0, stop_s) for stop_s in (0.1, 0.4, 0.6, 0.8, 1.0)},
    **{f"fixed-{ms}": _fixed(ms / 1000) for ms in (300, 400, 500, 600, 800, 1000, 1200, 1500)},
}
"""By what the command line calls them; "pipecat" is it as it ships."""


NO_FILLER: Final = "profile.default.fillers.en=[]"
"""A word that only bridges the wait is no answer, and a caller outside cannot tell it from one."""


NO_MEMORY: Final = "tts.cache_mb=0"
"""What was spoken before costs no time: where engines are to take theirs, each does."""


@dataclass(frozen=True, slots=True)
class Program:
    """A process to start, and the URL that answers when it is ready."""

    command: tuple[str, ...]
    ready: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a side needs running, and how to call it."""

    programs: tuple[Program, ...]
    line: Line


def parlor(side: Side, padding: Mapping[str, float] | None) -> Plan:
    """Parlor's own server."""
    port = free_port()
    settings = (f"server.port={port}", NO_FILLER, *((NO_MEMORY,) if padding else ()), *side.parlor)
    options = [part for setting in settings for part in ("--set", setting)]
    command = _python(Path(sys.executable), "app", padding, "serve", "--log", "error", *options)
    url = f"http://127.0.0.1:{port}"
    return Plan((Program(command, f"{url}/readyz"),), ParlorLine(f"{url}/v1/ws"))


def pipecat(side: Side, padding: Mapping[str, float] | None, llm_url: str, prompt: str) -> Plan:
    """A bot, for an LLM server that runs already."""
    port, python = free_port(), VENV / "bin" / "python"
    options = ("--port", str(port), "--llm", f"{llm_url}/v1", "--models", str(STARTER), "--prompt", prompt)
    settings = ("--settings", json.dumps(dict(side.pipecat)), "--log", "ERROR")
    command = _python(python, "scripts.peers.bot", padding, *options, *settings)
    return Plan((Program(command, f"tcp:{port}"),), RawLine(f"http://127.0.0.1:{port}"))


def llm_server(padding: Mapping[str, float] | None) -> tuple[Program, str]:
    """llama-cpp-python's own server with the starter brain, and its URL."""
    port, python = free_port(), VENV / "bin" / "python"
    model = STARTER / "brain" / "starter-brain.gguf"
    options = ("--model", str(model), "--model_alias", "starter-brain", "--port", str(port), "--verbose", "false")
    url = f"http://127.0.0.1:{port}"
    return Program(
        _python(python, "llama_cpp.server", padding, *options, "--host", "127.0.0.1"), f"{url}/v1/models"
    ), url


def free_port() -> int:
    """One that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _python(python: Path, module: str, padding: Mapping[str, float] | None, *args: str) -> tuple[str, ...]:
    under = ("scripts.peers.padding", json.dumps(dict(padding)), module) if padding else (module,)
    return (str(python), "-m", *under, *args)
