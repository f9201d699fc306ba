"""Turns the bytes of tokens into text that may be shown: whole characters, without stop words."""

from __future__ import annotations

import codecs
from collections.abc import Iterable


class TextStream:
    """One answer's text. How its bytes are cut into tokens changes nothing but when a character comes out."""

    def __init__(self, stop: Iterable[str] = ()) -> None:
        self.stopped = False
        """A stop word has come; nothing follows."""
        self._stop = tuple({word for word in stop if word})
        self._decoder = codecs.getincrementaldecoder("utf-8")("ignore")
        self._held = ""

    def feed(self, data: bytes) -> str:
        """The text that is certain now: no half character, and nothing that may yet become a stop word."""
        if self.stopped:
            return ""
        self._held += self._decoder.decode(data)
        found = [(at + len(word), at) for word in self._stop if (at := self._held.find(word)) >= 0]
        if found:  # the word that ends first; of those, the longest
            self.stopped = True
            text, self._held = self._held[: min(found)[1]], ""
            return text
        certain = len(self._held) - self._doubtful()
        text, self._held = self._held[:certain], self._held[certain:]
        return text

    def finish(self) -> str:
        """What was held back, at an end without a stop word. Half a character is dropped."""
        text, self._held = self._held, ""
        return text

    def _doubtful(self) -> int:
        """Length of the longest end of the held text with which a stop word begins."""
        longest = max((len(word) - 1 for word in self._stop), default=0)
        for length in range(min(longest, len(self._held)), 0, -1):
            end = self._held[-length:]
            if any(word.startswith(end) for word in self._stop):
                return length
        return 0
