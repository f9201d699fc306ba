"""Moves that have nothing to do with the order: small talk, the house, and a polite way out of everything else."""

from __future__ import annotations

import random
from collections.abc import Mapping

from app.bench.dialogue.moves import Act, Asked, Move, State, World
from app.bench.dialogue.patterns import choose, slots_of

CHAT: dict[str, tuple[float, Asked]] = {
    "greet": (2, Asked.MORE),
    "thanks": (1.5, Asked.MORE),
    "bye": (1, Asked.NOTHING),
    "how_are_you": (0.8, Asked.MORE),
    "name": (0.7, Asked.MORE),
    "can_do": (0.6, Asked.MORE),
    "wait": (0.7, Asked.NOTHING),
    "ready": (0.8, Asked.MORE),
    "praise": (0.5, Asked.MORE),
    "complain": (0.5, Asked.NOTHING),
    "open": (0.6, Asked.MORE),
    "wifi": (0.5, Asked.NOTHING),
    "restroom": (0.5, Asked.MORE),
    "payment": (0.6, Asked.MORE),
    "takeaway": (0.6, Asked.MORE),
    "table": (0.6, Asked.MORE),
    "service": (0.6, Asked.MORE),
    "halal": (0.3, Asked.MORE),
}
"""What is answered in the same way whatever was ordered: how often, and what the answer asks."""


def _chat(act: str, asked: Asked) -> Act:
    def plan(world: World, state: State, rng: random.Random) -> Move:
        return Move(act, act, any_words(world, rng), asked=asked)

    return plan


def any_words(world: World, rng: random.Random) -> Mapping[str, str]:
    """A person and a number, for the patterns that want them."""
    return {"person": rng.choice(world.phrases.words["people"]), "n": world.language.number(rng.randint(2, 12))}


def again(world: World, state: State, rng: random.Random) -> Move | None:
    """ "What did you say?": the same once more, and the same question stands."""
    if state.said is None:
        return Move("again", "again_nothing")
    if not state.said:
        return None
    # The answer is a pattern of nothing but the words to repeat.
    return Move("again", "", {"said": state.said}, asked=state.asked, offer=state.offer, last=state.last)


def aside(world: World, state: State, rng: random.Random) -> Move | None:
    """Anything else that people say."""
    pattern, _ = world.phrases.asides.pick(rng, world.unseen)
    text = choose(pattern, rng)
    words = world.phrases.words
    slots = dict(any_words(world, rng))
    slots |= {name: rng.choice(words[name]) for name in sorted(slots_of(text)) if name in words}
    return Move("", "aside", {**slots, "user": text})


def unclear(world: World, state: State, rng: random.Random) -> Move | None:
    """Noises, and words that are none."""
    words = world.phrases.words
    if rng.random() < 0.5:
        text = rng.choice(words["noises"])
    else:
        text = " ".join(
            "".join(rng.choice(words["syllables"]) for _ in range(rng.randint(1, 3))) for _ in range(rng.randint(1, 4))
        )
    return Move("", "unclear", {"user": text}, asked=Asked.NOTHING)


ACTS: dict[str, tuple[float, Act]] = {
    **{act: (weight, _chat(act, asked)) for act, (weight, asked) in CHAT.items()},
    "again": (1.5, again),
    "aside": (8, aside),
    "unclear": (2, unclear),
}
"""Each move and how often it is tried."""
