"""``instagrapi whoami`` and ``instagrapi logout``."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from instagrapi.cli.sessions import open_session, save_session, settings_option
from instagrapi.cli.show import escape
from instagrapi.types import Account


@click.command()
@settings_option
def whoami(settings_file: Path) -> None:
    """Show whose session it is, and that it is alive. One request."""
    client = open_session(settings_file)
    account = client.account_info()
    click.echo(_named(account))
    click.echo(f"session  {settings_file}{_since(client.settings.last_login)}")
    device = client.device_settings
    click.echo(f"device   {escape(str(device['model']))} with app {escape(client.app_version)}")


@click.command()
@settings_option
def logout(settings_file: Path) -> None:
    """End the session. The device stays in the file, for the next login."""
    client = open_session(settings_file)
    client.logout()
    save_session(client, settings_file)
    click.echo(f"Logged out; {settings_file} keeps the device.")


def _named(account: Account) -> str:
    name = f" “{escape(account.full_name)}”" if account.full_name else ""
    return f"{escape(account.username)} ({account.pk}){name}"


def _since(last_login: float | None) -> str:
    """When the session was made, where the file says so."""
    if last_login is None:
        return ""
    return f", of {datetime.fromtimestamp(last_login, UTC):%Y-%m-%d %H:%M} UTC"
