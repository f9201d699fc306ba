"""How loud our own voice comes back."""

import numpy as np
import pytest

from app.audio import to_pcm
from app.client.echo_level import EchoLevel
from tests.bench.interrupt.conftest import syllables

SECONDS = 3


def told(output_hz=16_000, input_hz=16_000, *, gain_db, caller=0.0, noise=1e-3):
    """Whether the echo was loud after each 10 ms of our voice, which comes back 100 ms later; a caller hums over it."""
    ours = np.interp(
        np.arange(SECONDS * output_hz) * 16_000 / output_hz, np.arange(SECONDS * 16_000), syllables(SECONDS)
    )
    at = np.arange(SECONDS * input_hz) / input_hz
    heard = np.interp((at - 0.1) * output_hz, np.arange(ours.size), ours, left=0) * 10 ** (gain_db / 20)
    heard += caller * sum(np.sin(2 * np.pi * 170 * n * at) / n for n in range(1, 20))
    heard += np.random.default_rng(1).normal(0, noise, heard.size)
    echo, found = EchoLevel(output_hz, input_hz), []
    out, into = output_hz // 100, input_hz // 100
    for block in range(SECONDS * 100):
        echo.played(to_pcm(ours[block * out : (block + 1) * out].astype(np.float32)))
        echo.heard(to_pcm(heard[block * into : (block + 1) * into].astype(np.float32)))
        found.append(echo.loud)
    return found


@pytest.mark.parametrize("gain_db", [-60.0, -20.0, -12.0, -6.0, 0.0])
@pytest.mark.parametrize(("output_hz", "input_hz"), [(16_000, 16_000), (48_000, 16_000), (24_000, 48_000)])
def test_a_soft_echo_is_left_as_it_is(output_hz, input_hz, gain_db):
    assert not any(told(output_hz, input_hz, gain_db=gain_db))


@pytest.mark.parametrize("gain_db", [5.0, 8.0])
def test_a_loud_one_is_known_within_a_second_and_for_good(gain_db):
    found = told(gain_db=gain_db)
    assert 60 < found.index(True) < 120
    assert all(found[found.index(True) :])


def test_what_is_not_understood_for_two_seconds_counts_as_loud():
    found = told(gain_db=-60.0, noise=0.05)
    assert 190 < found.index(True) < 290


def test_a_caller_over_a_soft_echo_makes_it_no_loud_one():
    assert not any(told(gain_db=-20.0, caller=0.02))


def test_a_caller_before_our_first_word_is_no_echo():
    echo, caller = EchoLevel(16_000, 16_000), to_pcm(syllables(SECONDS))
    for block in caller.reshape(-1, 160):
        echo.played(np.zeros(160, np.int16))
        echo.heard(block)
    assert not echo.loud
