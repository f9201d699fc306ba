"""The whole way on a tiny brain: a few steps of training, a stop, more steps, GGUF, llama.cpp."""

from itertools import count

import pytest
import torch
from llama_cpp import Llama

from app.bench.dialogue.answering import opened
from app.interfaces import Message
from scripts.starter.brain import train, work
from scripts.starter.brain.batches import Feed
from scripts.starter.brain.corpus import load_corpus
from scripts.starter.brain.judge import judge
from scripts.starter.brain.model import Brain, Shape
from scripts.starter.brain.tokens import Encoder, load_tokenizer
from scripts.starter.brain.train import Plan, Trainer, rate_at
from scripts.starter.brain.work import Work, member, prepare
from scripts.starter.crews import Crew
from tests.support.packages import needing_packages

PROMPT = "<|im_start|>user\ntwo cokes please<|im_end|>\n<|im_start|>assistant\n"
SHAPE = Shape(width=64, layers=2, heads=2, hidden=96)
ALONE = Crew(0, 1)


def planned(folder, seconds):
    return Work("en", folder, Plan(seconds / 60, batch_tokens=512, cores=1), SHAPE)


@pytest.fixture(scope="module", autouse=True)
def _no_measurement():
    """Which type is fastest takes seconds to find out where bfloat16 is slow."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(train, "fastest_dtype", lambda threads: torch.float32)
        yield


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """What was made, in two goes of three steps: each reading of the clock is a second later."""
    folder = tmp_path_factory.mktemp("brain")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(work, "TOKENIZER_EXAMPLES", 800)
        patch.setattr(work, "HEARD_TURNS", 8)
        ticks = count()
        patch.setattr(Crew, "clock", lambda crew: float(next(ticks)))
        needing_packages(lambda: prepare(planned(folder, 0)))
        for seconds in (3, 6):
            member(ALONE, planned(folder, seconds))
    return planned(folder, 6)


def test_training_goes_on_where_it_stopped(made):
    trainer = Trainer(SHAPE, made.plan, made.checkpoint, ALONE)
    trainer.resume()
    written = made.checkpoint.read_bytes()
    assert (trainer.steps, trainer.spent_s) == (6, 6)
    trainer.run(
        Feed(
            needing_packages(lambda: load_corpus(made.menu)),
            Encoder(load_tokenizer(made.tokenizer)),
            (512, 1024),
            trainer.pool,
        )
    )
    assert trainer.steps == 6
    Trainer(SHAPE, made.plan, made.checkpoint, Crew(1, 2)).save()
    assert made.checkpoint.read_bytes() == written


def test_llama_reads_the_same_tokens(made):
    tokens = load_tokenizer(made.tokenizer)
    llama = Llama(str(made.model), n_ctx=64, vocab_only=True, verbose=False)
    for text in (
        PROMPT,
        "Two cokes and one latte, coming right up!",
        "it's  3 o'clock\n\né",
        '{"garlic bread": 2}, two garlic breads, xgarlic breads',
    ):
        assert llama.tokenize(text.encode(), add_bos=False, special=True) == tokens.encode(text).ids
    llama.close()


def test_llama_guesses_the_same_tokens(made):
    state = torch.load(made.checkpoint, weights_only=True)
    brain = Brain(Shape(**state["shape"]))
    brain.load_state_dict(state["brain"])
    llama = Llama(str(made.model), n_ctx=64, n_threads=1, verbose=False, logits_all=True)
    ids = load_tokenizer(made.tokenizer).encode(PROMPT).ids
    llama.eval(ids)
    with torch.no_grad():
        ours = brain(torch.tensor([ids]))[0]
    theirs = torch.tensor(llama.scores[: len(ids)])
    assert (ours - theirs).abs().max() < 0.1
    llama.close()


def test_long_talks_are_answered(made):
    talk = [Message("system", "You wait."), *[Message("user", "two cokes please"), Message("assistant", "Sure.")] * 300]
    with opened(made.model) as reply:
        assert isinstance(reply([*talk, Message("user", "hello")]), str)


def test_figures_are_printed(made, capsys):
    judge(made.menu, made.model, 1)
    printed = capsys.readouterr().out
    assert all(text in printed for text in ("orders right, clean", "orders right, ears", "valid JSON", "at least 97"))
    assert made.model.with_suffix(".wrong.jsonl").read_text("utf-8")


def test_the_rate_rises_and_falls():
    assert rate_at(0.01, 0.02) == 0.5
    assert rate_at(0.02, 0.02) == 1
    assert rate_at(1.0, 0.02) == pytest.approx(0)
