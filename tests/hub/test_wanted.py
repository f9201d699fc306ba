"""Which models a configuration names."""

from hypothesis import given, settings
from hypothesis import strategies as st

from app.config import load
from app.hub.manifest import parse
from app.hub.wanted import wanted
from tests.support.hub import entry

NAMES = ("ears", "brain", "voice", "other")
MANIFEST = parse(
    entry("ears", "stt", {"model.bin": b"1"})
    + entry("brain", "llm", {"b.gguf": b"1"})
    + entry("voice", "tts", {"v.onnx": b"1", "v.onnx.json": b"1"})
    + entry("other", "tts", {"o.onnx": b"1", "o.onnx.json": b"1"}),
    "m",
)
OWNED = [model.setting for model in MANIFEST.models]
FOREIGN = ["models/starter/ears", "/srv/x.gguf", "mine/x.onnx"]
PATHS = st.sampled_from(OWNED + FOREIGN)


@settings(deadline=None)  # reads the configuration each time
@given(PATHS, PATHS, st.lists(PATHS, min_size=1, max_size=5))
def test_each_model_that_a_setting_names_is_wanted_once_and_no_other(stt, llm, voices):
    config = load(None, {}, [f"stt.model={stt}", f"llm.model={llm}", f"tts.voices={voices!r}"])
    found = wanted(config, MANIFEST)
    named = {stt, llm, *voices} & set(OWNED)
    assert {model.setting for model in found} == named
    assert len(found) == len(named)


def test_the_starter_models_are_nobodys():
    assert wanted(load(None, {}, []), MANIFEST) == ()
