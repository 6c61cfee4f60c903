"""The push broker's side of a connection: registration and notifications."""

from __future__ import annotations

from typing import Any

from instagrapi.emulator.devices import Device, Devices
from instagrapi.emulator.hub import Hub
from instagrapi.emulator.journal import Connection
from instagrapi.emulator.link import Link
from instagrapi.emulator.session import Session
from instagrapi.realtime.protocol.packets import SubAck, Subscribe, UnsubAck, Unsubscribe
from instagrapi.realtime.protocol.payload import dump_json, parse_json
from instagrapi.realtime.wire.topics import FBNSTopics as Topics

_MAX_GRANTED_QOS = 1
_MAX_APP_ID_DIGITS = 20


class PushSession(Session):
    """One FBNS connection.

    Attributes:
        device: whose it is.
    """

    def __init__(self, hub: Hub, link: Link, connection: Connection, device: Device, devices: Devices) -> None:
        super().__init__(hub, link, connection)
        self.device = device
        self._devices = devices

    def greet(self) -> None:
        """What the device has not acknowledged comes right after CONNACK, again or for the first time."""
        for envelope in list(self.device.pushes.values()):
            self.push({**envelope, "bu": True})

    def push(self, envelope: dict[str, Any]) -> None:
        """Queues a notification."""
        about = f"{envelope['cp']}{', kept' if envelope['bu'] else ''}"
        self.publish(Topics.MESSAGE, dump_json(envelope), about, freight=envelope)

    def on_delivered(self, freight: dict[str, Any]) -> None:
        """A push is kept until it is acknowledged (assumed)."""
        self.device.pushes.pop(freight["nid"], None)

    def on_publish(self, topic: str, body: bytes) -> None:
        """Answers a registration; other topics are taken note of only."""
        if topic == Topics.REG_REQUEST:
            self.publish(Topics.REG_RESPONSE, dump_json(self._registration(body)))

    def on_subscribe(self, packet: Subscribe | Unsubscribe) -> None:
        """Subscriptions add to the topics of CONNECT, which already name all of them (reported)."""
        if isinstance(packet, Subscribe):
            self.topics |= set(packet.topics)
            self.send(SubAck(packet.packet_id, (min(packet.qos, _MAX_GRANTED_QOS),) * len(packet.topics)))
        else:
            self.topics -= set(packet.topics)
            self.send(UnsubAck(packet.packet_id))

    def _registration(self, body: bytes) -> dict[str, Any]:
        try:
            request = parse_json(body)
        except ValueError:
            request = None
        package_name, app_id = _registered_app(request)
        if not package_name or app_id is None:
            return {"error": "the request needs pkg_name and appid"}
        token = self._devices.issue_token(self.device, package_name, app_id)
        return {"pkg_name": package_name, "token": token, "error": ""}


def _registered_app(request: object) -> tuple[str | None, int | None]:
    """The package name and the app id, a number or text with one; ``None`` for what is of another type."""
    if not isinstance(request, dict):
        return None, None
    name, app_id = request.get("pkg_name"), request.get("appid")
    if isinstance(app_id, str) and app_id.isdecimal() and len(app_id) <= _MAX_APP_ID_DIGITS:
        app_id = int(app_id)
    is_number = isinstance(app_id, int) and not isinstance(app_id, bool)
    return name if isinstance(name, str) else None, app_id if is_number else None
