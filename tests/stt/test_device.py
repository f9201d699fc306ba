"""Where the recogniser is tried, in which order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.stt.device import CPU_TYPES, CUDA_TYPES, Place, is_cuda_fault, places, threads

CPU = ("int8", "int8_float32", "float32")
CONSUMER = ("float32", "float16", "int8", "int8_float16", "int8_float32")
PASCAL = ("float32", "int8", "int8_float32")


@pytest.mark.parametrize(
    ("device", "compute", "cuda", "order"),
    [
        ("auto", "auto", (), ["cpu int8"]),
        ("auto", "auto", CONSUMER, ["cuda int8_float16", "cpu int8"]),
        ("auto", "auto", ("float16", "float32"), ["cuda float16", "cpu int8"]),
        ("auto", "auto", PASCAL, ["cuda int8_float32", "cpu int8"]),
        ("auto", "auto", ("float32",), ["cuda float32", "cpu int8"]),
        ("cuda", "float16", CONSUMER, ["cuda float16", "cpu int8"]),
        ("cuda", "int8_float16", (), ["cpu int8"]),
        ("cpu", "auto", CONSUMER, ["cpu int8"]),
        ("cpu", "float32", CONSUMER, ["cpu float32"]),
        ("cpu", "int8_float16", CONSUMER, ["cpu int8"]),
    ],
)
def test_order(device: str, compute: str, cuda: tuple[str, ...], order: list[str]) -> None:
    assert [str(p) for p in places(device, compute, cuda, CPU)] == order


@given(
    st.sampled_from(["auto", "cpu", "cuda"]),
    st.sampled_from(["auto", "float16"]),
    st.sets(st.sampled_from(CUDA_TYPES)),
    st.sets(st.sampled_from(CPU_TYPES)),
)
def test_the_cpu_is_always_the_last_resort(device: str, compute: str, cuda: set[str], cpu: set[str]) -> None:
    *tries, last = places(device, compute, cuda, cpu)
    assert last.device == "cpu"
    assert all(t.device == "cuda" for t in tries)
    assert len(tries) <= 1
    assert not tries or device != "cpu"


def test_a_machine_without_int8_takes_what_there_is() -> None:
    assert places("cpu", "auto", (), ("float32",)) == (Place("cpu", "float32"),)
    assert places("cpu", "auto", (), ()) == (Place("cpu", "default"),)


@pytest.mark.parametrize(
    ("error", "cuda"),
    [
        (RuntimeError("CUDA failed with error out of memory"), True),
        (RuntimeError("Library libcublas.so.12 is not found or cannot be loaded"), True),
        (RuntimeError("cuDNN failed with status CUDNN_STATUS_NOT_INITIALIZED"), True),
        (RuntimeError("No position encodings are defined for positions >= 64"), False),
        (ValueError("CUDA"), False),
    ],
)
def test_faults_of_the_gpu(error: Exception, cuda: bool) -> None:
    assert is_cuda_fault(error) is cuda


@pytest.mark.parametrize(
    ("wanted", "cores", "starter", "given"),
    [(0, 2, True, 1), (0, 64, True, 1), (0, 1, False, 1), (0, 2, False, 2), (0, 64, False, 4), (3, 2, True, 3)],
)
def test_threads(wanted: int, cores: int, *, starter: bool, given: int) -> None:
    assert threads(wanted, cores, starter=starter) == given
