from __future__ import annotations

import json
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instagrapi.realtime.protocol.payload import deflate
from instagrapi.realtime.wire.decode import Decoded, decode_fbns, decode_realtime, parse_value
from instagrapi.realtime.wire.topics import FBNSTopics, MQTToTTopics
from tests.support.bodies import deflated, graphql, region_hint, skywalker, thrift_text
from tests.support.shared import cases, needs_shared, vector

ENVELOPES = ["149", "9", "88"]
ALL_TOPICS = [*MQTToTTopics, *FBNSTopics, "0", "999", "text", ""]

# --- realtime --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("topic", ["146", "133", "135", "34", "999"])
@pytest.mark.parametrize("wrap", [zlib.compress, bytes], ids=["deflated", "plain"])
def test_most_bodies_are_json(topic: str, wrap: Any) -> None:
    assert decode_realtime(topic, wrap(b'[{"seq_id":1}]')) == Decoded(topic, [{"seq_id": 1}])


@pytest.mark.parametrize("topic", ["149", "9"])
def test_a_graphql_body_is_an_envelope_around_json(topic: str) -> None:
    body = graphql("17846944882223835", {"presence_event": {}})
    assert decode_realtime(topic, body) == Decoded(
        topic, {"topic": "17846944882223835", "payload": {"presence_event": {}}}
    )


def test_a_pubsub_body_is_an_envelope_with_a_number() -> None:
    assert decode_realtime("88", skywalker(2, {"data": []})) == Decoded("88", {"topic": 2, "payload": {"data": []}})


@pytest.mark.parametrize("topic", ENVELOPES)
@pytest.mark.parametrize("body", [{"event": "patch", "data": []}, []])
def test_an_envelope_may_be_missing(topic: str, body: Any) -> None:
    assert decode_realtime(topic, deflated(body)) == Decoded(topic, body)


def test_a_region_hint_is_a_struct_with_one_text() -> None:
    assert decode_realtime("150", region_hint("FRC")) == Decoded("150", {"hint": "FRC"})
    assert decode_realtime("150", region_hint("")) == Decoded("150", {"hint": ""})


def test_fields_of_an_envelope_may_come_in_any_order_and_with_company() -> None:
    body = b"\x28" + thrift_text("[1]") + b"\x17" + bytes(8) + b"\x08\x02" + thrift_text("direct") + b"\x00trailing"
    assert decode_realtime("149", body) == Decoded("149", {"topic": "direct", "payload": [1]})


@pytest.mark.parametrize(
    ("topic", "payload", "body"),
    [
        ("146", deflated(b"{broken"), b"{broken"),
        ("146", b"", b""),
        ("146", deflate(b'"\xff"'), b'"\xff"'),
        ("146", b"9" * 5000, b"9" * 5000),
        ("146", b"[" * 50_000, b"[" * 50_000),
        ("149", deflated(b"{broken"), b"{broken"),
        ("149", b"\x18\x05abc", b"\x18\x05abc"),
        ("149", b"", b""),
        ("149", graphql("direct", b"{broken"), {"topic": "direct", "payload": "{broken"}),
        ("149", graphql("direct", b"\xff"), {"topic": "direct", "payload": "\\xff"}),
        ("149", b"\0", {"topic": None, "payload": ""}),
        ("88", skywalker(1, b"no json"), {"topic": 1, "payload": "no json"}),
        ("150", b"FRC", b"FRC"),
        ("150", b'{"hint":"FRC"}', b'{"hint":"FRC"}'),
    ],
)
def test_what_is_not_as_promised_is_handed_on_with_the_reason(topic: str, payload: bytes, body: Any) -> None:
    decoded = decode_realtime(topic, payload)
    assert decoded.body == body
    assert decoded.problem


def test_the_reason_repeats_nothing_of_the_body() -> None:
    for payload in (b"secret", b'{"secret" 1}', b'["secret"] secret', graphql("direct", b"secret")):
        for topic in ("146", "149"):
            assert "secret" not in str(decode_realtime(topic, payload).problem)


@pytest.mark.parametrize("decode", [decode_realtime, decode_fbns])
def test_a_body_that_inflates_beyond_the_limit_is_left_deflated(decode: Any) -> None:
    payload = deflated([0] * 1000)
    decoded = decode("146", payload, 100)
    assert decoded.body == payload
    assert "100 bytes" in decoded.problem


@given(st.sampled_from(ALL_TOPICS), st.binary(max_size=80))
def test_no_bytes_raise(topic: str, data: bytes) -> None:
    for payload in (data, deflate(data)):
        for decode in (decode_realtime, decode_fbns):
            decoded = decode(topic, payload)
            assert decoded.topic == topic
            if isinstance(decoded.body, bytes):
                assert decoded.problem


@given(st.sampled_from(ENVELOPES), st.binary(max_size=40), st.binary(max_size=20))
def test_no_bytes_in_an_envelope_raise(topic: str, inner: bytes, tail: bytes) -> None:
    body = b"\x18" + thrift_text("direct") + b"\x18" + thrift_text(inner) + b"\0" + tail
    decoded = decode_realtime(topic, body)
    assert isinstance(decoded.body, dict)
    assert decoded.body.keys() == {"topic", "payload"}


# --- push ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrap", [zlib.compress, bytes], ids=["deflated", "plain"])
def test_push_bodies_are_json(wrap: Any) -> None:
    assert decode_fbns("80", wrap(b'{"token":"t"}')) == Decoded("80", {"token": "t"})


def test_push_bodies_may_stand_behind_their_length() -> None:
    assert decode_fbns("76", deflate(b"\0\2{}")) == Decoded("76", {})
    assert decode_fbns("76", deflate(b"\0\2[]")) == Decoded("76", [])
    assert decode_fbns("76", deflate(b"\0\3{}")).problem


# --- values of patches -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "parsed"),
    [
        ('{"a":1}', {"a": 1}),
        ("3", 3),
        ("29301319068610801628245323821358206", 29301319068610801628245323821358206),
        ("true", True),
        ("null", None),
        ('"text"', "text"),
        ("not json", "not json"),
        ("", ""),
        ("{", "{"),
        ("9" * 5000, "9" * 5000),
        ({"a": "1"}, {"a": "1"}),
        (["1"], ["1"]),
        (3, 3),
        (None, None),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_a_value_is_parsed_once_more_when_it_is_json(value: Any, parsed: Any) -> None:
    assert parse_value(value) == parsed


# --- what other implementations read ---------------------------------------------------------------------------------


@pytest.mark.parametrize("case", cases("instagram_mqtt_inbound_thrift"))
def test_inbound_structs_mean_what_they_mean_to_instagram_mqtt(case: dict[str, Any]) -> None:
    data, theirs = bytes.fromhex(case["hex"]), case["parsed"]
    message = theirs.get("message", theirs)
    if isinstance(message, str):
        expected = json.loads(message)  # the form without envelope
    elif "payload" in message:
        expected = {"topic": message["topic"], "payload": json.loads(message["payload"])}
    else:
        expected = message
    for payload in (data, deflate(data)):
        assert decode_realtime(case["topic"], payload) == Decoded(case["topic"], expected)


@needs_shared
def test_inbound_structs_mean_what_they_mean_to_mauigpapi() -> None:
    file = vector("mauigpapi_inbound_thrift")
    for name, theirs in file["parsed"].items():
        topic = {"region_hint": "150", "skywalker_direct": "88", "skywalker_live": "88"}.get(name, "149")
        decoded = decode_realtime(topic, bytes.fromhex(file["input"][name]))
        assert decoded.problem is None  # also where that client gives up
        if "error" not in theirs:
            assert decoded.body == {"topic": theirs["topic"], "payload": json.loads(theirs["payload"])}
