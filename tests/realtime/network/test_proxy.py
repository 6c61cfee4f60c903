from __future__ import annotations

import pytest

from instagrapi.exceptions import ConnectFailed, RealtimeConfigError
from instagrapi.proxy import Proxy
from instagrapi.realtime.network.proxy import MAX_HTTP_HEAD, Exactly, Send, Until, negotiate

SCHEMES = ["http", "socks4", "socks4a", "socks5", "socks5h"]


def converse(url: str, host: str, *answers: bytes) -> list[bytes]:
    """Leads a negotiation with canned answers; returns what the client says."""
    said, left = [], list(answers)
    negotiation = negotiate(Proxy.from_url(url), host, 443)
    step = next(negotiation)
    while True:
        answer = b""
        if isinstance(step, Send):
            said.append(step.data)
        elif isinstance(step, Exactly):
            answer, left[0] = left[0][: step.size], left[0][step.size :]
            assert len(answer) == step.size, "the client wants more than there is"
            if not left[0]:
                left.pop(0)
        else:
            assert isinstance(step, Until)
            answer = left.pop(0)
        try:
            step = negotiation.send(answer)
        except StopIteration:
            assert not left, "the client left something unread"
            return said


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_url_gives_scheme_host_port_and_credentials(scheme: str) -> None:
    proxy = Proxy.from_url(f"{scheme}://us%40er:pa%3Ass@proxy.test:3128")
    assert proxy == Proxy(scheme, "proxy.test", 3128, "us@er", "pa:ss")


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("proxy.test:3128", "proxy.test", 3128),
        ("http://proxy.test", "proxy.test", 80),
        ("socks5h://proxy.test", "proxy.test", 1080),
        ("socks5://[::1]:9050", "::1", 9050),
    ],
)
def test_scheme_and_port_have_defaults(url: str, host: str, port: int) -> None:
    proxy = Proxy.from_url(url)
    assert (proxy.host, proxy.port, proxy.username) == (host, port, None)


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("https://user:s3cr3t@proxy.test:1", "'https' is not one of http, socks4, socks4a, socks5, socks5h"),
        ("ftp://user:s3cr3t@proxy.test", "'ftp'"),
        ("http://user:s3cr3t@", "no host"),
        ("http://user:s3cr3t@proxy.test:99999", "malformed"),
        ("http://user:s3cr3t@proxy.test:port", "malformed"),
        ("http://user:s3cr3t@[proxy.test", "malformed"),
        ("http://user:s3cr3t#x@proxy.test:1", "malformed"),
    ],
)
def test_an_unusable_url_is_refused_without_repeating_its_credentials(url: str, complaint: str) -> None:
    with pytest.raises(RealtimeConfigError, match=complaint) as caught:
        Proxy.from_url(url)
    assert "s3cr3t" not in str(caught.value)
    # Python would print the cause, too.
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_credentials_stay_out_of_repr() -> None:
    shown = repr(Proxy.from_url("socks5://someone:s3cr3t@proxy.test:1"))
    assert "proxy.test" in shown
    assert "someone" not in shown
    assert "s3cr3t" not in shown


@pytest.mark.parametrize(("scheme", "locally"), list(zip(SCHEMES, [False, True, False, True, False], strict=True)))
def test_the_scheme_says_who_resolves_the_name(scheme: str, locally: bool) -> None:
    assert Proxy.from_url(f"{scheme}://proxy.test").resolves_locally is locally


def test_http_connect() -> None:
    assert converse("http://proxy.test", "broker.test", b"HTTP/1.1 200 OK\r\n\r\n") == [
        b"CONNECT broker.test:443 HTTP/1.1\r\nHost: broker.test:443\r\n\r\n"
    ]


def test_http_connect_brackets_ipv6_and_sends_credentials() -> None:
    (request,) = converse("http://us%C3%A9r:p%3Aw@proxy.test", "::1", b"HTTP/1.0 200\r\n\r\n")
    assert request.startswith(b"CONNECT [::1]:443 HTTP/1.1\r\n")
    assert b"\r\nProxy-Authorization: Basic dXPDqXI6cDp3\r\n" in request


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        (b"HTTP/1.1 407 Who are you\r\n\r\n", "other credentials"),
        (b"HTTP/1.1 403 No\r\n\r\n", r"refused to connect to broker\.test:443 \(HTTP 403\)"),
        (b"HTTP/1.1 502 Bad Gateway\r\n\r\n", "HTTP 502"),
        (b"HTTP/1.1 100 Continue\r\n\r\n", "HTTP 100"),
        (b"HTTP/1.1\r\n\r\n", "does not speak HTTP"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", "does not speak HTTP"),
        (b"\r\n\r\n", "does not speak HTTP"),
        (b"HTTP/1.1 \xff\xfe\r\n\r\n", "refused"),
    ],
)
def test_http_refusals(answer: bytes, complaint: str) -> None:
    with pytest.raises(ConnectFailed, match=complaint):
        converse("http://proxy.test", "broker.test", answer)


def test_http_answers_may_only_be_so_long() -> None:
    negotiation = negotiate(Proxy.from_url("http://proxy.test"), "broker.test", 443)
    next(negotiation)
    assert negotiation.send(b"") == Until(b"\r\n\r\n", MAX_HTTP_HEAD)


def test_socks4_sends_an_address_and_the_user() -> None:
    assert converse("socks4://someone@proxy.test", "127.0.0.1", b"\0\x5a" + bytes(6)) == [
        b"\x04\x01\x01\xbb\x7f\x00\x00\x01someone\0"
    ]


@pytest.mark.parametrize("host", ["broker.test", "::1"])
def test_socks4_can_only_be_told_ipv4_addresses(host: str) -> None:
    with pytest.raises(ConnectFailed, match="needs an IPv4 address"):
        converse("socks4://proxy.test", host)


def test_socks4a_sends_the_name() -> None:
    assert converse("socks4a://proxy.test", "broker.test", b"\0\x5a" + bytes(6)) == [
        b"\x04\x01\x01\xbb\x00\x00\x00\x01\0broker.test\0"
    ]


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        (b"\0\x5b" + bytes(6), r"refused to connect to broker\.test:443 \(refused\)"),
        (b"\0\x5d" + bytes(6), "user does not match"),
        (b"\0\x63" + bytes(6), "code 99"),
        (b"HTTP/1.1", "does not speak SOCKS4"),
    ],
)
def test_socks4_refusals(answer: bytes, complaint: str) -> None:
    with pytest.raises(ConnectFailed, match=complaint):
        converse("socks4a://proxy.test", "broker.test", answer)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("broker.test", b"\x03\x0bbroker.test"),
        ("127.0.0.1", b"\x01\x7f\x00\x00\x01"),
        ("::1", b"\x04" + bytes(15) + b"\x01"),
    ],
)
def test_socks5_names_its_destination(host: str, address: bytes) -> None:
    said = converse("socks5h://proxy.test", host, b"\x05\x00", b"\x05\x00\x00\x01" + bytes(6))
    assert said == [b"\x05\x01\x00", b"\x05\x01\x00" + address + b"\x01\xbb"]


@pytest.mark.parametrize("bound", [b"\x01" + bytes(6), b"\x04" + bytes(18), b"\x03\x04name" + bytes(2)])
def test_socks5_skips_the_address_that_the_proxy_uses(bound: bytes) -> None:
    converse("socks5h://proxy.test", "broker.test", b"\x05\x00", b"\x05\x00\x00" + bound)


def test_socks5_sends_credentials_when_asked() -> None:
    url = "socks5://someone:s3cr3t@proxy.test"
    said = converse(url, "127.0.0.1", b"\x05\x02", b"\x01\x00", b"\x05\x00\x00\x01" + bytes(6))
    assert said[:2] == [b"\x05\x02\x00\x02", b"\x01\x07someone\x06s3cr3t"]


def test_socks5_keeps_credentials_to_itself_when_nobody_asks() -> None:
    said = converse("socks5://someone:s3cr3t@proxy.test", "127.0.0.1", b"\x05\x00", b"\x05\x00\x00\x01" + bytes(6))
    assert not any(b"s3cr3t" in data for data in said)


@pytest.mark.parametrize(
    ("answers", "complaint"),
    [
        ([b"\x05\xff"], "none of the offered ways"),
        ([b"\x05\x02"], "none of the offered ways"),
        ([b"HT"], "does not speak SOCKS5"),
        ([b"\x05\x00", b"\x04\x00\x00\x01"], "does not speak SOCKS5"),
        *(
            ([b"\x05\x00", bytes((5, code, 0, 1))], reason)
            for code, reason in [
                (1, "general"),
                (2, "rules"),
                (3, "network"),
                (4, "host"),
                (5, "refused"),
                (9, "code 9"),
            ]
        ),
    ],
)
def test_socks5_refusals(answers: list[bytes], complaint: str) -> None:
    with pytest.raises(ConnectFailed, match=complaint):
        converse("socks5h://proxy.test", "broker.test", *answers)


def test_socks5_refuses_wrong_credentials_without_repeating_them() -> None:
    with pytest.raises(ConnectFailed, match="refused the user name and password") as caught:
        converse("socks5://someone:s3cr3t@proxy.test", "127.0.0.1", b"\x05\x02", b"\x01\x01")
    assert "s3cr3t" not in str(caught.value)
    assert "someone" not in str(caught.value)


def test_socks5_credentials_have_a_limit() -> None:
    with pytest.raises(RealtimeConfigError, match="longer than 255 bytes"):
        converse(f"socks5://someone:{'x' * 256}@proxy.test", "127.0.0.1", b"\x05\x02")
