"""What is dropped, what is kept: a table of both, and properties."""

import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.interfaces import RATE_HZ
from app.stt.junk import (
    GUESSING_P,
    LOOP_OF_MORE,
    STEADY_DB,
    Heard,
    Sound,
    is_silent,
    loops,
    measure,
    normal,
    why_junk,
)

VOICED = Sound(peak_dbfs=-20.0, active_ms=900, spread_db=9.0)
LONG = Sound(-20.0, 6_000, 9.0)
HUM = Sound(-30.0, 2_000, 1.5)
LONG_HUM = Sound(-30.0, 8_000, 2.5)
SNAP = Sound(-20.0, 400, 8.0)
BLIP = Sound(-20.0, 160, 12.0)
QUIET = Sound(-70.0, 2_000, 3.0)


def heard(text: str, sound: Sound = VOICED, p: float = 0.9, no_speech: float = 0.05, log_prob: float = -0.3) -> Heard:
    return Heard(text, tuple(p for _ in text.split()), no_speech, log_prob, sound)


@pytest.mark.parametrize(
    "kept",
    [
        heard("Thank you."),
        heard("thank you", p=0.6),
        heard("You", p=0.9),
        heard("No.", BLIP, p=0.8),
        heard("no", BLIP, p=0.55, no_speech=0.5),
        heard("Okay", no_speech=0.9),
        heard("Bye bye"),
        heard("Evet."),
        heard("はい"),
        heard("no no no no no"),
        heard("yes yes yes"),
        heard("my number is five five five five five five one two", LONG),
        heard("can i have the bill please", Sound(-54.0, 1_300, 8.0)),
        heard("two margherita pizzas please", HUM, p=0.7),
        heard("I would like to subscribe to the newsletter, please subscribe me", LONG),
        heard("Can you turn on subtitles by default?"),
        heard("I watch films with subtitles by myself."),
        heard("Subtitles by default, please."),
        heard("Please subscribe me to it."),
        heard("Tamara organized the whole party."),
        heard("I bought Samara organic apples."),
        heard("I am I am I am I am happy", LONG),
        heard("very good " * 4, LONG),
        heard("tekrar et " * 4, LONG),
        heard("went " * 8, LONG),
        heard("Thank you. " * 5, LONG, p=0.97),
        heard("four two " * 8, LONG),
        heard("one two one two one two one two", LONG),
        heard("zero " * 16, LONG),
        heard("4 2 " * 8, LONG),
        heard("What time do you close?", no_speech=0.8, log_prob=-0.4),
        heard("So, what would you recommend?", LONG, p=0.5, log_prob=-0.9),
        heard("我想要两个披萨", p=0.7),
        heard("Could you tell me the way to the station? " * 4, LONG),
        heard("She sells sea shells by the sea shore. " * 4, LONG),
        heard("Вчера я ходил в магазин за хлебом. " * 4, LONG),
        heard("我昨天去了商店。" * 4, LONG),
        heard("Donaudampfschifffahrtsgesellschaftskapitän", LONG),
    ],
)
def test_what_a_caller_may_have_said_is_kept(kept: Heard) -> None:
    assert why_junk(kept) is None


@pytest.mark.parametrize(
    ("reason", "junk"),
    [
        ("no_words", heard("")),
        ("no_words", heard("...")),
        ("no_words", heard("♪♪ ")),
        ("silence", heard("Thank you.", QUIET)),
        ("silence", heard("Check.", Sound(-10.0, 40, 20.0))),
        ("credit", heard("Subtitles by the Amara.org community")),
        ("credit", heard("Untertitel der Amara.org-Community")),
        ("credit", heard("Untertitelung des ZDF, 2020")),
        ("credit", heard("Altyazı M.K.")),
        ("credit", heard("Sous-titrage Société Radio-Canada")),
        ("credit", heard("Merci d’avoir regardé cette vidéo !")),
        ("credit", heard("Субтитры сделал DimaTorzok")),
        ("credit", heard("Thanks for watching!")),
        ("credit", heard("Please subscribe.")),
        ("credit", heard("Please subscribe to my channel.")),
        ("credit", heard("İzlediğiniz için teşekkürler.")),
        ("credit", heard("Subtitled by someone")),
        ("credit", heard("ご視聴ありがとうございました")),
        ("credit", heard("请不吝点赞 订阅")),
        ("credit", heard("İzlediğiniz için teşekkür ederim.")),
        ("no_speech", heard("I'm going to go.", no_speech=0.7, log_prob=-1.1)),
        ("too_fast", heard("and then i went over to the other side of the road to", SNAP)),
        ("loop", heard("I don't know. " * 6, LONG)),
        ("loop", heard("no " * 12, LONG)),
        ("loop", heard("ha" * 100, LONG)),
        ("loop", heard("so no " * 6, LONG)),
        ("loop", heard("I am going to go to the other side of the road. " * 6, LONG)),
        ("loop", heard("谢谢大家" * 6, LONG)),
        ("noise", heard("and i read about dinner", HUM, p=0.45)),
        ("noise", heard("check", BLIP, p=0.4)),
        ("phantom", heard("Thank you.", p=0.4)),
        ("phantom", heard("you", HUM, no_speech=0.8)),
        ("phantom", heard("Thank you very much.", LONG_HUM)),
    ],
)
def test_what_nobody_said_is_dropped(reason: str, junk: Heard) -> None:
    assert why_junk(junk) == reason


def test_a_model_must_be_sure_of_steady_sound() -> None:
    assert why_junk(heard("can you explain it again", HUM, p=GUESSING_P - 0.01)) == "noise"
    assert why_junk(heard("can you explain it again", HUM, p=GUESSING_P)) is None


def test_levels_of_a_click_a_tone_and_a_voice() -> None:
    second = np.arange(RATE_HZ) / RATE_HZ
    tone = (0.3 * np.sin(2 * np.pi * 440 * second)).astype(np.float32)
    syllables = (tone * (0.05 + np.abs(np.sin(2 * np.pi * 4 * second)) ** 3)).astype(np.float32)
    click = np.zeros(RATE_HZ, np.float32)
    click[8_000] = 0.9
    assert measure(tone).spread_db < 0.5
    assert measure(tone).active_ms == 1000
    assert measure(syllables).spread_db > 5.5
    assert is_silent(measure(click))
    assert is_silent(measure(np.zeros(RATE_HZ, np.float32)))
    assert is_silent(measure(np.zeros(0, np.float32)))
    assert not is_silent(measure(tone))


def test_a_knock_on_the_microphone_does_not_silence_a_quiet_voice(sentences) -> None:
    thump = (0.9 * np.sin(2 * np.pi * 90 * np.arange(1_280) / RATE_HZ)).astype(np.float32)
    for text, audio in sentences.items():
        quiet = audio * np.float32(10 ** (-28 / 20) / np.abs(audio).max())
        knocked = np.concatenate([thump, quiet])
        assert not is_silent(measure(knocked)), text
        assert measure(knocked).active_ms >= measure(quiet).active_ms // 2
    assert is_silent(measure(np.concatenate([thump[:640], np.zeros(RATE_HZ, np.float32)])))


def test_peoples_voices_are_neither_silent_nor_steady(recordings, audio) -> None:
    steady = []
    for path in recordings:
        sound = measure(audio(path))
        assert not is_silent(sound)
        if sound.spread_db < STEADY_DB:
            steady.append(path.stem)
    assert sorted(steady) == ["harvard-jackhammer", "noise-kitchen", "noise-office"]


@given(st.text(max_size=200), st.floats(0, 1), st.floats(0, 1), st.floats(-20, 0), st.sampled_from([VOICED, HUM, BLIP]))
def test_any_text_is_judged(text: str, p: float, no_speech: float, log_prob: float, sound: Sound) -> None:
    why_junk(heard(text, sound, p, no_speech, log_prob))


@given(st.text(max_size=100))
def test_normal_text_is_normal(text: str) -> None:
    once = normal(text)
    assert once == once.strip()
    assert "  " not in once
    assert all(c.isalnum() or c == " " or unicodedata.combining(c) or unicodedata.category(c)[0] in "MN" for c in once)


@given(st.floats(0, 1), st.floats(0, 1), st.sampled_from(["thank you", "two soups please", "no"]))
def test_a_surer_model_is_never_dropped_sooner(low: float, high: float, text: str) -> None:
    low, high = sorted((low, high))
    for sound in (VOICED, HUM, BLIP):
        if why_junk(heard(text, sound, high)):
            assert why_junk(heard(text, sound, low))


@given(st.lists(st.sampled_from("abcdef"), min_size=2, max_size=6, unique=True), st.integers(LOOP_OF_MORE, 9))
def test_a_repeated_phrase_is_a_loop(phrase: list[str], times: int) -> None:
    assert loops(phrase * times)
    assert loops(["so", *phrase * times, "end"])
    assert not loops(phrase * (LOOP_OF_MORE - 1))
