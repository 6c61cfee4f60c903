"""What drifts on Instagram's side, as data.

Hosts, ports, app ids, topics, capabilities, user agents and flags change with every few app releases. They stand
here, in one immutable object, with the source of each value, and nowhere else. A program replaces what it needs::

    from instagrapi import Client
    from instagrapi.profile import Profile

    newer = Profile().replace(realtime={"keep_alive": 60}, app={"version": "450.0.0.1.1", "version_code": "1090000000"})
    client = Client(profile=newer)

Sources are abbreviated as in the wire page of the documentation: IG is instagrapi 3.2.2, IM instagram_mqtt 1.2.3,
MA mauigpapi 0.3.1, FR fbns-react. Nothing here was checked against the live service.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from typing import Any, Literal, Self
from urllib.parse import parse_qs, urlencode, urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from instagrapi.exceptions import RealtimeConfigError

#: Names the emulator to use instead of Instagram; only loopback addresses are accepted.
EMULATOR_VARIABLE = "INSTAGRAPI_EMULATOR"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Address(_Part):
    """Host and port of a broker."""

    host: str
    port: int = 443


class Endpoints(_Part):
    """Where the services are. ``upload`` takes the files that are sent; where only ``http`` is given, that does.

    ``ca_file`` names a PEM file with the only certificate authorities to trust; ``None`` means the usual ones.
    """

    http: str = "https://i.instagram.com"
    upload: str = "https://rupload.facebook.com"  # IG, MA
    realtime: Address = Address(host="edge-mqtt.facebook.com")  # IG, IM, MA
    fbns: Address = Address(host="mqtt-mini.facebook.com")  # IG, IM, FR
    ca_file: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _keep_files_with_the_rest(cls, data: Any) -> Any:
        return {"upload": data["http"], **data} if isinstance(data, dict) and "http" in data else data

    def to_url(self) -> str:
        """The value of the environment variable that leads programs to these (emulated) services."""
        http = urlsplit(self.http)
        ports = {"http": http.port, "realtime": self.realtime.port, "fbns": self.fbns.port, "ca": self.ca_file or ""}
        return f"emulator://{_in_url(http.hostname or '')}?{urlencode(ports, safe='/')}"

    @classmethod
    def from_url(cls, url: str) -> Self:
        """Endpoints of an emulator, from ``emulator://127.0.0.1?http=PORT&realtime=PORT&fbns=PORT&ca=FILE``.

        Raises:
            RealtimeConfigError: the URL is malformed or names anything but a loopback address.
        """
        parts = urlsplit(url)
        query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        host = parts.hostname or ""
        try:
            loopback = ipaddress.ip_address(host).is_loopback
        except ValueError:
            loopback = False
        if parts.scheme != "emulator" or not loopback:
            raise RealtimeConfigError(
                f"{EMULATOR_VARIABLE} must look like emulator://127.0.0.1?http=PORT&realtime=PORT&fbns=PORT&ca=FILE "
                "and name a loopback address"
            )
        try:
            return cls(
                http=f"https://{_in_url(host)}:{int(query['http'])}",
                realtime=Address(host=host, port=int(query["realtime"])),
                fbns=Address(host=host, port=int(query["fbns"])),
                ca_file=query.get("ca") or None,
            )
        except (KeyError, ValueError) as error:
            raise RealtimeConfigError(f"{EMULATOR_VARIABLE} lacks a usable port: {error}") from None


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


class AppProfile(_Part):
    """The app release that the client presents itself as. The three version fields belong together."""

    version: str = "449.0.0.52.84"  # IG
    version_code: str = "1079242191"  # IG
    bloks_versioning_id: str = "799db3e387d7a21a19c72918b8698b6cd28a1516ade363792c100ed45a0f9f0b"  # IG
    app_id: str = "567067343352427"  # X-IG-App-ID; IG, MA
    capabilities: str = "3brTv10="  # X-IG-Capabilities; IG, IM, MA


#: App releases by version: the version code and the Bloks id that belong to each (IG; the last two are MA's and, of
#: instagram-private-api 1.46.1, reported). They complete session files that lack one of the three.
APP_RELEASES = {
    "449.0.0.52.84": ("1079242191", "799db3e387d7a21a19c72918b8698b6cd28a1516ade363792c100ed45a0f9f0b"),
    "448.0.0.0.20": ("1065560286", "0bc46a03e177bfc9bc8d611918815acf248fa9c77754d807d6a5951dc9ce9432"),
    "446.0.0.49.77": ("385211303", "935a519904e9017324cdedb64a283a3c2c1a3d5b0bbc698b451f5aef72cc11df"),
    "428.0.0.47.67": ("961145276", "7189b949425f9bf80ea8bd880cf5a3080b292d9b1c4b38a18d112f7c4b71e7a8"),
    "385.0.0.47.74": ("378906843", "a8973d49a9cc6a6f65a4997c10216ce2a06f65a517010e64885e92029bb19221"),
    "364.0.0.35.86": ("374010953", "8ccf54aad76788a6ca03ddfc33afcdcf692f2f5a3ba814ea73d5facba7fa2c2d"),
    "256.0.0.18.105": ("407842973", "0928297a84f74885ff39fc1628f8a40da3ef1c467555d555bfd9f8fe1aaacafe"),
    "222.0.0.13.114": ("350696709", "388ece79ebc0e70e87873505ed1b0ff335ae2868a978cc951b6721c41d46a30a"),
}


class DeviceProfile(_Part):
    """The phone that the client presents itself as (IG's default)."""

    android_version: int = 34
    android_release: str = "14"
    dpi: str = "480dpi"
    resolution: str = "1344x2992"
    manufacturer: str = "Google/google"
    device: str = "husky"
    model: str = "Pixel 8 Pro"
    cpu: str = "husky"


class MqttProfile(_Part):
    """What CONNECT says on either connection (``clientInfo`` of the CONNECT struct)."""

    app_id: int
    keep_alive: int = Field(ge=0, le=65_535)  # seconds; 0 switches it off
    subscribe_topics: tuple[int, ...]
    client_capabilities: int = 183  # bits 0, 1, 2, 4, 5, 7; IG, IM, MA, FR
    endpoint_capabilities: int
    publish_format: int = 1  # payloads always deflated; IG, IM, MA
    no_automatic_foreground: bool
    make_user_available_in_foreground: bool
    is_initially_foreground: bool
    network_type: int = 1  # wifi; IG, IM, MA
    network_subtype: int = 0  # IG, IM
    client_type: str
    client_stack: int = 3  # IG, IM, MA, FR


class RealtimeProfile(MqttProfile):
    """The realtime connection."""

    app_id: int = 567067343352427  # IG, IM, MA
    keep_alive: int = Field(default=20, ge=0, le=65_535)  # IG; IM and MA say 60
    subscribe_topics: tuple[int, ...] = (88, 135, 149, 150, 133, 146)  # IG, IM
    endpoint_capabilities: int = 0  # IG, IM, MA
    no_automatic_foreground: bool = False  # IG, IM; MA says true to appear offline
    make_user_available_in_foreground: bool = True  # IG, IM
    is_initially_foreground: bool = True  # IG, IM
    client_type: str = "cookie_auth"  # IG, IM, MA
    #: ``sessionid`` sends ``sessionid=…`` (IG, IM), ``authorization`` sends ``authorization=Bearer …`` (MA).
    credential: Literal["sessionid", "authorization"] = "sessionid"
    platform: str = "android"
    mqtt_route: str = "django"
    pubsub_blacklist: str = "direct, typing_type"  # keeps Direct off topic 88; IG, IM, MA
    auth_cache_enabled: str = "0"  # IG, IM
    #: Query ids by name, in the order of the wire (IG, IM).
    everclear_subscriptions: tuple[tuple[str, str], ...] = (
        ("inapp_notification_subscribe_comment", "17899377895239777"),
        ("inapp_notification_subscribe_comment_mention_and_reply", "17899377895239777"),
        ("video_call_participant_state_delivery", "17977239895057311"),
        ("presence_subscribe", "17846944882223835"),
    )


class FbnsProfile(MqttProfile):
    """The push connection."""

    app_id: int = 567310203415052  # IG, IM, FR
    keep_alive: int = Field(default=60, ge=0, le=65_535)  # IG, IM; FR says 900
    subscribe_topics: tuple[int, ...] = (76, 80, 231)  # IG, IM, FR
    endpoint_capabilities: int = 128  # IG, IM, FR
    no_automatic_foreground: bool = True  # IG, IM, FR
    make_user_available_in_foreground: bool = False  # IG, IM, FR
    is_initially_foreground: bool = False  # IG, IM, FR
    client_type: str = "device_auth"  # IG, IM, FR
    luid: int = -1  # IG, IM, FR
    #: ``app`` sends the private API's user agent (IG, live in 2026); ``fban`` Facebook's bracket form (FR, IM).
    user_agent: Literal["app", "fban"] = "app"
    package_name: str = "com.instagram.android"
    #: App id of the registration request: the better supported value for Instagram pushes (IM, MG).
    registration_app_id: str = "567067343352427"
    #: Whether the optional SUBSCRIBE for pushes is sent (IG, IM; FR leaves it out).
    subscribe: bool = True


class Profile(_Part):
    """Everything that drifts, in one place."""

    endpoints: Endpoints = Endpoints()
    app: AppProfile = AppProfile()
    device: DeviceProfile = DeviceProfile()
    realtime: RealtimeProfile = RealtimeProfile()
    fbns: FbnsProfile = FbnsProfile()

    def replace(self, **parts: Mapping[str, Any]) -> Self:
        """A copy in which the named fields of the named parts differ, checked like the defaults.

        Raises:
            RealtimeConfigError: no part or field has that name, or a value does not fit.
        """
        data = self.model_dump()
        for part, changes in parts.items():
            if part not in data:
                raise RealtimeConfigError(f"the profile has no part {part!r}")
            data[part] = {**data[part], **changes}
        try:
            return type(self).model_validate(data)
        except ValidationError as error:
            raise RealtimeConfigError(f"the profile does not fit: {error}") from None

    @classmethod
    def current(cls) -> Self:
        """The default profile, led to the emulator when the environment names one.

        Raises:
            RealtimeConfigError: what the environment names is no emulator, or one that has ended.
        """
        url = os.environ.get(EMULATOR_VARIABLE)
        if not url:
            return cls()
        endpoints = Endpoints.from_url(url)
        if endpoints.ca_file and not os.path.exists(endpoints.ca_file):
            raise RealtimeConfigError(
                f"the emulator that {EMULATOR_VARIABLE} names has ended: start one again and set the variable anew, "
                "or unset it to talk to Instagram"
            )
        return cls(endpoints=endpoints)
