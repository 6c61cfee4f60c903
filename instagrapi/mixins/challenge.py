"""Challenges, as steps that a program takes one by one.

Nothing here prompts or waits, and nothing is tried for a challenge that only a person in the app can pass.
"""

from __future__ import annotations

from typing import Any

from instagrapi.exceptions import (
    ChallengeBadCode,
    ChallengeError,
    ClientBadRequestError,
    ClientNeedsUpgradeError,
    UnknownError,
)
from instagrapi.http.making import Session
from instagrapi.http.paths import challenge_path
from instagrapi.mixins.session import SessionMixin
from instagrapi.types import ChallengeState
from instagrapi.types.lenient import mapping

_CHOICES = {"sms": "0", "phone": "0", "email": "1"}


class ChallengeMixin(SessionMixin):
    """Methods about the challenge that came up last, on whatever request that was.

    Each gives the :class:`~instagrapi.types.ChallengeState`, which says what to do next. A state that ``needs_app``
    ends it for the program: a person has to open the app. The steps are those of the wire page, "challenge".
    """

    def challenge_state(self) -> ChallengeState:
        """How far the challenge has come. One request, or none when only a person in the app can go on.

        Raises:
            ChallengeError: no challenge has come up.
            ClientError: see :meth:`private_request`.
        """
        pending = self._challenge
        if pending is None:
            raise ChallengeError("No challenge has come up.")
        error = pending.error
        if error.needs_app:
            return self._state({"kind": error.kind})
        with self._using(pending.session):
            query: dict[str, Any] = {"guid": self.uuid, "device_id": self.android_device_id}
            context = error.challenge.get("challenge_context")
            return self._state(self.private_request(self._path(), params={**query, "challenge_context": context}))

    def challenge_select(self, choice: str | int) -> ChallengeState:
        """Takes one of the state's ``choices``, such as where the code is sent to.

        Args:
            choice: its key; or ``sms``, ``phone``, ``email``.

        Raises:
            ChallengeError: there is no challenge that can be passed by steps.
            UnknownError: Instagram does not offer that.
            ClientError: see :meth:`private_request`.
        """
        return self._step({"choice": _CHOICES.get(str(choice), str(choice))})

    def challenge_send_code(self, code: str) -> ChallengeState:
        """Enters the code that Instagram sent. When that closes the challenge, its session is taken over.

        Raises:
            ChallengeBadCode: the code is wrong or too old.
            ChallengeError: there is no challenge that can be passed by steps.
            ClientError: see :meth:`private_request`.
        """
        try:
            return self._step({"security_code": code.replace(" ", "")})
        except ClientNeedsUpgradeError:
            raise
        except (UnknownError, ClientBadRequestError) as error:
            details = {"code": error.code, "body": error.body, "response": error.response}
            raise ChallengeBadCode(error.message, **details, retry_after=error.retry_after) from None

    def challenge_resend(self) -> ChallengeState:
        """Has another code sent to where the last one went.

        Raises:
            ChallengeError: there is no challenge that can be passed by steps.
            ClientError: see :meth:`private_request`.
        """
        return self._step({}, "challenge/replay/")

    def challenge_reset(self) -> ChallengeState:
        """Goes back to the first step, such as the choice of where the code is sent to.

        Raises:
            ChallengeError: there is no challenge that can be passed by steps.
            ClientError: see :meth:`private_request`.
        """
        return self._step({}, "challenge/reset/")

    def _step(self, answer: dict[str, str], below: str = "challenge/") -> ChallengeState:
        path, pending = self._path().replace("challenge/", below, 1), self._challenge
        session = pending.session if pending else self._session
        with self._logging_in:
            with self._using(session):
                device = {"guid": self.uuid, "device_id": self.android_device_id, "_csrftoken": self.token}
                state = self._state(self.private_request(path, data={**answer, **device}))
            if state.is_closed:
                self._close(state, session)
        return state

    def _close(self, state: ChallengeState, session: Session) -> None:
        """The headers of the answer have already brought the session, if it holds one."""
        self._challenge = None
        self._relogins = 0
        if mapping(state.raw.get("logged_in_user")) and session.sessionid:
            self._take_name(state.raw)
            self._use(session)

    def _path(self) -> str:
        error = self._challenge.error if self._challenge else None
        path = challenge_path(str(error.challenge.get("api_path"))) if error else None
        if path is None or (error and error.needs_app):
            raise ChallengeError("There is no challenge that can be passed by steps.")
        return path

    def _state(self, answer: dict[str, Any]) -> ChallengeState:
        url = self._challenge.error.url if self._challenge else None
        return ChallengeState.model_validate({"url": url, **answer})
