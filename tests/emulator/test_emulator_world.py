"""The world by itself: no sockets, no threads, a clock that stands still."""

from __future__ import annotations

import random
from typing import Any

import pytest

from instagrapi.emulator import content
from instagrapi.emulator.handshake import bearer, read_bearer
from instagrapi.emulator.iris import IrisQueue, Patch, PositionUnknown
from instagrapi.emulator.model import Account, Refused
from instagrapi.emulator.signals import Commented, Messaged, Signal, Synced
from instagrapi.emulator.world import World
from instagrapi.realtime.protocol.payload import dump_json

NOW = 1_700_000_000.0


@pytest.fixture
def world() -> World:
    return World(lambda: NOW, random.Random(1))


@pytest.fixture
def alice(world: World) -> Account:
    return world.accounts.create("alice")


@pytest.fixture
def bob(world: World) -> Account:
    return world.accounts.create("bob")


def say(world: World, sender: Account, other: Account, text: str, context: str | None = None) -> Any:
    thread = world.direct_thread(sender, other)
    return world.send(sender, thread, "text", {"text": text}, context or world.new_client_context()).item


def test_accounts_are_found_by_what_identifies_them(world: World, alice: Account) -> None:
    session = world.accounts.open_session(alice)
    assert world.accounts.by_name(" ALICE ") is alice
    assert world.accounts.by_pk(alice.pk) is alice
    assert world.accounts.by_pk(str(alice.pk)) is alice
    assert world.accounts.by_session(session) is alice
    assert world.accounts.by_name("nobody") is world.accounts.by_pk(1) is world.accounts.by_session("x") is None
    for taken in ("Alice", " "):
        with pytest.raises(ValueError, match="no account"):
            world.accounts.create(taken)


def test_sessions_have_the_form_of_the_service_and_end(world: World, alice: Account) -> None:
    session, other = world.accounts.open_session(alice), world.accounts.open_session(alice)
    assert session != other
    pk, _, number, token = session.split("%3A")
    assert (pk, number.isdecimal(), len(token) > 8, len(session) >= 31) == (str(alice.pk), True, True, True)
    world.accounts.end_session(session)
    world.accounts.end_session("unknown")
    assert alice.sessions == {other}
    assert alice.ended_sessions == {session}


def test_a_bearer_carries_the_session(alice: Account) -> None:
    assert read_bearer(bearer(alice, "1%3Aa")) == "1%3Aa"
    assert read_bearer("Bearer IGT:2:") is None


def test_the_same_seed_gives_the_same_world() -> None:
    def build() -> tuple[str, str, str]:
        world = World(lambda: NOW, random.Random(7))
        account = world.accounts.create("x")
        return account.password, world.accounts.open_session(account), world.new_client_context()

    assert build() == build()


def test_ids_count_up_from_known_numbers(world: World, alice: Account, bob: Account) -> None:
    first = say(world, alice, bob, "1")
    second = say(world, bob, alice, "2")
    assert first.thread_id == second.thread_id == "340282366841710300949128000000000000001"
    assert first.item_id == "31000000000000000000000000000000001"
    assert second.item_id == "31000000000000000000000000000000002"
    group = world.create_group([alice, bob], "two again")
    assert group.thread_id == "340282366841710300949128000000000000002"
    assert world.direct_thread(bob, alice).thread_id == first.thread_id


def test_times_are_microseconds_that_never_repeat(world: World, alice: Account, bob: Account) -> None:
    stamps = [say(world, alice, bob, str(number)).timestamp for number in range(3)]
    assert stamps[0] // 1_000_000 == int(NOW)
    assert len(set(stamps)) == 3
    assert stamps == sorted(stamps)


def test_client_contexts_carry_the_time(world: World) -> None:
    assert int(world.new_client_context()) >> 22 == int(NOW * 1000)


def test_threads_need_different_people(world: World, alice: Account) -> None:
    with pytest.raises(ValueError, match="itself"):
        world.direct_thread(alice, alice)
    with pytest.raises(ValueError, match="two members"):
        world.create_group([alice, alice], "alone")


def test_strangers_see_nothing(world: World, alice: Account, bob: Account) -> None:
    item = say(world, alice, bob, "secret")
    carol = world.accounts.create("carol")
    with pytest.raises(Refused, match="thread not found") as refused:
        world.thread(carol, item.thread_id)
    assert refused.value.status == 404
    with pytest.raises(Refused):
        world.react(carol, item, "🔥", "c")
    assert world.threads_of(carol) == []


def test_a_client_context_is_the_senders_own(world: World, alice: Account, bob: Account) -> None:
    first = say(world, alice, bob, "1", "same")
    assert say(world, alice, bob, "2", "same") is first
    assert say(world, bob, alice, "3", "same") is not first


def test_everybody_gets_the_event_and_the_others_a_message(world: World, alice: Account, bob: Account) -> None:
    told: list[tuple[Account, Signal]] = []
    world.listeners.append(lambda account, signal: told.append((account, signal)))
    item = say(world, alice, bob, "hi")
    synced = [(account, signal.event.seq_id) for account, signal in told if isinstance(signal, Synced)]
    assert synced == [(alice, 1001), (bob, 1001)]
    (message,) = [(account, signal) for account, signal in told if isinstance(signal, Messaged)]
    assert message == (bob, Messaged(alice, world.direct_thread(alice, bob), item, 1))


def test_reading_moves_forward_only(world: World, alice: Account, bob: Account) -> None:
    old, new = say(world, alice, bob, "1"), say(world, alice, bob, "2")
    thread = world.direct_thread(alice, bob)
    assert world.unseen_count(bob) == 1
    world.mark_seen(bob, old)
    assert world.unseen_count(bob) == 1
    world.mark_seen(bob, new)
    world.mark_seen(bob, old)
    assert thread.seen[bob.pk].item_id == new.item_id
    assert world.unseen_count(bob) == world.unseen_count(alice) == 0


def test_a_second_reaction_replaces_the_first(world: World, alice: Account, bob: Account) -> None:
    item = say(world, alice, bob, "1")
    for number, emoji in enumerate(("🔥", "👍", "")):
        world.react(bob, item, emoji, str(number))
    assert [reaction.emoji for reaction in item.reactions.values()] == [""]
    events = world.queue(alice).after(1001)
    patches = [event.patches[0] for event in events]
    assert [(patch.op, patch.path.rpartition("/reactions/")[2]) for patch in patches] == [
        ("add", f"emojis/{bob.pk}"),
        ("replace", f"emojis/{bob.pk}"),
        ("add", f"likes/{bob.pk}"),
    ]


def test_taking_back_what_is_not_there_changes_nothing(world: World, alice: Account, bob: Account) -> None:
    item = say(world, alice, bob, "1")
    world.unreact(bob, item, "r")
    assert world.queue(bob).latest_seq_id == 1001


def test_unsent_items_are_gone(world: World, alice: Account, bob: Account) -> None:
    item = say(world, alice, bob, "1")
    world.unsend(alice, item)
    thread = world.direct_thread(alice, bob)
    assert list(thread.latest_first()) == []
    assert not thread.is_unread_by(bob)
    with pytest.raises(Refused, match="target item"):
        world.item(thread, item.item_id)


def test_viewing_a_photo_leaves_earlier_events_as_they_were(world: World, alice: Account, bob: Account) -> None:
    thread = world.direct_thread(alice, bob)
    item = world.post(alice, thread, "raven_media", content.raven(), world.new_client_context()).item
    world.watch(bob, item)
    before, after = (event.patches[0].value["visual_media"]["seen_count"] for event in world.queue(alice).after(1000))
    assert (before, after) == (0, 1)


def test_a_broadcast_runs_until_it_ends(world: World, alice: Account) -> None:
    first = world.start_live(alice)
    assert world.start_live(alice) == first
    world.end_live(alice)
    assert world.start_live(alice) != first


def test_the_queue_keeps_its_latest_events() -> None:
    queue = IrisQueue(capacity=3)
    assert queue.after(1000) == []
    events = [queue.append([Patch("add", f"/{number}", {})], None) for number in range(5)]
    assert [event.seq_id for event in events] == [1001, 1002, 1003, 1004, 1005]
    assert queue.after(1002) == events[2:]
    assert queue.after(1005) == []
    with pytest.raises(PositionUnknown, match="Overflow"):
        queue.after(1001)
    with pytest.raises(PositionUnknown, match="Underflow"):
        queue.after(1006)


def test_events_without_a_value_have_none_on_the_wire() -> None:
    event = IrisQueue().append([Patch("remove", "/x")], "token")
    assert event.render(realtime=True, quotes=True) == {
        "event": "patch",
        "data": [{"op": "remove", "path": "/x"}],
        "message_type": 1,
        "seq_id": 1001,
        "mutation_token": "token",
        "realtime": True,
    }


def test_a_posted_item_can_be_completed_once(world: World, alice: Account, bob: Account) -> None:
    thread = world.direct_thread(alice, bob)
    whole = content.photo()
    item = world.post(alice, thread, "media", content.without_media(whole), "c", later=whole).item
    assert item.data["media"].keys() == {"id", "media_type", "original_width", "original_height"}
    with pytest.raises(Refused, match="own messages"):
        world.complete(bob, item)
    world.complete(alice, item)
    assert item.data == whole
    with pytest.raises(Refused, match="nothing of the item is missing"):
        world.complete(alice, item)
    assert world.post(alice, thread, "media", {}, "c").item is item


def test_only_own_texts_can_be_edited(world: World, alice: Account, bob: Account) -> None:
    item = say(world, alice, bob, "helo")
    world.edit(alice, item, "hello")
    assert item.text == "hello"
    assert [event.patches[0].value["text"] for event in world.queue(alice).after(1000)] == ["helo", "hello"]
    with pytest.raises(Refused, match="own messages"):
        world.edit(bob, item, "mine")
    like = world.send(alice, world.direct_thread(alice, bob), "like", {}, "c").item
    with pytest.raises(Refused, match="only texts"):
        world.edit(alice, like, "x")


def test_a_reaction_can_be_folded_into_the_item(world: World, alice: Account, bob: Account) -> None:
    item = say(world, alice, bob, "1")
    world.react(bob, item, "🔥", "r", is_folded=True)
    (event,) = world.queue(bob).after(1001)
    assert (event.patches[0].op, event.patches[0].path) == ("replace", item.path)
    assert event.patches[0].value["reactions"]["emojis"][0]["emoji"] == "🔥"


def test_texts_are_no_visual_media(world: World, alice: Account, bob: Account) -> None:
    item = say(world, alice, bob, "1")
    for act in (lambda: world.watch(bob, item), lambda: world.notify(bob, item, "x")):
        with pytest.raises(Refused, match="no visual media"):
            act()


def test_comments_need_a_broadcast(world: World, alice: Account, bob: Account) -> None:
    with pytest.raises(Refused, match="bob is not live"):
        world.comment(alice, bob, "hi")


def test_comments_are_counted_per_broadcast(world: World, alice: Account, bob: Account) -> None:
    told: list[Signal] = []
    world.listeners.append(lambda account, signal: told.append(signal) if account is alice else None)
    first, second = world.start_live(alice), world.start_live(bob)
    told.clear()
    for broadcaster in (alice, alice, bob):
        world.comment(bob, broadcaster, "hi")
    comments = [signal for signal in told if isinstance(signal, Commented)]
    assert [(comment.broadcast_id, comment.comment_count) for comment in comments] == [
        (first, 1),
        (first, 2),
        (second, 1),
    ]
    assert len({comment.comment_id for comment in comments}) == 3


@pytest.mark.parametrize("item_type", [*content._BUILDERS, *content._XMA_TARGETS])
def test_every_ready_made_content_is_json(item_type: str) -> None:
    assert dump_json(content.ready_made(item_type, content.ANYTHING)) != b"{}"


@pytest.mark.parametrize("item_type", ["media_share", "clip", "story_share", "profile", "xma_clip", "xma_profile"])
def test_shared_content_names_its_owner(item_type: str) -> None:
    source = content.Source("123456", {"pk": 7, "username": "seven", "full_name": "Seven"})
    assert b"seven" in dump_json(content.ready_made(item_type, source))


def test_unknown_types_carry_nothing() -> None:
    assert content.ready_made("of_tomorrow", content.ANYTHING) == {}


def test_albums_and_voice_messages_are_as_long_as_asked() -> None:
    album = content.album(count=4)["media_share"]
    assert (album["media_type"], album["carousel_media_count"]) == (8, 4)
    assert len({photo["id"] for photo in album["carousel_media"]}) == 4
    audio = content.voice(seconds=2.5)["voice_media"]["media"]["audio"]
    assert (audio["duration"], len(audio["waveform_data"])) == (2500, 25)
    assert all(0 <= value <= 1 for value in audio["waveform_data"])
    assert content.story_gone()["story_share"].keys() >= {"title", "message", "reason"}
