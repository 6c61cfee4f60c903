"""A client of MQTToT that does nothing by itself: packets out, packets in."""

from __future__ import annotations

import json
import socket
import ssl
import zlib
from typing import Any

from instagrapi.profile import Address, Endpoints
from instagrapi.realtime.protocol.packets import ConnAck, Connect, Packet, PingReq, PingResp, PubAck, Publish
from instagrapi.realtime.protocol.parser import PacketParser
from instagrapi.realtime.protocol.thrift import Struct, decode_struct
from instagrapi.realtime.wire.connect import MQTToTConnection

TIMEOUT = 5.0
PHONE_ID = "01234567-89ab-cdef-0123-456789abcdef"
REALTIME_TOPICS = [88, 135, 149, 150, 133, 146]
APP_INFO = {
    "app_version": "428.0.0.47.67",
    "X-IG-Capabilities": "3brTv10=",
    "User-Agent": "Instagram 428.0.0.47.67 Android",
    "Accept-Language": "en-US",
    "platform": "android",
    "ig_mqtt_route": "django",
}


class Closed(Exception):
    """The broker ended the connection."""


class TinyClient:
    def __init__(self, endpoints: Endpoints, address: Address) -> None:
        context = ssl.create_default_context(cafile=endpoints.ca_file)
        plain = socket.create_connection((address.host, address.port), timeout=TIMEOUT)
        self.socket = context.wrap_socket(plain, server_hostname=address.host)
        self._parser = PacketParser()
        self._packets: list[Packet] = []
        self._last_packet_id = 0

    def __enter__(self) -> TinyClient:
        return self

    def __exit__(self, *exc: object) -> None:
        self.socket.close()

    def send(self, packet: Packet) -> None:
        self.socket.sendall(packet.encode())

    def receive(self) -> Packet:
        while not self._packets:
            try:
                data = self.socket.recv(65536)
            except (ConnectionError, ssl.SSLError) as error:
                raise Closed from error
            if not data:
                raise Closed
            self._packets += self._parser.feed(data)
            assert self._parser.error is None
        return self._packets.pop(0)

    def until_closed(self) -> list[Packet]:
        packets = []
        try:
            while True:
                packets.append(self.receive())
        except Closed:
            return packets

    def expect(self, kind: type[Any]) -> Any:
        """The next packet of a kind; others before it are dropped."""
        while not isinstance(packet := self.receive(), kind):
            pass
        return packet

    def publish(self, topic: str, body: bytes | dict[str, Any], qos: int = 1) -> int | None:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        packet_id = None
        if qos:
            self._last_packet_id += 1
            packet_id = self._last_packet_id
        self.send(Publish(topic, zlib.compress(raw, 9), packet_id))
        return packet_id

    def subscribe(self, topic: str, *subscriptions: str) -> None:
        self.publish(topic, {"sub": list(subscriptions)})
        self.expect(PubAck)

    def is_idle(self) -> bool:
        """Whether nothing was on its way to the client."""
        self.send(PingReq())
        while isinstance(packet := self.receive(), PubAck):
            pass
        return packet == PingResp()

    def body(self, topic: str, *, acknowledge: bool = True) -> bytes:
        """The inflated body of the next publish; it must be of that topic."""
        packet = self.expect(Publish)
        assert packet.topic == topic, f"expected topic {topic}, got {packet.topic}"
        if acknowledge and packet.packet_id is not None:
            self.send(PubAck(packet.packet_id))
        return zlib.decompress(packet.payload)

    def json(self, topic: str) -> Any:
        return json.loads(self.body(topic))

    def struct(self, topic: str, schema: Struct) -> dict[str, Any]:
        return decode_struct(schema, self.body(topic))

    def patches(self) -> list[dict[str, Any]]:
        """The next message-sync body: elements with their first patch, its parsed value, and unseen counts."""
        elements = self.json("146")
        for element in elements:
            element["patch"], *counts = element["data"]
            value = element["patch"].get("value")
            element["value"] = None if value is None else json.loads(value)
            element["counts"] = {patch["path"].split("/")[2]: int(patch["value"]) for patch in counts}
        return elements

    def patch(self) -> dict[str, Any]:
        (element,) = self.patches()
        return element


def realtime_connect(user_id: int, password: str, **changes: Any) -> Connect:
    """A CONNECT as the app sends it, with changes to ``clientInfo`` or, by these names, to the packet.

    ``without`` names fields of ``clientInfo`` to leave out, ``app_info`` replaces ``appSpecificInfo``.
    """
    packet = {name: changes.pop(name) for name in ("protocol_name", "protocol_level", "flags") if name in changes}
    keep_alive = changes.pop("keep_alive", 60)
    client_identifier = changes.pop("client_identifier", None)
    app_info = changes.pop("app_info", APP_INFO)
    without = changes.pop("without", ())
    info = {
        "userId": user_id,
        "userAgent": "Instagram 428.0.0.47.67 Android",
        "clientCapabilities": 183,
        "endpointCapabilities": 0,
        "publishFormat": 1,
        "noAutomaticForeground": False,
        "makeUserAvailableInForeground": True,
        "deviceId": PHONE_ID,
        "isInitiallyForeground": True,
        "networkType": 1,
        "networkSubtype": 0,
        "clientMqttSessionId": 1,
        "subscribeTopics": REALTIME_TOPICS,
        "clientType": "cookie_auth",
        "appId": 567067343352427,
        "deviceSecret": "",
        "clientStack": 3,
        **changes,
    }
    if client_identifier is None:
        client_identifier = info["deviceId"][:20]
    info = {name: value for name, value in info.items() if name not in without}
    connect = MQTToTConnection(client_identifier, info, password, app_info).to_packet(keep_alive)
    return Connect(keep_alive, connect.payload, **packet)


def fbns_connect(auth: dict[str, Any] | None = None, **changes: Any) -> Connect:
    """A CONNECT as the app's push service sends it, with the auth of an earlier CONNACK."""
    auth = auth or {}
    return realtime_connect(
        auth.get("ck", 0),
        auth.get("cs", ""),
        **{
            "client_identifier": auth.get("di", PHONE_ID)[:20],
            "app_info": {},
            "deviceId": auth.get("di", ""),
            "deviceSecret": auth.get("ds", ""),
            "endpointCapabilities": 128,
            "subscribeTopics": [76, 80, 231],
            "clientType": "device_auth",
            "appId": 567310203415052,
            **changes,
        },
    )


def refusal(client: TinyClient) -> int:
    """The code with which the broker refused, after which it must have closed."""
    answer = client.expect(ConnAck)
    assert answer.payload == b""
    assert client.until_closed() == []
    return answer.return_code


class CarriedClient(TinyClient):
    """The same over any transport of the library, sockets or not; ``pieces`` are the bytes as they came."""

    def __init__(self, transport: Any) -> None:
        self.transport = transport
        self.pieces: list[bytes] = []
        self._parser = PacketParser()
        self._packets: list[Packet] = []
        self._last_packet_id = 0
        transport.connect()

    def __exit__(self, *exc: object) -> None:
        self.transport.disconnect()

    def send(self, packet: Packet) -> None:
        self.transport.send(packet.encode())

    def receive(self, timeout: float = TIMEOUT) -> Packet:
        """The next packet; errors of the transport and of the parser as they are."""
        while not self._packets:
            if self._parser.error:
                raise self._parser.error
            data = self.transport.receive(timeout)
            if not data:
                raise Closed("in the middle of a packet" if self._parser.inside_packet else "between packets")
            self.pieces.append(data)
            self._packets += self._parser.feed(data)
        return self._packets.pop(0)
