"""Structs in thrift's compact protocol, described by schemas and carried by the ``thrift`` library.

A schema lists the fields of a struct in the order in which they are written, each with its explicit id: neither the
order nor the ids follow from the other on this wire. Fields that the schema does not know, or whose type is another
than declared, are skipped while reading. Limits hold for every string, container and nesting.
"""

from __future__ import annotations

import enum
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from thrift.protocol.TCompactProtocol import TCompactProtocol
from thrift.Thrift import TException, TType
from thrift.transport.TTransport import TMemoryBuffer

from instagrapi.exceptions import ThriftDecodeError, ThriftEncodeError

DEFAULT_MAX_STRING = 32 * 2**20
DEFAULT_MAX_ITEMS = 65_536
MAX_DEPTH = 32
#: Fields and elements of a whole struct, nested ones included.
MAX_TOTAL_ITEMS = 100_000


class Kind(enum.Enum):
    """A type of thrift that holds one value. ``TEXT`` and ``BINARY`` are the same on the wire."""

    BOOL = "Bool"
    BYTE = "Byte"
    I16 = "I16"
    I32 = "I32"
    I64 = "I64"
    DOUBLE = "Double"
    TEXT = "text"
    BINARY = "Binary"


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of equal elements."""

    element: Type


@dataclass(frozen=True, slots=True)
class MapOf:
    """A map; its order is kept."""

    key: Type
    value: Type


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its id on the wire and its name in Python."""

    id: int
    name: str
    type: Type


class Struct:
    """A schema: named fields in the order of the wire."""

    def __init__(self, name: str, *fields: Field) -> None:
        self.name = name
        self.fields = fields
        self.names = frozenset(field.name for field in fields)
        self.by_id = {field.id: field for field in fields}

    def __repr__(self) -> str:
        return f"Struct({self.name!r})"


Type: TypeAlias = Kind | ListOf | MapOf | Struct

_WIRE_TYPES: dict[Kind, int] = {
    Kind.BOOL: TType.BOOL,
    Kind.BYTE: TType.BYTE,
    Kind.I16: TType.I16,
    Kind.I32: TType.I32,
    Kind.I64: TType.I64,
    Kind.DOUBLE: TType.DOUBLE,
    Kind.TEXT: TType.STRING,
    Kind.BINARY: TType.STRING,
}
_INTEGER_BITS = {Kind.BYTE: 8, Kind.I16: 16, Kind.I32: 32, Kind.I64: 64}


def encode_struct(schema: Struct, values: Mapping[str, Any]) -> bytes:
    """The struct with those fields of ``values`` that are not ``None``, in the schema's order.

    Raises:
        ThriftEncodeError: the schema has no field of a name, or a value does not fit its type.
    """
    unknown = set(values) - schema.names
    if unknown:
        raise ThriftEncodeError(f"{schema.name} has no field {', '.join(sorted(unknown))}")
    buffer = TMemoryBuffer()
    try:
        _write_struct(TCompactProtocol(buffer), schema, values)
    except (TException, TypeError, AttributeError, ValueError, struct.error) as error:
        raise ThriftEncodeError(f"{schema.name}: a value does not fit its field ({type(error).__name__})") from None
    return bytes(buffer.getvalue())


def decode_struct(
    schema: Struct, data: bytes, *, max_string: int = DEFAULT_MAX_STRING, max_items: int = DEFAULT_MAX_ITEMS
) -> dict[str, Any]:
    """The known fields of the struct at the start of ``data``, by name; bytes after it are ignored.

    Text that is not UTF-8 comes with its odd bytes as backslash escapes.

    Raises:
        ThriftDecodeError: the bytes end early, are no compact protocol, or exceed a limit.
    """
    protocol = _Reader(data, max_string, max_items)
    try:
        return _read_struct(protocol, schema, MAX_DEPTH)
    except ThriftDecodeError:
        raise
    except (TException, EOFError, KeyError, AssertionError, struct.error) as error:
        reason = str(error) or type(error).__name__
        raise ThriftDecodeError(f"{schema.name}: not a struct of the compact protocol ({reason})") from None


class _Reader(TCompactProtocol):  # type: ignore[misc]  # the library has no types
    """Counts fields and elements, known or skipped: each costs time, and a deflated body can hold millions."""

    def __init__(self, data: bytes, max_string: int, max_items: int) -> None:
        super().__init__(TMemoryBuffer(data), string_length_limit=max_string, container_length_limit=max_items)
        self._items_left = MAX_TOTAL_ITEMS

    def _count(self, items: int) -> None:
        self._items_left -= items
        if self._items_left < 0:
            raise ThriftDecodeError("a struct holds more fields and elements than the limit allows")

    def readFieldBegin(self) -> Any:
        self._count(1)
        return super().readFieldBegin()

    def readListBegin(self) -> Any:
        element, size = super().readListBegin()
        self._count(size)
        return element, size

    readSetBegin = readListBegin

    def readMapBegin(self) -> Any:
        key, value, size = super().readMapBegin()
        self._count(size)
        return key, value, size

    def readString(self) -> bytes:  # the library's name; it skips unknown fields through this
        """Strings stay bytes: a field that is only skipped need not be UTF-8."""
        return bytes(self.readBinary())


def _wire_type(kind: Type) -> int:
    if isinstance(kind, Kind):
        return _WIRE_TYPES[kind]
    container: dict[type, int] = {Struct: TType.STRUCT, ListOf: TType.LIST, MapOf: TType.MAP}
    return container[type(kind)]


def _write_struct(protocol: Any, schema: Struct, values: Mapping[str, Any]) -> None:
    protocol.writeStructBegin(schema.name)
    for field in schema.fields:
        value = values.get(field.name)
        if value is not None:
            protocol.writeFieldBegin(field.name, _wire_type(field.type), field.id)
            _write(protocol, field.type, value)
            protocol.writeFieldEnd()
    protocol.writeFieldStop()
    protocol.writeStructEnd()


def _write(protocol: Any, kind: Type, value: Any) -> None:
    if isinstance(kind, Kind):
        if kind is Kind.TEXT:
            protocol.writeBinary(value.encode())
        else:
            getattr(protocol, f"write{kind.value}")(value)
    elif isinstance(kind, Struct):
        unknown = set(value) - kind.names
        if unknown:
            raise ThriftEncodeError(f"{kind.name} has no field {', '.join(sorted(unknown))}")
        _write_struct(protocol, kind, value)
    elif isinstance(kind, ListOf):
        protocol.writeListBegin(_wire_type(kind.element), len(value))
        for element in value:
            _write(protocol, kind.element, element)
        protocol.writeListEnd()
    else:
        protocol.writeMapBegin(_wire_type(kind.key), _wire_type(kind.value), len(value))
        for key, element in value.items():
            _write(protocol, kind.key, key)
            _write(protocol, kind.value, element)
        protocol.writeMapEnd()


def _read_struct(protocol: Any, schema: Struct, depth: int) -> dict[str, Any]:
    if depth == 0:
        raise ThriftDecodeError(f"{schema.name} is nested deeper than {MAX_DEPTH} levels")
    values: dict[str, Any] = {}
    protocol.readStructBegin()
    while True:
        _, wire_type, field_id = protocol.readFieldBegin()
        if wire_type == TType.STOP:
            break
        field = schema.by_id.get(field_id)
        if field is None or _wire_type(field.type) != wire_type:
            protocol.skip(wire_type, depth)
        else:
            values[field.name] = _read(protocol, field.type, depth)
        protocol.readFieldEnd()
    protocol.readStructEnd()
    return values


def _read(protocol: Any, kind: Type, depth: int) -> Any:
    if isinstance(kind, Kind):
        return _read_scalar(protocol, kind)
    if isinstance(kind, Struct):
        return _read_struct(protocol, kind, depth - 1)
    if isinstance(kind, ListOf):
        wire_type, size = protocol.readListBegin()
        _expect(kind.element, wire_type, size)
        items = [_read(protocol, kind.element, depth - 1) for _ in range(size)]
        protocol.readListEnd()
        return items
    key_type, value_type, size = protocol.readMapBegin()
    _expect(kind.key, key_type, size)
    _expect(kind.value, value_type, size)
    pairs = {}
    for _ in range(size):
        key = _read(protocol, kind.key, depth - 1)
        pairs[key] = _read(protocol, kind.value, depth - 1)
    protocol.readMapEnd()
    return pairs


def _expect(declared: Type, wire_type: int, size: int) -> None:
    if size and _wire_type(declared) != wire_type:
        raise ThriftDecodeError("a container holds another type than declared")


def _read_scalar(protocol: Any, kind: Kind) -> Any:
    if kind is Kind.TEXT:
        return protocol.readBinary().decode(errors="backslashreplace")
    value = getattr(protocol, f"read{kind.value}")()
    bits = _INTEGER_BITS.get(kind)
    if bits and not -(1 << bits - 1) <= value < 1 << bits - 1:
        raise ThriftDecodeError(f"an integer does not fit into {bits} bits")
    return value
