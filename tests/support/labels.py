"""Compares typed events with the labels of a payload.

A label asks for one event of its kind whose fields are as the label says, in the order of the labels; an optional one
may go unanswered. An event of a guarded kind that no label asks for is a mistake.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

GUARDED = frozenset(
    {
        "message",
        "message_update",
        "message_delete",
        "reaction",
        "seen",
        "typing",
        "presence",
        "push",
        "thread_update",
        "thread_remove",
        "unseen_count",
        "visual_message",
        "live_started",
        "live_stopped",
        "send_response",
        "iris_sub_response",
    }
)


def mistakes(labels: Sequence[Mapping[str, Any]], emitted: Sequence[tuple[str, Any]]) -> list[str]:
    """What is wrong with the emitted events, each a kind and an object or mapping with fields."""
    wrong: list[str] = []
    left, last = dict(enumerate(emitted)), -1
    for label in labels:
        match = next((index for index, (kind, event) in left.items() if _answers(label, kind, event)), None)
        if match is not None:
            del left[match]
            if match < last:
                wrong.append(f"out of order: {label['event']}")
            last = max(last, match)
        elif not label.get("optional"):
            wrong.append(f"missing: {dict(label)}")
        else:  # an optional one may come with other fields
            loose = next((index for index, (kind, _) in left.items() if kind == label["event"]), None)
            left.pop(-1 if loose is None else loose, None)
    return wrong + [f"not asked for: {kind}" for kind, _ in left.values() if kind in GUARDED]


def _answers(label: Mapping[str, Any], kind: str, event: Any) -> bool:
    wanted = {name: value for name, value in label.items() if name not in ("event", "optional")}
    return kind == label["event"] and all(_same(value, _field(event, name)) for name, value in wanted.items())


def _field(event: Any, name: str) -> Any:
    return event.get(name) if isinstance(event, Mapping) else getattr(event, name, None)


def _same(wanted: Any, got: Any) -> bool:
    if wanted is None or isinstance(wanted, bool | dict | list):
        return bool(wanted == got)
    return str(wanted) == str(got)
