"""`python -m scripts.gpu`: makes models of real sizes, measures them with `parlor bench`, writes what came of it."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import re
import subprocess
import sys
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from app.compose import assembled
from app.config import ROOT, load
from app.doctor.finding import shown
from app.doctor.rules.memory import CARD_SPARE_MB, WORKING
from app.errors import SetupError
from app.install import cublas
from app.install.card import MIB, cards
from app.interfaces import SpeechJob
from scripts.gpu import llama, whisper
from scripts.gpu.page import page

log = logging.getLogger("gpu")
Measure = Callable[[argparse.Namespace, str, Any], Iterator[dict[str, Any]]]

TYPES = {"cuda": ("int8_float16", "float16"), "cpu": ("int8",)}
LONG_S = 10.0
"""Speech from which on the long text is said."""
CHUNK = 256
"""As in config/rtx3060.toml."""
SAID = (
    "Good evening! I would like two pizzas and a lemonade, please.",
    "Could you tell me what is in the lentil soup, and whether it is spicy?",
    "No, sorry, I meant three of them, and my friend takes the falafel wrap.",
)
"""By the starter voice; what is heard does not depend on it."""


def main() -> int:
    """Read the command line and do it."""
    parser = argparse.ArgumentParser(prog="python -m scripts.gpu", description=__doc__)
    names = [*whisper.SIZES, *llama.SIZES]
    parser.add_argument("--only", choices=names, action="append", help="this model; may be repeated (default: all)")
    parser.add_argument("--device", choices=TYPES, default="cuda")
    parser.add_argument("--count", type=int, default=20, help="repeats of each measurement (20)")
    parser.add_argument("--work", type=Path, default=ROOT / "build/gpu", help="for the models: 45 GB at most")
    parser.add_argument("--out", type=Path, default=ROOT / "docs/bench")
    options = parser.parse_args()
    options.work = options.work.resolve()  # parlor bench runs elsewhere
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    if options.device == "cuda" and not cards():
        raise SystemExit("There is no NVIDIA card here that CUDA can use; parlor doctor says why.")
    if options.device == "cuda" and (fault := cublas.preload()):
        raise SystemExit(f"CTranslate2 cannot use the card: {fault}. Fix: {cublas.FIX}")
    name = re.sub(r"\W+", "-", cards()[0].name.lower()).strip("-") if options.device == "cuda" else "cpu"
    failed = list[str]()
    cases: tuple[tuple[Measure, dict[str, Any]], ...] = ((heard, whisper.SIZES), (written, llama.SIZES))
    for measure, sizes in cases:
        for model, size in wanted(options, sizes):
            try:
                for report in measure(options, model, size):
                    keep(options.out, name, report)
            except (SetupError, subprocess.CalledProcessError, OSError, ValueError) as error:
                failed.append(f"{model}: {error}")
    log.info("%s", options.out / f"{name}.md")
    if failed:
        raise SystemExit("\n".join(["What could not be measured:", *failed]))
    return 0


def keep(out: Path, name: str, report: dict[str, Any]) -> None:
    """Adds a run to what was measured before, in place of older figures of the same model: nothing is lost with a run
    that fails, and what takes too long can be measured one by one (`--only`)."""
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"{name}.json"
    before = json.loads(path.read_text("utf-8"))["measured"] if path.is_file() else []
    now = {each["case"] for each in report["measured"]}
    measured = [*(each for each in before if each["case"] not in now), *report["measured"]]
    found = {"machine": report["machine"], "measured": measured}
    path.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    path.with_suffix(".md").write_text(page(name, found), "utf-8")


def wanted(options: argparse.Namespace, sizes: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Those of `sizes` that were asked for."""
    return ((name, size) for name, size in sizes.items() if not options.only or name in options.only)


def heard(options: argparse.Namespace, name: str, size: whisper.Size) -> Iterator[dict[str, Any]]:
    """What a Whisper takes."""
    speech: Path = options.work / "speech"
    speech.mkdir(parents=True, exist_ok=True)
    asyncio.run(speak_into(speech))
    for more, said in whisper.SAID.items():
        folder = options.work / f"{name}{more}"
        if not (folder / "preprocessor_config.json").is_file():
            log.info("making %s", folder.name)
            whisper.make(size, folder, said)
        types = [part for kind in TYPES[options.device] for part in ("--compute-type", kind)]
        what = ("--set", "stt.language=en", "--model", str(folder), *types, "--speech", str(speech))
        # On cards newer than CTranslate2's build the driver compiles each kernel at its first use.
        bench(options, "stt", "--count", "1", *what)
        report = bench(options, "stt", *what)
        rows = [each for each in report["measured"] if is_long(each["name"]) == bool(more)]
        yield {**report, "measured": rows}


def is_long(name: str) -> bool:
    """Whether a row is of so much speech that the long text belongs to it."""
    found = re.search(r"([\d.]+) s\b", name)
    return found is not None and float(found[1]) >= LONG_S


def written(options: argparse.Namespace, name: str, size: llama.Size) -> Iterator[dict[str, Any]]:
    """What a Llama takes, in four and a half bits a weight and, where the card has room, in 16."""
    path: Path = options.work / f"{name}.gguf"
    small = path.with_name(f"{path.stem}-q4_k_m.gguf")
    if not small.is_file():
        log.info("making %s", name)
        llama.quantized(llama.make(size, path))
    for model in (small, path):
        needed_mb = CARD_SPARE_MB + round(model.stat().st_size / MIB * WORKING)
        if options.device == "cuda" and needed_mb > (card_mb := cards()[0].memory_mb):
            log.warning("%s is left out: it needs %s, the card has %s", model.name, shown(needed_mb), shown(card_mb))
            continue
        yield bench(options, "llm", "--set", f"llm.model={model}", "--set", f"llm.prompt_chunk={CHUNK}")


def bench(options: argparse.Namespace, stage: str, *more: str) -> dict[str, Any]:
    """One run of `parlor bench`, in a process of its own: the card is empty again after it."""
    command = [sys.executable, "-m", "app", "bench", stage, "--json", "--count", str(options.count)]
    command += ["--set", f"{stage}.device={options.device}", *more]  # of a count that is given twice the last holds
    log.info("%s", " ".join(command))
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    if done.returncode not in (0, 1) or not done.stdout.strip():  # 1: a target was missed, which the page shows
        raise subprocess.CalledProcessError(done.returncode, command)
    report: dict[str, Any] = json.loads(done.stdout)
    fallen = [each["case"] for each in report["measured"] if " on cpu" in each["case"]]
    if fallen and options.device == "cuda":
        raise SetupError(f"{fallen[0]}: the engine fell back to the CPU", fix="What it said above tells why.")
    return report


async def speak_into(folder: Path) -> None:
    """`SAID` as WAV files."""
    tts = assembled(load(None, {}, ())).tts
    async with tts:
        for number, text in enumerate(SAID):
            speech = await tts.speak(SpeechJob(text, "en"))
            with wave.open(str(folder / f"{number}.wav"), "wb") as out:
                out.setnchannels(1)
                out.setsampwidth(2)
                out.setframerate(speech.rate_hz)
                out.writeframes(speech.pcm.astype("<i2").tobytes())


if __name__ == "__main__":
    sys.exit(main())
