"""Fixed sets of callers, where the synthesisers are installed."""

import pytest

from app.bench.calls.corpus import Corpus, author
from tests.support.packages import needing_packages

SEED = 5


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    return needing_packages(lambda: Corpus(SEED))


@pytest.fixture(scope="session", params=["en", "tr"])
def any_author(request):
    return author(request.param)


@pytest.fixture(scope="session")
def english():
    return author("en")
