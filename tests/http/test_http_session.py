from __future__ import annotations

import contextlib
import gzip
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from requests.cookies import RequestsCookieJar
from urllib3.exceptions import ReadTimeoutError

from instagrapi.emulator import Emulator
from instagrapi.exceptions import (
    ClientConnectionError,
    ClientError,
    ClientIncompleteReadError,
    ClientRequestTimeout,
    RealtimeConfigError,
)
from instagrapi.http import session as session_module
from instagrapi.http.session import HttpSession, checked_proxy
from tests.support.proxies import proxy_to

URL = "https://i.instagram.com/api/v1/x/"


def exchange(http: HttpSession, method: str = "GET", url: str = URL, **options: Any) -> requests.Response:
    options = {"headers": {}, "cookies": RequestsCookieJar(), **options}
    return http.exchange(method, url, **options)


@contextlib.contextmanager
def listener(handle: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server on the loopback interface that treats each connection with one function."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    with connection, contextlib.suppress(OSError):
                        handle(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/api/v1/x/"
        server.close()
        # A closed listener does not wake ``accept`` everywhere; the thread is a daemon with a time limit.
        thread.join(0.1)


@pytest.fixture
def http(session: requests.Session) -> HttpSession:
    return HttpSession(session)


# --- proxies ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["http", "socks4", "socks4a", "socks5", "socks5h"])
def test_proxy_schemes(scheme: str) -> None:
    url = f"{scheme}://user:pa%40ss@[::1]:1080"
    assert checked_proxy(url) == url


@pytest.mark.parametrize(
    ("url", "checked"), [(None, None), ("", None), ("user:secret@host:8080", "http://user:secret@host:8080")]
)
def test_proxy_shorthands(url: str | None, checked: str | None) -> None:
    assert checked_proxy(url) == checked


@pytest.mark.parametrize(
    "url",
    ["ftp://user:secret@host:1", "http://user:secret@", "http://user:secret@host:port", "http://user:secret@host:99999"]
    + ["http://user:secret@[::1", "://user:secret@host", "https://user:secret@host:1"],
)
def test_an_unusable_proxy_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(RealtimeConfigError) as caught:
        checked_proxy(url)
    assert "secret" not in f"{caught.value!r} {caught.value.__cause__!r}"


def test_proxies_are_those_of_the_realtime_side(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RealtimeConfigError, match="'https' is not one of http, socks4, socks4a, socks5, socks5h"):
        checked_proxy("https://host:1")
    asked: list[str] = []
    monkeypatch.setattr(session_module.Proxy, "from_url", asked.append)
    checked_proxy("host:1")
    checked_proxy("socks5://host:1")
    assert asked == ["host:1", "socks5://host:1"], "there is one parser"


def test_a_new_proxy_counts_from_the_next_request(http: HttpSession, server: Any) -> None:
    for proxy in ("http://one:1", None, "socks5h://two:2"):
        server.answer()
        http.proxy = proxy
        exchange(http)
        assert server.options[-1]["proxies"] == ({"http": proxy, "https": proxy} if proxy else {})


def test_the_environment_has_no_say(
    http: HttpSession, server: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine i.instagram.com login me password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTPS_PROXY", "http://elsewhere:1")
    server.answer()
    exchange(http, headers={"Authorization": "Bearer IGT:2:x"})
    assert server.last.headers["Authorization"] == "Bearer IGT:2:x"
    assert server.options[-1]["proxies"] == {}


def test_the_proxy_of_a_given_session_is_taken_over(session: requests.Session) -> None:
    session.proxies["https"] = "socks5h://host:1"
    assert HttpSession(session).proxy == "socks5h://host:1"
    assert HttpSession(session, proxy="http://other:1").proxy == "http://other:1"


# --- what is always the case -----------------------------------------------------------------------------------------


def test_every_request_has_timeouts_and_trust(http: HttpSession, server: Any) -> None:
    server.answer()
    exchange(http)
    server.answer()
    exchange(http, "POST", data={"a": "b"}, ca_file="/tmp/ca.pem")
    first, second = server.options
    assert first["timeout"] == second["timeout"] == (10.0, 30.0)
    assert (first["verify"], second["verify"]) == (True, "/tmp/ca.pem")


@pytest.mark.parametrize(("of_session", "used"), [(False, True), (None, True), ("/tmp/own.pem", "/tmp/own.pem")])
def test_a_session_chooses_its_authorities_and_cannot_do_without(
    session: requests.Session, server: Any, of_session: Any, used: Any
) -> None:
    session.verify = of_session
    server.answer()
    exchange(HttpSession(session))
    assert server.options[0]["verify"] == used


@pytest.mark.parametrize(("given", "used"), [((1, 2), (1, 2)), (5.0, (5.0, 5.0))])
def test_timeouts_can_be_chosen(session: requests.Session, server: Any, given: Any, used: Any) -> None:
    server.answer()
    exchange(HttpSession(session, timeout=given))
    assert server.options[0]["timeout"] == used


@pytest.mark.parametrize("timeout", [0, (1, 0), (None, 5), -1])
def test_there_is_no_way_to_have_no_timeout(timeout: Any) -> None:
    with pytest.raises(RealtimeConfigError, match="timeout"):
        HttpSession(timeout=timeout)


@pytest.mark.parametrize("seconds", [0, -1, None])
def test_there_is_no_way_to_have_no_body_timeout(seconds: Any) -> None:
    assert HttpSession().body_timeout == 120.0
    with pytest.raises(RealtimeConfigError, match="timeout"):
        HttpSession(body_timeout=seconds)


def test_a_redirect_is_not_followed(http: HttpSession, server: Any) -> None:
    server.answer(status=302, headers={"Location": "https://elsewhere.example.org/"})
    response = exchange(http, headers={"Authorization": "Bearer IGT:2:x"})
    assert response.status_code == 302
    assert len(server.requests) == 1


def test_an_own_session_reads_no_endless_redirect(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_module, "MAX_BODY", 1000)

    done = threading.Event()

    def redirect(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /y\r\n\r\n" + bytes(200_000))
        done.wait(5)

    with listener(redirect) as url:
        with pytest.raises(ClientError, match="larger than"):
            exchange(HttpSession(timeout=(5, 0.5)), url=url)
        done.set()


def test_nothing_of_the_session_is_sent_along(session: requests.Session, server: Any) -> None:
    session.headers["X-Secret"] = "s"
    session.cookies.set("old", "1", domain="i.instagram.com")
    server.answer()
    exchange(HttpSession(session), headers={"X-Own": "1"})
    assert dict(server.last.headers) == {"X-Own": "1"}


def test_cookies_are_sent_set_and_deleted(http: HttpSession, server: Any) -> None:
    jar = RequestsCookieJar()
    jar.set("sessionid", "1%3A2", domain=".instagram.com")
    gone = "sessionid=; Domain=.instagram.com; Path=/; expires=Thu, 01-Jan-1970 00:00:00 GMT"
    server.answer(cookies=["csrftoken=abc; Domain=.instagram.com; Path=/; Secure", gone])
    exchange(http, cookies=jar)
    assert server.last.headers["Cookie"] == "sessionid=1%3A2"
    assert jar.get_dict() == {"csrftoken": "abc"}
    server.answer()
    exchange(http)
    assert "Cookie" not in server.last.headers, "the session keeps none"


def test_an_answer_of_endless_size_is_given_up(http: HttpSession, server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_module, "MAX_BODY", 100_000)
    server.answer(b"x" * 100_000)
    assert len(exchange(http).content) == 100_000
    for body, headers in ((b"x" * 100_001, {}), (gzip.compress(bytes(10_000_000)), {"Content-Encoding": "gzip"})):
        server.answer(body, headers=headers)
        with pytest.raises(ClientError, match="larger than"):
            exchange(http)


# --- repeating -------------------------------------------------------------------------------------------------------


def test_a_get_without_connection_is_repeated_once(http: HttpSession, server: Any) -> None:
    server.fail(requests.ConnectionError("reset"))
    server.answer({"status": "ok"})
    assert exchange(http).json() == {"status": "ok"}
    server.fail(requests.ConnectionError("reset"))
    server.fail(requests.ConnectionError("reset"))
    with pytest.raises(ClientConnectionError):
        exchange(http)
    assert len(server.requests) == 4


@pytest.mark.parametrize(
    ("method", "error"),
    [
        ("POST", requests.ConnectionError("reset")),
        ("GET", requests.ConnectTimeout("slow")),
        ("GET", requests.ConnectionError(ReadTimeoutError(None, "", "slow"))),  # type: ignore[arg-type]
        ("GET", requests.exceptions.ProxyError("refused")),
        ("GET", requests.exceptions.SSLError("untrusted")),
    ],
)
def test_nothing_else_is_repeated(http: HttpSession, server: Any, method: str, error: Exception) -> None:
    server.fail(error)
    with pytest.raises(ClientConnectionError):
        exchange(http, method)
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_status_is_never_repeated(http: HttpSession, server: Any, status: int) -> None:
    server.answer(status=status, headers={"Retry-After": "1"})
    assert exchange(http).status_code == status
    assert len(server.requests) == 1


# --- failures --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (requests.ConnectTimeout("secret"), ClientRequestTimeout),
        (requests.ReadTimeout("secret"), ClientRequestTimeout),
        (requests.ConnectionError(ReadTimeoutError(None, "", "secret")), ClientRequestTimeout),  # type: ignore[arg-type]
        (requests.exceptions.ProxyError("secret"), ClientConnectionError),
        (requests.exceptions.SSLError("secret"), ClientConnectionError),
        (requests.exceptions.ChunkedEncodingError("secret"), ClientIncompleteReadError),
        (requests.exceptions.ContentDecodingError("secret"), ClientIncompleteReadError),
        (requests.exceptions.InvalidProxyURL("secret"), ClientError),
        (requests.exceptions.InvalidSchema("secret"), ClientError),
        (requests.exceptions.RequestException("secret"), ClientError),
    ],
)
def test_failures_are_ours_and_show_no_secret(http: HttpSession, server: Any, error: Exception, kind: type) -> None:
    server.fail(error)
    with pytest.raises(ClientError) as caught:
        exchange(http, "POST", params={"token": "secret"})
    assert type(caught.value) is kind
    assert "secret" not in str(caught.value)
    assert caught.value.__suppress_context__
    assert caught.value.__cause__ is None


def test_a_header_that_fits_no_request() -> None:
    for value in ("two\r\nlines: secret", "\ud800secret"):
        with pytest.raises(ClientError) as caught:
            exchange(HttpSession(), url="http://127.0.0.1:1/", headers={"User-Agent": value})
        assert "could not be sent" in str(caught.value)
        assert "secret" not in str(caught.value)


def test_a_refused_connection_says_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(ClientConnectionError, match=r"No connection to 127\.0\.0\.1 \(Connection refused\)") as caught:
        exchange(HttpSession(), url=f"http://127.0.0.1:{port}/?token=secret")
    assert not caught.value.is_lasting


def test_a_silent_server_is_left() -> None:
    done = threading.Event()

    def say_nothing(_: socket.socket) -> None:
        done.wait(5)

    with listener(say_nothing) as url:
        with pytest.raises(ClientRequestTimeout, match=r"No answer from 127\.0\.0\.1 in time"):
            exchange(HttpSession(timeout=(5, 0.05)), url=url)
        done.set()


def test_a_server_that_stops_in_the_middle_is_left() -> None:
    done = threading.Event()

    def begin(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
        done.wait(5)

    with listener(begin) as url:
        with pytest.raises(ClientRequestTimeout):
            exchange(HttpSession(timeout=(5, 0.05)), "POST", url)
        done.set()


@pytest.mark.parametrize(
    "head", [b"Content-Length: 9999", b"Transfer-Encoding: chunked\r\n\r\n270F", b"X: until the end"]
)
def test_a_server_that_drips_is_left(head: bytes) -> None:
    done = threading.Event()

    def drip(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\n" + head + (b"\r\n" if b"chunked" in head else b"\r\n\r\n"))
        while not done.wait(0.02):
            connection.sendall(b"x")

    with listener(drip) as url:
        started = time.monotonic()
        with pytest.raises(ClientRequestTimeout, match="in time"):
            exchange(HttpSession(timeout=(5, 1), body_timeout=0.2), url=url)
        assert time.monotonic() - started < 1
        done.set()


@pytest.mark.parametrize("chunked", [False, True])
def test_a_connection_is_used_again(chunked: bool) -> None:
    connections = []

    def serve(connection: socket.socket) -> None:
        connections.append(connection)
        while connection.recv(65536):
            body = gzip.compress(b'{"status": "ok"}')
            length = b"Transfer-Encoding: chunked" if chunked else b"Content-Length: %d" % len(body)
            body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body) if chunked else body
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n" + length + b"\r\n\r\n" + body)

    with listener(serve) as url:
        http = HttpSession()
        for _ in range(3):
            assert exchange(http, url=url).json() == {"status": "ok"}
        http._session.close()
    assert len(connections) == 1


def test_a_damaged_answer(http: HttpSession, server: Any) -> None:
    server.answer(b"this was never compressed", headers={"Content-Encoding": "gzip"})
    with pytest.raises(ClientIncompleteReadError, match="damaged"):
        exchange(http)


def test_a_truncated_answer() -> None:
    def cut(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")

    with listener(cut) as url, pytest.raises(ClientIncompleteReadError):
        exchange(HttpSession(), "POST", url)


def test_a_proxy_that_refuses_does_not_show_its_password() -> None:
    def refuse(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")

    with listener(refuse) as url:
        http = HttpSession(proxy=f"http://user:secret@127.0.0.1:{urlsplit(url).port}")
        with pytest.raises(ClientConnectionError, match="The proxy asks for other credentials") as caught:
            exchange(http, params={"token": "secret"})
    assert "secret" not in str(caught.value)
    assert caught.value.is_lasting


@pytest.mark.parametrize("scheme", ["http", "socks5h"])
def test_a_proxy_that_wants_other_credentials_will_want_them_again(scheme: str) -> None:
    server, _ = proxy_to(None, ("user", "right"))
    with server, pytest.raises(ClientConnectionError, match="other credentials") as caught:
        exchange(HttpSession(proxy=f"{scheme}://user:wrong@127.0.0.1:{server.port}"))
    assert caught.value.is_lasting


def test_a_certificate_that_is_not_trusted_will_not_be_in_a_second() -> None:
    with Emulator() as emulator, pytest.raises(ClientConnectionError, match="No trusted TLS") as caught:
        exchange(HttpSession(), url=emulator.profile.endpoints.http)
    assert caught.value.is_lasting


def test_a_missing_file_of_authorities_is_named(tmp_path: Any) -> None:
    with pytest.raises(ClientError, match=r"missing\.pem"):
        exchange(HttpSession(), "POST", ca_file=str(tmp_path / "missing.pem"))


# --- logging ---------------------------------------------------------------------------------------------------------


def test_the_log_shows_path_status_and_sizes_only(
    http: HttpSession, server: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "instagrapi.http")
    server.answer(b"{}", headers={"Set-Cookie": "secret"})
    exchange(http, "POST", params={"q": "secret"}, data={"a": "secret"}, headers={"Authorization": "secret"})
    server.answer(b"{}")
    exchange(http, url="https://i.instagram.com/api/v1/challenge/1/secret/")
    server.fail(requests.ConnectionError("secret"))
    with pytest.raises(ClientConnectionError):
        exchange(http, "POST")
    first, second, third = (record.getMessage() for record in caplog.records)
    assert first.startswith("POST /api/v1/x/ -> 200 in ")
    assert first.endswith(" ms, 8 bytes out, 2 bytes in")
    assert second.startswith("GET /api/v1/challenge/… -> 200")
    assert third == "POST /api/v1/x/ failed: ClientConnectionError"
    assert "secret" not in caplog.text


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/api/v1/challenge/1/nonce/", "/api/v1/challenge/…"),
        ("/api/v1/users/some.body/usernameinfo/", "/api/v1/users/…/usernameinfo/"),
        ("/api/v1/users/12/info/", "/api/v1/users/12/info/"),
    ],
)
def test_paths_are_logged_without_what_is_private(path: str, shown: str) -> None:
    assert session_module.shown_path(path) == shown


@pytest.mark.parametrize("kind", ["bytes", "pieces", "file"])
def test_a_body_may_be_bytes_pieces_or_a_file(http: HttpSession, kind: str, tmp_path: Path) -> None:
    content = b"a" * 70_000 + b"end"
    received = bytearray()

    def take(connection: socket.socket) -> None:
        connection.settimeout(5)
        while not received.endswith((b"end", b"end\r\n0\r\n\r\n")):
            received.extend(connection.recv(65536))
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")

    (tmp_path / "body").write_bytes(content)
    with listener(take) as url, open(tmp_path / "body", "rb") as file:
        bodies: dict[str, Any] = {
            "bytes": content,
            "pieces": (content[at : at + 10_000] for at in range(0, len(content), 10_000)),
            "file": file,
        }
        answer = HttpSession().exchange("POST", url, headers={}, cookies=RequestsCookieJar(), data=bodies[kind])
    assert answer.json() == {}
    head, _, body = bytes(received).partition(b"\r\n\r\n")
    if kind == "pieces":
        assert b"Transfer-Encoding: chunked" in head
        assert body.count(b"a") == 70_000
    else:
        assert f"Content-Length: {len(content)}".encode() in head
        assert body == content


def test_pieces_are_sent_once_only_when_the_connection_fails() -> None:
    asked = 0

    def refuse(connection: socket.socket) -> None:
        nonlocal asked
        asked += 1
        connection.recv(10)

    with listener(refuse) as url, pytest.raises(ClientConnectionError):
        HttpSession().exchange("POST", url, headers={}, cookies=RequestsCookieJar(), data=iter([b"x" * 10]))
    assert asked == 1
