"""How llama.cpp is compiled: CMake's settings for each kind of machine. Pure."""

from __future__ import annotations

from shlex import quote, split

from app.install.plan import ANY_CARD, Accel, Toolkit

PORTABLE_FLAGS = ("avx", "avx2", "fma", "f16c", "bmi2")
"""What a processor must offer to run a portable build (x86-64-v3, Intel since 2013, AMD since 2015), as
/proc/cpuinfo names it."""
_ALWAYS = "-DLLAVA_BUILD=OFF"
"""Pictures are not heard: half of what would be compiled."""
PROJECT = ("llama.cpp", "set(LLAMA_BUILD_COMMON OFF)\n")
"""What CMake reads inside a project of that name. llama-cpp-python forces llama.cpp's library for command lines on,
loads it nowhere, and it is a third of the compiler's work. A setting would lose against the force; this comes after."""
_ANY_CPU = "-DGGML_NATIVE=OFF"
_PORTABLE = f"{_ANY_CPU} " + " ".join(f"-DGGML_{flag.upper()}=ON" for flag in PORTABLE_FLAGS)


def llama_env(
    accel: Accel, *, portable: bool, toolkit: Toolkit | None = None, architectures: str = ANY_CARD, driver: bool = True
) -> dict[str, str]:
    """The environment of `pip wheel llama-cpp-python`.

    `portable` builds for any processor with `PORTABLE_FLAGS` instead of exactly this one. `driver` tells whether the
    GPU's driver is installed: without it and without a stub, llama.cpp is built without its virtual memory pool, the
    one part that links against the driver.
    """
    settings = [_ALWAYS, _PORTABLE] if portable else [_ALWAYS]
    if accel == "cpu":
        return {"CMAKE_ARGS": " ".join(settings)}
    settings += ["-DGGML_CUDA=ON", f"-DCMAKE_CUDA_ARCHITECTURES={architectures}"]
    if not driver and not (toolkit and toolkit.driver_stub):
        settings.append("-DGGML_CUDA_NO_VMM=ON")
    if toolkit is None:
        return {"CMAKE_ARGS": " ".join(settings)}
    settings.append(quote(f"-DCUDAToolkit_ROOT={toolkit.root}"))
    # llama-cpp-python's own path is only its folder, and few systems list CUDA's in ld.so.conf.
    settings.append(quote(f'-DCMAKE_SHARED_LINKER_FLAGS="-Wl,-rpath,{toolkit.root}/lib64"'))
    return {"CMAKE_ARGS": " ".join(settings), "CUDACXX": toolkit.nvcc, "CUDA_PATH": toolkit.root}


def is_native(cmake_args: str) -> bool:
    """Whether a build with these settings is for this kind of processor only."""
    return _ANY_CPU not in split(cmake_args)
