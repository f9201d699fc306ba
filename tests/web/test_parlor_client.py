"""The client module in a real Chromium, against a scripted server that decides when things happen."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import numpy as np
import pytest

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


def noise(seconds: float, rate: int, seed: int = 1) -> np.ndarray:
    """A signal in which every sample's place can be told, never silent."""
    samples = np.random.default_rng(seed).integers(2_000, 20_000, int(seconds * rate))
    return samples.astype(np.int16)


def sounding(recorded: np.ndarray) -> np.ndarray:
    """From the first to the last sample that is not silence."""
    places = np.flatnonzero(recorded)
    return recorded[places[0] : places[-1] + 1] if len(places) else recorded[:0]


async def send_in_pieces(server, turn, pcm, rate):
    """All of a reply in pieces of odd sizes."""
    bounds = [0, 2400, 2401, *range(2450, len(pcm), 1777), len(pcm)]
    for begin, end in pairwise(bounds):
        await server.play(turn, pcm[begin:end], rate, begin, last=end == len(pcm))


async def test_opens_configures_and_authenticates(scripted, caller):
    assert scripted.opened == [{"language": "en"}]
    assert scripted.joined == [("s1", None, "parlor.v1, token.t-s1")]
    (configured,) = scripted.of("session.configure")
    assert configured["input"] == configured["output"] == {"codec": "pcm16", "rate": caller.rate}
    assert 8_000 <= caller.rate <= 48_000


async def test_playback_is_gapless_and_exact(scripted, caller):
    pcm = noise(1.5, caller.rate)
    await send_in_pieces(scripted, 1, pcm, caller.rate)
    await scripted.until(lambda: scripted.of("playback", turn=1, state="done"))
    heard = sounding(await caller.recorded())[: len(pcm)]
    faded = int(0.005 * caller.rate) + 1
    assert np.abs(heard[faded:].astype(int) - pcm[faded:].astype(int)).max() <= 1


async def test_plays_another_rate_at_the_right_speed(scripted, caller):
    t = np.arange(16_000) / 16_000
    await send_in_pieces(scripted, 1, (12_000 * np.sin(2 * np.pi * 440 * t)).astype(np.int16), 16_000)
    await scripted.until(lambda: scripted.of("playback", turn=1, state="done"))
    heard = sounding(await caller.recorded()).astype(float)
    assert len(heard) == pytest.approx(caller.rate, rel=0.01)
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard))))
    assert np.argmax(spectrum) * caller.rate / len(heard) == pytest.approx(440, abs=2)
    assert spectrum[int(460 * len(heard) / caller.rate) :].max() < spectrum.max() / 100


async def test_reports_often_and_never_more_than_was_sent(scripted, caller):
    pcm = noise(2.0, caller.rate)
    arrivals: list[float] = []
    sent = 0
    clock = asyncio.get_running_loop().time
    for begin in range(0, len(pcm), caller.rate // 10):
        await scripted.play(1, pcm[begin : begin + caller.rate // 10], caller.rate, begin)
        sent = min(len(pcm), begin + caller.rate // 10)
        seen = len(scripted.of("playback"))
        await scripted.until(lambda seen=seen: len(scripted.of("playback")) > seen)
        arrivals.append(clock())
        assert all(m["played_ms"] <= sent * 1000 / caller.rate for m in scripted.of("playback"))
    await scripted.play(1, pcm[:0], caller.rate, len(pcm), last=True)
    await scripted.until(lambda: scripted.of("playback", state="done"))
    told = [m["played_ms"] for m in scripted.of("playback")]
    assert told == sorted(told)
    assert told[-1] == 2000
    assert np.diff(arrivals).max() < 0.25
    assert np.diff(told).max() < 250


async def test_the_output_latency_is_taken_off(scripted, caller):
    await caller.page.evaluate("Object.defineProperty(client.output.context, 'outputLatency', { value: 0.4 })")
    clock = asyncio.get_running_loop().time
    await scripted.play(1, noise(1.0, caller.rate), caller.rate, last=True)
    await scripted.until(lambda: any(m["played_ms"] > 500 for m in scripted.of("playback")))
    begin = clock()
    await scripted.until(lambda: scripted.of("playback", state="done"))
    assert clock() - begin > 0.35
    assert max(m["played_ms"] for m in scripted.of("playback", state="playing")) <= 600
    assert scripted.of("playback", state="done")[0]["played_ms"] == 1000


async def test_nothing_of_a_stopped_reply_is_played(scripted, caller):
    pcm = noise(3.0, caller.rate)
    await scripted.play(1, pcm[: 2 * caller.rate], caller.rate)
    await scripted.until(lambda: any(m["played_ms"] > 300 for m in scripted.of("playback")))
    await scripted.say("reply.stop", turn=1)
    await scripted.play(1, pcm[2 * caller.rate :], caller.rate, 2 * caller.rate, last=True)
    await scripted.until(lambda: scripted.of("playback", turn=1, state="done"))
    (done,) = scripted.of("playback", turn=1, state="done")
    heard = sounding(await caller.recorded())
    fade_ms = 5
    assert done["played_ms"] < 1500
    assert len(heard) * 1000 / caller.rate <= done["played_ms"] + fade_ms + 1
    await asyncio.sleep(0.3)
    assert len(sounding(await caller.recorded())) == len(heard)
    after = noise(0.3, caller.rate, seed=2)
    await scripted.play(2, after, caller.rate, last=True)
    await scripted.until(lambda: scripted.of("playback", turn=2, state="done"))
    assert scripted.of("playback", turn=2, state="done")[0]["played_ms"] == 300


async def test_pause_keeps_the_rest_and_resume_goes_on_from_there(scripted, caller):
    pcm = noise(1.5, caller.rate)
    await send_in_pieces(scripted, 1, pcm, caller.rate)
    await scripted.until(lambda: any(m["played_ms"] > 300 for m in scripted.of("playback")))
    await scripted.say("reply.pause", turn=1)
    await scripted.until(lambda: scripted.of("playback", state="paused"))
    (paused,) = scripted.of("playback", state="paused")
    silent_from = len(sounding(await caller.recorded()))
    await asyncio.sleep(0.3)
    assert len(sounding(await caller.recorded())) <= silent_from + 0.02 * caller.rate
    assert scripted.received[-1] == paused
    await scripted.say("reply.resume", turn=1, from_ms=paused["played_ms"])
    await scripted.until(lambda: scripted.of("playback", state="done"))
    recorded = sounding(await caller.recorded())
    rest = pcm[int((paused["played_ms"] / 1000 + 0.05) * caller.rate) :]
    assert tail_matches(recorded, rest)
    assert scripted.of("playback", state="done")[0]["played_ms"] == 1500


def tail_matches(recorded: np.ndarray, rest: np.ndarray) -> bool:
    """Whether `rest` ends what was recorded, but for the fade after its last sample."""
    for fade in range(400):
        tail = recorded[len(recorded) - len(rest) - fade : len(recorded) - fade]
        if np.abs(tail.astype(int) - rest.astype(int)).max() <= 1:
            return True
    return False


async def test_what_was_heard_never_goes_back_after_a_pause(scripted, caller):
    """All that was rendered was reported then; a slow loudspeaker is behind that when it goes on."""
    await caller.page.evaluate("Object.defineProperty(client.output.context, 'outputLatency', { value: 0.2 })")
    await send_in_pieces(scripted, 1, noise(1.5, caller.rate), caller.rate)
    await scripted.until(lambda: any(m["played_ms"] > 300 for m in scripted.of("playback")))
    await scripted.say("reply.pause", turn=1)
    await scripted.until(lambda: scripted.of("playback", state="paused"))
    (paused,) = scripted.of("playback", state="paused")
    await scripted.say("reply.resume", turn=1, from_ms=paused["played_ms"])
    await scripted.until(lambda: scripted.of("playback", state="done"))
    told = [m["played_ms"] for m in scripted.of("playback")]
    assert told == sorted(told)


async def test_resume_may_go_back(scripted, caller):
    pcm = noise(1.0, caller.rate)
    await send_in_pieces(scripted, 1, pcm, caller.rate)
    await scripted.until(lambda: any(m["played_ms"] > 400 for m in scripted.of("playback")))
    await scripted.say("reply.pause", turn=1)
    await scripted.until(lambda: scripted.of("playback", state="paused"))
    await scripted.say("reply.resume", turn=1, from_ms=100)
    await scripted.until(lambda: scripted.of("playback", state="done"))
    assert tail_matches(sounding(await caller.recorded()), pcm[int(0.15 * caller.rate) :])


async def test_duck_is_softer_until_resume(scripted, caller):
    pcm = np.full(4 * caller.rate, 16_000, np.int16)
    await scripted.say("reply.duck", turn=1, gain_db=-12)
    await send_in_pieces(scripted, 1, pcm, caller.rate)
    await scripted.until(lambda: any(m["played_ms"] > 300 for m in scripted.of("playback")))
    ducked = (await caller.recorded())[-1]
    assert ducked == pytest.approx(16_000 * 10 ** (-12 / 20), rel=0.01)
    await scripted.say("reply.resume", turn=1)
    await scripted.until(lambda: scripted.of("playback", state="done"))
    assert (await caller.recorded()).max() == 16_000


async def test_interrupt_is_silent_at_once(scripted, caller):
    await scripted.say("reply.started", turn=1)
    await scripted.play(1, noise(2.0, caller.rate), caller.rate)
    await scripted.until(lambda: any(m["played_ms"] > 200 for m in scripted.of("playback")))
    await caller.page.evaluate("client.interrupt()")
    await scripted.until(lambda: scripted.of("interrupt") and scripted.of("playback", state="done"))
    heard = len(sounding(await caller.recorded()))
    await scripted.play(1, noise(1.0, caller.rate), caller.rate, 2 * caller.rate)
    await asyncio.sleep(0.3)
    assert len(sounding(await caller.recorded())) == heard


async def test_interrupt_silences_a_reply_that_has_not_begun(scripted, caller):
    await scripted.say("reply.started", turn=1)
    await scripted.say("reply.stop", turn=0)
    await caller.until("events.some((e) => e.type === 'reply.stop')")
    await caller.page.evaluate("client.interrupt()")
    await scripted.play(1, noise(0.5, caller.rate), caller.rate)
    await asyncio.sleep(0.3)
    assert not (await caller.recorded()).any()


async def test_a_failed_reply_ends_though_its_last_frame_is_missing(scripted, caller):
    await scripted.say("reply.started", turn=1)
    await scripted.play(1, noise(0.3, caller.rate), caller.rate)
    await scripted.until(lambda: scripted.of("playback"))
    await scripted.say("reply.ended", turn=1, status="failed", heard_text="", timeline={})
    await scripted.until(lambda: scripted.of("playback", state="done"))
    assert scripted.of("playback", state="done")[0]["played_ms"] == 300


async def test_microphone_frames_arrive(scripted, caller):
    await caller.page.evaluate("client.startMicrophone()")
    await scripted.until(lambda: len(scripted.audio) >= 2 * 2 * caller.rate)
    pcm = np.frombuffer(bytes(scripted.audio), np.int16)
    assert np.abs(pcm.astype(int)).max() > 1_000
    await caller.page.evaluate("client.stopMicrophone()")
    assert [e["on"] for e in await caller.events("microphone")] == [True, False]


async def test_a_file_is_sent_at_real_time_with_silence_after_it(scripted, caller):
    clock = asyncio.get_running_loop().time
    begin = clock()
    await caller.page.evaluate(
        "client.sendPcm(Int16Array.from({ length: 8000 }, (_, n) => 9000 * Math.sin(n / 5)), 16000)"
    )
    took = clock() - begin
    await scripted.until(lambda: len(scripted.audio) >= 2 * 3.0 * caller.rate)
    pcm = np.frombuffer(bytes(scripted.audio), np.int16)
    assert 2.9 < took < 4.5
    assert len(pcm) == pytest.approx(3.0 * caller.rate, rel=0.01)
    assert len(sounding(pcm)) == pytest.approx(0.5 * caller.rate, rel=0.02)


async def test_a_lost_connection_is_resumed_from_the_next_message(scripted, caller):
    await scripted.say("speech.started", turn=1)
    await scripted.say("transcript.final", turn=1, text="one")
    await caller.until("events.some((e) => e.text === 'one')")
    scripted.cut()
    await scripted.until(lambda: len(scripted.joined) == 2)
    assert scripted.joined[1] == ("s1", "4", "parlor.v1, token.t-s1")
    await scripted.say("transcript.final", turn=2, text="two")
    await caller.until("events.some((e) => e.text === 'two')")
    assert len(scripted.of("session.configure")) == 1
    states = [e["state"] for e in await caller.events("state")]
    assert states == ["connecting", "ready", "reconnecting", "ready"]


async def test_a_report_made_while_the_line_was_down_is_told_again(scripted, caller):
    await scripted.play(1, noise(0.4, caller.rate), caller.rate, last=True)
    await scripted.until(lambda: scripted.of("playback"))
    scripted.cut()
    await scripted.until(lambda: scripted.of("playback", turn=1, state="done"))
    assert len(scripted.joined) == 2


async def test_what_was_missed_ends_the_reply(scripted, caller):
    scripted.remembers = False
    await scripted.play(1, noise(0.6, caller.rate), caller.rate)
    await scripted.until(lambda: scripted.of("playback"))
    scripted.cut()
    await scripted.until(lambda: scripted.of("playback", turn=1, state="done"))
    assert scripted.of("playback", turn=1, state="done")[0]["played_ms"] == 600
    assert len(scripted.of("session.configure")) == 1


async def test_nothing_that_comes_after_a_lost_pause_is_silent(scripted, caller):
    scripted.remembers = False
    await scripted.play(1, noise(0.6, caller.rate), caller.rate)
    await scripted.say("reply.pause", turn=1)
    await scripted.until(lambda: scripted.of("playback", turn=1, state="paused"))
    scripted.cut()
    await scripted.until(lambda: len(scripted.joined) == 2)
    await scripted.play(2, noise(0.1, caller.rate), caller.rate, last=True)
    await scripted.until(lambda: scripted.of("playback", turn=2, state="done"))
    assert scripted.of("playback", turn=1, state="done")[0]["played_ms"] < 600


async def test_a_configuration_that_was_lost_is_sent_again(scripted, caller):
    scripted.config["input"] = {"codec": "pcm16", "rate": 16_000}
    scripted.cut()
    await scripted.until(lambda: len(scripted.of("session.configure")) == 2)
    assert scripted.of("session.configure")[1]["input"]["rate"] == caller.rate
    scripted.cut()
    await scripted.until(lambda: len(scripted.joined) == 3)
    await scripted.play(1, noise(0.1, caller.rate), caller.rate, last=True)
    await scripted.until(lambda: scripted.of("playback", turn=1, state="done"))
    assert len(scripted.of("session.configure")) == 2


async def test_a_line_that_the_server_gave_up_is_no_end(scripted, caller):
    await scripted.close_socket(1000)
    await scripted.until(lambda: len(scripted.joined) == 2)
    assert scripted.joined[1][0] == "s1"


@pytest.mark.parametrize("closes", [False, True])
async def test_a_session_that_is_gone_is_replaced(scripted, caller, closes):
    scripted.closes_unknown = closes
    scripted.forget_sessions()
    scripted.cut()
    await scripted.until(lambda: len(scripted.opened) == 2 and len(scripted.of("session.configure")) == 2)
    assert scripted.joined[-1] == ("s2", None, "parlor.v1, token.t-s2")
    await scripted.play(1, noise(0.1, caller.rate), caller.rate, last=True)
    await scripted.until(lambda: scripted.of("playback", turn=1, state="done"))


async def test_what_was_heard_of_a_lost_session_is_not_told_to_the_next(scripted, caller):
    await caller.page.evaluate("Object.defineProperty(client.output.context, 'outputLatency', { value: 4 })")
    await scripted.play(1, noise(0.1, caller.rate), caller.rate, last=True)
    await asyncio.sleep(0.3)
    scripted.forget_sessions()
    scripted.cut()
    await scripted.until(lambda: len(scripted.of("session.configure")) == 2)
    told = len(scripted.of("playback"))
    await asyncio.sleep(4.0)
    assert len(scripted.of("playback")) == told


async def test_an_ended_session_is_not_reopened(scripted, caller):
    await scripted.say("session.ended", reason="replaced")
    await scripted.close_socket(1000)
    await caller.until("client.state === 'closed'")
    assert (await caller.events("state"))[-1]["reason"] == "replaced"
    assert len(scripted.joined) == 1


async def test_close_says_goodbye(scripted, caller):
    await caller.page.evaluate("client.close()")
    await scripted.until(lambda: scripted.of("bye"))
