"""What bodies of patches consist of, before it is decided what they mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from instagrapi.realtime.events.fields import as_integer
from instagrapi.realtime.syncing import FETCHED
from instagrapi.realtime.typed import Patch
from instagrapi.realtime.wire.decode import parse_value
from instagrapi.realtime.wire.paths import Target, parse_path

_THREADS = "/direct_v2/threads/"


def has_presence(payload: Any) -> bool:
    """Whether a payload tells who is online."""
    return isinstance(payload, dict) and isinstance(payload.get("presence_event"), dict)


def source_of(meta: Mapping[str, Any]) -> str:
    """Where an event of an element comes from: ``poll``, ``replay`` or ``realtime``."""
    if meta.get(FETCHED) is True:
        return "poll"
    return "replay" if "seq_id" in meta and meta.get("realtime") is False else "realtime"


def sync_name_of(path: str) -> str:
    """The name under which instagrapi 3.x tells of a patch of message sync."""
    return "message" if path.startswith(_THREADS) else "thread_update"


def note_time(patch: Patch, times: list[int]) -> None:
    """Adds the time of what came new, in microseconds, if it is an item and has one."""
    if patch.target.target is Target.ITEM and isinstance(patch.value, dict):
        time = as_integer(patch.value.get("timestamp"))
        if time is not None:
            times.append(time)


def patch_of(raw: Any) -> Patch | None:
    """The patch that a dictionary is; ``None`` for anything else."""
    path = raw.get("path") if isinstance(raw, dict) else None
    if not isinstance(path, str):
        return None
    op = raw.get("op")
    return Patch(path, parse_path(path), op if isinstance(op, str) else None, parse_value(raw.get("value")), raw)


def surrounded(raw: Any, meta: dict[str, Any]) -> dict[str, Any]:
    """What is no patch, with what it came in."""
    return {**meta, **raw} if isinstance(raw, dict) else {**meta, "data": raw}


def patches_of(payload: Any) -> list[tuple[dict[str, Any], dict[str, Any], Patch]]:
    """What surrounds the patches of a body, their dictionaries and they themselves; a body may be one patch itself."""
    if not isinstance(payload, dict):
        return []
    data = payload.get("data")
    if not isinstance(data, list):
        data, meta = [payload], {}
    else:
        meta = {key: value for key, value in payload.items() if key != "data"}
    return [(meta, raw, patch) for raw in data if (patch := patch_of(raw)) is not None]


def message_of(patch: Patch) -> dict[str, Any]:
    """The ``message`` of a patch as instagrapi 3.x gives it: the value's keys beside the path's."""
    message: dict[str, Any] = {"path": patch.path, "op": patch.op, "thread_id": patch.target.thread_id}
    if isinstance(patch.value, dict):
        message.update(patch.value)
    elif patch.value is not None:
        message["value"] = patch.value
    return message
