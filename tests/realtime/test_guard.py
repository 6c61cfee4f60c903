"""One client per device on this machine: who comes second is told, and nobody is kept out for ever."""

from __future__ import annotations

import contextlib
import errno
import gc
import logging
import os
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from instagrapi.exceptions import DeviceInUse, RealtimeError
from instagrapi.profile import Address
from instagrapi.realtime import guard as guards
from instagrapi.realtime.guard import DeviceGuard
from tests.support.leaks import nothing_left_behind

BROKER = Address(host="broker.example")
DEVICE = "0b6e1f0c-9c34-4b57-8e5b-3a1d6f1d0001"
ACCOUNT = 10000000001
ROOT = Path(__file__).resolve().parents[2]
posix = pytest.mark.skipif(os.name != "posix", reason="modes, links and fork() of POSIX")


@pytest.fixture(autouse=True)
def _nothing_left_behind() -> Iterator[None]:
    with nothing_left_behind():
        yield


@pytest.fixture
def make(tmp_path: Path) -> Callable[[], DeviceGuard]:
    """Makes guards of one device."""
    return lambda: DeviceGuard(BROKER, DEVICE, ACCOUNT, directory=tmp_path)


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


# --- within the process --------------------------------------------------------------------------------------------


def test_a_second_client_is_refused(make: Callable[[], DeviceGuard]) -> None:
    with make() as first:
        assert first.held
        second = make()
        with pytest.raises(DeviceInUse, match="another client of this program") as refused:
            second.acquire()
        assert refused.value.pid == os.getpid()
        assert not second.held
        assert first.held
    assert not first.held
    with second:
        assert second.held


def test_the_refusal_is_a_realtime_error_that_trying_again_does_not_help(make: Callable[[], DeviceGuard]) -> None:
    with make(), pytest.raises(RuntimeError) as refused:
        make().acquire()
    assert isinstance(refused.value, RealtimeError)
    assert not refused.value.retryable
    assert BROKER.host in str(refused.value)
    assert "disconnect that one first" in str(refused.value)
    for private in (DEVICE, str(ACCOUNT)):
        assert private not in str(refused.value)


def test_the_holder_may_take_it_again_and_lets_go_at_once(make: Callable[[], DeviceGuard]) -> None:
    guard = make()
    guard.release()  # nothing yet
    guard.acquire()
    guard.acquire()
    guard.release()
    assert not guard.held
    guard.release()
    with make():
        guard.release()  # not its own
        with pytest.raises(DeviceInUse):
            guard.acquire()


def test_a_failing_block_lets_go(make: Callable[[], DeviceGuard]) -> None:
    with pytest.raises(ZeroDivisionError), make():
        raise ZeroDivisionError
    with make():
        pass


def test_a_client_that_is_gone_holds_nothing(make: Callable[[], DeviceGuard]) -> None:
    make().acquire()
    gc.collect()
    with make() as guard:
        assert guard.held


@pytest.mark.parametrize(
    "other",
    [
        (Address(host="push.example"), DEVICE, ACCOUNT),
        (Address(host=BROKER.host, port=8883), DEVICE, ACCOUNT),
        (BROKER, "another", ACCOUNT),
        (BROKER, DEVICE, ACCOUNT + 1),
    ],
    ids=["broker", "port", "device", "account"],
)
def test_another_broker_device_or_account_is_free(
    other: tuple[Address, str, int], make: Callable[[], DeviceGuard], tmp_path: Path
) -> None:
    with make() as one, DeviceGuard(*other, directory=tmp_path) as two:
        assert one.held
        assert two.held
        assert one.key != two.key


def test_the_same_device_is_recognised_however_it_is_written(make: Callable[[], DeviceGuard], tmp_path: Path) -> None:
    same = DeviceGuard(Address(host="Broker.Example"), DEVICE, str(ACCOUNT), directory=tmp_path)
    assert same.key == make().key
    with make(), pytest.raises(DeviceInUse):
        same.acquire()


def test_one_of_many_threads_gets_it(make: Callable[[], DeviceGuard]) -> None:
    count = 16
    start, won, lost = threading.Barrier(count), list[DeviceGuard](), list[DeviceInUse]()

    def race() -> None:
        guard = make()
        start.wait(10)
        try:
            guard.acquire()
        except DeviceInUse as error:
            lost.append(error)
        else:
            won.append(guard)

    threads = [threading.Thread(target=race) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert (len(won), len(lost)) == (1, count - 1)
    won[0].release()


# --- the file ------------------------------------------------------------------------------------------------------


def test_neither_the_key_nor_the_file_tells_anything(make: Callable[[], DeviceGuard], tmp_path: Path) -> None:
    with make() as guard:
        (name,) = os.listdir(tmp_path / "instagrapi")
        assert name == f"{guard.key}.lock"
        assert (tmp_path / "instagrapi" / name).read_text() == str(os.getpid())
        for private in (BROKER.host, DEVICE, DEVICE[:8], str(ACCOUNT)):
            assert private not in name


def test_nothing_is_left_of_who_held_it_before(make: Callable[[], DeviceGuard], tmp_path: Path) -> None:
    (tmp_path / "instagrapi").mkdir(0o700)
    file = tmp_path / "instagrapi" / f"{make().key}.lock"
    file.write_text("9" * 30)
    with make():
        assert file.read_text() == str(os.getpid())


@posix
def test_the_directory_and_the_file_are_the_user_s_alone(make: Callable[[], DeviceGuard], tmp_path: Path) -> None:
    directory = tmp_path / "instagrapi"
    directory.mkdir(0o777)
    directory.chmod(0o777)
    with make() as guard:
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700
        assert stat.S_IMODE((directory / f"{guard.key}.lock").stat().st_mode) & 0o777 == 0o600


@posix
def test_programs_that_are_started_do_not_get_the_file(make: Callable[[], DeviceGuard]) -> None:
    script = "import os; print([os.path.realpath(f'/proc/self/fd/{fd}') for fd in os.listdir('/proc/self/fd')])"
    with make() as guard:
        command = [sys.executable, "-c", script]
        result = subprocess.run(command, close_fds=False, capture_output=True, text=True, check=True)
        assert guard.key not in result.stdout


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """The runtime directory and the one for temporary files."""
    runtime, temporary = tmp_path / "runtime", tmp_path / "tmp"
    runtime.mkdir(0o700)
    temporary.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    return runtime, temporary


@posix
def test_the_file_is_in_the_runtime_directory(places: tuple[Path, Path]) -> None:
    runtime, temporary = places
    with DeviceGuard(BROKER, DEVICE, ACCOUNT) as guard:
        assert os.listdir(runtime / "instagrapi") == [f"{guard.key}.lock"]
        assert os.listdir(temporary) == []


@posix
@pytest.mark.parametrize("variable", [None, "", "runtime", "/nonexistent"])
def test_without_a_runtime_directory_it_is_among_the_temporary_files(
    variable: str | None, places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime, temporary = places
    monkeypatch.chdir(runtime.parent)
    if variable is None:
        monkeypatch.delenv("XDG_RUNTIME_DIR")
    else:
        monkeypatch.setenv("XDG_RUNTIME_DIR", variable)
    with DeviceGuard(BROKER, DEVICE, ACCOUNT) as guard:
        assert os.listdir(runtime) == []
        assert os.listdir(temporary / f"instagrapi-{os.geteuid()}") == [f"{guard.key}.lock"]


@posix
def test_a_runtime_directory_that_cannot_be_used_is_left_for_the_temporary_files(places: tuple[Path, Path]) -> None:
    runtime, temporary = places
    (runtime / "instagrapi").write_text("in the way")
    with DeviceGuard(BROKER, DEVICE, ACCOUNT) as guard:
        assert os.listdir(temporary / f"instagrapi-{os.geteuid()}") == [f"{guard.key}.lock"]


@posix
def test_the_runtime_directory_of_another_user_is_left_alone(
    places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    runtime, temporary = places
    monkeypatch.setattr(os, "geteuid", lambda: 4242)
    with DeviceGuard(BROKER, DEVICE, ACCOUNT) as guard:
        assert guard.held
    assert os.listdir(runtime) == []
    assert os.listdir(temporary) == ["instagrapi-4242"]
    assert len(warnings(caplog)) == 1, "nor does that user own the new directory"


# --- where there is no file ----------------------------------------------------------------------------------------


def only_within_the_process(make: Callable[[], DeviceGuard], caplog: pytest.LogCaptureFixture) -> None:
    """Connecting works, a second client in the process is refused, and all of it is logged once."""
    guard = make()
    for _ in range(3):
        with guard:
            assert guard.held
            with pytest.raises(DeviceInUse):
                make().acquire()
    assert len(warnings(caplog)) == 1
    assert "other processes" in warnings(caplog)[0]


@posix
def test_a_link_in_place_of_the_directory_is_not_followed(
    make: Callable[[], DeviceGuard], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "trap").mkdir(0o700)
    (tmp_path / "instagrapi").symlink_to("trap")
    only_within_the_process(make, caplog)
    assert os.listdir(tmp_path / "trap") == []


@posix
def test_a_link_in_place_of_the_file_is_not_followed(
    make: Callable[[], DeviceGuard], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (tmp_path / "instagrapi").mkdir(0o700)
    (tmp_path / "instagrapi" / f"{make().key}.lock").symlink_to(victim)
    only_within_the_process(make, caplog)
    assert victim.read_text() == "precious"


@posix
def test_the_directory_of_another_user_is_not_used(
    make: Callable[[], DeviceGuard], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 4242)
    only_within_the_process(make, caplog)
    assert "belongs to somebody else" in warnings(caplog)[0]


@pytest.mark.parametrize("code", [errno.EROFS, errno.EACCES, errno.ENOENT, errno.EMFILE])
def test_a_directory_that_cannot_be_written_stops_nobody(
    code: int, make: Callable[[], DeviceGuard], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*args: object, **options: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "mkdir", fail)
    only_within_the_process(make, caplog)


def test_no_directory_for_temporary_files_stops_nobody(
    places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> str:
        raise FileNotFoundError("no usable temporary directory")

    monkeypatch.delenv("XDG_RUNTIME_DIR")
    monkeypatch.setattr(tempfile, "gettempdir", fail)
    only_within_the_process(lambda: DeviceGuard(BROKER, DEVICE, ACCOUNT), caplog)


def test_a_system_without_locks_stops_nobody(
    make: Callable[[], DeviceGuard], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    monkeypatch.setattr(guards, "_fcntl", None)
    monkeypatch.setattr(guards, "_msvcrt", None)
    only_within_the_process(make, caplog)
    assert os.listdir(tmp_path) == []
    assert guards._optional("no_such_module_anywhere") is None


class Msvcrt:
    """The locks of Windows: one process at a time, tried without waiting."""

    LK_NBLCK = 2

    def __init__(self) -> None:
        self.error: int | None = None
        self.locked: list[tuple[int, int, int]] = []

    def locking(self, descriptor: int, mode: int, size: int) -> None:
        if self.error is not None:
            raise OSError(self.error, os.strerror(self.error))
        self.locked.append((os.lseek(descriptor, 0, os.SEEK_CUR), mode, size))


def test_windows_locks_what_does_not_hide_the_process_id(
    make: Callable[[], DeviceGuard], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    msvcrt = Msvcrt()
    monkeypatch.setattr(guards, "_fcntl", None)
    monkeypatch.setattr(guards, "_msvcrt", msvcrt)
    monkeypatch.setattr(os, "supports_dir_fd", set())
    with make() as guard:
        assert msvcrt.locked == [(2**30, msvcrt.LK_NBLCK, 1)]
        assert (tmp_path / "instagrapi" / f"{guard.key}.lock").read_text() == str(os.getpid())
    for msvcrt.error in (errno.EACCES, errno.EDEADLK):
        (tmp_path / "instagrapi" / f"{guard.key}.lock").write_text("4242")
        with pytest.raises(DeviceInUse, match="process 4242") as refused:
            guard.acquire()
        assert refused.value.pid == 4242


@posix
@pytest.mark.parametrize("code", [errno.ENOLCK, errno.EOPNOTSUPP, errno.EPERM])
def test_a_file_system_without_locks_stops_nobody(
    code: int, make: Callable[[], DeviceGuard], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(descriptor: int, operation: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(guards._fcntl, "flock", fail)
    only_within_the_process(make, caplog)


def test_an_interrupt_while_locking_leaves_nothing(
    make: Callable[[], DeviceGuard], monkeypatch: pytest.MonkeyPatch
) -> None:
    guard = make()
    with monkeypatch.context() as patch:

        def interrupt(*args: object) -> bool:
            raise KeyboardInterrupt

        patch.setattr(guards._LockFile, "lock", interrupt)
        with pytest.raises(KeyboardInterrupt):
            guard.acquire()
    assert not guard.held
    with guard:
        assert guard.held


# --- between processes ---------------------------------------------------------------------------------------------

PREAMBLE = f"""
import os, sys, threading
from instagrapi.exceptions import DeviceInUse
from instagrapi.profile import Address
from instagrapi.realtime.guard import DeviceGuard

def make(account={ACCOUNT}):
    return DeviceGuard(Address(host={BROKER.host!r}), {DEVICE!r}, account, directory=sys.argv[1])

def tell(*words):
    print(*words, flush=True)
"""
HOLDS = """
guard = make()
guard.acquire()
tell("held")
sys.stdin.readline()
"""


class Program(subprocess.Popen[str]):
    """A process that says what it did and waits to be told to go on."""

    def __init__(self, script: str, directory: Path) -> None:
        command = [sys.executable, "-c", PREAMBLE + script, str(directory)]
        super().__init__(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def says(self) -> str:
        assert self.stdout is not None
        return self.stdout.readline().strip()

    def go_on(self) -> None:
        assert self.stdin is not None
        self.stdin.write("\n")
        self.stdin.flush()

    def __exit__(self, *exc_info: Any) -> None:
        if exc_info[0] is not None:
            self.kill()
        super().__exit__(*exc_info)


def test_a_client_of_another_process_is_refused_until_that_ends(
    make: Callable[[], DeviceGuard], tmp_path: Path
) -> None:
    guard = make()
    with Program(HOLDS, tmp_path) as other:
        assert other.says() == "held"
        for _ in range(3):
            with pytest.raises(DeviceInUse, match=f"process {other.pid} .*stop that one first") as refused:
                guard.acquire()
            assert refused.value.pid == other.pid
            assert not guard.held
        other.go_on()
    with guard:
        assert guard.held


def test_a_killed_process_holds_nothing(make: Callable[[], DeviceGuard], tmp_path: Path) -> None:
    guard = make()
    for _ in range(5):
        with Program(HOLDS, tmp_path) as other:
            assert other.says() == "held"
            with pytest.raises(DeviceInUse):
                guard.acquire()
            other.kill()
            other.wait()
            with guard:
                assert guard.held


def test_letting_go_lets_another_process_in(make: Callable[[], DeviceGuard], tmp_path: Path) -> None:
    script = """
for _ in range(2):
    sys.stdin.readline()
    try:
        with make(): tell("held")
    except DeviceInUse as error:
        tell(error.pid)
"""
    with Program(script, tmp_path) as other:
        with make():
            other.go_on()
            assert other.says() == str(os.getpid())
        other.go_on()
        assert other.says() == "held"


def test_who_holds_it_may_be_unknown(make: Callable[[], DeviceGuard], tmp_path: Path) -> None:
    guard = make()
    with Program(HOLDS, tmp_path) as other:
        assert other.says() == "held"
        (tmp_path / "instagrapi" / f"{guard.key}.lock").write_text("")
        with pytest.raises(DeviceInUse, match="another process of this machine") as refused:
            guard.acquire()
        assert refused.value.pid is None
        other.go_on()


@posix
def test_a_full_disk_only_hides_who_it_is(
    make: Callable[[], DeviceGuard], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*args: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    guard = make()
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", fail)
        guard.acquire()
    assert guard.held
    assert warnings(caplog) == []
    guard.release()


# --- fork ----------------------------------------------------------------------------------------------------------

FORKS = """
guard = make()
guard.acquire()
if os.fork():
    os.wait()  # until it is killed
tell(guard.held)
guard.release()  # of nothing
for each in (guard, make()):
    try:
        each.acquire()
    except DeviceInUse as error:
        tell(error.pid == os.getppid())
sys.stdin.readline()
thread = threading.Thread(target=guard.acquire)  # any thread of the child may
thread.start()
thread.join()
tell(os.getpid())
sys.stdin.readline()
"""


@posix
def test_a_forked_child_does_not_hold_it_nor_keep_it(make: Callable[[], DeviceGuard], tmp_path: Path) -> None:
    guard = make()
    with Program(FORKS, tmp_path) as parent:
        assert parent.says() == "False", "the child does not hold it"
        assert [parent.says(), parent.says()] == ["True", "True"], "as the parent does"
        with pytest.raises(DeviceInUse) as refused:
            guard.acquire()
        assert refused.value.pid == parent.pid, "whatever the child does"
        parent.kill()
        parent.wait()
        with guard:
            assert guard.held, "although the child still runs"
        parent.go_on()
        child = int(parent.says())
        with pytest.raises(DeviceInUse) as refused:
            guard.acquire()
        assert refused.value.pid == child, "now the child may take it"
        parent.go_on()
        assert parent.says() == "", "the child has ended"
    with guard:
        assert guard.held


@posix
def test_forking_while_threads_take_and_leave_it(tmp_path: Path) -> None:
    """No child waits for a thread that it does not have, and none has a file of the parent open."""
    script = """
import warnings
warnings.simplefilter("ignore")  # newer Pythons warn of threads that a child does not have
done = threading.Event()

def work(account):
    while not done.is_set():
        with make(account): pass

threads = [threading.Thread(target=work, args=(account,)) for account in range(3)]
for thread in threads: thread.start()
failed = 0
for _ in range(100):
    child = os.fork()
    if not child:
        opened = [os.path.realpath(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd")]
        with make(17): pass
        os._exit(any(path.endswith(".lock") for path in opened))
    failed += os.waitpid(child, 0)[1] != 0
done.set()
for thread in threads: thread.join()
tell(failed)
"""
    with Program(script, tmp_path) as program:
        assert program.says() == "0"


def test_a_guard_costs_one_descriptor_while_it_is_held(make: Callable[[], DeviceGuard]) -> None:
    guard = make()
    with nothing_left_behind():
        for _ in range(100):
            with guard, contextlib.suppress(DeviceInUse):
                make().acquire()
