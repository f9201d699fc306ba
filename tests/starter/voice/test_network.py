"""The acoustic model's shapes, and that padding changes nothing."""

import torch

from scripts.starter.voice.network import SYMBOLS, Network, Size
from scripts.starter.voice.shape import BANDS, BREATHS, ESPEAK, SLT

SMALL = Size(width=16, encoder=(1, 2), decoder=(1,))
SPEAKER = torch.tensor([SLT])


def network() -> Network:
    torch.manual_seed(1)
    return Network(SMALL, torch.ones(SYMBOLS)).eval()


def test_shapes() -> None:
    states, durations = network().encode(torch.tensor([[1, 5, 2]]), torch.ones(1, 3, 1), SPEAKER)
    sound = network().decode(states, torch.tensor([[2, 4, 2]]), 8, SPEAKER)
    assert durations.shape == (1, 3)
    assert sound.envelope.shape == (1, 8, BANDS)
    assert sound.breath.shape == (1, 8, BREATHS)
    assert sound.pitch.shape == sound.voiced.shape == (1, 8)


def test_padding_changes_nothing() -> None:
    net, frames = network(), torch.tensor([[2, 4, 2]])
    alone, durations = net.encode(torch.tensor([[1, 5, 2]]), torch.ones(1, 3, 1), SPEAKER)
    mask = torch.tensor([1.0, 1, 1, 0, 0])[None, :, None]
    padded, padded_durations = net.encode(torch.tensor([[1, 5, 2, 0, 0]]), mask, SPEAKER)
    torch.testing.assert_close(padded[:, :3], alone)
    torch.testing.assert_close(padded_durations[:, :2], durations[:, :2])
    short = net.decode(alone, frames, 8, SPEAKER)
    long = net.decode(padded, torch.nn.functional.pad(frames, (0, 2)), 12, SPEAKER)
    torch.testing.assert_close(long.envelope[:, :8], short.envelope)


def test_symbols_without_frames_are_skipped() -> None:
    net = network()
    states, _ = net.encode(torch.tensor([[1, 5, 2]]), torch.ones(1, 3, 1), SPEAKER)
    changed = states.clone()
    changed[:, 1] = 9.0
    frames = torch.tensor([[3, 0, 3]])
    torch.testing.assert_close(
        net.decode(states, frames, 6, SPEAKER).envelope, net.decode(changed, frames, 6, SPEAKER).envelope
    )


def test_only_sound_and_durations_depend_on_the_speaker() -> None:
    net, other = network(), torch.tensor([ESPEAK])
    ids, mask, frames = torch.tensor([[1, 5, 2]]), torch.ones(1, 3, 1), torch.tensor([[2, 4, 2]])
    states, durations = net.encode(ids, mask, SPEAKER)
    others, other_durations = net.encode(ids, mask, other)
    torch.testing.assert_close(states, others)
    assert not torch.allclose(durations, other_durations)
    sounds = [net.decode(states, frames, 8, who).envelope for who in (SPEAKER, other)]
    assert not torch.allclose(sounds[0], sounds[1])
