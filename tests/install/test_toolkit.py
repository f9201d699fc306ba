"""CUDA compilers, found where they usually lie."""

from pathlib import Path

import pytest

from app.install import toolkit

SAYS = "#!/bin/sh\necho 'Cuda compilation tools, release {}, V{}.88'\n"


@pytest.fixture
def cuda(tmp_path):
    """Makes a CUDA folder: `cuda(release, cublas=..., stub=...)`."""

    def make(release: str, *, cublas: bool = True, stub: bool = False) -> Path:
        root = tmp_path / f"cuda-{release}"
        for folder in ("bin", "include", "lib64/stubs"):
            (root / folder).mkdir(parents=True)
        nvcc = root / "bin" / "nvcc"
        nvcc.write_text(SAYS.format(release, release))
        nvcc.chmod(0o755)
        if cublas:
            (root / "include" / "cublas_v2.h").touch()
        if stub:
            (root / "lib64" / "stubs" / "libcuda.so").touch()
        return root

    return make


def test_the_environment_comes_first_then_the_path(cuda):
    named, on_path = cuda("12.4", stub=True), cuda("13.0", cublas=False)
    first, second, *_ = toolkit.installed({"CUDA_HOME": str(named), "PATH": str(on_path / "bin")})
    assert (first.version, first.cublas, first.driver_stub, first.root) == ((12, 4), True, True, str(named))
    assert (second.version, second.cublas, second.driver_stub) == ((13, 0), False, False)


def test_the_same_compiler_is_listed_once(cuda):
    root = cuda("12.4")
    found = toolkit.installed({"CUDA_HOME": str(root), "CUDA_PATH": str(root), "PATH": str(root / "bin")})
    assert [t.root for t in found].count(str(root)) == 1


@pytest.mark.parametrize("script", ["#!/bin/sh\nexit 1\n", "#!/bin/sh\necho nonsense\n"])
def test_what_is_no_compiler_is_passed_over(cuda, script):
    root = cuda("12.4")
    (root / "bin" / "nvcc").write_text(script)
    assert str(root) not in [t.root for t in toolkit.installed({"CUDA_HOME": str(root), "PATH": ""})]


def test_the_wheels_get_the_names_that_a_linker_looks_for(cuda, monkeypatch):
    root = cuda("13.0")
    (root / "lib64" / "stubs").rmdir()
    (root / "lib64").rename(root / "lib")
    (root / "lib" / "libcudart.so.13").write_text("x")
    monkeypatch.setattr(toolkit, "index_root", lambda: root)
    for _ in range(2):  # a second run finds its own links
        found = toolkit.from_index()
        assert (root / "lib64" / "libcudart.so").read_text() == "x"
        assert (found.version, found.cublas) == ((13, 0), True)
