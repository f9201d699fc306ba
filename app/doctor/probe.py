"""The part of the doctor that touches native libraries, as a program: `python -m app.doctor.probe WHAT ...`.

It writes a line of JSON for each thing it begins (`{"begin": name}`) and for each that is done (`{"name": name, ...}`),
so that whoever reads them knows where it died. Whatever libraries print themselves goes to the standard error.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from app.doctor.rules.libraries import LIBRARIES, LLAMA, Library
from app.install.card import cards, on_the_bus, why_no_card
from app.install.cublas import preload, preload_llama

Answer = dict[str, Any]
Tell = Callable[[Answer], None]


def libraries(names: Sequence[str], tell: Tell) -> None:
    """Loads each of the packages `names`."""
    for library in LIBRARIES:
        if library.package in names:
            tell({"begin": library.package})
            tell({"name": library.package, **_loaded(library)})


def card(parts: Sequence[str], tell: Tell) -> None:
    """Asks each of `driver`, `ctranslate2` and `llama.cpp` about cards."""
    asked = {"driver": _driver, "ctranslate2": _ctranslate2, "llama.cpp": _llama}
    for part in parts:
        tell({"begin": part})
        tell({"name": part, **asked[part]()})


def voices(paths: Sequence[str], tell: Tell) -> None:
    """Whether each of the Piper voices at `paths` tells when it says each sound."""
    import onnx

    for path in paths:
        tell({"begin": path})
        tell({"name": path, "aligned": len(onnx.load(path, load_external_data=False).graph.output) > 1})


def sound(names: Sequence[str], tell: Tell) -> None:
    """Asks PortAudio for the default microphone and loudspeaker."""
    for name in names:
        tell({"begin": name})
        tell({"name": name, **_sound()})


def engines(_: Sequence[str], tell: Tell) -> None:
    """Tries the engines of the configuration on the standard input."""
    from app.doctor.selftest import try_all
    from app.settings import Config

    asyncio.run(try_all(Config.model_validate_json(sys.stdin.read()), tell))


WHAT: dict[str, Callable[[Sequence[str], Tell], None]] = {
    "libraries": libraries,
    "card": card,
    "voices": voices,
    "sound": sound,
    "engines": engines,
}


def main(argv: Sequence[str]) -> int:
    """Answer on the standard output, one JSON object a line."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a crash is reported, and no gigabytes of it are kept
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as out:
        os.dup2(2, 1)

        def tell(answer: Answer) -> None:
            out.write(json.dumps(answer) + "\n")
            out.flush()

        WHAT[argv[0]](argv[1:], tell)
    return 0


def _loaded(library: Library) -> Answer:
    try:
        installed = version(library.package)
    except PackageNotFoundError:
        installed = ""
    spec = find_spec(library.module)
    if spec is None:
        return {"found": False}
    told: Answer = {"found": True, "version": installed}
    missing = library.file and not any((Path(p) / library.file).exists() for p in spec.submodule_search_locations or ())
    if missing:
        return told | {"fault": f"{library.file} is missing"}
    if library.package == LLAMA:
        preload_llama()
    if library.loads:
        try:
            import_module(library.module)
        except Exception as error:  # noqa: BLE001 - whatever a broken library raises is what we came to hear
            return told | {"fault": f"{type(error).__name__}: {error}"}
    return told


def _driver() -> Answer:
    found = cards()
    if found:
        return {"cards": [asdict(card) for card in found]}
    return {"why_no_card": why_no_card(), "silent": on_the_bus()}


def _ctranslate2() -> Answer:
    fault = preload() or ""
    import ctranslate2

    try:
        types = sorted(ctranslate2.get_supported_compute_types("cuda")) if ctranslate2.get_cuda_device_count() else []
    except (RuntimeError, ValueError) as error:
        return {"cublas_fault": fault, "fault": str(error)}
    return {"cublas_fault": fault, "types": types}


def _llama() -> Answer:
    preload_llama()
    import llama_cpp

    return {"offloads": bool(llama_cpp.llama_supports_gpu_offload())}


def _sound() -> Answer:
    try:
        import sounddevice
    except OSError:
        return {"no_library": True}
    except Exception as error:  # noqa: BLE001 - PortAudio's own error cannot be named before it is there
        return {"fault": str(error)}
    return {"microphone": _device(sounddevice, "input"), "loudspeaker": _device(sounddevice, "output")}


def _device(sounddevice: Any, kind: str) -> str:  # noqa: ANN401 - sounddevice has no types
    """Name of the default device; empty when there is none."""
    try:
        return str(sounddevice.query_devices(kind=kind)["name"])
    except (sounddevice.PortAudioError, ValueError):
        return ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
