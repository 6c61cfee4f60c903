"""``instagrapi send`` and ``instagrapi download``."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import click

from instagrapi import Client
from instagrapi.cli.options import Id, Seconds, Text
from instagrapi.cli.progress import progress_bar
from instagrapi.cli.remedies import asking_why
from instagrapi.cli.sessions import open_session, settings_option
from instagrapi.cli.show import escape
from instagrapi.exceptions import CommandFailed

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("thread", type=Id())
@click.argument("text", type=Text(), required=False)
@click.option("--photo", type=_FILE, help="Send this JPEG instead of a text.")
@click.option("--video", type=_FILE, help="Send this MP4 instead.")
@click.option("--voice", type=_FILE, help="Send this recording (AAC in MP4) instead.")
@click.option(
    "--timeout", type=Seconds(0, min_open=True), default=30.0, show_default=True, help="Seconds to wait for the answer."
)
@settings_option
def send(thread: str, text: str | None, timeout: float, settings_file: Path, **files: Path | None) -> None:
    """Send TEXT, or a file, to THREAD (its id) and wait until Instagram has taken it."""
    given: list[tuple[Any, Path]] = [(kind, file) for kind, file in files.items() if file is not None]
    if len(given) + (text is not None) != 1:
        raise click.UsageError("give either a TEXT or one of --photo, --video and --voice")
    client = open_session(settings_file)
    item_id = _send_text(client, thread, text, timeout) if text is not None else _send_file(client, thread, *given[0])
    click.echo(f"Sent{f' as item {item_id}' if item_id else ''}.")


@click.command()
@click.argument("thread", type=Id())
@click.argument("item", type=Id())
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@settings_option
def download(thread: str, item: str, file: Path, settings_file: Path) -> None:
    """Save the photo, video or recording of ITEM, one of the latest messages of THREAD, as FILE."""
    client = open_session(settings_file)
    message = client.direct_message(thread, item)
    with progress_bar(file.name) as progress:
        client.media_download(message, file, progress=progress)
    click.echo(f"Saved {escape(str(file))}.")


def _send_text(client: Client, thread: str, text: str, timeout: float) -> str | None:
    with asking_why(client):
        realtime = client.realtime_connect()
    try:
        answer = realtime.direct_send_text(thread, text).result(timeout)
    except CommandFailed as refused:
        if refused.status == "404":
            raise click.ClickException("There is no such thread.") from refused
        raise
    finally:
        client.realtime_disconnect()
    return (answer.get("payload") or {}).get("item_id")


def _send_file(client: Client, thread: str, kind: Literal["photo", "video", "voice"], file: Path) -> str:
    with progress_bar(file.name) as progress:
        return client.direct_send_file(file, thread_ids=[thread], content_type=kind, progress=progress).id
