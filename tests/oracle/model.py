"""What the oracle must know of a read model: which events it reads, and which rows follow from them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from .canonical import Rows
from .history import Event


class Unfoldable(Exception):
    """The event says nothing that could become a row; the system must have parked it."""


@dataclass
class Table:
    """The rows of one table that follow from history."""

    name: str
    columns: tuple[str, ...]
    rows: Rows = field(default_factory=dict)


class Fold(Protocol):
    """Takes a model's events one after the other."""

    @property
    def tables(self) -> tuple[Table, ...]:
        """The rows that follow from the events so far."""

    def add(self, event: Event) -> None:
        """Raises Unfoldable, and has changed nothing then."""


@dataclass(frozen=True)
class Expected:
    tables: tuple[Table, ...]
    #: Events that ought to be parked and are not, with the reason.
    unfoldable: list[tuple[Event, str]]


def expected(fold: Fold, events: Iterable[Event]) -> Expected:
    unfoldable = []
    for event in events:
        try:
            fold.add(event)
        except (Unfoldable, KeyError, TypeError) as reason:
            unfoldable.append((event, f"{type(reason).__name__}: {reason}"))
    return Expected(fold.tables, unfoldable)
