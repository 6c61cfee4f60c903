"""Every kind of event that the brokers can cause: an actor acts, a client hears of it, over TLS."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from instagrapi import Client
from instagrapi.emulator import Actor, Emulator, content
from instagrapi.realtime.protocol.payload import deflate
from instagrapi.realtime.wire.subscriptions import app_presence, direct_typing, skywalker_direct, skywalker_live
from tests.emulator.listening import Listening

COMMENTS = "17855344750227125"
ZERO_PROVISION = "17913953740109069"
INAPP_NOTIFICATION = "17899377895239777"


@pytest.fixture
def client(emu: Emulator, bot: Actor) -> Client:
    return emu.client(bot)


@pytest.fixture
def heard(client: Client, alice: Actor, bot: Actor) -> Iterator[Listening]:
    """A client that hears everything there is to hear; the two have talked before."""
    alice.thread_with(bot)
    realtime = client.realtime_connect()
    listening = Listening(realtime)
    realtime.graph_ql_subscribe([direct_typing(bot.pk), app_presence()])
    realtime.skywalker_subscribe([skywalker_direct(bot.pk), skywalker_live(bot.pk)])
    realtime.direct_subscribe()
    yield listening
    client.realtime_disconnect()


@pytest.fixture
def pushed(client: Client) -> Iterator[Listening]:
    yield Listening(client.fbns_connect())
    client.fbns_disconnect()


def carried(event: Any) -> Any:
    """The item in a message's patch."""
    return json.loads(event.raw["value"])


# --- messages ---------------------------------------------------------------------------------------------------------


def test_message(heard: Listening, alice: Actor, bot: Actor) -> None:
    item = alice.send(bot, "hi")
    event = heard.next("message", text="hi")
    assert (event.op, event.thread_id, event.item_id) == ("add", item.thread_id, item.item_id)
    assert (event.user_id, event.item_type, event.from_me) == (str(alice.pk), "text", False)
    assert event.client_context == item.client_context


KNOWN_TYPES = sorted({*content._BUILDERS, *content._XMA_TARGETS, "expired_placeholder", "deletion", "of_tomorrow"})


def test_message_of_every_type(heard: Listening, alice: Actor, bot: Actor) -> None:
    for item_type in KNOWN_TYPES:
        item = alice.post(bot, item_type)
        event = heard.next("message", item_id=item.item_id)
        assert event.item_type == item_type
        assert content.ready_made(item_type, content.ANYTHING).keys() <= carried(event).keys()


SENDING: dict[str, tuple[str, Callable[[Actor, Actor], Any]]] = {
    "photo": ("media", lambda alice, bot: alice.send_photo(bot)),
    "video": ("media", lambda alice, bot: alice.send_video(bot)),
    "album": ("media_share", lambda alice, bot: alice.send_album(bot)),
    "voice": ("voice_media", lambda alice, bot: alice.send_voice(bot)),
    "GIF": ("animated_media", lambda alice, bot: alice.send_gif(bot)),
    "sticker": ("animated_media", lambda alice, bot: alice.send_gif(bot, is_sticker=True)),
    "link": ("link", lambda alice, bot: alice.send_link(bot, "see https://e.org", "https://e.org")),
    "view once": ("raven_media", lambda alice, bot: alice.send_raven(bot)),
    "story reply": ("reel_share", lambda alice, bot: alice.reply_to_story(bot, "nice")),
    "story reaction": ("reel_share", lambda alice, bot: alice.react_to_story(bot, "😍")),
    "story mention": ("reel_share", lambda alice, bot: alice.mention_in_story(bot)),
}


@pytest.mark.parametrize("name", SENDING)
def test_message_with_something_in_it(heard: Listening, alice: Actor, bot: Actor, name: str) -> None:
    item_type, send = SENDING[name]
    item = send(alice, bot)
    event = heard.next("message", item_id=item.item_id)
    assert event.item_type == item_type
    assert carried(event)[item_type if item_type != "raven_media" else "visual_media"]


def test_message_in_a_group(emu: Emulator, heard: Listening, alice: Actor, bot: Actor) -> None:
    group = emu.group(alice, bot, emu.account("carol"), title="friends")
    assert heard.next("thread_update", op="add", thread_id=group.thread_id).field == "thread"
    emu.account("carol").send(group, "hi all")
    assert heard.next("message", thread_id=group.thread_id).text == "hi all"


def test_message_update_when_it_is_edited(heard: Listening, alice: Actor, bot: Actor) -> None:
    item = alice.send(bot, "helo")
    alice.edit(item, "hello")
    event = heard.next("message_update", item_id=item.item_id)
    assert (event.op, event.text, event.user_id) == ("replace", "hello", str(alice.pk))


@pytest.mark.parametrize("kind", ["photo", "video"])
def test_message_update_when_its_media_can_be_downloaded(heard: Listening, alice: Actor, bot: Actor, kind: str) -> None:
    send = alice.send_photo if kind == "photo" else alice.send_video
    item = send(bot, url_later=True)
    assert "url" not in heard.next("message", item_id=item.item_id).raw["value"]
    alice.complete(item)
    media = carried(heard.next("message_update", item_id=item.item_id))["media"]
    assert media["image_versions2"]["candidates"][0]["url"].startswith("https://")
    assert bool(media.get("video_versions")) is (kind == "video")


def test_message_update_when_the_preview_of_a_link_is_known(heard: Listening, alice: Actor, bot: Actor) -> None:
    item = alice.send_link(bot, "see https://e.org", "https://e.org", preview_later=True)
    context = carried(heard.next("message", item_id=item.item_id))["link"]["link_context"]
    assert (context["link_url"], context["link_title"]) == ("https://e.org", "")
    alice.complete(item)
    assert carried(heard.next("message_update", item_id=item.item_id))["link"]["link_context"]["link_title"]


def test_message_update_when_reactions_are_folded_in(heard: Listening, alice: Actor, bot: Actor) -> None:
    item = bot.send(alice, "good?")
    alice.react(item, "🔥", folded=True)
    event = heard.next("message_update", item_id=item.item_id)
    assert carried(event)["reactions"]["emojis"][0]["emoji"] == "🔥"


def test_message_update_when_view_once_media_is_viewed(heard: Listening, alice: Actor, bot: Actor) -> None:
    item = bot.send_raven(alice)
    alice.watch(item)
    assert carried(heard.next("message_update", item_id=item.item_id))["visual_media"]["seen_user_ids"] == [alice.pk]


@pytest.mark.parametrize("act", [Actor.screenshot, Actor.replay])
def test_a_notification_about_a_message_is_none_of_it(
    heard: Listening, alice: Actor, bot: Actor, act: Callable[[Actor, Any], None]
) -> None:
    item = bot.send_raven(alice)
    act(alice, item)
    event = heard.next_patch("notify", f"/items/{item.item_id}")
    assert event.kind not in ("message", "message_delete")
    value = carried(event)
    assert value["user_id"] == alice.pk
    assert value["action_log"]["description"].startswith("alice ")


@pytest.mark.parametrize(("form", "value"), [("item_id", True), ("empty", "{}"), ("absent", None)])
def test_message_delete(heard: Listening, alice: Actor, bot: Actor, form: Any, value: Any) -> None:
    item = alice.send(bot, "oops")
    alice.unsend(item, form)
    event = heard.next("message_delete", item_id=item.item_id)
    assert (event.op, event.thread_id) == ("remove", item.thread_id)
    assert event.raw.get("value") == (item.item_id if value is True else value)


def test_visual_message(heard: Listening, alice: Actor, bot: Actor) -> None:
    item = alice.send_raven(bot, as_visual_thread=True)
    event = heard.next("visual_message", item_id=item.item_id)
    assert (event.thread_id, event.user_id, event.item_type) == (item.thread_id, str(alice.pk), "raven_media")
    assert heard.next("unseen_count", inbox="visual_inbox").count == 1
    bot.watch(item)
    assert heard.next("unseen_count", inbox="visual_inbox").count == 0
    alice.unsend(item)
    heard.next("message_delete", item_id=item.item_id)


# --- what people do with messages -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("emoji", "shown"), [("🔥", "🔥"), ("", None)])
def test_reaction(heard: Listening, alice: Actor, bot: Actor, emoji: str, shown: str | None) -> None:
    item = bot.send(alice, "good?")
    alice.react(item, emoji)
    event = heard.next("reaction", op="add")
    assert (event.thread_id, event.item_id, event.user_id) == (item.thread_id, item.item_id, str(alice.pk))
    assert event.emoji == shown
    alice.unreact(item)
    assert heard.next("reaction", op="remove").item_id == item.item_id


def test_seen(heard: Listening, alice: Actor, bot: Actor) -> None:
    item = bot.send(alice, "read this")
    alice.seen(item)
    event = heard.next("seen")
    assert (event.thread_id, event.user_id, event.item_id) == (item.thread_id, str(alice.pk), item.item_id)


@pytest.mark.parametrize("plain", [False, True])
def test_typing(emu: Emulator, heard: Listening, alice: Actor, bot: Actor, plain: bool) -> None:
    emu.dialect.plain_graphql = plain
    thread_id = alice.thread_with(bot).thread_id
    for act, is_active, status in (
        (lambda: alice.typing(bot), True, 1),
        (lambda: alice.recording(bot), True, 2),
        (lambda: alice.typing(bot, active=False), False, 0),
    ):
        act()
        event = heard.next("typing")
        assert (event.thread_id, event.sender_id, event.is_active) == (thread_id, str(alice.pk), is_active)
        assert (event.ttl, carried(event)["activity_status"]) == (12000, status)


def test_presence(heard: Listening, alice: Actor) -> None:
    for active in (True, False):
        alice.presence(active=active)
        event = heard.next("presence", is_active=active)
        assert (event.user_id, event.last_activity_at_ms.isdecimal()) == (str(alice.pk), True)


def test_unseen_count(heard: Listening, alice: Actor, bot: Actor) -> None:
    first = alice.send(bot, "one")
    assert heard.next("unseen_count", inbox="inbox").count == 1
    alice.send(bot, "two")
    heard.next("message", text="two")
    bot.seen(alice.thread_with(bot))
    assert heard.next("unseen_count").count == 0
    assert first.thread_id == heard.next("seen").thread_id
    assert "unseen_count" not in heard.kinds()


# --- threads ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def group(emu: Emulator, heard: Listening, alice: Actor, bot: Actor) -> Any:
    group = emu.group(alice, bot, emu.account("carol"), title="friends")
    heard.next("thread_update", op="add")
    return group


CHANGES: dict[str, tuple[Callable[[Emulator, Actor, Actor, Any], None], str, str]] = {
    "rename": (lambda emu, alice, bot, group: alice.rename(group, "renamed"), "replace", "thread"),
    "image": (lambda emu, alice, bot, group: alice.change_image(group), "replace", "thread_image"),
    "joined": (lambda emu, alice, bot, group: alice.add_to(group, emu.account("dave")), "replace", "thread"),
    "left": (lambda emu, alice, bot, group: emu.account("carol").leave(group), "replace", "thread"),
    "removed": (lambda emu, alice, bot, group: alice.remove_from(group, emu.account("carol")), "replace", "thread"),
    "admin": (lambda emu, alice, bot, group: alice.make_admin(group, bot), "add", "admin_user_ids"),
    "approval": (
        lambda emu, alice, bot, group: alice.require_approval(group),
        "replace",
        "approval_required_for_new_members",
    ),
    "mute": (lambda emu, alice, bot, group: bot.mute(group), "replace", "thread"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_thread_update(emu: Emulator, heard: Listening, alice: Actor, bot: Actor, group: Any, name: str) -> None:
    change, op, field = CHANGES[name]
    change(emu, alice, bot, group)
    event = heard.next("thread_update")
    assert (event.op, event.thread_id, event.field) == (op, group.thread_id, field)


def test_thread_update_when_an_admin_is_dismissed(heard: Listening, alice: Actor, bot: Actor, group: Any) -> None:
    alice.make_admin(group, bot)
    heard.next("thread_update", op="add")
    alice.make_admin(group, bot, is_admin=False)
    assert heard.next("thread_update", op="remove").field == "admin_user_ids"


def test_thread_update_when_a_request_is_accepted(emu: Emulator, heard: Listening, bot: Actor) -> None:
    item = emu.account("stranger").request(bot, "hello, do I know you?")
    assert not {"message", "thread_update", "unseen_count"} & set(heard.kinds())
    bot.approve(emu.account("stranger").thread_with(bot))
    event = heard.next("thread_update", op="add")
    assert (event.thread_id, event.field) == (item.thread_id, "thread")
    assert heard.next("unseen_count").count == 1
    emu.account("stranger").send(bot, "we talk now")
    assert heard.next("message").text == "we talk now"


@pytest.mark.parametrize("act", [Actor.hide, Actor.leave])
def test_thread_remove(heard: Listening, bot: Actor, group: Any, act: Callable[[Actor, Any], None]) -> None:
    act(bot, group)
    event = heard.next("thread_remove")
    assert (event.op, event.thread_id) == ("remove", group.thread_id)


def test_a_hidden_thread_comes_back(heard: Listening, alice: Actor, bot: Actor, group: Any) -> None:
    bot.hide(group)
    heard.next("thread_remove")
    alice.send(group, "still there?")
    assert heard.next("thread_update", op="add").thread_id == group.thread_id
    assert heard.next("message").text == "still there?"


# --- live, calls, queries ---------------------------------------------------------------------------------------------


def test_live_started_and_stopped(heard: Listening, alice: Actor) -> None:
    broadcast_id = alice.live()
    started = heard.next("live_started")
    assert (started.broadcast_id, started.user_id) == (broadcast_id, str(alice.pk))
    alice.live(active=False)
    assert heard.next("live_stopped").broadcast_id == broadcast_id


def test_graphql_with_comments_on_a_live_broadcast(heard: Listening, alice: Actor, emu: Emulator) -> None:
    wish = {"client_subscription_id": "s-1", "broadcast_id": alice.live()}
    subscription = f"1/graphqlsubscriptions/{COMMENTS}/{json.dumps({'input_data': wish})}"
    heard.client.graph_ql_subscribe(subscription)
    emu.wait_until(lambda: subscription in emu.subscriptions("bot"))
    emu.account("carol").live()
    emu.account("dave").comment(emu.account("carol"), "elsewhere")
    emu.account("dave").comment(alice, "have you seen this? typing…")
    event = heard.next("graphql", query_id=COMMENTS)
    body = event.raw["live_video_comment_event"]
    assert (body["client_subscription_id"], body["comment_count"]) == ("s-1", 1)
    (comment,) = body["comments"]
    assert (comment["text"], comment["user"]["username"]) == ("have you seen this? typing…", "dave")
    assert "graphql" not in heard.kinds()


def test_graphql_of_any_query(heard: Listening, emu: Emulator, bot: Actor) -> None:
    subscription = f'1/graphqlsubscriptions/{ZERO_PROVISION}/{{"input_data":{{"device_id":"d"}}}}'
    payload = {"zero_product_provisioning_event": {"device_id": "d", "product_name": "select"}}
    assert emu.graphql(bot, ZERO_PROVISION, payload) == 0
    heard.client.graph_ql_subscribe(subscription)
    emu.wait_until(lambda: subscription in emu.subscriptions(bot))
    assert emu.graphql(bot, ZERO_PROVISION, payload) == 1
    event = heard.next("graphql")
    assert (event.query_id, event.raw) == (ZERO_PROVISION, payload)


def test_graphql_of_a_query_that_connect_names(heard: Listening, emu: Emulator, bot: Actor) -> None:
    payload = {"inapp_notification_event": {"title": "alice", "text": "alice mentioned you"}}
    assert emu.graphql(bot, INAPP_NOTIFICATION, payload) == 1
    assert heard.next("graphql", query_id=INAPP_NOTIFICATION).raw == payload


def test_a_video_call_is_told(heard: Listening, alice: Actor, bot: Actor) -> None:
    call_id = alice.call(bot, message_type=3)
    event = heard.next("unknown")
    assert event.raw["topic"] == 4
    assert event.raw["payload"]["payload"] == {"videoCallId": call_id, "messageType": 3}


# --- answers and what nobody asked for --------------------------------------------------------------------------------


@pytest.mark.parametrize("on_pubsub", [False, True])
def test_send_response(emu: Emulator, heard: Listening, alice: Actor, bot: Actor, on_pubsub: bool) -> None:
    emu.dialect.answers_on_pubsub = on_pubsub
    thread_id = alice.thread_with(bot).thread_id
    sent = heard.client.direct_send_text(thread_id, "hi")
    event = heard.next("send_response")
    item = alice.last_message_from(bot)
    assert item is not None
    assert (event.ok, event.status_code, event.client_context) == (True, "200", sent["client_context"])
    assert (event.item_id, event.thread_id) == (item.item_id, thread_id)
    heard.client.direct_send_reaction(thread_id, "31000000000000000000000000000000099", emoji="❤")
    refused = heard.next("send_response", ok=False)
    assert (refused.status_code, refused.message) == ("404", "target item is not supported")


def test_iris_sub_response(heard: Listening) -> None:
    event = heard.next("iris_sub_response")
    assert (event.ok, event.seq_id, event.latest_seq_id) == (True, 1000, 1000)
    heard.client.publish_json("134", {"seq_id": 9999, "snapshot_at_ms": 1, "snapshot_app_version": "428.0"})
    refused = heard.next("iris_sub_response", ok=False)
    assert (refused.error_type, refused.error_message) == (1, "IrisQueueUnderflowException")


def test_region_hint(heard: Listening) -> None:
    assert heard.next("region_hint").hint == "ASH"


def test_undecoded(emu: Emulator, heard: Listening, bot: Actor) -> None:
    emu.publish(bot, "146", b"\xff\xfe")
    event = heard.next("undecoded")
    assert (event.topic, event.payload) == ("146", b"\xff\xfe")


def test_unknown(emu: Emulator, heard: Listening, bot: Actor) -> None:
    emu.publish(bot, "151", deflate(b'{"badge":1}'))
    event = heard.next("unknown")
    assert (event.topic, event.raw) == ("151", {"badge": 1})


# --- doubles on topic 88 ----------------------------------------------------------------------------------------------


@pytest.fixture
def pubsub(emu: Emulator, bot: Actor, alice: Actor) -> Iterator[Listening]:
    """A client without a blacklist that only listens to Direct on topic 88."""
    alice.thread_with(bot)
    client = Client(profile=emu.profile.replace(realtime={"pubsub_blacklist": ""}))
    client.login(bot.username, bot.password)
    realtime = client.realtime_connect()
    listening = Listening(realtime)
    realtime.skywalker_subscribe(skywalker_direct(bot.pk))
    emu.wait_until(lambda: emu.subscriptions(bot))
    yield listening
    client.realtime_disconnect()


def test_direct_events_come_on_pubsub_when_they_are_not_blacklisted(
    pubsub: Listening, alice: Actor, bot: Actor
) -> None:
    item = alice.send(bot, "hi")
    assert pubsub.next("message", item_id=item.item_id).raw["doublePublish"] is True
    assert pubsub.next("unseen_count", inbox="inbox").count == 1
    alice.typing(bot)
    assert pubsub.next("typing").sender_id == str(alice.pk)
    alice.seen(bot.send(alice, "read this"))
    assert pubsub.next("seen").user_id == str(alice.pk)
    alice.react(item, "🔥")
    assert pubsub.next("reaction").emoji == "🔥"
    raven = alice.send_raven(bot, as_visual_thread=True)
    assert pubsub.next("visual_message").item_id == raven.item_id
    assert pubsub.next("unseen_count", inbox="visual_inbox").count == 1
    alice.unsend(item)
    assert pubsub.next("message_delete").item_id == item.item_id


# --- push -------------------------------------------------------------------------------------------------------------


def test_push_of_a_message(pushed: Listening, alice: Actor, bot: Actor) -> None:
    item = alice.send(bot, "hi")
    event = pushed.next("push")
    assert (event.collapse_key, event.recipient_id, event.source_id) == (
        "direct_v2_message",
        str(bot.pk),
        str(alice.pk),
    )
    assert (event.action_path, event.action_params) == ("direct_v2", {"id": item.thread_id, "x": item.item_id})
    assert (event.message, event.badge) == ("alice: hi", {"di": 1, "ds": 0, "ac": 0})
    assert event.push_id


def test_push_of_a_request_leads_to_its_message(emu: Emulator, client: Client, pushed: Listening, bot: Actor) -> None:
    item = emu.account("stranger").request(bot, "hello, do I know you?")
    event = pushed.next("push", collapse_key="direct_v2_pending")
    assert event.action_params == {"id": item.thread_id, "x": item.item_id}
    answer = client.private_request(f"direct_v2/threads/{event.action_params['id']}/")
    assert answer["thread"]["pending"] is True
    assert answer["thread"]["items"][0]["text"] == "hello, do I know you?"


@pytest.mark.parametrize(
    ("key", "message", "action", "path", "params"),
    [
        ("new_follower", "alice started following you.", "user?username=alice", "user", {"username": "alice"}),
        ("like", "alice liked your post.", "media?id=1_2", "media", {"id": "1_2"}),
        ("comment", "alice commented: nice", "comments_v2?media_id=1_2", "comments_v2", {"media_id": "1_2"}),
        ("live_broadcast", "alice started a live video.", "broadcast?id=5", "broadcast", {"id": "5"}),
    ],
)
def test_push_of_every_category(
    pushed: Listening, alice: Actor, bot: Actor, key: str, message: str, action: str, path: str, params: dict[str, str]
) -> None:
    alice.push(bot, key, message=message, action=action)
    event = pushed.next("push")
    assert (event.collapse_key, event.message, event.source_id) == (key, message, str(alice.pk))
    assert (event.action_path, event.action_params) == (path, params)


def test_push_that_shows_nothing(emu: Emulator, pushed: Listening, bot: Actor) -> None:
    emu.silent_push(bot)
    event = pushed.next("push")
    assert (event.collapse_key, event.message) == ("reachability_silent_push", "")
    assert (event.recipient_id, event.source_id, event.badge) == (str(bot.pk), None, {"di": 0})


def test_an_envelope_without_a_notification_is_no_push(emu: Emulator, pushed: Listening, bot: Actor) -> None:
    envelopes: list[Any] = []
    pushed.client.on("receive", envelopes.append)
    emu.bare_push(bot)
    while not envelopes:
        assert pushed.client.read_once(timeout=5) is not None
    assert "fbpushnotif" not in envelopes[0]["payload"]
    assert "push" not in pushed.kinds()
