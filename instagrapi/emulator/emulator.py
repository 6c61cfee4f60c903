"""The emulator as a whole."""

from __future__ import annotations

import contextlib
import functools
import random as chance
import ssl
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from instagrapi.emulator import bodies
from instagrapi.emulator.actor import Actor
from instagrapi.emulator.broker import PushBroker, RealtimeBroker
from instagrapi.emulator.certificates import Certificates, ServerContexts
from instagrapi.emulator.clock import Clock, SystemClock
from instagrapi.emulator.companion import Companion
from instagrapi.emulator.counters import Counters
from instagrapi.emulator.devices import Devices
from instagrapi.emulator.dialect import Dialect
from instagrapi.emulator.faults import Faults
from instagrapi.emulator.http_api import HttpApi
from instagrapi.emulator.http_server import HttpServer
from instagrapi.emulator.hub import Hub
from instagrapi.emulator.iris import DEFAULT_CAPACITY
from instagrapi.emulator.journal import Connection, HttpCall, Received, ServiceName
from instagrapi.emulator.listener import Listener
from instagrapi.emulator.model import Account, Thread
from instagrapi.emulator.uploads import Upload, Uploads
from instagrapi.emulator.views import Views
from instagrapi.emulator.world import World
from instagrapi.profile import EMULATOR_VARIABLE, Address, Endpoints, Profile
from instagrapi.realtime.protocol.packets import ConnAck, Publish
from instagrapi.realtime.wire.topics import MQTToTTopics as Topics

if TYPE_CHECKING:
    from instagrapi import Client
    from instagrapi.emulator.virtual import VirtualEmulator

T = TypeVar("T")

#: Topics whose bodies go to push connections.
_PUSH_TOPICS = frozenset({"76", "80", "83", "137", "231"})


class Emulator:
    """Instagram's realtime, push and HTTP services on the loopback, with a world of their own.

    Usable as a context manager. The world and what programs did stay readable after :meth:`stop`.

    Args:
        queue_capacity: how many message-sync events an account can be replayed.
        open_registration: whether an unknown user name that logs in becomes an account with that password.
        clock: gives unix time in seconds, or is a whole clock.
        random: where ids, secrets and sessions come from, and what happens by chance.
        certificate: makes the servers' TLS context, for tests with a bad one.
        strict: whether HTTP requests that no app would send so are refused with 400 (assumed), instead of only being
            found in :attr:`complaints`.

    Attributes:
        clock: what time it is, and what is planned: ``emulator.clock.after(5, lambda: alice.send(bot, "hi"))``.
        counters: what programs did, in numbers.
        faults: what can be made to go wrong.
    """

    def __init__(
        self,
        *,
        queue_capacity: int = DEFAULT_CAPACITY,
        open_registration: bool = False,
        clock: Clock | Callable[[], float] = time.time,
        random: chance.Random | None = None,
        certificate: Callable[[Certificates], ssl.SSLContext] = Certificates.server_context,
        strict: bool = False,
    ) -> None:
        random = random or chance.SystemRandom()
        self.clock = clock if isinstance(clock, Clock) else SystemClock(clock)
        self._certificate = certificate
        self._hub = Hub(World(self.clock.time, random, queue_capacity), self.clock)
        devices = Devices(random)
        self._uploads = Uploads(self._hub.media)
        self._realtime = RealtimeBroker(self._hub)
        self._push = PushBroker(self._hub, devices, random)
        views = Views(self._hub, devices, random, self._uploads, open_registration=open_registration)
        self._api = HttpApi(self._hub, views, strict=strict)
        self.counters = Counters(self._hub, devices, self._owner)
        paths = {path for _, path in (*views.public, *views.private)}
        self.faults = Faults(self._hub, (self._realtime, self._push), self._owner, random, paths)
        self._running: contextlib.ExitStack | None = None
        self._endpoints: Endpoints | None = None

    @classmethod
    def virtual(cls, **options: Any) -> VirtualEmulator:
        """An emulator without sockets, on a virtual clock; see :class:`VirtualEmulator` for the options."""
        from instagrapi.emulator.virtual import VirtualEmulator

        return VirtualEmulator(**options)

    # --- life ---------------------------------------------------------------------------------------------------------

    def start(self) -> Self:
        """Starts the three services on free ports.

        Raises:
            RuntimeError: they are running.
        """
        if self._running is not None:
            raise RuntimeError("the emulator is running")
        with contextlib.ExitStack() as resources:
            certificates = Certificates()
            resources.callback(certificates.close)
            if isinstance(self.clock, SystemClock):
                resources.callback(self.clock.join)
            expired = functools.partial(certificates.server_context, expired=True)
            contexts = ServerContexts(self._certificate(certificates), expired)
            realtime = Listener("emulator-realtime", contexts, self._realtime.gate, self._realtime.serve)
            resources.callback(realtime.close)
            fbns = Listener("emulator-fbns", contexts, self._push.gate, self._push.serve)
            resources.callback(fbns.close)
            http = HttpServer(contexts, self._api)
            resources.callback(http.close)
            if isinstance(self.clock, SystemClock):
                self.clock.open()
                resources.callback(self.clock.close)
            self._hub.media.root = f"https://127.0.0.1:{http.port}"
            self._endpoints = Endpoints(
                http=self._hub.media.root,
                realtime=Address(host="127.0.0.1", port=realtime.port),
                fbns=Address(host="127.0.0.1", port=fbns.port),
                ca_file=certificates.ca_file,
            )
            self._running = resources.pop_all()
        return self

    def stop(self) -> None:
        """Ends all connections, companions, threads and the certificate authority; harmless when repeated."""
        if self._running is not None:
            resources, self._running, self._endpoints = self._running, None, None
            resources.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # --- how programs find it -----------------------------------------------------------------------------------------

    @property
    def endpoints(self) -> Endpoints:
        """Where the services are.

        Raises:
            RuntimeError: they are not running.
        """
        if self._endpoints is None:
            raise RuntimeError("the emulator is not running")
        return self._endpoints

    @property
    def environment(self) -> dict[str, str]:
        """The environment variable that leads a program here."""
        return {EMULATOR_VARIABLE: self.endpoints.to_url()}

    @property
    def profile(self) -> Profile:
        """The default profile with these endpoints."""
        return Profile(endpoints=self.endpoints)

    def client(self, account: Actor | str) -> Client:
        """A new client, logged in as the account; a name that nobody has becomes an account."""
        actor = self.account(account) if isinstance(account, str) else account
        two_factor = actor.account.two_factor
        client = self.new_client()
        client.login(actor.username, actor.password, totp_seed=two_factor.seed if two_factor else None)
        return client

    def new_client(self) -> Client:
        """A new client that leads here and is not logged in."""
        from instagrapi import Client

        return Client(profile=self.profile, clock=self.clock.time)

    # --- the world ----------------------------------------------------------------------------------------------------

    def account(self, username: str, password: str | None = None) -> Actor:
        """The account of that name, made if need be, with a random password unless one is given.

        Raises:
            ValueError: the name is empty, or the account exists with another password.
        """
        with self._hub.changing() as world:
            account = world.accounts.by_name(username) or world.accounts.create(username, password)
            if password is not None and account.password != password:
                raise ValueError(f"{account.username} has another password")
            return Actor(self._hub, account)

    def group(self, *members: Actor, title: str = "") -> Thread:
        """A new thread of several accounts; the first one is its admin."""
        with self._hub.changing() as world:
            return world.create_group([member.account for member in members], title)

    def companion(self, name: str = "alice", interval: float = 2.0) -> Companion:
        """Starts a companion that converses with every connected account, until :meth:`stop`.

        Args:
            name: the user name of the companion's account.
            interval: seconds between two steps.

        Raises:
            RuntimeError: the emulator is not running.
        """
        if self._running is None:
            raise RuntimeError("the emulator is not running")
        actor = self.account(name)
        companion = Companion(actor, lambda: self._connected(actor), interval)
        self._running.callback(companion.stop)
        companion.start()
        return companion

    def silent_push(self, account: Actor | str) -> None:
        """Pushes a notification that shows nothing and only keeps the account's devices reachable."""
        with self._hub.changing() as world:
            world.push_silently(self._owner(account))

    def bare_push(self, account: Actor | str) -> None:
        """Pushes an envelope in which there is no notification."""
        with self._hub.changing() as world:
            world.push_bare(self._owner(account))

    # --- the wire -----------------------------------------------------------------------------------------------------

    @property
    def dialect(self) -> Dialect:
        """Switches between known forms of what the realtime broker says."""
        return self._hub.dialect

    def graphql(self, account: Actor | str, query_id: str, payload: Mapping[str, Any]) -> int:
        """Sends the event of a GraphQL query to those of an account's connections that follow the query.

        Returns:
            how many there are.
        """
        with self._hub.changing():
            sessions = self._realtime.sessions_of(self._owner(account))
            following = [session for session in sessions if session.subscriptions.follows(query_id)]
            for session in following:
                session.publish(Topics.REALTIME_SUB, bodies.graphql(query_id, payload))
            return len(following)

    def publish(self, account: Actor | str, topic: str, payload: bytes) -> None:
        """Sends one PUBLISH with any payload, as it is, to an account's connections.

        Push topics go to the push connections of the devices that are registered for the account, all others to its
        realtime connections, whether or not they asked for the topic.

        Raises:
            LookupError: there is no such connection, or no such account.
        """
        with self._hub.changing():
            owner = self._owner(account)
            sessions = (self._push if topic in _PUSH_TOPICS else self._realtime).sessions_of(owner)
            if not sessions:
                raise LookupError(f"{owner.username} has no connection for topic {topic}")
            for session in sessions:
                session.publish_raw(topic, payload)

    def answer_next_connect(self, service: ServiceName, answer: ConnAck) -> None:
        """Answers the next CONNECT with this CONNACK; a code other than 0 refuses. Several are used in order."""
        self.faults.answer_connect(answer, service, times=1)

    # --- what programs did --------------------------------------------------------------------------------------------

    @property
    def connections(self) -> list[Connection]:
        """Every CONNECT to either broker, open, ended or refused, in order; the latest 10,000."""
        with self._hub.changing():
            return list(self._hub.journal.connections)

    @property
    def received(self) -> list[Received]:
        """Every PUBLISH from programs to either broker, in order; the latest 10,000."""
        with self._hub.changing():
            return list(self._hub.journal.received)

    @property
    def http_calls(self) -> list[HttpCall]:
        """Every HTTP request, in order; the latest 10,000."""
        with self._hub.changing():
            return list(self._hub.journal.http_calls)

    @property
    def uploads(self) -> list[Upload]:
        """Every file that was uploaded, or began to be, in order; the latest 32."""
        return list(self._uploads)

    @property
    def complaints(self) -> list[str]:
        """In what HTTP requests differed from those of an app, a sentence each, in order; the latest 10,000."""
        with self._hub.changing():
            return list(self._hub.journal.complaints)

    def subscriptions(self, account: Actor | str) -> set[str]:
        """The strings that the account's realtime connections are subscribed to on topics 88 and 149, literally."""
        with self._hub.changing():
            sessions = self._realtime.sessions_of(self._owner(account))
            return {text for session in sessions for text in session.subscriptions.texts}

    def unacknowledged(self, account: Actor | str) -> list[Publish]:
        """What was sent to the account's open connections and still has no PUBACK, oldest first."""
        with self._hub.changing():
            owner = self._owner(account)
            sessions = [*self._realtime.sessions_of(owner), *self._push.sessions_of(owner)]
            return [packet for session in sessions for packet in session.unacknowledged.values()]

    def timeline(self, last: int | None = None) -> str:
        """What happened, one line each with its time: connections, publishes, acknowledgements, faults, HTTP calls.

        The latest 5,000 lines, or the ``last`` ones. Texts and secrets are not in it.
        """
        with self._hub.changing():
            return self._hub.timeline.render(last)

    def wait_until(self, condition: Callable[[], T], timeout: float = 5.0) -> T:
        """Waits until ``condition`` gives something true, and returns that; it is tried after every change.

        Raises:
            TimeoutError: it did not within ``timeout`` seconds.
        """
        return self._hub.wait_until(condition, timeout)

    # --- helpers ------------------------------------------------------------------------------------------------------

    def _owner(self, account: Actor | str) -> Account:
        """The account, which must exist: a mistyped name shall not look like an account that is quiet."""
        if isinstance(account, Actor):
            return account.account
        with self._hub.changing() as world:
            owner = world.accounts.by_name(account)
        if owner is None:
            raise LookupError(f"there is no account {account!r}")
        return owner

    def _connected(self, actor: Actor) -> list[Actor]:
        with self._hub.changing() as world:
            return [
                Actor(self._hub, account)
                for account in world.accounts
                if account is not actor.account
                and (self._realtime.sessions_of(account) or self._push.sessions_of(account))
            ]
