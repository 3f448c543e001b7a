"""How far a version is, and whether it has counted every event: applied, parked, skipped or not applicable."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Set
from dataclasses import dataclass, field
from typing import Any

from .databases import Version
from .history import Event
from .partitions import partition_of, topic_of


@dataclass
class Progress:
    """The events that count for a version."""

    #: Those that the model reads, up to where it is (or all), without what is parked or skipped.
    applied: list[Event] = field(default_factory=list)
    #: Partitions that are not at the end.
    behind: list[dict[str, int]] = field(default_factory=list)
    #: What does not add up, in words.
    wrong: list[str] = field(default_factory=list)

    def __add__(self, other: Progress) -> Progress:
        """Of a model that reads both topics."""
        return Progress(self.applied + other.applied, self.behind + other.behind, self.wrong + other.wrong)


def split(events: Iterable[Event], partitions: int) -> dict[str, dict[int, list[Event]]]:
    """Events by topic and partition."""
    split: dict[str, dict[int, list[Event]]] = defaultdict(lambda: defaultdict(list))
    for event in events:
        split[topic_of(event)][partition_of(event, partitions)].append(event)
    return split


def progress(
    version: Version,
    types: Set[str],
    of_partition: dict[int, list[Event]],
    orders: Iterable[Event],
    at_checkpoints: bool,
) -> Progress:
    """What a version must have made of its topic, given the orders of operators to skip something."""
    result = Progress()
    skipped = _skipped(version, orders)
    unknown = set(version.parked)
    for partition in sorted(of_partition.keys() | version.checkpoints.keys()):
        events = of_partition.get(partition, [])
        passed = version.position(partition)
        handled = [
            event for event in events if event.type in types and not (at_checkpoints and event.position > passed)
        ]
        unknown -= {event.position for event in handled}
        _apply(result, version, handled, skipped)
        _check_counts(result, version, partition, events, types, skipped)
    for position in sorted(unknown):
        result.wrong.append(f"position {position} is parked, but no event that the model reads is there")
    return result


def _apply(result: Progress, version: Version, events: list[Event], skipped: Set[int]) -> None:
    parked_streams: set[str] = set()
    for event in events:
        if event.position in skipped:
            continue
        if event.position in version.parked:
            parked_streams.add(event.stream)
            continue
        if event.stream in parked_streams:
            result.wrong.append(f"position {event.position} of {event.stream} is not parked behind an earlier one")
        result.applied.append(event)


def _skipped(version: Version, orders: Iterable[Event]) -> set[int]:
    """Positions that the version does without, since operators ordered it and runners carried it out."""
    return {
        order.data["position"]
        for order in orders
        if order.data.get("orderId") in version.orders_carried_out
        and (order.data["model"], order.data["version"]) == (version.model, version.number)
    }


def _check_counts(
    result: Progress, version: Version, partition: int, events: list[Event], types: Set[str], skipped: Set[int]
) -> None:
    position = version.position(partition)
    if events and events[-1].position > position:
        result.behind.append({"partition": partition, "checkpoint": position, "end": events[-1].position})
    if partition not in version.checkpoints:
        return
    passed = [event for event in events if event.position <= position]
    parked = sum(1 for each in version.parked.values() if each == partition)
    handled = sum(1 for event in passed if event.type in types)
    without = sum(1 for event in passed if event.position in skipped)
    expected = {
        "applied": handled - parked - without,
        "parked": parked,
        "not_applicable": len(passed) - handled,
        "skipped": without,
    }
    counted: dict[str, Any] = {"skipped": 0, **version.checkpoints[partition]}
    differing = [f"{name} {counted[name]} instead of {n}" for name, n in expected.items() if counted[name] != n]
    if differing:
        result.wrong.append(f"partition {partition} counts {', '.join(differing)}")
    if position >= 0 and (not passed or passed[-1].position != position):
        result.wrong.append(f"partition {partition} stands at {position}, where none of its events is")
