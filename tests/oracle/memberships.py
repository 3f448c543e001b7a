"""What a person may do, and for whom."""

from __future__ import annotations

from .canonical import Row, json_text, text
from .history import Event
from .model import Table, Unfoldable

NAME = "memberships"
TOPIC = "events"
ASSIGNED = "MembershipAssigned"
REVOKED = "MembershipRevoked"
TYPES = frozenset({ASSIGNED, REVOKED})
COLUMNS = (
    "tenant_id",
    "id",
    "client_id",
    "roles",
    "custom_roles",
    "clients",
    "is_revoked",
    "revision",
    "position",
    "changed_at",
)
KEY = ("id",)
_IS_REVOKED = COLUMNS.index("is_revoked")


class Fold:
    def __init__(self) -> None:
        self._table = Table(NAME, COLUMNS)
        self.tables: tuple[Table, ...] = (self._table,)

    def add(self, event: Event) -> None:
        data, key = event.data, (event.tenant, event.id)
        if data["userId"] != event.id:
            raise Unfoldable(f"an event of user {data['userId']} stands in {event.stream}")
        before = self._table.rows.get(key)
        if event.type == ASSIGNED:
            said = (event.tenant, event.id, data["clientId"])
            rights = tuple(json_text(data[name]) for name in ("roles", "customRoles", "clients"))
            values = (*said, *rights)
        elif before is not None:
            values = before.values[:_IS_REVOKED]
        else:
            raise Unfoldable("a membership was revoked that was never assigned")
        now = (text(event.revision), text(event.position), event.recorded_at)
        events = (*before.events, event.position) if before else (event.position,)
        self._table.rows[key] = Row((*values, text(event.type == REVOKED), *now), events)
