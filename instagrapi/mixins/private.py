"""Requests to the private API."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, MutableMapping
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.structures import CaseInsensitiveDict

from instagrapi.exceptions import ChallengeRequired, ClientError
from instagrapi.http.cookies import absorb_cookies, cookie_jar
from instagrapi.http.failures import failure
from instagrapi.http.forms import plain_form, signed_form
from instagrapi.http.headers import absorb_headers, request_headers
from instagrapi.http.state import ClientState, PendingChallenge

_FORM = "application/x-www-form-urlencoded; charset=UTF-8"


class PrivateMixin(ClientState):
    """The one way to the private API; every other method of the client goes through it."""

    def private_request(
        self,
        endpoint: str,
        data: Mapping[str, Any] | None = None,
        params: Mapping[str, Any] | None = None,
        with_signature: bool = True,
        headers: Mapping[str, str | None] | None = None,
    ) -> dict[str, Any]:
        """Calls the private API and returns the answer's JSON object, which is also kept as ``last_json``.

        Args:
            endpoint: path below ``/api/v1/``, such as ``direct_v2/inbox/``.
            data: form fields of a POST; without them it is a GET.
            params: query.
            with_signature: whether the fields travel as one signed JSON document or as an ordinary form. In a form and
                in a query booleans become ``true`` and ``false``, lists and objects JSON, and ``None`` is left out.
            headers: in addition or instead; a value of ``None`` leaves the header out.

        Raises:
            LoginRequired: the session has ended; log in again.
            ChallengeRequired, CheckpointRequired, ConsentRequired, AccountSuspended: a person has to act.
            PleaseWaitFewMinutes, ClientThrottledError, FeedbackRequired: stop for a while.
            ClientConnectionError: no connection or no answer; ``ClientRequestTimeout`` when time ran out.
            ClientError: any other failure; all of the above are its subclasses.
        """
        try:
            return self._exchange(endpoint, data, params, with_signature, headers)
        except ClientError as error:
            if not self._wants_repetition(error):
                raise
        return self._exchange(endpoint, data, params, with_signature, headers)

    def _wants_repetition(self, error: ClientError) -> bool:
        """What ``on_error`` says, unless the request is one of its own."""
        if self.on_error is None or getattr(self._reporting, "is_on", False):
            return False
        self._reporting.is_on = True
        try:
            return bool(self.on_error(error))
        finally:
            self._reporting.is_on = False

    def _exchange(
        self,
        endpoint: str,
        data: Mapping[str, Any] | None,
        params: Mapping[str, Any] | None,
        with_signature: bool,
        headers: Mapping[str, str | None] | None,
    ) -> dict[str, Any]:
        path, _, query = endpoint.lstrip("/").partition("?")
        path = f"{path.rstrip('/')}/"
        endpoints = self._profile.endpoints
        form = None
        if data is not None:
            form = signed_form(data) if with_signature else plain_form(data)
        if self.delay_range:
            self._sleep(secrets.SystemRandom().uniform(*self.delay_range))
        session = self._session
        with self._changing_session:
            sent: MutableMapping[str, str | None] = CaseInsensitiveDict(self._headers())
            cookies, sessionid = session.settings.cookies, session.sessionid
        if form is not None:
            sent["Content-Type"] = _FORM
        sent.update(headers or {})
        jar = cookie_jar(cookies, urlsplit(endpoints.http).hostname or "")
        response = self._http.exchange(
            "GET" if form is None else "POST",
            f"{endpoints.http}/api/v1/{path}" + (f"?{query}" if query else ""),
            headers={name: value for name, value in sent.items() if value is not None},
            cookies=jar,
            params=plain_form(params or {}),
            data=form,
            ca_file=endpoints.ca_file or session.settings.ca_file,
        )
        with self._changing_session:
            if session.sessionid == sessionid:  # else it was replaced, and the answer is about the old one
                absorb_headers(session.settings, session.hints, response.headers)
                absorb_cookies(session.settings, cookies, jar)
        return self._checked(response, path)

    def _headers(self) -> dict[str, str]:
        return request_headers(self.settings, self._profile.app, self._session.hints, self._clock())

    def _checked(self, response: requests.Response, path: str) -> dict[str, Any]:
        """The answer's body; what else it may mean is raised."""
        body = _parsed(response)
        self._last_response = response
        self._last_json = answer = body if isinstance(body, dict) else {}
        error = failure(response.status_code, response.headers, body, path, self._clock())
        if error is not None:
            error.response = response
            if isinstance(error, ChallengeRequired) and (error.challenge or self._challenge is None):
                self._challenge = PendingChallenge(error, self._session)
            raise error
        return answer


def _parsed(response: requests.Response) -> Any:
    """The JSON value, or the text when it is none."""
    try:
        return json.loads(response.content)
    except (ValueError, RecursionError):
        return response.content.decode(errors="replace")
