"""Values that must be unique in their tenant: held by one at a time, and released by whoever held them."""

from __future__ import annotations

from collections.abc import Iterator

from ..history import Event

TYPES = frozenset({"ValueClaimed", "ValueReleased"})


class ClaimRules:
    def __init__(self) -> None:
        self._holders: dict[str, str] = {}

    def check(self, event: Event) -> Iterator[str]:
        if event.type not in TYPES:
            return
        kind, holder = event.data["kind"], event.data["holder"]
        if event.category != "claim" or not event.id.startswith(f"{kind}:"):
            yield f"it claims a value of the kind {kind}"
        held_by = self._holders.get(event.stream)
        if event.type == "ValueReleased":
            if held_by != holder:
                yield f"the value is held by {held_by or 'nobody'}, not {holder}"
            self._holders.pop(event.stream, None)
        else:
            if held_by is not None:
                yield "the value was claimed before"
            self._holders[event.stream] = holder
