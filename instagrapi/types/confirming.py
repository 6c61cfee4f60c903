"""What stands between a password and a session: two-factor codes and challenges."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from pydantic import Field

from instagrapi.types.lenient import Lenient, Words, mapping, words

#: Where a two-factor code comes from: an authenticator app, the telephone, or the list of backup codes.
TwoFactorWay: TypeAlias = Literal["app", "sms", "whatsapp", "backup"]
#: What a challenge waits for: a choice, a code, a person in the app, or nothing, since it is over.
ChallengeWants: TypeAlias = Literal["choice", "code", "app", "nothing"]

_SELECT, _REVIEW = "select_verify_method", "delta_login_review"
_VERIFY = {"verify_email", "verify_email_code", "verify_phone", "verify_phone_code", "verify_sms", "verify_sms_code"}
_REVIEWED_BY_PEOPLE = {"ufac_www_bloks", "selfie_captcha"}
_REDIRECT = "com.bloks.www.ig.challenge.redirect.async"


class TwoFactorInfo(Lenient):
    """How a login whose password was right can be confirmed (reported)."""

    #: Ties the code to the login; a secret.
    identifier: str = Field(default="", validation_alias="two_factor_identifier", repr=False)
    username: Words = None
    app: bool = Field(default=False, validation_alias="totp_two_factor_on")
    sms: bool = Field(default=False, validation_alias="sms_two_factor_on")
    whatsapp: bool = Field(default=False, validation_alias="whatsapp_two_factor_on")
    #: The last digits of the telephone number.
    phone: Words = Field(default=None, validation_alias="obfuscated_phone_number")
    #: Whether the account has the newer two-factor, for which the classic step is often refused.
    is_moved: bool = False

    @classmethod
    def _facts(cls, data: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**data, "is_moved": bool(data.get("two_step_verification_context"))}

    @property
    def ways(self) -> tuple[TwoFactorWay, ...]:
        """Where a code can come from; backup codes are always among them."""
        offered: dict[TwoFactorWay, bool] = {"app": self.app, "sms": self.sms, "whatsapp": self.whatsapp}
        return (*(way for way, is_on in offered.items() if is_on), "backup")


class ChallengeState(Lenient):
    """How far a challenge has come, and what it waits for (steps and fields reported).

    ``kind`` is that of :class:`~instagrapi.exceptions.ChallengeRequired`, or ``bloks`` and ``review`` where the state
    shows that the challenge leads into the app, or to people who look at it.
    """

    kind: str = "unknown"
    #: The page to open; it holds the key to the challenge.
    url: Words = Field(default=None, repr=False)
    #: The server's name for the step.
    step: str = ""
    wants: ChallengeWants = "app"
    #: What can be chosen, with what it means, such as where the code goes.
    choices: dict[str, str] = Field(default_factory=dict)
    #: Where the code was sent, mostly hidden.
    contact_point: Words = None

    @classmethod
    def _facts(cls, data: Mapping[str, Any]) -> Mapping[str, Any]:
        step, step_data = words(data.get("step_name")) or "", mapping(data.get("step_data"))
        kind = words(data.get("kind")) or "legacy"
        if data.get("bloks_action") == _REDIRECT or step == "STEP_NAME":
            kind = "bloks"
        elif step in _REVIEWED_BY_PEOPLE:
            kind = "review"
        return {
            "kind": kind,
            "url": data.get("url"),
            "step": step,
            "wants": _wants(data, kind, step),
            "choices": _choices(step, step_data),
            "contact_point": step_data.get("contact_point"),
        }

    @property
    def is_closed(self) -> bool:
        """Whether it is over."""
        return self.wants == "nothing"

    @property
    def needs_app(self) -> bool:
        """Whether only a person in the Instagram app, or on the page in ``url``, can go on."""
        return self.wants == "app"

    @property
    def instruction(self) -> str:
        """One sentence: what to do next."""
        match self.wants:
            case "nothing":
                return "The challenge is closed; go on."
            case "choice":
                return "Choose one of `choices` with challenge_select()."
            case "code":
                return f"Enter the code that was sent to {self.contact_point or 'you'} with challenge_send_code()."
            case _:
                return "Open the Instagram app, or the page in `url`, confirm there that it was you, then try again."


def _wants(data: Mapping[str, Any], kind: str, step: str) -> ChallengeWants:
    if data.get("action") == "close" or data.get("logged_in_user"):
        return "nothing"
    if kind == "legacy" and step in (_SELECT, _REVIEW):
        return "choice"
    return "code" if kind == "legacy" and step in _VERIFY else "app"


def _choices(step: str, data: Mapping[str, Any]) -> dict[str, str]:
    if step == _REVIEW:
        return {"0": "It was me"}
    if step != _SELECT:
        return {}
    offered = {"0": words(data.get("phone_number")), "1": words(data.get("email"))}
    return {choice: contact for choice, contact in offered.items() if contact and contact != "None"}
