from __future__ import annotations

import json
import zlib
from types import SimpleNamespace
from typing import Any

import pytest

from instagrapi.exceptions import MalformedPacket
from instagrapi.profile import Profile
from instagrapi.realtime import FbnsClient, FbnsDeviceAuth, RealtimeClient
from instagrapi.realtime import client as realtime_module
from instagrapi.realtime import fbns as fbns_module
from instagrapi.realtime.protocol.packets import Connect
from instagrapi.realtime.protocol.parser import PacketParser
from instagrapi.realtime.protocol.thrift import decode_struct, encode_struct
from instagrapi.realtime.wire.connect import MQTToTConnection, client_info
from instagrapi.realtime.wire.structs import CLIENT_INFO, CONNECT
from tests.support.bodies import thrift_text, varint
from tests.support.hosts import Host
from tests.support.shared import needs_shared, vector

NOW = 1_700_000_000.0


def host(**changes: Any) -> Host:
    """The account whose CONNECT is written down here."""
    account = {
        "sessionid": "20001%3AzYx%3A4",
        "user_id": "20001",
        "phone_id": "89abcdef-0123-4567-89ab-cdef01234567",
        "user_agent": "Instagram 1.2.3.4.5 Android (34/14; 480dpi; 1344x2992; Google/google; Pixel; p; p; de_DE; 77)",
        "app_version": "1.2.3.4.5",
        "locale": "de_DE",
        "authorization": "Bearer IGT:2:made-up",
    }
    return Host(**{**account, **changes})


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both clients ask for the time while they compose CONNECT; it stands still."""
    for module in (realtime_module, fbns_module):
        monkeypatch.setattr(module, "time", SimpleNamespace(time=lambda: NOW))


def zigzag(number: int) -> bytes:
    return varint(number << 1 if number >= 0 else (-number << 1) - 1)


# --- realtime, byte by byte ------------------------------------------------------------------------------------------


def test_the_realtime_struct_is_laid_out_field_by_field() -> None:
    account = host()
    agent = account.user_agent
    everclear = (
        '{"inapp_notification_subscribe_comment":"17899377895239777",'
        '"inapp_notification_subscribe_comment_mention_and_reply":"17899377895239777",'
        '"video_call_participant_state_delivery":"17977239895057311",'
        '"presence_subscribe":"17846944882223835"}'
    )
    headers = [
        ("app_version", "1.2.3.4.5"),
        ("X-IG-Capabilities", "3brTv10="),
        ("everclear_subscriptions", everclear),
        ("User-Agent", agent),
        ("Accept-Language", "de-DE"),
        ("platform", "android"),
        ("ig_mqtt_route", "django"),
        ("pubsub_msg_type_blacklist", "direct, typing_type"),
        ("auth_cache_enabled", "0"),
    ]
    expected = b"".join(
        (
            b"\x18" + thrift_text("89abcdef-0123-4567-8"),  # 1 clientIdentifier
            b"\x3c",  # 4 clientInfo
            b"\x16" + zigzag(20001),  # 1 userId
            b"\x18" + thrift_text(agent),  # 2 userAgent
            b"\x16" + zigzag(183),  # 3 clientCapabilities
            b"\x16" + zigzag(0),  # 4 endpointCapabilities
            b"\x15" + zigzag(1),  # 5 publishFormat
            b"\x12",  # 6 noAutomaticForeground: false
            b"\x11",  # 7 makeUserAvailableInForeground: true
            b"\x18" + thrift_text("89abcdef-0123-4567-89ab-cdef01234567"),  # 8 deviceId
            b"\x11",  # 9 isInitiallyForeground: true
            b"\x15" + zigzag(1),  # 10 networkType
            b"\x15" + zigzag(0),  # 11 networkSubtype
            b"\x16" + zigzag(3_487_918_080),  # 12 clientMqttSessionId
            b"\x29\x65" + b"".join(map(zigzag, (88, 135, 149, 150, 133, 146))),  # 14 subscribeTopics
            b"\x18" + thrift_text("cookie_auth"),  # 15 clientType
            b"\x16" + zigzag(567067343352427),  # 16 appId
            b"\x48" + thrift_text(""),  # 20 deviceSecret
            b"\x13\x03",  # 21 clientStack
            b"\x00",
            b"\x18" + thrift_text("sessionid=20001%3AzYx%3A4"),  # 5 password
            b"\x5b\x09\x88" + b"".join(thrift_text(key) + thrift_text(value) for key, value in headers),  # 10
            b"\x00",
        )
    )
    assert RealtimeClient(account).build_connection().to_thrift() == expected


def test_the_authorization_header_may_stand_for_the_session() -> None:
    profile = Profile().replace(realtime={"credential": "authorization"})
    connection = RealtimeClient(host(), profile=profile).build_connection()
    assert connection.password == "authorization=Bearer IGT:2:made-up"


def test_the_session_id_of_a_connection_is_32_bits_of_its_milliseconds() -> None:
    info = client_info(Profile().realtime, user_id=1, user_agent="", device_id="", now_ms=2**40 + 5)
    assert info["clientMqttSessionId"] == 5


# --- FBNS ------------------------------------------------------------------------------------------------------------

AUTH = {"ck": 5_000_000_001, "cs": "made-up-cs", "di": "00112233-4455-6677-8899-aabbccddeeff", "ds": "made-up-ds"}


def tail(data: bytes) -> bytes:
    """What follows the app id of the push connection."""
    return data.partition(b"\x16" + zigzag(567310203415052))[2]


def test_a_new_device_presents_nothing() -> None:
    connection = FbnsClient(host()).build_connection()
    info = connection.client_info
    assert connection.client_identifier == "89abcdef-0123-4567-8"
    assert (info["userId"], info["deviceId"], info["clientType"]) == (0, "", "device_auth")
    assert (info["endpointCapabilities"], info["noAutomaticForeground"]) == (128, True)
    assert (info["makeUserAvailableInForeground"], info["isInitiallyForeground"]) == (False, False)
    assert info["subscribeTopics"] == [76, 80, 231]
    # 20 deviceSecret, 26 luid -1, 21 clientStack (in long form, the id goes down), end, 5 password, end
    assert tail(connection.to_thrift()) == bytes.fromhex("48 00  66 01  03 2a 03  00  18 00  00")


def test_a_known_device_presents_what_it_was_issued() -> None:
    auth = FbnsDeviceAuth()
    auth.read(AUTH)
    connection = FbnsClient(host(), auth=auth).build_connection()
    assert connection.client_identifier == "00112233-4455-6677-8"
    assert connection.client_info["userId"] == 5_000_000_001
    assert connection.client_info["deviceId"] == AUTH["di"]
    expected = b"\x48" + thrift_text("made-up-ds") + bytes.fromhex("66 01 03 2a 03 00")
    assert tail(connection.to_thrift()) == expected + b"\x18" + thrift_text("made-up-cs") + b"\0"


# --- the packet ------------------------------------------------------------------------------------------------------


def test_the_packet_carries_the_struct_deflated() -> None:
    connection = RealtimeClient(host()).build_connection()
    packet = connection.to_packet(60)
    assert packet.keep_alive == 60
    assert packet.payload.startswith(b"\x78\xda")
    assert zlib.decompress(packet.payload) == connection.to_thrift()


@pytest.mark.parametrize("client", [RealtimeClient, FbnsClient])
def test_a_broker_reads_back_what_a_client_says(client: type[RealtimeClient | FbnsClient]) -> None:
    connection = client(host()).build_connection()
    (packet,) = PacketParser().feed(connection.to_packet(60).encode())
    assert isinstance(packet, Connect)
    assert MQTToTConnection.from_packet(packet) == connection


@pytest.mark.parametrize("payload", [b"", b"\x78\xda", b"no struct", zlib.compress(b"\x18\x05abc")])
def test_a_connect_without_a_struct_is_malformed(payload: bytes) -> None:
    with pytest.raises(MalformedPacket):
        MQTToTConnection.from_packet(Connect(20, payload))


def test_an_empty_struct_says_nothing() -> None:
    assert MQTToTConnection.from_packet(Connect(20, zlib.compress(b"\0"))) == MQTToTConnection("", {}, "", {})


def test_no_secret_shows() -> None:
    shown = repr(RealtimeClient(host()).build_connection())
    for secret in ("zYx", "20001", "cdef01234567", "made-up"):
        assert secret not in shown


# --- what other implementations say ----------------------------------------------------------------------------------


def account_of(inputs: dict[str, Any]) -> Host:
    """A client with the inputs of a vector."""
    return host(
        sessionid=inputs.get("sessionid"),
        user_id=inputs.get("user_id"),
        phone_id=inputs["phone_id"],
        user_agent=inputs.get("user_agent") or inputs["userAgent"],
        app_version=inputs.get("app_version", ""),
        capabilities=inputs.get("capabilities", ""),
        locale=inputs.get("locale") or inputs.get("language"),
    )


def auth_of(inputs: dict[str, Any]) -> FbnsDeviceAuth:
    auth = FbnsDeviceAuth.fresh(account_of(inputs))
    if "connack_auth_json" in inputs:
        auth.read(inputs["connack_auth_json"])
    return auth


@needs_shared
@pytest.mark.parametrize("name", ["instagrapi", "instagram_mqtt"])
def test_the_realtime_struct_is_byte_for_byte_that_of_the_other_clients(name: str) -> None:
    file = vector(f"{name}_realtime_connect_thrift")
    data = bytes.fromhex(file["hex"])
    assert len(data) == 834
    assert RealtimeClient(account_of(file["input"])).build_connection().to_thrift() == data


@needs_shared
@pytest.mark.parametrize("state", ["initial", "authed"])
def test_the_push_struct_is_byte_for_byte_that_of_instagram_mqtt(state: str) -> None:
    file = vector(f"instagram_mqtt_fbns_connect_{state}_thrift")
    inputs = file["input"]
    connection = FbnsClient(account_of(inputs), auth=auth_of(inputs)).build_connection()
    assert connection.to_thrift() == bytes.fromhex(file["hex"])


@needs_shared
@pytest.mark.parametrize("state", ["initial", "authed"])
def test_the_push_struct_says_what_instagrapi_says(state: str) -> None:
    file = vector(f"instagrapi_fbns_connect_{state}_thrift")
    inputs, theirs = file["input"], decode_struct(CONNECT, bytes.fromhex(file["hex"]))
    ours = decode_struct(CONNECT, FbnsClient(account_of(inputs), auth=auth_of(inputs)).build_connection().to_thrift())
    for only_theirs in ("fbnsConnectionSecret", "fbnsDeviceId", "fbnsDeviceSecret"):
        assert (only_theirs in theirs["clientInfo"]) == (state == "authed")
        theirs["clientInfo"].pop(only_theirs, None)
    assert ours == theirs


@needs_shared
@pytest.mark.parametrize(
    ("name", "keep_alive"),
    [
        ("instagrapi_realtime", 20),
        ("instagram_mqtt_realtime", 60),
        ("mauigpapi_realtime", 60),
        ("instagrapi_fbns_connect_initial", 60),
        ("instagrapi_fbns_connect_authed", 60),
        ("instagram_mqtt_fbns_connect_initial", 60),
        ("instagram_mqtt_fbns_connect_authed", 60),
    ],
)
def test_connect_packets_of_the_other_clients_are_read(name: str, keep_alive: int) -> None:
    stem = name if "connect" in name else f"{name}_connect"
    (packet,) = PacketParser().feed(bytes.fromhex(vector(f"{stem}_packet")["hex"]))
    assert isinstance(packet, Connect)
    assert (packet.protocol_name, packet.protocol_level, packet.flags) == ("MQTToT", 3, 0xC2)
    assert packet.keep_alive == keep_alive
    assert zlib.decompress(packet.payload).hex() == vector(f"{stem}_thrift")["hex"]
    assert packet.encode().hex() == vector(f"{stem}_packet")["hex"]


@needs_shared
def test_what_mauigpapi_writes_under_a_wrong_id_is_skipped() -> None:
    file = vector("mauigpapi_realtime_connect_thrift")
    values = decode_struct(CONNECT, bytes.fromhex(file["hex"]))
    info = values.pop("clientInfo")
    assert sorted(values) == ["clientIdentifier", "password"]  # its headers stand where a list is expected
    assert values["password"] == "authorization=" + file["input"]["authorization"]
    assert (info["networkSubtype"], info["noAutomaticForeground"]) == (-1, True)
    assert info["subscribeTopics"] == [88, 135, 244, 149, 150, 245, 274, 133, 146, 179, 34]


@needs_shared
def test_the_struct_of_messenger_is_read() -> None:
    file = vector("maufbapi_connect_thrift")
    inputs, values = file["input"], decode_struct(CONNECT, bytes.fromhex(file["hex"]))
    info = values["clientInfo"]
    assert values["combinedPublishes"] == inputs["combined_publishes"]
    assert values["phpOverride"] == inputs["php_override"]
    assert values["appSpecificInfo"] == inputs["app_specific_info"]
    assert info["regionPreference"] == inputs["region_preference"]
    assert info["networkTypeInfo"] == inputs["network_type_info"]
    assert info["subscribeTopics"] == inputs["subscribe_topics"]
    assert encode_struct(CONNECT, values).hex() == file["hex"]


def test_every_field_of_the_client_info_has_an_id_of_its_own() -> None:
    assert sorted(CLIENT_INFO.by_id) == list(range(1, 30))
    assert len(CLIENT_INFO.fields) == 29


@needs_shared
def test_everclear_subscriptions_are_those_of_the_other_clients() -> None:
    data = bytes.fromhex(vector("instagrapi_realtime_connect_thrift")["hex"])
    text = decode_struct(CONNECT, data)["appSpecificInfo"]["everclear_subscriptions"]
    assert tuple(json.loads(text).items()) == Profile().realtime.everclear_subscriptions
