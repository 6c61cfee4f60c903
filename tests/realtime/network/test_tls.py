from __future__ import annotations

import ssl

import pytest

from instagrapi.exceptions import ConnectFailed, ConnectionLost, RealtimeConfigError
from instagrapi.realtime.network.tls import TlsLayer, verified_context
from tests.support.certificates import serving, trusting


def connected(client_context: ssl.SSLContext | None = None) -> tuple[TlsLayer, TlsLayer]:
    """A client and a server after their handshake."""
    client, server = TlsLayer(client_context or trusting(), "localhost"), TlsLayer(serving())
    to_server, to_client = b"", b""
    done = False
    while not done or to_server or to_client:
        done = client.handshake(to_client)
        to_server = client.take_output()
        to_client = b""
        if to_server:
            server.handshake(to_server)
            to_client = server.take_output()
        if done:
            # TLS 1.3 sends its session tickets after the handshake.
            client.decrypt(memoryview(to_client)) if to_client else None
            break
    return client, server


def test_the_usual_context_verifies_and_wants_tls_1_2() -> None:
    context = verified_context()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert verified_context() is context


def _unverified() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _any_name() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    return context


def _optional() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.verify_mode = ssl.CERT_OPTIONAL
    return context


@pytest.mark.parametrize("make", [_unverified, _any_name, _optional])
def test_a_context_that_does_not_verify_is_refused(make: object) -> None:
    assert callable(make)
    with pytest.raises(RealtimeConfigError, match="does not verify certificates and host names"):
        TlsLayer(make(), "localhost")


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated:DeprecationWarning")
def test_a_context_that_allows_old_versions_is_refused() -> None:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises(RealtimeConfigError, match=r"older than TLS 1\.2"):
        TlsLayer(context, "localhost")


@pytest.mark.parametrize("host", [".broker.test", "x" * 70 + ".test", "nul\0byte", ".".join(["x" * 60] * 5)])
def test_a_name_that_cannot_be_verified_is_a_typed_failure(host: str) -> None:
    with pytest.raises(ConnectFailed, match="is no name that a certificate can be for"):
        TlsLayer(trusting(), host)


def test_both_sides_understand_each_other() -> None:
    client, server = connected()
    assert server.decrypt(memoryview(client.encrypt(b"to the server"))) == (b"to the server", False)
    assert client.decrypt(memoryview(server.encrypt(b"to the client"))) == (b"to the client", False)


def test_an_incomplete_record_gives_nothing_yet() -> None:
    client, server = connected()
    record = server.encrypt(b"secret")
    assert client.decrypt(memoryview(record[:-1])) == (b"", False)
    assert client.decrypt(memoryview(record[-1:])) == (b"secret", False)


def test_many_records_come_out_in_one_piece() -> None:
    client, server = connected()
    text = bytes(range(256)) * 1000
    assert client.decrypt(memoryview(server.encrypt(text))) == (text, False)


def test_a_goodbye_ends_the_stream_behind_the_data() -> None:
    client, server = connected()
    last = server.encrypt(b"last words") + server.close_notify()
    assert client.decrypt(memoryview(last)) == (b"last words", True)


def test_the_end_of_the_connection_ends_the_stream_too() -> None:
    client, _ = connected()
    assert client.decrypt(memoryview(b"")) == (b"", True)


def test_a_forged_record_is_a_lost_connection() -> None:
    client, server = connected()
    record = bytearray(server.encrypt(b"secret"))
    record[-1] ^= 1
    with pytest.raises(ConnectionLost, match="TLS failed: "):
        client.decrypt(memoryview(bytes(record)))


def test_good_records_before_a_forged_one_are_not_lost() -> None:
    client, server = connected()
    good, bad = server.encrypt(b"good"), bytearray(server.encrypt(b"bad"))
    bad[-1] ^= 1
    assert client.decrypt(memoryview(good + bytes(bad))) == (b"good", True)


def test_nothing_can_be_encrypted_before_the_handshake() -> None:
    with pytest.raises(ConnectionLost, match="TLS failed"):
        TlsLayer(trusting(), "localhost").encrypt(b"too early")


def test_failures_say_whose_they_are() -> None:
    client = TlsLayer(trusting(), "broker.test")
    client.handshake()
    with pytest.raises(ConnectFailed, match=r"^the TLS handshake with broker\.test failed: "):
        client.handshake(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def test_data_that_came_together_with_the_end_of_the_handshake_is_not_lost() -> None:
    client, server = TlsLayer(trusting(), "localhost"), TlsLayer(serving())
    client.handshake()
    server.handshake(client.take_output())
    assert client.handshake(server.take_output())
    assert server.handshake(client.take_output() + client.encrypt(b"in one segment"))
    assert server.decrypt_rest() == (b"in one segment", False)
    assert server.decrypt_rest() == (b"", False)
