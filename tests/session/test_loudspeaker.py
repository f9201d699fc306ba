"""Where our own sound lies on the session's audio clock."""

import numpy as np
import pytest

from app.interfaces import FRAME_SAMPLES, Word
from app.session.canceller import Canceller
from app.session.coupling import BANDS
from app.session.loudspeaker import Loudspeaker
from app.wire.codec import AudioFrame

AT = 100 * FRAME_SAMPLES
BLOCK = 640
"""40 ms at 16 kHz."""


class Noted:
    """Keeps what an `OwnVoice` would be told."""

    def __init__(self):
        self.frames = {}
        self.words = []
        self.canceller = Canceller()

    def played(self, start_sample, levels, words=()):
        assert levels.shape[1:] == (BANDS,)
        self.frames |= {start_sample + i * FRAME_SAMPLES: level for i, level in enumerate(levels)}
        self.words += words

    def stopped(self, sample):
        self.frames = {at: level for at, level in self.frames.items() if at < sample}


def buzz(samples):
    return (np.arange(samples) % 100 * 100).astype("<i2").tobytes()


def send(speaker, blocks, *, turn=1, rate=16_000, first=0, at=AT, words=()):
    size = BLOCK * rate // 16_000
    for n in range(first, first + blocks):
        begun = [w for w in words if n * 40 <= w.start_ms < (n + 1) * 40]
        speaker.sent(AudioFrame(turn, rate, n * size, buzz(size), False), at + (n - first) * BLOCK, begun)


@pytest.mark.parametrize("rate", [16_000, 22_050, 48_000])
def test_frames_follow_each_other_from_where_it_is_played(rate):
    own = Noted()
    speaker = Loudspeaker(own)
    send(speaker, 20, rate=rate)
    assert sorted(own.frames) == [AT + i * FRAME_SAMPLES for i in range(len(own.frames))]
    assert len(own.frames) * FRAME_SAMPLES == pytest.approx(20 * BLOCK, abs=FRAME_SAMPLES + 100)
    assert speaker.sounds_until == pytest.approx(AT + 20 * BLOCK, abs=20)


def test_words_are_placed_on_the_clock():
    own = Noted()
    send(Loudspeaker(own), 5, words=[Word("hello", 100, 180)])
    assert [(w.text, w.start_sample, w.end_sample) for w in own.words] == [("hello", AT + 1600, AT + 2880)]


def test_after_a_wait_it_is_played_later():
    own = Noted()
    speaker = Loudspeaker(own)
    send(speaker, 4)
    send(speaker, 4, first=4, at=AT + 32_000)
    assert AT + 32_000 in own.frames


def test_a_new_reply_begins_where_it_begins():
    own = Noted()
    speaker = Loudspeaker(own)
    send(speaker, 4)
    send(speaker, 4, turn=2, at=AT + 4 * BLOCK)
    assert AT + 4 * BLOCK in own.frames


def test_what_was_held_back_is_played_when_it_goes_on():
    own = Noted()
    speaker = Loudspeaker(own)
    send(speaker, 10, words=[Word("hello", 0, 80), Word("there", 240, 320)])
    speaker.stopped(AT + 3 * BLOCK)
    assert max(own.frames) < AT + 3 * BLOCK
    assert speaker.sounds_until == AT + 3 * BLOCK
    speaker.goes_on(3 * BLOCK, AT + 80_000)
    again = [at for at in own.frames if at >= AT + 80_000]
    assert len(again) * FRAME_SAMPLES == pytest.approx(7 * BLOCK, abs=FRAME_SAMPLES)
    assert own.words[-1].start_sample == AT + 80_000 + 3840 - 3 * BLOCK
    send(speaker, 2, first=10, at=AT + 80_000 + 7 * BLOCK)
    assert len({at % FRAME_SAMPLES for at in own.frames if at >= AT + 80_000}) == 1, "and it joins what follows"
