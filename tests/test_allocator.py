"""Large blocks go back to the system."""

import subprocess
import sys

SPLINTER = """
import ctypes
import numpy as np
from app.allocator import give_back
ctypes.CDLL(None).mallopt(-3, 1 << 26)  # M_MMAP_THRESHOLD, as glibc itself raises it under load
def resident():
    return next(int(l.split()[1]) for l in open('/proc/self/status') if l.startswith('VmRSS')) // 1024
blocks = [np.ones(1_000_000, np.uint8) for _ in range(100)]
del blocks[:-1]  # the last one keeps the room before it from going back
before = resident()
give_back()
print(before - resident())
"""


def test_freed_audio_is_given_back():
    done = subprocess.run([sys.executable, "-c", SPLINTER], capture_output=True, text=True, check=True)
    assert int(done.stdout) > 80
