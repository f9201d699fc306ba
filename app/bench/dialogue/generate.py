"""Whole dialogues: what a caller says, what the waiter should answer, and the order after each turn. Pure, seeded."""

from __future__ import annotations

import random
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.bench.dialogue import asking, changing, ordering, talking
from app.bench.dialogue.english import English
from app.bench.dialogue.language import Language
from app.bench.dialogue.menu import Menu
from app.bench.dialogue.moves import MAX_LINES, Asked, Move, Needs, State, World, new_lines
from app.bench.dialogue.order import EMPTY, Cart, Change
from app.bench.dialogue.patterns import choose, fill
from app.bench.dialogue.phrases import HeldOut, Phrases
from app.bench.dialogue.turkish import Turkish

ACTS = {**ordering.ACTS, **changing.ACTS, **asking.ACTS, **talking.ACTS}
LENGTHS = ((1, 2, 3, 4, 5, 6, 7, 8, 10, 14, 20), (3, 5, 7, 9, 9, 7, 5, 3, 1.5, 1, 0.7))
"""How many turns a dialogue has, and how often."""
CASED = 0.15
"""How often a caller's words come with capitals and punctuation: from a keyboard, or from other ears than ours."""


LAST = ("remove_last", "set_last", "swap_last", "more_last")
"""Moves about what was ordered last."""
FOLLOWING = (*LAST, "yes", "yes_count", "no")
"""Moves that only make sense right after certain answers; drawn as the others are they would be rare."""
REPLIES = (Asked.OFFER, Asked.RIGHT, Asked.MENU)
FOLLOWED = 0.3
"""How often such a move is taken where one makes sense."""
LONG, LONGER = 3, 0.6
"""How often a lone turn orders at least so many things: the third and fourth of a list are what is forgotten."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What is said, and what it means."""

    act: str
    user: str
    """As it would be heard without a fault."""
    answer: str
    """What the waiter says who knows the order."""
    answers: tuple[str, ...]
    """All its wordings."""
    blind: str
    """What the waiter says who was not told what it needs."""
    needs: Needs
    """What the waiter must have been told to answer so."""
    before: Cart
    change: Change
    done: bool
    reads: bool
    """The answer reads the whole order back."""
    unseen: bool
    """The caller spoke in a pattern that training never sees."""


Dialogue = tuple[Turn, ...]


def language(code: str) -> Language:
    """By its ISO 639-1 code. Raises `KeyError`."""
    known: dict[str, type[Language]] = {"en": English, "tr": Turkish}
    return known[code]()


def aloud(text: str, code: str) -> str:
    """`text` with its numbers in words."""
    number = language(code).number
    return re.sub(r"\d+", lambda found: number(int(found[0])), text)


def training_world(menu: Menu, phrases: Phrases, held_out: HeldOut) -> World:
    """A world in which nothing held out ever happens."""
    return World(menu, language(menu.language), phrases, apart=held_out.pairs)


def unseen_world(menu: Menu, phrases: Phrases, held_out: HeldOut, share: float) -> World:
    """A world in which what is held out happens, in about `share` of the turns that have it to choose."""
    pairs = sorted(tuple(sorted(pair)) for pair in held_out.pairs)
    wanted = tuple((first, second) for first, second in pairs)
    return World(menu, language(menu.language), phrases, wanted=wanted, unseen=share)


def dialogue(world: World, seed: str) -> Dialogue:
    """The dialogue of a seed."""
    rng = random.Random(seed)
    length = rng.choices(*LENGTHS)[0]
    state = State()
    turns = []
    for _ in range(length):
        move = _next(world, state, rng)
        turn = _worded(world, state, move, rng)
        turns.append(turn)
        said = turn.answer if turn.needs is Needs.NOTHING else ""
        state = State(state.cart.after(move.change), move.last, move.asked, move.offer, said)
    return tuple(turns)


def lone_turn(world: World, acts: Mapping[str, float], rng: random.Random) -> Turn:
    """One turn of `acts`, each as often as its number says, of somebody who has ordered up to six things."""
    while True:
        state = State(EMPTY.after(Change(add=new_lines(world, EMPTY, rng.randint(1, MAX_LINES), rng))))
        name = rng.choices([*acts], [*acts.values()])[0]
        move = ACTS[name][1](world, state, rng)
        if move and (name != "add" or len(move.change.add) >= LONG or rng.random() > LONGER):
            return _worded(world, state, move, rng)


def about_the_last(world: World, rng: random.Random) -> Dialogue:
    """Two turns of somebody who has ordered up to five things: one more, and then what only makes sense after it."""
    while True:
        state = State(EMPTY.after(Change(add=new_lines(world, EMPTY, rng.randint(0, MAX_LINES - 1), rng))))
        first = ordering.add(world, state, rng)
        if first is None or first.last is None:
            continue
        after = State(state.cart.after(first.change), first.last, first.asked)
        if second := ACTS[rng.choice(LAST)][1](world, after, rng):
            return _worded(world, state, first, rng), _worded(world, after, second, rng)


def dialogues(world: World, seed: str, start: int = 0) -> Iterator[Dialogue]:
    """Without end, each by its own number: any part can be made again."""
    while True:
        yield dialogue(world, f"{seed}:{start}")
        start += 1


def _next(world: World, state: State, rng: random.Random) -> Move:
    """The first move of those drawn that makes sense now."""
    following = (state.last or state.asked in REPLIES) and rng.random() < FOLLOWED
    tried = rng.sample(FOLLOWING, len(FOLLOWING)) if following else []
    names, weights = [*ACTS], [weight for weight, _ in ACTS.values()]
    while True:
        name = tried.pop() if tried else rng.choices(names, weights)[0]
        if move := ACTS[name][1](world, state, rng):
            return move


def _worded(world: World, state: State, move: Move, rng: random.Random) -> Turn:
    """Caller's and waiter's words for a move."""
    user, unseen = _user(world, move, rng)
    said = {**move.slots, "items": move.slots.get("said", "")}
    patterns = world.phrases.answer[move.answer] if move.answer else ("{said}",)
    answers = tuple(fill(pattern, said, world.language.capital) for pattern in patterns)
    # The caller's first word picks the wording: a small model need not learn what cannot be known.
    telling = world.language.lower(user.split()[0]).strip(".?!")
    wording = zlib.crc32(telling.encode()) % len(answers)
    return Turn(
        act=move.act or move.answer,
        user=user,
        answer=answers[wording],
        answers=answers,
        blind=rng.choice(world.phrases.answer[move.blind]) if move.blind else "",
        needs=move.needs,
        before=state.cart,
        change=move.change,
        done=move.done,
        reads=move.reads,
        unseen=unseen,
    )


def _user(world: World, move: Move, rng: random.Random) -> tuple[str, bool]:
    """What the caller says, and whether in a pattern that is held out."""
    pattern, unseen = move.slots.get("user", ""), False
    if move.act:
        pattern, unseen = world.phrases.user[move.act].pick(rng, world.unseen)
    text = " ".join(fill(choose(pattern, rng), move.slots).split())
    return (_cased(world, text, rng) if rng.random() < CASED else text), unseen


def _cased(world: World, text: str, rng: random.Random) -> str:
    """As other ears write it."""
    return world.language.capital(text) + rng.choice((".", ".", "?", "!", ""))
