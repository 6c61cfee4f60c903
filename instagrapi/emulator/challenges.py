"""Challenges that a code by mail or SMS solves, step by step (steps and fields reported, their order assumed)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from instagrapi.emulator.fault import Fault
from instagrapi.emulator.model import Account

SELECT, REVIEW = "select_verify_method", "delta_login_review"
_VERIFY = {"0": "verify_phone", "1": "verify_email"}
_CONTACTS = {"0": "+0 *** ***-**-00", "1": "m******e@e******.com"}
_WAIT_FOR_CODE = frozenset({*_VERIFY.values(), "verify_email_code", "verify_sms", "verify_sms_code"})


@dataclass(slots=True)
class Challenge:
    """A challenge and how far its owner has come.

    Attributes:
        nonce: the part of the path that makes it secret.
        first_step: where it begins, and begins again.
        new_code: makes a code and sends it to the owner.
        fault: what stops the account until the challenge is passed.
    """

    account: Account
    nonce: str = field(repr=False)
    first_step: str
    new_code: Callable[[], str] = field(repr=False)
    fault: Fault = field(default_factory=Fault, repr=False)
    step: str = ""
    choice: str = "1"
    code: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        self.reset()

    @property
    def is_open(self) -> bool:
        """Whether it still has to be passed."""
        return self.fault.is_on

    def reset(self) -> None:
        """Begins again."""
        self.step, self.code = self.first_step, None
        if self.step in _WAIT_FOR_CODE:
            self.send_again()

    def send_again(self) -> None:
        """Sends another code, where one is waited for."""
        if self.step in _WAIT_FOR_CODE:
            self.code = self.new_code()

    def choose(self, choice: str) -> bool:
        """Takes a choice: where to send the code, or that it was the owner who logged in; ``False`` if it is none."""
        if self.step == SELECT and choice in _VERIFY:
            self.step, self.choice = _VERIFY[choice], choice
            self.send_again()
            return True
        if self.step == REVIEW and choice == "0":
            self.fault.lift()
            return True
        return False

    def enter(self, code: str) -> bool:
        """Takes a code; ``False`` if it is wrong."""
        if self.code is None or code != self.code:
            return False
        self.fault.lift()
        return True

    def state(self) -> dict[str, Any]:
        """The state, as the service shows it (form reported)."""
        if self.step == SELECT:
            data: dict[str, Any] = {"choice": "1", "phone_number": _CONTACTS["0"], "email": _CONTACTS["1"]}
        elif self.step in _WAIT_FOR_CODE:
            data = {
                "security_code": "None",
                "resend_delay": 60,
                "contact_point": _CONTACTS[self.choice],
                "form_type": "email" if self.choice == "1" else "phone_number",
            }
        else:
            data = {"choice": "0"} if self.step == REVIEW else {}
        state: dict[str, Any] = {
            "step_name": self.step,
            "step_data": data,
            "nonce_code": self.nonce,
            "user_id": self.account.pk,
            "flow_render_type": 3,
            "challenge_type_enum_str": "HACKED_LOCK",
        }
        if self.step == "STEP_NAME":
            state["bloks_action"] = "com.bloks.www.ig.challenge.redirect.async"
        return state
