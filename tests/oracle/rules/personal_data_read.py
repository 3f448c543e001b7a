"""Readings of personal data: each stands alone, and says about whom."""

from __future__ import annotations

from collections.abc import Iterator

from ..history import Event
from ..ids import derived_id

TYPES = frozenset({"PersonalDataRead"})


class PersonalDataReadRules:
    def check(self, event: Event) -> Iterator[str]:
        if event.type not in TYPES:
            return
        if event.category != "personalDataRead" or event.data["readId"] != event.id:
            yield f"it is the reading {event.data['readId']}"
        if event.id != derived_id(event.metadata["commandId"], "read"):
            yield "the reading's id does not follow from the command"
        if event.revision != 0:
            yield "a reading happens once"
        subjects = event.data["subjects"]
        if not subjects or subjects != sorted(set(subjects)):
            yield f"it names {len(subjects)} people, not each once and in order"
