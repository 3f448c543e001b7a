"""Who did what, when, from where and for whom: every fact, but for the claims that stand beside one."""

from __future__ import annotations

from .canonical import Row, text
from .decisions import KNOWN
from .history import Event
from .model import Table, Unfoldable

NAME = "audit-trail"
TOPICS = ("events", "observations")
COLUMNS = (
    "tenant_id",
    "position",
    "ordinal",
    "client_id",
    "event_id",
    "type",
    "stream",
    "subject",
    "actor",
    "roles",
    "origin",
    "command_id",
    "correlation_id",
    "causation_id",
    "recorded_at",
)
KEY = ("position", "ordinal")
TYPES = KNOWN - {"ValueClaimed", "ValueReleased"}


class Fold:
    def __init__(self) -> None:
        self._table = Table(NAME, COLUMNS)
        self.tables: tuple[Table, ...] = (self._table,)

    def add(self, event: Event) -> None:
        metadata = event.metadata
        for ordinal, subject in enumerate(_subjects(event)):
            values = (
                event.tenant,
                text(event.position),
                text(ordinal),
                metadata.get("clientId"),
                event.event_id,
                event.type,
                event.stream,
                subject,
                metadata["actor"],
                metadata.get("roles"),
                metadata.get("origin"),
                metadata["commandId"],
                metadata["correlationId"],
                metadata["causationId"],
                event.recorded_at,
            )
            self._table.rows[event.tenant, f"{event.position}/{ordinal}"] = Row(values, (event.position,))


def _subjects(event: Event) -> list[str]:
    if event.type == "PersonalDataRead":
        return list(event.data["subjects"])
    if "userId" in event.data:
        return [event.data["userId"]]
    if not event.id:
        raise Unfoldable(f"{event.stream} is no stream of the system")
    return [event.id]
