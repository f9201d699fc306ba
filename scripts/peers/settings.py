"""What a run may change of pipecat. Needs nothing: its Python and ours read it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Each default is pipecat's own."""

    vad_stop_s: float = 0.2
    """Silence after which speech is taken for stopped."""
    smart_turn: bool = True
    """Else a fixed wait of `speech_timeout_s`, after `vad_stop_s`."""
    smart_stop_s: float = 3.0
    """Silence after which a turn is over whatever Smart Turn says."""
    speech_timeout_s: float = 0.6
