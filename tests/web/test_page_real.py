"""The page in a real Chromium against the real server: a conversation by voice, by keyboard and by the sample."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

MICROPHONE = Path(__file__).parents[1] / "fixtures" / "speech" / "two-pizzas.flac"
PATIENCE_MS = 30_000
"""A loaded machine may take its time; how fast an answer must be is tested elsewhere."""

pytestmark = [pytest.mark.browser, pytest.mark.engine, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(loop_scope="module")
async def opened(page: Page, server_url: str) -> Page:
    await page.goto(server_url)
    return page


async def type_turn(page: Page, text: str) -> None:
    await page.get_by_label("Or type").fill(text)
    await page.keyboard.press("Enter")


async def loudest(page: Page, meter: str, limit_s: float = 30.0) -> float:
    """The first level of a meter that cannot be noise."""
    level = 0.0
    async with asyncio.timeout(limit_s):
        while level < 0.02:
            await asyncio.sleep(0.02)
            level = await page.evaluate(f"document.getElementById('{meter}-level').value")
    return level


async def test_spoken_turn_is_understood_answered_and_played(opened):
    await opened.get_by_role("button", name="Talk").click()
    assert await loudest(opened, "input") > 0
    await expect(opened.locator(".said p")).to_contain_text("two margherita pizzas", timeout=PATIENCE_MS)
    await expect(opened.locator(".reply p")).to_contain_text("pizza", timeout=PATIENCE_MS)
    assert await loudest(opened, "output") > 0
    await expect(opened.locator("#status")).to_have_text("Listening.", timeout=PATIENCE_MS)
    await expect(opened.locator(".reply small")).to_have_text(re.compile(r"heard (?!0\.0)\d+\.\d s"))
    await expect(opened.locator("#problem")).to_be_hidden()


async def test_typed_turn_is_answered_aloud(opened):
    await type_turn(opened, "how much is the lentil soup")
    await expect(opened.locator(".reply p")).to_contain_text("soup", timeout=PATIENCE_MS)
    assert await loudest(opened, "output") > 0


async def test_interrupt_ends_the_reply(opened):
    await type_turn(opened, "i would like a grilled salmon and two tomato soups and three orange juices please")
    await expect(opened.locator("#status")).to_contain_text("Speaking.", timeout=PATIENCE_MS)
    await opened.get_by_role("button", name="Interrupt").click()
    await expect(opened.locator(".reply small")).to_contain_text("interrupted", timeout=PATIENCE_MS)
    await expect(opened.locator("#status")).not_to_contain_text("Speaking.")
    await expect(opened.locator("#problem")).to_be_hidden()


async def test_sample_needs_no_microphone(opened):
    await opened.get_by_role("button", name="Send a sample sentence").click()
    await expect(opened.locator(".said p")).to_contain_text("two margherita pizzas please", timeout=PATIENCE_MS)
    await expect(opened.locator(".reply p")).to_contain_text("pizza", timeout=PATIENCE_MS)
    assert await loudest(opened, "output") > 0
