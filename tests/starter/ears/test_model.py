"""The network: shapes, what it can do before it learned anything, and that CTranslate2 computes the same."""

import ctranslate2
import numpy as np
import pytest
import torch
from faster_whisper import WhisperModel

from scripts.starter.ears.batches import Batches
from scripts.starter.ears.examples import Scenes
from scripts.starter.ears.export import export
from scripts.starter.ears.model import POSITIONS, Ears, Shape, sinusoids
from scripts.starter.ears.train import _uneven, losses


@pytest.fixture(scope="module")
def ears(little):
    torch.manual_seed(2)
    return Ears(Shape(little.pieces.size, phones=little.inventory.sizes)).eval()


@pytest.fixture(scope="module")
def batch(little):
    return next(Batches(Scenes(little.shards, 9), little.pieces, little.inventory, 9).hear(2_048, 0.0))


def test_all_losses_are_numbers_that_teach(ears, batch):
    parts = losses(ears(batch.features, batch.tokens, batch.said), batch)
    assert set(parts) == {"words", "alignment", "phones", "distance", "spelling"}
    torch.autograd.backward(torch.stack(list(parts.values())).sum())
    taught = {name for name, parameter in ears.named_parameters() if parameter.grad is not None}
    assert taught == {name for name, _ in ears.named_parameters()}
    ears.zero_grad()


def test_alignment_heads_read_along_before_any_training(ears, batch):
    """As good as chance would be 4: a piece is a twentieth of an utterance, which has a hundred positions."""
    with torch.no_grad():
        assert losses(ears.read(batch.said.clamp(min=0), batch.tokens), batch)["alignment"] < 3.3


def test_attention_is_best_when_even_all_over_a_piece():
    spans, targets = torch.tensor([[[2.0, 6.0]]]), torch.tensor([[7]])
    even, peaked, beside = (torch.full((1, 1, 10), -30.0) for _ in range(3))
    even[..., 2:6] = beside[..., 4:8] = 0.0
    peaked[..., 4] = 0.0
    losses_of = [_uneven(weights.log_softmax(-1), spans, targets) for weights in (even, peaked, beside)]
    assert losses_of[0] == pytest.approx(np.log(4), abs=1e-3)
    assert losses_of[0] < min(losses_of[1:])


def test_encoder_heads_look_near_before_any_training(ears):
    attention = ears.encoder[0].attention
    places = torch.nn.functional.layer_norm(sinusoids(400, ears.shape.width), (ears.shape.width,))
    query, key = (attention._split(part(places)[None]) for part in (attention.query, attention.key))
    found = (query @ key.transpose(-1, -2))[0].argmax(-1)
    for head, offset in enumerate((-1, 1, -2, 2)):
        assert (found[head][50:-50] - torch.arange(50, 350) - offset).abs().float().mean() < 1


@pytest.mark.engine
def test_the_export_is_what_was_trained_and_faster_whisper_takes_it(ears, little, tmp_path):
    checkpoint = tmp_path / "checkpoint.pt"
    torch.save({"ears": ears.state_dict(), "shape": ears.shape}, checkpoint)
    export(checkpoint, little.folder / "tokenizer.json", tmp_path / "ears", "en")
    features = np.random.default_rng(3).standard_normal((1, 80, 2 * POSITIONS)).astype(np.float32)
    native = ctranslate2.models.Whisper(str(tmp_path / "ears"), device="cpu", compute_type="float32")
    theirs = np.array(native.encode(ctranslate2.StorageView.from_array(features)))
    with torch.no_grad():
        ours = ears.encode(torch.from_numpy(features))[0].numpy()
    assert np.corrcoef(ours.ravel(), theirs.ravel())[0, 1] > 0.999  # weights are int8
    whisper = WhisperModel(str(tmp_path / "ears"), device="cpu", compute_type="int8")
    segments, _ = whisper.transcribe(np.zeros(32_000, np.float32), word_timestamps=True, language="en")
    assert isinstance(list(segments), list)
    assert not whisper.model.is_multilingual
