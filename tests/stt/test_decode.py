"""One pass: languages, tasks, bounds, words. Real CTranslate2 on random and on starter weights."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from faster_whisper import WhisperModel

from app.errors import UnknownLanguageError
from app.interfaces import FloatArray, Word
from app.stt.decode import MAX_SAMPLES, STARTER_FILL, Ask, Decoder, _words

NOISE = np.random.default_rng(1).normal(0, 0.1, 16_000).astype(np.float32)


class Spy:
    """A CTranslate2 model that remembers the prompts it was given and how many tokens it wrote."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.prompts: list[list[int]] = []
        self.written: list[int] = []
        self.encodings = 0
        self.frames: list[int] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.model, name)

    def encode(self, *given: Any, **options: Any) -> Any:
        self.encodings += 1
        self.frames.append(given[0].shape[-1])
        return self.model.encode(*given, **options)

    def generate(self, encoded: Any, prompts: list[list[int]], **options: Any) -> Any:
        self.prompts += prompts
        results = self.model.generate(encoded, prompts, **options)
        self.written += [len(result.sequences_ids[0]) for result in results]
        return results


@pytest.fixture(scope="module")
def worldly(multilingual: Path) -> tuple[Decoder, Spy, Callable[[str], int]]:
    model = WhisperModel(str(multilingual), device="cpu", compute_type="float32", cpu_threads=1, local_files_only=True)
    decoder = Decoder(model)
    model.model = spy = Spy(model.model)
    return decoder, spy, lambda name: model.hf_tokenizer.token_to_id(f"<|{name}|>")


@pytest.fixture(scope="module")
def starter(ears: Path) -> Decoder:
    model = WhisperModel(str(ears), device="cpu", compute_type="int8", cpu_threads=1, local_files_only=True)
    return Decoder(model, STARTER_FILL)


@pytest.mark.engine
def test_the_vocabulary_is_whispers_own(worldly: Any) -> None:
    decoder, spy, token = worldly
    assert spy.is_multilingual
    assert len(decoder.languages) == 99  # the hundredth, Cantonese, came with large-v3
    assert token("endoftext") == 50257
    assert token("en") == 50259
    assert (token("translate"), token("transcribe")) == (50358, 50359)
    assert token("notimestamps") == 50363
    assert decoder._model.hf_tokenizer.get_vocab_size() == 51865
    text = "Merhaba, iki çay lütfen! 你好 don't 3.50€"
    ids = decoder._model.hf_tokenizer.encode(text).ids
    assert decoder._model.hf_tokenizer.decode(ids) == text
    assert decoder._model.hf_tokenizer.encode(" hello world").ids == [7751, 1002]


@pytest.mark.engine
def test_a_language_is_found_from_the_same_encoding(worldly: Any) -> None:
    decoder, spy, token = worldly
    before = spy.encodings
    heard = decoder.hear(NOISE, Ask(beam=1))
    assert heard.language in decoder.languages
    assert spy.prompts[-1][1] == token(heard.language)
    assert spy.encodings == before + 1


@pytest.mark.engine
@pytest.mark.parametrize(("language", "task"), [("tr", "transcribe"), ("tr", "translate"), ("zh", "translate")])
def test_language_and_task_are_prompted(worldly: Any, language: str, task: Any) -> None:
    decoder, spy, token = worldly
    heard = decoder.hear(NOISE, Ask(beam=1, language=language, task=task))
    assert heard.language == ("en" if task == "translate" else language), "of the text"
    assert spy.prompts[-1] == [token("startoftranscript"), token(language), token(task), token("notimestamps")]


@pytest.mark.engine
@pytest.mark.parametrize("language", ["xx", "yue", ""])
def test_an_unknown_language_is_named(worldly: Any, language: str) -> None:
    with pytest.raises(UnknownLanguageError, match="does not know the language") as caught:
        worldly[0].hear(NOISE, Ask(beam=1, language=language))
    assert "Ask for one of: af, am, ar," in caught.value.fix


@pytest.mark.engine
def test_a_model_that_never_stops_is_stopped(worldly: Any) -> None:
    """And not before it has written what may be in so many seconds."""
    decoder, spy, _ = worldly
    for seconds, most in ((1, 72), (5, 232), (30, 442)):
        audio = np.tile(NOISE, seconds)
        decoder.hear(audio, Ask(beam=1, language="en"))
        assert spy.written[-1] == most


@pytest.mark.engine
@pytest.mark.parametrize("samples", [1_600, 1_601, 3_200, MAX_SAMPLES - 1, MAX_SAMPLES])
@pytest.mark.parametrize("beam", [1, 5])
def test_any_length_is_heard(starter: Decoder, samples: int, beam: int) -> None:
    heard = starter.hear(np.resize(NOISE, samples), Ask(beam))
    assert heard.language == "en"
    assert all(0 <= w.start_ms <= w.end_ms <= 30_000 for w in heard.words)
    assert heard.avg_log_prob <= 0


@pytest.mark.engine
def test_ears_of_one_language_say_which(ears: Path, tmp_path: Path) -> None:
    for file in ears.iterdir():
        data = file.read_bytes()
        (tmp_path / file.name).write_bytes(data.replace(b"<|en|>", b"<|tr|>") if file.suffix == ".json" else data)
    model = WhisperModel(str(tmp_path), device="cpu", compute_type="int8", cpu_threads=1, local_files_only=True)
    decoder = Decoder(model, STARTER_FILL)
    assert decoder.languages == ("tr",)
    assert decoder.hear(NOISE, Ask(beam=1)).language == "tr"


@pytest.mark.engine
@pytest.mark.parametrize("fill_to", [0, STARTER_FILL, MAX_SAMPLES])
def test_no_more_is_encoded_than_the_model_needs(
    starter: Decoder, fill_to: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoder, spy = Decoder(starter._model, fill_to), Spy(starter._model.model)
    monkeypatch.setattr(starter._model, "model", spy)
    lengths = [1_600, STARTER_FILL - 160, STARTER_FILL, STARTER_FILL + 160, MAX_SAMPLES]
    for samples in lengths:
        decoder.hear(np.resize(NOISE, samples), Ask(1))
    assert spy.frames == [max(samples, fill_to) // 160 for samples in lengths]


@pytest.mark.engine
def test_whisper_is_given_its_thirty_seconds(worldly: Any) -> None:
    """Whisper was trained on nothing shorter."""
    decoder, spy, _ = worldly
    decoder.hear(NOISE, Ask(beam=1, language="en"))
    assert spy.frames[-1] == 3_000


@pytest.mark.engine
def test_small_models_say_how_long_they_write(starter: Decoder) -> None:
    model = starter._model
    assert 32 < starter._positions <= 448
    heard = starter.hear(np.resize(NOISE, MAX_SAMPLES), Ask(5))
    assert len(model.hf_tokenizer.encode(heard.text).ids) <= starter._positions


@pytest.mark.engine
def test_words_are_the_text_and_follow_each_other(starter: Decoder, sentences: dict[str, FloatArray]) -> None:
    wrong = 0
    for text, audio in sentences.items():
        heard = starter.hear(audio, Ask(5))
        assert " ".join(w.text for w in heard.words) == heard.text
        wrong += heard.text != text
        assert [w.start_ms for w in heard.words] == sorted(w.start_ms for w in heard.words)
        assert heard.words[-1].end_ms <= audio.size / 16
        assert all(0 < w.p <= 1 for w in heard.words)
    assert wrong <= 1  # a plural: int8 sums differ between processors


@pytest.mark.parametrize(
    ("pieces", "spaced", "words"),
    [
        ([" ice", "-cream", "."], True, ["ice-cream."]),
        ([" that", "'s", " all"], True, ["that's", "all"]),
        (["Hello", ",", " you"], True, ["Hello,", "you"]),
        (["你", "好", "。"], False, ["你", "好。"]),
        ([" ", " a"], True, ["a"]),
        ([], True, []),
    ],
)
def test_pieces_become_words(pieces: list[str], spaced: bool, words: list[str]) -> None:
    placed = [{"word": p, "start": i / 10, "end": (i + 1) / 10, "probability": 0.9} for i, p in enumerate(pieces)]
    found: list[Word] = list(_words(placed, spaced=spaced))
    assert [w.text for w in found] == words
    assert all(w.start_ms < w.end_ms for w in found)
