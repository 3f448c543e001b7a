"""Which partition of which topic an event travels on: the key's murmur2, as every Kafka client computes it."""

from __future__ import annotations

from functools import lru_cache

from .history import Event


def topic_of(event: Event) -> str:
    return "observations" if event.category == "adAccountDay" else "events"


def partition_of(event: Event, partitions: int) -> int:
    return partition_of_key(_key_of(event), partitions)


def _key_of(event: Event) -> str:
    if not event.category:
        return event.stream
    return event.id.split(":", 1)[0] if event.category == "adAccountDay" else event.tenant


@lru_cache(maxsize=100_000)
def partition_of_key(key: str, partitions: int) -> int:
    return (murmur2(key.encode()) & 0x7FFFFFFF) % partitions


def murmur2(data: bytes) -> int:
    m, mask = 0x5BD1E995, 0xFFFFFFFF
    h = 0x9747B28C ^ len(data)
    whole = len(data) & ~3
    for i in range(0, whole, 4):
        k = int.from_bytes(data[i : i + 4], "little") * m & mask
        k = (k ^ k >> 24) * m & mask
        h = h * m & mask ^ k
    if whole < len(data):
        h = (h ^ int.from_bytes(data[whole:], "little")) * m & mask
    h = (h ^ h >> 13) * m & mask
    return h ^ h >> 15
