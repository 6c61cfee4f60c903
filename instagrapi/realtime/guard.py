"""One connection per device: the server lets two of one device end each other for ever."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import importlib
import os
import tempfile
import threading
import weakref
from collections.abc import Iterator
from typing import Any, Self

from instagrapi.exceptions import DeviceInUse
from instagrapi.profile import Address
from instagrapi.realtime.logs import Log, logger


def _optional(module: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError:
        return None


_fcntl, _msvcrt = _optional("fcntl"), _optional("msvcrt")
#: Windows keeps others from reading locked bytes, so these are not those of the process id.
_WINDOWS_LOCK_AT = 2**30
_BUSY, _BUSY_ON_WINDOWS = (errno.EWOULDBLOCK,), (errno.EACCES, errno.EDEADLK)

_LOCK = threading.RLock()  # the garbage collector may end another guard in the middle of a call
_HELD: weakref.WeakValueDictionary[str, DeviceGuard] = weakref.WeakValueDictionary()
_FILES: weakref.WeakSet[_LockFile] = weakref.WeakSet()


class DeviceGuard:
    """Keeps a second client on this machine from connecting as the same device to the same broker.

    Within the process clients find each other in a registry. Between processes the holder locks a file in a directory
    of the user's own: ``$XDG_RUNTIME_DIR/instagrapi``, else ``instagrapi-<uid>`` among the temporary files. The
    operating system frees the lock when the process ends, however it ends; the file stays, with the id of its last
    holder. Its name is a hash.

    A guard that nobody refers to any more lets go. After ``fork()`` the parent still holds the device and the child
    does not: there ``held`` is false, :meth:`release` does nothing and :meth:`acquire` fails, until the parent lets go
    or ends.

    Not seen are clients of other users, on other machines, and where processes do not share the directory, such as in
    containers. Where no directory can be used, or the system has no file locks, only the process is guarded; that is
    logged once and never keeps a client from connecting.

    Args:
        broker: where the client connects to.
        device_id: what the broker knows the device by.
        account: the account's id.
        directory: where to make the directory ``instagrapi``, in place of those two.
        log: where it is said that other processes cannot be noticed.
    """

    def __init__(
        self,
        broker: Address,
        device_id: str,
        account: int | str,
        *,
        directory: str | os.PathLike[str] | None = None,
        log: Log = logger,
    ) -> None:
        self._log = log
        self._broker = broker.host
        self._directory = directory
        self._file: _LockFile | None = None
        self._warned = False
        parts = (broker.host.lower(), str(broker.port), device_id, str(account))
        #: Equal for the same broker, device and account; tells nothing about them.
        self.key = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]

    @property
    def held(self) -> bool:
        """Whether this guard, in this process, holds the device."""
        return _HELD.get(self.key) is self

    def acquire(self) -> None:
        """Takes the device, or does nothing when this guard holds it already.

        Raises:
            DeviceInUse: another client holds it; the message says which and what to do.
        """
        with _LOCK:
            holder = _HELD.get(self.key)
            if holder is self:
                return
            if holder is not None:
                raise self._in_use(os.getpid())
            problem = self._lock_file()
            _HELD[self.key] = self
        if problem is not None and not self._warned:
            self._warned = True
            self._log.warning("clients of other processes on the same device will not be noticed: %s", problem)

    def release(self) -> None:
        """Lets go of the device, if this guard holds it."""
        with _LOCK:
            if self.held:
                del _HELD[self.key]
                file, self._file = self._file, None
                if file is not None:
                    file.close()

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.release()

    def _lock_file(self) -> OSError | None:
        """Locks the file; returns why that was not possible.

        Raises:
            DeviceInUse: another process has locked it.
        """
        try:
            file = _LockFile(self._open())
        except OSError as error:
            return error
        try:
            if not file.lock():
                raise self._in_use(file.holder())
        except BaseException as error:
            file.close()
            if isinstance(error, OSError):
                return error
            raise
        self._file = file
        return None

    def _open(self) -> int:
        problem = OSError("this system has no file locks")
        for directory in _directories(self._directory) if _fcntl or _msvcrt else ():
            try:
                return _open_in(directory, f"{self.key}.lock")
            except OSError as error:
                problem = error
        raise problem

    def _in_use(self, pid: int | None) -> DeviceInUse:
        if pid == os.getpid():
            who, what = "another client of this program", "disconnect that one"
        else:
            who, what = "another process of this machine" if pid is None else f"process {pid}", "stop that one"
        return DeviceInUse(
            f"{who} is connected to {self._broker} as this device, and the two would end each other's connections: "
            f"{what} first, or log in with settings of its own to be another device",
            pid=pid,
        )


def _directories(given: str | os.PathLike[str] | None) -> Iterator[str]:
    if given is not None:
        yield os.path.join(given, "instagrapi")
        return
    runtime, uid = os.environ.get("XDG_RUNTIME_DIR", ""), _user_id()
    # sudo may leave the variable of another user
    if os.path.isabs(runtime) and os.path.isdir(runtime) and os.stat(runtime).st_uid == uid:
        yield os.path.join(runtime, "instagrapi")
    yield os.path.join(tempfile.gettempdir(), "instagrapi" if uid is None else f"instagrapi-{uid}")


def _user_id() -> int | None:
    return os.geteuid() if hasattr(os, "geteuid") else None


def _open_in(directory: str, name: str) -> int:
    """A descriptor of a file in a directory that is made the user's alone; no link is followed, no program inherits it.

    Raises:
        OSError: there is no such directory and none can be made, or it is somebody else's.
    """
    with contextlib.suppress(FileExistsError):
        os.mkdir(directory, 0o700)
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
    if os.open not in os.supports_dir_fd:
        return os.open(os.path.join(directory, name), flags, 0o600)
    parent = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        status = os.fstat(parent)
        if status.st_uid != _user_id():
            raise PermissionError(f"{directory} belongs to somebody else")
        if status.st_mode & 0o077:
            os.fchmod(parent, 0o700)
        descriptor = os.open(name, flags, 0o600, dir_fd=parent)
    finally:
        os.close(parent)
    with contextlib.suppress(OSError):
        os.fchmod(descriptor, 0o1600)  # the sticky bit keeps cleaners of old files from removing it
    return descriptor


class _LockFile:
    """An open file that may be locked. It is closed, and unlocked, at the latest when nobody refers to it any more."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._closing = weakref.finalize(self, _unlock_and_close, descriptor)
        _FILES.add(self)

    def lock(self) -> bool:
        """Locks it and writes down the process id; false when somebody else has locked it.

        Raises:
            OSError: it cannot be locked.
        """
        try:
            if _fcntl:
                _fcntl.flock(self._descriptor, _fcntl.LOCK_EX | _fcntl.LOCK_NB)
            else:
                os.lseek(self._descriptor, _WINDOWS_LOCK_AT, os.SEEK_SET)
                _msvcrt.locking(self._descriptor, _msvcrt.LK_NBLCK, 1)
        except OSError as error:
            if error.errno in (_BUSY if _fcntl else _BUSY_ON_WINDOWS):
                return False
            raise
        with contextlib.suppress(OSError):  # a full disk: then others are not told who it is
            os.ftruncate(self._descriptor, 0)
            os.lseek(self._descriptor, 0, os.SEEK_SET)
            os.write(self._descriptor, str(os.getpid()).encode())
        return True

    def holder(self) -> int | None:
        """The id of the process that has locked it, if that can be read."""
        with contextlib.suppress(OSError):
            os.lseek(self._descriptor, 0, os.SEEK_SET)
            text = os.read(self._descriptor, 20)
            return int(text) if text.isdigit() else None
        return None

    def close(self) -> None:
        """Unlocks and closes it."""
        self._closing()

    def forget(self) -> None:
        """Closes a child's copy. The lock is the parent's, and would outlive it while the copy is open."""
        if self._closing.detach():
            os.close(self._descriptor)


def _unlock_and_close(descriptor: int) -> None:
    with contextlib.suppress(OSError):
        if _fcntl:  # at once, also for a child that is just being started and has not closed its copy yet
            _fcntl.flock(descriptor, _fcntl.LOCK_UN)
    os.close(descriptor)


def _before_fork() -> None:
    _LOCK.acquire()


def _after_fork_in_parent() -> None:
    _LOCK.release()


def _after_fork_in_child() -> None:
    global _LOCK
    _LOCK = threading.RLock()
    _HELD.clear()
    for file in list(_FILES):
        file.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_parent=_after_fork_in_parent, after_in_child=_after_fork_in_child)
