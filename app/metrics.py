"""Counters and histograms that `/metrics` shows, in a registry of one's own."""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from app.interfaces import Engines

_SECONDS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.2, 2.0, 3.0, 5.0, 10.0)
_STAGES = ("endpoint", "final_text", "first_token", "first_clause", "first_audio")


class Metrics:
    """What the whole server did."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.turns = Counter("parlor_turns", "Turns by kind.", ["kind"], registry=self.registry)
        self.replies = Counter("parlor_replies", "Replies by how they ended.", ["status"], registry=self.registry)
        self.errors = Counter("parlor_errors", "Errors told to clients, by code.", ["code"], registry=self.registry)
        self.sessions = Gauge("parlor_sessions", "Sessions open now.", registry=self.registry)
        self._queues = Gauge("parlor_engine_queue", "Jobs waiting for an engine.", ["engine"], registry=self.registry)
        self._ready = Gauge("parlor_engine_ready", "1 when the engine is ready.", ["engine"], registry=self.registry)
        self._stages = Histogram(
            "parlor_stage_seconds",
            "From the end of the caller's speech to each stage of the reply.",
            ["stage"],
            buckets=_SECONDS,
            registry=self.registry,
        )

    def timeline(self, marks: Mapping[str, int | None]) -> None:
        """The timeline of a finished reply."""
        start = marks["speech_end"]
        for stage in _STAGES:
            at = marks[stage]
            if start is not None and at is not None:
                self._stages.labels(stage).observe((at - start) / 1000)

    def text(self, engines: Engines) -> bytes:
        """The Prometheus text format, with the engines as they stand now."""
        for name, engine in engines.each().items():
            info = engine.info()
            self._queues.labels(name).set(info.queue)
            self._ready.labels(name).set(info.state.value == "ready")
        return generate_latest(self.registry)
