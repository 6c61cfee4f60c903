"""Faults that the service means for an account: sessions that end, challenges, limits."""

from __future__ import annotations

from typing import Any, Literal

from instagrapi.emulator import http_answers
from instagrapi.emulator.challenges import SELECT
from instagrapi.emulator.fault import Fault, Kind, Rule, Several
from instagrapi.emulator.faults_broker import BrokerFaults
from instagrapi.emulator.faults_core import Who
from instagrapi.emulator.faults_line import LineFaults
from instagrapi.emulator.handshake import Code
from instagrapi.emulator.http_answers import Answer, ChallengeKind, LoginRefusal
from instagrapi.emulator.model import Account

_LOGIN = "accounts/login/"


class AccountFaults(LineFaults, BrokerFaults):
    """What is not lifted stays: a challenge is over when its owner has passed it, which is what ``lift`` stands for."""

    def revoke(self, account: Who, *, status: Literal[401, 403] = 403, closes: bool = True) -> int:
        """Ends the account's sessions: HTTP answers ``login_required``, CONNECT gets code 5. A new login helps.

        Args:
            status: of the HTTP answers.
            closes: whether open realtime connections end, too.

        Returns:
            how many sessions there were.
        """
        owner = self._account_of(account)
        with self._hub.changing() as world:
            count = world.accounts.revoke_sessions(owner, status)
            self._hub.note("fault", f"revoke ({owner.username}): {count} sessions")
            if closes:
                self.close("realtime", owner.username)
            return count

    def challenge(
        self,
        account: Who,
        kind: ChallengeKind = "native",
        *,
        step: str = SELECT,
        silent: bool = False,
    ) -> Fault:
        """The owner must prove who they are: HTTP answers ``challenge_required`` with a page.

        Args:
            kind: ``"legacy"`` is passed over HTTP with a code that is sent to the owner (``actor.codes``), which lifts
                the fault; the others are passed in the app, which is what ``lift`` stands for.
            step: where a legacy challenge begins, such as ``"verify_email"``, ``"delta_login_review"``,
                ``"selfie_captcha"`` or, leading into the app, ``"STEP_NAME"``.
            silent: whether realtime goes on to accept the account and does not answer its wish for message sync;
                otherwise its connections end and CONNECT gets code 5.
        """
        owner = self._account_of(account)
        with self._hub.changing() as world:
            challenge = world.accounts.open_challenge(owner, step)
            answer = http_answers.challenge_required(owner, kind, challenge.nonce)
            challenge.fault = self._stopped(owner, "challenge", answer, silent=silent)
            return challenge.fault

    def checkpoint(self, account: Who) -> Fault:
        """A person must pass a checkpoint: HTTP answers ``checkpoint_required``, realtime is not authorized."""
        return self._stopped(self._account_of(account), "checkpoint", http_answers.checkpoint_required())

    def consent(self, account: Who) -> Fault:
        """A person must accept new terms: HTTP answers ``consent_required``, realtime is not authorized."""
        return self._stopped(self._account_of(account), "consent", http_answers.consent_required())

    def suspend(self, account: Who) -> Fault:
        """The account is suspended: HTTP answers with a challenge that says so, realtime is not authorized."""
        return self._stopped(self._account_of(account), "suspend", http_answers.suspended())

    def feedback_required(
        self, account: Who | None = None, *, path: str | None = None, times: int | None = None
    ) -> Fault:
        """HTTP answers ``feedback_required``: the action is blocked for some hours."""
        return self._http("feedback_required", http_answers.feedback_required(), account, path, times)

    def feature_gone(self, path: str, account: Who | None = None, *, times: int | None = None) -> Fault:
        """HTTP answers that a feature is no longer supported; ``path`` as with :meth:`answer_http`."""
        return self._http("feature_gone", http_answers.feature_gone(), account, path, times)

    def throttle(
        self,
        retry_after: int | None = 60,
        account: Who | None = None,
        *,
        path: str | None = None,
        times: int | None = None,
        is_empty: bool = False,
    ) -> Fault:
        """HTTP answers 429, with ``Retry-After`` in seconds unless that is ``None``.

        Args:
            is_empty: whether without a body, as to a client whose kind of connection is not liked.
        """
        answer = http_answers.throttled(retry_after, is_empty=is_empty)
        return self._http("throttle", answer, account, path, times)

    def please_wait(
        self,
        account: Who | None = None,
        *,
        status: Literal[400, 401, 429] = 429,
        path: str | None = None,
        times: int | None = None,
    ) -> Fault:
        """HTTP answers "Please wait a few minutes"."""
        return self._http("please_wait", http_answers.please_wait(status), account, path, times)

    def refuse_login(self, reason: LoginRefusal, account: Who | None = None, *, times: int | None = None) -> Fault:
        """Logins fail although user name and password are right."""
        return self._http(f"refuse_login: {reason}", http_answers.login_refused(reason), account, _LOGIN, times)

    def answer_http(
        self,
        status: int,
        body: dict[str, Any] | str,
        account: Who | None = None,
        *,
        path: str | None = None,
        headers: dict[str, str] | None = None,
        times: int | None = None,
    ) -> Fault:
        """HTTP answers with this; a text as ``body`` is a web page.

        Args:
            path: which requests, below ``/api/v1/`` and with ids as in ``direct_v2/threads/<thread_id>/``; by default
                all that are made with a session that is alive, or without one where none is needed. The page about the
                emulator lists the paths, as for all faults that have one.

        Raises:
            ValueError: no request has that path.
        """
        return self._http(f"HTTP {status}", Answer(body, status, headers or {}), account, path, times)

    def drop_http_answers(
        self, account: Who | None = None, *, path: str | None = None, times: int | None = None
    ) -> Fault:
        """Does what HTTP requests ask for and closes the connection without an answer."""
        return self._rule(
            Kind.DROP,
            "drop_http_answers",
            services=("http",),
            account=account,
            times=times,
            concerns=self._about(path),
        )

    def _stopped(self, owner: Account, name: str, answer: Answer, *, silent: bool = False) -> Fault:
        username = owner.username
        with self._hub.changing():
            http = self._http(name, answer, username, None, None)
            if silent:
                return Several(http, self.ignore_iris(username))
            refused = self.refuse_connect(Code.NOT_AUTHORIZED, "realtime", username)
            self.close("realtime", username)
            return Several(http, refused)

    def _http(self, name: str, answer: Answer, account: Who | None, path: str | None, times: int | None) -> Rule:
        return self._rule(
            Kind.HTTP_ANSWER,
            name,
            answer,
            services=("http",),
            account=account,
            times=times,
            concerns=self._about(path),
        )
