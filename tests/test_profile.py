"""The profile: what drifts on Instagram's side, as data."""

from __future__ import annotations

from pathlib import Path

import pytest

from instagrapi.exceptions import RealtimeConfigError
from instagrapi.profile import EMULATOR_VARIABLE, Address, Endpoints, Profile


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.10", "::1"])
@pytest.mark.parametrize("ca_file", [None, "/tmp/ca.pem", "/tmp/a+b&c#d %2F/ca.pem"])
def test_an_emulator_s_url_leads_back_to_it(host: str, ca_file: str | None) -> None:
    shown = f"[{host}]" if ":" in host else host
    endpoints = Endpoints(
        http=f"https://{shown}:1001",
        realtime=Address(host=host, port=1002),
        fbns=Address(host=host, port=1003),
        ca_file=ca_file,
    )
    assert Endpoints.from_url(endpoints.to_url()) == endpoints


def test_files_stay_with_the_rest_unless_they_are_led_elsewhere() -> None:
    assert Endpoints().upload == "https://rupload.facebook.com"
    assert Endpoints(http="https://127.0.0.1:1").upload == "https://127.0.0.1:1"
    assert Endpoints(http="https://127.0.0.1:1", upload="https://127.0.0.1:2").upload == "https://127.0.0.1:2"
    assert Profile().replace(endpoints={"upload": "https://127.0.0.1:2"}).endpoints.http == Endpoints().http


@pytest.mark.parametrize(
    "url",
    [
        "emulator://8.8.8.8?http=1&realtime=2&fbns=3",
        "emulator://instagram.com?http=1&realtime=2&fbns=3",
        "emulator://127.0.0.1@8.8.8.8?http=1&realtime=2&fbns=3",
        "emulator://localhost?http=1&realtime=2&fbns=3",
        "https://127.0.0.1?http=1&realtime=2&fbns=3",
        "emulator://127.0.0.1",
        "emulator://127.0.0.1?http=x&realtime=2&fbns=3",
        "",
    ],
)
def test_only_a_whole_loopback_url_is_an_emulator(url: str) -> None:
    with pytest.raises(RealtimeConfigError, match=EMULATOR_VARIABLE):
        Endpoints.from_url(url)


def test_the_environment_leads_to_the_emulator(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ca_file = tmp_path / "ca.pem"
    ca_file.touch()
    monkeypatch.delenv(EMULATOR_VARIABLE, raising=False)
    assert Profile.current().endpoints.realtime.host == "edge-mqtt.facebook.com"
    monkeypatch.setenv(EMULATOR_VARIABLE, f"emulator://127.0.0.1?http=1&realtime=2&fbns=3&ca={ca_file}")
    assert Profile.current().endpoints == Endpoints(
        http="https://127.0.0.1:1",
        realtime=Address(host="127.0.0.1", port=2),
        fbns=Address(host="127.0.0.1", port=3),
        ca_file=str(ca_file),
    )
    ca_file.unlink()
    with pytest.raises(RealtimeConfigError, match="the emulator that INSTAGRAPI_EMULATOR names has ended"):
        Profile.current()


def test_single_values_can_be_replaced_and_are_checked() -> None:
    changed = Profile().replace(realtime={"keep_alive": 60, "credential": "authorization"}, app={"version": "1"})
    assert (changed.realtime.keep_alive, changed.realtime.credential, changed.app.version) == (60, "authorization", "1")
    assert changed.fbns == Profile().fbns
    for parts in ({"nothing": {}}, {"realtime": {"keepalive": 1}}, {"realtime": {"keep_alive": 70_000}}):
        with pytest.raises(RealtimeConfigError):
            Profile().replace(**parts)


def test_a_profile_is_immutable() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Profile().realtime.keep_alive = 1  # type: ignore[misc]
