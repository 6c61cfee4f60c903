from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from instagrapi.exceptions import ClientError
from instagrapi.http.settings import Settings, timezone_name
from instagrapi.profile import Profile

#: In the order of a file that instagrapi 3.x writes.
KEYS = [
    "uuids",
    "mid",
    "ig_u_rur",
    "ig_www_claim",
    "authorization_data",
    "cookies",
    "last_login",
    "device_settings",
    "user_agent",
    "country",
    "country_code",
    "locale",
    "timezone_offset",
    "timezone_name",
    "push_disabled",
    "request_timeout",
    "public_request_retries_count",
    "public_request_retries_timeout",
    "session_retry_total",
    "session_retry_backoff_factor",
    "session_retry_statuses",
    "public_transport",
    "public_user_agent",
    "public_graphql_user_agent",
    "private_transport",
    "public_transport_impersonate",
    "tls_verify",
]

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def test_a_new_session_has_the_keys_and_defaults_of_instagrapi_3() -> None:
    settings = Settings.read()
    assert list(settings) == KEYS
    assert len(settings) == len(KEYS)
    changing = {"uuids", "device_settings", "user_agent", "public_user_agent", "public_graphql_user_agent"}
    assert {key: value for key, value in settings.items() if key not in changing} == {
        "mid": None,
        "ig_u_rur": None,
        "ig_www_claim": None,
        "authorization_data": {},
        "cookies": {},
        "last_login": None,
        "country": "US",
        "country_code": 1,
        "locale": "en_US",
        "timezone_offset": -14400,
        "timezone_name": "GMT-04:00",
        "push_disabled": True,
        "request_timeout": 1,
        "public_request_retries_count": 3,
        "public_request_retries_timeout": 2,
        "session_retry_total": 3,
        "session_retry_backoff_factor": 2,
        "session_retry_statuses": [429, 500, 502, 503, 504],
        "public_transport": "requests",
        "private_transport": "curl",
        "public_transport_impersonate": "chrome136",
        "tls_verify": True,
    }
    assert len(settings.uuids) == 7
    assert settings.device_settings["app_version"] == "449.0.0.52.84"
    assert settings.user_agent.startswith("Instagram 449.0.0.52.84 Android (34/14; ")


@given(st.dictionaries(st.text(), json_values, max_size=6).filter(lambda data: not set(data) & set(KEYS)))
def test_unknown_keys_survive_in_their_order(tmp_path_factory: pytest.TempPathFactory, unknown: dict[str, Any]) -> None:
    path = tmp_path_factory.mktemp("settings") / "session.json"
    Settings.read({**unknown, "mid": "m"}).dump(path)
    loaded = Settings.load(path)
    assert loaded.mid == "m"
    assert list(loaded)[len(KEYS) :] == list(unknown)
    assert {key: loaded[key] for key in unknown} == unknown


@given(st.dictionaries(st.sampled_from(KEYS), json_values, max_size=4))
def test_odd_values_are_taken_or_refused_with_a_clear_error(data: dict[str, Any]) -> None:
    try:
        settings = Settings.read(data)
    except ClientError:
        with pytest.raises(ClientError, match="^the settings cannot be used: "):
            Settings.read(data)
    else:
        assert Settings.read(settings.to_dict()) == settings


def test_a_loaded_file_is_dumped_as_it_was(tmp_path: Path) -> None:
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    Settings.read({"fbns_auth": {"client_id": "c"}, "request_timeout": None, "usdid": {"kid": "k"}}).dump(first)
    Settings.load(first).dump(second)
    assert second.read_bytes() == first.read_bytes()
    data = json.loads(second.read_text())
    assert data["request_timeout"] is None, "a key that is not used keeps even its null"
    assert data["fbns_auth"] == {"client_id": "c"}


def test_nulls_and_missing_keys_get_defaults() -> None:
    settings = Settings.read(dict.fromkeys(KEYS))
    assert settings.locale == "en_US"
    assert settings.cookies == {}
    assert settings.uuids["phone_id"]
    assert settings.user_agent.startswith("Instagram ")


def test_old_files() -> None:
    settings = Settings.read(
        {
            "uuids": {"phone_id": "p", "device_id": "android-0123456789abcdef", "uuid": None},
            "cookies": {"sessionid": "1%3A2", "ds_user_id": 1, "mid": None},
            "device_settings": {"app_version": "1.2.3", "cpu": None},
            "timezone_offset": "3600",
        }
    )
    assert settings.uuids["android_device_id"] == "android-0123456789abcdef"
    assert settings.uuids["phone_id"] == "p"
    assert settings.uuids["uuid"]
    assert settings.cookies == {"sessionid": "1%3A2", "ds_user_id": "1"}
    assert settings.device_settings["app_version"] == "1.2.3"
    assert settings.device_settings["cpu"] == "husky"
    assert "1.2.3" in settings.user_agent
    assert settings.timezone_offset == 3600


def test_a_device_id_of_another_form_is_no_android_id() -> None:
    settings = Settings.read({"uuids": {"device_id": "11111111-aaaa-4bbb-8ccc-000000000001"}})
    assert settings.uuids["android_device_id"].startswith("android-")


def test_a_saved_device_is_kept_and_the_profile_fills_the_rest() -> None:
    profile = Profile().replace(app={"version": "9.9"}, device={"model": "Other"})
    settings = Settings.read({"device_settings": {"app_version": "1.1"}, "user_agent": "mine"}, profile)
    assert settings.device_settings["app_version"] == "1.1"
    assert settings.device_settings["model"] == "Other"
    assert settings.user_agent == "mine"
    assert "9.9" in Settings.read({}, profile).user_agent


def test_the_given_mapping_is_not_shared() -> None:
    data = {"cookies": {"a": "1"}, "extra": {"b": 1}}
    settings = Settings.read(data)
    settings.cookies["a"] = "2"
    settings["extra"]["b"] = 2
    copy = settings.to_dict()
    copy["extra"]["b"] = 3
    assert data == {"cookies": {"a": "1"}, "extra": {"b": 1}}
    assert settings["extra"] == {"b": 2}


def test_it_is_a_mutable_mapping() -> None:
    settings = Settings.read()
    settings["fbns_auth"] = {"client_id": "c"}
    settings["items"] = settings["_private"] = settings["model_config"] = 5  # names that objects use themselves
    assert settings.get("fbns_auth") == {"client_id": "c"}
    assert settings.get("realtime", "absent") == "absent"
    assert dict(settings)["items"] == settings["_private"] == settings["model_config"] == 5
    assert "fbns_auth" in settings
    assert settings.pop("fbns_auth") == {"client_id": "c"}
    assert "fbns_auth" not in settings
    with pytest.raises(KeyError):
        settings["fbns_auth"]
    settings.update(mid="x", realtime={"seq_id": 1})
    assert settings.mid == settings["mid"] == "x"
    assert settings.to_dict() == settings


def test_known_keys_are_checked_reset_by_none_and_stay() -> None:
    settings = Settings.read({"locale": "de_DE"})
    settings["locale"] = None
    assert settings.locale == "en_US"
    with pytest.raises(ClientError, match="cookies"):
        settings["cookies"] = "sessionid=secret"
    with pytest.raises(TypeError, match="assign None"):
        del settings["locale"]
    assert settings["cookies"] == {}


@pytest.mark.parametrize("data", [{"cookies": ["secret"]}, {"uuids": "secret"}, {"timezone_offset": "secret"}])
def test_an_error_names_the_key_and_not_the_value(data: dict[str, Any]) -> None:
    with pytest.raises(ClientError, match=next(iter(data))) as caught:
        Settings.read(data)
    assert "secret" not in f"{caught.value!r} {caught.value.__cause__}"


def test_not_even_pydantic_s_own_error_shows_the_value() -> None:
    with pytest.raises(ValidationError, match="cookies") as caught:
        Settings.read().cookies = "secret"  # type: ignore[assignment]
    assert "secret" not in str(caught.value)


def test_settings_that_are_no_mapping_are_refused() -> None:
    with pytest.raises(ClientError, match="mapping"):
        Settings.read("session.json")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "ca_file"),
    [(None, None), (True, None), (False, None), ("", None), ("/tmp/company.pem", "/tmp/company.pem")],
)
def test_only_a_path_is_a_file_of_authorities(given: Any, ca_file: str | None) -> None:
    settings = Settings.read({"tls_verify": given})
    assert settings.ca_file == ca_file
    assert settings["tls_verify"] is (True if given is None else given)


def test_repr_shows_no_values() -> None:
    settings = Settings.read({"authorization_data": {"sessionid": "secret"}, "fbns_auth": {"password": "secret"}})
    assert "secret" not in f"{settings!r} {settings}"
    assert "fbns_auth" in repr(settings)


def test_the_file_belongs_to_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "session.json"
    path.write_text("{}")
    path.chmod(0o644)
    Settings.read().dump(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["session.json"]


def test_a_failed_dump_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "session.json"
    path.write_text("old")

    def full_disk(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OSError, match="No space left"):
        Settings.read().dump(path)
    with pytest.raises(TypeError):
        Settings.read({"odd": object}).dump(path)
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["session.json"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "target.json", tmp_path / "link.json"
    target.write_text("{}")
    link.symlink_to(target)
    Settings.read({"mid": "m"}).dump(link)
    assert link.is_symlink()
    assert json.loads(target.read_text())["mid"] == "m"


def test_files_that_are_no_settings(tmp_path: Path) -> None:
    path = tmp_path / "session.json"
    with pytest.raises(FileNotFoundError):
        Settings.load(path)
    for content in ('{"cookies": secret', "[]", "", "[" * 100_000):
        path.write_text(content)
        with pytest.raises(ClientError, match="is not a settings file") as caught:
            Settings.load(path)
        assert "secret" not in str(caught.value)


@pytest.mark.parametrize(("offset", "name"), [(-14400, "GMT-04:00"), (0, "GMT+00:00"), (20700, "GMT+05:45")])
def test_timezone_name(offset: int, name: str) -> None:
    assert timezone_name(offset) == name
