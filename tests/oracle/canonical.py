"""One text for one value, wherever it comes from, and one hash for the rows of a tenant."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring
from typing import Any

#: Who owns a row and what identifies it in its table.
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """Texts by column, in the table's order of columns, and the positions of the events that made them so."""

    values: tuple[str | None, ...]
    events: tuple[int, ...] = ()


Rows = dict[Key, Row]


def text(value: Any) -> str | None:
    """A number, text or null of JSON as a column holds it."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return json_text(value)


def json_text(value: Any) -> str:
    """JSON with its keys in order and without spaces. (The library's own takes twice as long for something small.)"""
    if isinstance(value, str):
        return encode_basestring(value)
    if type(value) is int:
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join([f"{encode_basestring(name)}:{json_text(value[name])}" for name in sorted(value)]) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(json_text, value)) + "]"
    return json.dumps(value)


def digests(rows: Rows) -> dict[str, str]:
    """SHA-256 of each tenant's rows, in the order of their keys."""
    of_tenant: dict[str, list[str]] = defaultdict(list)
    for tenant, key in rows:
        of_tenant[tenant].append(key)
    return {tenant: _sha256([rows[tenant, key].values for key in sorted(keys)]) for tenant, keys in of_tenant.items()}


def digest_of(by_tenant: dict[str, str]) -> str:
    """SHA-256 of a whole table."""
    return _sha256(sorted(by_tenant.items()))


def _sha256(lines: Sequence[Any]) -> str:
    return hashlib.sha256(json.dumps(lines, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()
