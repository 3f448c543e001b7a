"""A rule remembers what it must of the events before, and says what is wrong with the next one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from ..history import Event


class Rule(Protocol):
    def check(self, event: Event) -> Iterator[str]:
        """What is wrong with the event, in words; a KeyError or TypeError says that it lacks something."""


def utf16(text: str) -> bytes:
    """By which texts are ordered as the system orders them: by UTF-16 units."""
    return text.encode("utf-16-be", "surrogatepass")
