"""What operators ordered about parked streams."""

from __future__ import annotations

from .canonical import Row, text
from .history import Event
from .ids import parked_stream_id
from .model import Table, Unfoldable

NAME = "parking-orders"
TOPIC = "events"
SKIP = "ParkedEventSkipRequested"
TYPES = frozenset({"ParkedStreamRedriveRequested", SKIP})
COLUMNS = (
    "tenant_id",
    "parked_stream_id",
    "order_id",
    "client_id",
    "kind",
    "model",
    "version",
    "stream",
    "skip_position",
    "reason",
    "ordered_by",
    "ordered_at",
    "position",
)
KEY = ("parked_stream_id", "order_id")


class Fold:
    def __init__(self) -> None:
        self._table = Table(NAME, COLUMNS)
        self.tables: tuple[Table, ...] = (self._table,)

    def add(self, event: Event) -> None:
        data, skip = event.data, event.type == SKIP
        if event.id != parked_stream_id(data["model"], data["version"], data["stream"]):
            raise Unfoldable(f"an order about {data['stream']} stands in {event.stream}")
        if f"-{event.tenant}." not in data["stream"]:
            raise Unfoldable(f"{data['stream']} is not of the tenant")
        values = (
            event.tenant,
            event.id,
            data["orderId"],
            event.metadata.get("clientId"),
            "skip" if skip else "redrive",
            data["model"],
            text(data["version"]),
            data["stream"],
            text(data["position"]) if skip else None,
            data["reason"],
            event.metadata["actor"],
            event.recorded_at,
            text(event.position),
        )
        self._table.rows[event.tenant, f"{event.id}/{data['orderId']}"] = Row(values, (event.position,))
