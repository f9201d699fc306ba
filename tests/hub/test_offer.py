"""Whose word counts for what a file must be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import SetupError
from app.hub.manifest import ModelFile, parse
from app.hub.offer import Offer, expected, short
from tests.support.hub import entry

MODEL = parse(entry("m", "llm", {"a.gguf": b"1"}), "m").models[0]
HASHES = st.sampled_from(["", 64 * "a", 64 * "b"])
SIZES = st.sampled_from([0, 5, 6])


def offered(size, digest):
    return Offer("https://hub/m/a.gguf", "https://hub/m", "c1", size, digest)


@given(HASHES, SIZES, st.sampled_from(["", 64 * "a", 64 * "b", 40 * "c", "5f-1"]), SIZES, HASHES)
def test_what_arrives_must_agree_with_everybody_who_knows(manifest, size, digest, offered_size, recorded):
    known = manifest or recorded
    contradicts = (len(digest) == 64 and known not in ("", digest)) or (size and offered_size and size != offered_size)
    if contradicts:
        with pytest.raises(SetupError, match="in place of"):
            expected(MODEL, ModelFile("a.gguf", size, manifest), offered(offered_size, digest), recorded)
        return
    want = expected(MODEL, ModelFile("a.gguf", size, manifest), offered(offered_size, digest), recorded)
    assert want.size == (size or offered_size)
    assert want.sha256 == (known or (digest if len(digest) == 64 else ""))
    assert want.sha1 == (digest if len(digest) == 40 else "")
    assert want.tag
    assert len(want.tag) <= 16


def test_a_changed_upstream_is_taken_only_when_asked_for():
    with pytest.raises(SetupError) as error:
        expected(MODEL, ModelFile("a.gguf"), offered(5, 64 * "a"), recorded=64 * "b")
    assert "parlor models remove m && parlor models download m" in error.value.fix


def test_the_manifest_overrules_the_record():
    assert expected(MODEL, ModelFile("a", 5, 64 * "a"), offered(5, 64 * "a"), 64 * "b").sha256 == 64 * "a"


def test_hashes_are_shortened_for_people():
    assert short(64 * "a") == 12 * "a" + "..."
    assert short("") == "unknown"
