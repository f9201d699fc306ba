"""Whether the servers that do an engine's work are there. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.doctor.finding import Finding, error, ok, warning

_REFUSED = {401, 403}
_SHOWN = 8
"""Names of models in one line."""


@dataclass(frozen=True, slots=True)
class RemoteFacts:
    """What a server said when it was asked for its models."""

    engine: str
    """Whose settings name it."""
    url: str
    model: str
    """That it is to use."""
    models: tuple[str, ...] = ()
    """That it has; none where it does not tell."""
    status: int = 200
    fault: str = ""
    """Why it could not be asked, in words."""


def judge_remotes(remotes: Sequence[RemoteFacts]) -> Iterator[Finding]:
    """A line for each."""
    return (_judge(each) for each in remotes)


def _judge(remote: RemoteFacts) -> Finding:
    name = f"{remote.engine}.url"
    if remote.fault:
        what = f"{remote.url} cannot be reached: {remote.fault}"
        return error(name, what, f"Start that server, or correct {name}; it usually ends in /v1.")
    if remote.status in _REFUSED:
        fix = f"Set {remote.engine}.key to what it asks for."
        return error(name, f"{remote.url} refuses us (HTTP {remote.status})", fix)
    if remote.status == 404 and remote.engine == "stt":  # whisper.cpp's server has no list
        return ok(name, f"{remote.url} answers, and does not tell its models")
    if remote.status != 200:
        fix = f"Correct {name}, which usually ends in /v1, or look into that server's log."
        return warning(name, f"{remote.url} does not tell its models (HTTP {remote.status})", fix)
    if remote.model in remote.models or f"{remote.model}:latest" in remote.models:  # as Ollama has it
        return ok(name, f"{remote.url} answers, and has {remote.model}")
    names = ", ".join(remote.models[:_SHOWN]) + (", ..." if len(remote.models) > _SHOWN else "") or "none"
    what = f"{remote.url} answers, but lists no {remote.model}; it has {names}"
    fix = f"Let {remote.engine}.model name one of them; a server with one model may take any name."
    return warning(name, what, fix)
