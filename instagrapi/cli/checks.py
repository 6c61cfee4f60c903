"""What can keep a program from working, looked at one after another, each with a remedy."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterator
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from instagrapi.cli.remedies import upgrade_the_app
from instagrapi.cli.sessions import new_client
from instagrapi.exceptions import (
    AccountSuspended,
    ChallengeError,
    CheckpointRequired,
    ClientConnectionError,
    ClientError,
    ClientNeedsUpgradeError,
    ConnectRefused,
    ConsentRequired,
    DeviceInUse,
    FeedbackRequired,
    LoginRequired,
    RealtimeConfigError,
    TransportError,
)
from instagrapi.profile import Address
from instagrapi.proxy import Proxy
from instagrapi.realtime.fbns_auth import FbnsDeviceAuth
from instagrapi.realtime.network.deadline import Deadline
from instagrapi.realtime.network.dial import dial, resolve
from instagrapi.realtime.network.stream import open_stream
from instagrapi.realtime.network.tls import verified_context
from instagrapi.realtime.network.waiting import Interrupt

_LOGIN = "log in again with 'instagrapi login'"
_HTTPS = 443
_RESTORE = "put a copy of the file back if you have one; otherwise move it away and log in with 'instagrapi login'"


class Outcome(StrEnum):
    """How a check ended."""

    OK = "ok"
    FAILED = "failed"
    SKIPPED = "skipped"


class Finding(NamedTuple):
    """One check: what it found in a sentence, and what to do about it where there is something to do."""

    name: str
    outcome: Outcome
    sentence: str
    remedy: str | None = None


class Problem(Exception):
    """A check failed, or made no sense."""

    def __init__(self, sentence: str, remedy: str | None = None, outcome: Outcome = Outcome.FAILED) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.remedy = remedy
        self.outcome = outcome


def findings(settings_file: Path, timeout: float) -> Iterator[Finding]:
    """What a checkup finds, or why none is possible."""
    try:
        checkup = Checkup(settings_file, timeout)
    except RealtimeConfigError as error:
        yield Finding("proxy" if "proxy" in str(error) else "emulator", Outcome.FAILED, str(error), remedy_for(error))
        return
    yield from checkup.run()


class Checkup:
    """Looks at everything between a session file and the first event: once, and in the order of a connection.

    It is careful with the account: two HTTP requests and two connections, nothing is sent to anybody, no device is
    registered. The only thing that it may write is what FBNS says of the device when it connects, which replaces what
    the session file had. What it says holds no credential, no name, no id, no path and no proxy's address.

    Args:
        settings_file: the session.
        timeout: seconds for each step.
    """

    def __init__(self, settings_file: Path, timeout: float) -> None:
        self._settings_file = settings_file
        self._timeout = timeout
        self._client = new_client()
        self._failed: set[str] = set()

    def run(self) -> Iterator[Finding]:
        """The findings, each as soon as it is there."""
        yield self._look("session file", self._session_file)
        yield self._look("file mode", self._file_mode, "session file")
        yield self._look("proxy", self._proxy)
        endpoints = self._client.profile.endpoints
        http = urlsplit(endpoints.http)
        hosts = {
            "HTTP": Address(host=http.hostname or "", port=http.port or _HTTPS),
            "realtime": endpoints.realtime,
            "FBNS": endpoints.fbns,
        }
        for service, address in hosts.items():
            yield self._look(f"{service} DNS", partial(self._dns, address), "proxy")
            yield self._look(f"{service} TCP", partial(self._tcp, address), f"{service} DNS")
            yield self._look(f"{service} TLS", partial(self._tls, address), f"{service} TCP")
        yield self._look("session", self._session, "session file", "HTTP TLS")
        yield self._look("CONNACK", self._connack, "session", "realtime TLS")
        yield self._look("iris", self._iris, "CONNACK")
        self._client.realtime_disconnect()
        yield self._look("FBNS", self._fbns, "session file", "FBNS TLS")

    def _look(self, name: str, check: Callable[[], str], *needs: str) -> Finding:
        """Runs a check, unless one that it needs has failed."""
        missing = next((need for need in needs if need in self._failed), None)
        finding = self._finding(name, check) if missing is None else _skipped(name, f"needs {missing}")
        if finding.outcome is not Outcome.OK:
            self._failed.add(name)
        return finding

    def _finding(self, name: str, check: Callable[[], str]) -> Finding:
        try:
            return Finding(name, Outcome.OK, check())
        except Problem as problem:
            return Finding(name, problem.outcome, self._told(problem.sentence), problem.remedy)
        except (ClientError, OSError) as error:
            return Finding(name, Outcome.FAILED, self._told(str(error) or type(error).__name__), remedy_for(error))

    def _told(self, sentence: str) -> str:
        """The sentence without what tells whose it is."""
        client, proxy = self._client, self._client.proxy
        private: dict[str | None, str] = {
            str(self._settings_file): "the session file",
            client.username: "the account",
            client.user_id: "the account",
        }
        if proxy:
            host, port = Proxy.from_url(proxy).host, Proxy.from_url(proxy).port
            private |= {f"the name {host}": "the name of the proxy", f"{host}:{port}": "the proxy", host: "the proxy"}
        for text, instead in private.items():
            if text:
                sentence = sentence.replace(text, instead)
        return sentence

    # --- on this machine -------------------------------------------------------------------------------------------

    def _session_file(self) -> str:
        path = self._settings_file
        if not path.exists():
            raise Problem("there is none", "log in with 'instagrapi login', or name the file with --settings")
        try:
            self._client.load_settings(path)
        except ClientError as error:
            raise Problem(str(error), _RESTORE) from error
        if not self._client.sessionid:
            raise Problem("it is logged out", _LOGIN)
        last_login = self._client.settings.last_login
        age = f", {max(0.0, time.time() - last_login) / 86_400:.0f} days old" if last_login else ""
        return f"it holds a session{age}, and app version {self._client.app_version}"

    def _file_mode(self) -> str:
        if os.name == "posix" and stat.S_IMODE(self._settings_file.stat().st_mode) & 0o077:
            raise Problem(
                "others on this machine may read the session file, which is a credential", "chmod 600 the file"
            )
        return "only its owner may read the session file"

    def _proxy(self) -> str:
        url = self._client.proxy
        if url is None:
            return "none"
        proxy = Proxy.from_url(url)
        self._dial(Address(host=proxy.host, port=proxy.port))
        return f"{proxy.scheme}, {'with' if proxy.username else 'without'} credentials; it takes connections"

    # --- the three hosts -------------------------------------------------------------------------------------------

    def _dns(self, address: Address) -> str:
        proxy = self._client.proxy
        if proxy and not Proxy.from_url(proxy).resolves_locally:
            return "left to the proxy"
        interrupt = Interrupt()
        try:
            found = resolve(address.host, address.port, Deadline.after(self._timeout), interrupt)
        finally:
            interrupt.close()
        return f"{address.host} has {len(found)} address{'es' if len(found) != 1 else ''}"

    def _tcp(self, address: Address) -> str:
        if self._client.proxy:
            return "left to the proxy"
        return f"port {address.port} answered in {self._dial(address) * 1000:.0f} ms"

    def _dial(self, address: Address) -> float:
        """Connects and disconnects; the seconds it took."""
        interrupt, started = Interrupt(), time.monotonic()
        try:
            dial(address.host, address.port, Deadline.after(self._timeout), interrupt).close()
        finally:
            interrupt.close()
        return time.monotonic() - started

    def _tls(self, address: Address) -> str:
        proxy = self._client.proxy
        ca_file = self._client.profile.endpoints.ca_file
        started = time.monotonic()
        open_stream(
            address.host,
            address.port,
            deadline=Deadline.after(self._timeout),
            interrupt=Interrupt(),
            context=verified_context(ca_file),
            proxy=Proxy.from_url(proxy) if proxy else None,
        ).close()
        trust = "the emulator's certificates" if ca_file else "the certificate"
        return f"{trust} verified, handshake in {(time.monotonic() - started) * 1000:.0f} ms"

    # --- the account -----------------------------------------------------------------------------------------------

    def _session(self) -> str:
        self._client.username = self._client.account_info().username
        return "alive: Instagram knows the account"

    def _connack(self) -> str:
        started = time.monotonic()
        try:
            self._client.realtime_connect(reconnect=False, connect_timeout=self._timeout)
        except DeviceInUse as in_use:
            raise Problem(f"not tried: {in_use}", None, Outcome.SKIPPED) from in_use
        return f"the broker accepted the session in {(time.monotonic() - started) * 1000:.0f} ms"

    def _iris(self) -> str:
        realtime = self._client.realtime
        assert realtime is not None  # noqa: S101  # the check before this one has passed
        realtime.direct_subscribe(timeout=self._timeout)
        return "message sync accepted: events would come"

    def _fbns(self) -> str:
        stored = FbnsDeviceAuth.from_client(self._client)
        if not stored.is_stored:
            raise Problem(
                "no device identity in the session file yet; 'instagrapi push' gets one", None, Outcome.SKIPPED
            )
        try:
            device = self._client.fbns_connect(register=False, reconnect=False, connect_timeout=self._timeout).auth
        except DeviceInUse as in_use:
            raise Problem(f"not tried: {in_use}", None, Outcome.SKIPPED) from in_use
        finally:
            self._client.fbns_disconnect()
        if device.device_id != stored.device_id:
            raise Problem(
                "FBNS no longer knows the device of the session file",
                "run 'instagrapi push', or let your program connect: it registers a new one",
            )
        self._client.dump_settings(self._settings_file)  # FBNS may have given the device other secrets
        registered = "with a push token" if device.token else "without a push token yet"
        return f"FBNS knows the device, {registered}"


def remedy_for(error: Exception) -> str:
    """What a person can do about an error."""
    match error:
        case LoginRequired():
            return _LOGIN
        case ChallengeError() | CheckpointRequired():
            return "open the Instagram app on a phone, confirm who you are, then try again"
        case AccountSuspended():
            return "its owner can appeal in the Instagram app; until then no program can use the account"
        case ConsentRequired():
            return "open the Instagram app on a phone, accept the new terms, then try again"
        case FeedbackRequired():
            return "stop your programs for some hours"
        case ClientNeedsUpgradeError():
            return upgrade_the_app()
        case ConnectRefused(return_code=3):
            return "the broker is busy: wait some minutes and try again"
        case ConnectRefused():
            return _LOGIN
        case RealtimeConfigError():
            return "correct --proxy, INSTAGRAPI_PROXY, --emulator or INSTAGRAPI_EMULATOR, whichever it is about"
        case TransportError() | ClientConnectionError() | OSError():
            return (
                "check the network, the proxy, a firewall, and the clock and certificate authorities of this machine; "
                "then try again"
            )
        case ClientError(retryable=True):
            return "wait some minutes, then try again"
        case _:
            return "do what the sentence says; if it says nothing, look at 'instagrapi --debug doctor'"


def _skipped(name: str, sentence: str) -> Finding:
    return Finding(name, Outcome.SKIPPED, sentence)
