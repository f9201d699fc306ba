"""The conversation as it was heard: bounded, in the order of the turns. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from app.interfaces import Message

_SENTENCE_END = re.compile(r"(?<=[.!?])[\"'”’»)\]*_]*\s+(?=\S)|(?<=[。？！])\s*(?=\S)")
"""With the space after it, or the time in "at 19.30?" would be two sentences."""

_HEARD_ENOUGH = 0.7
"""Part of a sentence from which on one answers it; of the next one as much less does not make it forgotten."""


def _sentences(text: str) -> list[str]:
    """Those of `text` that say something: an emoji after a question, or a quotation mark, does not."""
    return [piece for piece in _SENTENCE_END.split(text.strip()) if any(map(str.isalnum, piece))]


def last_sentence(text: str, heard: str) -> str:
    """The sentence of `text` that one answers who has heard its beginning `heard`; empty in the middle of one."""
    done = len(heard.rstrip())
    before, at = "", 0
    for sentence in _sentences(text):
        start = text.index(sentence, at)
        at = start + len(sentence)
        part = (done - start) / len(sentence)
        if part <= 1 - _HEARD_ENOUGH:
            return before
        if part < _HEARD_ENOUGH:
            return ""
        before = sentence
    return before


_LEFT_SHARE = 0.75
"""Of the budget, where something must go: the model reads anew what begins otherwise, so this is to be rare."""


@dataclass(frozen=True, slots=True)
class _Exchange:
    """What was said in one turn."""

    caller: str = ""
    parlor: str = ""
    """Only what the caller heard of the reply."""

    @property
    def chars(self) -> int:
        return len(self.caller) + len(self.parlor)


class Memory:
    """At most `budget_chars` characters; the oldest exchanges go first, several at once, the newest always stays."""

    def __init__(self, budget_chars: int) -> None:
        self._budget = budget_chars
        self._turns: dict[int, _Exchange] = {}

    def __len__(self) -> int:
        return sum(bool(e.caller) + bool(e.parlor) for e in self._turns.values())

    @property
    def chars(self) -> int:
        return sum(e.chars for e in self._turns.values())

    @property
    def asked(self) -> str:
        """The last sentence that the caller heard of us; empty where there is none."""
        heard = [self._turns[turn].parlor for turn in sorted(self._turns) if self._turns[turn].parlor]
        return next(reversed(_sentences(heard[-1])), "") if heard else ""

    def caller_said(self, turn: int, text: str) -> None:
        """`text` may come late, after newer turns: it takes its place by its number."""
        self._put(turn, replace(self._turns.get(turn, _Exchange()), caller=text))

    def caller_heard(self, turn: int, text: str) -> None:
        """What was heard of the reply to `turn`; nothing heard leaves nothing."""
        if text or turn in self._turns:
            self._put(turn, replace(self._turns.get(turn, _Exchange()), parlor=text))

    def drop_unanswered(self) -> None:
        """What was said since our last answer is more than the model can read: kept, no later turn would fit."""
        answered = max((turn for turn, exchange in self._turns.items() if exchange.parlor), default=-1)
        self._turns = {turn: exchange for turn, exchange in self._turns.items() if turn <= answered}

    def forget(self) -> None:
        self._turns.clear()

    def messages(self, prompt: str, said: tuple[int, str] | None = None) -> tuple[Message, ...]:
        """The whole conversation after the system `prompt`; as if the caller had said the text of `said` in that turn.

        Roles alternate, as chat templates ask: what the caller said in several turns without an answer is one message.
        """
        found: list[Message] = []
        exchanges = dict(self._turns)
        if said:
            exchanges[said[0]] = _Exchange(said[1])
        for turn in sorted(exchanges):
            exchange = exchanges[turn]
            for role, text in (("user", exchange.caller), ("assistant", exchange.parlor)):
                if not text:
                    continue
                if found and found[-1].role == role:
                    found[-1] = replace(found[-1], text=f"{found[-1].text} {text}")
                else:
                    found.append(Message("user" if role == "user" else "assistant", text))
        return (Message("system", prompt), *found)

    def _put(self, turn: int, exchange: _Exchange) -> None:
        self._turns[turn] = exchange
        if self.chars <= self._budget:
            return
        for oldest in sorted(self._turns)[:-1]:
            if self.chars <= _LEFT_SHARE * self._budget:
                break
            del self._turns[oldest]
