"""What CONNECT must say, field by field, and with which code the broker refuses it.

The codes' meanings are reported (wire page, "CONNACK"); which code answers which wrong field is assumed where no
source names it.
"""

from __future__ import annotations

import base64
import json
from enum import IntEnum

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


def check_common(packet: Connect, connection: MQTToTConnection, client_type: str, app_id: int) -> None:
    """Checks what both brokers ask for.

    Raises:
        ConnectDenied: the protocol level, the client identifier, the client type or the app id is not theirs.
    """
    if packet.protocol_level != PROTOCOL_LEVEL:
        raise ConnectDenied(Code.WRONG_LEVEL)
    if not connection.client_identifier:
        raise ConnectDenied(Code.IDENTIFIER_REJECTED)
    if connection.client_info.get("clientType") != client_type or connection.client_info.get("appId") != app_id:
        raise ConnectDenied(Code.NOT_AUTHORIZED)


def authenticate(connection: MQTToTConnection, accounts: Accounts) -> Account:
    """The account that a realtime CONNECT is for.

    Raises:
        ConnectDenied: no device id, a password of neither form, or a session that is not alive or not the user's.
    """
    if not connection.client_info.get("deviceId"):
        raise ConnectDenied(Code.IDENTIFIER_REJECTED)
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
