"""Recognises what the server publishes twice, on two topics."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable

from instagrapi.realtime.typed import Patch
from instagrapi.realtime.wire.paths import Target

#: How many patches are remembered.
CAPACITY = 512
#: How far apart the two may be, in seconds.
WINDOW = 60.0


class DoublePublishes:
    """Remembers the latest patches, to tell the second copy of one that came on another topic already.

    The server marks such patches with ``doublePublish`` (wire page, "Typing"), as it sends the same on 149 or message
    sync and on Skywalker. The same patch on the same topic is no copy: it happened twice.
    """

    def __init__(self) -> None:
        #: By what two copies have in common: the topic, the time, and whether it said that it is published twice.
        self._seen: OrderedDict[Hashable, tuple[str, float, bool]] = OrderedDict()

    def is_copy(self, topic: str, patch: Patch, now: float) -> bool:
        """Whether a patch came on another topic a moment ago; notes it otherwise.

        Args:
            topic: where it came now.
            patch: the patch.
            now: seconds; only differences count.
        """
        key, is_double = _key(patch), patch.raw.get("doublePublish") is True
        first = self._seen.get(key)
        if first is not None:
            where, at, was_double = first
            if where != topic and (is_double or was_double) and now - at <= WINDOW:
                return True
            self._seen.move_to_end(key)
        self._seen[key] = topic, now, is_double
        if len(self._seen) > CAPACITY:
            self._seen.popitem(last=False)
        return False


def _key(patch: Patch) -> Hashable:
    """What two copies have in common: a path with an id that never comes again, else the whole value, too."""
    kind, op = patch.target.target, patch.op
    if (kind is Target.ITEM and op != "replace") or (kind is Target.TYPING and patch.target.field is not None):
        return patch.path, op
    value = patch.raw.get("value")
    return patch.path, op, hash(value) if isinstance(value, str) else repr(value)[:1000]
