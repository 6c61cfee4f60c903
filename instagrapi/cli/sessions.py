"""Where the command line keeps the session."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from instagrapi import Client

SETTINGS_VARIABLE = "INSTAGRAPI_SETTINGS"
#: The proxy of every command. An URL with a password is better here than in an argument, which others can see.
PROXY_VARIABLE = "INSTAGRAPI_PROXY"


def default_settings() -> Path:
    """``session.json`` in the user's configuration folder."""
    return Path(click.get_app_dir("instagrapi")) / "session.json"


def settings_option(function: Any) -> Any:
    """The option ``--settings`` of all commands that use a session."""
    return click.option(
        "--settings",
        "settings_file",
        type=click.Path(dir_okay=False, path_type=Path),
        envvar=SETTINGS_VARIABLE,
        default=default_settings,
        show_default="session.json in the configuration folder",
        help="The file that holds the session. It is a credential: keep it private.",
    )(function)


def new_client() -> Client:
    """A client without a session, behind the proxy that the command line was given.

    Raises:
        RealtimeConfigError: the proxy's URL is unusable.
    """
    return Client(proxy=os.environ.get(PROXY_VARIABLE) or None)


def open_session(settings_file: Path) -> Client:
    """A client with the saved session.

    Raises:
        click.ClickException: there is no session in the file.
    """
    client = new_client()
    if not settings_file.exists():
        raise click.ClickException(f"there is no session in {settings_file}; run 'instagrapi login' first")
    client.load_settings(settings_file)
    if not client.sessionid:
        raise click.ClickException(f"the session in {settings_file} is logged out; run 'instagrapi login' first")
    return client


def save_session(client: Client, settings_file: Path) -> None:
    """Writes the session, making the folder if needed.

    Raises:
        click.ClickException: the file cannot be written.
    """
    try:
        settings_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        client.dump_settings(settings_file)
    except OSError as error:
        raise click.ClickException(f"the session cannot be written to {settings_file}: {error.strerror}") from error
