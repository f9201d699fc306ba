"""Calls to engines: a time limit, one retry with back-off, and a named error for whatever they throw."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import TypeVar

from app.errors import EngineError, EngineTimeoutError, UnknownVoiceError

T = TypeVar("T")
log = logging.getLogger(__name__)


async def attempt(engine: str, call: Callable[[], Awaitable[T]], limit_s: float, retry_s: float) -> T:
    """The result of `call`, tried once more after `retry_s` when it failed. Raises `EngineError`.

    A call that ran into its limit is not repeated: the caller on the line has waited long enough.
    """
    try:
        return await once(engine, call, limit_s)
    except (EngineTimeoutError, UnknownVoiceError):
        raise
    except EngineError as error:
        log.warning("%s failed and is tried once more in %.2f s: %s", engine, retry_s, error.message)
    await asyncio.sleep(retry_s)
    return await once(engine, call, limit_s)


async def once(engine: str, call: Callable[[], Awaitable[T]], limit_s: float) -> T:
    """The result of `call`; whatever it raises becomes an `EngineError`."""
    try:
        async with asyncio.timeout(limit_s):
            return await call()
    except TimeoutError as error:
        raise EngineTimeoutError(engine, f"no result within {limit_s:g} s") from error
    except EngineError:
        raise
    except Exception as error:
        log.exception("%s raised", engine)
        raise EngineError(engine, f"raised {type(error).__name__}") from error


async def pieces(
    engine: str, source: Callable[[], AsyncGenerator[str, None]], first_s: float, next_s: float, retry_s: float
) -> AsyncGenerator[str, None]:
    """What `source` writes, with limits on the wait for the first piece and for each further one.

    A source that fails before its first piece is opened once more. Raises `EngineError`.
    """
    opened = source()
    try:
        first = await _next(engine, opened, first_s)
    except EngineTimeoutError:
        raise
    except EngineError as error:
        log.warning("%s failed and is tried once more in %.2f s: %s", engine, retry_s, error.message)
        await asyncio.sleep(retry_s)
        opened = source()
        first = await _next(engine, opened, first_s)
    piece = first
    async with aclosing(opened):
        while piece is not None:
            yield piece
            piece = await _next(engine, opened, next_s)


async def _next(engine: str, source: AsyncGenerator[str, None], limit_s: float) -> str | None:
    """The next piece, None after the last one. What fails is closed."""

    async def advance() -> str | None:
        return await anext(source, None)

    try:
        return await once(engine, advance, limit_s)
    except BaseException:
        await source.aclose()
        raise
