"""Makes engines take at least as long as larger ones would on a GPU, in whatever program uses them.

`python -m scripts.peers.padding '{"stt_ms": 210}' MODULE ARG...` runs MODULE with faster-whisper, llama.cpp and Piper
padded. They sleep: a GPU that works leaves the processor to others. Both sides run it, and needs nothing of either.
"""

from __future__ import annotations

import json
import runpy
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial, wraps
from importlib import import_module
from importlib.util import find_spec
from typing import Any

Floor = Callable[[tuple[Any, ...], Any], float]
"""The least a call takes in ms, from its arguments and its result."""
_LEAST_FRAMES = 200


def padded(work: Callable[..., Any], floor: Floor) -> Callable[..., Any]:
    """`work`, on the same thread, for at least so long."""

    @wraps(work)
    def slower(*args: Any, **options: Any) -> Any:  # noqa: ANN401 - as `work`
        began = time.monotonic()
        result = work(*args, **options)
        left = floor(args, result) / 1000 - (time.monotonic() - began)
        if left > 0:
            time.sleep(left)  # noqa: TID251 - stands for work of a GPU, on an engine's own thread
        return result

    return slower


def apply(profile: Mapping[str, float]) -> None:
    """Pad what this Python has: `stt_ms` a pass of the encoder, `llm_step_ms` a step and `llm_token_ms` a token of a
    prompt, `tts_ms` a clause and `tts_per_s_ms` a second of its speech."""
    _change("faster_whisper", "transcribe", "WhisperModel.encode", trimmed)
    floors: dict[tuple[str, str, str], Floor] = {
        ("faster_whisper", "transcribe", "WhisperModel.encode"): lambda _args, _result: profile["stt_ms"],
        ("llama_cpp", "llama_cpp", "llama_decode"): lambda args, _: _decode_ms(args[1], profile),
        ("piper", "voice", "PiperVoice.phoneme_ids_to_audio"): lambda args, made: _speech_ms(args[0], made, profile),
    }
    for place, floor in floors.items():
        _change(*place, partial(padded, floor=floor))


def _decode_ms(batch: Any, profile: Mapping[str, float]) -> float:  # noqa: ANN401 - a C structure
    tokens: int = batch.n_tokens
    return profile["llm_step_ms"] + profile["llm_token_ms"] * (tokens - 1)


def _speech_ms(voice: Any, made: Any, profile: Mapping[str, float]) -> float:  # noqa: ANN401 - Piper's own types
    audio = made[0] if isinstance(made, tuple) else made
    seconds: float = len(audio) / voice.config.sample_rate
    return profile["tts_ms"] + profile["tts_per_s_ms"] * seconds


def trimmed(encode: Callable[..., Any]) -> Callable[..., Any]:
    """`encode(model, features)` without the zeros up to 30 s, which a GPU's time stands for.

    Who asks for them would take this processor's time otherwise, beyond any floor.
    """

    @wraps(encode)
    def shorter(model: Any, features: Any) -> Any:  # noqa: ANN401 - numpy's, of any shape (..., frames)
        voiced = features.reshape(-1, features.shape[-1]).any(axis=0).nonzero()[0]
        frames = max(_LEAST_FRAMES, int(voiced[-1]) + 1 if voiced.size else 0)
        return encode(model, features[..., : frames + frames % 2])

    return shorter


def _change(package: str, module: str, name: str, change: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    if find_spec(package) is None:
        return
    place: Any = import_module(f"{package}.{module}")
    *owners, last = name.split(".")
    for owner in owners:
        place = getattr(place, owner)
    setattr(place, last, change(getattr(place, last)))


def main() -> None:
    """The command line."""
    profile, module, *args = sys.argv[1:]
    apply(json.loads(profile))
    sys.argv = [module, *args]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
