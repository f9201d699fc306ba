"""Everything that a run of `parlor bench` found. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Self, TypeVar

from app.bench.score import Figure
from app.bench.stages.measured import Measured
from app.bench.stages.targets import targets
from app.bench.stages.turns import Turn
from app.errors import SetupError

Value = TypeVar("Value")
_SAME = ("processor", "graphics", "cores", "parlor", "ears", "brain", "voice")
"""Of the machine: what must not differ between runs that are joined."""


@dataclass(frozen=True, slots=True)
class Report:
    """What goes to the terminal, into JSON and onto the page."""

    what: str
    """As on the command line."""
    machine: Mapping[str, str]
    """What it ran on, and which versions and models."""
    measured: tuple[Measured, ...]
    turns: tuple[Turn, ...]
    figures: tuple[Figure, ...]
    endpoint_svg: str = ""
    """The curves of `parlor bench endpoint`; empty where that was not run."""

    def with_curves(self, figures: Iterable[Figure], svg: str) -> Report:
        """With what `parlor bench endpoint` found: its bars and its drawing."""
        barred = (figure for figure in figures if figure.bar is not None)
        return replace(self, figures=(*self.figures, *barred), endpoint_svg=svg)

    @classmethod
    def of_dict(cls, found: Mapping[str, Any]) -> Self:
        """What `as_dict` gave. Raises `KeyError` or `TypeError` for anything else."""
        measured = (_made(Measured, {**each, "values": tuple(each["values"])}) for each in found["measured"])
        turns = tuple(_made(Turn, each) for each in found["turns"])
        figures = tuple(_made(Figure, each) for each in found["figures"])
        return cls(found["what"], found["machine"], tuple(measured), turns, figures, found["endpoint_svg"])

    def as_dict(self) -> dict[str, Any]:
        """For JSON: all values one by one, with their spread and whether bars are met."""
        return {
            "what": self.what,
            "machine": dict(self.machine),
            "figures": [{**asdict(figure), "met": figure.met} for figure in self.figures],
            "measured": [{**asdict(each), "spread": asdict(each.spread)} for each in self.measured],
            "turns": [{**asdict(turn), "voice_to_voice_ms": turn.voice_to_voice_ms} for turn in self.turns],
            "endpoint_svg": self.endpoint_svg,
        }


def _made(kind: type[Value], found: Mapping[str, Any]) -> Value:
    """One of a dataclass, from its fields and whatever was added for readers."""
    return kind(**{field.name: found[field.name] for field in fields(kind)})  # type: ignore[arg-type]  # a dataclass


def _on_one_machine(reports: Sequence[Report]) -> None:
    for name in _SAME:
        if len({report.machine.get(name) for report in reports}) > 1:
            raise SetupError(f"these runs differ in {name}", fix="Give those of one machine and its models alone.")


def joined(reports: Sequence[Report]) -> Report:
    """Several runs on one machine as one: values of the same thing together, figures anew. At least one.

    Raises:
        SetupError: they are of several machines, or of several models.
    """
    _on_one_machine(reports)
    values = dict[Measured, tuple[float, ...]]()
    for each in (each for report in reports for each in report.measured):
        same = replace(each, values=())
        values[same] = values.get(same, ()) + each.values
    parts = list(dict.fromkeys(each.part for each in values))
    measured = tuple(
        sorted((replace(each, values=found) for each, found in values.items()), key=lambda each: parts.index(each.part))
    )
    turns = tuple(turn for report in reports for turn in report.turns)
    figures = {figure.name: figure for report in reports for figure in report.figures}
    figures |= {figure.name: figure for figure in targets(measured, turns)}
    curves = next((report.endpoint_svg for report in reports if report.endpoint_svg), "")
    what = ", ".join(dict.fromkeys(report.what for report in reports))
    return Report(what, reports[0].machine, measured, turns, tuple(figures.values()), curves)
