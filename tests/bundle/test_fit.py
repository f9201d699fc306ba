"""Which machines a bundle fits."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bundle.fit import cpu_needs, dotted, flags, glibc_in, glibc_of, version

VERSIONS = st.tuples(st.just(2), st.integers(0, 60))
X86 = ("fpu", "sse4_2", "avx", "avx2", "avx512f", "fma", "f16c", "bmi1", "bmi2", "amx_tile", "clzero", "svm")


@pytest.mark.parametrize(
    ("name", "glibc"),
    [
        ("attrs-26.1.0-py3-none-any.whl", ()),
        ("torch-2.13.0+cpu-cp311-cp311-manylinux_2_28_x86_64.whl", (2, 28)),
        ("protobuf-7.36.2-cp310-abi3-manylinux2014_x86_64.whl", (2, 17)),
        ("frozenlist-1.8.0-cp311-cp311-manylinux1_x86_64.manylinux_2_28_x86_64.manylinux_2_5_x86_64.whl", (2, 5)),
        ("llama_cpp_python-0.3.36-py3-none-linux_x86_64.whl", None),
    ],
)
def test_glibc_by_name(name, glibc):
    assert glibc_of(name) == glibc


@given(st.lists(VERSIONS, min_size=1, max_size=4), st.sampled_from(["x86_64", "aarch64"]))
def test_a_wheel_runs_where_any_of_its_tags_does(versions, machine):
    tags = ".".join(f"manylinux_{major}_{minor}_{machine}" for major, minor in versions)
    assert glibc_of(f"a-1-cp311-cp311-{tags}.whl") == min(versions)


@given(st.lists(VERSIONS))
def test_glibc_by_symbols(versions):
    library = b"\x7fELF junk\0" + b"".join(f"GLIBC_{dotted(v)}\0".encode() for v in versions) + b"GLIBC_PRIVATE\0"
    assert glibc_in(library) == max(versions, default=())


@given(VERSIONS)
def test_versions_are_read_as_written(parts):
    assert version(dotted(parts)) == parts


def test_flags_of_this_processor():
    assert flags(Path("/proc/cpuinfo").read_text("utf-8"))


@given(st.sets(st.sampled_from(X86)))
def test_flags_of_the_first_processor(known):
    text = f"processor\t: 0\nflags\t\t: {' '.join(known)}\nbugs\t\t: none\n\nprocessor\t: 1\nflags\t\t: other\n"
    assert flags(text) == known


def test_no_flags():
    assert flags("processor: 0\n") == frozenset()


@given(st.sets(st.sampled_from(X86)))
def test_a_native_build_needs_no_more_than_its_machine_has(available):
    needs = cpu_needs("x86_64", available, native=True)
    assert set(needs) == available - {"fpu", "clzero", "svm"}
    assert list(needs) == sorted(needs)


def test_a_portable_build_needs_the_same_everywhere():
    assert cpu_needs("x86_64", (), native=False) == cpu_needs("x86_64", X86, native=False) != ()
    assert cpu_needs("aarch64", ("asimd",), native=False) == ()
    assert cpu_needs("aarch64", ("sve", "asimd"), native=True) == ("asimd", "sve")
