"""What operators ordered about rebuilds of read models."""

from __future__ import annotations

from .canonical import Row, text
from .history import Event
from .model import Table, Unfoldable

NAME = "rebuild-orders"
TOPIC = "events"
REQUEST = "RebuildRequested"
CUT_OVER = "CutOverRequested"
KINDS = {
    REQUEST: "build",
    "RebuildPaused": "pause",
    "RebuildResumed": "resume",
    "RebuildCancelled": "cancel",
    "RebuildVerificationRequested": "verify",
    CUT_OVER: "cut-over",
    "RollBackRequested": "roll-back",
    "RetirementRequested": "retire",
}
TYPES = frozenset(KINDS)
COLUMNS = (
    "tenant_id",
    "rebuild_id",
    "order_id",
    "client_id",
    "kind",
    "model",
    "definition",
    "workers",
    "accepted_difference",
    "reason",
    "ordered_by",
    "ordered_at",
    "position",
)
KEY = ("rebuild_id", "order_id")


class Fold:
    def __init__(self) -> None:
        self._table = Table(NAME, COLUMNS)
        self.tables: tuple[Table, ...] = (self._table,)

    def add(self, event: Event) -> None:
        data, requests = event.data, event.type == REQUEST
        if event.id != data["rebuildId"]:
            raise Unfoldable(f"an order about {data['rebuildId']} stands in {event.stream}")
        values = (
            event.tenant,
            event.id,
            data["orderId"],
            event.metadata.get("clientId"),
            KINDS[event.type],
            data["model"],
            text(data["definition"]) if requests else None,
            text(data["workers"]) if requests else None,
            data["acceptedDifference"] if event.type == CUT_OVER else None,
            data["reason"],
            event.metadata["actor"],
            event.recorded_at,
            text(event.position),
        )
        self._table.rows[event.tenant, f"{event.id}/{data['orderId']}"] = Row(values, (event.position,))
