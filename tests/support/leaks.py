"""Nothing may be left behind: no descriptor, no thread."""

from __future__ import annotations

import contextlib
import gc
import os
import threading
from collections.abc import Iterator

_DESCRIPTORS = "/proc/self/fd"
#: How long a thread may take to end after what it waited for has come.
GRACE = 5.0


def open_descriptors() -> int:
    """How many descriptors are open; always 0 where the system does not say."""
    return len(os.listdir(_DESCRIPTORS)) if os.path.isdir(_DESCRIPTORS) else 0


@contextlib.contextmanager
def nothing_left_behind() -> Iterator[None]:
    """Fails when the block ends with more descriptors or threads than it began with."""
    gc.collect()
    before, threads = open_descriptors(), set(threading.enumerate())
    yield
    for thread in set(threading.enumerate()) - threads:
        thread.join(GRACE)
        assert not thread.is_alive(), f"{thread.name} is still running"
    assert open_descriptors() == before, "descriptors were left open"
