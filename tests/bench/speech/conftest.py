"""Synthesisers, where their packages are installed."""

import pytest

from app.bench.speech.callers import Studio
from tests.support.packages import needing_packages


@pytest.fixture(scope="session")
def studio() -> Studio:
    return needing_packages(Studio)
