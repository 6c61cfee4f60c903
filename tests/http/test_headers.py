from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instagrapi.http.headers import (
    ServerHints,
    absorb_headers,
    authorization,
    build_bearer,
    parse_bearer,
    request_headers,
    session_id,
    session_user_id,
)
from instagrapi.http.settings import Settings
from instagrapi.profile import AppProfile

VECTOR_SESSION = {
    "ds_user_id": "10000000001",
    "sessionid": "10000000001%3AabcDEF%3A7%3AAYf",
    "should_use_header_over_cookies": True,
}
VECTOR_BEARER = (
    "Bearer IGT:2:eyJkc191c2VyX2lkIjoiMTAwMDAwMDAwMDEiLCJzZXNzaW9uaWQiOiIxMDAwMDAwMDAwMSUzQWFiY0RFRiUzQTclM0FBWWYi"
    "LCJzaG91bGRfdXNlX2hlYWRlcl9vdmVyX2Nvb2tpZXMiOnRydWV9"
)


def _bearer(value: Any) -> str:
    return "Bearer IGT:2:" + base64.b64encode(json.dumps(value).encode()).decode()


def _headers(settings: Settings, hints: ServerHints | None = None) -> dict[str, str]:
    return request_headers(settings, AppProfile(), hints or ServerHints(), now=1700000000.12345)


def test_the_bearer_of_the_wire_page() -> None:
    assert build_bearer(VECTOR_SESSION) == VECTOR_BEARER
    assert parse_bearer(VECTOR_BEARER) == VECTOR_SESSION


@pytest.mark.parametrize(
    "text",
    ["", "Bearer IGT:2:", "Bearer IGT:2:%%%", "Bearer IGT:2:bm8=", _bearer([1]), _bearer({"sessionid": "x"})]
    + [_bearer({"ds_user_id": "1"}), _bearer({"ds_user_id": "1", "sessionid": "\ud800"}), "Bearer IGT:2:ü"],
)
def test_anything_else_is_no_session(text: str) -> None:
    assert parse_bearer(text) == {}


@given(st.text())
def test_parsing_a_bearer_never_raises(text: str) -> None:
    assert isinstance(parse_bearer(text), dict)
    assert isinstance(parse_bearer(_bearer(text)), dict)


def test_headers_before_login_leave_out_what_is_unknown() -> None:
    settings = Settings.read({"locale": "de_DE", "country": "de", "timezone_offset": 3600})
    headers = _headers(settings)
    assert headers["User-Agent"] == settings.user_agent
    assert headers["X-IG-App-ID"] == "567067343352427"
    assert headers["X-IG-Capabilities"] == "3brTv10="
    assert headers["X-IG-Device-ID"] == settings.uuids["uuid"]
    assert headers["X-IG-Family-Device-ID"] == settings.uuids["phone_id"]
    assert headers["X-IG-Android-ID"] == settings.uuids["android_device_id"]
    assert {headers[f"X-IG-{kind}-Locale"] for kind in ("App", "Device", "Mapped")} == {"de_DE"}
    assert headers["Accept-Language"] == "de-DE, en-US"
    assert headers["X-IG-App-Startup-Country"] == "DE"
    assert headers["X-IG-Timezone-Offset"] == "3600"
    assert headers["X-Bloks-Version-Id"] == settings.device_settings["bloks_versioning_id"]
    assert headers["X-IG-WWW-Claim"] == "0"
    assert headers["IG-INTENDED-USER-ID"] == "0"
    assert headers["X-Pigeon-Rawclienttime"] == "1700000000.123"
    unknown = {"X-MID", "Authorization", "IG-U-DS-USER-ID", "IG-U-RUR", "IG-U-SHBID", "IG-U-IG-DIRECT-REGION-HINT"}
    assert not unknown & set(headers)


def test_headers_after_login_carry_what_the_server_said() -> None:
    settings, hints = Settings.read(), ServerHints()
    absorb_headers(
        settings,
        hints,
        {
            "IG-Set-Authorization": VECTOR_BEARER,
            "x-ig-set-www-claim": "hmac.1",
            "ig-set-ig-u-rur": "RVA,1,2:abc",
            "ig-set-x-mid": "mid1",
            "ig-set-ig-u-ig-direct-region-hint": "LLA",
            "ig-set-ig-u-shbid": "shbid1",
            "ig-set-ig-u-shbts": "shbts1",
            "ig-set-password-encryption-key-id": "41",
            "ig-set-password-encryption-pub-key": "LS0t",
        },
    )
    headers = _headers(settings, hints)
    assert headers["Authorization"] == VECTOR_BEARER
    assert headers["IG-INTENDED-USER-ID"] == headers["IG-U-DS-USER-ID"] == "10000000001"
    assert headers["X-IG-WWW-Claim"] == "hmac.1"
    assert headers["IG-U-RUR"] == "RVA,1,2:abc"
    assert headers["X-MID"] == "mid1"
    assert headers["IG-U-IG-DIRECT-REGION-HINT"] == "LLA"
    assert headers["IG-U-SHBID"] == "shbid1"
    assert headers["IG-U-SHBTS"] == "shbts1"
    assert hints.password_key == (41, "LS0t")
    assert headers["Accept-Language"] == "en-US"


def test_the_machine_id_may_be_a_cookie_as_in_old_files() -> None:
    assert _headers(Settings.read({"cookies": {"mid": "m"}}))["X-MID"] == "m"


def test_an_answer_that_says_nothing_changes_nothing() -> None:
    settings, hints = Settings.read({"authorization_data": VECTOR_SESSION, "mid": "m", "ig_u_rur": "r"}), ServerHints()
    hints.direct_region_hint = "LLA"
    before = settings.to_dict()
    absorb_headers(settings, hints, {"ig-set-authorization": "Bearer IGT:2:", "ig-set-x-mid": ""})
    assert settings == before
    assert hints.direct_region_hint == "LLA"


@given(
    st.dictionaries(
        st.sampled_from(["ig-set-authorization", "ig-set-x-mid", "ig-set-ig-u-rur", "x-ig-set-www-claim"])
        | st.sampled_from(["ig-set-password-encryption-key-id", "ig-set-password-encryption-pub-key"])
        | st.text(),
        st.text() | st.dictionaries(st.text(st.characters()), st.text(st.characters())).map(_bearer),
    )
)
def test_absorbing_never_raises_and_leaves_settings_usable(headers: dict[str, str]) -> None:
    settings, hints = Settings.read(), ServerHints()
    absorb_headers(settings, hints, headers)
    assert Settings.read(settings.to_dict()) == settings
    assert all(isinstance(value, str) for value in _headers(settings, hints).values())


def test_the_cookie_comes_before_the_bearer() -> None:
    settings = Settings.read({"authorization_data": {"ds_user_id": "1", "sessionid": "1%3Abearer"}})
    assert (session_id(settings), session_user_id(settings)) == ("1%3Abearer", "1")
    settings.cookies = {"sessionid": "2%3Acookie", "ds_user_id": "2"}
    assert (session_id(settings), session_user_id(settings)) == ("2%3Acookie", "2")


def test_a_lone_session_cookie_makes_a_bearer() -> None:
    settings = Settings.read({"cookies": {"sessionid": VECTOR_SESSION["sessionid"]}})
    assert session_user_id(settings) == "10000000001"
    assert authorization(settings) == VECTOR_BEARER


def test_a_session_id_without_a_user_id_is_not_shown_as_one() -> None:
    assert session_user_id(Settings.read({"cookies": {"sessionid": "secret"}})) is None


def test_a_newer_bearer_ends_the_cookie_of_an_older_session() -> None:
    settings = Settings.read({"cookies": {"sessionid": "1%3Aold", "ds_user_id": "1", "csrftoken": "t"}})
    absorb_headers(
        settings, ServerHints(), {"ig-set-authorization": _bearer({"ds_user_id": "1", "sessionid": "1%3Anew"})}
    )
    assert settings.cookies == {"csrftoken": "t"}
    assert session_id(settings) == "1%3Anew"


def test_the_bearer_of_the_same_session_keeps_its_cookie() -> None:
    settings = Settings.read({"cookies": {"sessionid": "1%3Asame"}})
    absorb_headers(
        settings, ServerHints(), {"ig-set-authorization": _bearer({"ds_user_id": "1", "sessionid": "1%3Asame"})}
    )
    assert settings.cookies == {"sessionid": "1%3Asame"}


@pytest.mark.parametrize(("user_id", "is_odd"), [("1", False), ("", False), ("no id", False), ("2", True)])
def test_being_taken_for_somebody_else_is_noticed(caplog: pytest.LogCaptureFixture, user_id: str, is_odd: bool) -> None:
    settings = Settings.read({"authorization_data": {"ds_user_id": "1", "sessionid": "1%3Asecret"}})
    absorb_headers(settings, ServerHints(), {"ig-set-ig-u-ds-user-id": user_id})
    assert ("another account" in caplog.text) is is_odd
    assert "secret" not in caplog.text
