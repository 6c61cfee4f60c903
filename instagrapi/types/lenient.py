"""The base of what is read from the server, and how to look into payloads whose shape nobody guarantees."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
    model_validator,
)

#: Thread ids have 39 digits; what is longer by far is no id, and costly to convert.
_ID_LIMIT = 10**100


class Lenient(BaseModel):
    """A model that takes anything: a field that is missing or odd has its default, and nothing raises."""

    model_config = ConfigDict(coerce_numbers_to_str=True, populate_by_name=True, defer_build=True)

    #: What the server sent; ``{"value": …}`` when that was no object.
    raw: dict[str, Any] = Field(default_factory=dict, repr=False, exclude=True)

    @model_validator(mode="before")
    @classmethod
    def _keep_raw(cls, data: Any) -> Any:
        return {**cls._facts(data), "raw": data} if isinstance(data, Mapping) else {"raw": {"value": data}}

    @classmethod
    def _facts(cls, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """What the fields are read from, by their names; models that have to search or to convert say how."""
        return data

    @field_validator("*", mode="wrap")
    @classmethod
    def _odd_means_default(cls, value: Any, handler: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
        if info.field_name == "raw":
            return value
        try:
            return handler(value)
        except (ValueError, RecursionError):
            return cls.model_fields[info.field_name or ""].get_default(call_default_factory=True)


def mapping(value: object) -> Mapping[str, Any]:
    """The object that is there, an empty one otherwise."""
    return value if isinstance(value, Mapping) else {}


def objects(value: object) -> list[Mapping[str, Any]]:
    """The objects of a list, or the one object that is there instead of a list; empty ones do not count."""
    entries = value if isinstance(value, list | tuple) else (value,)
    return [entry for entry in entries if isinstance(entry, Mapping) and entry]


def words(value: object) -> str | None:
    """Text that says something; blank text is ``None``, and so is what is no text."""
    return value if isinstance(value, str) and value.strip() else None


def identifier(value: object) -> str | None:
    """An id, which comes as a number or as text, as text."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < _ID_LIMIT else None
    return words(value)


def identifiers(value: object) -> list[str]:
    """The ids of a list, those that are odd left out."""
    entries = value if isinstance(value, list | tuple) else [value]
    return [found for found in map(identifier, entries) if found is not None]


def _blank_is_none(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


#: Text, or a number as text. The server writes an empty text for what is not there.
Words = Annotated[str | None, BeforeValidator(_blank_is_none)]
#: A link. Those of the CDN are signed, so that whoever has one has the file: ``repr`` shows none.
Url = Annotated[Words, Field(repr=False)]
#: Ids as text, where the server sends a list of numbers or of text.
Ids = Annotated[list[str], BeforeValidator(identifiers)]
