"""What `parlor talk` plays and cleans, in a call in virtual time."""

from dataclasses import replace

import numpy as np
import pytest

from app.audio import level_dbfs, to_float, to_pcm
from app.bench.interrupt.client import CHUNK, loudspeaker
from app.bench.interrupt.loudspeaker import Loudspeaker
from app.bench.interrupt.room import Room
from app.bench.interrupt.terminal import Terminal
from app.client import echo
from app.errors import SetupError
from app.interfaces import RATE_HZ
from app.wire import messages as wire
from app.wire.codec import AudioFrame
from tests.bench.interrupt.conftest import PATH, syllables

DELAY = 1_600
SOUND = to_pcm(syllables(6.0))


class Through:
    """A canceller that cancels nothing."""

    def played(self, block, rate_hz):
        pass

    def cleaned(self, block, rate_hz, delay_ms):
        assert (rate_hz, delay_ms) == (RATE_HZ, 100)
        return block


def sent(canceller, delay=DELAY, turn=1):
    terminal = Terminal(delay, canceller)
    terminal.add(AudioFrame(turn, RATE_HZ, 0, SOUND.tobytes(), last=True), 0.0)
    return terminal


def played(terminal, chunks, first=1):
    return [terminal.take(CHUNK, number * CHUNK / RATE_HZ) for number in range(first, first + chunks)]


def test_it_sounds_where_it_has_come_its_way_and_begins_when_the_card_asks():
    terminal = sent(Through())
    assert terminal.first_s is None
    arrived = np.concatenate(played(terminal, 50))
    assert terminal.first_s == pytest.approx(0)
    assert not arrived[:DELAY].any()
    np.testing.assert_allclose(arrived[DELAY + 400 : 8_000], to_float(SOUND)[400 : 8_000 - DELAY], atol=1e-3)
    terminal.add(AudioFrame(2, RATE_HZ, 0, SOUND.tobytes(), last=True), 1.0)
    assert terminal.first_s is None


def test_it_is_told_to_be_soft_to_wait_and_to_go_on():
    terminal = sent(Through())
    played(terminal, 25)
    assert not terminal.obey(wire.ReplyPause(7), 0.5), "of another turn"
    assert not terminal.obey(wire.ReplyDuck(1, -12.0), 0.5)
    assert terminal.obey(wire.ReplyPause(1), 0.5)
    paused = [report for report in terminal.reports(0.5) if report.state == "paused"]
    assert [report.played_ms for report in paused] == [500]
    assert not np.concatenate(played(terminal, 20, 26))[DELAY + 200 :].any()
    assert not terminal.obey(wire.ReplyResume(1, 480), 0.9)
    assert terminal.skipped_ms == [-20]
    assert terminal.obey(wire.ReplyStop(1), 0.9)


@pytest.mark.parametrize(("echo_db", "removed_db"), [(-12.0, 0), (6.0, 20)])
def test_what_it_hears_is_without_our_voice_where_that_is_loud(echo_db, removed_db):
    path = replace(PATH, coupling_db=echo_db)
    terminal, room = sent(echo.canceller(), path.delay), Room(path)
    heard, left = [], []
    for number in range(1, 300):
        now = number * CHUNK / RATE_HZ
        heard.append(room.heard(terminal.take(CHUNK, now), np.zeros(CHUNK, np.float32)))
        left.append(terminal.cleaned(heard[-1], now))
    before, after = (to_float(np.concatenate(each[200:])) for each in (heard, left))
    assert level_dbfs(after) <= level_dbfs(before) - removed_db


def test_a_terminal_needs_its_canceller(monkeypatch):
    monkeypatch.setattr("app.bench.interrupt.client.canceller", lambda: None)
    assert isinstance(loudspeaker(DELAY, terminal=False), Loudspeaker)
    with pytest.raises(SetupError, match="echo canceller"):
        loudspeaker(DELAY, terminal=True)
