"""The recogniser alone: final passes, drafts and the windows of live text, by length of speech."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from time import perf_counter

from app.audio import ms_to_samples
from app.bench.stages.measured import Measured
from app.compose import assembled
from app.install.card import cards
from app.interfaces import RATE_HZ, FloatArray, Stt, SttJob, SttKind
from app.settings import Config

SECONDS = (2.0, 5.0, 15.0, 30.0)
LONGEST_S = SECONDS[-1]
_KINDS = {"final": SttKind.FINAL, "draft": SttKind.DRAFT}
_COLD_S = 5.0


@dataclass(frozen=True, slots=True)
class Job:
    """One thing to be timed."""

    name: str
    kind: SttKind
    seconds: float


def choices(config: Config, models: Sequence[str], types: Sequence[str]) -> list[Config]:
    """Every model with every compute type; what is not given stays as configured.

    A type that is named goes to the device that is there: with "auto" the CPU would choose its own.
    """
    return [
        config.model_copy(update={"stt": config.stt.model_copy(update={"model": model, **kind})})
        for model in models or (config.stt.model,)
        for kind in [_typed(config, name) for name in types] or [{}]
    ]


def _typed(config: Config, name: str) -> dict[str, str]:
    device = config.stt.device
    return {"compute_type": name, "device": "cpu" if device == "auto" and not cards() else device}


async def measured(config: Config, speech: FloatArray, count: int) -> AsyncIterator[Measured]:
    """`count` passes of each kind and length over `speech`, `LONGEST_S` long or longer. Nothing may remember."""
    stt = assembled(config).stt
    async with stt:
        case = f"{stt.info().model} on {stt.info().device}"
        cold_ms = await _timed(stt, Job("", SttKind.FINAL, _COLD_S), speech, 0)
        yield Measured("stt", case, f"final, {_COLD_S:g} s", "ms", (cold_ms,), cold=True)
        await stt.warm()
        for job in _jobs(config):
            took_ms = tuple([await _timed(stt, job, speech, turn + 1) for turn in range(count)])
            yield Measured("stt", case, job.name, "ms", took_ms)
            if job.kind is SttKind.FINAL:
                factors = tuple(ms / 1000 / job.seconds for ms in took_ms)
                yield Measured("stt", case, f"{job.name}, real-time factor", "s a second", factors)


def _jobs(config: Config) -> list[Job]:
    whole = [Job(f"{name}, {seconds:g} s", kind, seconds) for seconds in SECONDS for name, kind in _KINDS.items()]
    window_s = config.stt.window_s
    return [*whole, Job(f"window of live text, {window_s:g} s", SttKind.PARTIAL, window_s)]


async def _timed(stt: Stt, job: Job, speech: FloatArray, turn: int) -> float:
    """Milliseconds for one pass, each `turn` over another second of the speech."""
    samples = ms_to_samples(job.seconds * 1000)
    start = turn * RATE_HZ % max(1, len(speech) - samples + 1)
    audio = speech[start : start + samples]
    began = perf_counter()
    await stt.transcribe(SttJob("bench", job.kind, audio))
    return (perf_counter() - began) * 1000
