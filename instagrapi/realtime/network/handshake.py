"""CONNECT and its answer."""

from __future__ import annotations

from collections.abc import Callable

from instagrapi.exceptions import ConnectFailed, ConnectRefused
from instagrapi.realtime.network.deadline import Deadline
from instagrapi.realtime.protocol.packets import ConnAck
from instagrapi.realtime.protocol.session import MQTToTSession, SessionState

#: What the codes were seen to mean (wire page, "Packets"; MQTT 3.1.1 section 3.2.2.3).
_REFUSALS = {
    1: "the broker does not accept this protocol level (CONNACK 1)",
    2: "the broker rejects the client identifier (CONNACK 2); another connection of this device may still be open",
    3: "the broker is unavailable (CONNACK 3); try again later",
    4: "the broker does not accept the credentials (CONNACK 4)",
    5: "the broker does not authorize this session (CONNACK 5); check in the app whether it is still logged in",
}


def await_answer(session: MQTToTSession, receive: Callable[[], bytes | None], deadline: Deadline) -> None:
    """Feeds the session until it has an answer to CONNECT.

    Args:
        session: after ``send_connect``.
        receive: reads some bytes and feeds them; gives them back, or ``None`` when none came in time.
        deadline: when to stop waiting.

    Raises:
        ConnectFailed: the broker closed the connection or did not answer.
    """
    while session.state is SessionState.CONNECTING:
        data = receive()
        if data == b"":
            raise ConnectFailed("the broker closed the connection instead of answering CONNECT")
        if data is None and deadline.expired():
            raise ConnectFailed("the broker did not answer CONNECT; the session may be dead")


def check_accepted(connack: ConnAck) -> None:
    """Raises when the broker refused.

    Raises:
        ConnectRefused: with the code of the CONNACK.
    """
    code = connack.return_code
    if code:
        raise ConnectRefused(
            _REFUSALS.get(code, f"the broker refused the connection (CONNACK {code})"), return_code=code
        )
