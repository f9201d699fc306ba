"""What a client chooses: known names are taken, unknown ones change nothing."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import CallerError
from app.metrics import Metrics
from app.session.options import Choice, choose
from app.session.parts import Parts
from app.settings import Profile
from app.wire.incoming import Configure, InputFormat, Mode, Options, OutputFormat
from tests.conftest import configured
from tests.support.scripted import ScriptedLlm, scripted

PROFILES = {name: Profile(prompt="x", speed=1) for name in ("default", "kiosk", "tutor")}
VOICES = ("b", "a")
MAYBE = {
    "mode": st.none() | st.sampled_from(Mode),
    "language": st.none() | st.sampled_from(["en", "tr"]),
    "profile": st.none() | st.sampled_from(sorted(PROFILES)),
    "voice": st.none() | st.sampled_from(VOICES),
    "speed": st.none() | st.floats(0.5, 2),
}
MORE = {
    "type": st.just("session.configure"),
    "partials": st.none() | st.booleans(),
    "input": st.none() | st.builds(InputFormat, codec=st.sampled_from(["pcm16", "webm_opus"])),
    "output": st.none() | st.builds(OutputFormat, rate=st.none() | st.integers(8000, 48_000)),
}


@given(st.builds(Options, **MAYBE) | st.builds(Configure, **MAYBE, **MORE), st.builds(Configure, **MAYBE, **MORE))
def test_what_is_named_is_taken_and_the_rest_stays(wanted, earlier):
    now = choose(Choice("default"), earlier, PROFILES, VOICES)
    after = choose(now, wanted, PROFILES, VOICES)
    for name in Choice.__slots__:
        asked = getattr(wanted, name, None)
        assert getattr(after, name) == (getattr(now, name) if asked is None else asked)


@pytest.mark.parametrize(
    ("wanted", "code", "fix"),
    [
        (Options(profile="bar"), "unknown_profile", "Use one of: default, kiosk, tutor."),
        (Options(profile="kiosk", voice="c"), "unknown_voice", "Use one of: a, b."),
    ],
)
def test_unknown_names_are_refused_and_not_repeated(wanted, code, fix):
    with pytest.raises(CallerError) as caught:
        choose(Choice("default"), wanted, PROFILES, VOICES)
    assert (caught.value.code, caught.value.fix) == (code, fix)
    assert not {"bar", "c"} & set(caught.value.message.replace(".", "").split())


def test_the_choice_as_the_client_reads_it():
    assert Choice("default", speed=1.5).as_dict() == {
        "mode": "conversation", "language": None, "profile": "default", "voice": None, "speed": 1.5, "partials": True,
        "input": {"codec": "pcm16", "rate": 16_000}, "output": {"codec": "pcm16", "rate": None},
    }  # fmt: skip
    assert set(Choice("default").as_dict()) == set(Choice.__slots__)


@pytest.mark.parametrize(
    ("task", "chosen", "heard", "spoken"),
    [("transcribe", None, None, "tr"), ("transcribe", None, "ru", "ru"), ("transcribe", "de", "ru", "de"),
     ("translate", "de", "de", "en"), ("translate", None, None, "en")],
)  # fmt: skip
def test_what_is_translated_is_english(task, chosen, heard, spoken):
    parts = Parts(scripted(), configured(f"stt.task={task}"), Metrics(), language="tr")
    assert parts.spoken(chosen, heard) == spoken


def test_what_is_told_and_asked_follows_the_model_at_work():
    class Falling(ScriptedLlm):
        small = False

        def info(self):
            return replace(super().info(), model="small" if self.small else "large", starter=self.small)

    llm = Falling()
    parts = Parts(scripted(llm=llm), configured(), Metrics(), "orders", "You are a waiter.")
    assert (parts.models()["llm"], parts.starter()) == ("large", None)
    assert parts.prompt("default") == parts.config.profile["default"].prompt
    llm.small = True
    assert parts.models()["llm"] == "small"
    assert parts.starter() == "Starter models in use (llm): they know orders, and hear synthetic voices only."
    assert parts.prompt("default") == "You are a waiter."
