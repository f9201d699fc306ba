"""The scripted language model."""

import asyncio
import random
from contextlib import aclosing

import pytest

from app.bench.simulate import brain
from app.bench.simulate.brain import Brain, waiter
from app.bench.simulate.clock import run
from app.bench.simulate.engines import Machine
from app.bench.simulate.profile import parse
from app.errors import EngineError
from app.interfaces import Message, Prompt
from app.llm.generation import HURRIED_TOKENS

STEP_MS = 10
TABLE = f"""[x]
why = ""
spread = 0.0
vad_ms = 0
hangover_ms = 0
stt_ms = 100
stt_word_ms = 0
stt_workers = 1
llm_step_ms = {STEP_MS}
llm_row_ms = 0
llm_prompt_ms = 1
tts_ms = 100
tts_char_ms = 0
tts_workers = 1
"""
ANSWER = "one two six ten"


def machine(faults=0.0):
    return Machine(parse(TABLE)["x"], random.Random(1), faults)


def prompt(text="hi", *, draft=False, max_tokens=99):
    return Prompt((Message("system", ""), Message("user", text)), max_tokens, draft=draft)


async def read(slot, asked):
    clock = asyncio.get_running_loop().time
    found = []
    async with aclosing(slot.generate(asked)) as pieces:
        async for piece in pieces:
            found.append((piece, round(clock(), 4)))  # noqa: PERF401 - what came before an error counts
    return found


def made(answer=ANSWER, chunk=128, faults=0.0):
    return Brain(machine(faults), lambda _: answer, chunk)


def test_the_first_token_comes_with_the_last_of_the_prompt():
    async def main():
        return await read(await made().open(), prompt())

    found = run(main)
    assert "".join(piece for piece, _ in found) == ANSWER
    tokens = len("system: \nuser: hi") // brain.CHARS_A_TOKEN
    first = (STEP_MS + tokens) / 1000
    assert [at for _, at in found] == pytest.approx([first + n * STEP_MS / 1000 for n in range(4)])


def test_what_is_held_is_not_read_again():
    async def main():
        slot, clock = await made().open(), asyncio.get_running_loop().time
        long = "so many words " * 50
        await read(slot, prompt(long))
        since = clock()
        return (await read(slot, prompt(long + "more")))[0][1] - since

    assert run(main) <= (STEP_MS + 3) / 1000


def test_long_prompts_are_read_in_chunks_beside_answers():
    async def main():
        brain = made(chunk=8)
        slots = [await brain.open() for _ in range(2)]
        async with asyncio.TaskGroup() as tasks:
            long = tasks.create_task(read(slots[0], prompt("so many words " * 20)))
            short = tasks.create_task(read(slots[1], prompt()))
        return short.result()[-1][1], long.result()[0][1]

    short, long = run(main)
    assert short < long


def test_drafts_wait_until_what_is_awaited_has_its_first_clause():
    async def main():
        brain = made(" ".join(["word"] * 60))
        slots = [await brain.open() for _ in range(2)]
        async with asyncio.TaskGroup() as tasks:
            draft = tasks.create_task(read(slots[0], prompt(draft=True)))
            asked = tasks.create_task(read(slots[1], prompt()))
        return draft.result(), asked.result()

    draft, asked = run(main)
    first = draft[1][1]  # the one before was under way when the other came
    clause = HURRIED_TOKENS // 2  # " word" is two tokens
    assert sum(at <= first for _, at in asked) in range(clause - 1, clause + 3)


def test_drafts_wait_as_long_as_the_real_model_lets_them():
    assert brain.HURRIED_TOKENS == HURRIED_TOKENS


def test_a_committed_draft_waits_no_more():
    async def main():
        brain = made(" ".join(["word"] * 60))
        slots = [await brain.open() for _ in range(2)]
        async with asyncio.TaskGroup() as tasks:
            draft = tasks.create_task(read(slots[0], prompt(draft=True)))
            asked = tasks.create_task(read(slots[1], prompt()))
            await asyncio.sleep(0)
            slots[0].commit()
        return draft.result()[1][1], asked.result()[2][1]

    draft, asked = run(main)
    assert draft < asked


def test_a_prompt_without_an_answer_is_only_read():
    async def main():
        return await read(await made().open(), prompt(max_tokens=0))

    assert run(main) == []


def test_who_stops_reading_frees_the_model():
    async def main():
        brain = made()
        slot = await brain.open()
        async with aclosing(slot.generate(prompt())) as pieces:
            await anext(pieces)
            assert brain.running == 1
        slot.commit()
        await slot.close()
        await slot.close()
        return brain.running, brain.slots

    assert run(main) == (0, 0)


def test_a_newer_answer_replaces_the_older():
    async def main():
        slot = await made().open()
        async with asyncio.TaskGroup() as tasks:
            old = tasks.create_task(failing(slot))
            await asyncio.sleep(0)
            new = tasks.create_task(read(slot, prompt("again")))
        return old.result(), len(new.result())

    async def failing(slot):
        with pytest.raises(EngineError, match="replaced"):
            await read(slot, prompt())
        return True

    assert run(main) == (True, 4)


def test_it_fails_as_often_as_it_is_told():
    async def main():
        with pytest.raises(EngineError):
            await read(await made(faults=1.0).open(), prompt())

    run(main)


def test_the_same_conversation_has_the_same_answer():
    write = waiter(["Very well.", " Anything else?"])
    assert write([Message("user", "hi")]) == write([Message("user", "hi")])
    assert {write([Message("user", str(n))]) for n in range(30)} >= {"Very well.", "Anything else?"}
