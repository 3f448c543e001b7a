"""Whose an event is, where it stands in its stream, and that each command took effect at most once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ..history import Event
from ..ids import derived_id

_LONGEST_STREAM = 2_000
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
_FIELDS = ("tenantId", "actor", "commandId", "correlationId", "causationId", "recordedAt", "schemaVersion")


@dataclass(slots=True)
class _Stream:
    revision: int = -1
    command: str = ""
    body: str = ""
    #: Number of the last event within its command.
    n: int = -1
    commands: set[str] = field(default_factory=set)


class Envelope:
    def __init__(self) -> None:
        self._streams: dict[str, _Stream] = {}
        self._ids: set[str] = set()
        #: The one stream on which a command took effect; claims that it took along are streams beside it.
        self._taken: dict[str, str] = {}

    @property
    def commands(self) -> int:
        return len(self._taken)

    def check(self, event: Event) -> Iterator[str]:
        if event.event_id in self._ids:
            yield f"the event id {event.event_id} is recorded already"
        self._ids.add(event.event_id)
        stream = self._streams.setdefault(event.stream, _Stream())
        if event.revision != stream.revision + 1:
            yield f"revision {event.revision} follows {stream.revision}"
        if event.revision >= _LONGEST_STREAM:
            yield f"the stream has more than {_LONGEST_STREAM} events"
        stream.revision = event.revision

        if not event.category:
            yield "the stream is none of the system's"
            return
        missing = [name for name in _FIELDS if not isinstance(event.metadata.get(name), str)]
        if missing:
            yield f"the metadata lack {', '.join(missing)}"
            return
        if event.metadata["tenantId"] != event.tenant:
            yield f"it is of the tenant {event.metadata['tenantId']}, in a stream of another"
        if not _INSTANT.fullmatch(event.recorded_at):
            yield f"it was recorded at {event.recorded_at!r}, which is no instant"
        if event.metadata["schemaVersion"] != "1":
            yield f"the oracle does not know version {event.metadata['schemaVersion']} of it"
        yield from self._check_command(event, stream)

    def _check_command(self, event: Event, stream: _Stream) -> Iterator[str]:
        command, body = event.metadata["commandId"], event.metadata.get("bodyHash", "")
        if command == stream.command:
            stream.n += 1
            if body != stream.body:
                yield f"command {command} says something else than in its event before"
        else:
            if command in stream.commands:
                yield f"command {command} took effect twice"
            stream.n = 0
        stream.command, stream.body = command, body
        stream.commands.add(command)

        within = f"{event.stream}/" if event.category == "claim" else ""
        if event.event_id != derived_id(command, f"{body}/{within}{stream.n}"):
            yield f"its id does not follow from command {command}, number {stream.n}"
        if event.category != "claim":
            other = self._taken.setdefault(command, event.stream)
            if other != event.stream:
                yield f"command {command} took effect on {other} already"
