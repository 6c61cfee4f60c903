"""``instagrapi login``."""

from __future__ import annotations

from pathlib import Path

import click

from instagrapi import Client
from instagrapi.cli.confirm import confirm_two_factor, pass_challenge
from instagrapi.cli.prompts import ask
from instagrapi.cli.sessions import new_client, save_session, settings_option
from instagrapi.cli.show import escape
from instagrapi.exceptions import ChallengeRequired, TwoFactorRequired


@click.command()
@click.argument("username", required=False)
@click.option("--session-id", "by_session_id", is_flag=True, help="Ask for the sessionid cookie instead of a password.")
@click.option("--totp", "by_seed", is_flag=True, help="Ask for the seed of the authenticator app instead of a code.")
@settings_option
def login(username: str | None, by_session_id: bool, by_seed: bool, settings_file: Path) -> None:
    """Log in and keep the session.

    Password, two-factor codes and challenge codes are asked for, or read line by line from standard input; they are
    never arguments.
    """
    client = new_client()
    if settings_file.exists():
        # The same device logs in again: a new one each time looks like an intruder.
        client.load_settings(settings_file)
    # Before anything is asked: the device stays the same whatever happens, and a file that cannot be written is known.
    save_session(client, settings_file)
    try:
        if by_session_id:
            client.login_by_sessionid(ask("Session id", hidden=True))
        else:
            name = username or client.username or ask("User name")
            _login_with_password(client, name, by_seed=by_seed)
    except ChallengeRequired as error:
        pass_challenge(client, error)
    save_session(client, settings_file)
    shown = escape(str(client.username or client.user_id))
    click.echo(f"Logged in as {shown}; the session is in {settings_file}.")


def _login_with_password(client: Client, username: str, *, by_seed: bool) -> None:
    password = ask("Password", hidden=True)
    seed = ask("Seed of the authenticator app", hidden=True) if by_seed else None
    try:
        client.login(username, password, totp_seed=seed)
    except TwoFactorRequired:
        confirm_two_factor(client)
