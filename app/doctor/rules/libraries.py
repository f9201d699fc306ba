"""The libraries Parlor stands on, and what suffers when one is missing or broken. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from signal import Signals

from app.doctor.finding import Finding, error, ok, warning

PIP = "python -m pip install --constraint constraints.txt"
"""What installs a library as it was tested."""
NOTHING = "nothing at run time"
BUILD = "make setup"
LLAMA = "llama-cpp-python"


@dataclass(frozen=True, slots=True)
class Library:
    """One of them."""

    package: str
    """Its name in the package index."""
    module: str
    serves: str
    """What does not work without it."""
    needed: bool = True
    """Whether Parlor cannot serve without it."""
    loads: bool = True
    """Whether it is loaded to see that it works; else only its files are looked for."""
    uses: tuple[str, ...] = ()
    """Other packages of the list that it loads."""
    file: str = ""
    """A file or folder of the package that must be there."""


LIBRARIES = (
    Library("numpy", "numpy", "everything"),
    Library("pydantic", "pydantic", "everything"),
    Library("aiohttp", "aiohttp", "the server"),
    Library("uvloop", "uvloop", "faster sockets", needed=False),
    Library("prometheus-client", "prometheus_client", "the server's /metrics"),
    Library("av", "av", "hearing, audio files"),
    Library("onnxruntime", "onnxruntime", "speech detection, speaking"),
    Library("silero-vad", "silero_vad", "speech detection", loads=False, file="data/silero_vad.onnx"),
    Library("ctranslate2", "ctranslate2", "hearing"),
    Library("faster-whisper", "faster_whisper", "hearing", uses=("ctranslate2", "av", "onnxruntime")),
    Library(LLAMA, "llama_cpp", "thinking"),
    Library("Jinja2", "jinja2", "thinking"),
    Library("piper-tts", "piper", "speaking", uses=("onnxruntime",), file="espeak-ng-data/phontab"),
    Library("unicode-rbnf", "unicode_rbnf", "speaking"),
    Library("huggingface_hub", "huggingface_hub", "downloads of models", needed=False),
    Library("httpx2", "httpx2", "downloads of models", needed=False),
    Library("filelock", "filelock", "the start, downloads of models"),
    Library("onnx", "onnx", "patches of downloaded voices", needed=False),
    Library("sounddevice", "sounddevice", "only the microphone caller", needed=False, loads=False),
    Library("livekit", "livekit", "interrupting `parlor talk` by voice", needed=False, loads=False),
    Library("torch", "torch", NOTHING, needed=False, loads=False),  # it takes seconds to load
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of looking for a library."""

    found: bool = True
    version: str = ""
    fault: str = ""
    """Why it cannot be used, in words."""
    signal: int = 0
    """The signal that ended the process that loaded it."""

    @property
    def usable(self) -> bool:
        """Whether it is there and loads."""
        return self.found and not self.fault


def judge_libraries(seen: Mapping[str, Seen], *, portable: bool) -> Iterator[Finding]:
    """A line about each of `LIBRARIES`, from what was seen of it. `portable`: as llama.cpp was built."""
    for library in LIBRARIES:
        broken = next((p for p in library.uses if not seen[p].usable), "")
        yield _judge(library, seen[library.package], broken, rebuild(library.package, portable=portable))


def signal_name(number: int) -> str:
    """SIGILL for 4, and so on."""
    known = {s.value: s.name for s in Signals}
    return known.get(number, f"signal {number}")


def rebuild(package: str, *, portable: bool) -> str:
    """What mends a package that kills its process. Where a portable llama.cpp does, one for exactly this processor
    will not, and the other way round."""
    return f"{BUILD} PARLOR_PORTABLE={'' if portable else 1}" if package == LLAMA else _anew(package)


def _judge(library: Library, seen: Seen, broken: str, rebuilt: str) -> Finding:
    """`broken`: a package that it loads and that cannot be used. `rebuilt`: the command for another processor."""
    if not seen.found:
        return _bad(library, "not installed", "", _install(library))
    if not seen.usable and broken:
        return _bad(library, f"{seen.version} cannot be used without {broken}", f"Mend {broken} first.", "")
    if seen.signal:
        return _bad(library, seen.fault, "It was built for another processor.", rebuilt, mendable=False)
    if seen.fault:
        return _bad(library, f"{seen.version} cannot be used: {seen.fault}", "", _anew(library.package))
    return ok(library.package, f"{seen.version} ({library.serves})")


def _bad(library: Library, detail: str, fix: str, command: str, *, mendable: bool = True) -> Finding:
    if library.serves == NOTHING:
        return ok(library.package, f"{detail} ({NOTHING})")
    judge = error if library.needed else warning
    return judge(
        library.package,
        f"{detail}. Without it fails: {library.serves}",
        fix,
        command,
        mendable=mendable and bool(command),
    )


def _install(library: Library) -> str:
    return BUILD if library.package == LLAMA else f"{PIP} {library.package}"


def _anew(package: str) -> str:
    """Without its dependencies, which are as they should be or have a line of their own."""
    return BUILD if package == LLAMA else f"{PIP} --force-reinstall --no-deps {package}"
