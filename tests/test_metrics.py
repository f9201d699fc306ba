"""What `/metrics` counts."""

from dataclasses import dataclass

import pytest
from prometheus_client.parser import text_string_to_metric_families

from app.interfaces import EngineInfo, Engines, EngineState
from app.metrics import Metrics


@dataclass
class Scripted:
    """An engine that only says how it stands."""

    state: EngineState = EngineState.READY
    queue: int = 0

    def info(self):
        return EngineInfo(self.state, "model", "cpu", 1, self.queue, starter=True)


ENGINES = Engines(Scripted(), Scripted(queue=3), Scripted(EngineState.LOADING), Scripted(EngineState.FAILED))
NO_MARKS = dict.fromkeys(
    ("speech_end", "draft", "endpoint", "final_text", "first_token", "first_clause", "first_audio")
)


@pytest.fixture
def metrics():
    return Metrics()


def samples(metrics):
    families = text_string_to_metric_families(metrics.text(ENGINES).decode())
    return {(s.name, *s.labels.values()): s.value for family in families for s in family.samples}


def test_the_engines_as_they_stand_now(metrics):
    found = samples(metrics)
    assert [found["parlor_engine_queue", name] for name in ("vad", "stt", "llm", "tts")] == [0, 3, 0, 0]
    assert [found["parlor_engine_ready", name] for name in ("vad", "stt", "llm", "tts")] == [1, 1, 0, 0]


def test_counters(metrics):
    metrics.turns.labels("spoken").inc()
    metrics.replies.labels("completed").inc()
    metrics.errors.labels("busy").inc()
    metrics.sessions.set(2)
    found = samples(metrics)
    assert found["parlor_turns_total", "spoken"] == 1
    assert found["parlor_replies_total", "completed"] == 1
    assert found["parlor_errors_total", "busy"] == 1
    assert found["parlor_sessions",] == 2


def test_a_timeline_is_counted_from_the_end_of_speech(metrics):
    metrics.timeline(NO_MARKS | {"speech_end": 1000, "endpoint": 1800, "first_audio": 2500})
    found = samples(metrics)
    assert found["parlor_stage_seconds_sum", "endpoint"] == pytest.approx(0.8)
    assert found["parlor_stage_seconds_sum", "first_audio"] == pytest.approx(1.5)
    assert ("parlor_stage_seconds_sum", "first_token") not in found


def test_a_typed_turn_has_no_end_of_speech(metrics):
    metrics.timeline(NO_MARKS | {"endpoint": 1800, "first_audio": 2500})
    assert not any(name.startswith("parlor_stage_seconds") for name, *_ in samples(metrics))


def test_each_server_counts_for_itself(metrics):
    metrics.sessions.set(5)
    assert samples(Metrics())["parlor_sessions",] == 0
