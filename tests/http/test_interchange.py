"""Session files that travel between this package and instagrapi 3.x.

The files in ``data`` have the form that releases of instagrapi write, with invented values. The tests with the real
package need an environment in which instagrapi 3.2.2 is installed, since both are imported by the same name.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from instagrapi.http.settings import Settings
from instagrapi.mixins.http import HttpClient
from instagrapi.profile import Profile

DATA = Path(__file__).parent / "data"
FILES = sorted(DATA.glob("settings_of_*.json"))
NEWEST = DATA / "settings_of_3.x.json"
VARIABLE = "INSTAGRAPI_3_PYTHON"
SESSION_ID = "10000000007%3AInventedInvent%3A12%3AAYinventedInventedInventedInvented00"

Theirs = Callable[[Path, Path], dict[str, Any]]

PROGRAM = """
import json, sys
from instagrapi import Client
client = Client()
client.load_settings(sys.argv[1])
client.dump_settings(sys.argv[2])
names = "sessionid authorization user_agent phone_id uuid android_device_id mid locale country".split()
print(json.dumps({"user_id": str(client.user_id), **{name: getattr(client, name) for name in names}}))
"""


@pytest.fixture
def theirs() -> Theirs:
    """Loads a file with instagrapi 3.x, dumps it to another one, and gives what their client says of itself."""
    python = os.environ.get(VARIABLE)
    if not python:
        pytest.skip(f"{VARIABLE} does not name the Python of an environment with instagrapi 3.2.2")

    def run(source: Path, target: Path) -> dict[str, Any]:
        command = [python, "-I", "-c", PROGRAM, str(source), str(target)]
        result = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert result.returncode == 0, result.stderr
        said: dict[str, Any] = json.loads(result.stdout)
        return said

    return run


def ours(path: Path) -> HttpClient:
    client = HttpClient(profile=Profile())
    client.load_settings(path)
    return client


def said(client: HttpClient) -> dict[str, Any]:
    names = ("user_id", "sessionid", "user_agent", "phone_id", "uuid", "android_device_id", "mid", "locale", "country")
    return {name: getattr(client, name) for name in names}


def read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text())
    return content


# --- with files of that form ------------------------------------------------------------------------------------------


def test_a_file_of_3_x_is_dumped_as_it_was(tmp_path: Path) -> None:
    ours(NEWEST).dump_settings(tmp_path / "again.json")
    assert (tmp_path / "again.json").read_text() == NEWEST.read_text()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_files_of_every_age_hold_the_same_session(path: Path) -> None:
    client = ours(path)
    assert (client.user_id, client.sessionid) == ("10000000007", SESSION_ID)
    assert client.mid == "aInventedMachineId"
    assert client.phone_id == "11111111-aaaa-4bbb-8ccc-000000000001"
    assert client.android_device_id == "android-00112233445566aa"
    assert client.authorization is not None
    assert client.authorization.startswith("Bearer IGT:2:")
    assert client.user_agent == read(path)["user_agent"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_a_file_says_survives(path: Path, tmp_path: Path) -> None:
    ours(path).dump_settings(tmp_path / "again.json")
    again = read(tmp_path / "again.json")
    for key, value in read(path).items():
        if isinstance(value, dict):
            assert {**again[key], **value} == again[key], key
        else:
            assert again[key] == value, key
    assert set(again) >= set(Settings.read())


def test_a_release_without_its_bloks_id_gets_its_own(tmp_path: Path) -> None:
    device = ours(DATA / "settings_of_2.x.json").device_settings
    assert device["app_version"] == "428.0.0.47.67"
    assert device["bloks_versioning_id"] == read(NEWEST)["device_settings"]["bloks_versioning_id"]


def test_the_machine_id_is_found_among_the_cookies_and_written_where_3_x_has_it(tmp_path: Path) -> None:
    ours(DATA / "settings_of_1.x.json").dump_settings(tmp_path / "again.json")
    assert read(tmp_path / "again.json")["mid"] == "aInventedMachineId"


def test_the_push_device_is_where_3_x_has_it(tmp_path: Path) -> None:
    client = ours(NEWEST)
    assert client.settings["fbns_auth"]["device_id"] == "invented-device"
    client.settings["fbns_auth"] = {"device_id": "another"}
    client.dump_settings(tmp_path / "again.json")
    assert read(tmp_path / "again.json")["fbns_auth"] == {"device_id": "another"}


def test_the_app_can_be_overridden_while_loading_as_in_3_x(tmp_path: Path) -> None:
    client = HttpClient(profile=Profile())
    loaded = client.load_settings(NEWEST, override_app_version=True)
    app, hardware = Profile().app, read(NEWEST)["device_settings"]
    assert client.app_version == app.version != hardware["app_version"]
    assert loaded["device_settings"] == {
        **hardware,
        "app_version": app.version,
        "version_code": app.version_code,
        "bloks_versioning_id": app.bloks_versioning_id,
    }
    assert app.version in client.user_agent
    assert "Pixel 6" in client.user_agent


# --- with the real package --------------------------------------------------------------------------------------------


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A file of each age. The package reads the key in it, so it has to be one."""
    content = read(request.param)
    if "usdid" in content:
        key = ec.generate_private_key(ec.SECP256R1())
        encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
        pem = key.private_bytes(encoding, form, serialization.NoEncryption()).decode()
        content["usdid"]["private_key"] = pem
    path = tmp_path / "given.json"
    path.write_text(json.dumps(content, indent=4))
    return path


@pytest.mark.slow
def test_what_is_dumped_here_loads_there(theirs: Theirs, path: Path, tmp_path: Path) -> None:
    client = ours(path)
    client.settings["fbns_auth"] = read(NEWEST)["fbns_auth"]
    client.dump_settings(tmp_path / "ours.json")
    told = theirs(tmp_path / "ours.json", tmp_path / "theirs.json")
    bearer = told.pop("authorization")
    assert told == said(client)
    assert bearer in (client.authorization, ""), "they make none of a cookie"
    written = read(tmp_path / "ours.json")
    written["uuids"].pop("device_id", None)  # the older name, beside the newer one
    assert {key: read(tmp_path / "theirs.json").get(key) for key in written} == written


@pytest.mark.slow
def test_what_is_dumped_there_loads_here(theirs: Theirs, path: Path, tmp_path: Path) -> None:
    told = theirs(path, tmp_path / "theirs.json")
    client = ours(tmp_path / "theirs.json")
    told.pop("authorization")
    assert said(client) == told
    client.dump_settings(tmp_path / "ours.json")
    again, written = read(tmp_path / "ours.json"), read(tmp_path / "theirs.json")
    written["device_settings"].setdefault("bloks_versioning_id", Profile().app.bloks_versioning_id)
    assert again == written


@pytest.mark.slow
def test_they_keep_the_push_device_but_no_key_of_ours(theirs: Theirs, tmp_path: Path) -> None:
    client = HttpClient(profile=Profile())
    client.settings["fbns_auth"] = read(NEWEST)["fbns_auth"]
    client.settings["realtime"] = {"seq_id": 5}
    client.dump_settings(tmp_path / "ours.json")
    theirs(tmp_path / "ours.json", tmp_path / "theirs.json")
    written = read(tmp_path / "theirs.json")
    assert written["fbns_auth"] == client.settings["fbns_auth"]
    assert "realtime" not in written, "as the page on sessions says"
