"""Everything that ever happened, in the order of its commits."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_STREAM = re.compile(r"([a-zA-Z]+)-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Event:
    """A recorded event. `category`, `tenant` and `id` are parts of the stream's name, empty if it is none of ours."""

    stream: str
    category: str
    tenant: str
    id: str
    revision: int
    position: int
    event_id: str
    type: str
    data: dict[str, Any]
    metadata: dict[str, str]
    size: int = 0

    @property
    def recorded_at(self) -> str:
        return self.metadata.get("recordedAt", "")


def event(
    stream: str,
    revision: int,
    position: int,
    event_id: str,
    type_: str,
    data: bytes,
    metadata: bytes,
) -> Event:
    parts = _STREAM.fullmatch(stream)
    category, tenant, id_ = parts.groups() if parts else ("", "", "")
    return Event(
        stream, category, tenant, id_, revision, position, event_id, type_, _object(data), _object(metadata), len(data)
    )


def read_history(url: str) -> Iterator[Event]:
    """Every event of $all that is not the store's own."""
    from kurrentdbclient import KurrentDBClient

    client = KurrentDBClient(url)
    try:
        # The client's own filter is by type; ours is by stream, as the relay's is.
        for recorded in client.read_all(filter_exclude=()):
            if recorded.stream_name.startswith("$"):
                continue
            yield event(
                recorded.stream_name,
                recorded.stream_position,
                recorded.commit_position,
                str(recorded.id),
                recorded.type,
                recorded.data,
                recorded.metadata,
            )
    finally:
        client.close()


def _object(content: bytes) -> dict[str, Any]:
    """Empty where it is no JSON object: every rule then finds its fields missing."""
    try:
        value = json.loads(content.decode())
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
