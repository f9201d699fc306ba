"""Processes whose parent is killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from select import select

RUN = """
import os, time
from multiprocessing import get_context
from scripts.starter import parent

def member():
    parent.follow()
    print(os.getpid(), flush=True)
    time.sleep(60)

if __name__ == "__main__":
    each = get_context("spawn").Process(target=member)
    each.start()
    each.join()
"""


def test_they_end_too(tmp_path):
    script = tmp_path / "run.py"
    script.write_text(RUN)
    env = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen([sys.executable, script], env=env, stdout=subprocess.PIPE, text=True) as run:
        member = os.pidfd_open(int(run.stdout.readline()))
        run.send_signal(signal.SIGKILL)
    assert select([member], [], [], 20)[0] == [member]
    os.close(member)
