"""The teacher's own sound through the voice's synthesis: the best that training could reach."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import torch

from app.bench.speech.resample import at_16_khz
from app.bench.starter.said import Said
from app.bench.starter.voice import Spoken
from app.interfaces import FloatArray
from scripts.starter.voice.shape import RATE_HZ, Utterance
from scripts.starter.voice.synthesis import Synthesis
from scripts.starter.voice.teacher import Teacher


def from_teacher(sentences: Iterable[Said]) -> list[Spoken]:
    """The sentences as the teacher says them, without the times of work and words."""
    teacher, synthesis, found = Teacher(), Synthesis().eval(), []
    for said in sentences:
        audio = np.concatenate([sound(synthesis, utterance) for utterance in teacher.say(said.text)])
        found.append(Spoken(said, at_16_khz(audio, RATE_HZ), 0.0, ()))
    return found


def sound(synthesis: Synthesis, utterance: Utterance) -> FloatArray:
    """Floats `(samples,)` at `RATE_HZ`."""
    pitch, envelope = torch.from_numpy(np.exp(utterance.pitch)), torch.from_numpy(utterance.envelope)
    breath, voiced = torch.from_numpy(utterance.breath), torch.from_numpy(utterance.voiced)
    with torch.no_grad():
        audio = synthesis(pitch[None], envelope[None], breath[None], voiced[None])
    return np.asarray(audio[0].numpy(), np.float32)
