"""What CONNECT must say, field by field, and with which code the broker refuses it.

The codes' meanings are reported (wire page, "CONNACK"); which code answers which wrong field is assumed where no
source names it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import Any, TypeAlias

from instagrapi.emulator.accounts import Accounts
from instagrapi.emulator.model import Account
from instagrapi.realtime.protocol.packets import PROTOCOL_LEVEL, PROTOCOL_NAME, Connect
from instagrapi.realtime.protocol.payload import parse_json
from instagrapi.realtime.wire.connect import MQTToTConnection

REALTIME_APP_ID = 567067343352427
FBNS_APP_ID = 567310203415052
#: User name, password and clean session (Instagram's clients); clean session alone (Messenger's, accepted as well).
_FLAGS = (0xC2, 0x02)
_SESSIONID = "sessionid="
_AUTHORIZATION = "authorization="
#: What a client without a session is given.
EMPTY_BEARER = "Bearer IGT:2:"
#: The client identifier is so many characters of the device id (reported).
_IDENTIFIER_LENGTH = 20

#: The type of a field that must be there, and which values are taken; ``bool`` takes what is not empty.
Rule: TypeAlias = tuple[type, Callable[[Any], bool]]
Fields: TypeAlias = Mapping[str, Rule]


def _any(value: Any) -> bool:
    return True


def _only(expected: Any) -> Callable[[Any], bool]:
    return lambda value: bool(value == expected)


_COMMON_FIELDS: Fields = {
    "userAgent": (str, bool),
    "clientCapabilities": (int, _any),
    "publishFormat": (int, _only(1)),
    "noAutomaticForeground": (bool, _any),
    "makeUserAvailableInForeground": (bool, _any),
    "isInitiallyForeground": (bool, _any),
    "networkType": (int, _any),
    "networkSubtype": (int, _any),
    "clientMqttSessionId": (int, _any),
    "subscribeTopics": (list, bool),
    "clientStack": (int, _any),
}
#: ``clientInfo`` of a realtime CONNECT (values reported; that the broker insists on them is assumed).
REALTIME_FIELDS: Fields = {
    **_COMMON_FIELDS,
    "endpointCapabilities": (int, _only(0)),
    "clientType": (str, _only("cookie_auth")),
    "appId": (int, _only(REALTIME_APP_ID)),
}
#: ``clientInfo`` of an FBNS CONNECT, likewise.
FBNS_FIELDS: Fields = {
    **_COMMON_FIELDS,
    "endpointCapabilities": (int, _only(128)),
    "clientType": (str, _only("device_auth")),
    "appId": (int, _only(FBNS_APP_ID)),
}
_APP_FIELDS: Fields = {
    "app_version": (str, bool),
    "User-Agent": (str, bool),
    "Accept-Language": (str, bool),
    "platform": (str, bool),
    "ig_mqtt_route": (str, bool),
}
#: Clients call it by either name (reported).
_CAPABILITIES = ("X-IG-Capabilities", "capabilities")


class Code(IntEnum):
    """Return codes of CONNACK."""

    ACCEPTED = 0
    WRONG_LEVEL = 1
    IDENTIFIER_REJECTED = 2
    UNAVAILABLE = 3
    BAD_CREDENTIALS = 4
    NOT_AUTHORIZED = 5


class ConnectDenied(Exception):
    """The CONNACK carries ``code``."""

    def __init__(self, code: int) -> None:
        super().__init__(f"CONNACK {code}")
        self.code = code


def speaks_mqttot(packet: Connect) -> bool:
    """Whether the packet is MQTToT at all; a stock MQTT client is never answered (reported)."""
    return packet.protocol_name == PROTOCOL_NAME.decode() and packet.flags in _FLAGS


def check_fields(packet: Connect, connection: MQTToTConnection, fields: Fields) -> None:
    """Checks what needs no knowledge of accounts or devices.

    Args:
        fields: the rules for ``clientInfo``.

    Raises:
        ConnectDenied: the protocol level, the keep alive, the client identifier or one of the fields is not acceptable.
    """
    if packet.protocol_level != PROTOCOL_LEVEL:
        raise ConnectDenied(Code.WRONG_LEVEL)
    if not connection.client_identifier:
        raise ConnectDenied(Code.IDENTIFIER_REJECTED)
    if packet.keep_alive <= 0 or not _follow(connection.client_info, fields):
        raise ConnectDenied(Code.NOT_AUTHORIZED)


def check_app_info(info: Mapping[str, str]) -> None:
    """Checks realtime's ``appSpecificInfo``.

    One that is not there is accepted: mauigpapi writes it under another field id and was served for years (reported).

    Raises:
        ConnectDenied: it is there and lacks something.
    """
    if info and not (_follow(info, _APP_FIELDS) and any(info.get(name) for name in _CAPABILITIES)):
        raise ConnectDenied(Code.NOT_AUTHORIZED)


def check_identifier(connection: MQTToTConnection, device_id: str) -> None:
    """Checks that a connection is identified by its device.

    Raises:
        ConnectDenied: the client identifier is not the beginning of the device id.
    """
    if connection.client_identifier != device_id[:_IDENTIFIER_LENGTH]:
        raise ConnectDenied(Code.IDENTIFIER_REJECTED)


def _follow(values: Mapping[str, Any], fields: Fields) -> bool:
    return all(type(values.get(name)) is kind and accepts(values[name]) for name, (kind, accepts) in fields.items())


def authenticate(connection: MQTToTConnection, accounts: Accounts) -> Account:
    """The account that a realtime CONNECT is for.

    Raises:
        ConnectDenied: no device id or one that the client identifier does not fit, a password of neither form, or a
            session that is not alive or not the user's.
    """
    device_id = connection.client_info.get("deviceId")
    if not device_id:
        raise ConnectDenied(Code.IDENTIFIER_REJECTED)
    check_identifier(connection, device_id)
    sessionid = _sessionid(connection.password)
    if sessionid is None:
        raise ConnectDenied(Code.BAD_CREDENTIALS)
    account = accounts.by_session(sessionid)
    if account is None or sessionid not in account.sessions or account.pk != connection.client_info.get("userId"):
        raise ConnectDenied(Code.NOT_AUTHORIZED)
    return account


def bearer(account: Account, sessionid: str) -> str:
    """The ``Authorization`` value of a session (form reported)."""
    claims = json.dumps({"ds_user_id": str(account.pk), "sessionid": sessionid}, separators=(",", ":"))
    return EMPTY_BEARER + base64.b64encode(claims.encode()).decode()


def read_bearer(value: str) -> str | None:
    """The ``sessionid`` inside an ``Authorization`` value, or ``None``."""
    if not value.startswith(EMPTY_BEARER):
        return None
    try:
        claims = parse_json(base64.b64decode(value.removeprefix(EMPTY_BEARER)))
    except ValueError:
        return None
    sessionid = claims.get("sessionid") if isinstance(claims, dict) else None
    return sessionid if isinstance(sessionid, str) else None


def _sessionid(password: str) -> str | None:
    if password.startswith(_SESSIONID):
        return password.removeprefix(_SESSIONID)
    if password.startswith(_AUTHORIZATION):
        return read_bearer(password.removeprefix(_AUTHORIZATION))
    return None
