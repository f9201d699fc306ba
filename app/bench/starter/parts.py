"""The starter models of a language, part by part."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

from app.bench.dialogue import figures as brain_figures
from app.bench.dialogue.answering import opened
from app.bench.dialogue.evaluate import evaluation_world
from app.bench.dialogue.generate import aloud
from app.bench.dialogue.menu import load_menu
from app.bench.score import Figure
from app.bench.speech.callers import Studio, callers
from app.bench.starter import people, voice
from app.bench.starter.ears import Ears
from app.bench.starter.listeners import starter_ears
from app.bench.starter.sets import around
from app.bench.texts.sentences import STARTER, held_out, plain
from app.settings import SttSettings

EARS, BRAIN, VOICE, MENU = "ears", "brain/starter-brain.gguf", "voice/starter-voice.onnx", "menu.toml"


def folder(language: str) -> Path:
    """Where the models of a language lie, from Parlor's folder on."""
    return STARTER if language == "en" else STARTER / language


class Starter:
    """Models in a folder; what is missing of them fails when it is asked for."""

    def __init__(self, models: Path, language: str, seed: int, slack: float) -> None:
        """`slack` widens the bars."""
        self._models, self._language, self._seed, self._slack = models, language, seed, slack

    def ears(self, settings: SttSettings, count: int) -> Iterator[Figure]:
        """Raises `SetupError` without the synthesisers."""
        yield from Ears(self._models / EARS, settings, self._language, self._seed, self._slack).figures(count)

    def brain(self, dialogues: int) -> Iterator[Figure]:
        """What is said reaches it through the ears, from voices that they know and voices that they do not."""
        world = evaluation_world(load_menu(folder(self._language) / MENU))
        with opened(self._models / BRAIN) as reply:
            yield from brain_figures.figures(world, reply, self._through_ears(), dialogues, self._slack)

    def voice(self) -> Iterator[Figure]:
        """Raises `SetupError` without pocketsphinx."""
        yield from voice.figures(self._models / VOICE, self._models / EARS, self._language, self._slack)

    def people(self, recordings: Path) -> Iterator[Figure]:
        """Raises `SetupError` for a folder without references."""
        yield from people.figures(recordings, self._language, starter_ears(self._models / EARS, self._language))

    def _through_ears(self) -> Callable[[str], str]:
        rng, studio, held = random.Random(self._seed), Studio(), held_out(self._language)
        listen = starter_ears(self._models / EARS, self._language)
        groups = [callers(rng, held, self._language, unseen=unseen) for unseen in (False, True)]

        def hear(text: str) -> str:
            said = plain(aloud(text, self._language), self._language)
            while True:  # flite reads some words as others; the next caller may not
                try:
                    speech = studio.record(said, next(rng.choice(groups)))
                except ValueError:
                    continue
                return listen(around(speech).audio)

        return hear
