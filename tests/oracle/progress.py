"""How far a version is, and whether it has counted every event: applied, parked, skipped or not applicable."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from .databases import Version
from .history import Event
from .parking_orders import SKIP
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


def progress(
    version: Version, topic: str, types: Set[str], events: Sequence[Event], partitions: int, at_checkpoints: bool
) -> Progress:
    result = Progress()
    skipped = _skipped(version, events)
    of_partition: dict[int, list[Event]] = defaultdict(list)
    parked_streams: set[str] = set()
    unknown = dict(version.parked)
    for event in events:
        if topic_of(event) != topic:
            continue
        partition = partition_of(event, partitions)
        of_partition[partition].append(event)
        if event.type not in types or (at_checkpoints and event.position > version.position(partition)):
            continue
        if event.position in skipped:
            continue
        if event.position in version.parked:
            unknown.pop(event.position)
            parked_streams.add(event.stream)
            continue
        if event.stream in parked_streams:
            result.wrong.append(f"position {event.position} of {event.stream} is not parked behind an earlier one")
        result.applied.append(event)
    for position in unknown:
        result.wrong.append(f"position {position} is parked, but no event that the model reads is there")
    for partition in sorted(of_partition.keys() | version.checkpoints.keys()):
        _check_partition(result, version, partition, of_partition[partition], types, skipped)
    return result


def _skipped(version: Version, events: Iterable[Event]) -> set[int]:
    """Positions that the version does without, since operators ordered it and runners carried it out."""
    return {
        event.data["position"]
        for event in events
        if event.type == SKIP
        and event.data.get("orderId") in version.orders_carried_out
        and (event.data["model"], event.data["version"]) == (version.model, version.number)
    }


def _check_partition(
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
