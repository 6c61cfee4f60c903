"""Recognises what the server publishes twice, on two topics."""

from __future__ import annotations

import json
from collections import OrderedDict
from typing import Any

from instagrapi.realtime.typed import Patch
from instagrapi.realtime.wire.paths import Target

#: How many patches are remembered.
CAPACITY = 512
#: How far apart the two may be, in seconds.
WINDOW = 10.0
#: Values whose text is longer are compared as they stand; the server writes both copies alike.
_MOST_PARSED = 10_000
_ITEM = Target.ITEM
_TYPING_FIELDS = ("sender_id", "activity_status", "timestamp")


class DoublePublishes:
    """Remembers the latest patches, to tell the second copy of one that came on another topic already.

    The server marks such patches with ``doublePublish`` (wire page, "Typing"), as it sends the same on 149 or message
    sync and on Skywalker. Each topic has one copy: the same patch once more on the same topic happened twice.
    """

    def __init__(self) -> None:
        #: By a digest of the patch: when it came first, whether it is marked, and on which topics it came.
        self._seen: OrderedDict[int, tuple[float, bool, tuple[str, ...]]] = OrderedDict()

    def is_copy(self, topic: str, patch: Patch, now: float) -> bool:
        """Whether a patch came on another topic a moment ago; notes it otherwise.

        Args:
            topic: where it came now.
            patch: the patch.
            now: seconds; only differences count.
        """
        key, is_double = _digest(patch), patch.raw.get("doublePublish") is True
        first = self._seen.get(key)
        if first is not None:
            at, was_double, topics = first
            if topic not in topics and (is_double or was_double) and now - at <= WINDOW:
                self._seen[key] = at, was_double, (*topics, topic)
                return True
            self._seen.move_to_end(key)
        self._seen[key] = now, is_double, (topic,)
        if len(self._seen) > CAPACITY:
            self._seen.popitem(last=False)
        return False


def _digest(patch: Patch) -> int:
    """A number for what two copies have in common: a new or removed item's id never comes again, else all of it."""
    if patch.target.target is _ITEM and patch.op != "replace":
        return hash((patch.path, patch.op))
    return hash((patch.path, patch.op, patch.raw.get("ts"), _canonical(patch)))


def _canonical(patch: Patch) -> Any:
    """The value without what may differ between two copies: the order of keys, and whether numbers are text."""
    value, text = patch.value, patch.raw.get("value")
    if patch.target.target is Target.TYPING and isinstance(value, dict):
        return tuple(str(value.get(name)) for name in _TYPING_FIELDS)
    if isinstance(text, str) and len(text) > _MOST_PARSED:
        return text
    return json.dumps(value, sort_keys=True)
