"""What a bundle asks the package index for."""

import json

import pytest

from app.bundle import gather
from app.bundle.gather import cuda_libraries, installed, requirements
from app.errors import SetupError


def test_it_asks_for_what_parlor_runs_on():
    names = " ".join(requirements("cpu"))
    assert "faster-whisper" in names
    assert "nvidia" not in names
    assert "pytest" not in names
    assert {r for r in requirements("cuda") if r.startswith("nvidia-cublas-cu12")}


@pytest.mark.parametrize(
    ("library", "packages"),
    [
        (b"\0libcudart.so.12\0", {"nvidia-cuda-runtime-cu12", "nvidia-cublas-cu12"}),
        (b"\0libcudart.so.13\0", {"nvidia-cuda-runtime==13.0.*", "nvidia-cublas==13.0.*"}),
        (b"", set()),
    ],
)
def test_a_cuda_build_brings_its_libraries(wheel, library, packages):
    llama = wheel("llama-1-py3-none-linux_x86_64.whl", "", {"llama_cpp/lib/libggml-cuda.so": library})
    assert set(cuda_libraries(llama)) == packages


def test_a_cpu_build_needs_none(wheel):
    assert cuda_libraries(wheel("llama-1-py3-none-linux_x86_64.whl")) == ()


@pytest.mark.parametrize(
    ("native", "command"), [(True, "PARLOR_ACCEL=cuda"), (False, "PARLOR_ACCEL=cuda PARLOR_PORTABLE=1")]
)
def test_a_build_that_is_not_here_is_named_with_the_command_that_makes_it(tmp_path, monkeypatch, native, command):
    monkeypatch.setattr(gather, "RECORD", tmp_path / "record.json")
    assert installed() == {"accel": "cpu", "portable": False, "architectures": ""}
    with pytest.raises(SetupError) as caught:
        gather.gather(tmp_path, "cuda", native=native, say=lambda _: None)
    assert caught.value.fix.splitlines()[0] == f"First: make setup {command}"
    assert "parlor bundle --accel cpu" in caught.value.fix


def test_the_record_of_the_installation_is_read(tmp_path, monkeypatch):
    record = {"accel": "cuda", "portable": True, "architectures": "86", "llama_cpp": "0.3.36"}
    monkeypatch.setattr(gather, "RECORD", tmp_path / "record.json")
    (tmp_path / "record.json").write_text(json.dumps(record), "utf-8")
    assert installed() == record
