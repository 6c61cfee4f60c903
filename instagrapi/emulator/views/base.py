"""What all views share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from werkzeug.wrappers import Request

from instagrapi.emulator.http_answers import Answer, Rejected
from instagrapi.emulator.hub import Hub
from instagrapi.emulator.model import Account


class Call(NamedTuple):
    """A request. ``fields`` are those of the form, ``account`` and ``sessionid`` whose it is."""

    request: Request
    fields: Mapping[str, Any]
    account: Account
    sessionid: str


View: TypeAlias = Callable[..., Answer]
#: Views by method and path below ``/api/v1/``.
Routes: TypeAlias = dict[tuple[str, str], View]


@dataclass(frozen=True, slots=True, kw_only=True)
class Convention:
    """How apps send a request; the service is known to take other forms of some (reported).

    Attributes:
        signed: whether the form travels as one signed JSON document; ``None`` where clients differ.
        fields: names that the form has.
        query: names that the query has.
        app_headers: whether it has the headers of the private API; uploads have others.
        may_have_session: whether a request that needs no session may come with one nevertheless.
    """

    signed: bool | None = None
    fields: frozenset[str] = frozenset()
    query: frozenset[str] = frozenset()
    app_headers: bool = True
    may_have_session: bool = False


#: Conventions by method and path below ``/api/v1/``.
Conventions: TypeAlias = dict[tuple[str, str], Convention]


class ViewGroup:
    """Views about one subject; those in ``public`` need no session and get the request and the form's fields, those
    in ``private`` get a :class:`Call`, both what is variable in the path.

    Args:
        hub: the world and its lock.
    """

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    @property
    def public(self) -> Routes:
        """Paths for everybody."""
        return {}

    @property
    def private(self) -> Routes:
        """Paths for who is logged in."""
        return {}

    @property
    def conventions(self) -> Conventions:
        """How apps send the requests of this group, as far as that is known."""
        return {}


def check_uuid(call: Call) -> None:
    """Every client sends its id along with what it changes (reported); that it must is assumed."""
    if not call.fields.get("_uuid"):
        raise Rejected(400, "_uuid is missing")


def positive(request: Request, name: str, default: int) -> int:
    """A number from the query, at least 1."""
    return max(1, request.args.get(name, default, type=int))
