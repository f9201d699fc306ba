"""What is measured is what is meant: texts, prompts and lengths; and what a session costs."""

import pytest

from app.bench.stages import llm, stt, tts, upkeep
from app.bench.stages.machine import PACKAGES, described
from app.bench.stages.plan import Plan
from app.bench.stages.targets import METRIC, READY, STOPPED
from app.errors import EngineError
from app.interfaces import SttKind
from tests.conftest import configured


@pytest.mark.parametrize("characters", tts.CHARACTERS)
def test_texts_have_the_length_and_whole_words(characters):
    texts = {tts.text_of(characters, turn) for turn in range(20)}
    assert len(texts) == 20
    for text in texts:
        assert characters - 16 < len(text) <= characters
        assert "".join(tts.clauses(text, configured().tts)).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize("words", llm.WORDS)
def test_prompts_have_the_length_and_end_with_the_caller(words):
    messages = llm.conversation(words, "a")
    counted = sum(len(message.text.split()) for message in messages)
    assert words <= counted < words + 40
    assert [message.role for message in messages[:3]] == ["system", "user", "assistant"]
    assert messages[-1].role == "user"
    assert llm.conversation(words, "b")[0] != messages[0]


def test_every_model_is_tried_with_every_type():
    config = configured("stt.device=cpu")
    found = stt.choices(config, ("one", "two"), ("int8", "float32"))
    pairs = [("one", "int8"), ("one", "float32"), ("two", "int8"), ("two", "float32")]
    assert [(each.stt.model, each.stt.compute_type) for each in found] == pairs
    assert stt.choices(config, (), ()) == [config]


def test_a_type_that_is_named_is_not_the_cpus_to_choose(monkeypatch):
    monkeypatch.setattr(stt, "cards", tuple)
    (found,) = stt.choices(configured("stt.device=auto"), (), ("float32",))
    assert found.stt.device == "cpu"
    monkeypatch.setattr(stt, "cards", lambda: ("a card",))
    (found,) = stt.choices(configured("stt.device=auto"), (), ("float16",))
    assert found.stt.device == "auto"


def test_live_text_is_measured_by_its_window():
    assert stt._jobs(configured("stt.window_s=3"))[-1] == stt.Job("window of live text, 3 s", SttKind.PARTIAL, 3.0)


@pytest.mark.engine
async def test_what_a_session_a_metric_and_an_interruption_cost():
    found = {each.name: each for each in [each async for each in upkeep.measured(configured(), 3)]}
    assert {READY, METRIC, STOPPED} <= set(found)
    assert len(found[READY].values) == upkeep.OPENED
    assert len(found[STOPPED].values) == 3
    assert all(value >= 0 for each in found.values() for value in each.values)


@pytest.mark.engine
async def test_an_answer_that_does_not_come_is_told(monkeypatch):
    monkeypatch.setattr(upkeep, "_ANSWER_S", 0.001)
    with pytest.raises(EngineError, match="no answer came within"):
        [each async for each in upkeep.measured(configured(), 3)]


def test_the_machine_is_described():
    found = described(configured())
    assert int(found["cores"]) >= 1
    assert found["memory"].endswith(" GiB")
    assert all(f"{name} " in found["engines"] for name in PACKAGES)
    assert "missing" not in found["engines"]
    assert found["brain"] == "starter-brain.gguf, cpu"


def test_a_plan_has_as_many_callers_as_there_are_places():
    class Arguments:
        what, count = "parallel", 4

    assert Plan.of(configured("session.max_sessions=4"), Arguments(), 1).callers == (1, 2, 4)
    assert Plan.of(configured("session.max_sessions=1"), Arguments(), 1).callers == (1,)
