"""Large blocks go back to the system."""

import subprocess
import sys

SPLINTER = """
import numpy as np
from app.allocator import keep_small
if {kept}:
    keep_small()
def resident():
    return next(int(l.split()[1]) for l in open('/proc/self/status') if l.startswith('VmRSS')) // 1024
before = resident()
np.ones(30_000_000, np.uint8)  # freed at once: glibc now thinks that blocks of this size come and go
big = [np.ones(3_000_000, np.uint8) for _ in range(60)]
pin = np.ones(100_000, np.uint8)  # lies behind them and keeps their room from going back
big.clear()
print(resident() - before)
"""


def left(*, kept):
    code = SPLINTER.format(kept=kept)
    return int(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)


def test_freed_audio_is_given_back():
    assert left(kept=True) < left(kept=False) / 2
