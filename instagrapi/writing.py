"""Files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from typing import BinaryIO


@contextlib.contextmanager
def replacing(path: str | os.PathLike[str], *, durable: bool = False) -> Iterator[BinaryIO]:
    """A file, readable by its owner only, that takes the place of another when all of it has been written.

    Until then it is called ``.<name>-….tmp`` and lies beside the other one, where a process that is killed leaves it. A
    link stays a link.

    Args:
        path: of the file.
        durable: whether it is on the disk, too, before it takes the other's place, and its name soon after.

    Raises:
        OSError: it cannot be written; whatever was there is untouched, as it is when the block raises.
    """
    target = os.path.realpath(path)
    directory, name = os.path.split(target)
    try:
        handle, temporary = tempfile.mkstemp(dir=directory, prefix=f".{name}-", suffix=".tmp")  # mode 0600
    except OSError as error:
        raise OSError(error.errno, error.strerror, os.fspath(path)) from None  # the other name means nothing to anybody
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            if durable:
                file.flush()
                os.fsync(file.fileno())
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    if durable:
        _sync_directory(directory)


def _sync_directory(directory: str) -> None:
    """Makes the disk know the file's new content by its name, where the system can."""
    with contextlib.suppress(OSError):
        handle = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
