"""The HTTP API as a WSGI application: routing, forms, sessions, errors."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from instagrapi.emulator.handshake import read_bearer
from instagrapi.emulator.http_answers import (
    Answer,
    Rejected,
    login_required,
    session_headers,
    user_has_logged_out,
)
from instagrapi.emulator.http_views import Call, Views
from instagrapi.emulator.hub import Hub
from instagrapi.emulator.journal import HttpCall
from instagrapi.emulator.model import Account, Refused
from instagrapi.realtime.protocol.payload import parse_json

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_BASE = "/api/v1/"
_SIGNATURE = "SIGNATURE."


class HttpApi:
    """Answers requests; anything it does not know is answered with JSON and 404.

    Args:
        hub: the world, its lock and the journal.
        views: what the paths do.
    """

    def __init__(self, hub: Hub, views: Views) -> None:
        self._hub = hub
        self._views = views
        routes = [*views.public, *views.private]
        self._map = Map(
            [Rule(_BASE + path, methods=[method], endpoint=(method, path)) for method, path in routes],
            strict_slashes=False,
        )

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """One request, as WSGI wants it."""
        request = Request(environ)
        answer = self._answer(request)
        self._note(request, answer)
        body = json.dumps(answer.body, separators=(",", ":"))
        response = Response(body, answer.status, content_type="application/json; charset=utf-8")
        response.headers.extend(answer.headers)
        return response(environ, start_response)

    def _answer(self, request: Request) -> Answer:
        try:
            route, arguments = self._map.bind_to_environ(request.environ).match()
            if view := self._views.public.get(route):
                return view(request, _fields(request))
            account, sessionid = self._authenticate(request)
            answer = self._views.private[route](Call(request, _fields(request), account, sessionid), **arguments)
            return Answer(answer.body, answer.status, {**session_headers(account), **answer.headers})
        except Rejected as rejected:
            return rejected.answer
        except Refused as refused:
            return Rejected(refused.status, refused.message).answer
        except HTTPException as error:
            message = "endpoint not found" if error.code == 404 else error.name.lower()
            return Rejected(error.code or 500, message).answer

    def _authenticate(self, request: Request) -> tuple[Account, str]:
        sessionid = read_bearer(request.headers.get("Authorization", "")) or request.cookies.get("sessionid")
        with self._hub.changing() as world:
            account = world.accounts.by_session(sessionid or "")
        if account is None or sessionid is None:
            raise login_required()
        if sessionid not in account.sessions:
            raise user_has_logged_out()
        return account, sessionid

    def _note(self, request: Request, answer: Answer) -> None:
        path = request.path.removeprefix(_BASE)
        with self._hub.changing():
            self._hub.journal.http_calls.append(HttpCall(request.method, path, answer.status, self._hub.clock()))


def _fields(request: Request) -> Mapping[str, Any]:
    """The form, plain or inside the JSON text of ``signed_body`` (the service takes either, reported)."""
    signed = request.form.get("signed_body")
    if signed is None:
        return request.form
    try:
        fields = parse_json(signed.removeprefix(_SIGNATURE))
    except ValueError:
        fields = None
    if not isinstance(fields, dict):
        raise Rejected(400, "signed_body is no JSON object")
    return fields
