"""What `make setup` installs. pip is scripted here: `.ci/run` runs the real one, and a build takes minutes."""

import json

import pytest

from app.errors import SetupError
from app.install import __main__ as setup
from app.install.card import Card
from app.install.plan import Toolkit

RTX3060 = Card("NVIDIA GeForce RTX 3060", 12_288, "8.6", "580.65.06", (13, 0))
NVCC = Toolkit("/cuda/bin/nvcc", "/cuda", (12, 4), cublas=True, driver_stub=False)


class Pip:
    """Takes pip's calls down. `fails`: words of calls that fail; `missing`: statements that do."""

    def __init__(self):
        self.calls = []
        self.env = {}
        self.cuda_builds = True
        self.fails = set()
        self.missing = set()

    def __call__(self, *arguments, env=None):
        self.calls.append(" ".join(arguments))
        if self.fails & set(arguments):
            raise SetupError("pip failed")

    def llama_wheel(self, into, env):
        self.env = env
        if not self.cuda_builds and "CUDACXX" in env:
            raise SetupError("nvcc fatal: unsupported compiler")
        return into / "llama_cpp_python-built.whl"

    def works(self, code):
        return not any(code.startswith(missing) for missing in self.missing)

    def did(self, *words):
        return [call for call in self.calls if all(word in call for word in words)]


@pytest.fixture
def pip(monkeypatch, tmp_path):
    scripted = Pip()
    monkeypatch.setattr(setup, "pip", scripted)
    monkeypatch.setattr(setup, "llama_wheel", scripted.llama_wheel)
    monkeypatch.setattr(setup, "works", scripted.works)
    monkeypatch.setattr(setup, "RECORD", tmp_path / "record.json")
    monkeypatch.setattr(setup.toolkit, "installed", lambda env: ())
    monkeypatch.setattr(setup.toolkit, "from_index", lambda: NVCC)
    monkeypatch.setattr(setup, "cards", tuple)
    monkeypatch.setattr(setup, "on_the_bus", lambda: False)
    for name in ("PARLOR_ACCEL", "PARLOR_PORTABLE"):
        monkeypatch.delenv(name, raising=False)
    return scripted


@pytest.fixture
def card(monkeypatch):
    monkeypatch.setattr(setup, "cards", lambda: (RTX3060,))


def record():
    return json.loads(setup.RECORD.read_text())


def test_without_a_card_everything_is_for_the_cpu(pip, capsys):
    assert setup.main() == 0
    assert pip.did("install", "llama_cpp_python-built.whl")
    assert pip.env == {"CMAKE_ARGS": "-DLLAVA_BUILD=OFF"}
    assert pip.calls[-1] == "install --quiet --no-compile --editable ."
    assert record()["accel"] == "cpu"
    assert "no NVIDIA card" in capsys.readouterr().out


def test_a_second_run_compiles_nothing(pip):
    setup.main()
    pip.calls.clear()
    setup.main()
    assert not pip.did("llama_cpp_python")


def test_what_works_stays_in_use_where_no_index_is(pip, monkeypatch, tmp_path, capsys):
    pip.fails = {"--editable"}
    monkeypatch.setattr(setup, "COMMAND", tmp_path / "parlor")
    assert setup.main() == 1  # it was never installed
    setup.COMMAND.touch()
    assert setup.main() == 0
    assert "what was installed before stays in use" in capsys.readouterr().out
    pip.missing = {"import app.compose"}
    assert setup.main() == 1


def test_damaged_packages_are_told(pip, capsys):
    pip.missing = {"import app.compose"}
    assert setup.main() == 1
    assert "make clean" in capsys.readouterr().err


def test_a_build_for_other_machines_is_compiled_with_its_settings(pip, monkeypatch):
    setup.main()
    monkeypatch.setenv("PARLOR_PORTABLE", "1")
    setup.main()
    assert "-DGGML_NATIVE=OFF" in pip.env["CMAKE_ARGS"]
    assert pip.did("--force-reinstall", "llama_cpp_python-built.whl")
    assert record()["portable"]


def test_a_card_gets_cuda_with_the_package_indexs_compiler(pip, card, capsys):
    assert setup.main() == 0
    assert pip.did("nvidia-cuda-nvcc")
    assert pip.env["CUDACXX"] == NVCC.nvcc
    assert "-DCMAKE_CUDA_ARCHITECTURES=86" in pip.env["CMAKE_ARGS"]
    assert pip.calls[-1].endswith(".[cuda]")
    assert "RTX 3060" in capsys.readouterr().out


def test_a_compiler_that_is_here_is_used(pip, card, monkeypatch):
    monkeypatch.setattr(setup.toolkit, "installed", lambda env: (NVCC,))
    setup.main()
    assert not pip.did("nvidia-cuda-nvcc")


def test_cuda_that_does_not_compile_becomes_the_cpu_loudly(pip, card, capsys):
    pip.cuda_builds = False
    assert setup.main() == 0
    said = capsys.readouterr().out
    assert "nvcc fatal" in said
    assert "THE LANGUAGE MODEL RUNS ON THE CPU" in said.splitlines()[-2]
    assert record()["accel"] == "cpu"
    assert pip.calls[-1].endswith(".[cuda]")  # faster-whisper still uses the card


def test_cuda_that_was_asked_for_and_does_not_compile_is_an_error(pip, card, monkeypatch, capsys):
    pip.cuda_builds = False
    monkeypatch.setenv("PARLOR_ACCEL", "cuda")
    assert setup.main() == 1
    assert "nvcc fatal" in capsys.readouterr().err


def test_cuda_that_does_not_find_the_card_is_a_failure(pip, card, monkeypatch, capsys):
    pip.missing.add(setup._WITH_GPU)
    monkeypatch.setenv("PARLOR_ACCEL", "cuda")
    assert setup.main() == 1
    assert "does not find the card" in capsys.readouterr().err


def test_a_damaged_record_is_written_anew(pip):
    setup.RECORD.write_text("{")
    assert setup.main() == 0
    assert record()["accel"] == "cpu"


def test_a_wrong_choice_is_said_in_words(pip, monkeypatch, capsys):
    monkeypatch.setenv("PARLOR_ACCEL", "gpu")
    assert setup.main() == 1
    assert "PARLOR_ACCEL=auto" in capsys.readouterr().err


def test_a_missing_compiler_is_said_with_its_command(pip, monkeypatch, capsys):
    monkeypatch.setattr(setup, "which", lambda name: None)
    assert setup.main() == 1
    assert "apt install g++" in capsys.readouterr().err


def test_torch_comes_without_cuda_from_where_it_is_offered(pip, monkeypatch):
    pip.missing.add("import torch")
    monkeypatch.setenv("PARLOR_TORCH_INDEX", "https://torch.example")
    setup.main()
    assert pip.did("--index-url https://torch.example", "torch==")


def test_another_torch_than_the_pinned_one_is_replaced_from_there_too(pip, monkeypatch):
    pip.missing.add("import torch; assert torch.__version__.partition('+')[0] == '2.13.0'")
    monkeypatch.setenv("PARLOR_TORCH_INDEX", "https://torch.example")
    setup.main()
    assert pip.did("--index-url https://torch.example", "torch==2.13.0")


def test_an_index_without_torch_is_said_and_passed_over(pip, monkeypatch, capsys):
    pip.missing.add("import torch")
    pip.fails.add("https://torch.example")
    monkeypatch.setenv("PARLOR_TORCH_INDEX", "https://torch.example")
    assert setup.main() == 0
    said = capsys.readouterr().out
    assert "pip failed" in said
    assert "usual index" in said


def test_torch_that_is_here_is_left_alone(pip, monkeypatch):
    monkeypatch.setenv("PARLOR_TORCH_INDEX", "nonsense")
    setup.main()
    assert not pip.did("--index-url")
