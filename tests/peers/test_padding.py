"""Engines that take as long as on a GPU, and who else uses the processor (scripts/peers/padding.py, load.py)."""

import json
import subprocess
import sys
import time

import numpy as np
import pytest

from scripts.peers.load import Load
from scripts.peers.padding import padded, trimmed
from scripts.peers.sides import GPU, ROOT

BURN = "import time\nwhile time.process_time() < 0.3: pass\nprint('burnt', flush=True)\ntime.sleep(60)"


def test_short_work_takes_the_floor_and_long_work_no_more():
    quick = padded(lambda ms: ms, lambda args, made: 60.0 + made + args[0])
    began = time.monotonic()
    assert quick(20.0) == 20.0
    assert time.monotonic() - began >= 0.1
    slow = padded(lambda: sum(range(1_000_000)), lambda _args, _made: 1.0)
    began = time.monotonic()
    slow()
    assert time.monotonic() - began < 1.0


@pytest.mark.parametrize(("voiced", "frames"), [(0, 200), (37, 200), (301, 302), (3_000, 3_000)])
def test_zeros_up_to_30_s_are_not_encoded(voiced, frames):
    features = np.zeros((1, 80, 3_000), np.float32)
    features[..., :voiced] = 0.5
    assert trimmed(lambda _model, given: given.shape)(None, features) == (1, 80, frames)


def test_every_engine_of_a_program_is_padded():
    program = (
        "import sys; sys.argv = ['-', sys.argv[1], 'platform']\n"
        "from scripts.peers import padding; padding.main()\n"
        "import faster_whisper, llama_cpp.llama_cpp, piper\n"
        "for made in (faster_whisper.WhisperModel.encode, llama_cpp.llama_cpp.llama_decode,\n"
        "             piper.PiperVoice.phoneme_ids_to_audio):\n"
        "    assert made.__wrapped__"
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", program, json.dumps(GPU)], cwd=ROOT, check=True)


def test_what_others_use_is_told_from_what_is_measured():
    with subprocess.Popen([sys.executable, "-c", BURN], stdout=subprocess.PIPE) as other:
        unknown, known = Load([]), Load([other.pid])
        assert other.stdout.readline()
        assert unknown.foreign() > known.foreign()
        other.kill()
