"""The identity that FBNS gives a device: issued in CONNACK, presented in every later CONNECT."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from instagrapi.realtime.protocol.payload import parse_json


@dataclass(slots=True)
class FbnsDeviceAuth:
    """What FBNS knows the device by (wire page, "Device auth"). Secrets stay out of ``repr``.

    Attributes:
        client_id: the first 20 characters of the device id, or of the phone id before there is one.
        user_id: the connection key, an id of the broker's own and not an Instagram id.
        password: the connection secret.
        device_id: a UUID.
        device_secret: secret.
        server_region: of unknown meaning, kept.
        region_hint: of unknown meaning, kept.
        raw: everything that CONNACKs have said.
        token: the push token of the last registration.
        registered_user_id: the account for which that token was registered over HTTP.
    """

    client_id: str = ""
    user_id: int = 0
    password: str = field(default="", repr=False)
    device_id: str = field(default="", repr=False)
    device_secret: str = field(default="", repr=False)
    server_region: str = ""
    region_hint: str = ""
    raw: dict[str, Any] = field(default_factory=dict, repr=False)
    token: str = field(default="", repr=False)
    registered_user_id: str = ""

    @classmethod
    def from_client(cls, client: Any) -> Self:
        """The identity stored in the client's settings, or a new one that bears the client's phone id."""
        stored = (getattr(client, "settings", None) or {}).get("fbns_auth")
        stored = stored if isinstance(stored, Mapping) else {}
        raw = stored.get("raw")
        return cls(
            client_id=_text(stored.get("client_id")) or _new_client_id(client),
            user_id=_integer(stored.get("user_id")),
            password=_text(stored.get("password")),
            device_id=_text(stored.get("device_id")),
            device_secret=_text(stored.get("device_secret")),
            server_region=_text(stored.get("server_region")),
            region_hint=_text(stored.get("region_hint")),
            raw=dict(raw) if isinstance(raw, Mapping) else {},
            token=_text(stored.get("token")),
            registered_user_id=_text(stored.get("registered_user_id")),
        )

    @classmethod
    def fresh(cls, client: Any) -> Self:
        """A new identity that bears the client's phone id."""
        return cls(client_id=_new_client_id(client))

    @property
    def is_stored(self) -> bool:
        """Whether FBNS has issued this identity, rather than it being new."""
        return bool(self.device_secret or self.password)

    def read(self, payload: bytes | str | Mapping[str, Any]) -> dict[str, Any]:
        """Takes over what a CONNACK says; a missing key keeps the old value. Returns it as a dictionary.

        Raises:
            ValueError: the payload is no JSON object.
        """
        data = _as_object(payload)
        self.raw.update(data)
        self.user_id = _integer(data.get("ck")) or self.user_id
        if "cs" in data:
            self.password = _text(data["cs"])
        if "di" in data:
            self.device_id = _text(data["di"])
            self.client_id = self.device_id[:20] or self.client_id
        if "ds" in data:
            self.device_secret = _text(data["ds"])
        if "sr" in data:
            self.server_region = _text(data["sr"])
        if "rc" in data:
            self.region_hint = _text(data["rc"])
        return data

    def save(self, client: Any) -> None:
        """Writes the identity into the client's settings."""
        settings = getattr(client, "settings", None)
        if settings is not None:
            settings["fbns_auth"] = self.to_settings()

    def to_settings(self) -> dict[str, Any]:
        """What is saved: the keys of instagrapi 3.x, plus the push token once there is one."""
        settings: dict[str, Any] = {
            "client_id": self.client_id,
            "user_id": self.user_id,
            "password": self.password,
            "device_id": self.device_id,
            "device_secret": self.device_secret,
            "server_region": self.server_region,
            "region_hint": self.region_hint,
            "raw": dict(self.raw),
        }
        if self.token:
            settings["token"] = self.token
            settings["registered_user_id"] = self.registered_user_id
        return settings


def _as_object(payload: bytes | str | Mapping[str, Any]) -> dict[str, Any]:
    if isinstance(payload, Mapping):
        return dict(payload)
    if not payload:
        return {}
    data = parse_json(payload)
    if not isinstance(data, dict):
        raise ValueError("the device auth is no JSON object")
    return data


def _new_client_id(client: Any) -> str:
    return str(getattr(client, "phone_id", "") or "")[:20]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else json.dumps(value)


def _integer(value: Any) -> int:
    """An i64 of the CONNECT struct; anything else counts as missing."""
    try:
        number = int(value or 0)
    except (TypeError, ValueError, OverflowError):
        return 0
    return number if -(2**63) <= number < 2**63 else 0
