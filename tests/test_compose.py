"""The whole, put together."""

import asyncio
from types import SimpleNamespace

from app.compose import _kept_warm
from app.errors import EngineError
from tests.support.scripted import ScriptedLlm, ScriptedStt, scripted


async def test_engines_are_warmed_again_after_long_idleness_and_a_failure_stops_nothing():
    warmed = []

    class Stt(ScriptedStt):
        async def warm(self):
            warmed.append("stt")
            raise EngineError("stt", "cold")

    class Llm(ScriptedLlm):
        async def warm(self):
            warmed.append("llm")

    idle = SimpleNamespace(idle_s=lambda: 9.0)
    async with _kept_warm(scripted(stt=Stt(), llm=Llm()), idle, 0.02):
        await asyncio.sleep(0.1)
    assert warmed[:4] == ["stt", "llm", "stt", "llm"]


async def test_nobody_is_disturbed_while_somebody_speaks():
    warmed = []

    class Llm(ScriptedLlm):
        async def warm(self):
            warmed.append("llm")

    busy = SimpleNamespace(idle_s=lambda: 0.0)
    async with _kept_warm(scripted(llm=Llm()), busy, 0.02):
        await asyncio.sleep(0.1)
    assert not warmed
