"""What the sound card's two callbacks share."""

import numpy as np
import pytest

from app.client.duplex import PROTECTED_GAIN, TAIL_S
from app.client.front import FrontEnd
from app.wire.codec import AudioFrame

OUT, IN = 48_000, 16_000
LEVEL = 8_000


class Counted:
    """A canceller that keeps what it gets, and halves."""

    def __init__(self):
        self.blocks = []
        self.delays = []

    def played(self, block, rate_hz):
        self.blocks.append((block.size, rate_hz))

    def cleaned(self, block, rate_hz, delay_ms):
        self.delays.append(delay_ms)
        return block // 2


def replying(front, seconds=5.0, turn=1):
    front.hear(AudioFrame(turn, OUT, 0, np.full(int(seconds * OUT), LEVEL, "<i2").tobytes(), True))


MIC = np.full(IN // 100, 1_000, np.int16)


def test_the_canceller_gets_both_sides_and_the_whole_delay():
    cancels = Counted()
    front = FrontEnd(OUT, IN, cancels)
    assert front.play(1.0, 0.04).size == OUT // 100
    assert front.listen(MIC, 1.0, 0.02).tolist() == [500] * MIC.size
    assert (cancels.blocks, cancels.delays) == ([(480, OUT)], [60])


def test_softer_while_the_canceller_learns_and_never_with_a_step():
    front = FrontEnd(OUT, IN, Counted())
    replying(front)
    front.play(1.0, 0.0)
    out = front.listen(MIC, 1.0, 0.0)
    assert (out[0], out[-1]) == (500, 500 * PROTECTED_GAIN)
    assert np.abs(np.diff(out)).max() <= 500 / MIC.size + 1
    assert front.listen(MIC, 1.01, 0.0).tolist() == [500 * PROTECTED_GAIN] * MIC.size


def test_gives_way_to_who_is_heard_over_it_once_the_canceller_is_practised(monkeypatch):
    monkeypatch.setattr("app.client.duplex.PROTECTED_S", 0.05)
    front = FrontEnd(OUT, IN, Counted())
    replying(front)

    def after(blocks, microphone, begin):
        for number in range(blocks):
            front.listen(microphone, begin + number / 100, 0.0)
            out = front.play(begin + number / 100, 0.0)
        return out[-1]

    assert after(20, MIC, 1.0) < LEVEL / 3
    quiet = np.zeros_like(MIC)
    assert after(80, quiet, 1.2) == LEVEL, "it was nothing"


def test_never_in_its_practice_and_never_for_long_after_it_sounded():
    front = FrontEnd(OUT, IN, Counted())
    replying(front, 0.5)
    for number in range(49):
        front.listen(MIC, number / 100, 0.0)
        assert front.play(number / 100, 0.0)[-1] == LEVEL
    for number in range(200):
        front.listen(MIC, 5 + number / 100, 0.0)
        front.play(5 + number / 100, 0.0)
    replying(front, 0.5, turn=2)
    assert front.play(9.0, 0.0)[-1] == LEVEL


class Level:
    """An echo as loud as it is said to be."""

    def __init__(self):
        self.loud = False
        self.blocks = []

    def played(self, block):
        self.blocks.append("played")

    def heard(self, block):
        self.blocks.append("heard")


def test_a_soft_echo_is_left_in_while_the_canceller_practises():
    cancels, echo = Counted(), Level()
    front = FrontEnd(OUT, IN, cancels, echo)
    replying(front)
    for number in range(3):
        front.play(number / 100, 0.0)
        assert front.listen(MIC, number / 100, 0.0).tolist() == MIC.tolist()
    assert echo.blocks == ["played", "heard"] * 3
    assert (len(cancels.blocks), len(cancels.delays)) == (3, 3)
    echo.loud = True
    out = front.listen(MIC, 0.03, 0.0)
    assert (out[0], out[-1]) == (500, 500 * PROTECTED_GAIN)


def test_half_duplex_without_one():
    front = FrontEnd(OUT, IN, None)
    replying(front, 0.01)
    front.play(1.0, 0.1)
    front.listen(MIC, 1.0, 0.0)
    assert not front.listen(MIC, 1.01, 0.0).any()
    end = 1.0 + 0.1 + 0.01 + TAIL_S
    assert not front.listen(MIC, end + 0.15, 0.2).any(), "this was heard 200 ms ago"
    front.listen(MIC, end + 0.25, 0.2)
    assert front.listen(MIC, end + 0.26, 0.2).tolist() == MIC.tolist()


def test_a_reply_that_failed_ends():
    front = FrontEnd(OUT, IN, None)
    front.hear(AudioFrame(1, OUT, 0, bytes(OUT // 50), False))
    front.obey({"type": "reply.ended", "turn": 1, "status": "failed"})
    for _ in range(3):
        front.play(1.0, 0.0)
    assert [(report.played_ms, report.state) for report in front.reports()] == [(10, "done")]


def test_silence_is_no_sound():
    front = FrontEnd(OUT, IN, None)
    front.hear(AudioFrame(1, OUT, 0, bytes(OUT), True))
    front.play(1.0, 0.0)
    assert front.listen(MIC, 1.0, 0.0).tolist() == MIC.tolist()


@pytest.mark.parametrize(
    "event",
    [
        {"type": "session.ready"},
        {"type": "reply.pause", "turn": None},
        {"type": "reply.pause", "turn": 9},
        {"type": "reply.stop", "turn": 9},
        {"type": "reply.duck", "turn": 1},
        {"type": "reply.resume", "turn": 1, "from_ms": "soon"},
        {"type": "later.version", "turn": 1},
    ],
)
def test_what_is_not_for_it_changes_nothing(event):
    front = FrontEnd(OUT, IN, None)
    replying(front)
    front.play(0.0, 0.0)
    assert front.obey(event) is None
    assert front.play(0.01, 0.0).tolist() == [LEVEL] * (OUT // 100)
