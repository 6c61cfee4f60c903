"""HTTP without sockets: an adapter that hands requests to the emulator's HTTP API in the same process."""

from __future__ import annotations

import http.client
import io
from collections.abc import Iterable, Mapping
from typing import Any, cast
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPHeaderDict, HTTPResponse
from werkzeug.test import EnvironBuilder, run_wsgi_app

from instagrapi.emulator.gate import Arrival
from instagrapi.emulator.http_api import HttpApi
from instagrapi.emulator.virtual_clock import VirtualClock

#: Seconds after which a request without a timeout is given up.
_PATIENCE = 60.0
_CHUNK = 64 * 1024


class InProcessAdapter(HTTPAdapter):
    """For ``requests.Session.mount``.

    Args:
        clock: the time; waiting lets it pass.
        api: the application.
        latency: seconds that a request takes.
    """

    def __init__(self, clock: VirtualClock, api: HttpApi, *, latency: float = 0.0) -> None:
        super().__init__()
        self._clock = clock
        self._api = api
        self._latency = latency

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: float | tuple[float, float] | tuple[float, None] | None = None,
        verify: bool | str = True,
        cert: bytes | str | tuple[bytes | str, bytes | str] | None = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Answers a request, or fails as a network would.

        Raises:
            requests.ConnectionError, requests.Timeout: a fault wants it so.
        """
        arrival = self._api.gate.arrive().arrival
        connecting, reading = timeout if isinstance(timeout, tuple) else (timeout, timeout)
        match arrival:
            case Arrival.NO_TLS:
                self._clock.wait(connecting or _PATIENCE)
                raise requests.ConnectTimeout(TimeoutError("no TLS handshake"), request=request)
            case Arrival.SILENT:
                self._clock.wait(reading or _PATIENCE)
                raise requests.ReadTimeout(TimeoutError("no answer"), request=request)
        self._clock.wait(self._latency)
        if arrival is Arrival.REFUSED:
            raise requests.ConnectionError(ConnectionResetError(104, "Connection reset by peer"), request=request)
        if arrival is Arrival.EXPIRED:
            raise requests.exceptions.SSLError("certificate has expired", request=request)
        try:
            return self._answer(request)
        except ConnectionResetError as error:
            lost = http.client.RemoteDisconnected("Remote end closed connection without response")
            raise requests.ConnectionError(lost, request=request) from error

    def _answer(self, request: requests.PreparedRequest) -> requests.Response:
        url = urlsplit(request.url or "")
        body = request.body or b""
        builder = EnvironBuilder(
            path=url.path,
            base_url=f"{url.scheme}://{url.netloc}",
            query_string=url.query,
            method=request.method or "GET",
            headers=list(request.headers.items()),
            input_stream=io.BytesIO(_whole(body)),
        )
        pieces, status, headers = run_wsgi_app(self._api, builder.get_environ())
        raw = HTTPResponse(
            body=io.BytesIO(b"".join(pieces)),
            headers=HTTPHeaderDict(headers.items()),
            status=int(status.partition(" ")[0]),
            preload_content=False,
            original_response=cast(Any, _Original(headers.items())),
            request_method=request.method,
        )
        return self.build_response(request, raw)


def _whole(body: Any) -> bytes:
    """A body that may be a text, or be read while it is sent."""
    if isinstance(body, str):
        return body.encode()
    return body if isinstance(body, bytes) else b"".join(iter(lambda: body.read(_CHUNK), b""))


class _Original:
    """The part of an ``http.client.HTTPResponse`` that is looked at: requests reads cookies from it."""

    def __init__(self, headers: Iterable[tuple[str, str]]) -> None:
        self.msg = http.client.HTTPMessage()
        for name, value in headers:
            self.msg.add_header(name, value)

    def isclosed(self) -> bool:
        return True

    def close(self) -> None:
        """Nothing is open."""
