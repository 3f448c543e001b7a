"""Sign-ins; what is personal of them is compared as it is sealed."""

from __future__ import annotations

from typing import Any

from .canonical import Key, Row, json_text, text
from .history import Event
from .model import Table, Unfoldable

NAME = "session-list"
TOPIC = "events"
COLUMNS = (
    "tenant_id",
    "id",
    "client_id",
    "user_id",
    "application_id",
    "device",
    "address",
    "methods",
    "state",
    "revision",
    "position",
    "started_at",
    "ended_at",
)
KEY = ("id",)
_JSON = {"device", "address", "methods"}
_STATE_AFTER = {
    "SessionStarted": "active",
    "SessionSignedOut": "signedOut",
    "SessionReuseDetected": "reuseDetected",
}
TYPES = frozenset(_STATE_AFTER)


class Fold:
    def __init__(self) -> None:
        self._sessions: dict[Key, dict[str, Any]] = {}
        self._positions: dict[Key, list[int]] = {}

    @property
    def tables(self) -> tuple[Table, ...]:
        rows = {key: Row(_texts(row), tuple(self._positions[key])) for key, row in self._sessions.items()}
        return (Table(NAME, COLUMNS, rows),)

    def add(self, event: Event) -> None:
        data, key = event.data, (event.tenant, event.id)
        if data["sessionId"] != event.id:
            raise Unfoldable(f"an event of session {data['sessionId']} stands in {event.stream}")
        if event.type == "SessionStarted":
            row: dict[str, Any] = {
                "tenant_id": event.tenant,
                "id": event.id,
                "client_id": event.metadata.get("clientId"),
                "user_id": data["userId"],
                "application_id": data["applicationId"],
                "device": data["device"],
                "address": data["address"],
                # Of the first version, which did not say.
                "methods": data.get("methods", []),
                "started_at": event.recorded_at,
                "ended_at": None,
            }
        elif key in self._sessions:
            row = self._sessions[key] | {"ended_at": event.recorded_at}
        else:
            raise Unfoldable(f"{event.type} of a session that never started")
        row |= {"state": _STATE_AFTER[event.type], "revision": event.revision, "position": event.position}
        self._sessions[key] = row
        self._positions.setdefault(key, []).append(event.position)


def _texts(row: dict[str, Any]) -> tuple[str | None, ...]:
    return tuple(json_text(row[column]) if column in _JSON else text(row[column]) for column in COLUMNS)
