"""Writes a trained brain as a GGUF file that llama.cpp loads: matrices in Q8_0, norms in float32."""

from __future__ import annotations

import json
from pathlib import Path

import gguf
import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from app.llm.prompt import CHATML
from scripts.starter.brain.model import INPUT_SCALE, Brain
from scripts.starter.brain.tokens import CONTROLS, END, PAD

Q8_0 = gguf.GGMLQuantizationType.Q8_0


def export(brain: Brain, tokenizer: Tokenizer, path: Path, name: str) -> None:
    """Write `brain` to `path`, under `name`. A stop in the middle leaves what was there before."""
    part = path.with_suffix(".part")
    writer = gguf.GGUFWriter(part, "llama")
    writer.add_name(name)
    writer.add_license("GPL-3.0-or-later")
    _describe(writer, brain)
    _add_tokens(writer, tokenizer)
    for tensor, values in brain.state_dict().items():
        louder = INPUT_SCALE if tensor == "token_embd" else 1.0
        _add_tensor(writer, _named(tensor), louder * values.float().cpu().numpy())
    guesses = brain.token_embd.detach().float().cpu().numpy()
    _add_tensor(writer, "output.weight", guesses)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    part.replace(path)


def _describe(writer: gguf.GGUFWriter, brain: Brain) -> None:
    shape = brain.shape
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.hidden)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.heads)
    writer.add_layer_norm_rms_eps(shape.epsilon)
    writer.add_rope_dimension_count(shape.width // shape.heads)
    writer.add_rope_freq_base(shape.theta)
    writer.add_vocab_size(shape.vocabulary)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)


def _add_tokens(writer: gguf.GGUFWriter, tokenizer: Tokenizer) -> None:
    ids: dict[str, int] = tokenizer.get_vocab()
    texts = sorted(ids, key=lambda text: ids[text])
    model = json.loads(tokenizer.to_str())["model"]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(texts)
    writer.add_token_types([_type(text, set(model["vocab"])) for text in texts])
    writer.add_token_merges([" ".join(merge) for merge in model["merges"]])
    writer.add_bos_token_id(ids[PAD])
    writer.add_eos_token_id(ids[END])
    writer.add_pad_token_id(ids[PAD])
    writer.add_add_bos_token(False)
    writer.add_chat_template(CHATML)


def _type(text: str, learned: set[str]) -> gguf.TokenType:
    """What was added to the learned tokens is markup or a name."""
    if text in CONTROLS:
        return gguf.TokenType.CONTROL
    return gguf.TokenType.NORMAL if text in learned else gguf.TokenType.USER_DEFINED


def _named(tensor: str) -> str:
    """The network's parameters have GGUF's names, but for the end."""
    return tensor if tensor.endswith(".weight") else f"{tensor}.weight"


def _add_tensor(writer: gguf.GGUFWriter, name: str, values: NDArray[np.float32]) -> None:
    if values.ndim == 1:
        writer.add_tensor(name, values)
        return
    writer.add_tensor(name, gguf.quants.quantize(values, Q8_0), raw_dtype=Q8_0)
