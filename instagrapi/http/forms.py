"""Request bodies: ordinary forms, and forms that hold one signed JSON document."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def plain_form(values: Mapping[str, Any]) -> dict[str, str]:
    """The values as the text of form fields or of a query.

    Booleans become ``true`` and ``false``, lists and objects compact JSON; a value of ``None`` leaves its field out.
    """
    return {name: _field(value) for name, value in values.items() if value is not None}


def signed_form(values: Mapping[str, Any]) -> dict[str, str]:
    """The values as one JSON document behind a fixed word: nothing is signed any more (wire page, request bodies)."""
    return {"signed_body": f"SIGNATURE.{compact_json(values)}"}


def compact_json(value: Any) -> str:
    """JSON without spaces."""
    return json.dumps(value, separators=(",", ":"))


def _field(value: Any) -> str:
    return value if isinstance(value, str) else compact_json(value)
