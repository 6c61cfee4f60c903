"""``instagrapi login``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from instagrapi import Client
from instagrapi.cli.sessions import save_session, settings_option
from instagrapi.cli.show import escape
from instagrapi.exceptions import TwoFactorRequired


@click.command()
@click.argument("username", required=False)
@click.option("--session-id", "by_session_id", is_flag=True, help="Ask for the sessionid cookie instead of a password.")
@settings_option
def login(username: str | None, by_session_id: bool, settings_file: Path) -> None:
    """Log in and keep the session. The password is asked for and never shown."""
    client = Client()
    if settings_file.exists():
        # The same device logs in again: a new one each time looks like an intruder.
        client.load_settings(settings_file)
    # Before anything is asked: the device stays the same whatever happens, and a file that cannot be written is known.
    save_session(client, settings_file)
    if by_session_id:
        client.login_by_sessionid(_ask_secret("Session id"))
    else:
        name = username or client.username or click.prompt("User name", err=True)
        _login_with_password(client, name)
    save_session(client, settings_file)
    name = escape(str(client.username or client.user_id))
    click.echo(f"Logged in as {name}; the session is in {settings_file}.")


def _login_with_password(client: Client, username: str) -> None:
    password = _ask_secret("Password")
    try:
        client.login(username, password)
    except TwoFactorRequired as error:
        raise click.ClickException(
            "this account asks for a two-factor code, which this command cannot give yet; "
            "log in with --session-id instead"
        ) from error


def _ask_secret(label: str) -> str:
    if sys.stdin.isatty():
        return str(click.prompt(label, hide_input=True, err=True))
    secret = sys.stdin.readline().rstrip("\r\n")
    if not secret:
        raise click.ClickException(f"no {label.lower()} came on standard input")
    return secret
