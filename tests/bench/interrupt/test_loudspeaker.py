"""Our sound arrives late, and whatever it is told takes the same way."""

import numpy as np
import pytest

from app.audio import to_float, to_pcm
from app.bench.interrupt.loudspeaker import Loudspeaker
from app.interfaces import RATE_HZ
from app.wire import messages as wire
from app.wire.codec import AudioFrame
from app.wire.incoming import Playback
from tests.bench.interrupt.conftest import syllables

DELAY = 1_600
SOUND = to_pcm(syllables(1.0))
PLAYED = to_float(SOUND)
WORDS = (wire.ReplyDuck(1, -12.0), wire.ReplyPause(1), wire.ReplyStop(1))


def sent(turn=1, at_s=0.0):
    speaker = Loudspeaker(DELAY)
    speaker.add(AudioFrame(turn, RATE_HZ, 0, SOUND.tobytes(), last=True), at_s)
    return speaker


def told(played_ms, state, turn=1):
    return Playback(type="playback", turn=turn, played_ms=played_ms, state=state)


def heard(speaker, start_s, end_s):
    """In pieces of 10 ms, like a clock that is not exact."""
    pieces = [speaker.take(160, start_s + (number + 1) / 100) for number in range(round((end_s - start_s) * 100))]
    return np.concatenate(pieces)


def test_it_plays_what_it_got_and_tells_what_was_heard():
    speaker = Loudspeaker(DELAY)
    assert list(speaker.reports(0.0)) == []
    for at, end in ((0, 6_400), (6_400, 16_000)):
        frame = AudioFrame(1, RATE_HZ, at, SOUND[at:end].tobytes(), last=end == 16_000)
        speaker.add(frame, at / RATE_HZ / 2)
    assert speaker.first_s == 0.0
    arrived = heard(speaker, 0.2, 0.7)
    assert list(speaker.reports(0.7)) == [told(700, "playing")]
    assert np.array_equal(arrived[DELAY:], PLAYED[: 8_000 - DELAY])
    heard(speaker, 0.7, 1.1)
    assert list(speaker.reports(1.1)) == [told(1_000, "done")]
    assert list(speaker.reports(1.2)) == []


@pytest.mark.parametrize("message", WORDS, ids=["softer", "paused", "stopped"])
def test_a_word_is_obeyed_at_once_and_heard_when_the_sound_has_come_its_way(message):
    speaker = sent()
    before = heard(speaker, 0.0, 0.5)
    assert speaker.obey(message, 0.5) is (message.type != "reply.duck")
    arrived = np.concatenate([before, heard(speaker, 0.5, 0.9)])
    at = 8_000 + DELAY
    assert np.array_equal(arrived[DELAY:at], PLAYED[:8_000])
    softer = 10 ** (-12 / 20) if message.type == "reply.duck" else 0.0
    np.testing.assert_allclose(arrived[at:], PLAYED[8_000:][: len(arrived) - at] * softer, atol=1e-6)


@pytest.mark.parametrize(("from_ms", "skipped_ms"), [(500, 0), (480, -20), (600, 100)])
def test_it_goes_on_from_where_it_is_told(from_ms, skipped_ms):
    speaker = sent()
    before = heard(speaker, 0.0, 0.5)
    speaker.obey(wire.ReplyPause(1), 0.5)
    paused = heard(speaker, 0.5, 0.7)
    assert list(speaker.reports(0.7)) == [told(500, "paused")]
    assert not speaker.obey(wire.ReplyResume(1, from_ms), 0.7)
    assert speaker.skipped_ms == [skipped_ms]
    arrived = np.concatenate([before, paused, heard(speaker, 0.7, 1.0)])
    again = round(0.7 * RATE_HZ) + DELAY
    assert np.array_equal(arrived[again:], PLAYED[from_ms * 16 :][: len(arrived) - again])


def test_words_to_no_reply_change_nothing():
    assert not Loudspeaker(DELAY).obey(wire.ReplyStop(1), 0.0)
    speaker = sent(turn=2)
    assert not speaker.obey(wire.ReplyStop(1), 0.1)
    assert not speaker.obey(wire.ReplyStarted(2), 0.1)
    assert [report.state for report in speaker.reports(0.2)] == ["playing"]


def test_another_reply_takes_its_turn():
    speaker = sent()
    heard(speaker, 0.0, 0.5)
    speaker.obey(wire.ReplyStop(1), 0.5)
    assert [report.state for report in speaker.reports(0.5)] == ["paused"]
    speaker.add(AudioFrame(2, RATE_HZ, 0, SOUND.tobytes(), last=True), 0.6)
    assert speaker.first_s == 0.6
    assert list(speaker.reports(0.8)) == [told(200, "playing", turn=2)]
