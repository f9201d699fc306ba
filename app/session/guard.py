"""Calls to engines: a time limit, one retry with back-off, and a named error for whatever they throw."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from functools import partial
from typing import TypeVar

from app.errors import (
    EngineError,
    EngineTimeoutError,
    PromptTooLongError,
    ReplacedError,
    UnknownLanguageError,
    UnknownVoiceError,
)

T = TypeVar("T")
log = logging.getLogger(__name__)


_NOT_REPEATED = (EngineTimeoutError, PromptTooLongError, ReplacedError, UnknownLanguageError, UnknownVoiceError)
"""The caller on the line has waited long enough, or the same would happen again."""


async def attempt(engine: str, call: Callable[[], Awaitable[T]], limit_s: float, retry_s: float) -> T:
    """The result of `call`, tried once more after `retry_s` when it failed. Raises `EngineError`."""
    try:
        return await once(engine, call, limit_s)
    except _NOT_REPEATED:
        raise
    except EngineError as error:
        log.warning("%s failed and is tried once more in %.2f s: %s", engine, retry_s, error.message)
    await asyncio.sleep(retry_s)
    return await once(engine, call, limit_s)


async def once(engine: str, call: Callable[[], Awaitable[T]], limit_s: float) -> T:
    """The result of `call`; whatever it raises becomes an `EngineError`."""
    limit = asyncio.timeout(limit_s)
    try:
        async with limit:
            return await call()
    except EngineError:
        raise
    except Exception as error:
        if limit.expired():
            raise EngineTimeoutError(engine, f"no result within {limit_s:g} s") from error
        where = "".join(traceback.format_tb(error.__traceback__))
        # The error's own text stays out of the log: it may hold a caller's words.
        log.error("%s raised %s\n%s", engine, type(error).__name__, where)  # noqa: TRY400
        raise EngineError(engine, f"raised {type(error).__name__}") from error


async def pieces(
    engine: str, source: Callable[[], AsyncGenerator[str, None]], first_s: float, next_s: float, retry_s: float
) -> AsyncGenerator[str, None]:
    """What `source` writes, with limits on the wait for the first piece and for each further one.

    A source that fails before its first piece is opened once more. Raises `EngineError`.
    """
    opened: AsyncGenerator[str, None]

    async def begin() -> str | None:
        nonlocal opened
        opened = source()
        return await anext(opened, None)

    piece = await attempt(engine, begin, first_s, retry_s)
    async with aclosing(opened):
        while piece is not None:
            yield piece
            piece = await once(engine, partial(_advance, opened), next_s)


async def _advance(source: AsyncGenerator[str, None]) -> str | None:
    return await anext(source, None)
