"""A person proves who they are: two-factor codes and challenges, as a dialogue that the person leads."""

from __future__ import annotations

import click

from instagrapi import Client
from instagrapi.cli.prompts import ask, tell
from instagrapi.cli.remedies import open_the_app
from instagrapi.cli.show import escape
from instagrapi.exceptions import ChallengeBadCode, ChallengeRequired, LoginRequired, TwoFactorBadCode
from instagrapi.types import ChallengeState, TwoFactorInfo

_TRIES = 3


def confirm_two_factor(client: Client) -> None:
    """Finishes a login that waits for its code, with up to three codes.

    Raises:
        click.ClickException: there was no right code among them.
        ClientError: anything else that Instagram says.
    """
    info = client.two_factor_info or TwoFactorInfo()
    tell(f"This account asks for a two-factor code: {_sources(info)}.")
    for _ in range(_TRIES):
        try:
            client.two_factor_login(_two_factor_code(client))
        except TwoFactorBadCode:
            tell("The code is wrong.")
        else:
            return
    raise click.ClickException("no right code was given; run the command again later")


def pass_challenge(client: Client, error: ChallengeRequired) -> None:
    """Passes a challenge step by step, or says what has to be done in the app.

    Raises:
        click.ClickException: a person has to open the app, or gave no right answer.
        ClientError: anything else that Instagram says.
    """
    if error.needs_app:
        raise click.ClickException(open_the_app(error))
    tell("Instagram wants to know whether it is really you.")
    state, failures = client.challenge_state(), 0
    while not state.is_closed:
        if state.needs_app:
            raise click.ClickException(open_the_app(error))
        try:
            state = _next_step(client, state)
        except ChallengeBadCode as refused:
            failures += 1
            if failures == _TRIES:
                raise click.ClickException("no right code was given; run the command again later") from refused
            tell(refused.message)
    if not _is_alive(client):
        raise click.ClickException("the challenge is passed; run the command again to log in")


def _is_alive(client: Client) -> bool:
    """Whether the client has a session that can be used: a challenge may end without giving a new one."""
    try:
        return bool(client.sessionid and client.account_info().pk)
    except LoginRequired:
        return False


def _next_step(client: Client, state: ChallengeState) -> ChallengeState:
    if state.wants == "choice":
        for choice, meaning in state.choices.items():
            tell(f"  {choice}  {escape(meaning)}")
        return client.challenge_select(ask("Your choice"))
    code = ask(f"Code that was sent to {escape(state.contact_point or 'you')}")
    return client.challenge_resend() if code == "again" else client.challenge_send_code(code)


def _two_factor_code(client: Client) -> str:
    while True:
        match ask("Two-factor code").strip():
            case "sms" | "whatsapp" as way:
                client.two_factor_send_code(way)
                tell("A code was sent.")
            case code:
                return code


def _sources(info: TwoFactorInfo) -> str:
    phone = f" (…{escape(info.phone)})" if info.phone else ""
    sources = ["from the authenticator app"] if info.app else []
    if info.sms:
        sources.append(f"by SMS{phone}, type sms to have one sent")
    if info.whatsapp:
        sources.append(f"by WhatsApp{phone}, type whatsapp to have one sent")
    return "; ".join((*sources, "or one of the backup codes")) if sources else "from wherever you get them"
