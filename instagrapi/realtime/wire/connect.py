"""What CONNECT says: the struct that stands in the place of MQTT's client id, user name and password."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from instagrapi.exceptions import MalformedPacket, ThriftDecodeError
from instagrapi.profile import MqttProfile
from instagrapi.realtime.protocol.packets import Connect
from instagrapi.realtime.protocol.payload import DEFAULT_MAX_INFLATED_SIZE, deflate, inflate
from instagrapi.realtime.protocol.thrift import decode_struct, encode_struct
from instagrapi.realtime.wire.structs import CONNECT


@dataclass(frozen=True, slots=True)
class MQTToTConnection:
    """The CONNECT struct by field. ``repr`` leaves out everything that identifies or authenticates.

    Attributes:
        client_identifier: the first 20 characters of a device id.
        client_info: the fields of ``clientInfo`` by their wire names.
        password: the session credential, or FBNS's connection secret.
        app_specific_info: realtime's map of headers; empty on FBNS.
    """

    client_identifier: str = field(repr=False)
    client_info: dict[str, Any] = field(repr=False)
    password: str = field(repr=False)
    app_specific_info: dict[str, str] = field(default_factory=dict, repr=False)

    def to_thrift(self) -> bytes:
        """The struct before it is deflated."""
        return encode_struct(
            CONNECT,
            {
                "clientIdentifier": self.client_identifier,
                "clientInfo": self.client_info,
                "password": self.password,
                "appSpecificInfo": self.app_specific_info or None,
            },
        )

    def to_packet(self, keep_alive: int) -> Connect:
        """The packet, announcing a keep alive in seconds."""
        return Connect(keep_alive=keep_alive, payload=deflate(self.to_thrift()))

    @classmethod
    def from_packet(cls, packet: Connect, max_size: int = DEFAULT_MAX_INFLATED_SIZE) -> MQTToTConnection:
        """Reads the struct back, as a broker does.

        Raises:
            MalformedPacket: the payload is no CONNECT struct.
            LimitExceeded: it inflates to more than ``max_size`` bytes.
        """
        try:
            values = decode_struct(CONNECT, inflate(packet.payload, max_size))
        except ThriftDecodeError as error:
            raise MalformedPacket(f"CONNECT carries no readable struct: {error}") from None
        return cls(
            values.get("clientIdentifier", ""),
            values.get("clientInfo", {}),
            values.get("password", ""),
            values.get("appSpecificInfo", {}),
        )


def client_info(profile: MqttProfile, *, user_id: int, user_agent: str, device_id: str, now_ms: int) -> dict[str, Any]:
    """The part of ``clientInfo`` that both connections share; ``now_ms`` is unix time in milliseconds."""
    return {
        "userId": user_id,
        "userAgent": user_agent,
        "clientCapabilities": profile.client_capabilities,
        "endpointCapabilities": profile.endpoint_capabilities,
        "publishFormat": profile.publish_format,
        "noAutomaticForeground": profile.no_automatic_foreground,
        "makeUserAvailableInForeground": profile.make_user_available_in_foreground,
        "deviceId": device_id,
        "isInitiallyForeground": profile.is_initially_foreground,
        "networkType": profile.network_type,
        "networkSubtype": profile.network_subtype,
        "clientMqttSessionId": now_ms & 0xFFFFFFFF,
        "subscribeTopics": list(profile.subscribe_topics),
        "clientType": profile.client_type,
        "appId": profile.app_id,
        "deviceSecret": "",
        "clientStack": profile.client_stack,
    }
