"""What is compiled once. The compiler is scripted here: a real build takes minutes, and the image's tests have one."""

import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.install import wheels
from app.install.llama import PORTABLE_FLAGS, llama_env
from app.install.wheels import KEPT, cache_folder, digest, facts, llama_wheel, settings

NATIVE, PORTABLE = (llama_env("cpu", portable=portable) for portable in (False, True))


@pytest.fixture
def build(tmp_path, monkeypatch):
    """`build(env)`: a wheel's content; each that is compiled has the next number."""
    compiled = []

    def build_wheel(into, env):
        compiled.append(env)
        wheel = into / "llama_cpp_python-1-py3-none-any.whl"
        wheel.write_text(str(len(compiled)), "utf-8")
        return wheel

    def build(env=PORTABLE, cache=tmp_path / "cache"):
        wheel = llama_wheel(tmp_path / "built", env, cache)
        assert wheel.parent == tmp_path / "built"
        content = wheel.read_text("utf-8")
        wheel.unlink()
        return int(content)

    monkeypatch.setattr(wheels, "build_wheel", build_wheel)
    return build


def test_the_same_is_compiled_once(build):
    assert [build(), build(), build(NATIVE), build(), build(NATIVE)] == [1, 1, 2, 1, 2]


@pytest.mark.parametrize("damage", [
    lambda wheel: wheel.write_text("half", "utf-8"),
    lambda wheel: wheel.unlink(),
    lambda wheel: wheel.with_name("sha256").unlink(),
    lambda wheel: wheel.with_name("sha256").write_text("", "utf-8"),
])  # fmt: skip
def test_a_damaged_one_is_compiled_again_and_kept(build, tmp_path, damage):
    build()
    (wheel,) = (tmp_path / "cache").glob("*/*.whl")
    damage(wheel)
    assert [build(), build()] == [2, 2]


def test_without_room_for_a_cache_it_is_compiled_each_time(build, tmp_path):
    (tmp_path / "file").write_text("", "utf-8")
    assert [build(cache=tmp_path / "file"), build(cache=tmp_path / "file")] == [1, 2]


def test_the_ones_used_last_stay(build, tmp_path):
    envs = [{"CMAKE_ARGS": f"-DA={number}"} for number in range(KEPT + 1)]
    for env in envs[:KEPT]:
        build(env)
    assert build(envs[0]) == 1
    build(envs[KEPT])
    assert len(list((tmp_path / "cache").iterdir())) == KEPT
    assert build(envs[0]) == 1
    assert build(envs[1]) == KEPT + 2


def test_another_compiler_makes_another(build, tmp_path, monkeypatch):
    compiler = tmp_path / "c++"
    compiler.write_text("#!/bin/sh\necho 12.1\n", "utf-8")
    compiler.chmod(stat.S_IRWXU)
    monkeypatch.setenv("CXX", str(compiler))
    assert build() == 1
    compiler.write_text("#!/bin/sh\necho 12.2\n", "utf-8")
    assert [build(), build()] == [2, 2]
    monkeypatch.setenv("CXX", "no-such-compiler")
    assert build() == 3


def test_another_processor_makes_another_unless_it_is_for_any(build, tmp_path, monkeypatch):
    assert [build(), build(NATIVE)] == [1, 2]
    other = tmp_path / "cpuinfo"
    other.write_text("processor: 0\nflags: avx2\n\nprocessor: 1\n", "utf-8")
    monkeypatch.setattr(wheels, "CPU_INFO", other)
    assert [build(), build(NATIVE)] == [1, 3]
    other.write_text("processor: 7\nflags: avx2\ncpu MHz: 900\n", "utf-8")
    assert build(NATIVE) == 3


@pytest.mark.parametrize("setting", [
    {"CMAKE_ARGS": PORTABLE["CMAKE_ARGS"] + " -DGGML_OPENMP=OFF"}, PORTABLE | {"CUDACXX": "/cuda/nvcc"},
    PORTABLE | {"CXXFLAGS": "-O1"}, PORTABLE | {"SKBUILD_CMAKE_BUILD_TYPE": "Debug"}, PORTABLE | {"CC": "clang"},
])  # fmt: skip
def test_another_setting_makes_another(setting):
    assert digest(facts(setting)) != digest(facts(PORTABLE))


def test_another_version_or_system_makes_another(tmp_path, monkeypatch):
    before = digest(facts(PORTABLE))
    release = tmp_path / "os-release"
    release.write_text("ID=other\n", "utf-8")
    monkeypatch.setattr(wheels, "OS_RELEASE", release)
    other = digest(facts(PORTABLE))
    monkeypatch.setattr(wheels, "pinned", lambda _: "llama_cpp_python==9")
    assert len({before, other, digest(facts(PORTABLE))}) == 3


@given(st.dictionaries(st.text(), st.text()), st.sampled_from(["CC", "CXXFLAGS", "CMAKE_ARGS", "CUDACXX"]), st.text())
def test_only_what_a_build_reads_decides(environment, name, value):
    others = {f"PARLOR_{name}X": value for name, value in environment.items()}
    assert settings(others) == []
    assert settings({**others, name: value}) == [f"{name}={value}"]


@given(st.lists(st.text("a,")), st.lists(st.text("a,")))
def test_other_facts_have_another_name(first, second):
    assert (digest(first) == digest(second)) == (first == second)


def test_it_lies_where_caches_lie(tmp_path):
    assert cache_folder({"HOME": "/home/me"}).as_posix() == "/home/me/.cache/parlor/llama.cpp"
    assert cache_folder({"HOME": "/home/me", "XDG_CACHE_HOME": "/fast"}).as_posix() == "/fast/parlor/llama.cpp"
    assert cache_folder({}).is_absolute()


def test_a_portable_build_is_not_for_this_processor():
    assert PORTABLE_FLAGS[0] in PORTABLE["CMAKE_ARGS"].lower()
    assert [wheels.is_native(env["CMAKE_ARGS"]) for env in (NATIVE, PORTABLE)] == [True, False]
