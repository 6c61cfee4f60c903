"""From the body of a PUBLISH to a value, by topic. Never raises for what the body contains."""

from __future__ import annotations

from typing import Any, NamedTuple

from instagrapi.exceptions import RealtimeProtocolError
from instagrapi.realtime.protocol.payload import DEFAULT_MAX_INFLATED_SIZE, inflate, parse_json
from instagrapi.realtime.protocol.thrift import Struct, decode_struct
from instagrapi.realtime.wire.structs import GRAPHQL_EVENT, REGION_HINT, SKYWALKER_EVENT
from instagrapi.realtime.wire.topics import MQTToTTopics

_JSON_STARTS = b"{["
_ENVELOPES: dict[str, Struct] = {
    MQTToTTopics.GRAPHQL: GRAPHQL_EVENT,
    MQTToTTopics.REALTIME_SUB: GRAPHQL_EVENT,
    MQTToTTopics.PUBSUB: SKYWALKER_EVENT,
}
#: Topics whose bodies are structs, or may be.
_STRUCTS = _ENVELOPES.keys() | {MQTToTTopics.REGION_HINT}


class Decoded(NamedTuple):
    """A decoded body.

    Attributes:
        topic: where it came from.
        body: the value; for the thrift envelopes of topics 149, 9 and 88 ``{"topic": …, "payload": parsed}``; the
            inflated bytes when they are nothing known.
        problem: why it is not what the topic promises, or ``None``.
    """

    topic: str
    body: Any
    problem: str | None = None

    def __repr__(self) -> str:
        return f"Decoded(topic={self.topic!r}, problem={self.problem!r})"


def decode_realtime(topic: str, payload: bytes, max_size: int = DEFAULT_MAX_INFLATED_SIZE) -> Decoded:
    """Decodes a body of the realtime connection."""
    try:
        body = inflate(payload, max_size)
    except RealtimeProtocolError as error:
        return Decoded(topic, payload, str(error))
    if topic in _STRUCTS:
        envelope = _ENVELOPES.get(topic)
        if envelope is None:
            return _region_hint(topic, body)
        if body[:1] not in _JSON_STARTS:
            return _open_envelope(topic, envelope, body)
    try:
        return Decoded(topic, parse_json(body))
    except ValueError as error:
        return Decoded(topic, body, _reason(error))


def decode_fbns(topic: str, payload: bytes, max_size: int = DEFAULT_MAX_INFLATED_SIZE) -> Decoded:
    """Decodes a body of the push connection: JSON, in some builds behind two bytes of length."""
    try:
        body = inflate(payload, max_size)
    except RealtimeProtocolError as error:
        return Decoded(topic, payload, str(error))
    if len(body) > 2 and body[2:3] in (b"{", b"[") and int.from_bytes(body[:2], "big") == len(body) - 2:
        body = body[2:]
    try:
        return Decoded(topic, parse_json(body))
    except ValueError as error:
        return Decoded(topic, body, _reason(error))


def parse_value(value: Any) -> Any:
    """The value of a patch: usually a JSON text to be parsed once more, otherwise left as it is."""
    if type(value) is not str:
        return value
    try:
        return parse_json(value)
    except ValueError:
        return value


def _open_envelope(topic: str, envelope: Struct, body: bytes) -> Decoded:
    try:
        values = decode_struct(envelope, body)
    except RealtimeProtocolError as error:
        return Decoded(topic, body, str(error))
    inner = values.get("payload", b"")
    try:
        return Decoded(topic, {"topic": values.get("topic"), "payload": parse_json(inner)})
    except ValueError as error:
        text = inner.decode(errors="backslashreplace")
        return Decoded(topic, {"topic": values.get("topic"), "payload": text}, _reason(error))


def _region_hint(topic: str, body: bytes) -> Decoded:
    try:
        return Decoded(topic, decode_struct(REGION_HINT, body))
    except RealtimeProtocolError as error:
        return Decoded(topic, body, str(error))


def _reason(error: ValueError) -> str:
    """Why a text is no JSON, without repeating any of the text."""
    return f"not JSON ({getattr(error, 'msg', None) or type(error).__name__})"
