"""The few functions of llama.cpp that Parlor calls, on one model with one context. Only one thread may use it."""

from __future__ import annotations

import ctypes
import logging
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import llama_cpp.llama_cpp as api

from app.errors import EngineError

log = logging.getLogger(__name__)

MAX_PIECE_BYTES = 1024
"""Longest text of one token that we ask for; known vocabularies stay below 512."""
STRIPS_BEFORE = int(api.LLAMA_TOKEN_ATTR_LSTRIP)
"""Attribute of a token that swallows the space before it."""
LOG_LEVELS = {3: logging.INFO, 4: logging.ERROR}
"""ggml_log_level (ggml.h) to ours: its warnings are about what we do on purpose, such as one context for many."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How large a context is asked for."""

    window: int
    """Tokens of one sequence."""
    windows: int
    """Sequences that must fit in full at once."""
    sequences: int
    """Sequence ids, with those that only share other sequences' tokens."""
    batch: int
    """Tokens in one step."""
    threads: int


@dataclass(frozen=True, slots=True)
class Token:
    """What one token id stands for."""

    text: bytes
    """Any part of UTF-8; empty for a control token, which nobody shall hear."""
    raw: bytes
    """The same, with the names of control tokens."""
    ends: bool
    """The model ends its answer with it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One token of a batch."""

    sequence: int
    position: int
    token: int
    wanted: bool
    """Whether the next token will be sampled from it."""


class Native:
    """A loaded model."""

    def __init__(self, path: Path, shape: Shape, *, gpu: bool) -> None:
        """Raises `EngineError` when llama.cpp does not take the file or finds no memory."""
        api.llama_log_set(_to_logging, None)
        api.llama_backend_init()
        params = api.llama_model_default_params()
        params.n_gpu_layers = -1 if gpu else 0
        self._model = api.llama_model_load_from_file(str(path).encode(), params)
        if not self._model:
            raise EngineError("llm", "llama.cpp could not load the model")
        self.window = min(shape.window, api.llama_model_n_ctx_train(self._model))
        """Tokens that one sequence may hold; never more than the model was trained on."""
        self._abort = ctypes.create_string_buffer(2)
        self.context = api.llama_init_from_model(self._model, self._context_params(shape, gpu=gpu))
        if not self.context:
            api.llama_model_free(self._model)
            raise EngineError("llm", "llama.cpp found no memory for the context")
        self.vocab = api.llama_model_get_vocab(self._model)
        self._memory = api.llama_get_memory(self.context)
        self._batch = api.llama_batch_init(shape.batch, 0, 1)
        self._tokens: dict[int, Token] = {}

    def _context_params(self, shape: Shape, *, gpu: bool) -> api.llama_context_params:
        params: api.llama_context_params = api.llama_context_default_params()
        params.n_ctx = self.window * shape.windows
        params.n_batch = params.n_ubatch = shape.batch
        params.n_seq_max = params.n_outputs_max = shape.sequences
        params.n_threads = params.n_threads_batch = shape.threads
        params.kv_unified = True  # sequences share the tokens of a common prefix, and what one leaves another takes
        params.swa_full = True  # else a sliding window forgets what cutting back needs
        params.offload_kqv = params.op_offload = gpu
        params.abort_callback = _flag_is_set()
        params.abort_callback_data = ctypes.cast(self._abort, ctypes.c_void_p)
        return params

    def free(self) -> None:
        """Give all memory back; nothing may be called afterwards."""
        api.llama_batch_free(self._batch)
        api.llama_free(self.context)
        api.llama_model_free(self._model)

    # ---- vocabulary

    @property
    def chat_template(self) -> str | None:
        """Jinja source, if the file has one."""
        source = api.llama_model_chat_template(self._model, None)
        return source.decode("utf-8", "replace") if source else None

    @property
    def bos_first(self) -> bool:
        """Whether each prompt must begin with the BOS token."""
        return bool(api.llama_vocab_get_add_bos(self.vocab))

    @property
    def bos(self) -> str:
        """Text of the token that begins a prompt, empty when there is none."""
        return self._name(api.llama_vocab_bos(self.vocab))

    @property
    def eos(self) -> str:
        """Text of the token that ends a text, empty when there is none."""
        return self._name(api.llama_vocab_eos(self.vocab))

    def controls(self, *, besides: int = 0) -> list[str]:
        """Texts of all tokens that are markup rather than words, without those of the attributes `besides`."""
        markup = api.LLAMA_TOKEN_ATTR_CONTROL | api.LLAMA_TOKEN_ATTR_UNKNOWN
        attributes = ((i, api.llama_vocab_get_attr(self.vocab, i)) for i in range(self.vocabulary))
        return [self._name(i) for i, attribute in attributes if attribute & markup and not attribute & besides]

    @property
    def vocabulary(self) -> int:
        """Number of token ids."""
        return int(api.llama_vocab_n_tokens(self.vocab))

    def tokenise(self, text: bytes) -> tuple[int, ...]:
        """Ids of UTF-8 `text`, control tokens included; nothing is added."""
        room = len(text) + 8
        while True:
            ids = (api.llama_token * room)()
            count = api.llama_tokenize(self.vocab, text, len(text), ids, room, False, True)
            if count >= 0:
                return tuple(ids[:count])
            room = -count

    def token(self, token: int) -> Token:
        """What `token` stands for."""
        if token not in self._tokens:
            ends = api.llama_vocab_is_eog(self.vocab, token)
            self._tokens[token] = Token(self._piece(token, special=False), self._piece(token, special=True), ends)
        return self._tokens[token]

    def _name(self, token: int) -> str:
        return self._piece(token, special=True).decode("utf-8", "replace") if token >= 0 else ""

    def _piece(self, token: int, *, special: bool) -> bytes:
        piece = ctypes.create_string_buffer(MAX_PIECE_BYTES)
        size = api.llama_token_to_piece(self.vocab, token, piece, MAX_PIECE_BYTES, 0, special)
        return piece.raw[: max(size, 0)]

    # ---- memory

    @property
    def copies(self) -> bool:
        """Whether a part of a sequence can be given to another: recurrent states have no parts."""
        return not (api.llama_model_is_recurrent(self._model) or api.llama_model_is_hybrid(self._model))

    def keep(self, sequence: int, count: int) -> bool:
        """Remove all but the first `count` tokens; False where the model cannot (then none must be kept)."""
        return bool(api.llama_memory_seq_rm(self._memory, sequence, count, -1))

    def copy(self, source: int, target: int, count: int) -> None:
        """Give the first `count` tokens of `source` to the empty `target` as well. Takes no memory."""
        api.llama_memory_seq_cp(self._memory, source, target, 0, count)

    # ---- computing

    def abort(self) -> None:
        """Make the step that is running end early, on a CPU. The one call allowed from another thread."""
        self._abort[0] = b"\x01"

    def decode(self, rows: Sequence[Row]) -> int:
        """Compute one step. What llama_decode returns: 0 done, 1 no room, 2 aborted, else failed."""
        self._abort[0] = b"\x00"
        batch = self._batch
        batch.n_tokens = len(rows)
        for i, row in enumerate(rows):
            batch.token[i] = row.token
            batch.pos[i] = row.position
            batch.n_seq_id[i] = 1
            batch.seq_id[i][0] = row.sequence
            batch.logits[i] = row.wanted
        return int(api.llama_decode(self.context, batch))


def offers_gpu() -> bool:
    """Whether llama.cpp was built for a GPU and finds one."""
    return bool(api.llama_supports_gpu_offload())


def max_sequences() -> int:
    """The most sequence ids that llama.cpp manages."""
    return int(api.llama_max_parallel_sequences())


def _flag_is_set() -> Callable[[ctypes.c_void_p], bool]:
    """A function of C that tells whether a byte is set: `strlen` of a string of at most one character.

    ggml asks before each of a step's hundreds of operations; a Python function would wait for the GIL as often.
    """
    libc = ctypes.cdll.msvcrt if sys.platform == "win32" else ctypes.CDLL(None)
    return ctypes.cast(libc.strlen, api.ggml_abort_callback)


@api.llama_log_callback  # type: ignore[untyped-decorator]  # ctypes makes it
def _to_logging(level: int, text: bytes, _: object) -> None:
    if level in LOG_LEVELS:
        log.log(LOG_LEVELS[level], "%s", text.decode("utf-8", "replace").rstrip())
