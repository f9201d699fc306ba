"""Network namespaces: a process in one has loopback and no way out, whatever language its code is written in."""

import functools
import itertools
import os
import subprocess

import pytest

UNSHARE = ("unshare", "--net", "--mount", *(() if os.geteuid() == 0 else ("--map-root-user",)))
ENTER = 'ip link set lo up && "$@"; code=$?; cat /proc/net/snmp /proc/net/snmp6 >"${TRACE:-/dev/null}"; exit $code'
ON_READ_ONLY = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && shift && exec "$@"'
COUNTERS = {"Ip.OutNoRoutes", "Ip6OutNoRoutes", "Udp.NoPorts", "Udp6NoPorts"}
"""What the kernel counts when somebody tries to get out: no route, or no name server behind a loopback address."""


def isolated(*command, read_only=None):
    """The command line that runs `command` in a namespace of its own, with the folder `read_only` mounted so.

    Skips the test where no namespace can be made; in CI, where it must be tested, fails it.
    """
    if fault := _fault():
        if os.environ.get("CI") == "true":
            pytest.fail(f"no network namespace can be made here, and CI must test without a network: {fault}")
        pytest.skip(f"no network namespace can be made here: {fault}")
    if read_only:
        command = ("sh", "-c", ON_READ_ONLY, "sh", str(read_only), *command)
    return [*UNSHARE, "sh", "-c", ENTER, "sh", *map(str, command)]


def attempts(trace):
    """How often a process tried to get out of its namespace, from what `isolated` left in the file $TRACE."""
    counted = {}
    lines = [line.split() for line in trace.read_text("ascii").splitlines()]
    for names, values in itertools.pairwise(lines):
        if names[0].endswith(":") and names[0] == values[0] and not names[1].isdigit():
            counted |= {names[0].replace(":", ".") + n: int(v) for n, v in zip(names[1:], values[1:], strict=True)}
    counted |= {line[0]: int(line[1]) for line in lines if len(line) == 2}
    assert counted.keys() >= COUNTERS, "the kernel's counters have other names"
    return {name: counted[name] for name in COUNTERS if counted[name]}


@functools.cache
def _fault():
    """Why there are no namespaces, or nothing."""
    try:
        done = subprocess.run([*UNSHARE, "sh", "-c", ENTER, "sh", "true"], capture_output=True, text=True, check=False)
    except OSError as error:
        return str(error)
    return done.stderr.strip() or f"exit code {done.returncode}" if done.returncode else ""
