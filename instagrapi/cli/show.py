"""Events for people and for programs: one line each."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import click
from pydantic_core import to_jsonable_python
from rich.console import Console
from rich.text import Text

from instagrapi.cli.contents import content_words
from instagrapi.realtime import events as ev

#: Join the parts of one emoji, and separate letters in Persian; all else that is not printable is escaped.
_ZERO_WIDTH = "\u200c\u200d"
#: How pydantic is to write what is no plain JSON.
_PLAIN: dict[str, Any] = {"exclude_none": True, "serialize_unknown": True, "bytes_mode": "base64"}
_STYLES = {
    "message": "bold green",
    "typing": "yellow",
    "seen": "blue",
    "presence": "cyan",
    "reaction": "magenta",
    "push": "bold bright_blue",
    "send_response": "green",
    "disconnected": "bold red",
    "undecoded": "red",
}


def escape(text: str) -> str:
    """The text with control characters, line breaks and direction overrides made visible."""
    return "".join(
        char if char.isprintable() or char in _ZERO_WIDTH else char.encode("unicode_escape").decode() for char in text
    )


class Printer:
    """Writes events to standard output: styled on a terminal, plain text otherwise, or JSON lines.

    Args:
        as_json: one JSON object a line.
        names: user names by id, for readable lines.
        whole_ids: whether those show the ids of threads and items in full.
    """

    def __init__(
        self, *, as_json: bool = False, names: Mapping[str, str] | None = None, whole_ids: bool = False
    ) -> None:
        self._as_json = as_json
        self._names = {} if names is None else names
        self._whole_ids = whole_ids
        self._console = Console(highlight=False, soft_wrap=True)

    def event(self, event: ev.Event) -> None:
        """One event that came in."""
        if self._as_json:
            click.echo(json_line({"direction": "in", **as_fields(event)}))
        else:
            self._line("←", event.kind, self.describe(event))

    def command(self, action: str, handle: Mapping[str, Any]) -> None:
        """A command that this side sent."""
        if self._as_json:
            click.echo(json_line({"direction": "out", "kind": "command", **handle}))
        else:
            self._line("→", action, escape(f"sent {self._where(str(handle.get('thread_id')))}"))

    def note(self, sentence: str) -> None:
        """A remark to the person, not an event; left out of JSON."""
        if not self._as_json:
            self._console.print(Text(sentence, style="dim"))

    def describe(self, event: ev.Event) -> str:
        """What happened, in words, on one line."""
        describe: Callable[[Any], str] = getattr(self, f"_{event.kind}")
        return escape(describe(event))

    def _line(self, arrow: str, kind: str, words: str) -> None:
        line = Text()
        line.append(f"{time.strftime('%H:%M:%S')} {arrow} ", style="dim")
        line.append(f"{kind:<18} ", style=_STYLES.get(kind, ""))
        line.append(words)
        self._console.print(line)

    def _who(self, user_id: str | None) -> str:
        return self._names.get(user_id or "", user_id or "somebody")

    def _where(self, thread_id: str | None) -> str:
        if not thread_id:
            return "in an unknown thread"
        return f"in {thread_id if self._whole_ids else f'…{thread_id[-6:]}'}"

    def _which(self, event: ev.MessageEvent) -> str:
        return f" item {event.item_id}" if self._whole_ids else ""

    def _content(self, event: ev.MessageEvent) -> str:
        quoted = f" (in reply to {content_words(event.replied_to.content)})" if event.replied_to else ""
        return f"{content_words(event.content)}{quoted}"

    def _message(self, event: ev.Message) -> str:
        return f"{self._who(event.user_id)} {self._where(event.thread_id)}{self._which(event)}: {self._content(event)}"

    def _message_update(self, event: ev.MessageUpdate) -> str:
        return f"{self._who(event.user_id)} {self._where(event.thread_id)} changed {self._content(event)}"

    def _message_delete(self, event: ev.MessageDelete) -> str:
        return f"item {event.item_id} {self._where(event.thread_id)} was unsent"

    def _visual_message(self, event: ev.VisualMessage) -> str:
        return f"{self._who(event.user_id)} {self._where(event.thread_id)}: {self._content(event)}, which disappears"

    def _reaction(self, event: ev.Reaction) -> str:
        if event.is_removed:
            return f"{self._who(event.user_id)} took a reaction back {self._where(event.thread_id)}"
        return f"{self._who(event.user_id)} reacted {event.symbol} {self._where(event.thread_id)}"

    def _seen(self, event: ev.Seen) -> str:
        return f"{self._who(event.user_id)} has read {self._where(event.thread_id)}"

    def _typing(self, event: ev.Typing) -> str:
        doing = {"text": "is typing", "visual": "is recording"}.get(event.activity or "", "stopped typing")
        return f"{self._who(event.sender_id)} {doing} {self._where(event.thread_id)}"

    def _presence(self, event: ev.Presence) -> str:
        return f"{self._who(event.user_id)} is {'online' if event.is_active else 'offline'}"

    def _push(self, event: ev.Push) -> str:
        counts = ", ".join(f"{name} {count}" for name, count in (event.badge or {}).items())
        badge = f" (badge: {counts})" if counts else ""
        said = f"“{event.message}”" if event.message else "nothing to show"
        return f"{event.collapse_key or event.category}: {said}{badge}"

    def _send_response(self, event: ev.SendResponse) -> str:
        if not event.ok:
            return f"refused ({event.status_code or 'no status'}): {event.message or 'no reason given'}"
        return f"accepted{f', item {event.item_id}' if event.item_id else ''}"

    def _unseen_count(self, event: ev.UnseenCount) -> str:
        return f"{event.count} unread in {event.inbox}"

    def _thread_update(self, event: ev.ThreadUpdate) -> str:
        if event.field == "thread":
            title = event.thread.thread_title if event.thread else ""
            doing = "appeared" if event.op == "add" else "changed"
            return f"the thread {doing}{f' (“{title}”)' if title else ''} {self._where(event.thread_id)}"
        whom = f" of {self._who(event.user_id)}" if event.user_id else ""
        doing = "was removed" if event.op == "remove" else "changed"
        return f"{event.field}{whom} {doing} {self._where(event.thread_id)}"

    def _thread_remove(self, event: ev.ThreadRemove) -> str:
        return f"left the inbox: {event.thread_id}"

    def _iris_sub_response(self, event: ev.IrisSubResponse) -> str:
        if not event.ok:
            return f"message sync refused: {event.error_message or 'no reason given'}"
        return f"message sync from position {event.latest_seq_id or event.seq_id or '?'}"

    def _region_hint(self, event: ev.RegionHint) -> str:
        return f"data centre {event.hint}"

    def _live_started(self, event: ev.LiveStarted) -> str:
        return f"{self._who(event.user_id)} went live"

    def _live_stopped(self, event: ev.LiveStopped) -> str:
        return f"{self._who(event.user_id)} is no longer live"

    def _graphql(self, event: ev.GraphQL) -> str:
        name = event.name or f"query {event.query_id}"
        if isinstance(event, ev.LiveComments):
            comments = "; ".join(
                f"{comment.username or comment.user_id}: “{comment.text}”" for comment in event.comments
            )
            return f"{name}: {comments or 'no comments'}"
        return f"{name}: {', '.join(event.raw) if isinstance(event.raw, dict) else type(event.raw).__name__}"

    def _connected(self, event: ev.Connected) -> str:
        return "resumed" if event.resumed else "ready"

    def _state_changed(self, event: ev.StateChanged) -> str:
        return f"{event.previous} → {event.state}"

    def _caught_up(self, event: ev.CaughtUp) -> str:
        return "everything missed was replayed"

    def _resync(self, event: ev.Resync) -> str:
        rest = "" if event.complete else "; there may have been more"
        return f"the position was too old: {event.fetched} missed messages were fetched{rest}"

    def _unknown(self, event: ev.Unknown) -> str:
        what = f"{event.op or 'no operation'} {event.path}" if event.path else f"topic {event.topic}"
        return f"{what}, {type(event.raw).__name__}"

    def _disconnected(self, event: ev.Disconnected) -> str:
        again = "" if event.retry_in is None else f", trying again in {event.retry_in:.0f} s"
        return f"{event.reason or 'no reason known'}{again}"

    def _undecoded(self, event: ev.Undecoded) -> str:
        return f"topic {event.topic}, {len(event.payload)} bytes: {event.error}"


def as_fields(event: ev.Event) -> dict[str, Any]:
    """The kind, the fields that are set and what else the event tells, as JSON knows them; not the raw payload.

    Of events that have no fields for it the payload is there, as ``value`` or ``payload``.
    """
    fields = event.model_dump(mode="json", exclude={"raw", "payload"}, exclude_none=True)
    told = {name: to_jsonable_python(value, **_PLAIN) for name, value in _told(event) if value not in (None, [], "")}
    return {"kind": event.kind, **fields, **told}


def _told(event: ev.Event) -> Iterator[tuple[str, Any]]:
    """What an event knows besides its fields."""
    if isinstance(event, ev.MessageEvent) and event.item:
        yield "content", event.content
        yield "replied_to", event.replied_to
        yield "mentions", event.mentions
        yield "reactions", event.reactions
    elif isinstance(event, ev.Reaction):
        yield "symbol", event.symbol
    elif isinstance(event, ev.ThreadUpdate):
        yield "value", event.value
    elif isinstance(event, ev.Push):
        yield from ((name, getattr(event, name)) for name in ("category", "thread_id", "item_id", "is_silent"))
    elif isinstance(event, ev.GraphQL | ev.Unknown):
        yield "payload", event.raw


def json_line(fields: Mapping[str, Any]) -> str:
    """One line whatever the texts hold: only printable ASCII."""
    return json.dumps(fields).replace("\x7f", "\\u007f")
