"""Training: a few real seconds of it."""

import pytest
import torch

from scripts.starter.crews import Crew
from scripts.starter.ears import train
from scripts.starter.ears.course import AGAIN, FIRST
from scripts.starter.ears.model import Ears
from scripts.starter.ears.train import Plan, Training


@pytest.fixture
def short(monkeypatch):
    monkeypatch.setattr(train, "_POSITIONS", 256)
    monkeypatch.setattr(train, "_MANY_POSITIONS", 256)


@pytest.fixture
def folder(little, tmp_path):
    for name in ("corpus", "tokenizer.json", "phones.json"):
        (tmp_path / name).symlink_to(little.folder / name)
    return tmp_path


@pytest.mark.usefixtures("short")
def test_training_stops_in_time_and_goes_on_where_it_was(folder):
    Training(Plan(folder, "en", 0.03), Crew(0, 1)).run()
    first = torch.load(folder / "checkpoint.pt", weights_only=False)
    assert first["spent"] >= 1.8
    Training(Plan(folder, "en", first["spent"] / 60 + 0.03), Crew(0, 1)).run()
    second = torch.load(folder / "checkpoint.pt", weights_only=False)
    assert second["step"] > first["step"]
    assert second["spent"] > first["spent"]
    Ears(second["shape"]).load_state_dict(second["ears"])


@pytest.mark.usefixtures("short")
def test_other_ears_lend_their_encoder(folder, little, tmp_path_factory):
    torch.manual_seed(4)
    other = tmp_path_factory.mktemp("other") / "checkpoint.pt"
    Training(Plan(folder, "en", 0.01), Crew(0, 1)).run()
    (folder / "checkpoint.pt").rename(other)
    lent = torch.load(other, weights_only=False)["ears"]
    ours = Training(Plan(folder, "en", 0.01, start_from=other), Crew(0, 1))._ears.state_dict()
    assert torch.equal(ours["encoder.2.first.weight"], lent["encoder.2.first.weight"])
    assert not torch.equal(ours["decoder.0.first.weight"], lent["decoder.0.first.weight"])


@pytest.mark.usefixtures("short")
def test_the_second_round_goes_on_from_the_first_with_another_corpus(folder, little):
    (folder / AGAIN.corpus).symlink_to(little.folder / "corpus")
    Training(Plan(folder, "en", 0.01), Crew(0, 1)).run()
    first = torch.load(folder / FIRST.checkpoint, weights_only=False)["ears"]
    again = Training(Plan(folder, "en", 0.02, course=AGAIN), Crew(0, 1))
    assert all(torch.equal(first[name], value) for name, value in again._ears.state_dict().items())
    again.run()
    second = torch.load(folder / AGAIN.checkpoint, weights_only=False)
    assert not torch.equal(first["conv1.weight"], second["ears"]["conv1.weight"])


def test_stages_follow_one_another():
    stages = [FIRST.stage(step / 100) for step in range(101)]
    assert sorted(set(stages), key=stages.index) == ["read", "hear", "many", "full", "long"]
    shares = [FIRST.placed_share(step / 100) for step in range(101)]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0, 1)
