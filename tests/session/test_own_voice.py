"""What our own loudspeaker explains is not the caller's, however late, loud and chunked it comes back."""

from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.interfaces import FRAME_SAMPLES, RATE_HZ
from app.session.coupling import BANDS, DELAYS, LEARNED_FRAMES, levels
from app.session.own_voice import MOST_DB, OwnVoice, PlayedWord, Sound

NOISE = -75.0
SECONDS = RATE_HZ // FRAME_SAMPLES


def speech(seed, frames):
    """Levels that come and go as syllables do, `(frames, BANDS)`."""
    dice = np.random.default_rng(seed)
    slow = np.repeat(dice.uniform(-30, 0, (frames // 5 + 1, BANDS)), 5, axis=0)[:frames]
    return (slow - 25 + dice.normal(0, 2, slow.shape)).astype(np.float32)


def arriving(sent, delay, gain_db, seed=0):
    """What a microphone in a quiet room makes of it."""
    dice = np.random.default_rng(seed)
    late = np.full_like(sent, -100.0)
    late[delay:] = sent[: len(sent) - delay] + gain_db + dice.normal(0, 1, (len(sent) - delay, BANDS))
    return np.maximum(late, NOISE).astype(np.float32)


def told(own, heard, voice=None, voiced=None):
    voice = voice or OwnVoice()
    voice.played(0, own)
    voice.hear(0, heard, voiced=[True] * len(heard) if voiced is None else voiced)
    return voice


def frames(start, end):
    return start * FRAME_SAMPLES, end * FRAME_SAMPLES


@settings(max_examples=6)
@given(st.integers(0, 18), st.floats(-24, 0), st.integers(0, 1_000))
def test_our_echo_is_learned_and_explained(delay, gain_db, seed):
    own = speech(seed, 2 * SECONDS)
    voice = told(own, arriving(own, delay, gain_db))
    assert voice.coupling is not None
    assert abs(voice.coupling.delay - delay) <= 3
    assert voice.excess_db(*frames(0, len(own))) == -inf
    sound = voice.foreign()  # a few of its first frames may lie between two of what was sent: they prove nothing
    assert sound is None or sound.end_sample - sound.start_sample < 4 * FRAME_SAMPLES


@settings(max_examples=6)
@given(st.integers(0, 18), st.floats(-24, -12), st.integers(0, 1_000))
def test_a_caller_over_our_echo_is_somebody_else(delay, gain_db, seed):
    own = speech(seed, 3 * SECONDS)
    heard = arriving(own, delay, gain_db)
    onset = 2 * SECONDS
    heard[onset:] = np.maximum(heard[onset:], speech(seed + 1, SECONDS))
    voice = told(own, heard)
    assert voice.excess_db(*frames(onset, onset + 12)) > 0
    sound = voice.foreign()
    assert sound is not None
    assert onset * FRAME_SAMPLES <= sound.start_sample < sound.end_sample <= len(own) * FRAME_SAMPLES


@given(st.lists(st.integers(1, 30), min_size=1, max_size=12), st.integers(0, 100))
@settings(max_examples=6)
def test_chunking_never_matters(sizes, seed):
    own = speech(seed, 90)
    heard = arriving(own, 5, -10)
    heard[60:70] += 20
    voiced = [number % 7 != 0 for number in range(90)]
    whole, chunked, at = told(own, heard, voiced=voiced), OwnVoice(), 0
    chunked.played(0, own)
    for size in [*sizes, 90]:
        part = heard[at : at + size]
        chunked.hear(at * FRAME_SAMPLES, part, voiced=voiced[at : at + size])
        at += len(part)
    assert chunked.excess_db(*frames(0, 90)) == whole.excess_db(*frames(0, 90))
    assert chunked.foreign() == whole.foreign()


@pytest.mark.parametrize("tilt_db", [0, -35], ids=["as loud in all bands", "little above 2 kHz, as voices"])
def test_what_the_client_cancels_leaves_the_caller_alone_at_once(tilt_db):
    own = speech(1, 3 * SECONDS) + np.linspace(0, tilt_db, BANDS, dtype=np.float32)
    heard = np.full_like(own, NOISE)
    heard[-8:] = -40
    voice = told(own, heard)
    assert voice.coupling is not None
    assert voice.excess_db(*frames(len(own) - 8, len(own))) > MOST_DB / 2


def test_before_anything_is_learned_only_what_is_louder_than_we_play_is_not_ours():
    own, count = speech(2, 20), 20
    assert told(own, arriving(own, 3, 0)).excess_db(*frames(0, count)) == -inf
    louder = told(own, np.full_like(own, own.max() + 25))
    assert louder.coupling is None
    assert louder.excess_db(*frames(0, count)) > 0


def test_without_us_a_voice_is_the_callers_and_a_noise_is_nobodys():
    heard = np.full((30, BANDS), NOISE, np.float32)
    heard[10:20] = -40
    voice = OwnVoice()
    voice.hear(0, heard, voiced=[10 <= at < 20 for at in range(30)])
    assert not voice.sounding
    assert voice.foreign() == Sound(*frames(10, 20))
    silent = OwnVoice()
    silent.hear(0, heard, voiced=[False] * 30)
    assert silent.foreign() is None
    assert silent.excess_db(*frames(0, 30)) == -inf


def test_a_gap_within_a_word_is_no_end():
    heard = np.full((40, BANDS), NOISE, np.float32)
    heard[10:14] = heard[16:20] = heard[30:34] = -40
    voice = OwnVoice()
    voice.hear(0, heard[:25], voiced=[True] * 25)
    assert voice.foreign() == Sound(*frames(10, 20))
    voice.hear(25 * FRAME_SAMPLES, heard[25:], voiced=[True] * 15)
    assert voice.foreign() == Sound(*frames(30, 34))


@settings(max_examples=6)
@given(st.integers(0, 18), st.integers(0, 3), st.integers(0, 12), st.integers(0, 1_000))
def test_what_we_play_softer_is_explained_if_soon_and_loud_again_at_any_time(delay, late, early, seed):
    own = speech(seed, 5 * SECONDS)
    heard, loud = arriving(own, delay, -12), 4 * SECONDS
    heard[3 * SECONDS + delay + late : loud + max(0, delay - early)] -= 12
    voice = OwnVoice()
    voice.played(0, own)
    voice.hear(0, heard[: 3 * SECONDS], voiced=[True] * 3 * SECONDS)
    voice.ducked(3 * SECONDS * FRAME_SAMPLES, -12.0)
    voice.hear(3 * SECONDS * FRAME_SAMPLES, heard[3 * SECONDS : loud], voiced=[True] * SECONDS)
    voice.ducked(loud * FRAME_SAMPLES, 0.0)
    voice.hear(loud * FRAME_SAMPLES, heard[loud:], voiced=[True] * (len(heard) - loud))
    assert voice.excess_db(*frames(3 * SECONDS, len(own))) == -inf


@pytest.mark.parametrize("ducked", [True, False])
def test_what_we_play_softer_hides_less_of_a_caller(ducked):
    own, delay, onset = speech(5, 4 * SECONDS), 6, 3 * SECONDS
    heard = arriving(own, delay, -12)
    heard[onset + delay + 1 :] -= 12
    heard[onset:] = np.maximum(heard[onset:], own[onset - delay :][:SECONDS] - 16)  # beneath our echo before
    voice = OwnVoice()
    voice.played(0, own)
    voice.hear(0, heard[:onset], voiced=[True] * onset)
    if ducked:
        voice.ducked(onset * FRAME_SAMPLES, -12.0)
    voice.hear(onset * FRAME_SAMPLES, heard[onset:], voiced=[True] * (len(heard) - onset))
    assert (voice.excess_db(*frames(onset, len(own))) > 0) is ducked


def test_what_was_the_callers_teaches_nothing():
    own = speech(3, 3 * SECONDS)
    voice = told(own, arriving(own, 4, -12))
    voice.disown((LEARNED_FRAMES - 1) * FRAME_SAMPLES)
    assert voice.coupling is None


def test_a_moved_echo_is_found_again():
    own = speech(4, 14 * SECONDS)
    heard = np.concatenate([arriving(own, 4, -12)[: 4 * SECONDS], arriving(own, 11, -12)[4 * SECONDS :]])
    voice = told(own, heard)
    assert voice.coupling is not None
    assert abs(voice.coupling.delay - 11) <= 3
    assert voice.excess_db(*frames(0, 4 * SECONDS - DELAYS)) == -inf


def test_a_sound_that_never_resembles_ours_is_not_learned():
    own = speech(5, 4 * SECONDS)
    other = 2 * (speech(6, 4 * SECONDS) + 40) - 40
    assert told(own, other).coupling is None


@settings(max_examples=20)
@given(st.integers(0, 18), st.floats(-24, 0), st.integers(0, 1_000))
def test_our_echo_is_never_unlike_us_and_who_speaks_without_it_mostly_is(delay, gain_db, seed):
    own = speech(seed, SECONDS + DELAYS)
    assert not told(own, arriving(own, delay, gain_db)).unlike
    assert not told(own[: LEARNED_FRAMES - 1], arriving(own, delay, gain_db)[: LEARNED_FRAMES - 1]).unlike
    other = np.random.default_rng(seed).normal(-40, 8, own.shape).astype(np.float32)
    assert told(own, other).unlike


def test_whose_words_fall_into_our_first_ones_without_an_echo_is_mostly_somebody_else():
    def is_somebody_else(seed):
        own = speech(seed, 2 * SECONDS)
        heard = np.full_like(own, NOISE)
        onset, length = 2 + seed % 18, 12 + seed % 19
        heard[onset : onset + length] = np.maximum(NOISE, speech(seed + 1, length))
        voice = told(own, heard)
        return voice.unlike if voice.coupling is None else voice.excess_db(*frames(onset, onset + length)) > 0

    assert sum(map(is_somebody_else, range(100))) >= 95


@pytest.mark.parametrize("looked_at", [LEARNED_FRAMES, LEARNED_FRAMES + 8])
def test_at_the_first_looks_who_speaks_without_an_echo_is_mostly_unlike_us(looked_at):
    def unlike(seed):
        heard = np.maximum(NOISE, speech(seed + 1, looked_at))
        heard[: 4 + seed % 12] = NOISE
        return told(speech(seed, looked_at), heard).unlike

    assert sum(map(unlike, range(50))) >= 30


def test_a_short_sound_of_ours_tells_nothing():
    own = speech(3, 3)
    voice = told(own, np.concatenate([speech(4, 12), np.full((40, BANDS), NOISE, np.float32)]))
    assert voice.coupling is None
    assert not voice.unlike


def test_what_is_long_past_is_not_judged_again():
    own, quiet = speech(3, 4 * SECONDS), np.full((900, BANDS), NOISE, np.float32)
    other = np.concatenate([speech(9, 12), quiet])
    voice = told(own[:12], other, voiced=[True] * 12 + [False] * len(quiet))
    assert voice.coupling is None
    start = len(other)
    voice.played(start * FRAME_SAMPLES, own)
    voice.hear(start * FRAME_SAMPLES, arriving(own, 5, -20), voiced=[True] * len(own))
    assert voice.coupling is not None
    assert voice.excess_db(*frames(start, start + len(own))) == -inf


def test_what_was_heard_before_our_echo_was_known_is_judged_by_it_too():
    own = speech(3, 2 * SECONDS)
    heard = arriving(own, 5, -20)
    onset = LEARNED_FRAMES - 10
    heard[onset : onset + 8] = own[onset : onset + 8].max() - 12
    before = told(own[: LEARNED_FRAMES - 1], heard[: LEARNED_FRAMES - 1])
    assert before.coupling is None
    assert before.excess_db(*frames(onset, onset + 8)) == -inf
    after = told(own, heard)
    assert after.coupling is not None
    assert after.excess_db(*frames(onset, onset + 8)) > 0
    assert after.excess_db(*frames(0, onset - 8)) == -inf


def test_what_was_learned_of_too_little_is_given_up_and_what_it_told_of_somebody_else_stays():
    own = speech(296, 2 * SECONDS)
    heard = np.full_like(own, NOISE)
    heard[10:33] = np.maximum(NOISE, speech(297, 23))
    assert told(own[:24], heard[:24]).coupling is not None
    voice = told(own[:40], heard[:40])
    assert voice.coupling is None
    assert voice.unlike
    assert voice.excess_db(*frames(10, 33)) > 0
    audio = np.ones(20 * FRAME_SAMPLES, np.float32)
    assert voice.without(audio, 10 * FRAME_SAMPLES) is audio


def test_who_spoke_over_one_reply_and_was_not_understood_does_not_hide_the_echo_of_the_next():
    first, theirs, own = speech(1, 2 * SECONDS), speech(300, 2 * SECONDS), speech(2, 2 * SECONDS)
    quiet = np.full((60, BANDS), NOISE, np.float32)
    voice = told(first, np.concatenate((np.maximum(theirs, arriving(first, 5, -20)), quiet)))
    assert voice.coupling is None
    start = len(first) + len(quiet)
    voice.played(start * FRAME_SAMPLES, own)
    voice.hear(start * FRAME_SAMPLES, arriving(own, 5, -20), voiced=[True] * len(own))
    assert voice.coupling is not None


def test_what_was_not_played_explains_nothing():
    own = speech(7, 2 * SECONDS)
    voice = OwnVoice()
    voice.played(0, own, [PlayedWord("soup", 0, 4_000), PlayedWord("salad", 20_000, 24_000)])
    voice.stopped(0)
    voice.hear(0, arriving(own, 0, 0), voiced=[True] * len(own))
    assert voice.excess_db(*frames(0, len(own))) > 0
    assert voice.words(0, 32_000) == ()


def test_words_are_ours_while_they_may_still_arrive():
    late = DELAYS * FRAME_SAMPLES
    voice = OwnVoice()
    voice.played(0, speech(8, 10), [PlayedWord("soup", 0, 4_000), PlayedWord("salad", 20_000, 24_000)])
    assert voice.words(0, 4_000) == ("soup",)
    assert voice.words(21_000, 22_000) == ("salad",) if late < 17_000 else ("soup", "salad")
    assert voice.words(24_000 + late, 60_000) == ()


def test_frames_that_were_heard_already_cannot_be_played():
    own = speech(9, 10)
    voice = OwnVoice()
    voice.hear(0, np.full((10, BANDS), NOISE, np.float32), voiced=[False] * 10)
    voice.played(0, own)
    voice.hear(*frames(10, 0)[:1], np.full((1, BANDS), NOISE, np.float32), voiced=[False])
    assert not voice.sounding


def test_a_frame_cannot_be_left_out():
    with pytest.raises(ValueError, match="frame 0 is next"):
        OwnVoice().hear(FRAME_SAMPLES, np.zeros((1, BANDS), np.float32), voiced=[True])


def test_levels_are_those_of_the_bands():
    time = np.arange(RATE_HZ) / RATE_HZ
    tone = (0.1 * np.sin(2 * np.pi * 1_000 * time)).astype(np.float32)
    found = levels(tone)
    assert found.shape == (RATE_HZ // FRAME_SAMPLES, BANDS)
    assert found[0].argmax() == 5
    assert found[0, 5] == pytest.approx(-23.0, abs=0.5)
    assert levels(np.zeros(FRAME_SAMPLES, np.float32)).max() == pytest.approx(-100)
