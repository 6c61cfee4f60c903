"""The realtime client: what it says, whom it subscribes to, and the answers to its commands."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest

from instagrapi.exceptions import (
    CommandFailed,
    ConnectionLost,
    IrisSubscribeFailed,
    NotConnectedError,
    RealtimeConfigError,
    RealtimeTimeout,
)
from instagrapi.profile import Profile
from instagrapi.realtime import RealtimeClient, State, events
from instagrapi.realtime.protocol.packets import Connect, Packet, PingReq, PubAck, Publish
from instagrapi.realtime.protocol.payload import deflate, inflate
from instagrapi.realtime.wire.connect import MQTToTConnection
from tests.support.bodies import skywalker
from tests.support.hosts import INBOX, PHONE_ID, SESSION_ID, Host
from tests.support.memory import Broker, MemoryTransport, Replayed, Reply, polite

ACCEPTED = {
    "succeeded": True,
    "seq_id": 1234,
    "error_type": None,
    "error_message": None,
    "subscribed_at_ms": 1700000000001,
    "latest_seq_id": 1234,
}


def said(topic: str, data: Any, packet_id: int | None = 900) -> Publish:
    """What the broker publishes."""
    return Publish(topic, deflate(json.dumps(data).encode()), packet_id)


def heard(packet: Packet) -> Any:
    """The body of a publish of ours."""
    assert isinstance(packet, Publish)
    return json.loads(inflate(packet.payload))


def published(transport: MemoryTransport, topic: str) -> list[Any]:
    return [heard(packet) for packet in transport.sent_of(Publish) if packet.topic == topic]  # type: ignore[union-attr]


def answer_to(command: dict[str, Any], **changes: Any) -> dict[str, Any]:
    payload = {"item_id": "31", "timestamp": "1700000000000000", "thread_id": command["thread_id"]}
    if "client_context" in command:
        payload["client_context"] = command["client_context"]
    return {"action": "item_ack", "status_code": "200", "payload": payload, "status": "ok", **changes}


def server(packet: Packet) -> list[Reply]:
    """Accepts every subscription and every command."""
    replies = polite(packet)
    if isinstance(packet, Publish) and packet.topic == "134":
        replies.append(said("135", ACCEPTED))
    if isinstance(packet, Publish) and packet.topic == "132":
        replies.append(said("133", answer_to(heard(packet))))
    return replies


def connected(
    broker: Broker = server, host: Host | None = None, **options: Any
) -> tuple[RealtimeClient, MemoryTransport]:
    transport = MemoryTransport(broker=broker)
    client = RealtimeClient(host or Host(), transport, clock=transport.clock, **options)
    client.connect()
    return client, transport


def answering(topic: str, reply: Any) -> Broker:
    """Politely, and this to everything on a topic; nothing when it is ``None``."""

    def broker(packet: Packet) -> list[Reply]:
        replies = polite(packet)
        if isinstance(packet, Publish) and packet.topic == topic and reply is not None:
            replies.append(said({"134": "135", "132": "133"}[topic], reply))
        return replies

    return broker


# --- CONNECT ---------------------------------------------------------------------------------------------------------


def test_connect_says_who_we_are() -> None:
    host = Host(locale="de_DE")
    _, transport = connected(host=host)
    (packet,) = transport.sent_of(Connect)
    assert isinstance(packet, Connect)
    said_by_us = MQTToTConnection.from_packet(packet)
    assert said_by_us.client_identifier == PHONE_ID[:20]
    assert said_by_us.password == f"sessionid={SESSION_ID}"
    info = said_by_us.client_info
    assert (info["userId"], info["deviceId"], info["userAgent"]) == (10000000001, PHONE_ID, host.user_agent)
    assert said_by_us.app_specific_info["Accept-Language"] == "de-DE"
    assert said_by_us.app_specific_info["app_version"] == host.app_version


def test_the_hosts_values_are_read_at_connect() -> None:
    host = Host()
    client, transport = connected(host=host)
    host.sessionid, host.user_id = "another%3Asession", "20000000002"
    client.connect()
    last = transport.sent_of(Connect)[-1]
    assert isinstance(last, Connect)
    assert MQTToTConnection.from_packet(last).password == "sessionid=another%3Asession"
    assert MQTToTConnection.from_packet(last).client_info["userId"] == 20000000002


def test_the_profile_may_ask_for_the_authorization_header() -> None:
    profile = Profile().replace(realtime={"credential": "authorization"})
    host = Host(authorization="Bearer IGT:2:abc", profile=profile)
    assert RealtimeClient(host).build_connection().password == "authorization=Bearer IGT:2:abc"
    with pytest.raises(RealtimeConfigError, match="authorization"):
        RealtimeClient(Host(), profile=profile).build_connection()


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ({"sessionid": None}, "log in"),
        ({"sessionid": ""}, "log in"),
        ({"phone_id": ""}, "phone_id"),
        ({"user_id": None}, "user_id"),
        ({"user_id": "somebody"}, "user_id"),
    ],
)
def test_a_host_that_lacks_something_is_told_before_anything_is_opened(missing: dict[str, Any], words: str) -> None:
    transport = MemoryTransport()
    client = RealtimeClient(Host(**missing), transport, clock=transport.clock)
    with pytest.raises(RealtimeConfigError, match=words):
        client.connect()
    assert transport.connects == 0
    assert client.state is State.FAILED


def test_the_app_version_may_be_among_the_device_settings() -> None:
    host = Host(app_version=None, device_settings={"app_version": "1.2.3"})
    assert RealtimeClient(host).build_connection().app_specific_info["app_version"] == "1.2.3"


# --- subscriptions ---------------------------------------------------------------------------------------------------


def test_publish_json_deflates_and_asks_for_an_acknowledgement() -> None:
    client, transport = connected()
    client.publish_json("77", {"text": "\u2713"})
    (packet,) = transport.sent_of(Publish)
    assert isinstance(packet, Publish)
    assert (packet.topic, packet.qos) == ("77", 1)
    assert inflate(packet.payload) == b'{"text":"\\u2713"}'


def test_iris_subscribe_does_not_wait() -> None:
    client, transport = connected(answering("134", None))
    client.iris_subscribe(5, 6)
    client.iris_subscribe(5, 6, "1.2.3")
    assert published(transport, "134") == [
        {"seq_id": 5, "snapshot_at_ms": 6, "snapshot_app_version": "449.0.0.52.84"},
        {"seq_id": 5, "snapshot_at_ms": 6, "snapshot_app_version": "1.2.3"},
    ]


def test_iris_subscribe_may_say_more() -> None:
    client, transport = connected(answering("134", None))
    client.iris_subscribe(5, 6, timezone_offset=7200, subscription_type="message")
    (body,) = published(transport, "134")
    assert (body["timezone_offset"], body["subscription_type"]) == (7200, "message")
    with pytest.raises(RealtimeConfigError, match="seq_id"):
        client.iris_subscribe(None, 6)  # type: ignore[arg-type]
    assert len(published(transport, "134")) == 1


def test_direct_subscribe_sends_nothing_else_by_default() -> None:
    client, transport = connected()
    client.direct_subscribe()
    assert [packet.topic for packet in transport.sent_of(Publish)] == ["134"]  # type: ignore[union-attr]


def test_direct_subscribe_asks_for_the_rest_first() -> None:
    client, transport = connected()
    client.direct_subscribe(typing=True, presence=True, live=True)
    topics = [packet.topic for packet in transport.sent_of(Publish)]  # type: ignore[union-attr]
    assert sorted(topics[:-1]) == ["149", "149", "88"]
    assert topics[-1] == "134"
    (live,) = published(transport, "88")
    assert live == {"sub": ["ig/live_notification_subscribe/10000000001"]}
    asked = [text.split("/")[2] for body in published(transport, "149") for text in body["sub"]]
    assert sorted(asked) == ["17846944882223835", "17867973967082385"], "presence and typing"


@pytest.mark.parametrize("switch", ["typing", "live"])
def test_direct_subscribe_needs_the_accounts_id_for_some(switch: str) -> None:
    host = Host()
    client, transport = connected(host=host)
    host.user_id = None
    with pytest.raises(RealtimeConfigError, match="user_id"):
        client.direct_subscribe(presence=True, **{switch: True})
    assert transport.sent_of(Publish) == []
    assert host.requests == []
    client.direct_subscribe(presence=True)


def test_direct_subscribe_without_a_connection_asks_nobody() -> None:
    host = Host()
    with pytest.raises(NotConnectedError):
        RealtimeClient(host).direct_subscribe(typing=True)
    assert host.requests == []


def test_named_subscriptions_end_with_their_connection() -> None:
    client, transport = connected()
    text = client.subscribe_presence()
    assert client.subscribe_presence() == text
    assert [client.read_once(), client.read_once()] == [PubAck(1), PubAck(2)]
    client.connect()
    assert client.unsubscribe_presence() is None, "the new connection has none"
    assert client.subscribe_presence() != text
    assert len(published(transport, "149")) == 3


def test_direct_subscribe_starts_where_the_inbox_stands() -> None:
    host = Host()
    client, transport = connected(host=host)
    told: list[Any] = []
    client.on("iris_sub_response", told.append)
    assert client.direct_subscribe() == {"seq_id": 1234, "snapshot_at_ms": 1700000000000}
    assert published(transport, "134")[0]["seq_id"] == 1234
    assert [name for name, _ in host.requests] == ["direct_v2/inbox/"]
    assert client.state is State.LIVE
    client.read_once()
    client.read_once()
    assert told == [ACCEPTED], "its handlers see the answer in their turn"


def test_direct_subscribe_leaves_everything_else_for_the_reader() -> None:
    def broker(packet: Packet) -> list[Reply]:
        if isinstance(packet, Publish):
            return [said("146", ["before"], 1), PubAck(packet.packet_id or 0), said("135", ACCEPTED, 2)]
        return polite(packet)

    client, transport = connected(broker)
    client.direct_subscribe()
    assert transport.sent_of(PubAck) == []
    assert client.read_once() == ["before"]


def test_appendix_a_8_a_refused_subscription_is_an_error() -> None:
    """{"succeeded": false} was an event only: connected but deaf."""
    refusal = {"succeeded": False, "error_type": 1, "error_message": "Server force resnapshot"}
    client, _ = connected(answering("134", refusal))
    with pytest.raises(IrisSubscribeFailed, match="Server force resnapshot") as caught:
        client.direct_subscribe()
    assert caught.value.payload == refusal
    assert client.connected
    assert client.state is not State.LIVE


def test_an_unanswered_subscription_is_an_error() -> None:
    client, transport = connected(answering("134", None))
    began = transport.clock()
    with pytest.raises(RealtimeTimeout, match="no message would come"):
        client.direct_subscribe(timeout=12.0)
    assert transport.clock() - began == 12.0


def test_an_old_answer_does_not_count_for_a_new_subscription() -> None:
    client, transport = connected()
    client.direct_subscribe()
    transport.broker = answering("134", None)
    with pytest.raises(RealtimeTimeout):
        client.direct_subscribe(timeout=1.0)


def test_a_connection_that_breaks_while_subscribing_is_an_error() -> None:
    client, transport = connected(answering("134", None))
    transport.arrive(b"", after=1.0)
    with pytest.raises(ConnectionLost):
        client.direct_subscribe()
    assert client.read_once() == PubAck(1), "what came before is read first"
    with pytest.raises(ConnectionLost):
        client.read_once()
    assert client.state is State.FAILED


def test_a_replay_is_not_asked_for_an_answer() -> None:
    transport = Replayed(lambda packet: [])
    client = RealtimeClient(Host(), transport)
    client.connect()
    assert client.direct_subscribe() == {"seq_id": 1234, "snapshot_at_ms": 1700000000000}


def test_appendix_a_13_an_odd_message_in_the_inbox_blocks_nothing() -> None:
    """The whole inbox went through strict models, and the state was read from the shared last_json."""
    host = Host(last_json={"seq_id": 1, "snapshot_at_ms": 1})
    host.answers["direct_v2/inbox/"] = {**INBOX, "inbox": {"threads": [{"items": [None, 7, {"item_type": 3}]}]}}
    client, _ = connected(host=host)
    assert client.direct_subscribe()["seq_id"] == 1234


def test_a_host_without_that_request_is_asked_for_its_threads() -> None:
    class Older(Host):
        private_request = None  # type: ignore[assignment]

        def direct_threads(self, amount: int) -> None:
            self.requests.append(("threads", {"amount": amount}))
            self.last_json = {"seq_id": "7", "snapshot_at_ms": 8}

    host = Older()
    client, _ = connected(host=host)
    assert client.direct_subscribe(amount=3) == {"seq_id": 7, "snapshot_at_ms": 8}
    assert host.requests == [("threads", {"amount": 3})]


@pytest.mark.parametrize("inbox", [{}, {"seq_id": 1}, {"seq_id": None, "snapshot_at_ms": 1}, [], "nothing"])
def test_an_inbox_that_does_not_say_where_it_stands(inbox: Any) -> None:
    host = Host()
    host.answers["direct_v2/inbox/"] = inbox
    client, transport = connected(host=host)
    with pytest.raises(IrisSubscribeFailed, match="seq_id"):
        client.direct_subscribe()
    assert published(transport, "134") == []


# --- commands --------------------------------------------------------------------------------------------------------


def test_commands_return_the_dictionaries_of_instagrapi() -> None:
    client, _ = connected()
    assert client.direct_send_text(340, "hi", client_context="c1") == {
        "thread_id": "340",
        "action": "send_item",
        "client_context": "c1",
    }
    assert client.direct_send_reaction("340", "31", emoji="x", client_context="c2") == {
        "thread_id": "340",
        "action": "send_item",
        "client_context": "c2",
    }
    assert client.direct_mark_seen(340, "31") == {"thread_id": "340", "action": "mark_seen"}
    assert client.direct_indicate_activity(340, client_context="c3") == {
        "thread_id": "340",
        "action": "indicate_activity",
        "client_context": "c3",
    }
    made_up = client.direct_send_text("340", "hi")
    assert isinstance(made_up, dict)
    assert set(made_up) == {"thread_id", "action", "client_context"}
    assert json.loads(json.dumps(made_up)) == made_up


def test_every_command_goes_to_topic_132_and_gets_its_own_context() -> None:
    client, transport = connected()
    contexts = [
        client.direct_send_text("1", "t"),
        client.direct_reply("1", "31", "their-context", "t"),
        client.direct_send_link("1", "https://example.invalid", ["https://example.invalid"]),
        client.direct_send_like("1"),
        client.direct_send_hashtag("1", "python"),
        client.direct_send_location("1", 99),
        client.direct_send_profile("1", 25025320),
        client.direct_send_media_share("1", "1_2"),
        client.direct_send_story_share("1", "3_4"),
        client.direct_send_reaction("1", "31"),
        client.direct_delete_reaction("1", "31"),
        client.direct_indicate_activity("1", is_active=False),
    ]
    client.direct_mark_seen("1", "31")
    client.direct_mark_visual_item_seen("1", "31")
    sent = published(transport, "132")
    assert [body.get("client_context") for body in sent[:12]] == [handle["client_context"] for handle in contexts]
    assert len({handle["client_context"] for handle in contexts}) == 12
    assert [body.get("item_type", body["action"]) for body in sent] == [
        "text",
        "text",
        "link",
        "like",
        "hashtag",
        "location",
        "profile",
        "media_share",
        "reel_share",
        "reaction",
        "reaction",
        "indicate_activity",
        "mark_seen",
        "mark_visual_item_seen",
    ]
    assert (sent[9]["reaction_status"], sent[10]["reaction_status"]) == ("created", "deleted")
    assert (sent[1]["replied_to_item_id"], sent[1]["replied_to_client_context"]) == ("31", "their-context")
    assert sent[11]["activity_status"] == "0"


def test_result_waits_for_the_answer_to_this_very_command() -> None:
    client, _ = connected()
    handle = client.direct_send_text("340", "hi")
    answer = handle.result(timeout=5)
    assert answer["payload"]["client_context"] == handle["client_context"]
    assert handle.result(timeout=0) == answer, "and it stays"


def test_result_with_several_in_flight_and_answers_in_any_order() -> None:
    client, transport = connected(answering("132", None))
    handles = [client.direct_send_text("340", str(number)) for number in range(5)]
    for handle in reversed(handles):
        transport.arrive(said("133", answer_to(handle)), after=1.0)
    for handle in handles:
        assert handle.result(timeout=5)["payload"]["client_context"] == handle["client_context"]


def test_an_answer_may_come_over_skywalker() -> None:
    client, transport = connected(answering("132", None))
    told: list[Any] = []
    client.on("send_response", told.append)
    handle = client.direct_send_text("340", "hi")
    transport.arrive(Publish("88", skywalker(1, answer_to(handle)), 5))
    answer = handle.result(timeout=5)
    assert answer["payload"]["client_context"] == handle["client_context"]
    client.read_once()
    client.read_once()
    assert told == [answer], "and handlers see it in their turn"


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        (1, {"event": "patch", "data": []}),
        (1, {"action": "item_ack"}),
        (2, {"action": "item_ack", "status": "fail"}),
        (1, []),
    ],
)
def test_what_else_comes_over_skywalker_answers_nothing(kind: int, payload: Any) -> None:
    client, transport = connected(answering("132", None))
    handle = client.direct_send_text("340", "hi")
    transport.arrive(Publish("88", skywalker(kind, payload), 5))
    with pytest.raises(RealtimeTimeout):
        handle.result(timeout=1)


@pytest.mark.parametrize(
    "written",
    [str.upper, str.lower, lambda context: f"{context[:8].upper()}{context[8:]}"],
    ids=["upper", "lower", "mixed"],
)
def test_the_context_may_come_back_in_other_letters(written: Callable[[str], str]) -> None:
    client, transport = connected(answering("132", None))
    handle = client.direct_send_text("340", "hi")
    transport.arrive(said("133", answer_to({**handle, "client_context": written(handle["client_context"])})))
    assert handle.result(timeout=5)["status"] == "ok"


def test_a_numeric_context_may_come_back_as_a_number() -> None:
    client, transport = connected(answering("132", None))
    handle = client.direct_send_text("340", "hi", client_context="7130316800000000001")
    transport.arrive(said("133", answer_to({**handle, "client_context": 7130316800000000001})))
    assert handle.result(timeout=5)["status"] == "ok"


def test_success_of_a_read_mark_needs_no_payload() -> None:
    client, transport = connected(answering("132", {"status": "ok"}))
    assert client.direct_mark_seen("340", "31").result() == {"status": "ok"}
    assert client.direct_indicate_activity("340").result() == {"status": "ok"}


def test_answers_are_shown_to_handlers_as_well() -> None:
    client, _ = connected()
    told: list[Any] = []
    client.on("send_response", told.append)
    client.on(events.SendResponse, lambda event: told.append(event.ok))
    answer = client.direct_send_text("340", "hi").result()
    client.read_once()
    client.read_once()
    assert told == [answer, True]


def test_result_of_commands_whose_answers_carry_no_context() -> None:
    client, _ = connected()
    seen, activity = client.direct_mark_seen("340", "31"), client.direct_indicate_activity("340")
    assert seen.result()["status"] == "ok"
    assert activity.result()["payload"]["client_context"] == activity["client_context"]


@pytest.mark.parametrize(
    ("reply", "words", "status"),
    [
        ({"status": "fail", "status_code": "400", "message": "Bad Request"}, "Bad Request", "400"),
        (
            {"status": "fail", "exception": "ThreadUserIdDoesNotExist", "content": "gone"},
            "ThreadUserIdDoesNotExist",
            None,
        ),
        ({"status": "fail", "payload": {"message": "inner"}, "message": "outer"}, "inner", None),
        ({"status_code": 500}, "500", "500"),
    ],
)
def test_a_refusal_is_raised_with_its_reason(reply: dict[str, Any], words: str, status: str | None) -> None:
    client, _ = connected(answering("132", reply))
    handle = client.direct_send_text("340", "hi")
    with pytest.raises(CommandFailed, match=words) as caught:
        handle.result()
    assert caught.value.status == status
    assert caught.value.payload == reply
    with pytest.raises(CommandFailed):
        handle.result()


@pytest.mark.parametrize("status", ["fail", "failed", "error", "Not OK", None])
@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ({"payload": {"message": "target item is not supported"}}, "target item is not supported"),
        ({"payload": {"client_context": None, "message": "None"}, "message": "None"}, None),
        ({"message": "Bad Request"}, "Bad Request"),
        ({"exception": "ThreadUserIdDoesNotExist", "content": "gone"}, "ThreadUserIdDoesNotExist: gone"),
        ({"payload": {"error_code": 1545041}}, "error code 1545041"),
        ({"payload": None}, None),
        ({}, None),
    ],
)
def test_anything_but_ok_is_a_refusal(reply: dict[str, Any], reason: str | None, status: str | None) -> None:
    client, _ = connected(answering("132", {"status_code": "403", "status": status, **reply}))
    with pytest.raises(CommandFailed) as caught:
        client.direct_send_text("340", "hi").result()
    assert caught.value.status == "403"
    assert str(caught.value) == "the server refused send_item (403)" + (f": {reason}" if reason else "")


def test_arguments_are_checked_before_anything_is_sent_or_expected() -> None:
    client, transport = connected()
    for wrong in (
        lambda: client.direct_send_text("", "hi"),
        lambda: client.direct_mark_seen("340", None),  # type: ignore[arg-type]
        lambda: client.direct_send_link("340", "hi", []),
        lambda: client.direct_send_reaction("340", "31", reaction_status="gone"),
        lambda: client.graph_ql_subscribe([]),
        lambda: client.skywalker_unsubscribe(""),
        lambda: client.send_foreground_state(keep_alive_timeout=-1),
        lambda: client.send_foreground_state(subscribe_topics=[146]),  # type: ignore[list-item]
    ):
        with pytest.raises(ValueError):  # noqa: PT011 - two of ours, both of them that
            wrong()
    assert transport.sent_of(Publish) == []
    assert client._replies._pending == []


def test_no_answer_in_time_loses_nothing() -> None:
    client, transport = connected(answering("132", None))
    handle = client.direct_send_text("340", "hi")
    began = transport.clock()
    with pytest.raises(RealtimeTimeout, match="no answer to send_item"):
        handle.result(timeout=3)
    assert transport.clock() - began == 3
    transport.arrive(said("133", answer_to(handle)))
    assert handle.result(timeout=3)["status"] == "ok", "a late answer still counts"


def test_foreign_answers_are_nobodys() -> None:
    client, transport = connected(answering("132", None))
    handle = client.direct_send_text("340", "hi")
    transport.arrive(said("133", answer_to({"thread_id": "1", "client_context": "somebody else's"})))
    with pytest.raises(RealtimeTimeout):
        handle.result(timeout=1)


def test_an_answer_that_was_read_before_result_counts() -> None:
    client, _ = connected()
    handle = client.direct_send_text("340", "hi")
    client.read_once()
    client.read_once()
    client.disconnect()
    assert handle.result(timeout=0)["status"] == "ok", "it needs no connection any more"


def test_result_while_the_connection_ends() -> None:
    client, transport = connected(answering("132", None))
    handle = client.direct_send_text("340", "hi")
    transport.arrive(b"", after=1.0)
    with pytest.raises(ConnectionLost):
        handle.result()
    client.disconnect()
    with pytest.raises(NotConnectedError):
        handle.result()


def test_result_from_inside_a_handler() -> None:
    client, transport = connected()
    answers: list[Any] = []
    client.on("iris", lambda payload: answers.append(client.direct_send_text("340", "hi").result(timeout=5)))
    transport.arrive(said("146", ["go"], 1), said("146", ["again"], 2))
    assert client.read_once() == ["go"]
    assert client.read_once() == ["again"]
    assert [answer["status"] for answer in answers] == ["ok", "ok"]


def test_repeating_what_was_accepted_sends_nothing() -> None:
    client, transport = connected()
    first = client.direct_send_text("340", "hi", client_context="once").result()
    again = client.direct_send_text("340", "hi", client_context="once")
    assert again.result(timeout=0) == first
    assert len(published(transport, "132")) == 1


def test_repeating_needs_no_connection_and_outlives_one() -> None:
    client, transport = connected()
    client.direct_send_text("340", "hi", client_context="once").result()
    client.disconnect()
    assert client.direct_send_text("340", "hi", client_context="once").result(timeout=0)["status"] == "ok"
    client.connect()
    client.direct_send_text("340", "hi", client_context="once")
    assert len(published(transport, "132")) == 1


def test_repeating_what_was_refused_or_lost_sends_again() -> None:
    client, transport = connected(answering("132", {"status": "fail", "payload": {"client_context": "twice"}}))
    with pytest.raises(CommandFailed):
        client.direct_send_text("340", "hi", client_context="twice").result()
    transport.broker = answering("132", None)
    with pytest.raises(RealtimeTimeout):
        client.direct_send_text("340", "hi", client_context="twice").result(timeout=1)
    transport.broker = server
    assert client.direct_send_text("340", "hi", client_context="twice").result()["status"] == "ok"
    assert len(published(transport, "132")) == 3


def test_commands_need_a_connection() -> None:
    client = RealtimeClient(Host())
    with pytest.raises(NotConnectedError):
        client.direct_send_text("340", "hi")
    client, transport = connected()
    transport.arrive(b"")
    with pytest.raises(ConnectionLost):
        client.read_once()
    with pytest.raises(NotConnectedError):
        client.direct_mark_seen("340", "31")


def test_appendix_a_10_a_long_lived_sender_does_not_die() -> None:
    """The 65 536th publish was a struct.error."""
    client, transport = connected(lambda packet: [] if isinstance(packet, Publish) else polite(packet))
    for _ in range(65_537):
        client._publish("132", b"")
    identifiers = [packet.packet_id for packet in transport.sent_of(Publish)]  # type: ignore[union-attr]
    assert identifiers[65_534:] == [65_535, 1, 2]


# --- foreground state ------------------------------------------------------------------------------------------------


def test_foreground_state_sends_and_returns_only_what_was_given() -> None:
    client, transport = connected()
    assert client.send_foreground_state(True, True, 60) == {
        "inForegroundApp": True,
        "inForegroundDevice": True,
        "keepAliveTimeout": 60,
    }
    assert client.send_foreground_state(keep_alive_timeout=60, subscribe_topics=["146"], request_id=99) == {
        "keepAliveTimeout": 60,
        "subscribeTopics": ["146"],
        "requestId": 99,
    }
    bodies = [inflate(packet.payload).hex() for packet in transport.sent_of(Publish)]  # type: ignore[union-attr]
    assert bodies == ["001111157800", "00357819180331343646c60100"]


def test_the_keep_alive_that_was_announced_is_adopted() -> None:
    client, transport = connected()
    client.send_foreground_state(False, False, keep_alive_timeout=900)
    assert client.read_once() == PubAck(1)
    began = transport.clock()
    assert client.read_once(timeout=890) is None
    assert transport.times_of(PingReq) == []
    assert client.read_once(timeout=20) is None
    assert len(transport.times_of(PingReq)) == 1
    assert transport.times_of(PingReq)[0] - began <= 900
    client.send_foreground_state(True, True)
    assert client.read_once(timeout=0) == PubAck(2)
    assert client.read_once(timeout=800) is None
    assert len(transport.times_of(PingReq)) == 1, "what was not given does not change"


def test_the_keep_alive_is_adopted_before_the_broker_can_answer() -> None:
    """A reader on another thread that handles the PUBACK at once must not go back to sleep for the old one."""
    client, transport = connected()
    client.send_foreground_state(keep_alive_timeout=900)
    intervals: list[float] = []
    send = transport.send

    def look(data: bytes) -> None:
        assert client._connection is not None
        intervals.append(client._connection.keep_alive.interval)
        send(data)

    transport.send = look  # type: ignore[method-assign]
    client.send_foreground_state(keep_alive_timeout=20)
    assert intervals == [20]


# --- dispatching -----------------------------------------------------------------------------------------------------


def test_dispatch_packet_needs_no_connection_and_returns_the_body() -> None:
    client = RealtimeClient(Host())
    told: list[Any] = []
    client.on("receive", told.append)
    assert client.dispatch_packet("133", deflate(b'{"status":"ok"}')) == {"status": "ok"}
    assert told == [{"topic": "133", "payload": {"status": "ok"}}]


@pytest.mark.parametrize("topic", ["9", "34", "88", "133", "135", "146", "149", "150", "9999", "/t_ms", ""])
@pytest.mark.parametrize(
    "payload", [b"", b"\x78", b"\x78\xda\x00", b"\xff" * 40, b"{", b"null", b"[[]]", b"7", b'{"payload":1}']
)
def test_dispatch_packet_never_raises_for_what_the_bytes_contain(topic: str, payload: bytes) -> None:
    client = RealtimeClient(Host(), on_handler_error="raise")
    client.on(events.Event, lambda event: None)
    for name in ("receive", "message", "direct", "send_response", "iris_sub_response", "realtime_sub", "undecoded"):
        client.on(name, lambda payload: None)
    client.dispatch_packet(topic, payload)
    client.dispatch_packet(topic, deflate(payload))


def test_receive_comes_before_the_specific_events() -> None:
    client = RealtimeClient(Host())
    told: list[str] = []
    for name in ("send_response", "receive"):
        client.on(name, lambda payload, name=name: told.append(name))  # type: ignore[misc]
    client.dispatch_packet("133", deflate(b'{"status":"ok"}'))
    assert told == ["receive", "send_response"]


@pytest.mark.parametrize(
    "answer", [b"null", b"7", b"[]", b"\xff\xfe", b'{"payload":[]}', b'{"payload":{"client_context":[1]}}']
)
def test_a_nonsense_answer_harms_no_reader(answer: bytes) -> None:
    client, transport = connected(answering("132", None))
    handle = client.direct_send_text("340", "hi", client_context="c1")
    transport.arrive(Publish("133", deflate(answer), 5), Publish("135", deflate(answer), 6))
    for _ in range(3):
        client.read_once(1)
    assert client.connected
    transport.arrive(said("133", answer_to(handle)))
    try:
        assert handle.result(timeout=1)["status"] == "ok"
    except CommandFailed:
        # An answer without a context, when only one command waits, is that command's.
        assert answer == b'{"payload":[]}'


def test_result_on_another_thread_while_one_reads() -> None:
    """Without a socket: the reading thread sleeps in the transport and files what the other one waits for."""
    asleep, arrived = threading.Event(), threading.Event()

    class Gate(Replayed):
        performs_handshake = False

        def recv_packet(self) -> bytes:
            if not self.incoming:
                asleep.set()
                if not arrived.wait(5):
                    raise TimeoutError
                arrived.clear()
            return super().recv_packet()

        def disconnect(self) -> None:
            super().disconnect()
            self.incoming.append(b"")
            arrived.set()

    transport = Gate(server)
    client = RealtimeClient(Host(), transport)
    client.connect()
    ended: list[Exception] = []

    def read() -> None:
        try:
            while True:
                client.read_once()
        except (ConnectionLost, NotConnectedError) as error:
            ended.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    assert asleep.wait(5)
    handle = client.direct_send_text("340", "hi")
    arrived.set()
    assert handle.result(timeout=5)["status"] == "ok"
    client.disconnect()
    reader.join(5)
    assert not reader.is_alive()
    assert len(ended) == 1
