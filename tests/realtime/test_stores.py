"""Where the state is kept: whatever happens, the next start finds the old one or the new one."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from instagrapi import Client, writing
from instagrapi.realtime.stores import Autosave, FileStore, SettingsStore, SqliteStore, StateStore
from tests.support.clock import FakeClock
from tests.support.hosts import CSRF_TOKEN, PHONE_ID, SESSION_ID, Host
from tests.support.leaks import nothing_left_behind

OLD = {"seq_id": 1234, "snapshot_at_ms": 1_700_000_000_000, "recent": ["add:31", "1234.1"]}
NEW = {"seq_id": 1300, "snapshot_at_ms": 1_700_000_005_000, "recent": ["add:32"], "later": {"more": [None, 1.5, "é"]}}
ROOT = Path(__file__).resolve().parents[2]
posix = pytest.mark.skipif(os.name != "posix", reason="modes and signals of POSIX")


@pytest.fixture(autouse=True)
def _nothing_left_behind() -> Iterator[None]:
    with nothing_left_behind():
        yield


@pytest.fixture(params=["settings", "file", "sqlite"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], StateStore]:
    """Makes a store of each kind, each time for the same state."""
    host = Host()
    kinds: dict[str, Callable[[], StateStore]] = {
        "settings": lambda: SettingsStore(host),
        "file": lambda: FileStore(tmp_path / "bot.state"),
        "sqlite": lambda: SqliteStore(tmp_path / "bots.db", account=17),
    }
    return kinds[request.param]


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


# --- every store ---------------------------------------------------------------------------------------------------


def test_there_is_nothing_at_first(make: Callable[[], StateStore], caplog: pytest.LogCaptureFixture) -> None:
    assert make().load() is None
    assert warnings(caplog) == []


def test_what_was_saved_last_is_loaded(make: Callable[[], StateStore]) -> None:
    store = make()
    for state in (OLD, NEW, OLD, {}):
        store.save(state)
        assert store.load() == make().load() == state


def test_a_state_is_copied(make: Callable[[], StateStore]) -> None:
    store, state = make(), {"recent": ["a"]}
    store.save(state)
    state["recent"].append("b")
    loaded = store.load()
    assert loaded == {"recent": ["a"]}
    loaded["recent"].append("c")
    assert store.load() == {"recent": ["a"]}


def test_what_is_no_json_leaves_the_old_state(make: Callable[[], StateStore]) -> None:
    store = make()
    store.save(OLD)
    with pytest.raises(TypeError):
        store.save({"seq_id": object()})
    assert store.load() == OLD


@posix
@pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="nothing is forbidden to root")
@pytest.mark.parametrize("kind", [FileStore, lambda path: SqliteStore(path, account=17)], ids=["file", "sqlite"])
def test_what_is_forbidden_is_an_error(kind: Callable[[Path], StateStore], tmp_path: Path) -> None:
    store, path = kind(tmp_path / "state"), tmp_path / "state"
    store.save(OLD)
    path.chmod(0)
    with pytest.raises(PermissionError):
        store.load()
    path.chmod(0o600)
    assert store.load() == OLD


# --- in the settings -----------------------------------------------------------------------------------------------


def test_the_settings_carry_the_state_into_the_next_run(tmp_path: Path) -> None:
    client = Client()
    SettingsStore(client).save(OLD)
    client.dump_settings(tmp_path / "session.json")
    later = Client()
    later.load_settings(tmp_path / "session.json")
    assert SettingsStore(later).load() == later.settings["realtime"] == OLD


def test_settings_are_looked_up_anew() -> None:
    host = Host()
    store = SettingsStore(host)
    host.settings = {"realtime": OLD}
    assert store.load() == OLD
    host.settings = other = {}
    store.save(NEW)
    assert other == {"realtime": NEW}


@pytest.mark.parametrize("nonsense", [5, "text", [1]])
def test_nonsense_in_the_settings_is_ignored(nonsense: Any, caplog: pytest.LogCaptureFixture) -> None:
    host = Host(settings={"realtime": nonsense})
    assert SettingsStore(host).load() is None
    assert len(warnings(caplog)) == 1


def test_a_host_may_have_no_settings() -> None:
    store = SettingsStore(object())
    store.save(OLD)
    assert store.load() is None


# --- in a file -----------------------------------------------------------------------------------------------------


def test_the_file_is_all_there_is(tmp_path: Path) -> None:
    FileStore(tmp_path / "bot.state").save(OLD)
    assert os.listdir(tmp_path) == ["bot.state"]
    assert json.loads((tmp_path / "bot.state").read_text()) == {"version": 1, "state": OLD}


@posix
def test_the_file_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    (tmp_path / "bot.state").touch(0o666)
    FileStore(tmp_path / "bot.state").save(OLD)
    assert stat.S_IMODE((tmp_path / "bot.state").stat().st_mode) == 0o600


@posix
def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "bot.state").symlink_to("elsewhere/real.state")
    FileStore(tmp_path / "bot.state").save(OLD)
    assert (tmp_path / "bot.state").is_symlink()
    assert os.listdir(tmp_path / "elsewhere") == ["real.state"]
    assert FileStore(tmp_path / "bot.state").load() == OLD


def test_the_path_stays_the_same_file_when_the_directory_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    store = FileStore("bot.state")
    monkeypatch.chdir("/")
    store.save(OLD)
    assert (tmp_path / "bot.state").exists()


DAMAGED = [
    b"",
    b'{"version": 1, "state": {"seq_id"',
    b"\x00" * 512,
    b"\xff\xfe",
    b"[" * 100_000,
    b"null",
    b"[]",
    b'{"version": 1}',
    b'{"version": 1, "state": [1]}',
    b'{"version": 2, "state": {}}',
    b'{"cookies": {"sessionid": "a settings file by mistake"}}',
]


@pytest.mark.parametrize("content", DAMAGED, ids=range(len(DAMAGED)))
def test_a_damaged_file_is_set_aside(content: bytes, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path, store = tmp_path / "bot.state", FileStore(tmp_path / "bot.state")
    path.write_bytes(content)
    assert store.load() is None
    assert len(warnings(caplog)) == 1
    assert str(path) in warnings(caplog)[0]
    assert "mistake" not in caplog.text
    assert (tmp_path / "bot.state.damaged").read_bytes() == content
    assert store.load() is None
    assert len(warnings(caplog)) == 1, "from now on there is just no file"
    store.save(NEW)
    assert store.load() == NEW


def test_a_damaged_file_that_cannot_be_set_aside_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "bot.state").write_text("?")
    monkeypatch.setattr(os, "replace", failing(PermissionError()))
    assert FileStore(tmp_path / "bot.state").load() is None
    assert len(warnings(caplog)) == 1


def test_a_file_that_cannot_be_read_now_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The state may be there: beginning without it would skip what happened since."""
    store = FileStore(tmp_path / "bot.state")
    store.save(OLD)
    for error in (PermissionError, OSError):
        with monkeypatch.context() as patch:
            patch.setattr("builtins.open", failing(error()))
            with pytest.raises(error):
                store.load()
    assert store.load() == OLD


def test_a_missing_directory_is_named(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "missing" / "bot.state")
    assert store.load() is None
    with pytest.raises(FileNotFoundError, match="missing"):
        store.save(OLD)


def failing(error: BaseException) -> Callable[..., Any]:
    def fail(*args: object, **options: object) -> Any:
        raise error

    return fail


STEPS = ["tempfile.mkstemp", "os.fdopen", "os.fsync", "os.replace"]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("error", [OSError("no space left on device"), KeyboardInterrupt()], ids=["full", "interrupt"])
def test_a_failure_at_any_step_leaves_the_old_state_and_nothing_else(
    step: str, error: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = FileStore(tmp_path / "bot.state")
    store.save(OLD)
    module, name = step.split(".")
    with monkeypatch.context() as patch:
        real = os.fdopen

        def close_and_fail(handle: int, *args: Any, **options: Any) -> Any:
            real(handle).close()
            raise error

        patch.setattr(getattr(writing, module), name, close_and_fail if name == "fdopen" else failing(error))
        with pytest.raises(type(error)):
            store.save(NEW)
    assert store.load() == OLD
    assert os.listdir(tmp_path) == ["bot.state"]


@pytest.mark.parametrize("name", ["open", "scandir"])
def test_what_comes_after_the_new_file_is_in_place_may_fail(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not every system can write a directory to the disk."""
    path = tmp_path / "bot.state"
    with monkeypatch.context() as patch:
        real = getattr(os, name)

        def fail(given: str, *args: Any) -> Any:
            return failing(OSError())() if given == str(tmp_path) else real(given, *args)

        patch.setattr(os, name, fail)
        FileStore(path).save(NEW)
    assert FileStore(path).load() == NEW


DIES = """
import os, sys
from instagrapi.realtime.stores import FileStore

def at(step):
    real = getattr(os, step)
    def die(*args, **options):
        if sys.argv[3] == "after":
            real(*args, **options)
        os._exit(9)
    setattr(os, step, die)

at(sys.argv[2])
FileStore(sys.argv[1]).save({"seq_id": 2})
"""


@pytest.mark.parametrize(
    ("step", "when", "survives"),
    [
        ("fdopen", "before", 1),
        ("fsync", "before", 1),
        ("fsync", "after", 1),
        ("replace", "before", 1),
        ("replace", "after", 2),
        ("scandir", "before", 2),
    ],
)
def test_a_crash_at_any_step_leaves_the_old_state_or_the_new_one(
    step: str, when: str, survives: int, tmp_path: Path
) -> None:
    store = FileStore(tmp_path / "bot.state")
    store.save({"seq_id": 1})
    crash = subprocess.run([sys.executable, "-c", DIES, tmp_path / "bot.state", step, when], cwd=ROOT, check=False)
    assert crash.returncode == 9
    assert store.load() == {"seq_id": survives}


def test_files_of_killed_processes_are_removed_when_they_must_be_theirs(tmp_path: Path) -> None:
    abandoned, busy, other = (tmp_path / name for name in (".bot.state-1.tmp", ".bot.state-2.tmp", ".bot.stat-3.tmp"))
    for path in (abandoned, busy, other):
        path.touch()
    FileStore(tmp_path / "bot.state").save(OLD)
    for path in (abandoned, other):
        os.utime(path, (1_000_000, 1_000_000))
    FileStore(tmp_path / "bot.state").save(OLD)
    assert sorted(os.listdir(tmp_path)) == [".bot.stat-3.tmp", ".bot.state-2.tmp", "bot.state"]


# Saves in children that are killed at any moment, and checks what each leaves.
KILLED = """
import os, random, signal, sys
from instagrapi.realtime.stores import FileStore, SqliteStore

kind, path, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
store = FileStore(path) if kind == "file" else SqliteStore(path, account="17")
saved, chance = 0, random.Random(5)
for _ in range(rounds):
    told, tell = os.pipe()
    child = os.fork()
    if not child:
        number = saved
        while True:
            number += 1
            store.save({"seq_id": number, "recent": [str(number)] * 300})
            os.write(tell, b"+")
    os.close(tell)
    count = len(os.read(told, 1))
    for _ in range(chance.randrange(2000)):
        pass
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while more := os.read(told, 65536):
        count += len(more)
    os.close(told)
    state = store.load()
    number = state["seq_id"]
    assert state["recent"] == [str(number)] * 300, "half a state"
    assert saved + count <= number <= saved + count + 1, "what was saved is lost"
    saved = number
print(saved)
"""


@posix
@pytest.mark.parametrize("kind", ["file", "sqlite"])
def test_kill_9_at_any_moment_loses_no_state_that_was_saved(kind: str, tmp_path: Path) -> None:
    rounds = 100
    command = [sys.executable, "-c", KILLED, kind, tmp_path / "state", str(rounds)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.stderr == ""
    assert int(result.stdout) >= rounds


# --- in a database -------------------------------------------------------------------------------------------------


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bots.db"


def query(path: Path, *statements: str) -> list[tuple[Any, ...]]:
    """Runs statements and returns the rows of the last one."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as database:
        return [database.execute(statement).fetchall() for statement in statements][-1]


def test_each_account_has_a_state_of_its_own(path: Path) -> None:
    one, two = SqliteStore(path, account=17), SqliteStore(path, account="18")
    one.save(OLD)
    assert two.load() is None
    two.save(NEW)
    assert one.load() == OLD
    assert SqliteStore(path, account="17").load() == OLD


def test_the_database_may_hold_other_things(path: Path) -> None:
    query(path, "CREATE TABLE mine (x)", "INSERT INTO mine VALUES (5)")
    store = SqliteStore(path, account=17)
    assert store.load() is None
    store.save(OLD)
    assert query(path, "SELECT x FROM mine") == [(5,)]
    assert query(path, "SELECT * FROM instagrapi_state") == [("17", json.dumps(OLD))]
    assert query(path, "PRAGMA journal_mode") == [("wal",)]


@posix
def test_the_database_is_readable_by_its_owner_only(path: Path) -> None:
    SqliteStore(path, account=17).save(OLD)
    with contextlib.closing(sqlite3.connect(path)) as reader:  # keeps the files beside it in place
        reader.execute("SELECT * FROM instagrapi_state").fetchall()
        SqliteStore(path, account=17).save(NEW)
        assert {entry.name for entry in os.scandir(path.parent)} == {"bots.db", "bots.db-wal", "bots.db-shm"}
        modes = {stat.S_IMODE(entry.stat().st_mode) for entry in os.scandir(path.parent)}
    assert modes == {0o600}


def test_loading_makes_no_database(path: Path) -> None:
    assert SqliteStore(path, account=17).load() is None
    assert not path.exists()


def test_a_path_may_contain_anything(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "a?mode=ro#b%20 é.db", account=17)
    store.save(OLD)
    assert store.load() == OLD


@pytest.mark.parametrize("row", ["'{'", "'[1]'", "5", "x'ff00'", "CAST(x'ff' AS TEXT)"])
def test_a_damaged_row_is_ignored_and_replaced(row: str, path: Path, caplog: pytest.LogCaptureFixture) -> None:
    store = SqliteStore(path, account=17)
    store.save(OLD)
    query(path, f"UPDATE instagrapi_state SET state = {row}")
    assert store.load() is None
    assert len(warnings(caplog)) == 1
    store.save(NEW)
    assert store.load() == NEW


GARBAGE = b"no database, but somebody may miss it " * 100


def test_what_is_no_database_is_set_aside_when_it_is_read(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for content in (b"garbage\n", GARBAGE):
        path.write_bytes(content)
        store = SqliteStore(path, account=17)
        assert store.load() is None
        assert (path.parent / "bots.db.damaged").read_bytes() == content
        store.save(NEW)
        assert SqliteStore(path, account=17).load() == NEW
    assert len(warnings(caplog)) == 2


def test_what_is_no_database_any_more_is_set_aside_when_it_is_written(path: Path) -> None:
    store = SqliteStore(path, account=17)
    store.save(OLD)
    path.write_bytes(GARBAGE)
    store.save(NEW)
    assert store.load() == NEW
    assert (path.parent / "bots.db.damaged").read_bytes() == GARBAGE


def test_somebody_else_may_have_set_it_aside_and_begun_anew(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, other = SqliteStore(path, account=17), SqliteStore(path, account=17)
    path.write_bytes(GARBAGE)
    set_aside = store._set_aside

    def late() -> None:
        other.save(OLD)
        set_aside()

    monkeypatch.setattr(store, "_set_aside", late)
    assert store.load() == OLD
    assert (path.parent / "bots.db.damaged").read_bytes() == GARBAGE


def test_what_looks_like_a_database_is_left_alone(path: Path) -> None:
    """It may be encrypted, of a later version, or hold what others need."""
    content = b"SQLite format 3\0" + GARBAGE
    path.write_bytes(content)
    store = SqliteStore(path, account=17)
    for use in (store.load, lambda: store.save(NEW)):
        with pytest.raises(OSError, match=r"bots\.db: file is not a database"):
            use()
    assert path.read_bytes() == content


def test_what_cannot_be_set_aside_is_an_error(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_bytes(GARBAGE)
    monkeypatch.setattr(os, "replace", failing(PermissionError()))
    with pytest.raises(OSError, match=r"bots\.db: file is not a database"):
        SqliteStore(path, account=17).load()
    assert path.read_bytes() == GARBAGE


def test_a_damaged_page_is_an_error(path: Path) -> None:
    """To begin without a state would skip what happened since, at every start."""
    store = SqliteStore(path, account=17)
    store.save(OLD)
    query(path, "PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(OSError, match="malformed"):
        store.load()
    assert path.read_bytes() == content


def test_a_database_that_others_keep_busy_is_an_error(path: Path) -> None:
    store = SqliteStore(path, account=17, timeout=0.0)
    store.save(OLD)
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OSError, match="locked"):
            store.save(NEW)
        assert store.load() == OLD, "readers need not wait"
        other.execute("COMMIT")
    store.save(NEW)
    assert store.load() == NEW


def test_somebody_else_may_be_making_the_same_database(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite then fails at once where it switches to WAL; the save is just as safe without."""

    class Busy(sqlite3.Connection):
        def execute(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
            if "journal_mode" in sql:
                raise sqlite3.OperationalError("database is locked")
            return super().execute(sql, *parameters)

    monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=Busy))
    store = SqliteStore(path, account=17)
    store.save(OLD)
    assert store.load() == OLD


def test_missing_permissions_are_an_error(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = SqliteStore(path, account=17)
    store.save(OLD)
    monkeypatch.setattr(os, "access", lambda *args: False)
    monkeypatch.setattr(sqlite3, "connect", failing(sqlite3.OperationalError("unable to open database file")))
    with pytest.raises(PermissionError):
        store.load()
    with pytest.raises(PermissionError):
        store.save(NEW)


def test_a_missing_directory_is_an_error_when_saving(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "missing" / "bots.db", account=17)
    assert store.load() is None
    with pytest.raises(OSError, match="missing"):
        store.save(OLD)


SAVES = """
import sys, threading
from instagrapi.realtime.stores import SqliteStore

path, name, threads, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
shared = SqliteStore(path, account="shared")
errors = []

def work(number):
    try:
        own = SqliteStore(path, account=f"{name}-{number}")
        for count in range(rounds):
            own.save({"seq_id": count, "recent": [str(count)] * 50})
            assert own.load()["seq_id"] == count
            shared.save({"by": name, "recent": [name] * 50})
            state = shared.load()
            assert state["recent"] == [state["by"]] * 50, "a mixture"
    except BaseException as error:
        errors.append(repr(error))

workers = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
for worker in workers: worker.start()
for worker in workers: worker.join()
sys.exit("; ".join(errors) or 0)
"""


def test_many_threads_of_many_processes_use_one_database(path: Path) -> None:
    """It does not even exist when they begin."""
    threads, rounds, names = 8, 10, ("a", "b")
    with contextlib.ExitStack() as running:
        processes = [
            running.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", SAVES, path, name, str(threads), str(rounds)],
                    cwd=ROOT,
                    stderr=subprocess.PIPE,
                    text=True,
                )
            )
            for name in names
        ]
        for process in processes:
            assert process.communicate()[1] == ""
            assert process.returncode == 0
    for name in names:
        for number in range(threads):
            state = SqliteStore(path, account=f"{name}-{number}").load()
            assert state == {"seq_id": rounds - 1, "recent": [str(rounds - 1)] * 50}


@posix
def test_a_forked_child_can_go_on_saving(path: Path) -> None:
    script = """
import os, sys
from instagrapi.realtime.stores import SqliteStore

store = SqliteStore(sys.argv[1], account=17)
store.save({"seq_id": 1})
if not os.fork():
    store.save({"seq_id": store.load()["seq_id"] + 1})
    os._exit(0)
sys.exit(os.wait()[1])
"""
    subprocess.run([sys.executable, "-c", script, path], cwd=ROOT, check=True)
    assert SqliteStore(path, account=17).load() == {"seq_id": 2}


# --- secrets -------------------------------------------------------------------------------------------------------


def test_nothing_but_the_state_is_written(tmp_path: Path, path: Path) -> None:
    host = Host()
    SettingsStore(host).save(OLD)
    FileStore(tmp_path / "bot.state").save(OLD)
    with contextlib.closing(sqlite3.connect(path)) as reader:
        SqliteStore(path, account=host.user_id or 0).save(OLD)
        reader.execute("SELECT 1 FROM sqlite_master").fetchall()
        written = {entry.name: Path(entry.path).read_bytes() for entry in os.scandir(tmp_path)}
    assert host.settings == {"realtime": OLD}
    assert set(written) == {"bot.state", "bots.db", "bots.db-wal", "bots.db-shm"}
    for content in written.values():
        for secret in (SESSION_ID, PHONE_ID, CSRF_TOKEN):
            assert secret.encode() not in content


# --- saving now and then -------------------------------------------------------------------------------------------


class Recorder:
    """A store that writes down what was saved, and fails when told to."""

    def __init__(self) -> None:
        self.saved: list[Mapping[str, Any]] = []
        self.error: Exception | None = None

    def load(self) -> dict[str, Any] | None:
        return None

    def save(self, state: Mapping[str, Any]) -> None:
        if self.error is not None:
            raise self.error
        self.saved.append(state)

    @property
    def numbers(self) -> list[Any]:
        return [state["n"] for state in self.saved]


@pytest.fixture
def store() -> Recorder:
    return Recorder()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def number(value: int) -> Callable[[], Mapping[str, Any]]:
    return lambda: {"n": value}


def test_the_first_change_is_saved_at_once_and_the_next_ones_together(store: Recorder, clock: FakeClock) -> None:
    autosave = Autosave(store, 5.0, clock)
    assert autosave.due_in() is None
    for value in range(4):
        autosave.changed(number(value))
    assert store.numbers == [0]
    assert autosave.due_in() == 5.0
    clock.advance(4.0)
    autosave.tick()
    assert store.numbers == [0]
    assert autosave.due_in() == 1.0
    clock.advance(1.0)
    assert autosave.due_in() == 0.0
    autosave.tick()
    assert store.numbers == [0, 3]
    assert autosave.due_in() is None


def test_after_a_quiet_time_a_change_is_saved_at_once(store: Recorder, clock: FakeClock) -> None:
    autosave = Autosave(store, 5.0, clock)
    for value in range(3):
        autosave.changed(number(value))
        clock.advance(5.0)
    assert store.numbers == [0, 1, 2]


def test_a_busy_day_is_saved_once_per_interval(store: Recorder, clock: FakeClock) -> None:
    autosave = Autosave(store, 5.0, clock)
    for value in range(1000):
        autosave.changed(number(value))
        clock.advance(0.5)
    assert store.numbers == list(range(0, 1000, 10))
    autosave.flush()
    assert store.numbers[-1] == 999


def test_without_an_interval_each_change_is_saved(store: Recorder, clock: FakeClock) -> None:
    autosave = Autosave(store, 0.0, clock)
    for value in range(3):
        autosave.changed(number(value))
    assert store.numbers == [0, 1, 2]


def test_what_waits_is_saved_at_the_end_and_only_once(store: Recorder, clock: FakeClock) -> None:
    autosave = Autosave(store, 5.0, clock)
    autosave.flush()
    autosave.changed(number(0))
    autosave.flush()
    assert store.numbers == [0], "nothing has changed since"
    autosave.changed(number(1))
    autosave.flush()
    assert store.numbers == [0, 1]
    clock.advance(60.0)
    autosave.tick()
    assert store.numbers == [0, 1]


def test_the_state_is_taken_when_it_is_saved(store: Recorder, clock: FakeClock) -> None:
    autosave, state = Autosave(store, 5.0, clock), {"n": 0}
    autosave.changed(state.copy)
    autosave.changed(state.copy)
    state["n"] = 7
    clock.advance(5.0)
    autosave.tick()
    assert store.numbers == [0, 7]


def test_a_failure_is_logged_once_and_tried_again(
    store: Recorder, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    autosave = Autosave(store, 5.0, clock)
    store.error = OSError("no space left on device")
    for value in range(3):
        autosave.changed(number(value))
        clock.advance(5.0)
    assert len(warnings(caplog)) == 1
    assert "no space left" in warnings(caplog)[0]
    store.error = None
    assert autosave.due_in() == 0.0
    autosave.tick()
    assert store.numbers == [2]
    store.error = OSError("again")
    autosave.changed(number(3))
    clock.advance(5.0)
    autosave.tick()
    assert len(warnings(caplog)) == 2, "another trouble"


def test_a_failure_at_the_end_is_raised_and_nothing_is_forgotten(store: Recorder, clock: FakeClock) -> None:
    autosave = Autosave(store, 5.0, clock)
    autosave.changed(number(0))
    autosave.changed(number(1))
    store.error = OSError("no space left on device")
    with pytest.raises(OSError, match="no space left"):
        autosave.flush()
    store.error = None
    autosave.flush()
    assert store.numbers == [0, 1]


class Slow(Recorder):
    """Saves when it is allowed to."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.go_on = threading.Event(), threading.Event()

    def save(self, state: Mapping[str, Any]) -> None:
        self.begun.set()
        assert self.go_on.wait(10)
        super().save(state)


class Watched:
    """A lock that tells when somebody waits for it."""

    def __init__(self, lock: threading.Lock, waiting: threading.Event) -> None:
        self._lock, self._waiting = lock, waiting

    def __enter__(self) -> None:
        if not self._lock.acquire(blocking=False):
            self._waiting.set()
            self._lock.acquire()

    def __exit__(self, *exc_info: object) -> None:
        self._lock.release()


def test_a_slow_disk_holds_up_nobody_else(clock: FakeClock) -> None:
    store = Slow()
    autosave = Autosave(store, 5.0, clock)
    saver = threading.Thread(target=autosave.changed, args=(number(0),))
    saver.start()
    assert store.begun.wait(10)
    autosave.changed(number(1))
    assert autosave.due_in() == 5.0
    assert store.numbers == []
    waiting = threading.Event()
    autosave._saving = Watched(autosave._saving, waiting)  # type: ignore[assignment]
    ending = threading.Thread(target=autosave.flush)
    ending.start()
    assert waiting.wait(10)
    store.go_on.set()
    for thread in (saver, ending):
        thread.join(10)
    assert store.numbers == [0, 1], "what was saved last is the newest"


def test_a_change_during_a_failing_save_is_the_one_that_waits(clock: FakeClock) -> None:
    store = Slow()
    store.error = OSError("no space left on device")
    autosave = Autosave(store, 5.0, clock)
    saver = threading.Thread(target=autosave.changed, args=(number(0),))
    saver.start()
    assert store.begun.wait(10)
    autosave.changed(number(1))
    store.go_on.set()
    saver.join(10)
    store.error = None
    autosave.flush()
    assert store.numbers == [1]


def test_of_two_that_find_it_due_one_saves(store: Recorder, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    autosave = Autosave(store, 5.0, clock)
    monkeypatch.setattr(autosave, "due_in", lambda: 0.0)  # the other one has not begun yet
    autosave.changed(number(0))
    autosave.changed(number(1))
    assert store.numbers == [0]


def test_threads_never_save_more_often_and_never_lose_the_last_change(store: Recorder, clock: FakeClock) -> None:
    autosave, count = Autosave(store, 5.0, clock), 500
    latest, lock = {"n": 0}, threading.Lock()

    def work() -> None:
        for _ in range(count):
            with lock:
                latest["n"] += 1
            autosave.changed(lambda: dict(latest))

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert len(store.saved) == 1, "the clock stood still"
    autosave.flush()
    assert store.numbers[-1] == 8 * count
