from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import requests

from instagrapi.exceptions import ClientError, RealtimeConfigError
from instagrapi.http.settings import Settings
from instagrapi.mixins.http import HttpClient
from instagrapi.profile import EMULATOR_VARIABLE, Profile


def test_repr_shows_user_name_and_id_only(member: HttpClient) -> None:
    member.password = "secret"
    member.proxy = "http://user:secret@host:1"
    assert repr(member) == "<HttpClient (10000000001)>"
    member.username = "me.example"
    assert repr(member) == "<HttpClient me.example (10000000001)>"
    assert repr(HttpClient(profile=Profile())) == "<HttpClient logged out>"


def test_logged_out_there_is_no_session(client: HttpClient) -> None:
    assert (client.sessionid, client.user_id, client.authorization, client.mid) == (None, None, None, None)


def test_logged_in_by_bearer_or_by_cookie(member: HttpClient, session_id: str, bearer: str) -> None:
    assert (member.sessionid, member.user_id, member.authorization) == (session_id, "10000000001", bearer)
    other = session_id.replace("10000000001", "20000000002")
    member.settings["cookies"] = {"sessionid": other, "ds_user_id": "20000000002", "mid": "m"}
    assert (member.sessionid, member.user_id, member.mid) == (other, "20000000002", "m")


def test_the_csrf_token_is_the_cookie_or_made_once(client: HttpClient) -> None:
    made = client.token
    assert made == client.token
    assert len(made) == 64
    client.settings.cookies["csrftoken"] = "abc"
    assert client.token == "abc"


def test_attributes_live_in_the_settings(client: HttpClient) -> None:
    for name in ("phone_id", "uuid", "android_device_id"):
        setattr(client, name, "new")
        assert client.settings["uuids"][name] == getattr(client, name) == "new"
    client.user_agent = "mine"
    assert client.settings["user_agent"] == client.user_agent == "mine"
    client.country = "de"
    assert client.settings["country"] == client.country == "DE"
    client.authorization_data = {"ds_user_id": "1", "sessionid": "1%3A2"}
    assert client.settings["authorization_data"] == client.authorization_data


def test_setting_the_locale_rewrites_user_agent_and_country(client: HttpClient) -> None:
    client.locale = "de-AT"
    assert (client.locale, client.country) == ("de_AT", "AT")
    assert "; de_AT; " in client.user_agent
    client.set_locale("fr")
    assert (client.locale, client.country) == ("fr", "AT")


def test_a_new_app_version_makes_a_new_user_agent(client: HttpClient) -> None:
    client.app_version = "9.9.9"
    assert client.device_settings["app_version"] == client.app_version == "9.9.9"
    assert client.user_agent.startswith("Instagram 9.9.9 Android")
    client.device_settings = {"model": "Other"}
    assert "; Other; " in client.user_agent
    client.set_user_agent("mine")
    client.set_user_agent()
    assert "; Other; " in client.user_agent


def test_capabilities_and_time_zone(client: HttpClient) -> None:
    client.capabilities = "abc="
    assert client.capabilities == client.profile.app.capabilities == "abc="
    client.set_timezone_offset(19800)
    assert client.settings["timezone_offset"] == 19800
    assert client.settings["timezone_name"] == "GMT+05:30"


def test_the_constructor_takes_the_place() -> None:
    client = HttpClient(locale="de_DE", country="ch", timezone_offset=3600, profile=Profile())
    assert (client.locale, client.country, client.settings.timezone_name) == ("de_DE", "CH", "GMT+01:00")


def test_the_proxy_is_checked_and_readable(client: HttpClient) -> None:
    client.proxy = "socks5h://user:secret@host:1"
    assert client.proxy == "socks5h://user:secret@host:1"
    with pytest.raises(RealtimeConfigError) as caught:
        client.set_proxy("gopher://user:secret@host:1")
    assert "secret" not in str(caught.value)
    assert client.proxy == "socks5h://user:secret@host:1"
    client.set_proxy("")
    assert client.proxy is None


def test_settings_go_from_client_to_client(member: HttpClient, tmp_path: Path) -> None:
    member.settings["fbns_auth"] = {"client_id": "c"}
    path = tmp_path / "session.json"
    assert member.dump_settings(path) is True
    other = HttpClient(profile=Profile())
    loaded = other.load_settings(path)
    assert loaded == member.get_settings() == json.loads(path.read_text())
    assert HttpClient(loaded, profile=Profile()).sessionid == member.sessionid
    assert other.settings["fbns_auth"] == {"client_id": "c"}


def test_get_settings_is_a_copy_and_settings_is_live(client: HttpClient) -> None:
    client.get_settings()["mid"] = "x"
    assert "x" not in (client.mid, client.settings["mid"])
    client.settings["mid"] = "x"
    assert client.mid == "x"
    client.settings = Settings.read({"mid": "y"})
    assert client.mid == "y"
    client.set_settings({"mid": "z"})
    assert client.settings.mid == "z"


def test_typed_settings_of_another_client_are_copied(member: HttpClient) -> None:
    member.settings["fbns_auth"] = {"client_id": "c"}
    other = HttpClient(member.settings, profile=Profile())
    assert other.settings == member.settings
    other.settings.mid = other.settings.cookies["csrftoken"] = other.settings["fbns_auth"]["client_id"] = "x"
    assert (member.mid, member.settings.cookies, member.settings["fbns_auth"]) == (None, {}, {"client_id": "c"})
    own = Settings.read({"mid": "m"})
    member.set_settings(own)
    own.mid = "x"
    assert member.mid == "m"


def test_a_session_file_that_asks_for_no_verification_is_warned_about_once(
    client: HttpClient, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "session.json"
    path.write_text('{"tls_verify": false}')
    loaded = client.load_settings(path)
    assert [(record.name, record.levelname) for record in caplog.records] == [("instagrapi.http", "WARNING")]
    assert loaded["tls_verify"] is False, "the file stays as it was"


def test_unusable_settings_leave_the_old_ones(client: HttpClient) -> None:
    client.settings["mid"] = "x"
    with pytest.raises(ClientError):
        client.set_settings({"cookies": 1})
    assert client.mid == "x"


def test_a_given_profile_presents_its_device() -> None:
    client = HttpClient(profile=Profile().replace(app={"version": "9.9"}))
    assert client.app_version == "9.9"
    assert client.user_agent.startswith("Instagram 9.9 ")


def test_without_a_profile_the_environment_may_name_the_emulator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(EMULATOR_VARIABLE, "emulator://127.0.0.1?http=1&realtime=2&fbns=3")
    assert HttpClient().profile.endpoints.http == "https://127.0.0.1:1"


def test_read_only_attributes(client: HttpClient) -> None:
    for name in ("sessionid", "user_id", "token", "mid", "authorization", "last_json", "last_response", "profile"):
        with pytest.raises(AttributeError):
            setattr(client, name, "x")


def test_nothing_was_answered_yet(client: HttpClient, server: Any, session: requests.Session) -> None:
    assert (client.last_json, client.last_response) == ({}, None)
    assert server.requests == []


def test_an_old_session_is_upgraded_to_the_app_of_the_profile_on_request() -> None:
    device = {"app_version": "1.2.3", "version_code": "4", "bloks_versioning_id": "b", "cpu": "mine"}
    old = HttpClient({"device_settings": device})
    settings = old.get_settings()
    profile = Profile().replace(app={"version": "9.9", "version_code": "99", "bloks_versioning_id": "c" * 64})
    client = HttpClient(settings, profile=profile)
    assert client.app_version == "1.2.3", "not without being asked"
    client.upgrade_app()
    app = {"app_version": "9.9", "version_code": "99", "bloks_versioning_id": "c" * 64}
    assert client.device_settings == {**settings["device_settings"], **app}
    assert client.device_settings["cpu"] == "mine"
    assert client.user_agent == settings["user_agent"].replace("1.2.3", "9.9").replace("; 4)", "; 99)")
    assert client.settings.uuids == settings["uuids"]


def test_a_device_in_part_is_completed_from_the_profile_of_the_client(session: requests.Session) -> None:
    profile = Profile().replace(app={"version": "9.9.9", "version_code": "99"}, device={"cpu": "mine"})
    client = HttpClient(session=session, profile=profile)
    client.set_device({"model": "Other"})
    assert (client.device_settings["model"], client.device_settings["cpu"]) == ("Other", "mine")
    assert client.app_version == "9.9.9"
    assert "Android (" in client.user_agent
    assert "Other; " in client.user_agent
    client.set_device()
    assert client.device_settings["model"] == profile.device.model


def test_ids_and_telephone_code_are_set_as_in_instagrapi_3(client: HttpClient) -> None:
    client.set_country_code(49)
    assert client.settings["country_code"] == 49
    before = client.phone_id
    client.set_uuids({"uuid": "11111111-0000-4000-8000-000000000000"})
    assert client.uuid == "11111111-0000-4000-8000-000000000000"
    assert client.phone_id not in (before, "")
