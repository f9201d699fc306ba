"""Starts the servers of all sides, waits until they answer, and ends them."""

from __future__ import annotations

import asyncio
import os
import tomllib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from app.errors import SetupError
from scripts.peers.lines import Line
from scripts.peers.sides import ROOT, STARTER, Program, Side, llm_server, parlor, pipecat

READY_S = 90.0
EXIT_S = 10.0


@dataclass(frozen=True, slots=True)
class Serving:
    """What runs."""

    lines: dict[str, Line] = field(default_factory=dict)
    """By the sides' names."""
    pids: list[int] = field(default_factory=list)


@asynccontextmanager
async def serving(sides: Sequence[Side], padding: Mapping[str, float] | None, logs: Path) -> AsyncIterator[Serving]:
    """All sides, while they serve.

    What the servers say goes to `logs`. Raises `SetupError` where one does not start.
    """
    prompt = tomllib.loads((STARTER / "starter.toml").read_text("utf-8"))["prompt"]
    async with AsyncExitStack() as stack:
        running = Serving()
        llm, llm_url = llm_server(padding)
        if any(side.kind == "pipecat" for side in sides):
            running.pids.append(await stack.enter_async_context(_program(llm, logs / "llm.log")))
        for side in sides:
            plan = parlor(side, padding) if side.kind == "parlor" else pipecat(side, padding, llm_url, prompt)
            for program in plan.programs:
                running.pids.append(await stack.enter_async_context(_program(program, logs / f"{side.name}.log")))
            running.lines[side.name] = plan.line
        yield running


@asynccontextmanager
async def _program(program: Program, log: Path) -> AsyncIterator[int]:
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as file:
        environment = os.environ | {"HF_HUB_OFFLINE": "1"}
        process = await asyncio.create_subprocess_exec(
            *program.command, cwd=ROOT, env=environment, stdout=file, stderr=file
        )
        try:
            await _ready(program, process, log)
            yield process.pid
        finally:
            with suppress(ProcessLookupError):
                process.terminate()
            try:
                async with asyncio.timeout(EXIT_S):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()


async def _ready(program: Program, process: asyncio.subprocess.Process, log: Path) -> None:
    try:
        async with asyncio.timeout(READY_S), aiohttp.ClientSession() as http:
            while process.returncode is None:
                if await _answers(program.ready, http):
                    return
                await asyncio.sleep(0.2)
    except TimeoutError:
        pass
    raise SetupError(f"{' '.join(program.command[:4])} ... does not serve", fix=f"See {log}.")


async def _answers(ready: str, http: aiohttp.ClientSession) -> bool:
    try:
        if ready.startswith("tcp:"):
            _, writer = await asyncio.open_connection("127.0.0.1", int(ready.removeprefix("tcp:")))
            writer.close()
            return True
        async with http.get(ready) as response:
            return response.status == 200
    except (OSError, aiohttp.ClientError):
        return False
