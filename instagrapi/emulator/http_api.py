"""The HTTP API as a WSGI application: routing, forms, sessions, errors."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from requests.structures import CaseInsensitiveDict
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from instagrapi.emulator.conventions import Form, deviations, read_form
from instagrapi.emulator.fault import Kind
from instagrapi.emulator.gate import Gate
from instagrapi.emulator.handshake import read_bearer
from instagrapi.emulator.http_answers import (
    Answer,
    Rejected,
    login_required,
    session_headers,
    user_has_logged_out,
)
from instagrapi.emulator.hub import Hub
from instagrapi.emulator.journal import HttpCall
from instagrapi.emulator.model import Account, Refused
from instagrapi.emulator.views import Call, Convention, Views

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_BASE = "/api/v1/"
_UNKNOWN_CONVENTION = Convention()
#: What the journal does not keep.
_SECRET_FIELDS = {"enc_password"}
_SECRET_HEADERS = {"Authorization", "Cookie"}


class HttpApi:
    """Answers requests; anything it does not know is answered with JSON and 404.

    Args:
        hub: the world, its lock and the journal.
        views: what the paths do.
        strict: whether a request that no app would send so is refused; otherwise it is only complained about.

    Attributes:
        gate: receives those who connect.
    """

    def __init__(self, hub: Hub, views: Views, *, strict: bool = False) -> None:
        self._hub = hub
        self._views = views
        self._strict = strict
        self.gate = Gate(hub, "http")
        routes = [*views.public, *views.private]
        self._map = Map(
            [Rule(_whole_path(path), methods=[method], endpoint=(method, path)) for method, path in routes],
            strict_slashes=False,
        )

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """One request, as WSGI wants it.

        Raises:
            ConnectionResetError: a fault loses the answer; the server closes the connection without one.
        """
        visit = _Visit(Request(environ))
        answer = self._answer(visit)
        self._note(visit, answer)
        body = json.dumps(answer.body, separators=(",", ":")) if isinstance(answer.body, dict) else answer.body
        response = Response(body, answer.status, content_type=answer.content_type)
        response.headers.extend(answer.headers)
        return response(environ, start_response)

    def _answer(self, visit: _Visit) -> Answer:
        request = visit.request
        try:
            route, arguments = self._map.bind_to_environ(request.environ).match()
            visit.route = route[1]
            visit.form = read_form(request)
            fields = visit.form.fields
            if view := self._views.public.get(route):
                visit.owners = self._claimed_by(fields)
                self._judge(visit, route, None)
                return self._impede(visit) or view(request, fields, **arguments)
            account, sessionid = self._authenticate(request)
            visit.owners = (account,)
            self._judge(visit, route, account)
            answer = self._impede(visit) or self._views.private[route](
                Call(request, fields, account, sessionid), **arguments
            )
            return answer.with_headers(session_headers(account))
        except Rejected as rejected:
            return rejected.answer
        except Refused as refused:
            return Rejected(refused.status, refused.message).answer
        except HTTPException as error:
            message = "endpoint not found" if error.code == 404 else error.name.lower()
            return Rejected(error.code or 500, message).answer

    def _judge(self, visit: _Visit, route: tuple[str, str], account: Account | None) -> None:
        convention = self._views.conventions.get(route, _UNKNOWN_CONVENTION)
        if account is None and convention.may_have_session:
            account = self._session_of(visit.request)[0]
        found = list(deviations(visit.request, visit.form, convention, account))
        with self._hub.changing():
            self._hub.journal.complaints.extend(f"{' '.join(route)}: {what}" for what in found)
        if found and self._strict:
            raise Rejected(400, f"no app would send it so: {'; '.join(found)}")

    def _impede(self, visit: _Visit) -> Answer | None:
        """What the faults make of a request: it takes longer, or has an answer of their own."""
        with self._hub.changing():
            delays = [rule.value() for rule in self._hub.faults.take_all(Kind.DELAY, "http", visit.owners)]
            fault = self._hub.faults.take(Kind.HTTP_ANSWER, "http", visit.owners, visit.route)
        if delays:
            self._hub.clock.wait(sum(delays))
        answer: Answer | None = fault.value if fault else None
        return answer

    def _claimed_by(self, fields: Mapping[str, Any]) -> tuple[Account, ...]:
        with self._hub.changing() as world:
            account = world.accounts.by_name(str(fields.get("username", "")))
        return () if account is None else (account,)

    def _authenticate(self, request: Request) -> tuple[Account, str]:
        account, sessionid = self._session_of(request)
        if account is None:
            with self._hub.changing() as world:
                raise login_required(world.accounts.revoked_status(sessionid) or 403)
        if sessionid not in account.sessions:
            raise user_has_logged_out()
        return account, sessionid

    def _session_of(self, request: Request) -> tuple[Account | None, str]:
        """The session that a request comes with, alive or not, and whose it is."""
        sessionid = read_bearer(request.headers.get("Authorization", "")) or request.cookies.get("sessionid") or ""
        with self._hub.changing() as world:
            return world.accounts.by_session(sessionid), sessionid

    def _note(self, visit: _Visit, answer: Answer) -> None:
        request, hub = visit.request, self._hub
        path = request.path.removeprefix(_BASE)
        with hub.changing():
            lost = hub.faults.take(Kind.DROP, "http", visit.owners, visit.route)
            hub.journal.http_calls.append(visit.entry(path, answer.status, hub.clock.time()))
            hub.tally.http.add(hub.clock.elapsed, visit.route, visit.owners)
            names = " ".join(account.username for account in visit.owners)
            outcome = f"{answer.status}{', lost' if lost else ''}"
            hub.note(f"http {names}".rstrip(), f"{request.method} {visit.route}: {outcome}")
            if not lost:
                for account in visit.owners:
                    hub.tally.deliver(account, _item_ids(answer.body))
        if lost:
            raise ConnectionResetError


class _Visit:
    """A request, and what has been found out about it."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.route = "unknown"
        self.owners: tuple[Account, ...] = ()
        self.form = Form()

    def entry(self, path: str, status: int, at: float) -> HttpCall:
        """What the journal keeps of it."""
        return HttpCall(
            self.request.method,
            path,
            status,
            at,
            account=self.owners[0].username if self.owners else None,
            fields={name: value for name, value in self.form.fields.items() if name not in _SECRET_FIELDS},
            query=self.request.args.to_dict(),
            headers=CaseInsensitiveDict(header for header in self.request.headers if header[0] not in _SECRET_HEADERS),
            is_signed=self.form.is_signed,
        )


def _whole_path(path: str) -> str:
    """The path of a route: what begins with a slash is not part of the private API."""
    return path if path.startswith("/") else _BASE + path


def _item_ids(body: Mapping[str, Any] | str | bytes) -> Iterator[str]:
    """The items that an inbox or a thread shows."""
    if isinstance(body, str | bytes):
        return
    for thread in [*body.get("inbox", {}).get("threads", ()), *([body["thread"]] if "thread" in body else ())]:
        yield from (item["item_id"] for item in thread["items"])
