"""When pipecat ends a caller's turns, faster than real time: run by the peer's own Python, never by ours.

Its own Silero and Smart Turn hear the calls; the recogniser, for whose text the pipeline waits too, is taken out, as it
is from `parlor bench endpoint`. `python -m scripts.peers.policy CALLS.npz SETTINGS.json` writes JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
from loguru import logger
from numpy.typing import NDArray
from pipecat.audio.turn.base_turn_analyzer import EndOfTurnState
from pipecat.audio.turn.smart_turn import base_smart_turn
from pipecat.audio.turn.smart_turn.base_smart_turn import SmartTurnParams
from pipecat.audio.turn.smart_turn.local_smart_turn_v3 import LocalSmartTurnAnalyzerV3
from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.audio.vad.vad_analyzer import VAD_START_SECS, VADParams, VADState

from scripts.peers.settings import Settings

RATE_HZ = 16_000
FRAME = RATE_HZ // 50
Audio = NDArray[np.int16]
AFTER = 5 * RATE_HZ
"""Samples of silence after a call: pipecat waits no longer."""
SETTLED = RATE_HZ
"""Samples of it after which the detector says nothing new."""


class Clock:
    """Stands for `time` in Smart Turn's buffer: the time of the frame that is heard."""

    now = 0.0

    def monotonic(self) -> float:
        """Seconds."""
        return self.now

    perf_counter = monotonic


class Remembering(LocalSmartTurnAnalyzerV3):  # type: ignore[misc]  # pipecat is in the other environment
    """Smart Turn, which judges the same sound once for all rules."""

    known: ClassVar[dict[bytes, dict[str, Any]]] = {}

    def _predict_endpoint(self, audio_array: NDArray[np.float32]) -> dict[str, Any]:
        sound = audio_array.tobytes()
        if sound not in self.known:
            self.known[sound] = super()._predict_endpoint(audio_array)
        return self.known[sound]


async def spoken(pcm: Audio, vad_stop_s: float) -> list[bool]:
    """Whether the caller speaks, as pipecat's detector says after each frame."""
    vad = SileroVADAnalyzer(sample_rate=RATE_HZ, params=VADParams(stop_secs=vad_stop_s))
    vad.set_sample_rate(RATE_HZ)
    flags, speaking, heard = list[bool](), False, frames(pcm)
    for frame in heard[: (pcm.size + SETTLED) // FRAME]:
        state = await vad.analyze_audio(frame.tobytes())
        if state in (VADState.SPEAKING, VADState.QUIET):
            speaking = state == VADState.SPEAKING
        flags.append(speaking)
    await vad.cleanup()
    return flags + [speaking] * (len(heard) - len(flags))


def frames(pcm: Audio) -> list[Audio]:
    """20 ms each, with the silence after the call."""
    audio = np.concatenate([pcm, np.zeros(AFTER, np.int16)])
    return list(audio[: audio.size // FRAME * FRAME].reshape(-1, FRAME))


def fixed_ends(flags: Sequence[bool], settings: Settings) -> list[float]:
    """When turns were over, in seconds from the begin, by silence alone."""
    found, silent_s, is_open = list[float](), 0.0, False
    for number, speaking in enumerate(flags, 1):
        is_open |= speaking
        silent_s = 0.0 if speaking else silent_s + FRAME / RATE_HZ
        if is_open and silent_s > settings.speech_timeout_s:
            found.append(number * FRAME / RATE_HZ)
            is_open = False
    return found


async def smart_ends(pcm: Audio, flags: Sequence[bool], turn: LocalSmartTurnAnalyzerV3, clock: Clock) -> list[float]:
    """When turns were over, by Smart Turn."""
    turn.clear()
    found, is_open, before = list[float](), False, False
    for number, (frame, speaking) in enumerate(zip(frames(pcm), flags, strict=True), 1):
        clock.now += FRAME / RATE_HZ
        over = before and not speaking and await _complete(turn)
        over |= turn.append_audio(frame.tobytes(), speaking) == EndOfTurnState.COMPLETE
        is_open, before = is_open or speaking, speaking
        if over and is_open:
            found.append(number * FRAME / RATE_HZ)
            is_open = False
            turn.clear()
    return found


async def _complete(turn: LocalSmartTurnAnalyzerV3) -> bool:
    return bool((await turn.analyze_end_of_turn())[0] == EndOfTurnState.COMPLETE)


async def replay(
    calls: Mapping[str, Audio], rules: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, list[float]]]:
    """The ends of turns by rule and call."""
    wanted = {name: Settings(**settings) for name, settings in rules.items()}
    clock = base_smart_turn.time = Clock()
    found: dict[str, dict[str, list[float]]] = {name: {} for name in wanted}
    turns = {name: _smart_turn(settings) for name, settings in wanted.items() if settings.smart_turn}
    for call, pcm in calls.items():
        Remembering.known.clear()
        flags = {stop_s: await spoken(pcm, stop_s) for stop_s in {each.vad_stop_s for each in wanted.values()}}
        for name, settings in wanted.items():
            heard = flags[settings.vad_stop_s]
            smart = turns.get(name)
            found[name][call] = await smart_ends(pcm, heard, smart, clock) if smart else fixed_ends(heard, settings)
    for turn in turns.values():
        await turn.cleanup()
    return found


def _smart_turn(settings: Settings) -> LocalSmartTurnAnalyzerV3:
    turn = Remembering(params=SmartTurnParams(stop_secs=settings.smart_stop_s))
    turn.set_sample_rate(RATE_HZ)
    turn.update_vad_start_secs(VAD_START_SECS)
    return turn


def main() -> None:
    """The command line."""
    logger.remove()
    calls, rules = sys.argv[1:]
    with np.load(calls) as held:
        sys.stdout.write(json.dumps(asyncio.run(replay(dict(held), json.loads(rules)))))


if __name__ == "__main__":
    main()
