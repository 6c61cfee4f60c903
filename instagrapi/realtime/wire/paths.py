"""What the path of a patch says, by its segments."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Target(StrEnum):
    """What a patch is about."""

    ITEM = "item"
    REACTION = "reaction"
    SEEN = "seen"
    TYPING = "typing"
    THREAD = "thread"
    UNSEEN_COUNT = "unseen_count"
    VISUAL_ITEM = "visual_item"
    BROADCAST = "broadcast"
    OTHER = "other"


class Path(NamedTuple):
    """A path, taken apart. Which ids are there depends on the target; that of a broadcast is the ``item_id``.

    ``field`` is the first segment after the thread id (``thread`` for the whole thread object), the inbox of an unseen
    count, the client context of a typing mark, or the last word of a broadcast's path.
    """

    target: Target
    thread_id: str | None = None
    item_id: str | None = None
    user_id: str | None = None
    field: str | None = None


_OTHER = Path(Target.OTHER)
_ITEM = Target.ITEM  # looking a member up takes ten times as long
_IN_THREADS = ["direct_v2", "threads"]


def parse_path(path: str) -> Path:
    """The meaning of a path (wire page, "Paths of message sync"); unknown ones give ``OTHER``."""
    first, *segments = path.split("/")
    if first or not segments:
        return _OTHER
    if len(segments) == 5 and segments[3] == "items" and segments[:2] == _IN_THREADS and segments[2] and segments[4]:
        return Path(_ITEM, segments[2], segments[4])  # as nearly always
    match segments:
        case ["direct_v2", "threads", thread_id, *rest] if thread_id:
            return _in_thread(thread_id, rest)
        case ["direct_v2", "inbox", "threads", thread_id] if thread_id:
            return Path(Target.THREAD, thread_id, field="thread")
        case ["direct_v2", "inbox", "threads", thread_id, field, *_] if thread_id:
            return Path(Target.THREAD, thread_id, field=field)
        case ["direct_v2", inbox, "unseen_count"]:
            return Path(Target.UNSEEN_COUNT, field=inbox)
        case ["direct_v2", "visual_threads", thread_id, "items", item_id] if thread_id and item_id:
            return Path(Target.VISUAL_ITEM, thread_id, item_id)
        case ["broadcast", broadcast_id, word]:
            return Path(Target.BROADCAST, item_id=broadcast_id, field=word)
    return _OTHER


def _in_thread(thread_id: str, rest: list[str]) -> Path:
    match rest:
        case []:
            return Path(Target.THREAD, thread_id, field="thread")
        case ["items", item_id, "reactions", "likes" | "like" | "emojis", user_id] if item_id and user_id:
            return Path(Target.REACTION, thread_id, item_id, user_id)
        case ["items", *_]:
            # Something inside an item that has no event of its own.
            return Path(Target.OTHER, thread_id)
        case ["participants", user_id, "has_seen"] if user_id:
            return Path(Target.SEEN, thread_id, user_id=user_id)
        case ["activity_indicator_id"]:
            return Path(Target.TYPING, thread_id)
        case ["activity_indicator_id", client_context]:
            return Path(Target.TYPING, thread_id, field=client_context)
        case ["participants" | "admin_user_ids" as field, user_id, *_] if user_id:
            return Path(Target.THREAD, thread_id, user_id=user_id, field=field)
    return Path(Target.THREAD, thread_id, field=rest[0])
