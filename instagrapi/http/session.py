"""One exchange over HTTPS: the ``requests`` session, its proxy, its limits, and its failures in our terms.

The proxy, the timeouts and the certificate authorities are given to every single request, so that a change counts from
the next one on. Redirects are not followed: the private API sends none, and a credential must not travel with one.
"""

from __future__ import annotations

import contextlib
import logging
import re
import ssl
import time
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import urlsplit

import requests
import urllib3
from requests.cookies import RequestsCookieJar, extract_cookies_to_jar
from urllib3.exceptions import DecodeError, HTTPError, ProtocolError, ReadTimeoutError, SSLError

from instagrapi.exceptions import (
    ClientConnectionError,
    ClientError,
    ClientIncompleteReadError,
    ClientRequestTimeout,
    RealtimeConfigError,
)
from instagrapi.proxy import Proxy

logger = logging.getLogger("instagrapi.http")

MAX_BODY = 32 * 1024 * 1024
_CHUNK = 64 * 1024
_BROKEN = (
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
    ProtocolError,
    DecodeError,
)


def checked_proxy(url: str | None) -> str | None:
    """A proxy URL in its full form; without a scheme it is an HTTP proxy, and empty text means no proxy.

    Raises:
        RealtimeConfigError: the URL is no usable proxy; its text is not repeated, it may hold a password.
    """
    if not url:
        return None
    Proxy.from_url(url)
    return url if "://" in url else f"http://{url}"


class HttpSession:
    """Owns the ``requests.Session``, a private one or the caller's.

    Args:
        session: to use instead of an own one, for instance with another adapter mounted; its proxy is taken over, and
            its file of certificate authorities. Its ``verify=False`` is not.
        proxy: URL of the proxy for every request, ``None`` to go directly. Environment variables are not read.
        timeout: seconds to wait for a connection, and for each next piece of the answer; one number means both.
        body_timeout: seconds for the whole body of an answer, however steadily it trickles in.

    Raises:
        RealtimeConfigError: the proxy URL or a timeout is unusable.
    """

    def __init__(
        self,
        session: requests.Session | None = None,
        *,
        proxy: str | None = None,
        timeout: float | tuple[float, float] = (10.0, 30.0),
        body_timeout: float = 120.0,
    ) -> None:
        self._session = session or _OwnSession()
        self._timeout = timeout if isinstance(timeout, tuple) else (timeout, timeout)
        self.body_timeout = body_timeout
        if not all(seconds and seconds > 0 for seconds in (*self._timeout, body_timeout)):
            raise RealtimeConfigError("a timeout is a positive number of seconds")
        inherited = self._session.proxies
        self.proxy = proxy or inherited.get("https") or inherited.get("all")

    @property
    def proxy(self) -> str | None:
        """Where every request goes through."""
        return self._proxy

    @proxy.setter
    def proxy(self, url: str | None) -> None:
        self._proxy = checked_proxy(url)

    def exchange(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        cookies: RequestsCookieJar,
        params: Mapping[str, str] | None = None,
        data: Mapping[str, str] | bytes | Iterable[bytes] | None = None,
        ca_file: str | None = None,
    ) -> requests.Response:
        """Sends a request and reads the whole answer, whatever its status.

        A GET that found no working connection is sent once more at once; anything else is sent once only, because a
        POST may have been carried out although no answer came.

        Args:
            method: ``GET`` or ``POST``.
            url: of the endpoint; it may have a query already.
            headers: complete; the session adds none.
            cookies: sent, and brought up to date with what the answer sets or deletes.
            params: query.
            data: form fields, or the body: bytes, an open file (sent with its length), or pieces (sent in chunks).
            ca_file: with the only certificate authorities to trust; those of the session if omitted.

        Raises:
            ClientConnectionError: no connection, or no answer; ``ClientRequestTimeout`` when time ran out.
            ClientIncompleteReadError: the answer broke off.
            ClientError: the request cannot be sent at all, or the answer is larger than 32 MiB.
        """
        started, host, path = time.monotonic(), urlsplit(url).hostname, shown_path(urlsplit(url).path)
        request = requests.Request(method, url, headers=dict(headers), params=params, data=data, cookies=cookies)
        try:
            # Not prepared by the session: it would add its own cookies, and a login of .netrc in place of the bearer.
            prepared = request.prepare()
            response = self._send(prepared, ca_file)
            with response:
                body = self._body(response)
        except (OSError, HTTPError, ValueError) as error:
            failed = _translated(error, host)
            logger.debug("%s %s failed: %s", method, path, type(failed).__name__)
            # The cause would show the query, the proxy's password or a header in a traceback.
            raise failed from None
        # Makes ``text`` and ``json()`` work as if requests itself had read the body, within the limits.
        response._content = body  # noqa: SLF001
        cookies.update(response.cookies)
        # The jar of the response lacks what the answer deleted.
        extract_cookies_to_jar(cookies, prepared, response.raw)  # type: ignore[no-untyped-call]
        logger.debug(
            "%s %s -> %d in %.0f ms, %d bytes out, %d bytes in",
            method,
            path,
            response.status_code,
            (time.monotonic() - started) * 1000,
            _size(prepared),
            len(response.content),
        )
        return response

    @contextlib.contextmanager
    def download(
        self, url: str, *, headers: Mapping[str, str], seconds: float, ca_file: str | None = None
    ) -> Iterator[tuple[requests.Response, Iterator[bytes]]]:
        """A GET without cookies, whose answer is read piece by piece, as large as it is.

        Args:
            url: of the file.
            headers: complete.
            seconds: for the whole body, however steadily it trickles in.
            ca_file: with the only certificate authorities to trust; those of the session if omitted.

        Yields:
            the answer, whatever its status, and its body.

        Raises:
            ClientError: as with :meth:`exchange`, also while the body is read.
        """
        host = urlsplit(url).hostname
        try:
            response = self._send(requests.Request("GET", url, headers=dict(headers)).prepare(), ca_file)
        except (OSError, HTTPError, ValueError) as error:
            raise _translated(error, host) from None
        with response:
            yield response, _pieces_in_time(response, seconds, host)

    def _send(self, prepared: requests.PreparedRequest, ca_file: str | None) -> requests.Response:
        try:
            return self._send_once(prepared, ca_file)
        except requests.ConnectionError as error:
            if prepared.method != "GET" or not _worth_repeating(error):
                raise
            return self._send_once(prepared, ca_file)

    def _send_once(self, prepared: requests.PreparedRequest, ca_file: str | None) -> requests.Response:
        proxies = {"http": self._proxy, "https": self._proxy} if self._proxy else {}
        return self._session.send(
            prepared,
            stream=True,
            timeout=self._timeout,
            allow_redirects=False,
            proxies=proxies,
            verify=ca_file or self._session.verify or True,
        )

    def _body(self, response: requests.Response) -> bytes:
        deadline = time.monotonic() + self.body_timeout
        body = bytearray()
        for piece in _pieces(response):
            body += piece
            if len(body) > MAX_BODY:
                raise ClientError(f"The answer is larger than {MAX_BODY // 1024 // 1024} MiB.")
            if time.monotonic() > deadline:
                raise requests.ReadTimeout
        return bytes(body)


class _OwnSession(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """No answer is a redirect; otherwise requests would read its body without limit to look ahead."""


def _pieces(response: requests.Response) -> Iterator[bytes]:
    """The decoded body, each piece as soon as it is there; ``iter_content`` would wait until a piece is full."""
    if not isinstance(response.raw, urllib3.HTTPResponse):  # of an adapter that is not based on urllib3
        yield from response.iter_content(_CHUNK)
        return
    while piece := response.raw.read1(_CHUNK, decode_content=True):
        yield piece


def _size(prepared: requests.PreparedRequest) -> int:
    length = prepared.headers.get("Content-Length", "0")
    return int(length) if length.isdecimal() else 0


def _pieces_in_time(response: requests.Response, seconds: float, host: str | None) -> Iterator[bytes]:
    deadline = time.monotonic() + seconds
    try:
        for piece in _pieces(response):
            if time.monotonic() > deadline:
                raise requests.ReadTimeout
            yield piece
    except (OSError, HTTPError) as error:
        raise _translated(error, host) from None


def shown_path(path: str) -> str:
    """The path as it may be logged: that of a challenge holds the key to it, another the name of a user."""
    return re.sub(r"(/challenge/).+|(/users/)[^/]+(?=/usernameinfo)", r"\1\2…", path)


def _worth_repeating(error: requests.ConnectionError) -> bool:
    hopeless = isinstance(error, requests.exceptions.ProxyError | requests.exceptions.SSLError)
    return not (hopeless or _timed_out(error))


def _timed_out(error: Exception) -> bool:
    """Whether time ran out; within the body it is urllib3 that says so, as itself or wrapped."""
    errors = (error, *error.args)
    return any(isinstance(part, requests.Timeout | ReadTimeoutError) for part in errors)


def _translated(error: Exception, host: str | None) -> ClientError:
    """The error in our terms. Of its text only the operating system's part is used, the rest may hold secrets."""
    cause = _cause(error)
    reason = _reason(cause)
    if _timed_out(error):
        return ClientRequestTimeout(f"No answer from {host} in time.")
    if _is_refused_by_proxy(cause):
        return _lasting(ClientConnectionError("The proxy asks for other credentials."))
    if isinstance(cause, ssl.SSLCertVerificationError):
        return _lasting(ClientConnectionError(f"No trusted TLS connection to {host} ({reason})."))
    if isinstance(error, requests.exceptions.ProxyError):
        return ClientConnectionError(f"The proxy does not lead to {host} ({reason}).")
    if isinstance(error, requests.exceptions.SSLError | SSLError):
        return ClientConnectionError(f"No trusted TLS connection to {host} ({reason}).")
    if isinstance(error, requests.ConnectionError):
        return ClientConnectionError(f"No connection to {host} ({reason}).")
    if isinstance(error, _BROKEN):
        return ClientIncompleteReadError(f"The answer from {host} broke off or is damaged ({reason}).")
    if type(error) is OSError:  # how requests says that the file with the certificate authorities is missing
        reason = str(error)
    return ClientError(f"The request to {host} could not be sent ({reason}).")


def _cause(error: BaseException) -> BaseException:
    """The innermost cause."""
    for _ in range(10):
        nested = (getattr(error, "reason", None), *error.args, error.__cause__, error.__context__)
        inner = next((part for part in nested if isinstance(part, BaseException)), None)
        if inner is None:
            break
        error = inner
    return error


def _reason(cause: BaseException) -> str:
    """The system's own words where there are any, otherwise the name of the class."""
    said = cause.strerror if isinstance(cause, OSError) and not isinstance(cause, ssl.SSLError) else None
    return said if isinstance(said, str) else type(cause).__name__


def _is_refused_by_proxy(cause: BaseException) -> bool:
    """As http.client says it of an HTTP proxy, and PySocks of another one."""
    is_told = isinstance(cause, OSError) and str(cause).startswith("Tunnel connection failed: 407")
    return is_told or type(cause).__name__ == "SOCKS5AuthError"


def _lasting(error: ClientConnectionError) -> ClientConnectionError:
    error.is_lasting = True
    return error
