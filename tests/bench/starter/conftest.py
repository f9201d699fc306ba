"""Sets of callers, where the synthesisers are installed."""

import pytest

from app.bench.starter.sets import Sets
from tests.support.packages import needing_packages


@pytest.fixture(scope="session")
def sets() -> Sets:
    return needing_packages(lambda: Sets("en", 3))
