"""Orders about parked streams: whether one still fits is the runner's to say, so that any order may be given."""

from __future__ import annotations

from collections.abc import Iterator

from ..history import Event
from ..ids import parked_stream_id
from ..parking_orders import TYPES


class ParkedStreamRules:
    def check(self, event: Event) -> Iterator[str]:
        if event.type not in TYPES:
            return
        data = event.data
        id_ = parked_stream_id(data["model"], data["version"], data["stream"])
        if event.category != "parkedStream" or event.id != id_:
            yield f"it is about {data['stream']}, whose orders stand in the stream of {id_}"
        if f"-{event.tenant}." not in data["stream"]:
            yield f"{data['stream']} is not of the tenant"
        if data["orderId"] != event.metadata["commandId"]:
            yield f"the order {data['orderId']} does not follow from the command"
        if event.metadata.get("clientId") is not None:
            yield "an order is the agency's, not a client's"
