"""Recognises what the server publishes twice, on two topics."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import NamedTuple

from instagrapi.realtime.typed import Patch
from instagrapi.realtime.wire.paths import Target

#: How many patches are remembered.
CAPACITY = 512
#: How far apart the two may be, in seconds.
WINDOW = 60.0


class _First(NamedTuple):
    topic: str
    at: float
    is_double: bool


class DoublePublishes:
    """Remembers the latest patches, to tell the second copy of one that came on another topic already.

    The server marks such patches with ``doublePublish`` (wire page, "Typing"), as it sends the same on 149 or message
    sync and on Skywalker. The same patch on the same topic is no copy: it happened twice.
    """

    def __init__(self) -> None:
        self._seen: OrderedDict[Hashable, _First] = OrderedDict()

    def is_copy(self, topic: str, patch: Patch, now: float) -> bool:
        """Whether a patch came on another topic a moment ago; notes it otherwise.

        Args:
            topic: where it came now.
            patch: the patch.
            now: seconds; only differences count.
        """
        key, is_double = _key(patch), patch.raw.get("doublePublish") is True
        first = self._seen.get(key)
        if first is not None and first.topic != topic and (first.is_double or is_double) and now - first.at <= WINDOW:
            return True
        self._seen[key] = _First(topic, now, is_double)
        self._seen.move_to_end(key)
        if len(self._seen) > CAPACITY:
            self._seen.popitem(last=False)
        return False


def _key(patch: Patch) -> Hashable:
    """What two copies have in common: ids that never come again, else the whole value."""
    if patch.target.target in (Target.ITEM, Target.VISUAL_ITEM) and patch.op != "replace":
        return patch.target.target, patch.target.item_id, patch.op
    if patch.target.target is Target.TYPING and patch.target.field is not None:
        return patch.path, patch.op
    value = patch.raw.get("value")
    return patch.path, patch.op, hash(value) if isinstance(value, str) else repr(value)[:1000]
