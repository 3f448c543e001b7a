"""Where the rows that follow from history and the rows that are there differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .canonical import Key, Row, Rows, digest_of, digests

#: So many differences of a table are told; all of them are counted.
SHOWN = 20


@dataclass(frozen=True)
class Difference:
    tenant: str
    key: str
    #: By column: those that differ, or all where one side has no such row; null stands for no row.
    expected: dict[str, str | None] | None
    found: dict[str, str | None] | None
    #: Positions of the events that the row follows from, the latest last.
    events: tuple[int, ...]


@dataclass(frozen=True)
class Comparison:
    #: That follow from history, and their hashes. Where nothing differs, those found have the same.
    rows: int
    digests: dict[str, str]
    digest: str
    #: All of them, of which `differences` are the first.
    differing: int
    differences: list[Difference]


def compare(columns: tuple[str, ...], expected: Rows, found: Rows) -> Comparison:
    keys = sorted(key for key in expected.keys() | found.keys() if _values(expected, key) != _values(found, key))
    shown = [_difference(columns, key, expected.get(key), found.get(key)) for key in keys[:SHOWN]]
    by_tenant = digests(expected)
    return Comparison(len(expected), by_tenant, digest_of(by_tenant), len(keys), shown)


def _values(rows: Rows, key: Key) -> tuple[str | None, ...] | None:
    row = rows.get(key)
    return row.values if row else None


def _difference(columns: tuple[str, ...], key: Key, expected: Row | None, found: Row | None) -> Difference:
    def told(row: Row | None, other: Row | None) -> dict[str, Any] | None:
        if row is None:
            return None
        return {
            column: value
            for n, (column, value) in enumerate(zip(columns, row.values, strict=True))
            if other is None or other.values[n] != value
        }

    events = expected.events[-SHOWN:] if expected else ()
    return Difference(*key, told(expected, found), told(found, expected), events)
