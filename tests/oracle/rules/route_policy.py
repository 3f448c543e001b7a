"""A route policy is written as a draft, published as it is, and retired; and it contradicts itself nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..history import Event
from ..ids import derived_id
from ..route_policies import TYPES, WRITTEN

_FROM = {
    "RoutePolicyDrafted": (None,),
    "RoutePolicyRevised": ("draft",),
    "RoutePolicyPublished": ("draft",),
    "RoutePolicyRetired": ("draft", "published"),
}
_TO = {"RoutePolicyPublished": "published", "RoutePolicyRetired": "retired"}


class RoutePolicyRules:
    def __init__(self) -> None:
        #: State and what it says, by stream.
        self._states: dict[str, str] = {}
        self._said: dict[str, tuple[str, Any]] = {}

    def check(self, event: Event) -> Iterator[str]:
        if event.type not in TYPES:
            return
        data, state = event.data, self._states.get(event.stream)
        if event.category != "routePolicy" or event.id != data["policyId"]:
            yield f"it is about the route policy {data['policyId']}, whose stream is of that id"
        if event.metadata.get("clientId") is not None:
            yield "a route policy is no client's"
        if state not in _FROM[event.type]:
            yield f"the route policy is {state or 'not written yet'}"
        if event.type == "RoutePolicyDrafted" and event.id != derived_id(event.metadata["commandId"], "routePolicy"):
            yield f"the id {event.id} does not follow from the command"
        if event.type in WRITTEN:
            said = (data["title"], data["policy"])
            if said == self._said.get(event.stream):
                yield "it says what it said before"
            self._said[event.stream] = said
            yield from _contradictions(data["policy"])
        self._states[event.stream] = _TO.get(event.type, "draft")


def _contradictions(policy: dict[str, Any]) -> Iterator[str]:
    limits = [limit["limit"] for limit in policy["limits"]]
    plans = [plan["plan"] for plan in policy["plans"]]
    if len({*limits, *plans}) < len(limits) + len(plans):
        yield "two of its limits and plans have one name"
    places = [(route["prefix"], method) for route in policy["routes"] for method in route["methods"] or ["any"]]
    if len(set(places)) < len(places):
        yield "two of its routes publish the same"
    tenants = [tenant for plan in policy["plans"] for tenant in plan["tenants"] or ["every other"]]
    if len(set(tenants)) < len(tenants):
        yield "two of its plans are for the same tenant"
    for route in policy["routes"]:
        if not set(route["limits"]) <= set(limits):
            yield f"the route {route['prefix']} names a limit that is not there"
