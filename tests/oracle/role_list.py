"""The roles that an agency made for itself, as they are now."""

from __future__ import annotations

from typing import Any

from .canonical import Key, Row, json_text, text
from .history import Event
from .model import Table, Unfoldable

NAME = "role-list"
TOPIC = "events"
TYPES = frozenset({"RoleDefined", "RoleRevised", "RoleRetired"})
COLUMNS = (
    "tenant_id",
    "id",
    "client_id",
    "name",
    "permissions",
    "is_retired",
    "revision",
    "position",
    "created_at",
    "changed_at",
)
KEY = ("id",)


class Fold:
    def __init__(self) -> None:
        self._roles: dict[Key, dict[str, Any]] = {}
        self._positions: dict[Key, list[int]] = {}

    @property
    def tables(self) -> tuple[Table, ...]:
        rows = {
            key: Row(
                tuple(json_text(row[column]) if column == "permissions" else text(row[column]) for column in COLUMNS),
                tuple(self._positions[key]),
            )
            for key, row in self._roles.items()
        }
        return (Table(NAME, COLUMNS, rows),)

    def add(self, event: Event) -> None:
        data, key = event.data, (event.tenant, event.id)
        if data["roleId"] != event.id:
            raise Unfoldable(f"an event of role {data['roleId']} stands in {event.stream}")
        if event.type == "RoleDefined":
            row: dict[str, Any] = {
                "tenant_id": event.tenant,
                "id": event.id,
                "client_id": event.metadata.get("clientId"),
                "created_at": event.recorded_at,
            }
        elif key in self._roles:
            row = dict(self._roles[key])
        else:
            raise Unfoldable(f"{event.type} of a role that was never defined")
        if event.type != "RoleRetired":
            row |= {"name": data["name"], "permissions": data["permissions"]}
        row |= {
            "is_retired": event.type == "RoleRetired",
            "revision": event.revision,
            "position": event.position,
            "changed_at": event.recorded_at,
        }
        self._roles[key] = row
        self._positions.setdefault(key, []).append(event.position)
