"""``instagrapi send``."""

from __future__ import annotations

from pathlib import Path

import click

from instagrapi.cli.options import Seconds, Text
from instagrapi.cli.sessions import open_session, settings_option


@click.command()
@click.argument("thread")
@click.argument("text", type=Text())
@click.option(
    "--timeout", type=Seconds(0, min_open=True), default=30.0, show_default=True, help="Seconds to wait for the answer."
)
@settings_option
def send(thread: str, text: str, timeout: float, settings_file: Path) -> None:
    """Send TEXT to THREAD (its id) and wait until Instagram has taken it."""
    client = open_session(settings_file)
    realtime = client.realtime_connect()
    try:
        answer = realtime.direct_send_text(thread, text).result(timeout)
    finally:
        client.realtime_disconnect()
    item_id = (answer.get("payload") or {}).get("item_id")
    click.echo(f"Sent{f' as item {item_id}' if item_id else ''}.")
