"""Changes payloads the way a server's next version might, or a broken one."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

_SPARE_KEYS = ("zz_new", "zz_is_active", "zz_has_seen", "zz_presence", "zz_typing")
_SPARE_VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(max_size=5),
    st.builds(list),
    st.builds(lambda: {"zz_deep": [{"seen": 1}]}),
)


class JsonText:
    """A value that travels as JSON text inside the JSON."""

    def __init__(self, value: Any) -> None:
        self.value = value


def opened(value: Any) -> Any:
    """The payload with the JSON texts in it opened, so that what is inside can be changed, too."""
    if isinstance(value, dict):
        return {key: opened(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [opened(inner) for inner in value]
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return JsonText(opened(json.loads(value)))
        except ValueError:
            return value
    return value


def closed(value: Any) -> Any:
    """The payload as it travels."""
    if isinstance(value, JsonText):
        return json.dumps(closed(value.value), ensure_ascii=False)
    if isinstance(value, dict):
        return {key: closed(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [closed(inner) for inner in value]
    return value


@st.composite
def mutated(draw: st.DrawFn, payload: Any, most: int = 4) -> Any:
    """A payload with up to so many changes.

    Keys are dropped, emptied or added, numbers become text and text numbers, ids become others, lists are reordered.
    Paths and operations are never made into other valid ones: what a payload says is happening stays what it says.
    """
    tree = JsonText(opened(payload))
    for _ in range(draw(st.integers(1, most))):
        _change(draw, tree)
    return closed(tree.value)


def _change(draw: st.DrawFn, tree: JsonText) -> None:
    places = list(_places(tree.value))
    if not places:
        return
    holder, key = draw(st.sampled_from(places))
    change = draw(st.sampled_from(["drop", "null", "swap", "add", "shuffle", "other"]))
    if change == "drop":
        del holder[key]
    elif change == "null":
        holder[key] = None
    elif change == "add" and isinstance(holder, dict):
        holder[draw(st.sampled_from(_SPARE_KEYS))] = draw(_SPARE_VALUES)
    elif change == "shuffle" and isinstance(holder, list):
        holder[:] = draw(st.permutations(holder))
    else:
        holder[key] = _swapped(draw, key, holder[key], other=change == "other")


def _swapped(draw: st.DrawFn, key: Any, value: Any, *, other: bool) -> Any:
    if isinstance(value, bool):
        return not value if other else int(value)
    if isinstance(value, int):
        return draw(st.integers(0, 10**36)) if other else str(value)
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return str(draw(st.integers(0, 10**36))) if other else int(value)
    if isinstance(value, str) and key not in ("path", "op", "topic"):
        return draw(st.integers(0, 10**20)) if not other else draw(st.text(max_size=8))
    if isinstance(value, str):
        return draw(st.integers(0, 5))
    return draw(_SPARE_VALUES) if other else [value]


def _places(value: Any) -> Any:
    """Every holder and key in the payload."""
    if isinstance(value, JsonText):
        yield from _places(value.value)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield value, key
            yield from _places(inner)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield value, index
            yield from _places(inner)
