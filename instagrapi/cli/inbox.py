"""``instagrapi inbox``, ``thread`` and ``requests``: what is there, by one request or a few."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from instagrapi.cli.contents import content_words
from instagrapi.cli.options import Id, ids_option
from instagrapi.cli.prompts import tell
from instagrapi.cli.sessions import open_session, settings_option
from instagrapi.cli.show import escape, json_line
from instagrapi.types import DirectMessage, DirectThread

_ME = "me"
#: How much of the last message an inbox shows.
_MOST = 100


def amount_option(function: Any) -> Any:
    """The option that says how much is read."""
    kind = click.IntRange(0)
    return click.option("--amount", "-n", type=kind, default=20, show_default=True, help="At most; 0 for all.")(
        function
    )


def json_option(function: Any) -> Any:
    """The option for programs that read the output."""
    return click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")(function)


@click.command()
@click.option("--unread", is_flag=True, help="Only threads with something to read.")
@amount_option
@json_option
@settings_option
def inbox(unread: bool, amount: int, as_json: bool, settings_file: Path) -> None:
    """Show the threads of the inbox, latest first; a star means that there is something to read."""
    client = open_session(settings_file)
    nothing = "There is nothing to read." if unread else "The inbox is empty."
    _show_threads(client.direct_threads(amount, "unread" if unread else None), as_json, nothing)


@click.command()
@click.argument("thread_id", metavar="THREAD", type=Id())
@ids_option
@amount_option
@json_option
@settings_option
def thread(thread_id: str, ids: bool, amount: int, as_json: bool, settings_file: Path) -> None:
    """Show the latest messages of THREAD (its id), the newest last. Nothing is marked as seen."""
    found = open_session(settings_file).direct_thread(thread_id, amount)
    names = _names(found)
    for message in reversed(found.messages):
        if as_json:
            click.echo(json_line(_message_fields(message, names)))
        else:
            item = f"{message.id}  " if ids else ""
            _print((f"{item}{_when(message.timestamp)}  ", "dim"), (_message_words(message, names), ""))


@click.group(invoke_without_command=True)
@click.option("--hidden", is_flag=True, help="The hidden requests, which Instagram takes for spam.")
@amount_option
@json_option
@settings_option
@click.pass_context
def requests(context: click.Context, hidden: bool, amount: int, as_json: bool, settings_file: Path) -> None:
    """Show the message requests that wait, latest first; or answer some."""
    if context.invoked_subcommand is None:
        client = open_session(settings_file)
        waiting = client.direct_spam_inbox(amount) if hidden else client.direct_pending_inbox(amount)
        _show_threads(waiting, as_json, "No message request waits.")


@requests.command()
@click.argument("thread_ids", metavar="THREAD...", type=Id(), nargs=-1, required=True)
@settings_option
def approve(thread_ids: tuple[str, ...], settings_file: Path) -> None:
    """Accept message requests, which moves them to the inbox."""
    client = open_session(settings_file)
    if len(thread_ids) == 1:
        client.direct_pending_approve(thread_ids[0])
    else:
        client.direct_pending_approve_multiple(thread_ids)
    click.echo(f"Accepted {len(thread_ids)}.")


@requests.command()
@click.argument("thread_ids", metavar="THREAD...", type=Id(), nargs=-1, required=True)
@settings_option
def decline(thread_ids: tuple[str, ...], settings_file: Path) -> None:
    """Turn message requests down."""
    client = open_session(settings_file)
    if len(thread_ids) == 1:
        client.direct_pending_decline(thread_ids[0])
    else:
        client.direct_pending_decline_multiple(thread_ids)
    click.echo(f"Declined {len(thread_ids)}.")


def _show_threads(threads: Sequence[DirectThread], as_json: bool, nothing: str) -> None:
    if not threads:
        tell(nothing)
    for one in threads:
        if as_json:
            click.echo(json_line(_thread_fields(one)))
            continue
        newest = next(iter(one.messages), None)
        said = _message_words(newest, _names(one)) if newest else "no messages"
        _print(
            ("* " if one.is_unread else "  ", "bold green"),
            (f"{one.id}  {_when(one.last_activity_at)}  ", "dim"),
            (f"{escape(one.thread_title)}  ", "bold"),
            (said if len(said) <= _MOST else f"{said[:_MOST]}…", ""),
        )


def _message_words(message: DirectMessage, names: Mapping[str, str]) -> str:
    """Who said what, safe on one line."""
    quoted = f" (in reply to {content_words(message.reply.content)})" if message.reply else ""
    who = names.get(message.user_id, message.user_id or "somebody")
    return escape(f"{who}: {content_words(message.content)}{quoted}")


def _thread_fields(one: DirectThread) -> dict[str, Any]:
    newest = next(iter(one.messages), None)
    return {
        "id": one.id,
        "thread_v2_id": one.pk,
        "title": one.thread_title,
        "users": [{"pk": user.pk, "username": user.username} for user in one.users],
        "is_group": one.is_group,
        "is_pending": one.pending,
        "is_unread": one.is_unread,
        "last_activity_at": one.last_activity_at and one.last_activity_at.isoformat(),
        "last_message": _message_fields(newest, _names(one)) if newest else None,
    }


def _message_fields(message: DirectMessage, names: Mapping[str, str]) -> dict[str, Any]:
    """What is known about a message, but for the dictionary that the server sent."""
    fields = message.model_dump(mode="json", exclude={"reply", "reactions"}, exclude_none=True)
    told = {
        "username": None if message.is_sent_by_viewer else names.get(message.user_id),
        "content": message.content,
        "replied_to": message.reply,
        "mentions": message.mentions,
        "reactions": message.item_reactions,
    }
    return {**fields, **{name: _plain(value) for name, value in told.items() if value}}


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value if isinstance(value, str) else value.model_dump(mode="json", exclude_none=True)


def _names(one: DirectThread) -> dict[str, str]:
    """User names by id."""
    others = {user.pk: user.username for user in (*one.left_users, *one.users) if user.username}
    return {**others, one.viewer_id: _ME} if one.viewer_id else others


def _when(moment: datetime | None) -> str:
    """Local time, as wide when it is not known."""
    return f"{moment.astimezone():%Y-%m-%d %H:%M}" if moment else f"{'no time':<16}"


def _print(*parts: tuple[str, str]) -> None:
    Console(highlight=False, soft_wrap=True).print(Text.assemble(*parts))
