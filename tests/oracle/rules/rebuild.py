"""Orders about rebuilds: whether one still fits is the runner's to say, but each is about a rebuild that was ordered."""

from __future__ import annotations

from collections.abc import Iterator

from ..history import Event
from ..ids import derived_id
from ..rebuild_orders import CUT_OVER, REQUEST, TYPES


class RebuildRules:
    def __init__(self) -> None:
        #: The model of each rebuild, by its stream.
        self._models: dict[str, str] = {}

    def check(self, event: Event) -> Iterator[str]:
        if event.type not in TYPES:
            return
        data, known = event.data, self._models.get(event.stream)
        if event.category != "rebuild" or event.id != data["rebuildId"]:
            yield f"it is about the rebuild {data['rebuildId']}, whose orders stand in the stream of that id"
        if data["orderId"] != event.metadata["commandId"]:
            yield f"the order {data['orderId']} does not follow from the command"
        if event.metadata.get("clientId") is not None:
            yield "an order is the agency's, not a client's"
        if event.type == REQUEST:
            yield from self._begin(event, known)
        elif known != data["model"]:
            yield f"there is no rebuild {data['rebuildId']} of {data['model']}"
        if event.type == CUT_OVER and data["acceptedDifference"] is not None and data["reason"] is None:
            yield "a difference is accepted without a reason"

    def _begin(self, event: Event, known: str | None) -> Iterator[str]:
        if known is not None:
            yield "the rebuild was ordered before"
        if event.data["rebuildId"] != derived_id(event.metadata["commandId"], "rebuild"):
            yield f"the id {event.data['rebuildId']} does not follow from the command"
        if event.data["workers"] < 1:
            yield f"{event.data['workers']} workers cannot fill it"
        self._models[event.stream] = event.data["model"]
