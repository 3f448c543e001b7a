"""Programs that may ask for access tokens, as they are now."""

from __future__ import annotations

from typing import Any

from .canonical import Key, Row, json_text, text
from .history import Event
from .model import Table, Unfoldable

NAME = "application-list"
TOPIC = "events"
TYPES = frozenset({"ApplicationRegistered", "ApplicationSecretRotated", "ApplicationRetired"})
COLUMNS = (
    "tenant_id",
    "id",
    "client_id",
    "title",
    "has_secret",
    "secret_version",
    "redirect_uris",
    "roles",
    "clients",
    "is_retired",
    "revision",
    "position",
    "created_at",
    "changed_at",
)
KEY = ("id",)
_JSON = {"redirect_uris", "roles", "clients"}


class Fold:
    def __init__(self) -> None:
        self._applications: dict[Key, dict[str, Any]] = {}
        self._positions: dict[Key, list[int]] = {}

    @property
    def tables(self) -> tuple[Table, ...]:
        rows = {key: Row(_texts(row), tuple(self._positions[key])) for key, row in self._applications.items()}
        return (Table(NAME, COLUMNS, rows),)

    def add(self, event: Event) -> None:
        data, key = event.data, (event.tenant, event.id)
        if data["applicationId"] != event.id:
            raise Unfoldable(f"an event of application {data['applicationId']} stands in {event.stream}")
        if event.type == "ApplicationRegistered":
            row: dict[str, Any] = {
                "tenant_id": event.tenant,
                "id": event.id,
                "client_id": event.metadata.get("clientId"),
                "title": data["title"],
                "has_secret": data["hasSecret"],
                "secret_version": 0,
                "redirect_uris": data["redirectUris"],
                "roles": data["roles"],
                "clients": data["clients"],
                "is_retired": False,
                "created_at": event.recorded_at,
            }
        elif key in self._applications:
            row = dict(self._applications[key])
        else:
            raise Unfoldable(f"{event.type} of an application that was never registered")
        if event.type == "ApplicationSecretRotated":
            row["secret_version"] = data["secretVersion"]
        if event.type == "ApplicationRetired":
            row["is_retired"] = True
        row |= {"revision": event.revision, "position": event.position, "changed_at": event.recorded_at}
        self._applications[key] = row
        self._positions.setdefault(key, []).append(event.position)


def _texts(row: dict[str, Any]) -> tuple[str | None, ...]:
    return tuple(json_text(row[column]) if column in _JSON else text(row[column]) for column in COLUMNS)
