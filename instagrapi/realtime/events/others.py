"""What else the realtime connection brings: live broadcasts, GraphQL topics, answers, and its own ups and downs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from pydantic import AliasPath, BaseModel, ConfigDict, Field

from instagrapi.realtime.events.base import Event
from instagrapi.realtime.events.fields import Integer, Moment, Text, Words
from instagrapi.realtime.state import State


class LiveStarted(Event):
    """Somebody went live."""

    kind = "live_started"
    broadcast_id: Text = None
    user_id: Text = None


class LiveStopped(Event):
    """A live broadcast ended."""

    kind = "live_stopped"
    broadcast_id: Text = None
    user_id: Text = None


class GraphQL(Event):
    """An event of a GraphQL subscription that has no class of its own; ``raw`` is its decoded payload.

    Attributes:
        query_id: the subscription's number.
        name: what that number stands for, where it is known.
    """

    kind = "graphql"
    query_id: Text = None
    name: Text = None


class LiveComment(BaseModel):
    """One comment on a live broadcast."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    pk: Text = None
    user_id: Text = None
    username: Text = Field(default=None, validation_alias=AliasPath("user", "username"))
    text: Words = Field(default=None, repr=False)
    created_at: Moment = None


class LiveComments(GraphQL):
    """Comments on a live broadcast. Its ``kind`` is ``graphql``, too."""

    @cached_property
    def comments(self) -> list[LiveComment]:
        """The comments, in the order in which they came."""
        event = self.raw.get("live_video_comment_event") if isinstance(self.raw, Mapping) else None
        comments = event.get("comments") if isinstance(event, Mapping) else None
        if not isinstance(comments, list):
            return []
        return [LiveComment.model_validate(comment) for comment in comments if isinstance(comment, Mapping)]


class SendResponse(Event):
    """The server's answer to a Direct command.

    Attributes:
        ok: whether it was carried out.
        message: the reason when it was not.
    """

    kind = "send_response"
    ok: bool = False
    client_context: Text = None
    status_code: Text = None
    message: Text = None
    item_id: Text = None
    thread_id: Text = None


class IrisSubResponse(Event):
    """The server's answer to a message-sync subscription.

    Attributes:
        ok: whether messages will come.
        error_type: 1 means that the position is too old, 2 that it may work later (reported).
        latest_seq_id: the newest position of the queue.
        subscribed_at_ms: milliseconds since 1970.
    """

    kind = "iris_sub_response"
    ok: bool = False
    error_type: Integer = None
    error_message: Text = None
    latest_seq_id: Integer = None
    subscribed_at_ms: Integer = None


class RegionHint(Event):
    """The data centre that the server would like the client to prefer."""

    kind = "region_hint"
    hint: Text = None


class Connected(Event):
    """The connection stands."""

    kind = "connected"
    resumed: bool = False


class Disconnected(Event):
    """The connection ended without being asked to.

    Attributes:
        will_retry: whether the client connects again by itself.
        retry_in: seconds until then.
    """

    kind = "disconnected"
    reason: Text = None
    will_retry: bool = False
    retry_in: float | None = None


class StateChanged(Event):
    """The client stands elsewhere; see :class:`~instagrapi.realtime.state.State`.

    Attributes:
        previous: where it stood before.
        state: where it stands now.
    """

    kind = "state_changed"
    previous: State = State.IDLE
    state: State = State.IDLE


class CaughtUp(Event):
    """What had happened before the subscription was replayed; from here on events are live."""

    kind = "caught_up"


class Resync(Event):
    """The position was too old to go on from, so the inbox was fetched over HTTP.

    Attributes:
        fetched: how many missed messages follow, each with the source ``poll``.
        complete: whether that is all that was missed, as far as the inbox tells.
    """

    kind = "resync"
    fetched: Integer = None
    complete: bool = False


class Undecoded(Event):
    """A body that could not be read; ``payload`` are its bytes as published."""

    kind = "undecoded"
    topic: Text = None
    payload: bytes = Field(default=b"", repr=False)
    error: Text = None


class Unknown(Event):
    """Something readable that has no meaning here, passed through in ``raw``.

    Attributes:
        topic: where it came from, when it is no patch.
        op, path, thread_id: of a patch.
    """

    kind = "unknown"
    topic: Text = None
    op: Text = None
    path: Text = None
    thread_id: Text = None
