"""What must hold in every conversation, whatever happens in it: each rule gives a line for each breach. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from app.bench.simulate.log import Entry
from app.bench.simulate.words import (
    Conversation,
    memory_is_what_was_said_and_heard,
    only_what_was_heard_is_told,
    words_are_heard_once,
)

TOLD: Final = ("reply.started", "reply.delta", "reply.sentence")
OF_THE_LIVE: Final = {*TOLD, "audio", "reply.stop", "reply.duck", "reply.pause", "reply.resume"}


def breaches(conversation: Conversation) -> Iterator[str]:
    """Every breach of every rule."""
    for rule in RULES:
        yield from (f"{rule.__name__}: {breach}" for breach in rule(conversation))


def one_reply_lives(of: Conversation) -> Iterator[str]:
    """A reply starts when none lives, and only the one that lives is told, sounds, or is stopped."""
    live: int | None = None
    for entry in of.log.of("server"):
        if entry.what == "reply.started":
            if live is not None:
                yield f"turn {entry.turn} starts while {live} lives [{entry}]"
            live = entry.turn
        elif entry.what in OF_THE_LIVE and entry.turn != live:
            yield f"turn {entry.turn} does not live, {live} does [{entry}]"
        if entry.what in {"reply.stop", "reply.ended"} and entry.turn == live:
            live = None


def every_reply_ends_once(of: Conversation) -> Iterator[str]:
    """Each that was started, exactly once; one that was not is a text that waited in vain."""
    started = [entry.turn for entry in of.log.of("server", "reply.started")]
    ended = list(of.log.of("server", "reply.ended"))
    turns = [entry.turn for entry in ended]
    yield from (f"turn {turn} started twice" for turn in set(started) if started.count(turn) > 1)
    yield from (f"turn {turn} ended {turns.count(turn)} times" for turn in set(turns) if turns.count(turn) > 1)
    yield from (f"turn {turn} never ended" for turn in started if turn not in turns)
    for entry in ended:
        if entry.turn not in started and (entry.data["status"] != "interrupted" or entry.data["heard_text"]):
            yield f"turn {entry.turn} ended without a start [{entry}]"


def audio_is_whole(of: Conversation) -> Iterator[str]:
    """Each frame begins where the one before ended, and nothing follows the last; as sent, and as it arrives."""
    for who in ("server", "client"):
        at, over = dict[int, int](), set[int]()
        for entry in of.log.of(who, "audio", "calls"):
            if entry.what == "calls":  # what was on the line before is gone
                at.clear()
                continue
            offset = entry.data["offset"]
            if entry.turn in over or offset != at.get(entry.turn, offset if who == "client" else 0):
                yield f"{who}: a frame out of place [{entry}]"
            at[entry.turn] = offset + entry.data["samples"]
            if entry.data["last"]:
                over.add(entry.turn)


def nothing_comes_after_the_end(of: Conversation) -> Iterator[str]:
    """No audio or text of a reply reaches the client after its stop or its end."""
    over = set[int]()
    for entry in of.log.of("client"):
        if entry.what in {"reply.stop", "reply.ended"}:
            if entry.what == "reply.stop" and entry.turn in over:
                yield f"stopped after its end [{entry}]"
            over.add(entry.turn)
        elif entry.what in {*TOLD, "audio"} and entry.turn in over:
            yield f"after the end of its reply [{entry}]"


def seq_has_no_gaps(of: Conversation) -> Iterator[str]:
    """On one connection; what a broken one did not deliver is lost, and its numbers with it."""
    last, new = 0, True
    for entry in of.log.of("client"):
        if entry.what == "calls":
            new = True
        elif "seq" in entry.data:
            seq = entry.data["seq"]
            if seq <= last or (seq != last + 1 and not new):
                yield f"seq {seq} after {last} [{entry}]"
            last, new = seq, False


def drafts_stay_inside(of: Conversation) -> Iterator[str]:
    """A spoken turn's text comes after its end, its reply after its text."""
    spoken, stopped, final = set[int](), set[int](), set[int]()
    for entry in of.log.of("server"):
        turn = entry.turn
        match entry.what:
            case "speech.started":
                spoken.add(turn)
            case "speech.stopped":
                if turn in stopped or turn not in spoken:
                    yield f"stopped twice, or never started [{entry}]"
                stopped.add(turn)
            case "transcript.final":
                if turn in final or turn not in stopped:
                    yield f"told twice, or before its end [{entry}]"
                final.add(turn)
            case "reply.started" if turn in spoken and turn not in final:
                yield f"a reply before the turn's text [{entry}]"
            case _:
                pass


def turns_are_numbered_upwards(of: Conversation) -> Iterator[str]:
    """Speech and replies begin in the order of their turns."""
    last = 0
    for entry in of.log.of("server", "speech.started"):
        if entry.turn <= last:
            yield f"after turn {last} [{entry}]"
        last = entry.turn


def a_pause_loses_nothing(of: Conversation) -> Iterator[str]:
    """A reply that was paused goes on at the sample where it stopped."""
    for entry in of.log.of("client", "resumes"):
        if abs(entry.data["at"] - entry.data["from_ms"]) > 1:
            yield f"paused elsewhere [{entry}]"


def answers_come(of: Conversation) -> Iterator[str]:
    """A turn with words is answered at once, if nothing happened since its end; or else after a cough that was one."""
    waits: int | None = None
    asked: Entry | None = None
    attached = owed = False
    for entry in of.log.of("server"):
        attached = entry.what == "attached" or (attached and entry.what != "detached")
        if asked and entry.at_s > asked.at_s:
            yield f"not answered [{asked}]"
            asked = None
        match entry.what:
            case "speech.stopped":
                waits = entry.turn if attached else None
            case "transcript.final":
                owed = attached and bool(owed or entry.data["text"])
                asked = entry if entry.turn == waits and owed else None
            case "audio":
                owed = False
            case "reply.started" | "speech.started" | "detached" | "took" | "session.ended" | "error":
                if entry.data.get("type") not in {"playback", "audio.commit"}:
                    waits = asked = None
                    owed = owed and entry.what in {"reply.started", "speech.started"}
            case _:
                pass


RULES: Final[tuple[Callable[[Conversation], Iterator[str]], ...]] = (
    one_reply_lives,
    every_reply_ends_once,
    audio_is_whole,
    nothing_comes_after_the_end,
    seq_has_no_gaps,
    drafts_stay_inside,
    turns_are_numbered_upwards,
    words_are_heard_once,
    a_pause_loses_nothing,
    only_what_was_heard_is_told,
    memory_is_what_was_said_and_heard,
    answers_come,
)
