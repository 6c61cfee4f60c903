"""Bodies as the broker publishes them, composed by hand: nothing of the package takes part."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import Any


def varint(number: int) -> bytes:
    """An unsigned number in groups of seven bits, the least significant first."""
    groups = bytearray()
    while number > 0x7F:
        groups.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes((*groups, number))


def thrift_text(value: str | bytes) -> bytes:
    """Length and bytes of a string."""
    raw = value.encode() if isinstance(value, str) else value
    return varint(len(raw)) + raw


def graphql(topic: str, payload: Any) -> bytes:
    """The envelope of topic 149: string 1 is the query id or ``direct``, string 2 is JSON (or bytes as they are)."""
    return zlib.compress(b"\x18" + thrift_text(topic) + b"\x18" + thrift_text(_json(payload)) + b"\0")


def skywalker(kind: int, payload: Any) -> bytes:
    """The envelope of topic 88: i32 1 is the type, string 2 is JSON (or bytes as they are)."""
    return zlib.compress(b"\x15" + varint(kind << 1) + b"\x18" + thrift_text(_json(payload)) + b"\0")


def region_hint(hint: str) -> bytes:
    """The body of topic 150."""
    return zlib.compress(b"\x18" + thrift_text(hint) + b"\0")


def deflated(payload: Any) -> bytes:
    """JSON (or bytes as they are), deflated."""
    return zlib.compress(_json(payload))


def patch(path: str, value: Any = None, op: str = "add", **more: Any) -> dict[str, Any]:
    """One operation, its value as JSON text; without a value when it is ``None``."""
    operation: dict[str, Any] = {"op": op, "path": path}
    if value is not None:
        operation["value"] = value if isinstance(value, str) else json.dumps(value)
    return {**operation, **more}


def element(*patches: Any, **more: Any) -> dict[str, Any]:
    """One element of a message-sync body."""
    meta = {"event": "patch", "message_type": 1, "seq_id": 41, "mutation_token": None, "realtime": True}
    return {**meta, **more, "data": list(patches)}


def encode(record: Mapping[str, Any], raw: bytes | None) -> bytes:
    """A labelled payload as its ``encoding`` says; ``raw`` are the bytes of those that are no JSON."""
    payload, encoding = record["payload"], record["encoding"]
    if encoding == "json":
        return deflated(payload)
    if encoding == "thrift_graphql":
        return graphql(payload["topic"], payload["payload"].encode())
    if encoding == "thrift_skywalker":
        return skywalker(payload["topic"], payload["payload"].encode())
    if encoding == "thrift_region_hint":
        return region_hint(payload["hint"])
    assert raw is not None, f"unknown encoding {encoding}"
    return raw if encoding == "raw" else zlib.compress(raw)


def _json(payload: Any) -> bytes:
    return payload if isinstance(payload, bytes) else json.dumps(payload, ensure_ascii=False).encode()
