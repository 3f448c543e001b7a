"""Route policies as they are now."""

from __future__ import annotations

from typing import Any

from .canonical import Key, Row, json_text, text
from .history import Event
from .model import Table, Unfoldable

NAME = "route-policies"
TOPIC = "events"
WRITTEN = frozenset({"RoutePolicyDrafted", "RoutePolicyRevised"})
STATE_AFTER = {"RoutePolicyPublished": "published", "RoutePolicyRetired": "retired"}
TYPES = WRITTEN | frozenset(STATE_AFTER)
COLUMNS = (
    "tenant_id",
    "id",
    "client_id",
    "title",
    "state",
    "policy",
    "published_position",
    "revision",
    "position",
    "created_at",
    "changed_at",
)
KEY = ("id",)


class Fold:
    def __init__(self) -> None:
        self._policies: dict[Key, dict[str, Any]] = {}
        self._positions: dict[Key, list[int]] = {}

    @property
    def tables(self) -> tuple[Table, ...]:
        rows = {
            key: Row(
                tuple(json_text(row[column]) if column == "policy" else text(row[column]) for column in COLUMNS),
                tuple(self._positions[key]),
            )
            for key, row in self._policies.items()
        }
        return (Table(NAME, COLUMNS, rows),)

    def add(self, event: Event) -> None:
        data, key = event.data, (event.tenant, event.id)
        if data["policyId"] != event.id:
            raise Unfoldable(f"an event of route policy {data['policyId']} stands in {event.stream}")
        if event.type == "RoutePolicyDrafted":
            before: dict[str, Any] = dict.fromkeys(COLUMNS) | {
                "tenant_id": event.tenant,
                "id": event.id,
                "client_id": event.metadata.get("clientId"),
                "state": "draft",
                "created_at": event.recorded_at,
            }
        elif key in self._policies:
            before = self._policies[key]
        else:
            raise Unfoldable(f"{event.type} of a route policy that was never written")
        said: dict[str, Any] = {"revision": event.revision, "position": event.position, "changed_at": event.recorded_at}
        if event.type in WRITTEN:
            said |= {"title": data["title"], "policy": data["policy"]}
        else:
            said["state"] = STATE_AFTER[event.type]
        if event.type == "RoutePolicyPublished":
            said["published_position"] = event.position
        self._policies[key] = before | said
        self._positions.setdefault(key, []).append(event.position)
