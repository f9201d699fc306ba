"""Worlds in virtual time. The engines are scripted: what is tested is the session between them."""

from dataclasses import replace

import pytest

from app.bench.simulate.profile import load
from app.bench.simulate.world import Setting
from tests.conftest import configured


@pytest.fixture(scope="session")
def setting():
    """`setting(draft="full", profile="this_cpu", vad_ms=0, **more)`: what a world is made of."""

    def make(draft="full", profile="this_cpu", vad_ms=0.0, **more):
        config = configured(f"session.draft={draft}", "session.keep_s=2", "session.max_sessions=8")
        return Setting(replace(load(profile), vad_ms=vad_ms), config, **more)

    return make
