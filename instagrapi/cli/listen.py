"""``instagrapi listen`` and ``instagrapi push``: events as they come."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from instagrapi.cli.options import Seconds, ids_option
from instagrapi.cli.remedies import asking_why
from instagrapi.cli.sessions import open_session, save_session, settings_option
from instagrapi.cli.show import Printer
from instagrapi.cli.signals import stopping
from instagrapi.realtime import FbnsClient, RealtimeClient
from instagrapi.realtime import events as ev
from instagrapi.types import DirectInbox

#: The kinds of events that ``listen`` can come by: it begins when the connection stands, and pushes have another one.
KINDS = sorted(ev.KINDS.keys() - {"connected", "push"})

#: How often a bounded or interruptible wait looks up, in seconds.
_LOOK_UP = 0.5


def bounds(function: Any) -> Any:
    """The options that end a command by itself."""
    count = click.option("--count", "-n", type=click.IntRange(1), help="End after this many events.")
    help_text = "End after this many seconds, but not before it is connected."
    seconds = click.option("--seconds", "-s", type=Seconds(0), help=help_text)
    return count(seconds(function))


def json_option(function: Any) -> Any:
    """The option for programs that read the output."""
    return click.option("--json", "as_json", is_flag=True, help="One event a line, as JSON.")(function)


@click.command()
@click.option("--type", "kinds", multiple=True, type=click.Choice(KINDS), metavar="KIND", help="Only these kinds.")
@ids_option
@json_option
@bounds
@settings_option
def listen(
    kinds: tuple[str, ...], ids: bool, as_json: bool, count: int | None, seconds: float | None, settings_file: Path
) -> None:
    """Show Direct events as they happen: messages, typing, read marks, presence and the rest."""
    client = open_session(settings_file)
    names: dict[str, str] = {}
    stream = EventStream(Printer(as_json=as_json, names=names, whole_ids=ids), kinds, count, seconds)
    try:
        with asking_why(client):
            realtime = client.realtime_connect(on_handler_error="raise")
        realtime.on(ev.Event, stream.take)
        realtime.direct_subscribe(typing=True, presence=True, live=True)
        names.update(_names(DirectInbox.model_validate(client.last_json)))
        with stopping(stream.stop):
            stream.follow(realtime)
    except KeyboardInterrupt:
        return
    finally:
        client.realtime_disconnect()
    stream.check()


@click.command()
@json_option
@bounds
@settings_option
def push(as_json: bool, count: int | None, seconds: float | None, settings_file: Path) -> None:
    """Show push notifications as they arrive."""
    client = open_session(settings_file)
    stream = EventStream(Printer(as_json=as_json), ("push",), count, seconds)
    try:
        fbns = client.fbns_connect(on_handler_error="raise")
        fbns.on(ev.Event, stream.take)
        # At once, so that a crash does not make a new device of us.
        save_session(client, settings_file)
        with stopping(stream.stop):
            stream.follow(fbns)
    except KeyboardInterrupt:
        return
    finally:
        client.fbns_disconnect()
    stream.check()


def _names(inbox: DirectInbox) -> dict[str, str]:
    """User names by id, as far as the inbox tells them that the subscription has asked for; nothing else is asked."""
    users = [user for thread in inbox.threads for user in thread.users]
    return {user.pk: user.username for user in (*users, *([inbox.viewer] if inbox.viewer else [])) if user.username}


class EventStream:
    """Prints events of some kinds until there were enough of them or the time is up."""

    def __init__(
        self,
        printer: Printer,
        kinds: tuple[str, ...],
        count: int | None,
        seconds: float | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._printer = printer
        self._kinds = kinds
        self._count = count
        self._clock = clock
        self._ends_at = None if seconds is None else clock() + seconds
        self._shown = 0
        self._stopped = False

    def stop(self) -> None:
        """Ends it as if it had been enough."""
        self._stopped = True

    def take(self, event: ev.Event) -> None:
        """The handler of the events."""
        wanted = event.kind in self._kinds if self._kinds else event.kind != ev.StateChanged.kind
        if not wanted or self._enough:
            return
        self._shown += 1
        self._printer.event(event)

    def follow(self, client: RealtimeClient | FbnsClient) -> None:
        """Reads until the end; a lost connection raises."""
        while not self._enough and (patience := self._patience()) > 0:
            client.read_once(timeout=patience)

    def check(self) -> None:
        """Says so when the time was up before there were enough events."""
        if self._count is not None and self._shown < self._count and not self._stopped:
            raise click.ClickException(f"only {self._shown} of {self._count} events came in time")

    @property
    def _enough(self) -> bool:
        return self._stopped or (self._count is not None and self._shown >= self._count)

    def _patience(self) -> float:
        return _LOOK_UP if self._ends_at is None else min(_LOOK_UP, self._ends_at - self._clock())
