"""Agencies and their clients as they are now."""

from __future__ import annotations

from typing import Any

from .canonical import Key, Row, text
from .history import Event
from .model import Table, Unfoldable

NAME = "tenant-list"
TOPIC = "events"
STATE_AFTER = {
    "TenantProvisioned": "provisioning",
    "TenantActivated": "active",
    "TenantSuspended": "suspended",
    "TenantOffboarded": "offboarding",
}
RENAMED = "TenantRenamed"
TYPES = frozenset(STATE_AFTER) | {RENAMED}
COLUMNS = (
    "tenant_id",
    "id",
    "client_id",
    "agency_id",
    "name",
    "state",
    "reason",
    "revision",
    "position",
    "created_at",
    "changed_at",
)
KEY = ("id",)


class Fold:
    def __init__(self) -> None:
        self._tenants: dict[Key, dict[str, Any]] = {}
        self._positions: dict[Key, list[int]] = {}

    @property
    def tables(self) -> tuple[Table, ...]:
        rows = {
            key: Row(tuple(text(row[column]) for column in COLUMNS), tuple(self._positions[key]))
            for key, row in self._tenants.items()
        }
        return (Table(NAME, COLUMNS, rows),)

    def add(self, event: Event) -> None:
        data, key = event.data, (event.tenant, event.id)
        if data["tenantId"] != event.id:
            raise Unfoldable(f"an event of {data['tenantId']} stands in {event.stream}")
        if event.type == "TenantProvisioned":
            row: dict[str, Any] = dict.fromkeys(COLUMNS) | {
                "tenant_id": event.tenant,
                "id": event.id,
                "client_id": None if data["agencyId"] is None else event.id,
                "agency_id": data["agencyId"],
                "created_at": event.recorded_at,
            }
        elif key in self._tenants:
            row = dict(self._tenants[key])
        else:
            raise Unfoldable(f"{event.type} of an agency or client that was never set up")
        if "name" in data:
            row["name"] = data["name"]
        if event.type != RENAMED:
            row |= {"state": STATE_AFTER[event.type], "reason": data.get("reason")}
        row |= {"revision": event.revision, "position": event.position, "changed_at": event.recorded_at}
        self._tenants[key] = row
        self._positions.setdefault(key, []).append(event.position)
