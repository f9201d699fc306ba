"""Loads a GGUF model as the settings ask: where, how large, with which chat template."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.errors import EngineError, SetupError
from app.install.card import idle_card
from app.llm.decoder import Decoder
from app.llm.native import Native, Shape, max_sequences, offers_gpu
from app.llm.planner import Planner
from app.llm.prompt import CHATML, ChatTemplate, Markup
from app.llm.slots import Prefixes
from app.llm.tokens import any_of
from app.settings import LlmSettings

log = logging.getLogger(__name__)

PREFIXES = 4
"""System messages kept for new sessions: one for each profile in use, and one that is on its way out."""
SPARE_WINDOWS = 1
"""Windows of memory beside the sessions': all prefixes together, and the warming run."""
SPARE_CORES = 1
"""Left to the other engines: llama.cpp's threads wait for each other by spinning, so that one of two that shared its
core with a busy program brought the starter model from 1,990 down to 420 tokens/s (one thread alone: 2,070)."""
MAGIC = b"GGUF"


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model ready to answer."""

    decoder: Decoder
    native: Native
    device: str
    warnings: tuple[str, ...]


def load(path: Path, settings: LlmSettings, sessions: int, *, alone: bool = True) -> Loaded:
    """Load `path` with a sequence for each of `sessions` and one, number `sessions`, for warming. Takes seconds.

    `alone`: no other engine takes its place, so that where a card fails it goes to the CPU by itself. Raises
    `SetupError` that names the file.
    """
    _check(path)
    sequences = sessions + 1 + PREFIXES
    if sequences > max_sequences():
        raise SetupError(
            f"llama.cpp manages {max_sequences()} sequences, {sequences} are needed", fix="Lower session.max_sessions."
        )
    shape = Shape(
        window=settings.context_tokens,
        windows=sessions + SPARE_WINDOWS,
        sequences=sequences,
        batch=settings.prompt_chunk + sessions + 1,
        threads=settings.threads or max(1, (os.cpu_count() or 1) - SPARE_CORES),
    )
    native, device, warnings = _native(path, settings, shape, alone=alone)
    if native.window < settings.context_tokens:
        log.info("%s was trained on %d tokens: no sequence gets more", path.name, native.window)
    template = _template(native, warnings)
    planner = Planner(native, template, settings.max_tokens)
    reserved = range(sessions + 1, sequences) if native.copies else ()
    prefixes = Prefixes(reserved, native.window // 2)
    for warning in warnings:
        log.warning("%s: %s", path.name, warning)
    return Loaded(Decoder(native, planner, prefixes, settings.prompt_chunk), native, device, tuple(warnings))


def _check(path: Path) -> None:
    fix = "Set llm.model to a GGUF file, or choose one of `parlor models list`."
    try:
        with path.open("rb") as file:
            magic = file.read(len(MAGIC))
    except OSError as error:
        raise SetupError(f"the language model {path} cannot be read: {error.strerror}", fix=fix) from error
    if magic != MAGIC:
        raise SetupError(f"the language model {path} is no GGUF file", fix=fix)


def _native(path: Path, settings: LlmSettings, shape: Shape, *, alone: bool) -> tuple[Native, str, list[str]]:
    """On a GPU where there is one and it is wanted; else, and if that fails, on the CPU."""
    fault = ""
    if settings.device != "cpu" and offers_gpu():
        try:
            return Native(path, shape, gpu=True), "gpu", []
        except EngineError as error:
            fault = f"on the GPU, {error.message}"
    elif settings.device == "cuda" or (settings.device == "auto" and idle_card()):
        fault = "llama.cpp was built without a GPU or finds none (mend it: make setup PARLOR_ACCEL=cuda)"
    if fault and settings.device == "cuda" and not alone:
        raise SetupError(fault, fix="Mend the card, or set llm.device to cpu.")
    warnings = [f"{fault}; the model runs on the CPU, slowly"] if fault else []
    try:
        return Native(path, shape, gpu=False), "cpu", warnings
    except EngineError as error:
        raise SetupError(
            f"{path}: {error.message}", fix="Get the file anew; if it stays, lower llm.context_tokens."
        ) from error


def _today() -> datetime:
    """Its first minute: prompts of a day begin alike."""
    return datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)


def _template(native: Native, warnings: list[str]) -> ChatTemplate:
    """The model's own template, or ChatML."""
    markup = Markup(native.bos, native.eos, native.bos_first, any_of(native.controls()))
    source = native.chat_template
    template = None
    if source is None:
        warnings.append("the model names no chat template; it is asked in ChatML")
    else:
        try:
            template = ChatTemplate(source, markup, _today)
        except SetupError as error:
            warnings.append(f"{error.message}; the model is asked in ChatML")
    template = template or ChatTemplate(CHATML, markup, _today)
    rewritten = template.rewrites()
    if rewritten is not None:
        warnings.append(f"its chat template rewrites earlier turns (first at message {rewritten}): answers start later")
    return template
