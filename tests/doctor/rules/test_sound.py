"""The microphone and the loudspeaker: never an error."""

import pytest

from app.doctor.finding import Status
from app.doctor.rules.sound import SoundFacts, judge_sound


@pytest.mark.parametrize(
    ("facts", "statuses"),
    [
        (SoundFacts(microphone="USB", loudspeaker="HDMI"), [Status.OK, Status.OK]),
        (SoundFacts(microphone="USB"), [Status.OK, Status.WARNING]),
        (SoundFacts(), [Status.WARNING, Status.WARNING]),
        (SoundFacts(no_library=True), [Status.WARNING]),
        (SoundFacts(fault="does not come back within 60 s"), [Status.WARNING]),
    ],
)
def test_each_case(facts, statuses):
    found = list(judge_sound(facts))
    assert [f.status for f in found] == statuses
    assert all("rowsers" in f.fix for f in found if f.status is Status.WARNING)


def test_portaudio_is_named_with_the_command_that_brings_it():
    (found,) = judge_sound(SoundFacts(no_library=True))
    assert found.command == "sudo apt install libportaudio2"
