"""What came of one spoken file."""

from app.client.player import Player
from app.client.record import TurnRecord, percentiles

TIMELINE = {"endpoint": 1}
EVENTS = [
    {"type": "speech.started", "turn": 1},
    {"type": "transcript.final", "turn": 1, "text": "two"},
    {"type": "transcript.final", "turn": 2, "text": ""},
    {"type": "transcript.final", "turn": 3, "text": "pizzas"},
    {"type": "reply.started", "turn": 1},
    {"type": "reply.delta", "turn": 1, "text": "Well"},
    {"type": "reply.started", "turn": 3},
    {"type": "reply.delta", "turn": 3, "text": " Two"},
    {"type": "reply.delta", "turn": 3, "text": " pizzas. "},
    {"type": "reply.ended", "turn": 3, "timeline": TIMELINE},
]


def test_the_last_reply_answers_all_that_was_heard():
    record = TurnRecord("a.wav", speech_end_at=2.0)
    for event in EVENTS:
        assert not record.ended
        record.take(event)
    assert record.ended
    assert record.summary() == {
        "file": "a.wav",
        "transcript": "two pizzas",
        "reply": "Two pizzas.",
        "voice_to_voice_ms": None,
        "timeline": TIMELINE,
    }


def test_voice_to_voice_is_from_the_last_sound_to_the_first():
    record = TurnRecord("a.wav", speech_end_at=2.0, player=Player(1, 16_000))
    assert record.summary()["voice_to_voice_ms"] is None
    record.player.first_sound_at = 2.8014
    assert record.summary()["voice_to_voice_ms"] == 801


def test_percentiles_over_turns_by_stage():
    marks = [{"speech_end": 0, "draft": None, "endpoint": 800, "first_audio": 800 + ms} for ms in (10, 20, 400)]
    records = [TurnRecord("a.wav", speech_end_at=0.0, timeline=m) for m in marks]
    assert percentiles(records) == {"endpoint": {"p50": 800, "p95": 800}, "first_audio": {"p50": 20, "p95": 400}}
    assert percentiles([TurnRecord("a.wav", speech_end_at=0.0)]) == {}
