"""How long each engine takes: a machine as a table. Pure."""

from __future__ import annotations

import math
import random
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from app.errors import SetupError

TABLE = Path(__file__).parent / "profiles.toml"
MEASURED = "this_cpu"
"""The one of the table that was measured."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Service times in ms."""

    name: str
    why: str
    """What was measured, or why it is estimated so."""
    spread: float
    """Standard deviation of the logarithm of each service time."""
    vad_ms: float
    """One call."""
    hangover_ms: float
    """For so long after its end speech is still detected."""
    stt_ms: float
    """One pass."""
    stt_word_ms: float
    """Added for each word."""
    stt_workers: int
    llm_step_ms: float
    """One decode step."""
    llm_row_ms: float
    """Added for each answer in the step."""
    llm_prompt_ms: float
    """Added for each prompt token in the step."""
    tts_ms: float
    """One clause."""
    tts_char_ms: float
    """Added for each character."""
    tts_workers: int

    def stt_s(self, words: int, dice: random.Random) -> float:
        """Seconds for a pass that hears so many words."""
        return self._spread(self.stt_ms + self.stt_word_ms * words, dice)

    def step_s(self, rows: int, prompt_tokens: int, dice: random.Random) -> float:
        """Seconds for a step with so many answers and prompt tokens."""
        return self._spread(self.llm_step_ms + self.llm_row_ms * rows + self.llm_prompt_ms * prompt_tokens, dice)

    def tts_s(self, chars: int, dice: random.Random) -> float:
        """Seconds for a clause of so many characters."""
        return self._spread(self.tts_ms + self.tts_char_ms * chars, dice)

    def vad_s(self, dice: random.Random) -> float:
        """Seconds for a call of the detector."""
        return self._spread(self.vad_ms, dice)

    def _spread(self, ms: float, dice: random.Random) -> float:
        return ms * math.exp(dice.gauss(0.0, self.spread)) / 1000


def parse(text: str) -> Mapping[str, Profile]:
    """Profiles by name, from TOML. Raises `SetupError` that names what is missing or unknown."""
    known = {field.name for field in fields(Profile)} - {"name"}
    found = dict[str, Profile]()
    for name, values in tomllib.loads(text).items():
        if wrong := known ^ set(values):
            raise SetupError(f"profile {name}: {', '.join(sorted(wrong))} must be there, or must not")
        found[name] = Profile(name=name, **values)
    return found


def load(name: str, path: Path = TABLE) -> Profile:
    """One of the table. Raises `SetupError` that names the others."""
    profiles = parse(path.read_text("utf-8"))
    if name not in profiles:
        raise SetupError(f"there is no profile {name}; use one of: {', '.join(profiles)}")
    return profiles[name]
