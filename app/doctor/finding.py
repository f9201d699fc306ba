"""What the doctor found: one line each, and what follows from all of them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum

TOOLS = ("parlor", "python")
"""First words of our commands that stand in the virtual environment's `bin`."""
REINSTALL = "Run install.sh of the archive again."
_BROUGHT = "livekit"
BRING = "No archive holds it: docker/README.md says how to bring it along."

_THEN = " && "
_SETUP = re.compile(r"\bmake (setup|run|clean)\b|\bpip install\b")
"""What needs a network, and mostly a compiler."""


class Status(StrEnum):
    """How it stands; an error keeps Parlor from serving, a warning does not."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    name: str
    status: Status
    detail: str
    fix: str = ""
    """What mends it, in words."""
    command: str = ""
    """What mends it, to be pasted into a shell in Parlor's folder."""
    mendable: bool = False
    """Whether `--fix` may run `command`: it needs no root and harms nothing."""

    def __post_init__(self) -> None:
        if self.status is not Status.OK and not (self.fix or self.command):
            raise ValueError(f"{self.name}: nothing said about how to mend it")
        if self.mendable and not self.command:
            raise ValueError(f"{self.name}: no command to mend it with")


@dataclass(frozen=True, slots=True)
class Section:
    """Findings that belong together."""

    group: str
    findings: tuple[Finding, ...]


def ok(name: str, detail: str) -> Finding:
    """Nothing to do."""
    return Finding(name, Status.OK, detail)


def warning(name: str, detail: str, fix: str = "", command: str = "", *, mendable: bool = False) -> Finding:
    """Parlor serves, but not as well as it could."""
    return Finding(name, Status.WARNING, detail, fix, command, mendable)


def error(name: str, detail: str, fix: str = "", command: str = "", *, mendable: bool = False) -> Finding:
    """Parlor cannot serve like this."""
    return Finding(name, Status.ERROR, detail, fix, command, mendable)


def worst(sections: Iterable[Section]) -> Status:
    """The gravest status; ok for nothing."""
    order = tuple(Status)
    return max((f.status for s in sections for f in s.findings), key=order.index, default=Status.OK)


def mends(sections: Iterable[Section]) -> tuple[str, ...]:
    """The commands that `--fix` may run, each once, in the order found."""
    wanted = (f.command for s in sections for f in s.findings if f.mendable and f.status is not Status.OK)
    return tuple(dict.fromkeys(wanted))


def from_bundle(section: Section) -> Section:
    """`section` for a machine that was installed from an archive: it has what the archive had, and no network."""
    return Section(section.group, tuple(map(_from_bundle, section.findings)))


def _from_bundle(found: Finding) -> Finding:
    if not _SETUP.search(f"{found.fix} {found.command}"):
        return found
    return replace(found, fix=BRING if _BROUGHT in found.command else REINSTALL, command="", mendable=False)


def document(sections: Sequence[Section]) -> dict[str, object]:
    """What `--json` prints."""
    checks = [{"group": s.group, **_fields(f)} for s in sections for f in s.findings]
    return {"status": worst(sections).value, "checks": checks}


def in_place(command: str, folder: str) -> str:
    """`command` with our own tools named by where they are: in `folder`, as typed (".venv/bin")."""
    steps = command.split(_THEN)
    return _THEN.join(f"{folder}/{step}" if step.split(" ")[0] in TOOLS else step for step in steps)


def shown(mb: int) -> str:
    """MiB for people: `512 MB`, `7.8 GB`."""
    return f"{mb} MB" if mb < 1024 else f"{mb / 1024:.1f} GB"


def _fields(finding: Finding) -> dict[str, str]:
    fields = asdict(finding)
    del fields["mendable"]
    return fields
