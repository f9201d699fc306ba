"""Labelled speech on disk: one file of samples and one of labels for each shard, mapped into memory when read."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import numpy as np

from app.audio import to_float, to_pcm
from app.bench.speech.labels import Span, Speech


def write(folder: Path, number: int, speeches: Iterable[Speech]) -> None:
    """A shard; it appears when it is whole."""
    labels, audio, at = [], [], 0
    for speech in speeches:
        pcm = to_pcm(speech.audio)
        spans = {"words": [asdict(span) for span in speech.words], "phones": [asdict(span) for span in speech.phones]}
        labels.append({"text": speech.text, "voice": speech.voice, "at": at, "samples": len(pcm), **spans})
        audio.append(pcm)
        at += len(pcm)
    folder.mkdir(parents=True, exist_ok=True)
    name = folder / f"{number:05d}"
    np.concatenate(audio).tofile(name.with_suffix(".pcm"))
    partial = name.with_suffix(".partial")
    partial.write_text("\n".join(json.dumps(label) for label in labels))
    partial.rename(name.with_suffix(".jsonl"))


def written(folder: Path) -> list[int]:
    """The numbers of the shards that are whole."""
    return sorted(int(path.stem) for path in folder.glob("*.jsonl"))


class Shards:
    """All utterances of a folder; an utterance is read when it is asked for, so that fifty thousand take no memory."""

    def __init__(self, folder: Path) -> None:
        self._labels: list[tuple[np.memmap[tuple[int], np.dtype[np.int16]], bytes]] = []
        for number in written(folder):
            name = folder / f"{number:05d}"
            audio = np.memmap(name.with_suffix(".pcm"), np.int16, "r")
            self._labels += [(audio, line) for line in name.with_suffix(".jsonl").read_bytes().splitlines()]

    def __len__(self) -> int:
        return len(self._labels)

    def text(self, index: int) -> str:
        """What is said, without its audio."""
        return str(json.loads(self._labels[index][1])["text"])

    def __getitem__(self, index: int) -> Speech:
        audio, line = self._labels[index]
        label = json.loads(line)
        words, phones = (tuple(Span(**span) for span in label[kind]) for kind in ("words", "phones"))
        pcm = np.asarray(audio[label["at"] : label["at"] + label["samples"]])
        return Speech(label["text"], label["voice"], to_float(pcm), words, phones)
