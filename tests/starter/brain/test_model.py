import pytest
import torch

from scripts.starter.brain.model import INPUT_SCALE, Brain, Shape, angles, attention, rotate

SHAPE = Shape(64, width=32, layers=2, heads=4, hidden=64, context=32)


@pytest.fixture
def brain():
    torch.manual_seed(1)
    return Brain(SHAPE).eval()


def test_only_the_past_counts(brain):
    ids = torch.randint(0, 64, (1, 12))
    other = ids.clone()
    other[0, 8] = (ids[0, 8] + 1) % 64
    with torch.no_grad():
        a, b = brain(ids), brain(other)
    assert torch.allclose(a[:, :8], b[:, :8], atol=1e-5)
    assert not torch.allclose(a[:, 8:], b[:, 8:], atol=1e-5)


def test_only_wanted_tokens_are_guessed(brain):
    ids = torch.randint(0, 64, (2, 6))
    wanted = torch.tensor([[True, False] * 3, [False, False, True] * 2])
    with torch.no_grad():
        assert torch.allclose(brain(ids, wanted), brain(ids)[wanted], atol=1e-5)


def test_only_distances_matter():
    x, y = torch.randn(1, 1, 1, 8), torch.randn(1, 1, 1, 8)
    turn = angles(SHAPE)
    near = (rotate(x, turn[3:4]) * rotate(y, turn[7:8])).sum()
    far = (rotate(x, turn[13:14]) * rotate(y, turn[17:18])).sum()
    assert torch.allclose(near, far, atol=1e-4)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_attention_is_torchs_own(dtype):
    q, k, v = torch.randn(3, 2, 4, 9, 8, dtype=dtype)
    own = torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
    assert torch.allclose(attention(q, k, v), own, atol=1e-5 if dtype == torch.float32 else 0.03)


@pytest.fixture
def start():
    """A brain that has learned nothing, its first block's input for 40 tokens, and the tokens."""
    torch.manual_seed(1)
    brain = Brain(Shape(200, width=192, layers=2, heads=4, hidden=32, context=128))
    ids = torch.randint(0, 200, (20,)).repeat(2)
    return brain, brain.token_embd[ids] * INPUT_SCALE, ids


def attended(block, x):
    """Weights `(heads, to, from)`."""
    shape = Shape(200, width=192, heads=4)
    turn, normed = angles(shape)[: len(x)], block.attn_norm(x)
    q, k = (rotate((normed @ w.T).view(len(x), 4, 48).transpose(0, 1), turn) for w in (block.attn_q, block.attn_k))
    return (q @ k.transpose(1, 2) / 48**0.5).masked_fill(torch.ones(len(x), len(x)).triu(1).bool(), -1e9).softmax(-1)


@torch.no_grad()
def test_the_first_heads_look_back_so_many_tokens(start):
    brain, x, _ = start
    weights = attended(brain.blk[0], x)
    for head in range(4):
        assert weights[head].diagonal(-(head + 1)).mean() > 0.7


@torch.no_grad()
def test_the_next_ones_find_the_same_again_and_say_what_followed(start):
    brain, x, ids = start
    turn = brain.get_buffer("_turn")[:40]
    weights = attended(brain.blk[1], brain.blk[0](x[None], turn)[0])
    for head in range(3):
        # In the second half everything is said again: from each token to the one behind its first time.
        assert weights[head].diagonal(-19)[5:].mean() > 0.5, head
    guesses = brain(ids[None])[0].scatter(1, ids[:, None], -1e9)  # at first it would say the token itself
    guessed = guesses.argmax(-1)
    assert (guessed[24:39] == ids[25:]).float().mean() > 0.8
