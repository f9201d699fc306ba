"""The report of the stages."""

from tests.bench.stages.conftest import report, turn

__all__ = ["report", "turn"]
