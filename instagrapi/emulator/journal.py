"""What programs did to the emulator, for assertions."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from instagrapi.realtime.wire.connect import MQTToTConnection

ServiceName: TypeAlias = Literal["realtime", "fbns"]
#: So many entries of each kind are kept, the latest.
JOURNAL_CAPACITY = 10_000


@dataclass(slots=True)
class Connection:
    """One CONNECT and what became of it. Times are unix seconds.

    Attributes:
        account: the user name; on FBNS ``None``, there a device connects.
        device_id: ``deviceId`` as the client gave it or, on FBNS, as the broker issued it.
        connect: the struct that the client sent.
        keep_alive: seconds.
        return_code: the code of the CONNACK.
        closed_at: ``None`` while the connection is open.
    """

    service: ServiceName
    account: str | None
    device_id: str
    connect: MQTToTConnection = field(repr=False)
    keep_alive: int
    return_code: int
    opened_at: float
    closed_at: float | None = None

    @property
    def is_open(self) -> bool:
        """Whether it was accepted and has not ended."""
        return self.return_code == 0 and self.closed_at is None


@dataclass(frozen=True, slots=True)
class Received:
    """One PUBLISH from a client.

    Attributes:
        account: the user name; on FBNS ``None``.
        body: the parsed JSON of the inflated body, or its bytes when it is none.
        at: unix seconds.
    """

    service: ServiceName
    account: str | None
    topic: str
    body: Any = field(repr=False)
    qos: int
    at: float


@dataclass(frozen=True, slots=True)
class HttpCall:
    """One HTTP request; ``path`` is below ``/api/v1/``, ``at`` is unix seconds.

    Attributes:
        account: the user name, where a session or a form told it.
        fields: of the form, decoded; the password is not among them.
        query: decoded.
        headers: by name in any case, without ``Authorization`` and ``Cookie``.
        is_signed: whether the fields came as one signed JSON document.
    """

    method: str
    path: str
    status: int
    at: float
    account: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict, repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    is_signed: bool = False


@dataclass(slots=True)
class Journal:
    """The latest since the emulator was made, in order; of each kind :data:`JOURNAL_CAPACITY`."""

    connections: deque[Connection] = field(default_factory=lambda: deque(maxlen=JOURNAL_CAPACITY))
    received: deque[Received] = field(default_factory=lambda: deque(maxlen=JOURNAL_CAPACITY))
    http_calls: deque[HttpCall] = field(default_factory=lambda: deque(maxlen=JOURNAL_CAPACITY))
    complaints: deque[str] = field(default_factory=lambda: deque(maxlen=JOURNAL_CAPACITY))
