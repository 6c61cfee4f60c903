"""Devices of the push broker: the identities that it issues, their tokens, and who is registered with a token."""

from __future__ import annotations

import base64
import string
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from instagrapi.emulator.handshake import Code, ConnectDenied, check_identifier
from instagrapi.emulator.model import Account
from instagrapi.realtime.protocol.payload import dump_json
from instagrapi.realtime.wire.connect import MQTToTConnection

#: Kinds of characters that secrets were captured with.
_SECRET_CHARACTERS = string.ascii_letters + string.digits + "@[];:=_"
#: Pushes kept until they are acknowledged (assumed); the service is known to merge and drop them.
_QUEUE_CAPACITY = 100
_SERVER_REGION = 30


@dataclass(slots=True, eq=False)
class Device:
    """An identity: connection key and secret, device id and secret.

    Attributes:
        pushes: by their ids, those that the device has not acknowledged, oldest first.
    """

    connection_key: int
    connection_secret: str = field(repr=False)
    device_id: str
    device_secret: str = field(repr=False)
    pushes: dict[str, dict[str, Any]] = field(default_factory=dict, repr=False)

    def keep(self, envelope: dict[str, Any]) -> None:
        """Keeps a push until it is acknowledged, or until too many others came after it."""
        self.pushes[envelope["nid"]] = envelope
        if len(self.pushes) > _QUEUE_CAPACITY:
            del self.pushes[next(iter(self.pushes))]

    def auth(self) -> bytes:
        """The JSON of the CONNACK (keys and types captured)."""
        return dump_json(
            {
                "ck": self.connection_key,
                "cs": self.connection_secret,
                "sr": _SERVER_REGION,
                "di": self.device_id,
                "ds": self.device_secret,
            }
        )

    def token(self, package_name: str, app_id: int) -> str:
        """The push token of an app on this device, always the same (form captured)."""
        key = {"pn": package_name, "di": self.device_id, "ai": app_id, "ck": str(self.connection_key)}
        return dump_json({"k": base64.b64encode(dump_json(key)).decode(), "v": 0, "t": "fbns-b64"}).decode()


class Devices:
    """All identities that were issued.

    Args:
        random: where identities come from.
    """

    def __init__(self, random: Random) -> None:
        self._random = random
        self._by_key: dict[int, Device] = {}
        self._by_token: dict[str, Device] = {}
        self._tokens: dict[Account, dict[str, None]] = {}

    def identify(self, connect: MQTToTConnection) -> Device:
        """The device that a CONNECT is from; one without credentials gets a new identity.

        Raises:
            ConnectDenied: the credentials are not those of any device: start again without any (reported); or the
                client identifier is not the beginning of the device id.
        """
        info = connect.client_info
        key = info.get("userId", 0)
        claimed = connect.password, info.get("deviceId", ""), info.get("deviceSecret", "")
        if key == 0 and not any(claimed):
            return self._issue()
        device = self._by_key.get(key)
        if device is None or claimed != (device.connection_secret, device.device_id, device.device_secret):
            raise ConnectDenied(Code.BAD_CREDENTIALS)
        check_identifier(connect, device.device_id)
        return device

    def issue_token(self, device: Device, package_name: str, app_id: int) -> str:
        """The push token of an app on a device."""
        token = device.token(package_name, app_id)
        self._by_token[token] = device
        return token

    def register(self, token: str, account: Account) -> None:
        """From now on pushes for the account go to the token's device."""
        self._tokens.setdefault(account, {})[token] = None

    def registered(self, account: Account) -> Iterator[tuple[str, Device]]:
        """The account's tokens that belong to a device, oldest registration first."""
        for token in self._tokens.get(account, ()):
            if device := self._by_token.get(token):
                yield token, device

    def owners(self, connection_key: int) -> list[Account]:
        """The accounts that the device of this key is registered for."""
        device = self._by_key.get(connection_key)
        return [account for account in self._tokens if any(own is device for _, own in self.registered(account))]

    def _issue(self) -> Device:
        device = Device(
            connection_key=self._random.randrange(10**14, 10**15),
            connection_secret=self._secret(),
            device_id=str(uuid.UUID(int=self._random.getrandbits(128), version=4)),
            device_secret=self._secret(),
        )
        self._by_key[device.connection_key] = device
        return device

    def _secret(self) -> str:
        return "".join(self._random.choices(_SECRET_CHARACTERS, k=20))
