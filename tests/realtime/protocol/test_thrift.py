from __future__ import annotations

import contextlib
import math
import struct
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instagrapi.exceptions import ThriftDecodeError, ThriftEncodeError
from instagrapi.realtime.protocol.thrift import (
    MAX_DEPTH,
    MAX_TOTAL_ITEMS,
    Field,
    Kind,
    ListOf,
    MapOf,
    Struct,
    Type,
    decode_struct,
    encode_struct,
)
from tests.realtime.protocol import reference
from tests.support.bodies import varint
from tests.support.chunking import every_split
from tests.support.shared import cases

INNER = Struct("inner", Field(1, "number", Kind.I64), Field(9, "flag", Kind.BOOL))
EVERY = Struct(
    "every",
    Field(1, "flag", Kind.BOOL),
    Field(2, "byte", Kind.BYTE),
    Field(3, "short", Kind.I16),
    Field(4, "int", Kind.I32),
    Field(5, "long", Kind.I64),
    Field(6, "double", Kind.DOUBLE),
    Field(7, "text", Kind.TEXT),
    Field(8, "binary", Kind.BINARY),
    Field(9, "flags", ListOf(Kind.BOOL)),
    Field(10, "numbers", ListOf(Kind.I32)),
    Field(11, "texts", ListOf(Kind.TEXT)),
    Field(12, "structs", ListOf(INNER)),
    Field(13, "lists", ListOf(ListOf(Kind.BYTE))),
    Field(14, "map", MapOf(Kind.TEXT, Kind.TEXT)),
    Field(15, "maps", MapOf(Kind.I16, MapOf(Kind.TEXT, Kind.BOOL))),
    Field(40, "inner", INNER),
    Field(31, "back", Kind.I32),
    Field(-1, "negative", Kind.I32),
)

# --- the bytes of the compact protocol -------------------------------------------------------------------------------

BYTES: list[tuple[dict[str, Any], str]] = [
    ({}, "00"),
    ({"flag": True}, "11 00"),
    ({"flag": False}, "12 00"),
    ({"byte": 127}, "23 7f 00"),
    ({"byte": -1}, "23 ff 00"),
    ({"short": 1}, "34 02 00"),
    ({"short": -32768}, "34 ffff03 00"),
    ({"int": 0}, "45 00 00"),
    ({"int": -1}, "45 01 00"),
    ({"int": 64}, "45 8001 00"),
    ({"int": 2**31 - 1}, "45 feffffff0f 00"),
    ({"int": -(2**31)}, "45 ffffffff0f 00"),
    ({"long": 2**63 - 1}, "56 feffffffffffffffff01 00"),
    ({"long": -(2**63)}, "56 ffffffffffffffffff01 00"),
    ({"double": 1.5}, "67 000000000000f83f 00"),
    ({"text": ""}, "78 00 00"),
    ({"text": "é✓"}, "78 05 c3a9 e29c93 00"),
    ({"binary": b"\xff\x00"}, "88 02 ff00 00"),
    ({"binary": b"." * 128}, "88 8001" + "2e" * 128 + "00"),
    ({"flags": [True, False]}, "99 21 01 02 00"),
    ({"numbers": []}, "a9 05 00"),
    ({"numbers": [0] * 14}, "a9 e5" + "00" * 14 + "00"),
    ({"numbers": [0] * 15}, "a9 f5 0f" + "00" * 15 + "00"),
    ({"texts": ["a", "bc"]}, "b9 28 01 61 02 6263 00"),
    ({"structs": [{"number": 1}, {}]}, "c9 2c 16 02 00 00 00"),
    ({"lists": [[1], []]}, "d9 29 13 01 03 00"),
    ({"map": {}}, "eb 00 00"),
    ({"map": {"k": "v"}}, "eb 01 88 01 6b 01 76 00"),
    ({"maps": {1: {"a": True}, 2: {}}}, "fb 02 4b 02 01 81 01 61 01 04 00 00"),
    ({"flag": True, "text": "x"}, "11 68 01 78 00"),
    ({"int": 1, "inner": {"number": 1, "flag": True}, "back": 5}, "45 02 0c 50 16 02 81 00 05 3e 0a 00"),
    ({"negative": 5}, "05 01 0a 00"),
]


@pytest.mark.parametrize(("values", "data"), BYTES)
def test_a_struct_is_written_as_in_the_specification(values: dict[str, Any], data: str) -> None:
    assert encode_struct(EVERY, values) == bytes.fromhex(data)


@pytest.mark.parametrize(("values", "data"), BYTES)
def test_a_struct_is_read_as_in_the_specification(values: dict[str, Any], data: str) -> None:
    assert decode_struct(EVERY, bytes.fromhex(data)) == values


def test_fields_are_written_in_the_order_of_the_schema_and_not_of_the_values() -> None:
    forth, back = {"flag": True, "int": 1, "back": 2}, {"back": 2, "int": 1, "flag": True}
    assert encode_struct(EVERY, forth) == encode_struct(EVERY, back)


def test_a_map_keeps_its_order() -> None:
    pairs = {"z": "1", "a": "2", "m": "3"}
    assert list(decode_struct(EVERY, encode_struct(EVERY, {"map": pairs}))["map"]) == ["z", "a", "m"]


def test_fields_that_are_none_are_left_out() -> None:
    assert encode_struct(EVERY, {"flag": None, "int": 1, "text": None}) == encode_struct(EVERY, {"int": 1})


@pytest.mark.parametrize("element_type", ["1", "2"])
def test_either_type_of_bool_elements_is_read(element_type: str) -> None:
    data = bytes.fromhex(f"99 3{element_type} 01 02 00 00")
    assert decode_struct(EVERY, data) == {"flags": [True, False, False]}


def test_a_later_field_of_the_same_id_wins() -> None:
    assert decode_struct(EVERY, bytes.fromhex("45 02 05 08 04 00")) == {"int": 2}


def test_text_that_is_no_text_shows_its_bytes() -> None:
    assert decode_struct(EVERY, bytes.fromhex("78 03 61 ff 62 00")) == {"text": "a\\xffb"}


# --- against Apache Thrift -------------------------------------------------------------------------------------------

_KINDS: dict[str, Kind] = {
    "bool": Kind.BOOL,
    "byte": Kind.BYTE,
    "i16": Kind.I16,
    "i32": Kind.I32,
    "i64": Kind.I64,
    "double": Kind.DOUBLE,
    "string": Kind.TEXT,
}


def schema_of(fields: reference.Fields) -> Struct:
    """The schema of a described struct; a set is declared as a list, which is another type on the wire."""
    return Struct("case", *(Field(number, str(number), _type_of(kind, value)) for number, kind, value in fields))


def _type_of(kind: Any, value: Any) -> Type:
    if isinstance(kind, str):
        return _KINDS[kind]
    if kind[0] == "struct":
        return schema_of(value)
    if kind[0] == "map":
        return MapOf(_KINDS[kind[1]], _KINDS[kind[2]])
    return ListOf(_type_of(kind[1], value[0] if value else None))


def values_of(fields: reference.Fields) -> dict[str, Any]:
    return {str(number): _value_of(kind, value) for number, kind, value in fields}


def _value_of(kind: Any, value: Any) -> Any:
    if isinstance(kind, list) and kind[0] == "struct":
        return values_of(value)
    if isinstance(kind, list) and kind[0] == "list":
        return [_value_of(kind[1], element) for element in value]
    return value


def by_number(values: Mapping[str, Any]) -> dict[int, Any]:
    """What we read, in the shape in which the reference reads it."""

    def renamed(value: Any) -> Any:
        if isinstance(value, list):
            return [renamed(element) for element in value]
        numbered = isinstance(value, dict) and value and all(key.lstrip("-").isdecimal() for key in value)
        return by_number(value) if numbered else value

    return {int(number): renamed(value) for number, value in values.items()}


@pytest.mark.parametrize("case", cases("apache_thrift_compact_reference"))
def test_the_reference_structs_are_ours(case: dict[str, Any]) -> None:
    fields, data = case["fields"], bytes.fromhex(case["hex"])
    if any(kind[0] == "set" for _, kind, _ in fields):
        assert decode_struct(schema_of(fields), data) == {}  # no schema of ours has a set: skipped
        return
    schema, values = schema_of(fields), values_of(fields)
    assert encode_struct(schema, values) == data
    assert decode_struct(schema, data) == values
    assert by_number(values) == reference.read(fields, encode_struct(schema, values))
    assert decode_struct(schema, reference.write(fields)) == values


scalars: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.BOOL: st.booleans(),
    Kind.BYTE: st.integers(-(2**7), 2**7 - 1),
    Kind.I16: st.integers(-(2**15), 2**15 - 1),
    Kind.I32: st.integers(-(2**31), 2**31 - 1),
    Kind.I64: st.integers(-(2**63), 2**63 - 1),
    Kind.DOUBLE: st.floats(allow_nan=False),
    Kind.TEXT: st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    Kind.BINARY: st.binary(max_size=20),
}
keys = st.sampled_from([kind for kind in Kind if kind is not Kind.DOUBLE])
types: st.SearchStrategy[Type] = st.recursive(
    st.sampled_from(list(Kind)),
    lambda inner: (
        st.builds(ListOf, inner)
        | st.builds(MapOf, keys, inner)
        | st.dictionaries(st.integers(-50, 50), inner, max_size=4).map(
            lambda fields: Struct("nested", *(Field(number, f"f{number}", kind) for number, kind in fields.items()))
        )
    ),
    max_leaves=8,
)


def values_for(kind: Type) -> st.SearchStrategy[Any]:
    if isinstance(kind, Kind):
        return scalars[kind]
    if isinstance(kind, ListOf):
        return st.lists(values_for(kind.element), max_size=20)
    if isinstance(kind, MapOf):
        return st.dictionaries(values_for(kind.key), values_for(kind.value), max_size=4)
    return st.fixed_dictionaries({}, optional={field.name: values_for(field.type) for field in kind.fields})


@given(st.data())
def test_any_struct_comes_back_as_it_was(data: st.DataObject) -> None:
    kind = data.draw(types)
    schema = Struct("outer", Field(3, "value", kind), Field(1, "after", Kind.I32))
    values = {"value": data.draw(values_for(kind)), "after": 7}
    encoded = encode_struct(schema, values)
    assert decode_struct(schema, encoded + b"trailing") == values
    only_after = Struct("other", Field(1, "after", Kind.I32))
    assert decode_struct(only_after, encoded) == {"after": 7}


# --- strangers -------------------------------------------------------------------------------------------------------


def wrapped(field: list[Any]) -> reference.Fields:
    return [[99, "i32", 1], field, [100, "string", "end"]]


KNOWN = Struct("known", Field(99, "before", Kind.I32), Field(100, "after", Kind.TEXT))


@pytest.mark.parametrize("field", reference.STRANGERS, ids=lambda field: f"{field[0]}-{field[1]}")
def test_unknown_fields_of_any_type_are_skipped(field: list[Any]) -> None:
    assert decode_struct(KNOWN, reference.write(wrapped(field))) == {"before": 1, "after": "end"}


DECLARED: dict[str, Type] = {
    "bool": Kind.BOOL,
    "i32": Kind.I32,
    "string": Kind.TEXT,
    "list": ListOf(Kind.I32),
    "struct": INNER,
}
CLASHES = [
    pytest.param(field, declared, id=f"{field[1]}-as-{name}")
    for field in reference.STRANGERS
    for name, declared in DECLARED.items()
    if name not in (field[1], field[1][0], {"binary": "string"}.get(str(field[1])))
]


@pytest.mark.parametrize(("field", "declared"), CLASHES)
def test_fields_of_another_type_than_declared_are_skipped(field: list[Any], declared: Type) -> None:
    schema = Struct("known", *KNOWN.fields, Field(field[0], "stranger", declared))
    assert decode_struct(schema, reference.write(wrapped(field))) == {"before": 1, "after": "end"}


def test_all_of_them_at_once_are_skipped() -> None:
    data = reference.write([*reference.STRANGERS, [99, "i32", 1], [100, "string", "end"]])
    assert decode_struct(KNOWN, data) == {"before": 1, "after": "end"}


@pytest.mark.parametrize(
    ("data", "schema"),
    [
        ("a9 18 01 61 00", EVERY),
        ("eb 01 58 02 01 61 00", EVERY),
        ("eb 01 85 01 61 02 00", EVERY),
    ],
    ids=["list-elements", "map-keys", "map-values"],
)
def test_a_container_of_other_elements_than_declared_is_refused(data: str, schema: Struct) -> None:
    with pytest.raises(ThriftDecodeError, match="another type"):
        decode_struct(schema, bytes.fromhex(data))


def test_an_empty_container_may_be_of_any_type() -> None:
    assert decode_struct(EVERY, bytes.fromhex("a9 08 4b 00 00")) == {"numbers": [], "map": {}}


# --- bytes that are no struct ----------------------------------------------------------------------------------------

FULL: dict[str, Any] = {name: value for values, _ in BYTES for name, value in values.items()}


def test_every_proper_prefix_is_refused() -> None:
    data = encode_struct(EVERY, FULL)
    assert decode_struct(EVERY, data) == FULL
    for prefix, _ in [(b"", data), *every_split(data)]:
        with pytest.raises(ThriftDecodeError):
            decode_struct(EVERY, prefix)


def test_bytes_after_the_struct_are_ignored() -> None:
    data = encode_struct(EVERY, FULL)
    assert decode_struct(EVERY, data + data[::-1]) == FULL


@pytest.mark.parametrize(
    "data",
    [
        "2e 00",
        "1f 00",
        "45 ffffffffffffffffffff01 00",
        "78 ffffffffffffffffffff7f 00",
        "45 8080808010 00",
        "34 808004 00",
        "45 8180808010 00",
        "34 818004 00",
        "56 80808080808080808002 00",
        "56 81808080808080808002 00",
        "78 ffffffff0f 00",
    ],
    ids=[
        "type-14",
        "type-15",
        "integer-of-eleven-bytes",
        "length-of-eleven-bytes",
        "i32-too-large",
        "i16-too-large",
        "i32-too-small",
        "i16-too-small",
        "i64-too-large",
        "i64-too-small",
        "string-of-four-gigabytes",
    ],
)
def test_bytes_that_no_writer_makes_are_refused(data: str) -> None:
    with pytest.raises(ThriftDecodeError, match="every|integer"):
        decode_struct(EVERY, bytes.fromhex(data))


@given(st.binary(max_size=100))
def test_any_bytes_are_a_struct_or_refused(data: bytes) -> None:
    for schema in (EVERY, KNOWN, INNER):
        with contextlib.suppress(ThriftDecodeError):
            assert isinstance(decode_struct(schema, data), dict)


@given(st.integers(0, 400), st.integers(0, 255))
def test_a_struct_with_one_wrong_byte_is_read_or_refused(position: int, byte: int) -> None:
    data = bytearray(encode_struct(EVERY, FULL))
    data[position % len(data)] = byte
    with contextlib.suppress(ThriftDecodeError):
        assert isinstance(decode_struct(EVERY, bytes(data)), dict)


# --- limits ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("schema", [EVERY, KNOWN], ids=["read", "skipped"])
def test_strings_have_a_limit(schema: Struct) -> None:
    data = encode_struct(EVERY, {"text": "." * 10})
    decode_struct(schema, data, max_string=10)
    with pytest.raises(ThriftDecodeError):
        decode_struct(schema, data, max_string=9)


@pytest.mark.parametrize(
    "values", [{"numbers": [1] * 20}, {"flags": [True] * 20}, {"map": dict.fromkeys("a" * 1, "b")}]
)
@pytest.mark.parametrize("schema", [EVERY, KNOWN], ids=["read", "skipped"])
def test_containers_have_a_limit(schema: Struct, values: dict[str, Any]) -> None:
    size = len(next(iter(values.values())))
    data = encode_struct(EVERY, values)
    decode_struct(schema, data, max_items=size)
    with pytest.raises(ThriftDecodeError):
        decode_struct(schema, data, max_items=size - 1)


@pytest.mark.parametrize("opening", [b"\x1c", b"\x19\x1c", b"\x1b\x01\x3c\x00"], ids=["struct", "list", "map"])
def test_a_stranger_may_not_be_nested_without_end(opening: bytes) -> None:
    with pytest.raises(ThriftDecodeError):
        decode_struct(Struct("nothing"), opening * 10_000)


def test_a_list_of_lists_without_end_is_refused() -> None:
    with pytest.raises(ThriftDecodeError):
        decode_struct(Struct("nothing"), b"\x19" + b"\x19" * 10_000)


def test_known_structs_may_not_be_nested_without_end() -> None:
    node = Struct("node")
    field = Field(1, "child", node)
    node.fields, node.names, node.by_id = (field,), frozenset({"child"}), {1: field}

    def nested(levels: int) -> bytes:
        return b"\x1c" * (levels - 1) + b"\0" * levels

    assert decode_struct(node, nested(2)) == {"child": {}}
    decode_struct(node, nested(MAX_DEPTH))
    with pytest.raises(ThriftDecodeError, match="nested deeper"):
        decode_struct(node, nested(MAX_DEPTH + 1))


def test_a_huge_announcement_is_refused_by_what_is_there() -> None:
    for announced in (b"\x88" + varint(2**25), b"\xa9\xf5" + varint(2**16)):
        with pytest.raises(ThriftDecodeError):
            decode_struct(EVERY, announced + bytes(10))


# --- our own mistakes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "bits"), [("byte", 8), ("short", 16), ("int", 32), ("long", 64)], ids=["byte", "i16", "i32", "i64"]
)
def test_an_integer_that_does_not_fit_is_refused(name: str, bits: int) -> None:
    low, high = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    for value in (low, high):
        assert decode_struct(EVERY, encode_struct(EVERY, {name: value})) == {name: value}
    for value in (low - 1, high + 1):
        with pytest.raises(ThriftEncodeError):
            encode_struct(EVERY, {name: value})


@pytest.mark.parametrize(
    "values",
    [
        {"int": "1"},
        {"int": 1.5},
        {"text": 1},
        {"text": b"bytes"},
        {"text": "\ud800"},
        {"binary": "text"},
        {"double": "1.5"},
        {"numbers": 5},
        {"numbers": [None]},
        {"texts": [1]},
        {"map": ["a"]},
        {"map": {"a": None}},
        {"map": {1: "a"}},
        {"inner": 5},
        {"inner": {"number": 2**63}},
        {"inner": {"unknown": 1}},
        {"structs": [{"unknown": 1}]},
        {"unknown": 1},
        {"unknown": None},
    ],
    ids=repr,
)
def test_a_value_that_does_not_fit_its_field_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ThriftEncodeError):
        encode_struct(EVERY, values)


def test_the_complaint_repeats_no_value() -> None:
    with pytest.raises(ThriftEncodeError) as raised:
        encode_struct(EVERY, {"int": "secret"})
    assert "secret" not in str(raised.value)
    assert raised.value.__cause__ is None


def test_doubles_keep_what_is_not_a_number() -> None:
    data = encode_struct(EVERY, {"double": math.nan})
    assert data == b"\x67" + struct.pack("<d", math.nan) + b"\0"
    assert math.isnan(decode_struct(EVERY, data)["double"])


@pytest.mark.parametrize(
    "data",
    [b"\x11" * (MAX_TOTAL_ITEMS + 1), (b"\x19\xf1\xe8\x07" + b"\1" * 1000) * (MAX_TOTAL_ITEMS // 1000)],
    ids=["fields", "elements"],
)
def test_fields_and_elements_are_counted_together_known_or_not(data: bytes) -> None:
    with pytest.raises(ThriftDecodeError, match="more fields and elements than the limit"):
        decode_struct(Struct("empty"), data + b"\0")
