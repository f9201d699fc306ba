"""festival's diphone voice, of a process that stays, with the times of its words and phones.

Sources: festival's manual, sections "Utterances" and "Features"; voices/english/ked_diphone for its intonation.
"""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
import weakref
from pathlib import Path
from shutil import rmtree, which

import numpy as np

from app.bench.speech.labels import PAUSE, Span, Speech, named
from app.errors import SetupError

VOICE = "ked"
RATE_HZ = 16_000
_FOLDER = Path("/usr/share/festival/voices/english/ked_diphone")
_DONE = "(parlor done)"
_SAY = """(begin
  (set! int_lr_params (list (list 'target_f0_mean {pitch:.1f}) '(target_f0_std {swing:.1f})
    '(model_f0_mean 170) '(model_f0_std 34)))
  (Parameter.set 'Duration_Stretch {stretch:.3f})
  (set! said (utt.synth (Utterance Text "{text}")))
  (utt.save.wave said "{wave}" 'raw)
  (mapcar (lambda (s) (format t "phone %s %f\\n" (item.name s) (item.feat s "end"))) (utt.relation.items said 'Segment))
  (mapcar (lambda (w) (format t "word %s %f %f\\n" (item.name w) (item.feat w "word_start") (item.feat w "word_end")))
    (utt.relation.items said 'Word))
  nil)
"""


class Festival:
    """The synthesiser with its voice loaded; it ends with this object, or with this process."""

    def __init__(self) -> None:
        program = which("festival")
        if program is None or not _FOLDER.exists():
            raise SetupError("festival or its voice ked is missing", fix="sudo apt install festival festvox-kdlpc16k")
        folder = Path(tempfile.mkdtemp(prefix="parlor-festival-"))
        self._wave = folder / "said"
        self._process = subprocess.Popen(
            [program, "--pipe"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # every pair of phones that the voice lacks
            encoding="utf-8",
            errors="replace",
        )
        weakref.finalize(self, _end, self._process, folder)
        self._ask("(voice_ked_diphone)")

    def say(self, text: str, *, stretch: float = 1.0, pitch_hz: float = 105.0, swing_hz: float = 14.0) -> Speech:
        """`text` spoken at RATE_HZ; `stretch` lengthens it, `pitch_hz` is the mean, `swing_hz` how far it moves.

        Raises:
            SetupError: festival's process is gone.
            ValueError: it cannot say this, or what is spoken cannot be told by words of the text.
        """
        if not any(letter.isascii() and letter.isalnum() for letter in text):
            raise ValueError(f"festival cannot say {text!r}")  # and does not outlive the attempt
        escaped = text.replace("\\", "\\\\").replace('"', '\\"')
        lines = self._ask(_SAY.format(text=escaped, wave=self._wave, pitch=pitch_hz, swing=swing_hz, stretch=stretch))
        audio = np.fromfile(self._wave, np.int16).astype(np.float32) / np.float32(32_768)
        phones, spoken, end = list[Span](), list[Span](), 0
        for kind, name, *times in (line.split() for line in lines if line.startswith(("phone ", "word "))):
            samples = [min(len(audio), int(float(time) * RATE_HZ)) for time in times]
            if kind == "word":
                spoken.append(Span(name, samples[0], samples[1]))
            else:
                phones.append(Span(PAUSE if name == "pau" else name, end, samples[0]))
                end = samples[0]
        words = named(text, spoken)
        if words is None:
            raise ValueError(f"festival reads {text!r} as other words")
        return Speech(text, VOICE, audio, words, tuple(phones))

    def _ask(self, command: str) -> list[str]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(f'{command}(format t "\\n{_DONE}\\n")(fflush nil)\n')
            self._process.stdin.flush()
        lines = list[str]()
        for line in self._process.stdout:
            if line.strip() == _DONE:
                return lines
            lines.append(line.strip())
        raise SetupError("festival ended while it spoke", fix="sudo apt reinstall festival festvox-kdlpc16k")


def _end(process: subprocess.Popen[str], folder: Path) -> None:
    process.kill()
    with contextlib.suppress(BrokenPipeError), process:  # closes its pipes; what it did not read is lost
        pass
    rmtree(folder, ignore_errors=True)
