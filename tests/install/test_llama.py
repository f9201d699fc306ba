"""CMake's settings for llama.cpp."""

from shlex import split

import pytest

from app.install.llama import PORTABLE_FLAGS, llama_env
from app.install.plan import Toolkit

NVCC = Toolkit("/cuda/bin/nvcc", "/cuda", (12, 4), cublas=True, driver_stub=False)


def test_this_processor_needs_no_settings():
    assert "GGML" not in llama_env("cpu", portable=False)["CMAKE_ARGS"]


def test_portable_builds_name_what_they_use():
    arguments = llama_env("cpu", portable=True)["CMAKE_ARGS"].split()
    assert "-DGGML_NATIVE=OFF" in arguments
    assert {f"-DGGML_{flag.upper()}=ON" for flag in PORTABLE_FLAGS} < set(arguments)


def test_cuda_names_the_compiler_and_the_cards():
    env = llama_env("cuda", portable=False, toolkit=NVCC, architectures="86")
    assert env["CUDACXX"] == "/cuda/bin/nvcc"
    assert '"-Wl,-rpath,/cuda/lib64"' in split(env["CMAKE_ARGS"])[-1]  # CMake takes apart at spaces what has no quotes
    assert "-DGGML_CUDA=ON" in env["CMAKE_ARGS"].split()
    assert "-DCMAKE_CUDA_ARCHITECTURES=86" in env["CMAKE_ARGS"].split()
    assert "CUDACXX" not in llama_env("cuda", portable=True)


@pytest.mark.parametrize(
    ("driver", "stub", "without_pool"), [(True, False, False), (False, True, False), (False, False, True)]
)
def test_nothing_links_against_a_driver_that_is_not_there(driver, stub, without_pool):
    toolkit = Toolkit("/cuda/bin/nvcc", "/cuda", (12, 4), cublas=True, driver_stub=stub)
    env = llama_env("cuda", portable=False, toolkit=toolkit, driver=driver)
    assert ("-DGGML_CUDA_NO_VMM=ON" in env["CMAKE_ARGS"]) == without_pool
