"""One voice: what it loads, what it says, and where its words are."""

import json
import logging
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from app.audio import level_dbfs
from app.errors import SetupError
from app.tts.voice import Voice, load

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def voice(voice_file: Path) -> Voice:
    return load(voice_file, threads=1)


def test_name_language_and_rate(voice: Voice, turkish_file: Path):
    assert (voice.name, voice.language, voice.rate_hz) == ("starter-voice", "en", 24_000)
    assert load(turkish_file, threads=1).language == "tr"


def test_audio_and_one_group_for_each_run_of_phonemes(voice: Voice):
    audio, groups = voice.say("one cola, please. Thank you.", 1.0)
    assert audio.dtype == np.float32
    assert level_dbfs(audio) > -40
    assert len(groups) == 5
    edges = [t for g in groups for t in (g.start, g.end)]
    assert edges == sorted(edges)
    assert edges[-1] <= audio.size
    assert all(g.phonemes for g in groups)


def test_two_languages_at_once_do_not_mix_their_phonemes(voice: Voice, turkish_file: Path):
    """espeak's language is one for the whole process; Piper's lock holds it for each call."""
    voices = (voice, load(turkish_file, threads=1))
    words = [f"jam cola {'very ' * n}good" for n in range(40)]
    alone = [[v._piper.phonemize(word) for word in words] for v in voices]
    assert alone[0] != alone[1]
    with ThreadPoolExecutor(4) as pool:
        futures = [[pool.submit(v._piper.phonemize, word) for v in voices] for word in words]
    assert [[f.result() for f in column] for column in zip(*futures, strict=True)] == alone


def test_speed_is_the_length(voice: Voice):
    slow, fast = (voice.say("We have margherita and four cheese pizza today.", s)[0].size for s in (1.0, 1.25))
    assert fast / slow == pytest.approx(0.8, abs=0.05)


def test_punctuation_says_nothing(voice: Voice):
    audio, groups = voice.say("...", 1.0)
    assert audio.size == 0
    assert groups == []


def test_a_voice_without_alignments_has_no_groups(voice: Voice, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(voice._piper, "phoneme_ids_to_audio", lambda *_a, **_k: (np.ones(800, np.float32), None))
    audio, groups = voice.say("one cola", 1.0)
    assert audio.size == 800
    assert groups == []


def test_the_text_never_reaches_the_log(voice: Voice, caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.DEBUG):
        voice.say("margherita", 1.0)
    assert "margherita" not in caplog.text


def test_missing_files_are_named(tmp_path: Path, voice_file: Path):
    with pytest.raises(SetupError, match=r"none\.onnx is missing") as missing:
        load(tmp_path / "none.onnx", threads=1)
    assert "tts.voices" in missing.value.fix
    lonely = tmp_path / "lonely.onnx"
    shutil.copy(voice_file, lonely)
    with pytest.raises(SetupError, match=r"lonely\.onnx\.json is missing"):
        load(lonely, threads=1)


@pytest.mark.parametrize("settings", ["{", "[]", "{}", '{"espeak": {}}', '{"audio": 1, "num_symbols": 1}'])
def test_broken_settings_are_named(tmp_path: Path, settings: str):
    path = tmp_path / "bad.onnx"
    path.write_bytes(b"")
    Path(f"{path}.json").write_text(settings, "utf-8")
    with pytest.raises(SetupError, match=r"bad\.onnx\.json does not describe a Piper voice"):
        load(path, threads=1)


def test_a_broken_graph_and_a_foreign_phonemiser_are_named(tmp_path: Path, voice_file: Path):
    path = tmp_path / "bad.onnx"
    path.write_bytes(b"no graph")
    raw = json.loads(Path(f"{voice_file}.json").read_text("utf-8"))
    Path(f"{path}.json").write_text(json.dumps(raw), "utf-8")
    with pytest.raises(SetupError, match=r"bad\.onnx cannot be loaded"):
        load(path, threads=1)
    Path(f"{path}.json").write_text(json.dumps(raw | {"phoneme_type": "pinyin"}), "utf-8")
    with pytest.raises(SetupError, match="pinyin"):
        load(path, threads=1)


def test_language_without_a_code_is_espeaks(tmp_path: Path, voice_file: Path):
    path = tmp_path / "plain.onnx"
    shutil.copy(voice_file, path)
    raw = json.loads(Path(f"{voice_file}.json").read_text("utf-8"))
    del raw["language"]
    Path(f"{path}.json").write_text(json.dumps(raw), "utf-8")
    assert load(path, threads=1).language == "en"
