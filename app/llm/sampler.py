"""Chooses the next token: greedy or by chance, and only what a grammar allows."""

from __future__ import annotations

import ctypes

import llama_cpp.llama_cpp as api
import numpy as np

from app.errors import EngineError
from app.interfaces import Prompt
from app.llm.native import Native

SEED_BITS = 0xFFFF_FFFF


class Sampler:
    """One answer's sampler chain and grammar state. Must be freed."""

    def __init__(self, native: Native, prompt: Prompt) -> None:
        """Raises `EngineError` when the grammar is no GBNF with a rule `root`."""
        self._native = native
        self._grammar: api.llama_sampler_p | None = None
        if prompt.grammar is not None:
            text = prompt.grammar.encode("utf-8", "replace")
            self._grammar = api.llama_sampler_init_grammar(native.vocab, text, b"root") if text else None
            if not self._grammar:
                raise EngineError("llm", "the grammar is no GBNF", fix="Correct the grammar; it needs a rule root.")
        self._chain = api.llama_sampler_chain_init(api.llama_sampler_chain_default_params())
        for link in _links(prompt):
            api.llama_sampler_chain_add(self._chain, link)

    def free(self) -> None:
        """Give the memory back. Idempotent."""
        for sampler in (self._chain, self._grammar):
            if sampler:
                api.llama_sampler_free(sampler)
        self._chain = self._grammar = None

    def sample(self, row: int) -> int:
        """The token that follows row `row` of the last batch. Raises `EngineError` where the grammar allows none.

        The grammar is asked about the chosen token first, and about the whole vocabulary only when it refuses: the
        distribution is the same, and asking about 1,024 tokens takes 120 us (one: 5 us), so 150,000 take 17 ms.
        https://github.com/ggml-org/llama.cpp/blob/master/common/sampling.cpp (common_sampler_sample)
        """
        token = int(api.llama_sampler_sample(self._chain, self._native.context, row))
        if not self._grammar:
            return token
        if not self._allows(token):
            token = self._sample_allowed(row)
        if not self._native.token(token).ends:
            api.llama_sampler_accept(self._grammar, token)
        return token

    def _allows(self, token: int) -> bool:
        one = (api.llama_token_data * 1)(api.llama_token_data(token, 0.0, 0.0))
        self._apply(self._grammar, one)
        return one[0].logit > -np.inf

    def _sample_allowed(self, row: int) -> int:
        """Sampled from what the grammar leaves. llama.cpp ends the process if it must accept what it forbade."""
        logits = api.llama_get_logits_ith(self._native.context, row)
        candidates = (api.llama_token_data * self._native.vocabulary)()
        table = np.ctypeslib.as_array(candidates)
        table["id"] = np.arange(self._native.vocabulary)
        table["logit"] = np.ctypeslib.as_array(logits, shape=(self._native.vocabulary,))
        self._apply(self._grammar, candidates)
        if not np.isfinite(table["logit"]).any():
            raise EngineError("llm", "the grammar allows no token of this model here")
        return self._apply(self._chain, candidates)

    def _apply(self, sampler: api.llama_sampler_p | None, candidates: ctypes.Array[api.llama_token_data]) -> int:
        """Let `sampler` change `candidates`; the token it selected, -1 when it selects none."""
        array = api.llama_token_data_array(candidates, len(candidates), -1, False)
        api.llama_sampler_apply(sampler, ctypes.byref(array))
        return int(array.data[array.selected].id) if array.selected >= 0 else -1


def _links(prompt: Prompt) -> list[api.llama_sampler_p]:
    if prompt.temperature <= 0:
        return [api.llama_sampler_init_greedy()]
    return [
        api.llama_sampler_init_top_p(prompt.top_p, 1),
        api.llama_sampler_init_temp(prompt.temperature),
        api.llama_sampler_init_dist(prompt.seed & SEED_BITS),
    ]
