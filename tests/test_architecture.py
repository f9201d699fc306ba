"""The shape of the house: imports go one way, files stay small, pure files stay pure."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

APP = Path(__file__).resolve().parent.parent / "app"
FILES = sorted(APP.rglob("*.py"))
SCRIPTS = sorted((APP.parent / "scripts").rglob("*.py"))
MAX_LINES = 300
MAX_FUNCTION_LINES = 40

# A package may import those of lower rank, and itself. The engines' stages stand beside each other.
RANK = {
    "__main__": 8, "cli": 7, "doctor": 6, "bundle": 6, "compose": 5, "client": 5, "bench": 6, "net": 4, "session": 3,
    "vad": 2, "stt": 2, "llm": 2, "tts": 2, "wire": 2, "hub": 2,
    "metrics": 1, "logs": 1, "allocator": 1, "workers": 1, "audio": 1, "config": 1, "install": 1, "loop": 1,
    "spacing": 1, "fallback": 1, "lru": 1, "remote": 1, "settings": 0, "interfaces": 0, "errors": 0, "": 0,
}  # fmt: skip
PURE = tomllib.loads((APP.parent / "pyproject.toml").read_text("utf-8"))["tool"]["coverage"]["run"]["include"]
"""Files under `app` whose branches are all tested, and which import nothing impure."""
IMPURE_MODULES = {
    "asyncio", "threading", "queue", "socket", "time", "os", "logging", "subprocess", "aiohttp", "av", "onnxruntime",
    "ctranslate2", "faster_whisper", "llama_cpp", "piper", "sounddevice", "torch",
}  # fmt: skip


def imports(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from names if node.module == "app" else [node.module]


def package(path):
    """The part of the house that a file belongs to."""
    parts = path.relative_to(APP).parts
    return parts[0] if len(parts) > 1 else path.stem.replace("__init__", "")


def identity(path):
    return str(path.relative_to(APP.parent))


def imported_parts(path):
    for name in imports(path):
        if name.split(".")[0] == "app":
            part = [*name.split("."), ""][1]
            yield "" if part.startswith("__version__") else part


@pytest.mark.parametrize("path", FILES, ids=identity)
def test_imports_go_one_way(path):
    here = package(path)
    for part in imported_parts(path):
        assert part == here or RANK[part] < RANK[here], f"{here} imports {part}"


@pytest.mark.parametrize("path", FILES, ids=identity)
def test_nothing_in_the_runtime_needs_scripts(path):
    assert not any(name.split(".")[0] == "scripts" for name in imports(path))


def test_the_ranks_name_every_part():
    assert {package(p) for p in FILES} == set(RANK)


@pytest.mark.parametrize("path", FILES + SCRIPTS, ids=identity)
def test_files_and_functions_are_small(path):
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= MAX_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or 0) - node.lineno + 1
            assert lines <= MAX_FUNCTION_LINES, f"{node.name} has {lines} lines"


@pytest.mark.parametrize("path", FILES + SCRIPTS, ids=identity)
def test_every_file_says_what_it_is(path):
    assert ast.get_docstring(ast.parse(path.read_text("utf-8")))


@pytest.mark.parametrize("name", PURE)
def test_pure_files_stay_pure(name):
    assert not {n.split(".")[0] for n in imports(APP.parent / name)} & IMPURE_MODULES


def test_only_compose_names_concrete_engines():
    engines = {
        "app.vad.silero", "app.vad.energy", "app.stt.whisper", "app.stt.remote", "app.llm.llama", "app.llm.remote",
        "app.tts.piper",
    }  # fmt: skip
    for path in FILES:
        if package(path) not in {"compose", "vad", "stt", "llm", "tts"}:
            assert not engines & set(imports(path)), path


def test_stages_do_not_know_each_other():
    stages = {"vad", "stt", "llm", "tts", "wire"}
    for path in FILES:
        here = package(path)
        if here in stages:
            assert not (set(imported_parts(path)) & stages) - {here}, path


def test_nothing_of_the_web_page_comes_from_elsewhere():
    for path in (APP / "web").iterdir():
        if path.suffix in {".html", ".js", ".css"}:
            foreign = set(re.findall(r"https?://[\w.]+", path.read_text("utf-8")))
            assert foreign <= {"http://localhost.", "http://localhost", "http://www.w3.org"}, path
