"""What a command needs beyond the extra ``cli``."""

from __future__ import annotations

import importlib.util

import click


def need_emulator() -> None:
    """Complains when the extra ``emulator`` is not installed.

    Raises:
        click.ClickException: with the command that installs it.
    """
    missing = [name for name in ("trustme", "werkzeug") if importlib.util.find_spec(name) is None]
    if missing:
        raise click.ClickException("the emulator needs an extra: pip install 'instagrapi-realtime[emulator]'")
