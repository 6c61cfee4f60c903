"""Several threads on one real TLS connection: nothing stops, nothing is lost, nothing is mixed up."""

from __future__ import annotations

import contextlib
import itertools
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from instagrapi.exceptions import ConcurrencyError, ConnectionLost, NotConnectedError, RealtimeError
from instagrapi.profile import Profile
from instagrapi.realtime import RealtimeClient
from instagrapi.realtime.network.deadline import Deadline
from instagrapi.realtime.network.transport import SocketMQTToTTransport
from instagrapi.realtime.protocol.packets import Connect, Disconnect, PingReq, PingResp, PubAck, Publish
from instagrapi.realtime.protocol.payload import deflate, inflate
from tests.support.broker import LoopbackServer, Peer
from tests.support.certificates import authority, serving, trusting
from tests.support.hosts import Host
from tests.support.leaks import nothing_left_behind

AT_ONCE = 1.0


@pytest.fixture(autouse=True)
def _nothing_left_behind() -> Iterator[None]:
    with nothing_left_behind():
        yield


def client_of(broker: LoopbackServer, timeout: float = 10.0) -> RealtimeClient:
    client = RealtimeClient(Host(), SocketMQTToTTransport("localhost", broker.port, timeout, trusting()), pace=None)
    client.connect()
    return client


class Worker(threading.Thread):
    """A thread whose outcome can be asked for."""

    def __init__(self, action: Callable[[], object]) -> None:
        super().__init__(name="worker", daemon=True)
        self._action = action
        self.result: object = None
        self.error: BaseException | None = None
        self.start()

    def run(self) -> None:
        try:
            self.result = self._action()
        except BaseException as error:
            self.error = error

    def finish(self, timeout: float = 20.0) -> Worker:
        self.join(timeout)
        assert not self.is_alive(), "a thread waits for ever"
        return self


def read_until_the_end(client: RealtimeClient) -> int:
    """Reads everything; returns how many packets there were."""
    count = 0
    try:
        while True:
            client.read_once()
            count += 1
    except (ConnectionLost, NotConnectedError):
        return count


def answer_commands(peer: Peer) -> list[Any]:
    """A broker that answers each command and writes down what it got."""
    peer.accept_connect()
    commands: list[Any] = []
    with contextlib.suppress(ConnectionError, ssl.SSLError):  # the client may leave before it was answered
        while (packet := peer.read()) is not None and not isinstance(packet, Disconnect):
            if isinstance(packet, PingReq):
                peer.send(PingResp())
            elif isinstance(packet, Publish):
                command = json.loads(inflate(packet.payload))
                commands.append(command)
                answer = {"status": "ok", "payload": {"client_context": command["client_context"]}}
                peer.send(PubAck(packet.packet_id or 0), Publish("133", deflate(json.dumps(answer).encode()), 1))
    return commands


def test_thousands_of_commands_from_many_threads_arrive_whole() -> None:
    threads, each = 6, 500
    with LoopbackServer(answer_commands, serving()) as broker:
        client = client_of(broker)
        seen = threading.Semaphore(0)
        client.on("send_response", lambda payload: seen.release())
        reader = Worker(lambda: read_until_the_end(client))

        def send(name: int) -> None:
            for number in range(each):
                client.direct_send_text(name, f"{name}/{number} " + "x" * (number % 400), f"{name}-{number}")

        senders = [Worker(lambda name=name: send(name)) for name in range(threads)]  # type: ignore[misc]
        for sender in senders:
            assert sender.finish().error is None
        for _ in range(threads * each):
            assert seen.acquire(timeout=10), "an answer is missing"
        assert client.ping(10)
        began = time.monotonic()
        client.disconnect()
        reader.finish()
        assert time.monotonic() - began < AT_ONCE
        assert isinstance(reader.result, int)
        assert reader.result >= 2 * threads * each
    (commands,) = broker.results
    assert isinstance(commands, list)
    expected = {
        f"{name}-{number}": f"{name}/{number} " + "x" * (number % 400)
        for name in range(threads)
        for number in range(each)
    }
    assert {command["client_context"]: command["text"] for command in commands} == expected
    for name in range(threads):
        mine = [command["client_context"] for command in commands if command["thread_id"] == str(name)]
        assert mine == [f"{name}-{number}" for number in range(each)], "each thread's commands keep their order"


def test_results_reach_the_threads_that_asked() -> None:
    """One thread reads; or none does, and whoever waits reads for all."""
    for with_reader in (True, False):
        with LoopbackServer(answer_commands, serving()) as broker:
            client = client_of(broker)
            reader = Worker(lambda: read_until_the_end(client)) if with_reader else None  # noqa: B023

            def ask(name: int) -> list[str]:
                handles = [client.direct_send_text(name, "x", f"{name}-{number}") for number in range(50)]  # noqa: B023
                return [handle.result(10)["payload"]["client_context"] for handle in handles]

            askers = [Worker(lambda name=name: ask(name)) for name in range(4)]  # type: ignore[misc]
            for name, asker in enumerate(askers):
                assert asker.finish().error is None
                assert asker.result == [f"{name}-{number}" for number in range(50)]
            client.disconnect()
            if reader:
                reader.finish()


def test_pings_from_many_threads_while_one_reads() -> None:
    with LoopbackServer(Peer.serve, serving()) as broker:
        client = client_of(broker)
        reader = Worker(lambda: read_until_the_end(client))
        pingers = [Worker(lambda: [client.ping(10) for _ in range(50)]) for _ in range(4)]
        for pinger in pingers:
            assert pinger.finish().result == [True] * 50
        client.disconnect()
        reader.finish()


def test_a_second_reader_is_refused(waiting_begun: threading.Event) -> None:
    with LoopbackServer(Peer.serve, serving()) as broker:
        client = client_of(broker)
        waiting_begun.clear()
        reader = Worker(lambda: read_until_the_end(client))
        assert waiting_begun.wait(5)
        with pytest.raises(ConcurrencyError, match="reading already"):
            client.read_once(0)
        client.disconnect()
        assert reader.finish().error is None


def test_disconnect_wakes_a_reader_at_once_and_says_goodbye(waiting_begun: threading.Event) -> None:
    with LoopbackServer(Peer.serve, serving()) as broker:
        client = client_of(broker)
        waiting_begun.clear()
        reader = Worker(client.read_once)
        assert waiting_begun.wait(5)
        began = time.monotonic()
        client.disconnect()
        reader.finish()
        assert time.monotonic() - began < AT_ONCE
        assert isinstance(reader.error, NotConnectedError)
    (said,) = broker.results
    assert isinstance(said, list)
    assert said[-1] == Disconnect()


def test_disconnect_does_not_wait_for_a_sender_that_is_stuck(waiting_begun: threading.Event) -> None:
    """The broker reads nothing: a sender blocks in the socket, and DISCONNECT cannot get through either."""

    def deaf(peer: Peer) -> None:
        peer.accept_connect()
        peer.wait()

    with LoopbackServer(deaf, serving()) as broker:
        client = client_of(broker, timeout=30)
        connection = client._connection
        assert connection is not None
        waiting_begun.clear()
        sender = Worker(lambda: connection.publish("132", bytes(64 * 2**20)))
        assert waiting_begun.wait(10)
        began = time.monotonic()
        client.disconnect()
        assert time.monotonic() - began < AT_ONCE, "disconnect waited for the broker"
        sender.finish(5)
        assert isinstance(sender.error, ConnectionLost)


def test_disconnect_does_not_wait_for_a_broker_that_takes_nothing() -> None:
    def deaf(peer: Peer) -> None:
        peer.accept_connect()
        peer.wait()

    with LoopbackServer(deaf, serving()) as broker:
        client = client_of(broker, timeout=30)
        transport = client.transport
        transport.timeout = 0.05
        stream = transport._stream
        # Fill the socket behind the transport's back: no room is left for DISCONNECT.
        with pytest.raises(TimeoutError):
            stream.send(bytes(64 * 2**20), Deadline.after(0.05))
        transport.timeout = 30
        began = time.monotonic()
        client.disconnect()
        assert time.monotonic() - began < AT_ONCE


def test_disconnect_during_connect(waiting_begun: threading.Event) -> None:
    """The broker takes CONNECT and never answers."""
    asked = threading.Event()

    def mute(peer: Peer) -> None:
        peer.expect(Connect)
        asked.set()
        peer.drain()

    with LoopbackServer(mute, serving()) as broker:
        client = RealtimeClient(Host(), SocketMQTToTTransport("localhost", broker.port, 30, trusting()))
        connecting = Worker(client.connect)
        assert asked.wait(10)
        began = time.monotonic()
        client.disconnect()
        connecting.finish()
        assert time.monotonic() - began < AT_ONCE
        assert isinstance(connecting.error, RealtimeError)
        assert not client.connected


def test_everybody_disconnects_at_once() -> None:
    for _ in range(10):
        with LoopbackServer(Peer.serve, serving()) as broker:
            client = client_of(broker)
            reader = Worker(lambda: read_until_the_end(client))  # noqa: B023
            gate = threading.Barrier(5)

            def leave() -> None:
                gate.wait(5)  # noqa: B023
                client.disconnect()  # noqa: B023

            leavers = [Worker(leave) for _ in range(4)]
            gate.wait(5)
            for leaver in leavers:
                assert leaver.finish().error is None
            reader.finish()


def test_reconnecting_while_others_send_and_read(tmp_path: Path) -> None:
    """Every thread meets a typed error or none; what is sent arrives on one connection or the other, whole."""
    ca_file = tmp_path / "ca.pem"
    authority("ours").cert_pem.write_to_path(str(ca_file))
    done = threading.Event()
    sent: set[str] = set()
    with LoopbackServer(answer_commands, serving()) as broker:
        address = {"host": "localhost", "port": broker.port}
        client = RealtimeClient(
            Host(), profile=Profile().replace(endpoints={"realtime": address, "ca_file": str(ca_file)})
        )

        def send() -> None:
            for number in itertools.count():
                if done.is_set():
                    return
                sent.add(f"c-{number}")
                with contextlib.suppress(ConnectionLost, NotConnectedError):
                    client.direct_send_text("1", "x" * 300, f"c-{number}")

        def read() -> None:
            while not done.is_set():
                with contextlib.suppress(ConnectionLost, NotConnectedError):
                    client.read_once(1.0)

        client.connect()
        workers = [Worker(send), Worker(read)]
        try:
            for _ in range(10):
                client.connect()
                assert client.ping(10)
        finally:
            done.set()
            client.disconnect()
        for worker in workers:
            assert worker.finish().error is None
    received = [command["client_context"] for commands in broker.results for command in commands]  # type: ignore[attr-defined]
    assert received
    assert len(received) == len(set(received))
    assert set(received) <= sent


def test_a_handler_waits_for_a_result_over_the_line_it_is_read_from() -> None:
    def script(peer: Peer) -> list[Any]:
        peer.accept_connect()
        peer.send(Publish("146", deflate(b'["go"]'), 5))
        commands = []
        while (packet := peer.read()) is not None and not isinstance(packet, Disconnect):
            if isinstance(packet, Publish):
                command = json.loads(inflate(packet.payload))
                commands.append(command)
                answer = {"status": "ok", "payload": {"client_context": command["client_context"]}}
                peer.send(PubAck(packet.packet_id or 0), Publish("133", deflate(json.dumps(answer).encode()), 1))
        return commands

    with LoopbackServer(script, serving()) as broker:
        client = client_of(broker)
        answers: list[Any] = []
        client.on("iris", lambda payload: answers.append(client.direct_send_text("1", "hi").result(5)))
        assert client.read_once(10) == ["go"]
        assert answers[0]["status"] == "ok"
        client.disconnect()
