"""Where the state of a realtime client outlives its connection and its program."""

from __future__ import annotations

import contextlib
import copy
import json
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol, TypeAlias, TypeVar

from instagrapi.realtime.logs import Log, logger
from instagrapi.realtime.network.deadline import Clock
from instagrapi.writing import replacing

#: Gives the state as it is when called.
Snapshot: TypeAlias = Callable[[], Mapping[str, Any]]
T = TypeVar("T")

#: Seconds between two savings.
DEFAULT_INTERVAL = 5.0
#: Seconds that SQLite waits for other writers.
DEFAULT_SQLITE_TIMEOUT = 30.0
_VERSION = 1
#: What every SQLite database begins with.
_DATABASE = b"SQLite format 3\0"
#: Seconds after which a temporary file must be one that a killed process left.
_ABANDONED = 60.0


class StateStore(Protocol):
    """Keeps the state of one account.

    The state is a mapping that JSON can hold: ``seq_id`` and ``snapshot_at_ms``, the position in message sync, and
    ``recent``, the keys of what was handled lately. Other keys are kept as they are. It contains no credential and no
    content of messages; a store writes nothing else.

    Methods are called from any thread, one at a time.
    """

    def load(self) -> dict[str, Any] | None:
        """The state that was saved last; ``None`` when there is none, or when it is damaged, which is logged.

        Raises:
            OSError: it cannot be read now, such as for missing permissions. The state may well be there: a client that
                began without it would skip what happened since.
        """

    def save(self, state: Mapping[str, Any]) -> None:
        """Replaces the state. Atomic: whatever happens meanwhile, the next load gives the old one or the new one.

        Raises:
            OSError: it cannot be written; the old state stays.
            TypeError: the state is nothing that JSON can hold; the old one stays.
        """


class SettingsStore:
    """Keeps the state in the client's settings, so that ``dump_settings`` saves it with the session.

    It outlives the program only if that is called.

    Args:
        host: the logged-in client; its settings are looked up anew each time.
    """

    #: Where it says what is damaged; a client that is given the store puts its own here.
    log: Log = logger

    def __init__(self, host: Any) -> None:
        self._host = host

    def load(self) -> dict[str, Any] | None:
        """A copy of ``settings["realtime"]``."""
        state = (getattr(self._host, "settings", None) or {}).get("realtime")
        if isinstance(state, Mapping):
            return copy.deepcopy(dict(state))
        if state is not None:
            self.log.warning('settings["realtime"] is no state of a realtime client and is ignored')
        return None

    def save(self, state: Mapping[str, Any]) -> None:
        """Puts a copy into ``settings["realtime"]``; a host without settings keeps nothing."""
        settings = getattr(self._host, "settings", None)
        if settings is not None:
            settings["realtime"] = json.loads(json.dumps(dict(state)))


class FileStore:
    """Keeps the state in a JSON file of its own, readable by its owner only.

    A new file takes the place of the old one when it is complete and on the disk; so the state survives ``kill -9`` at
    any moment, and a power cut where the file system keeps its promises. A file that is damaged, or that is no state
    at all, is set aside as ``<path>.damaged``.

    Args:
        path: the file; its directory has to exist.
    """

    #: Where it says what is damaged; a client that is given the store puts its own here.
    log: Log = logger

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = os.path.abspath(path)  # programs change their directory when they become daemons
        self._swept = False

    def load(self) -> dict[str, Any] | None:
        """The state in the file."""
        try:
            with open(self._path, encoding="utf-8") as file:
                document = json.load(file)
        except FileNotFoundError:
            return None
        except (ValueError, RecursionError):
            document = None
        if isinstance(document, dict) and document.get("version") == _VERSION:
            state = document.get("state")
            if isinstance(state, dict):
                return state
        self.log.warning("%s holds no readable state; it is kept as %s.damaged", self._path, self._path)
        with contextlib.suppress(OSError):
            os.replace(self._path, f"{self._path}.damaged")
        return None

    def save(self, state: Mapping[str, Any]) -> None:
        """Replaces the file."""
        text = json.dumps({"version": _VERSION, "state": dict(state)})
        with replacing(self._path, durable=True) as file:
            file.write(text.encode())
        if not self._swept:
            self._swept = True
            _remove_abandoned(os.path.realpath(self._path))


def _remove_abandoned(target: str) -> None:
    """Removes the temporary files of processes that were killed while saving; ``target`` was written just now."""
    directory, name = os.path.split(target)
    with contextlib.suppress(OSError), os.scandir(directory) as entries:
        before = os.stat(target).st_mtime - _ABANDONED
        for entry in entries:
            ours = entry.name.startswith(f".{name}-") and entry.name.endswith(".tmp")
            if ours and entry.stat(follow_symlinks=False).st_mtime < before:
                os.unlink(entry.path)


class SqliteStore:
    """Keeps the states of any number of accounts in one SQLite database, readable by its owner only.

    Any number of threads and processes may use the database, each with a store of its own or a shared one. A file that
    certainly is no database is set aside as ``<path>.damaged``. A database that is damaged somewhere inside is left
    alone, since it may hold what others need; then loading and saving raise ``OSError``.

    Args:
        path: the database; it may hold other tables, too. Its directory has to exist, on a local disk.
        account: whose state this is, such as the account's user id.
        timeout: seconds to wait for other writers.
    """

    #: Where it says what is damaged; a client that is given the store puts its own here.
    log: Log = logger

    def __init__(
        self, path: str | os.PathLike[str], account: int | str, *, timeout: float = DEFAULT_SQLITE_TIMEOUT
    ) -> None:
        self._path = os.path.abspath(path)
        self._account = str(account)
        self._timeout = timeout

    def load(self) -> dict[str, Any] | None:
        """The state of the account."""
        try:
            text = self._with_a_database(self._select)
        except FileNotFoundError:
            return None
        try:
            state = None if text is None else json.loads(text)
        except (TypeError, ValueError, RecursionError):
            state = None
        if text is not None and not isinstance(state, dict):
            self.log.warning("the state of an account in %s is damaged and is ignored", self._path)
        return state if isinstance(state, dict) else None

    def _select(self) -> Any:
        os.stat(self._path)
        with contextlib.closing(self._open("rw")) as database:
            query = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'instagrapi_state'"
            if not database.execute(query).fetchone()[0]:
                return None
            query = "SELECT CAST(state AS BLOB) FROM instagrapi_state WHERE account = ?"  # bytes: JSON looks into them
            row = database.execute(query, (self._account,)).fetchone()
            return row[0] if row else None

    def save(self, state: Mapping[str, Any]) -> None:
        """Replaces the account's row."""
        text = json.dumps(dict(state))
        self._with_a_database(lambda: self._replace(text))

    def _replace(self, text: str) -> None:
        with contextlib.closing(self._open("rwc")) as database:
            with contextlib.suppress(sqlite3.OperationalError):  # SQLite does not wait here for who else does it
                database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = FULL")
            database.execute(
                "CREATE TABLE IF NOT EXISTS instagrapi_state (account TEXT PRIMARY KEY, state TEXT NOT NULL)"
            )
            database.execute(
                "INSERT INTO instagrapi_state (account, state) VALUES (?, ?)"
                " ON CONFLICT (account) DO UPDATE SET state = excluded.state",
                (self._account, text),
            )

    def _with_a_database(self, operation: Callable[[], T]) -> T:
        """Does something with the database, once more if there was something else in its place."""
        try:
            try:
                return operation()
            except sqlite3.DatabaseError as error:
                if getattr(error, "sqlite_errorcode", None) != sqlite3.SQLITE_NOTADB:
                    raise
                self._set_aside()
                return operation()
        except sqlite3.Error as error:
            raise self._failure(error) from error

    def _set_aside(self) -> None:
        """Moves away what is in the place of the database, unless it is one, or one by now."""
        with contextlib.suppress(OSError):
            with open(self._path, "rb") as file:
                if file.read(len(_DATABASE)) == _DATABASE:
                    return
            os.replace(self._path, f"{self._path}.damaged")
            self.log.warning("%s is no database; it is kept as %s.damaged", self._path, self._path)

    def _open(self, mode: str) -> sqlite3.Connection:
        """A connection for one operation: none is ever carried into another thread or over a fork."""
        is_new = not os.path.exists(self._path)
        uri = f"{Path(self._path).as_uri()}?mode={mode}"
        database = sqlite3.connect(uri, timeout=self._timeout, isolation_level=None, uri=True)
        if is_new:  # what SQLite puts beside it takes over its mode
            with contextlib.suppress(OSError):
                os.chmod(self._path, 0o600)
        return database

    def _failure(self, error: sqlite3.Error) -> OSError:
        denied = os.path.exists(self._path) and not os.access(self._path, os.R_OK | os.W_OK)
        return (PermissionError if denied else OSError)(f"{self._path}: {error}")


class Autosave:
    """Saves a state that changes often, but not more often than it has to.

    The first change after a quiet time is saved at once, further ones ``interval`` seconds after that. Nothing here
    waits or has a thread of its own: whoever runs the client calls :meth:`tick` when :meth:`due_in` has passed, and
    :meth:`flush` at the end. Safe to use from any thread, but not from a signal handler.

    Args:
        store: where to save.
        interval: least number of seconds between two savings; 0 saves each change.
        clock: seconds that never go back.
        log: where it says that the store failed.
    """

    def __init__(
        self,
        store: StateStore,
        interval: float = DEFAULT_INTERVAL,
        clock: Clock = time.monotonic,
        log: Log = logger,
    ) -> None:
        self.log = log
        self._store = store
        self._interval = interval
        self._clock = clock
        self._lock = threading.Lock()
        self._saving = threading.Lock()
        self._pending: Snapshot | None = None
        self._next_at: float | None = None
        self._failing = self._is_logged = self._is_raised = False

    @property
    def saves_each_change(self) -> bool:
        """Whether nothing is to be put off."""
        return self._interval == 0

    def changed(self, snapshot: Snapshot) -> None:
        """Says that the state has changed; saves it if it is time.

        Args:
            snapshot: gives the state; called when it is saved, in whatever thread does that.
        """
        self.note(snapshot)
        if self._next_at is None or self._clock() >= self._next_at:
            self.tick()

    def note(self, snapshot: Snapshot) -> None:
        """The same, but saves nothing now."""
        self._pending = snapshot  # without a lock: whoever takes it lets it give the state after that
        self._is_logged = self._is_raised = False

    def due_in(self) -> float | None:
        """Seconds until :meth:`tick` has something to save; ``None`` when nothing waits."""
        with self._lock:
            return None if self._pending is None else self._remaining()

    def tick(self) -> None:
        """Saves what waits, if it is time. A failure is logged, and tried again an interval later."""
        if self.due_in() != 0:
            return
        try:
            self._save(only_when_due=True)
        except Exception as error:
            if not self._failing:
                self.log.warning("the state cannot be saved, trying again: %s", error)
            self._failing = True
        else:
            self._failing = False

    def flush(self) -> None:
        """Saves what waits, now; when another thread is saving, after that.

        Raises:
            OSError: the store failed; the change still waits. It is logged and raised once, until the state changes
                again: what ends a program tries to save more than once.
        """
        if (error := self._try_to_flush()) is not None and not self._is_raised:
            self._is_raised = True
            raise error

    def flush_quietly(self) -> None:
        """The same for those who have nobody to raise an error to."""
        self._try_to_flush()

    def _try_to_flush(self) -> Exception | None:
        try:
            self._save(only_when_due=False)
        except Exception as error:
            if not self._is_logged:
                self.log.error("the state cannot be saved: %s", error)  # noqa: TRY400 the traceback is of no use
            self._is_logged = True
            return error
        return None

    def _save(self, only_when_due: bool) -> None:
        with self._saving:
            snapshot = self._take(only_when_due)
            if snapshot is None:
                return
            try:
                self._store.save(snapshot())
            except BaseException:
                with self._lock:
                    self._pending = self._pending or snapshot
                raise

    def _take(self, only_when_due: bool) -> Snapshot | None:
        with self._lock:
            if self._pending is None or (only_when_due and self._remaining()):
                return None
            snapshot, self._pending = self._pending, None
            self._next_at = self._clock() + self._interval
            return snapshot

    def _remaining(self) -> float:
        return 0.0 if self._next_at is None else max(0.0, self._next_at - self._clock())
