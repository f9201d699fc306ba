"""Shards on disk."""

from dataclasses import fields
from pathlib import Path

import numpy as np

from scripts.starter.voice.corpus import read, write
from scripts.starter.voice.shape import ESPEAK, Utterance
from tests.starter.voice.test_batches import utterance


def test_what_is_written_is_read(tmp_path: Path) -> None:
    made = [utterance([2, 0, 3], 1), utterance([4], 2, ESPEAK)]
    write(tmp_path / "0000.npz", made)
    found = read(tmp_path / "0000.npz")
    assert [path.name for path in tmp_path.iterdir()] == ["0000.npz"]
    for one, other in zip(made, found, strict=True):
        for field in fields(Utterance):
            before, after = getattr(one, field.name), getattr(other, field.name)
            assert before == after if field.name in ("text", "speaker") else np.allclose(before, after, atol=2e-3)
