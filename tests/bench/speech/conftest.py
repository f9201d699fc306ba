"""Synthesisers, where their packages are installed."""

import pytest

from app.bench.speech.callers import Studio
from app.bench.speech.festival import Festival
from tests.support.packages import needing_packages


@pytest.fixture(scope="session")
def festival() -> Festival:
    return needing_packages(Festival)


@pytest.fixture(scope="session")
def studio(festival: Festival) -> Studio:
    """With festival's package, which it asks for late."""
    return needing_packages(Studio)
