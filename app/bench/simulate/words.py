"""What must hold of words: said once, heard once, told once, remembered once. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.audio import ms_to_samples, samples_to_ms
from app.bench.simulate.log import Entry, Log
from app.bench.simulate.mouth import Uttered
from app.interfaces import RATE_HZ, Message
from app.session.memory import Memory
from app.wire.messages import TimedWord

HISTORY_CHARS: Final = 24_000
LATE_MS: Final = 600
"""A client's last report may come too late for the history; the one before is so old at most. Without any, what was
heard is estimated, and as wrong."""
PAUSE: Final = ms_to_samples(250)
ECHO_S: Final = 0.7
"""Our sound may be heard so long before and after a client says that it plays."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """What the rules look at."""

    log: Log
    uttered: Sequence[Uttered]
    """Words that the server can have heard."""
    memory: Sequence[Message]
    """What the session remembered at its end."""
    faults: bool
    """Engines failed now and then: what they should have heard may be missing."""


def words_are_heard_once(of: Conversation) -> Iterator[str]:
    """The final texts, in the order of their turns, are the words that were said: none lost, none twice.

    What is said while a reply sounds may be taken for nothing, but then all of it up to the next pause.
    """
    finals = sorted(of.log.of("server", "transcript.final"), key=lambda entry: entry.turn)
    heard = [word for entry in finals for word in entry.data["text"].split()]
    words = sorted(of.uttered, key=lambda word: word.start)
    leaps = {at: {at + 1} for at, word in enumerate(words) if of.faults or not word.sure}
    for start, end in _stretches(words):
        if _over_a_reply(words[start], words[end - 1], of.log):
            leaps.setdefault(start, set()).add(end)
    if not _matches([word.text for word in words], heard, leaps):
        said = " ".join(word.text if word.sure else f"({word.text})" for word in words)
        yield f"said {said!r}, heard {' '.join(heard)!r}"


def _matches(said: Sequence[str], heard: Sequence[str], leaps: Mapping[int, set[int]]) -> bool:
    """Whether `heard` is `said`, where from some places one may leap to others."""
    places = _leapt({0}, leaps)
    for word in heard:
        places = _leapt({at + 1 for at in places if at < len(said) and said[at] == word}, leaps)
    return len(said) in places


def _leapt(places: set[int], leaps: Mapping[int, set[int]]) -> set[int]:
    found, new = set(places), set(places)
    while new:
        new = {to for at in new for to in leaps.get(at, ())} - found
        found |= new
    return found


def _stretches(words: Sequence[Uttered]) -> Iterator[tuple[int, int]]:
    """First words, and those after the last, of what is said without a pause."""
    start = 0
    for at in range(1, len(words) + 1):
        if at == len(words) or words[at].start - words[at - 1].end >= PAUSE:
            yield start, at
            start = at


def _over_a_reply(first: Uttered, last: Uttered, log: Log) -> bool:
    """Whether a reply, or its echo, sounded in the time of these words."""
    begins, ends = first.start / RATE_HZ - ECHO_S, last.end / RATE_HZ + ECHO_S
    sounding: dict[int, float] = {}
    for entry in log.of("client", "plays", "stopped", "reply.ended"):
        if entry.what == "plays":
            sounding[entry.turn] = entry.at_s
        elif entry.turn in sounding and sounding.pop(entry.turn) <= ends and entry.at_s >= begins:
            return True
    return False


def only_what_was_heard_is_told(of: Conversation) -> Iterator[str]:
    """`heard_text` is as much of a reply as the caller's loudspeaker had played when it fell silent, or told last."""
    played = {entry.turn: samples_to_ms(entry.data["played"]) for entry in of.log.of("client", "stopped", "ended")}
    words, reported = dict[int, list[TimedWord]](), dict[int, int]()
    for entry in of.log.of("server", "reply.sentence", "reply.ended", "took"):
        if entry.what == "reply.sentence":
            words.setdefault(entry.turn, []).extend(entry.data["words"])
        if entry.data.get("type") == "playback":
            reported[entry.turn] = entry.data["played_ms"]
        if entry.what != "reply.ended":
            continue
        told = len(entry.data["heard_text"].split())
        ms = played.get(entry.turn, reported.get(entry.turn, 0))
        estimated = 0 if entry.turn in reported else LATE_MS
        most = sum(_middle(word) < ms + estimated for word in words.get(entry.turn, ()))
        least = sum(_middle(word) < ms - LATE_MS for word in words.get(entry.turn, ()))
        if not least <= told <= most + 1:
            yield f"{told} words told, {least} to {most} heard in {ms} ms [{entry}]"


def _middle(word: TimedWord) -> float:
    return (word.start_ms + word.end_ms) / 2


def memory_is_what_was_said_and_heard(of: Conversation) -> Iterator[str]:
    """Each text once, in its turn, beside what was heard of its reply; and nothing told before the last reset.

    What was still on its way to text at a reset may be remembered after it, or not.
    """
    expected = [_remembered(of.log, late=late) for late in (False, True)]
    if tuple(of.memory) not in expected:
        yield f"expected {_shown(expected[0])}, found {_shown(of.memory)}"


def _remembered(log: Log, *, late: bool) -> tuple[Message, ...]:
    memory, typed = Memory(HISTORY_CHARS), ""
    newest = forgotten = 0
    heard = set[int]()
    """Turns whose speech goes on."""
    for entry in log.of("server"):
        turn = entry.turn
        newest = max(newest, turn) if entry.what in {"speech.started", "reply.started"} else newest
        match entry.what:
            case "speech.started":
                heard.add(turn)
            case "speech.stopped":
                heard.discard(turn)
            case "transcript.final" if entry.data["text"] and (late or turn > forgotten):
                memory.caller_said(turn, entry.data["text"])
            case "reply.started" if typed:
                memory.caller_said(turn, typed)
                typed = ""
            case "reply.ended" if turn > forgotten:
                memory.caller_heard(turn, _whole(entry, log))
            case "took" if entry.data["type"] == "text":
                typed = entry.data["text"]
            case "took" if entry.data.get("command") == "reset":
                forgotten = newest - bool(heard)
                memory.forget()
            case _:
                pass
    return memory.messages("")


def _whole(ended: Entry, log: Log) -> str:
    """What was heard, with the white space that `reply.ended` leaves out."""
    text = "".join(entry.data["text"] for entry in log.of("server", "reply.delta") if entry.turn == ended.turn)
    return text if ended.data["status"] == "completed" else ended.data["heard_text"]


def _shown(messages: Sequence[Message]) -> list[str]:
    return [f"{message.role}: {message.text}" for message in messages[1:]]
