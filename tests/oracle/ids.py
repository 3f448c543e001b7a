"""Ids that follow from something: name-based UUIDs (RFC 9562, version 5) of a name that is written as JSON."""

from __future__ import annotations

import hashlib
from json.encoder import encode_basestring as _text

_COMMANDS = bytes.fromhex("b1205aa5c0de4e5d8a7c3f6d2e9b4a10")
_PARKED_STREAMS = bytes.fromhex("7d0f4c5e1b3a4e2f9c6d8a5b0e4f7c21")


def derived_id(command_id: str, what: str) -> str:
    """Of an event of a command, or of what it creates."""
    return _uuid(_COMMANDS, [command_id, what])


def parked_stream_id(model: str, version: int, stream: str) -> str:
    return _uuid(_PARKED_STREAMS, [model, version, stream])


def _uuid(namespace: bytes, name: list[str | int]) -> str:
    written = ",".join(_text(part) if isinstance(part, str) else str(part) for part in name)
    digest = bytearray(hashlib.sha1(namespace + f"[{written}]".encode("utf-8", "surrogatepass")).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x50
    digest[8] = digest[8] & 0x3F | 0x80
    text = digest.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
