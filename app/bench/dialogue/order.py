"""What has been ordered, and how a turn changes it: plain values, the truth that answers are measured against."""

from __future__ import annotations

from dataclasses import dataclass

from app.bench.dialogue.menu import Item


@dataclass(frozen=True, slots=True)
class Line:
    """So many of one item."""

    item: Item
    quantity: int


Lines = tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What one turn does to an order. `clear` comes before the rest."""

    add: Lines = ()
    remove: Lines = ()
    set: Lines = ()
    """New quantities of items that are ordered already; 0 where none is wanted any more."""
    clear: bool = False

    def __bool__(self) -> bool:
        return self != NOTHING


NOTHING = Change()


@dataclass(frozen=True, slots=True)
class Cart:
    """An order: each item once, in the order of asking."""

    lines: Lines = ()

    def __bool__(self) -> bool:
        return bool(self.lines)

    def quantity(self, item: Item) -> int:
        """How many of `item`; 0 when there are none."""
        return next((line.quantity for line in self.lines if line.item == item), 0)

    def keys(self) -> frozenset[str]:
        """The keys of the ordered items."""
        return frozenset(line.item.key for line in self.lines)

    def after(self, change: Change) -> Cart:
        """The order once `change` was made; what falls to zero is gone."""
        counts = {} if change.clear else {line.item: line.quantity for line in self.lines}
        for line in change.remove:
            counts[line.item] = counts.get(line.item, 0) - line.quantity
        for line in change.add:
            counts[line.item] = counts.get(line.item, 0) + line.quantity
        counts |= {line.item: line.quantity for line in change.set}
        return Cart(tuple(Line(item, count) for item, count in counts.items() if count > 0))

    def total(self) -> int:
        """The price of all, in whole units of the currency."""
        return sum(line.item.price * line.quantity for line in self.lines)


EMPTY = Cart()
