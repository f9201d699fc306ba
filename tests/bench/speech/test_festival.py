"""A process that stays: what it cannot say is refused, and its end is told."""

import pytest

from app.bench.speech.festival import Festival
from app.errors import SetupError


def test_pitch_and_pace_are_as_asked(festival):
    plain, slow = (festival.say("a coke please", stretch=stretch) for stretch in (1.0, 1.3))
    assert len(slow.audio) / len(plain.audio) == pytest.approx(1.3, rel=0.1)
    high = festival.say("a coke please", pitch_hz=150.0)
    assert len(high.audio) == len(plain.audio)
    assert abs(high.audio - plain.audio).max() > 0.1


@pytest.mark.parametrize("text", ["it costs $5", "", 'a "coke\\', "☃"])
def test_what_it_reads_otherwise_is_refused_and_it_speaks_on(festival, text):
    with pytest.raises(ValueError, match="festival"):
        festival.say(text)
    assert [word.name for word in festival.say("yes please").words] == ["yes", "please"]


@pytest.mark.usefixtures("festival")
def test_its_end_is_told_with_the_remedy():
    own = Festival()
    own._process.kill()
    own._process.wait()
    with pytest.raises(SetupError, match="ended while it spoke") as caught:
        own.say("yes")
    assert "apt" in caught.value.fix


@pytest.mark.usefixtures("festival")
def test_it_leaves_no_process_behind():
    own = Festival()
    process = own._process
    del own
    assert process.wait(timeout=10) is not None
