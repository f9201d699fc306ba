"""Libraries in wheels answer for their names once they are loaded."""

import subprocess
import sys

from app.install.cublas import load_all

ASK = """
import ctypes, sys
sys.path.insert(0, sys.argv[1])
from app.install.cublas import load_all
print(load_all(["libparlortest.so.12"]))
print(ctypes.CDLL("libparlortest.so.12").answer())
"""


def test_a_library_in_a_wheel_is_found_without_a_path(compiled, tmp_path):
    compiled("nvidia/cublas/lib/libparlortest.so.12", "int answer() { return 42; }", "-Wl,-soname,libparlortest.so.12")
    done = subprocess.run([sys.executable, "-c", ASK, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["None", "42"]


def test_a_library_that_is_nowhere_is_named():
    assert "libparlornowhere.so.12" in (load_all(["libparlornowhere.so.12"]) or "")


def test_a_library_of_the_system_will_do():
    assert load_all(["libc.so.6"]) is None
