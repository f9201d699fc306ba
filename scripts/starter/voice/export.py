"""The trained network and the synthesis as one ONNX graph with Piper's JSON beside it."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from piper.phoneme_ids import DEFAULT_PHONEME_ID_MAP
from torch import Tensor, nn

from scripts.starter.voice.batches import Scale
from scripts.starter.voice.network import STEP, SYMBOLS, Network
from scripts.starter.voice.shape import HOP, RATE_HZ, SLT
from scripts.starter.voice.synthesis import Synthesis

OPSET = 17
NOISE_SCALE = 0.667
"""Piper's usual value; at it the voice has the teacher's breath."""
GAIN = 1.3
"""Brings speech to about -20 dBFS."""
_SMALL = 256
"""Weights with fewer values stay as they are."""
_SURE = 4.0
"""Steepness of the decision between voiced and unvoiced."""


class Voice(nn.Module):
    """What Piper's runtime calls: `input` `(1, n)`, `input_lengths` `(1,)`, `scales` `(3,)`."""

    def __init__(self, network: Network, scale: Scale, speaker: int) -> None:
        """What `speaker` says, in the tone and at the pitch of `SLT`."""
        super().__init__()
        self.network = network
        self.synthesis = Synthesis()
        self.register_buffer("mean", torch.from_numpy(scale.envelope_mean[SLT]))
        self.register_buffer("spread", torch.from_numpy(scale.envelope_spread[SLT]))
        self.register_buffer("speaker", torch.tensor([speaker]))
        self.pitch_mean, self.pitch_spread = float(scale.pitch_mean[SLT]), float(scale.pitch_spread[SLT])

    def forward(self, ids: Tensor, lengths: Tensor, scales: Tensor) -> tuple[Tensor, Tensor]:
        """Audio `(1, 1, 1, samples)` and the frames of each id `(1, n)`; the pads between phonemes take no time."""
        phonemes = ids.index_select(1, torch.arange(0, ids.shape[1], 2))
        phonemes = phonemes + 0 * lengths[:, None]  # used, or the graph would lose the input
        mask = torch.ones_like(phonemes, dtype=torch.float32)[..., None]
        states, durations = self.network.encode(phonemes, mask, self.get_buffer("speaker"))
        timed = self.network.get_buffer("timed")[phonemes]
        frames = torch.round(torch.exp(durations.clamp(max=5)) * scales[1] * timed).clamp(min=0)
        frames = torch.maximum(frames, timed).to(torch.int64)
        total = frames.sum()
        count = (total + STEP - 1) // STEP * STEP
        # Tracing keeps the count a tensor, which is what lets the graph speak texts of any length.
        sound = self.network.decode(states, frames, cast(int, count), self.get_buffer("speaker"))
        envelope = sound.envelope * self.get_buffer("spread") + self.get_buffer("mean")
        pitch = torch.exp((sound.pitch * self.pitch_spread + self.pitch_mean).clamp(4.2, 6.2))
        breath = (torch.sigmoid(sound.breath) * (0.5 + 0.5 * scales[0] / NOISE_SCALE)).clamp(0, 1)
        voiced = torch.sigmoid(_SURE * sound.voiced)
        audio = GAIN * self.synthesis(pitch, envelope, breath, voiced)[:, : total * HOP]
        spaced = torch.stack([frames, torch.zeros_like(frames)], -1).reshape(1, -1)[:, : ids.shape[1]]
        return audio[:, None, None].clamp(-1, 1), spaced.to(torch.float32)


def export(network: Network, scale: Scale, speaker: int, path: Path) -> None:
    """Write the graph: what `speaker` says, in the tone and at the pitch of `SLT`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    example = torch.tensor([[1, 0, 20, 0, 59, 0, 24, 0, 27, 0, 100, 0, 10, 0, 2]])
    with torch.no_grad(), warnings.catch_warnings():
        # The tracing exporter is the one that onnx alone suffices for; the new one needs onnxscript.
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(
            Voice(network, scale, speaker).eval(),
            (example, torch.tensor([example.shape[1]]), torch.tensor([NOISE_SCALE, 1.0, 0.8])),
            str(path),
            input_names=["input", "input_lengths", "scales"],
            output_names=["output", "durations"],
            dynamic_axes={"input": {1: "n"}, "output": {3: "samples"}, "durations": {1: "n"}},
            opset_version=OPSET,
            dynamo=False,
            do_constant_folding=False,  # onnxruntime does it when it loads the graph
        )
    model = onnx.load(str(path))
    halve(model)
    onnx.save(model, str(path))


def describe(path: Path, language: str, espeak_voice: str, figures: Mapping[str, float]) -> None:
    """Write Piper's JSON beside the graph `path`; Piper leaves unread what it does not know."""
    settings = {**described(language, espeak_voice), **figures}
    Path(f"{path}.json").write_text(json.dumps(settings, ensure_ascii=False, indent=1), "utf-8")


def described(language: str, espeak_voice: str) -> dict[str, Any]:
    """Piper's description of a voice."""
    return {
        "audio": {"sample_rate": RATE_HZ, "quality": "starter"},
        "espeak": {"voice": espeak_voice},
        "language": {"code": language},
        "inference": {"noise_scale": NOISE_SCALE, "length_scale": 1.0, "noise_w": 0.8},
        "phoneme_type": "espeak",
        "phoneme_id_map": DEFAULT_PHONEME_ID_MAP,
        "num_symbols": SYMBOLS,
        "num_speakers": 1,
        "speaker_id_map": {},
        "hop_length": HOP,
        "dataset": "starter",
        "piper_version": "1.0.0",
    }


def halve(model: onnx.ModelProto) -> None:
    """Store weights in 16 bits and widen them when the model is loaded: half the file, the same speed."""
    graph, casts = model.graph, []
    for weight in graph.initializer:
        values = numpy_helper.to_array(weight)
        if weight.data_type != TensorProto.FLOAT or values.size < _SMALL:
            continue
        name = weight.name
        weight.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}.half"))
        casts.append(helper.make_node("Cast", [f"{name}.half"], [name], to=TensorProto.FLOAT))
    for index, node in enumerate(casts):
        graph.node.insert(index, node)
