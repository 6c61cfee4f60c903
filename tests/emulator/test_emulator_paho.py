"""A stock MQTT client talks to the broker once its CONNECT is translated."""

from __future__ import annotations

import contextlib
import queue
import select
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
import pytest

from instagrapi.emulator import Actor, Emulator
from instagrapi.emulator.certificates import Certificates
from instagrapi.realtime.protocol.packets import Connect
from instagrapi.realtime.protocol.parser import read_fixed_header
from instagrapi.realtime.protocol.payload import deflate, inflate
from tests.emulator.tiny_client import realtime_connect

TIMEOUT = 5.0


class Relay:
    """A loopback TLS relay for one connection that replaces the client's first packet."""

    def __init__(self, emu: Emulator, context: ssl.SSLContext, connect: Connect) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        trust = ssl.create_default_context(cafile=emu.endpoints.ca_file)
        plain = socket.create_connection(("127.0.0.1", emu.endpoints.realtime.port), timeout=TIMEOUT)
        self._broker = trust.wrap_socket(plain, server_hostname="127.0.0.1")
        self._context = context
        self._connect = connect
        self.from_client = bytearray()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def close(self) -> None:
        self._thread.join(TIMEOUT)
        self._listening.close()

    def _run(self) -> None:
        self._listening.settimeout(TIMEOUT)
        sock, _ = self._listening.accept()
        with self._broker, self._context.wrap_socket(sock, server_side=True) as client:
            client.settimeout(TIMEOUT)
            data = bytearray()
            while (header := read_fixed_header(data, 0, 1000)) is None or len(data) < header[1]:
                data += client.recv(4096)
            assert data[0] == 0x10
            self._broker.sendall(self._connect.encode() + data[header[1] :])
            with contextlib.suppress(OSError):
                self._pump(client)

    def _pump(self, client: ssl.SSLSocket) -> None:
        """Both directions on one thread: a TLS connection must not be used by two at once."""
        ends = {client: self._broker, self._broker: client}
        while True:
            for source in select.select(list(ends), [], [], TIMEOUT)[0]:
                piece = source.recv(65536)
                if not piece:
                    return
                if source is client:
                    self.from_client += piece
                ends[source].sendall(piece)


@pytest.fixture
def context(tmp_path: Path) -> tuple[ssl.SSLContext, str]:
    certificates = Certificates()
    server = certificates.server_context()
    ca_file = tmp_path / "ca.pem"
    ca_file.write_bytes(Path(certificates.ca_file).read_bytes())
    certificates.close()
    return server, str(ca_file)


@pytest.fixture
def relay(emu: Emulator, bot: Actor, context: tuple[ssl.SSLContext, str]) -> Iterator[Relay]:
    connect = realtime_connect(bot.pk, f"sessionid={bot.new_session()}", subscribeTopics=[133, 135, 146])
    relay = Relay(emu, context[0], connect)
    yield relay
    relay.close()


@pytest.mark.parametrize("protocol", [mqtt.MQTTv31, mqtt.MQTTv311])
def test_paho_exchanges_packets_with_the_broker(
    emu: Emulator, relay: Relay, context: tuple[ssl.SSLContext, str], alice: Actor, bot: Actor, protocol: int
) -> None:
    happened: queue.Queue[tuple[str, Any]] = queue.Queue()
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id="stock", protocol=protocol)
    client.tls_set_context(ssl.create_default_context(cafile=context[1]))
    client.on_connect = lambda client, data, flags, reason, properties: happened.put(("connect", reason.is_failure))
    client.on_publish = lambda client, data, mid, reason, properties: happened.put(("puback", mid))
    client.on_message = lambda client, data, message: happened.put((message.topic, inflate(message.payload)))
    client.on_log = lambda client, data, level, text: "PINGRESP" in text and happened.put(("pingresp", None))
    client.connect("127.0.0.1", relay.port, keepalive=60)
    client.loop_start()
    try:
        assert happened.get(timeout=TIMEOUT) == ("connect", False)
        sent = client.publish(
            "134", deflate(b'{"seq_id":1000,"snapshot_at_ms":1,"snapshot_app_version":"428.0"}'), qos=1
        )
        assert happened.get(timeout=TIMEOUT) == ("puback", sent.mid)
        topic, body = happened.get(timeout=TIMEOUT)
        assert (topic, b'"succeeded":true' in body) == ("135", True)
        alice.send(bot, "hello paho")
        topic, body = happened.get(timeout=TIMEOUT)
        assert (topic, b"hello paho" in body) == ("146", True)
        emu.wait_until(lambda: emu.unacknowledged(bot) == [])
        client._send_pingreq()
        assert happened.get(timeout=TIMEOUT) == ("pingresp", None)
        assert b"\xc0\x00" in relay.from_client
    finally:
        client.disconnect()
        client.loop_stop()
    emu.wait_until(lambda: not emu.connections[0].is_open)
