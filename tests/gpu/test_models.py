"""Random models of small sizes, made and measured as on a card, here on the CPU."""

import json
import sys
from argparse import Namespace
from dataclasses import replace

import numpy as np
import pytest

from app.config import load
from app.install.card import Card
from app.interfaces import RATE_HZ, Message, Prompt, SttJob, SttKind
from app.llm.llama import LlamaLlm
from app.stt.whisper import WhisperStt
from scripts.gpu import __main__ as check
from scripts.gpu import llama, whisper

EARS = whisper.Size(width=192, heads=6, encoder_layers=2, decoder_layers=2, mels=128, vocabulary=4_000)
MANY = whisper.Size(width=192, heads=6, encoder_layers=1, decoder_layers=1, mels=80)
BRAIN = llama.Size(width=256, layers=2, heads=4, kv_heads=2, hidden=512, tied=False, vocabulary=4_000)
TIED = llama.Size(width=256, layers=1, heads=2, kv_heads=1, hidden=256, vocabulary=3_000)


@pytest.mark.engine
@pytest.mark.parametrize(
    ("size", "said", "lasts"), [(EARS, whisper.SAID[""], (4, 7)), (MANY, whisper.SAID["-long"], (25, 29))]
)
async def test_a_random_whisper_says_the_same_to_everything(tmp_path, size, said, lasts):
    folder = whisper.make(size, tmp_path / "ears", said)
    settings = load(None, {}, ["stt.device=cpu", "stt.language=en"]).stt
    async with WhisperStt(settings, folder, starter=False) as stt:
        for seconds in lasts:
            audio = np.random.default_rng(seconds).normal(0, 0.1, seconds * RATE_HZ).astype(np.float32)
            heard = await stt.transcribe(SttJob("x", SttKind.FINAL, audio, "en"))
            assert heard.text == said


@pytest.mark.engine
@pytest.mark.parametrize("size", [BRAIN, TIED])
async def test_a_random_llama_writes_until_it_is_stopped(tmp_path, size):
    path = llama.make(size, tmp_path / "brain.gguf")
    small = llama.quantized(path)
    assert small.stat().st_size < path.stat().st_size
    settings = load(None, {}, ["llm.device=cpu"]).llm
    for model in (path, small):
        async with LlamaLlm(settings, 1, model, starter=False) as llm:
            slot = await llm.open()
            written = [piece async for piece in slot.generate(Prompt((Message("user", "hello"),), max_tokens=40))]
            await slot.close()
            assert llm.stats().answer_tokens >= 39  # the last is not decoded again
            assert written


@pytest.mark.engine
def test_the_check_measures_them_and_writes_a_page(tmp_path, monkeypatch):
    monkeypatch.setattr(whisper, "SIZES", {"whisper-small": EARS})
    monkeypatch.setattr(llama, "SIZES", {"llama-1b": BRAIN})
    arguments = ["--device", "cpu", "--count", "1", "--work", str(tmp_path / "work"), "--out", str(tmp_path / "out")]
    monkeypatch.setattr(sys, "argv", ["gpu", *arguments])
    assert check.main() == 0
    found = json.loads((tmp_path / "out/cpu.json").read_text())
    cases = {each["case"] for each in found["measured"]}
    assert any("whisper-small" in case for case in cases)
    assert any("q4_k_m" in case for case in cases)
    text = (tmp_path / "out/cpu.md").read_text()
    assert all(f"## {case}" in text for case in cases)


@pytest.mark.engine
def test_a_model_that_fails_does_not_end_the_check(tmp_path, monkeypatch):
    monkeypatch.setattr(whisper, "SIZES", {})
    monkeypatch.setattr(llama, "SIZES", {"llama-1b": replace(BRAIN, heads=3), "llama-3b": BRAIN})
    arguments = ["--device", "cpu", "--count", "1", "--work", str(tmp_path / "work"), "--out", str(tmp_path / "out")]
    monkeypatch.setattr(sys, "argv", ["gpu", *arguments])
    with pytest.raises(SystemExit, match="llama-1b: "):
        check.main()
    found = json.loads((tmp_path / "out/cpu.json").read_text())
    assert all("llama-3b" in each["case"] for each in found["measured"])


def test_what_the_card_has_no_room_for_is_left_out(tmp_path, monkeypatch):
    ran = list[str]()
    monkeypatch.setattr(check, "bench", lambda _options, _stage, *more: ran.append(more[1]) or {})
    monkeypatch.setattr(check, "cards", lambda: (Card("RTX 3060", 12_288, "8.6", "", (13, 0)),))
    for name, size_mb in (("llama-8b.gguf", 15_317), ("llama-8b-q4_k_m.gguf", 4_692)):
        with open(tmp_path / name, "wb") as file:
            file.truncate(size_mb << 20)
    options = Namespace(device="cuda", work=tmp_path)
    assert len(list(check.written(options, "llama-8b", llama.SIZES["llama-8b"]))) == 1
    assert ran == [f"llm.model={tmp_path}/llama-8b-q4_k_m.gguf"]


def test_without_a_card_it_says_so(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["gpu"])
    monkeypatch.setattr(check, "cards", tuple)
    with pytest.raises(SystemExit, match="no NVIDIA card"):
        check.main()
