"""A Llama of a real one's shape whose weights are random, and that never ends by itself."""

from __future__ import annotations

import ctypes
import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import gguf
import llama_cpp
import numpy as np

from app.config import ROOT
from app.llm.prompt import CHATML

STARTER = ROOT / "models/starter/brain/starter-brain.gguf"
"""Its tokens are the first ones."""
CONTEXT = 8_192
_ASCII = 126
"""Single characters above it are bytes that make none (GPT-2's bytes_to_unicode): no piece would come of them."""
_PATTERN = 1 << 22
"""Random values, repeated: what they are does not matter, and eight thousand million take minutes."""


@dataclass(frozen=True, slots=True)
class Size:
    """A Llama's shape."""

    width: int
    layers: int
    heads: int
    kv_heads: int
    hidden: int
    tied: bool = True
    """The last matrix is the first."""
    vocabulary: int = 128_256


SIZES = {
    "llama-1b": Size(2048, 16, 32, 8, 8192),
    "llama-3b": Size(3072, 28, 24, 8, 8192),
    "llama-8b": Size(4096, 32, 32, 8, 14_336, tied=False),
}
"""From the config.json of Llama 3.2 1B, 3.2 3B and 3.1 8B."""


def make(size: Size, path: Path) -> Path:
    """A GGUF file in float16."""
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(size.width)
    writer.add_block_count(size.layers)
    writer.add_feed_forward_length(size.hidden)
    writer.add_head_count(size.heads)
    writer.add_head_count_kv(size.kv_heads)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_freq_base(500_000.0)
    writer.add_vocab_size(size.vocabulary)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
    ends = _add_tokens(writer, size.vocabulary)
    shapes = dict(_tensors(size))
    for name, shape in shapes.items():
        kind = np.dtype(np.float16 if len(shape) > 1 else np.float32)
        writer.add_tensor_info(name, shape, kind, math.prod(shape) * kind.itemsize)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    pattern = np.random.default_rng(1).normal(0, 0.02, _PATTERN).astype(np.float16)
    for name, shape in shapes.items():  # one by one: together they may be more than the memory
        writer.write_tensor_data(_values(name, shape, pattern, ends))
    writer.close()
    return path


def quantized(path: Path) -> Path:
    """The same as Q4_K_M. Raises `OSError` when llama.cpp could not write it."""
    out = path.with_name(f"{path.stem}-q4_k_m.gguf")
    part = out.with_suffix(".part")
    options = llama_cpp.llama_model_quantize_default_params()
    options.ftype = llama_cpp.LLAMA_FTYPE_MOSTLY_Q4_K_M
    options.nthread = os.cpu_count() or 1
    if llama_cpp.llama_model_quantize(str(path).encode(), str(part).encode(), ctypes.byref(options)):
        raise OSError(f"{out} could not be made")
    part.rename(out)  # what was stopped half-way is made anew
    return out


def _add_tokens(writer: gguf.GGUFWriter, count: int) -> tuple[int, ...]:
    """The starter brain's, and others that nobody says. Returns those that would end an answer, or be no text alone."""
    fields = gguf.GGUFReader(STARTER).fields
    tokens, merges, types = (fields[f"tokenizer.ggml.{name}"].contents() for name in ("tokens", "merges", "token_type"))
    fillers = [f"filler{number}" for number in range(count - len(tokens))]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list([*tokens, *fillers])
    writer.add_token_types([*types, *([gguf.TokenType.NORMAL] * len(fillers))])
    writer.add_token_merges(merges)
    ends = tuple(int(fields[f"tokenizer.ggml.{name}_token_id"].contents()) for name in ("eos", "bos"))
    writer.add_eos_token_id(ends[0])
    writer.add_bos_token_id(ends[1])
    writer.add_add_bos_token(False)
    writer.add_chat_template(CHATML)
    return (*ends, *(number for number, token in enumerate(tokens) if len(token) == 1 and ord(token) > _ASCII))


def _tensors(size: Size) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Names and shapes, as llama.cpp knows them: norms have one dimension."""
    width, kv = size.width, size.width // size.heads * size.kv_heads
    yield "token_embd.weight", (size.vocabulary, width)
    if not size.tied:
        yield "output.weight", (size.vocabulary, width)
    yield "output_norm.weight", (width,)
    for number in range(size.layers):
        for part, *shape in (
            *(("attn_norm", width), ("ffn_norm", width)),
            *(("attn_q", width, width), ("attn_k", kv, width), ("attn_v", kv, width), ("attn_output", width, width)),
            *(("ffn_gate", size.hidden, width), ("ffn_up", size.hidden, width), ("ffn_down", width, size.hidden)),
        ):
            yield f"blk.{number}.{part}.weight", tuple(shape)


def _values(
    name: str, shape: tuple[int, ...], pattern: np.ndarray[tuple[int], np.dtype[np.float16]], ends: tuple[int, ...]
) -> np.ndarray[tuple[int, ...], np.dtype[np.float16 | np.float32]]:
    if len(shape) == 1:
        return np.ones(shape, np.float32)
    values = np.resize(pattern, shape)
    if name in ("token_embd.weight", "output.weight"):
        values[list(ends)] = 0  # among so many others nothing is never the likeliest
    return values
