"""What all events have in common, and what can be done in answer to one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from instagrapi.exceptions import NotConnectedError
from instagrapi.realtime.direct_commands import DirectCommands
from instagrapi.realtime.events.fields import Integer, Text
from instagrapi.realtime.replies import CommandHandle
from instagrapi.realtime.typing_block import TypingHandle


@dataclass(frozen=True, slots=True)
class Receiver:
    """The client that an event came to, through which it can be answered. Copies of an event share it, pickles lose it.

    Attributes:
        host: the logged-in client, for requests over HTTP.
        commands: sends Direct commands; ``None`` for events of the push connection.
    """

    host: Any
    commands: DirectCommands | None = None

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce__(self) -> tuple[type[None], tuple[()]]:
        return type(None), ()


class Event(BaseModel):
    """The base of all events; a handler for it receives every one.

    Attributes:
        raw: the payload as it came.
        source: ``realtime``, ``replay`` (the backlog after subscribing), ``push`` or ``poll``.
        seq_id: position in the message-sync queue, for events that came through it.
        received_at: unix time in seconds at which the event was read.
        account_id: the account that received it.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True, ser_json_bytes="base64")
    kind: ClassVar[str] = "event"

    raw: Any = Field(default=None, repr=False)
    source: Literal["realtime", "replay", "push", "poll"] = "realtime"
    seq_id: Integer = None
    received_at: float | None = None
    account_id: Text = None
    #: Kept beside the fields, so that it takes no part in comparisons and costs nothing where there is none.
    _receiver: ClassVar[Receiver | None] = None

    def received_by(self, receiver: Receiver) -> Self:
        """Ties the event to the client that it came to; returns the event."""
        self.__dict__["_receiver"] = receiver
        return self

    def as_dictionary(self) -> dict[str, Any]:
        """The kind and all fields, ``raw`` included."""
        return {"kind": self.kind, **{name: getattr(self, name) for name in type(self).model_fields}}

    def _host(self) -> Any:
        if self._receiver is None:
            raise NotConnectedError("this event did not come from a client, so it cannot be answered")
        return self._receiver.host

    def _commands(self) -> DirectCommands:
        commands = self._receiver.commands if self._receiver else None
        # The program may have disconnected and connected anew since.
        current = getattr(self._receiver.host, "realtime", None) if self._receiver and commands else None
        if isinstance(current, DirectCommands):
            return current
        if commands is None:
            raise NotConnectedError("this event did not come over a realtime connection, so it cannot be answered")
        return commands


class ThreadEvent(Event):
    """An event in a thread; a handler for it receives all that happens in threads.

    The methods answer over the connection that the event came from. Each raises ``NotConnectedError`` when there is
    none, ``ConnectionLost`` when it breaks, and ``RealtimeConfigError`` when the event does not say in which thread.
    """

    thread_id: Text = None

    def reply(self, text: str, *, quote: bool = False, client_context: str | None = None) -> CommandHandle:
        """Sends a text to the thread; ``result()`` of what it returns waits for the server's answer.

        Args:
            text: what to say.
            quote: has no effect here: there is no message to quote. See :meth:`MessageEvent.reply`.
            client_context: makes a repetition harmless: the same one is never sent twice.
        """
        return self._commands().direct_send_text(self.thread_id or "", text, client_context)

    def typing(self) -> TypingHandle:
        """Shows that the account types: once, or for as long as a ``with`` block lasts."""
        return TypingHandle(self._commands(), self.thread_id or "")


class ItemEvent(ThreadEvent):
    """An event about one item of a thread. For its methods see also :class:`ThreadEvent`."""

    item_id: Text = None

    def react(self, emoji: str = "", *, client_context: str | None = None) -> CommandHandle:
        """Reacts to the item, in place of an earlier reaction; no emoji is the plain heart."""
        return self._commands().direct_send_reaction(
            self.thread_id or "",
            self.item_id or "",
            emoji,
            target_item_type=self._target_item_type(),
            client_context=client_context,
        )

    def unreact(self, emoji: str = "", *, client_context: str | None = None) -> CommandHandle:
        """Takes the account's own reaction to the item back."""
        return self._commands().direct_delete_reaction(
            self.thread_id or "",
            self.item_id or "",
            emoji,
            target_item_type=self._target_item_type(),
            client_context=client_context,
        )

    def mark_seen(self) -> CommandHandle:
        """Marks the thread as read up to the item."""
        return self._commands().direct_mark_seen(self.thread_id or "", self.item_id or "")

    def _target_item_type(self) -> str | None:
        """What the item is, where the event knows it."""
        return None
