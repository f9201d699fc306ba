"""Writes the ears as CTranslate2 reads them, int8, beside a tokenizer and a preprocessor as faster-whisper expects."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import torch
from ctranslate2.specs import attention_spec, common_spec, transformer_spec, whisper_spec
from numpy.typing import NDArray
from tokenizers import Tokenizer

from scripts.starter.ears.model import ALIGNMENT_HEAD, POSITIONS, Shape, sinusoids

_SUPPRESSED = ("translate", "transcribe", "startoflm", "startofprev", "startoftranscript")
_PREPROCESSOR = {"feature_size": 80, "sampling_rate": 16_000, "hop_length": 160, "chunk_length": 30, "n_fft": 400}


class _Weights:
    """The checkpoint's tensors, into the places of a specification."""

    def __init__(self, state: dict[str, torch.Tensor]) -> None:
        self._state = state

    def __getitem__(self, name: str) -> NDArray[np.float32]:
        return self._state[name].float().numpy()

    def linear(self, spec: common_spec.LinearSpec, name: str) -> None:
        spec.weight, spec.bias = self[f"{name}.weight"], self[f"{name}.bias"]

    def norm(self, spec: common_spec.LayerNormSpec, name: str) -> None:
        spec.gamma, spec.beta = self[f"{name}.weight"], self[f"{name}.bias"]

    def stacked(self, spec: common_spec.LinearSpec, name: str, parts: tuple[str, ...]) -> None:
        """Several projections as one; a key has no bias."""
        spec.weight = np.concatenate([self[f"{name}.{part}.weight"] for part in parts])
        width = spec.weight.shape[1]
        zeros = np.zeros(width, np.float32)
        spec.bias = np.concatenate([zeros if part == "key" else self[f"{name}.{part}.bias"] for part in parts])

    def itself(self, spec: attention_spec.MultiHeadAttentionSpec, name: str) -> None:
        self.stacked(spec.linear[0], name, ("query", "key", "value"))
        self.linear(spec.linear[1], f"{name}.out")

    def cross(self, spec: attention_spec.MultiHeadAttentionSpec, name: str) -> None:
        self.linear(spec.linear[0], f"{name}.query")
        self.stacked(spec.linear[1], name, ("key", "value"))
        self.linear(spec.linear[2], f"{name}.out")

    def feed(self, spec: transformer_spec.FeedForwardSpec, name: str) -> None:
        self.linear(spec.linear_0, f"{name}.first")
        self.linear(spec.linear_1, f"{name}.second")
        self.norm(spec.layer_norm, f"{name}.norm")


def _encoder(spec: whisper_spec.WhisperEncoderSpec, weights: _Weights, shape: Shape) -> None:
    weights.linear(spec.conv1, "conv1")
    weights.linear(spec.conv2, "conv2")
    spec.position_encodings.encodings = sinusoids(POSITIONS, shape.width).numpy().astype(np.float32)
    weights.norm(spec.layer_norm, "encoder_norm")
    for number, layer in enumerate(spec.layer):
        name = f"encoder.{number}"
        weights.itself(layer.self_attention, f"{name}.attention")
        weights.norm(layer.self_attention.layer_norm, f"{name}.attention_norm")
        weights.feed(layer.ffn, name)


def _decoder(spec: transformer_spec.TransformerDecoderSpec, weights: _Weights) -> None:
    spec.embeddings.weight = spec.projection.weight = weights["embedding.weight"]
    spec.position_encodings.encodings = weights["token_positions"]
    weights.norm(spec.layer_norm, "decoder_norm")
    for number, layer in enumerate(spec.layer):
        name = f"decoder.{number}"
        weights.itself(layer.self_attention, f"{name}.attention")
        weights.norm(layer.self_attention.layer_norm, f"{name}.attention_norm")
        weights.cross(layer.attention, f"{name}.cross")
        weights.norm(layer.attention.layer_norm, f"{name}.cross_norm")
        weights.feed(layer.ffn, name)


def export(checkpoint: Path, tokenizer: Path, out: Path, language: str) -> None:
    """From `checkpoint` and `tokenizer` to the folder `out`."""
    saved = torch.load(checkpoint, map_location="cpu", weights_only=False)
    shape: Shape = saved["shape"]
    weights = _Weights(saved["ears"])
    spec = whisper_spec.WhisperSpec(shape.encoder_layers, shape.heads, shape.decoder_layers, shape.heads)
    _encoder(spec.encoder, weights, shape)
    _decoder(spec.decoder, weights)
    pieces = Tokenizer.from_file(str(tokenizer))
    spec.register_vocabulary([piece for piece, _ in sorted(pieces.get_vocab().items(), key=lambda entry: entry[1])])
    spec.config.suppress_ids = [pieces.token_to_id(f"<|{name}|>") for name in (*_SUPPRESSED, language)]
    spec.config.suppress_ids_begin = []
    spec.config.lang_ids = [pieces.token_to_id(f"<|{language}|>")]
    spec.config.alignment_heads = [[shape.decoder_layers - 1, ALIGNMENT_HEAD]]
    spec.validate()
    spec.optimize(quantization="int8")
    out.mkdir(parents=True, exist_ok=True)
    spec.save(str(out))
    shutil.copy(tokenizer, out / "tokenizer.json")
    (out / "preprocessor_config.json").write_text(json.dumps(_PREPROCESSOR) + "\n")
