"""Sizes of the cache from GGUF headers, written by the gguf package or cut off anywhere."""

import struct
from pathlib import Path

import pytest
from gguf import GGUFWriter
from hypothesis import given, settings
from hypothesis import strategies as st

from app.doctor.rules.gguf import CAUTIOUS_BYTES, MIB, CacheShape, cache_mb, cache_shape, metadata

STARTER = Path(__file__).parents[3] / "models" / "starter" / "brain" / "starter-brain.gguf"


@pytest.fixture
def written(tmp_path):
    def write(fill, architecture="llama"):
        writer = GGUFWriter(tmp_path / "model.gguf", architecture)
        fill(writer)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.close()
        return (tmp_path / "model.gguf").read_bytes()

    return write


def llama_8b(writer):
    writer.add_context_length(8192)
    writer.add_embedding_length(4096)
    writer.add_block_count(32)
    writer.add_head_count(32)
    writer.add_head_count_kv(8)


def test_llama_3_of_8_b_takes_128_kib_a_token(written):
    shape = cache_shape(written(llama_8b))
    assert shape == CacheShape(32 * 8 * (128 + 128) * 2, 8192)
    assert cache_mb(shape, 10, 2048) == 11 * 2048 * 128 * 1024 // MIB == 2816


def test_no_window_is_longer_than_what_was_trained(written):
    assert cache_mb(cache_shape(written(llama_8b)), 1, 100_000) == 2 * 8192 * 128 * 1024 // MIB


def test_the_newest_keys_count(written):
    def fill(writer):
        llama_8b(writer)
        writer.add_key_length(256)
        writer.add_value_length(64)
        writer.add_token_list(["<s>", "a"])
        writer.add_bool("llama.flag", True)
        writer.add_float32("llama.rope.freq_base", 1e4)

    assert cache_shape(written(fill)).bytes_per_token == 32 * 8 * (256 + 64) * 2


def test_each_layer_may_have_heads_of_its_own(written):
    def fill(writer):
        llama_8b(writer)
        writer.add_head_count_kv([4, 8, 8, 0])

    assert cache_shape(written(fill)).bytes_per_token == 20 * 256 * 2


def test_without_head_count_kv_every_head_has_keys(written):
    def fill(writer):
        writer.add_embedding_length(64)
        writer.add_block_count(2)
        writer.add_head_count(4)

    assert cache_shape(written(fill)) == CacheShape(2 * 4 * 32 * 2, 1 << 30)


@pytest.mark.parametrize(
    "fill",
    [
        lambda writer: None,
        lambda writer: writer.add_block_count(2),
        lambda writer: (writer.add_block_count(2), writer.add_head_count(4)),
        lambda writer: (writer.add_block_count(2), writer.add_string("llama.attention.head_count", "many")),
    ],
)
def test_a_header_that_does_not_tell_gives_nothing(written, fill):
    assert cache_shape(written(fill)) is None


def test_nothing_known_is_estimated_high():
    assert cache_mb(None, 10, 2048) == 11 * 2048 * CAUTIOUS_BYTES // MIB


def test_the_starter_model_tells():
    assert cache_shape(STARTER.read_bytes()[:100_000]) is not None


@given(st.binary())
def test_any_bytes_are_read_without_complaint(data):
    assert metadata(data) == {} or data[:4] == b"GGUF"
    metadata(b"GGUF" + struct.pack("<IQQ", 3, 0, 1 << 40) + data)


WHOLE = STARTER.read_bytes()[:50_000]
KNOWN = metadata(WHOLE)


@settings(deadline=None)  # the time of a slice of the file, on a machine that is shared
@given(st.integers(0, len(WHOLE)))
def test_a_header_cut_off_tells_what_stands_before_the_cut(cut):
    assert metadata(WHOLE[:cut]).items() <= KNOWN.items()


def test_types_and_arrays_that_nobody_knows_end_the_reading():
    def entry(key, kind, rest):
        return struct.pack("<Q", len(key)) + key + struct.pack("<I", kind) + rest

    head = b"GGUF" + struct.pack("<IQQ", 3, 0, 3)
    first = entry(b"a", 4, struct.pack("<I", 7))
    assert metadata(head + first + entry(b"b", 99, b"") + first) == {"a": 7}
    long = struct.pack("<IQ", 4, 1 << 20)
    assert metadata(head + first + entry(b"b", 9, long) + first) == {"a": 7}
    assert metadata(head + first + entry(b"\xff", 4, struct.pack("<I", 7))) == {"a": 7}
