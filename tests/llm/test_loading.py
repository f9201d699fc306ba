"""Files that are no model, models without a template, machines without a GPU."""

import logging

import pytest

from app.errors import EngineError, SetupError
from app.interfaces import Message, Prompt
from app.llm.generation import Job
from app.llm.loading import load
from app.llm.native import Native

pytestmark = pytest.mark.engine


@pytest.fixture
def patched(brain, tmp_path):
    """The starter brain with some of its bytes replaced by as many others."""

    def patch(old: bytes, new: bytes):
        raw = brain.read_bytes()
        assert len(old) == len(new)
        assert raw.count(old) == 1
        path = tmp_path / "patched.gguf"
        path.write_bytes(raw.replace(old, new))
        return path

    return patch


@pytest.mark.parametrize("content", [None, b"", b"version https://git-lfs", b"GGUF", b"GGUF" + bytes(200)])
def test_what_is_no_model_is_named(settings, tmp_path, content) -> None:
    path = tmp_path / "model.gguf"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SetupError, match=r"model\.gguf") as raised:
        load(path, settings, 2)
    assert raised.value.fix


def test_half_a_model_is_named(settings, brain, tmp_path) -> None:
    path = tmp_path / "half.gguf"
    path.write_bytes(brain.read_bytes()[: brain.stat().st_size // 2])
    with pytest.raises(SetupError, match=r"half\.gguf"):
        load(path, settings, 2)


def test_more_sessions_than_sequences(settings, brain) -> None:
    with pytest.raises(SetupError, match="sequences"):
        load(brain, settings, 1000)


@pytest.mark.parametrize(
    ("old", "new", "warning"),
    [
        (b"tokenizer.chat_template", b"tokenizer.chat_templatX", "names no chat template"),
        (b"{% for m in messages %}", b"{% for m in nobodyyy %}", "writes no question"),
        (b"{% for m in messages %}", b"{% fox m in messages %}", "is no template"),
    ],
)
def test_without_a_working_template_it_is_chatml(settings, brain, patched, old, new, warning, caplog) -> None:
    answers = []
    for path in (brain, patched(old, new)):
        loaded = load(path, settings, 1)
        job = Job(0, Prompt((Message("user", "hello"),)))
        loaded.decoder.start(job)
        items = []
        while not loaded.decoder.idle:
            items += [item for _, item in loaded.decoder.step() if item]
        answers.append("".join(items))
        loaded.decoder.free()
    assert answers[0] == answers[1]
    assert any(warning in text for text in loaded.warnings)
    assert warning in caplog.text


def test_a_template_that_rewrites_is_a_warning(settings, patched) -> None:
    loaded = load(patched(rb"m['content'] + '<|im_end|>\n'", rb"m['content']  ~ loop.last    "), settings, 1)
    loaded.decoder.free()
    assert any("rewrites" in warning for warning in loaded.warnings)


@pytest.mark.parametrize(("device", "warned"), [("cpu", False), ("auto", False), ("cuda", True)])
def test_without_a_gpu_it_runs_on_the_cpu(settings, brain, monkeypatch, device, warned) -> None:
    monkeypatch.setattr("app.llm.loading.offers_gpu", lambda: False)
    monkeypatch.setattr("app.llm.loading.idle_card", str)
    loaded = load(brain, settings.model_copy(update={"device": device}), 1)
    loaded.decoder.free()
    assert loaded.device == "cpu"
    assert any("without a GPU" in warning for warning in loaded.warnings) == warned


@pytest.mark.parametrize(("device", "warned"), [("cpu", False), ("auto", True)])
def test_a_card_that_is_not_used_is_a_warning(settings, brain, monkeypatch, device, warned) -> None:
    monkeypatch.setattr("app.llm.loading.offers_gpu", lambda: False)
    monkeypatch.setattr("app.llm.loading.idle_card", lambda: "the card is not used")
    loaded = load(brain, settings.model_copy(update={"device": device}), 1)
    loaded.decoder.free()
    assert any("make setup PARLOR_ACCEL=cuda" in warning for warning in loaded.warnings) == warned


@pytest.mark.parametrize(("device", "stops"), [("cuda", True), ("auto", False)])
def test_where_another_engine_takes_over_a_missing_gpu_stops_the_load(
    settings, brain, monkeypatch, device, stops
) -> None:
    monkeypatch.setattr("app.llm.loading.offers_gpu", lambda: False)
    chosen = settings.model_copy(update={"device": device})
    if stops:
        with pytest.raises(SetupError, match="without a GPU"):
            load(brain, chosen, 1, alone=False)
    else:
        load(brain, chosen, 1, alone=False).decoder.free()


def test_a_gpu_that_fails_is_a_warning(settings, brain, monkeypatch, caplog) -> None:
    def native(path, shape, *, gpu):
        if gpu:
            raise EngineError("llm", "llama.cpp could not load the model")
        return Native(path, shape, gpu=False)

    monkeypatch.setattr("app.llm.loading.offers_gpu", lambda: True)
    monkeypatch.setattr("app.llm.loading.Native", native)
    caplog.set_level(logging.WARNING)
    loaded = load(brain, settings, 1)
    loaded.decoder.free()
    assert loaded.device == "cpu"
    assert "on the GPU" in caplog.text
