"""GPU or CPU, decided and said."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import SetupError
from app.install.card import Card
from app.install.plan import ANY_CARD, Machine, Toolkit, choice, decide
from app.install.system import System

UBUNTU = System("ubuntu", "24.04")
RTX3060 = Card("NVIDIA GeForce RTX 3060", 12_288, "8.6", "580.65.06", (13, 0))
OLD_DRIVER = Card("NVIDIA GeForce RTX 3060", 12_288, "8.6", "535.183", (12, 2))
PASCAL = Card("NVIDIA GeForce GTX 1080", 8_192, "6.1", "580.65.06", (13, 0))
ANCIENT = Card("NVIDIA GeForce GTX 680", 2_048, "3.0", "470.0", (11, 4))


def nvcc(major=12, minor=4, *, cublas=True):
    return Toolkit("/usr/local/cuda/bin/nvcc", "/usr/local/cuda", (major, minor), cublas, driver_stub=False)


def machine(*cards, toolkits=(), why="", silent=False):
    return Machine(cards, why, silent, toolkits, UBUNTU)


@pytest.mark.parametrize("asked", ["auto", "cpu", "cuda"])
def test_the_three_choices(asked):
    assert choice(asked) == asked


def test_any_other_choice_names_the_three():
    with pytest.raises(SetupError) as error:
        choice("gpu")
    assert "PARLOR_ACCEL=cuda" in error.value.fix


def test_the_cpu_when_asked_for_even_with_a_card():
    plan = decide("cpu", machine(RTX3060, toolkits=(nvcc(),)))
    assert (plan.accel, plan.llama, plan.warning) == ("cpu", "cpu", "")


def test_no_card_is_the_cpu_and_says_why():
    plan = decide("auto", machine(why="there is no NVIDIA card in this machine"))
    assert plan.accel == "cpu"
    assert "no NVIDIA card" in plan.words[0]
    assert not plan.warning


def test_a_card_without_a_driver_is_a_loud_warning():
    plan = decide("auto", machine(why="there is an NVIDIA card, but no driver for it", silent=True))
    assert plan.accel == "cpu"
    assert plan.warning.startswith("EVERYTHING RUNS ON THE CPU")


def test_a_card_and_a_compiler():
    plan = decide("auto", machine(RTX3060, toolkits=(nvcc(),)))
    assert (plan.accel, plan.llama, plan.architectures, plan.warning) == ("cuda", "cuda", "86", "")
    assert plan.toolkit == nvcc()
    assert "RTX 3060" in plan.words[0]
    assert "nvcc" in plan.words[1]


def test_without_a_compiler_the_package_index_has_one():
    plan = decide("auto", machine(RTX3060))
    assert (plan.llama, plan.toolkit) == ("cuda", None)
    assert "no root needed" in plan.words[1]


def test_a_compiler_without_cublas_is_none():
    assert decide("auto", machine(RTX3060, toolkits=(nvcc(cublas=False),))).toolkit is None


def test_a_compiler_newer_than_the_driver_is_passed_over():
    plan = decide("auto", machine(OLD_DRIVER, toolkits=(nvcc(13, 0), nvcc(12, 9))))
    assert plan.toolkit == nvcc(12, 9)


@pytest.mark.parametrize(
    ("card", "accel", "mend"),
    [
        (OLD_DRIVER, "cuda", UBUNTU.driver),  # CTranslate2 runs, llama.cpp cannot be built
        (PASCAL, "cuda", "cuda-toolkit-12-9"),
        (ANCIENT, "cpu", "cuda-toolkit-12-9"),
    ],
)
def test_what_the_index_cannot_serve_is_a_loud_warning_or_when_asked_for_an_error(card, accel, mend):
    plan = decide("auto", machine(card))
    assert (plan.accel, plan.llama) == (accel, "cpu")
    assert "ON THE CPU" in plan.warning
    assert mend in plan.warning
    with pytest.raises(SetupError) as error:
        decide("cuda", machine(card))
    assert card.name in error.value.message
    assert mend in error.value.fix


def test_several_cards_are_all_built_for():
    assert decide("auto", machine(RTX3060, PASCAL, RTX3060, toolkits=(nvcc(),))).architectures == "61;86"


def test_a_portable_build_is_for_all_cards():
    assert decide("auto", machine(RTX3060), portable=True).architectures == ANY_CARD


def test_a_compiler_older_than_the_newest_cards_is_for_older_cards_only():
    known, blackwell = nvcc(12, 4), replace(RTX3060, name="RTX 5070", compute="12.0")
    assert decide("auto", machine(RTX3060, toolkits=(known,))).toolkit == known
    assert decide("auto", machine(blackwell, toolkits=(known, nvcc(12, 8)))).toolkit == nvcc(12, 8)
    assert decide("auto", machine(RTX3060, toolkits=(known,)), portable=True).toolkit is None
    assert decide("cuda", machine(toolkits=(known,))).toolkit is None


def test_a_card_that_the_newest_compiler_forgot_takes_an_older_one():
    assert decide("auto", machine(PASCAL, toolkits=(nvcc(13, 0), nvcc(12, 9)))).toolkit == nvcc(12, 9)


def test_cuda_without_a_card_is_built_for_all():
    plan = decide("cuda", machine(why="there is no NVIDIA card in this machine", toolkits=(nvcc(13, 1),)))
    assert (plan.accel, plan.llama, plan.architectures) == ("cuda", "cuda", ANY_CARD)
    assert plan.toolkit == nvcc(13, 1)


versions = st.tuples(st.integers(11, 14), st.integers(0, 9))
cards = st.builds(Card, st.just("card"), st.just(8_192), st.sampled_from(["5.0", "7.5", "8.6"]), st.just(""), versions)
toolkits = st.builds(Toolkit, st.just("nvcc"), st.just("/cuda"), versions, st.booleans(), st.booleans())


@given(st.lists(cards, max_size=3).map(tuple), st.lists(toolkits, max_size=3).map(tuple), st.booleans())
def test_auto_never_fails_and_never_leaves_a_card_unused_in_silence(found, compilers, silent):
    plan = decide("auto", Machine(found, "there is none", silent and not found, compilers, UBUNTU))
    assert plan.words
    if (found or silent) and plan.llama == "cpu":
        assert "ON THE CPU" in plan.warning
    if plan.toolkit:
        assert plan.toolkit.cublas
        assert plan.toolkit.version[0] <= found[0].cuda[0]
        assert plan.toolkit.version[0] < 13 or found[0].compute >= "7.5"
