"""The teachers' utterances on disk, in shards that appear when they are whole."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from scripts.starter.recipe import BENCH, SPOKEN, digest
from scripts.starter.voice import (
    analysis,
    context,
    english,
    espeaker,
    hts,
    languages,
    matching,
    reading,
    shape,
    teacher,
    texts,
)
from scripts.starter.voice.languages import Language, Source, Speaker
from scripts.starter.voice.shape import Utterance
from scripts.starter.voice.texts import sentences

SHARD = 250
"""Sentences: four seconds of work for HTS, fifteen for espeak-ng and its analysis."""
LONGEST = 1_600
"""Frames: 8 s."""
_KEPT_AS = {
    "ids": np.int16, "frames": np.int16, "envelope": np.float16, "pitch": np.float32, "voiced": np.float16,
    "breath": np.float16,
}  # fmt: skip
_TEXTS = (*SPOKEN, BENCH / "dialogue", BENCH / "starter/said.py")
_DECIDING = (analysis, context, english, espeaker, hts, languages, matching, reading, shape, teacher, texts)


def recipe() -> str:
    """A name for everything that decides what the corpus holds: it changes when one of those files does."""
    return digest((*_TEXTS, *(Path(module.__file__ or "") for module in _DECIDING)))


def make(folder: Path, language: Language, count: int) -> list[Path]:
    """Shards of about `count` sentences from all of a language's sources; only those that are missing are spoken."""
    return [path for source in language.sources for path in _shards(folder / source.name, source, count)]


def _shards(folder: Path, source: Source, count: int) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    speaker: Speaker | None = None
    paths = [folder / f"{number:04d}.npz" for number in range(-(-round(count * source.share) // SHARD))]
    for number, path in enumerate(paths):
        if not path.is_file():
            speaker = speaker or source.speaker()
            write(path, spoken(speaker, sentences(source.texts, number, SHARD)))
    return paths


def spoken(speaker: Speaker, texts: Sequence[str]) -> list[Utterance]:
    """What the teacher can say of `texts`: foreign sounds and very long sentences are left out."""
    found = list[Utterance]()
    for text in texts:
        try:
            said = speaker.say(text)
        except ValueError:
            continue
        found += [utterance for utterance in said if utterance.frames.sum() <= LONGEST]
    return found


def load(paths: Sequence[Path]) -> list[Utterance]:
    """The utterances of all shards."""
    return [utterance for path in paths for utterance in read(path)]


def write(path: Path, utterances: Sequence[Utterance]) -> None:
    """One shard, as whole arrays with the sizes of the utterances beside them."""
    arrays = {
        name: np.concatenate([getattr(utterance, name) for utterance in utterances]).astype(kept_as)
        for name, kept_as in _KEPT_AS.items()
    }
    sizes = np.array([[len(utterance.ids), len(utterance.voiced), utterance.speaker] for utterance in utterances])
    texts = np.array(json.dumps([utterance.text for utterance in utterances]))
    partial = path.with_suffix(".partial.npz")
    np.savez(partial, allow_pickle=False, sizes=sizes, texts=texts, **arrays)
    partial.rename(path)


def read(path: Path) -> list[Utterance]:
    """What `write` wrote."""
    with np.load(path) as file:
        arrays = {name: file[name] for name in _KEPT_AS}
        sizes, texts = file["sizes"], json.loads(str(file["texts"]))
    found, id_at, at = list[Utterance](), 0, 0
    for text, (ids, frames, speaker) in zip(texts, sizes.tolist(), strict=True):
        found.append(
            Utterance(
                text,
                arrays["ids"][id_at : id_at + ids].astype(np.int64),
                arrays["frames"][id_at : id_at + ids].astype(np.int64),
                arrays["envelope"][at : at + frames].astype(np.float32),
                arrays["pitch"][at : at + frames],
                arrays["voiced"][at : at + frames].astype(np.float32),
                arrays["breath"][at : at + frames].astype(np.float32),
                speaker,
            )
        )
        id_at, at = id_at + ids, at + frames
    return found
