"""What a client chose for its session, on top of the configuration. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from app.errors import CallerError
from app.settings import Profile
from app.wire.incoming import Configure, InputFormat, Mode, Options, OutputFormat


@dataclass(frozen=True, slots=True)
class Choice:
    """The choices in force."""

    profile: str
    mode: Mode = Mode.CONVERSATION
    language: str | None = None
    """None: as heard."""
    voice: str | None = None
    speed: float | None = None
    """None: as the profile says."""
    partials: bool = True
    input: InputFormat = field(default_factory=InputFormat)
    output: OutputFormat = field(default_factory=OutputFormat)

    def as_dict(self) -> dict[str, object]:
        return {
            "mode": self.mode,
            "language": self.language,
            "profile": self.profile,
            "voice": self.voice,
            "speed": self.speed,
            "partials": self.partials,
            "input": self.input.model_dump(),
            "output": self.output.model_dump(),
        }


def choose(now: Choice, wanted: Options, profiles: Mapping[str, Profile], voices: Collection[str]) -> Choice:
    """`now` with what `wanted` names. Raises `CallerError`: `unknown_profile`, `unknown_voice`."""
    if wanted.profile is not None and wanted.profile not in profiles:
        known = ", ".join(sorted(profiles))
        raise CallerError("unknown_profile", "There is no such profile.", f"Use one of: {known}.")
    if wanted.voice is not None and wanted.voice not in voices:
        raise CallerError("unknown_voice", "There is no such voice.", f"Use one of: {', '.join(sorted(voices))}.")
    chosen = {name: getattr(wanted, name) for name in ("mode", "language", "profile", "voice", "speed")}
    if isinstance(wanted, Configure):
        chosen |= {name: getattr(wanted, name) for name in ("partials", "input", "output")}
    return replace(now, **{name: value for name, value in chosen.items() if value is not None})
