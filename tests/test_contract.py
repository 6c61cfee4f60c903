"""The names that programs rely on."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

import instagrapi
from instagrapi import Client, exceptions
from instagrapi.realtime.host import Host
from instagrapi.realtime.mqttot import MQTToTTopics, SocketMQTToTTransport

NAMES = {
    "instagrapi": ["Client"],
    "instagrapi.realtime": ["RealtimeClient", "FbnsClient", "FbnsDeviceAuth", "events"],
    "instagrapi.realtime.mqttot": ["SocketMQTToTTransport", "MQTToTTopics"],
    "instagrapi.mixins.realtime": ["RealtimeMixin"],
    "instagrapi.mixins.fbns": ["FbnsMixin"],
    "instagrapi.emulator": ["Emulator"],
}
MIXIN_METHODS = [
    f"{service}_{method}"
    for service in ("realtime", "fbns")
    for method in ("connect", "disconnect", "on", "ping", "read_once")
]
REALTIME_METHODS = [
    "on off connect disconnect read_once ping stats fileno graph_ql_subscribe graph_ql_unsubscribe",
    "skywalker_subscribe skywalker_unsubscribe iris_subscribe direct_subscribe direct_send_text direct_send_reaction",
    "direct_mark_seen direct_indicate_activity send_foreground_state publish_json dispatch_packet build_connection",
    "direct_send_like direct_send_link direct_send_hashtag direct_send_location direct_send_profile",
    "direct_send_media_share direct_send_story_share direct_delete_reaction direct_reply",
]
BUILTIN_BASES = [
    (exceptions.NotConnectedError, RuntimeError),
    (exceptions.ConcurrencyError, RuntimeError),
    (exceptions.RealtimeTimeout, TimeoutError),
    (exceptions.ConnectFailed, ConnectionError),
    (exceptions.ConnectionLost, ConnectionError),
    (exceptions.ConnectRefused, ConnectionError),
    (exceptions.RealtimeConfigError, ValueError),
    (exceptions.FbnsRegistrationFailed, RuntimeError),
]


@pytest.mark.parametrize("module", NAMES)
def test_names_are_importable(module: str) -> None:
    assert [name for name in NAMES[module] if not hasattr(importlib.import_module(module), name)] == []


@pytest.mark.parametrize("name", MIXIN_METHODS)
def test_the_client_has_the_methods_of_the_mixins(name: str) -> None:
    assert callable(getattr(Client, name))


@pytest.mark.parametrize("name", " ".join(REALTIME_METHODS).split())
def test_the_realtime_client_has_its_methods(name: str) -> None:
    from instagrapi.realtime import RealtimeClient

    assert callable(getattr(RealtimeClient, name))


@pytest.mark.parametrize(("error", "builtin"), BUILTIN_BASES)
def test_realtime_errors_are_the_builtins_that_programs_catch(error: type, builtin: type) -> None:
    assert issubclass(error, builtin)
    assert issubclass(error, exceptions.RealtimeError)
    assert issubclass(error, exceptions.ClientError)
    assert str(error("sentence")) == "sentence"


def test_every_error_says_whether_trying_again_can_help() -> None:
    errors = [value for value in vars(exceptions).values() if isinstance(value, type) and issubclass(value, Exception)]
    assert len(errors) > 40
    assert all(isinstance(error("x").retryable, bool) for error in errors)


def test_the_client_is_a_host() -> None:
    assert isinstance(Client(), Host)


def test_the_topics_are_texts_of_digits() -> None:
    assert MQTToTTopics.MESSAGE_SYNC == "146"
    assert all(topic.isdigit() for topic in MQTToTTopics)


def test_the_transport_takes_the_promised_arguments() -> None:
    transport = SocketMQTToTTransport("broker.example", 8443, 5.0, None, "socks5h://user:secret@127.0.0.1:9050")
    assert (transport.host, transport.port, transport.timeout) == ("broker.example", 8443, 5.0)
    assert "secret" not in repr(transport)


def test_importing_the_package_loads_nothing_that_only_some_need() -> None:
    heavy = ["cryptography", "werkzeug", "trustme", "click", "rich", "instagrapi.emulator", "instagrapi.cli"]
    script = f"import sys, instagrapi; print([name for name in {heavy} if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_the_version_is_the_distribution_s() -> None:
    from importlib.metadata import version

    assert instagrapi.__version__ == version("instagrapi-realtime")
