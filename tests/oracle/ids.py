"""Ids that follow from a command: name-based UUIDs (RFC 9562, version 5) of `[commandId, what]`, written as JSON."""

from __future__ import annotations

import hashlib
import json

_NAMESPACE = bytes.fromhex("b1205aa5c0de4e5d8a7c3f6d2e9b4a10")


def derived_id(command_id: str, what: str) -> str:
    name = json.dumps([command_id, what], separators=(",", ":"), ensure_ascii=False).encode()
    digest = bytearray(hashlib.sha1(_NAMESPACE + name).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x50
    digest[8] = digest[8] & 0x3F | 0x80
    text = digest.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
