"""The fixed sets of callers, made on demand: the same seed gives the same words, pauses and voices.

But for what espeak-ng keeps from one sentence to the next, the audio is the same too: its breath is noise that goes on,
and it may speak up to 10 ms longer or shorter. Voices and sentences are held out from the training of the starter
models; nothing at all was trained on the texts beside this file.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache

import numpy as np

from app.bench.calls import noises
from app.bench.calls.call import Call, Place, Room, assembled
from app.bench.calls.lengths import slowness
from app.bench.calls.lines import SIZES, Author, Line, Sound, line
from app.bench.calls.phrases import load_phrases
from app.bench.dialogue.generate import unseen_world
from app.bench.dialogue.menu import load_menu
from app.bench.dialogue.phrases import load_held_out
from app.bench.dialogue.phrases import load_phrases as load_dialogue
from app.bench.speech.callers import Caller, Studio, callers
from app.bench.speech.labels import Span, Speech
from app.bench.texts.sentences import STARTER, held_out, unseen_templates

SHARES: Mapping[str, float] = {"en": 0.75, "tr": 0.25}
"""Languages, and how many of the callers speak them."""
QUIET = Room()
_ITEMS_EACH = 4
"""Items of each set by the same person."""
_HUM_HZ = (90.0, 140.0)
"""From the lowest voice to how much higher the highest hums."""


@cache
def author(language: str) -> Author:
    """Raises `OSError` for a language without texts."""
    menu = load_menu((STARTER if language == "en" else STARTER / language) / "menu.toml")
    world = unseen_world(menu, load_dialogue(language), load_held_out(language), 1.0)
    return Author(language, load_phrases(language), unseen_templates(language), world)


class Corpus:
    """All sets of a seed."""

    def __init__(self, seed: int, shares: Mapping[str, float] = SHARES, room: Room = QUIET) -> None:
        """Raises `SetupError` without the synthesisers."""
        self._seed, self._shares, self._room = seed, shares, room
        self._studio = Studio()

    def calls(self, name: str, count: int | None = None) -> Iterator[Call]:
        """A set, or so many of it; each is made when it is asked for. Raises `KeyError` for no set of `SIZES`."""
        for number in range(SIZES[name] if count is None else count):
            yield self.call(name, number)

    def call(self, name: str, number: int) -> Call:
        """One item of a set. Raises `KeyError`."""
        place = Place(name, number, number // _ITEMS_EACH)
        person = random.Random(f"{self._seed} person {place.person}")
        language = person.choices([*self._shares], [*self._shares.values()])[0]
        slow = slowness(person)
        said = line(author(language), name, random.Random(f"{self._seed} {name} {number}"), slow)
        dice = np.random.default_rng([self._seed, [*SIZES].index(name), number])
        made = assembled(place, said, self._spoken(said, person, dice))
        return replace(made, audio=self._room.around(made.audio, dice))

    def _spoken(self, said: Line, person: random.Random, dice: np.random.Generator) -> Speech:
        voices = callers(person, held_out(said.language), said.language, unseen=True)
        while True:
            caller = next(voices)
            if said.sound is not Sound.WORDS:
                return _throat(said, caller, dice)
            try:
                return self._studio.record(" ".join(said.words), caller)
            except ValueError:  # flite reads some words as others; the next voice may not
                continue


def _throat(said: Line, caller: Caller, dice: np.random.Generator) -> Speech:
    if said.sound is Sound.COUGH:
        return Speech("", caller.name, noises.cough(dice), (), ())
    low, wide = _HUM_HZ
    audio = noises.hum(dice, low + wide * caller.pitch)
    return Speech("mm-hmm", caller.name, audio, (Span("mm-hmm", 0, len(audio)),), ())
