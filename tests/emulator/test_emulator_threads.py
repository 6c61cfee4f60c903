"""Groups, inboxes, message requests and unseen counts in the world by itself."""

from __future__ import annotations

import random
from typing import Any, TypeAlias

import pytest

from instagrapi.emulator import content
from instagrapi.emulator.model import Account, Item, Refused, Thread
from instagrapi.emulator.render import thread_json
from instagrapi.emulator.signals import Messaged, PresenceChanged, Signal, Synced, Typed
from instagrapi.emulator.world import World

#: Who was told what.
Told: TypeAlias = list[tuple[Account, Signal]]


@pytest.fixture
def world() -> World:
    return World(lambda: 1_700_000_000.0, random.Random(1))


@pytest.fixture
def alice(world: World) -> Account:
    return world.accounts.create("alice")


@pytest.fixture
def bob(world: World) -> Account:
    return world.accounts.create("bob")


@pytest.fixture
def carol(world: World) -> Account:
    return world.accounts.create("carol")


@pytest.fixture
def told(world: World) -> Told:
    told: Told = []
    world.listeners.append(lambda account, signal: told.append((account, signal)))
    return told


@pytest.fixture
def group(world: World, told: Told, alice: Account, bob: Account, carol: Account) -> Thread:
    group = world.create_group([alice, bob, carol], "friends")
    told.clear()
    return group


def say(world: World, sender: Account, thread: Thread, text: str = "hi") -> Item:
    return world.send(sender, thread, "text", {"text": text}, world.new_client_context()).item


def patches(told: Told, account: Account) -> list[tuple[str, str, Any]]:
    """Operation, path and value of every patch that an account was told, after which nothing is left to be told."""
    events = [signal.event for other, signal in told if other is account and isinstance(signal, Synced)]
    told.clear()
    return [
        (patch.op, patch.path.removeprefix("/direct_v2/"), patch.value) for event in events for patch in event.patches
    ]


def names(accounts: list[dict[str, Any]]) -> list[str]:
    return [account["username"] for account in accounts]


# --- groups -----------------------------------------------------------------------------------------------------------


def test_a_new_group_appears_to_its_members(world: World, told: Told, alice: Account, bob: Account) -> None:
    group = world.create_group([alice, bob], "two")
    ((op, path, value),) = patches(told, bob)
    assert (op, path) == ("add", f"inbox/threads/{group.thread_id}")
    assert (value["thread_title"], names(value["users"]), value["admin_user_ids"]) == ("two", ["alice"], [alice.pk])


def test_everybody_is_told_a_new_name_with_the_whole_thread(
    world: World, told: Told, group: Thread, bob: Account, carol: Account
) -> None:
    world.rename(bob, group, "renamed")
    ((op, path, value),) = patches(told, carol)
    assert (op, path) == ("replace", f"inbox/threads/{group.thread_id}")
    assert (value["thread_title"], value["named"], value["viewer_id"]) == ("renamed", True, carol.pk)


def test_who_joins_sees_the_thread_appear(world: World, told: Told, group: Thread, bob: Account) -> None:
    dave = world.accounts.create("dave")
    world.add_participant(bob, group, dave)
    ((op, _, value),) = patches(list(told), dave)
    assert (op, names(value["users"])) == ("add", ["alice", "bob", "carol"])
    ((op, _, value),) = patches(told, bob)
    assert (op, names(value["users"])) == ("replace", ["alice", "carol", "dave"])
    world.add_participant(bob, group, dave)
    assert told == []


def test_who_leaves_is_gone(world: World, told: Told, group: Thread, alice: Account, bob: Account) -> None:
    world.remove_participant(alice, group, alice)
    assert patches(list(told), alice) == [("remove", f"inbox/threads/{group.thread_id}", None)]
    ((op, _, value),) = patches(told, bob)
    assert (op, names(value["users"]), names(value["left_users"])) == ("replace", ["carol"], ["alice"])
    assert (value["admin_user_ids"], value["inviter"]["username"]) == ([], "alice")
    assert world.threads_of(alice) == []
    with pytest.raises(Refused, match="thread not found"):
        world.thread(alice, group.thread_id)
    world.add_participant(bob, group, alice)
    assert thread_json(group, bob, limit=1)["left_users"] == []


def test_admins_come_and_go(
    world: World, told: Told, group: Thread, alice: Account, bob: Account, carol: Account
) -> None:
    path = f"threads/{group.thread_id}/admin_user_ids/{bob.pk}"
    world.set_admin(alice, group, bob, True)
    world.set_admin(alice, group, bob, True)
    assert patches(told, carol) == [("add", path, bob.pk)]
    world.set_admin(bob, group, bob, False)
    assert patches(told, carol) == [("remove", path, bob.pk)]
    assert group.admins == [alice.pk]


def test_group_settings_have_paths_of_their_own(
    world: World, told: Told, group: Thread, alice: Account, bob: Account
) -> None:
    world.require_approval(alice, group, True)
    world.set_image(bob, group, {"id": 5})
    root = f"threads/{group.thread_id}"
    assert patches(told, bob) == [
        ("replace", f"{root}/approval_required_for_new_members", True),
        ("replace", f"{root}/thread_image", {"id": 5}),
    ]
    shown = thread_json(group, bob, limit=1)
    assert (shown["approval_required_for_new_members"], shown["thread_image"]) == (True, {"id": 5})


def test_only_admins_manage_members(world: World, group: Thread, bob: Account, carol: Account) -> None:
    for forbidden in (
        lambda: world.remove_participant(bob, group, carol),
        lambda: world.set_admin(bob, group, bob, True),
        lambda: world.require_approval(bob, group, True),
    ):
        with pytest.raises(Refused, match="no admin") as refused:
            forbidden()
        assert refused.value.status == 403


def test_only_groups_and_their_members_can_be_changed(
    world: World, group: Thread, alice: Account, bob: Account
) -> None:
    dave = world.accounts.create("dave")
    with pytest.raises(Refused, match="no group"):
        world.rename(alice, world.direct_thread(alice, bob), "x")
    with pytest.raises(Refused, match="dave is not in the group"):
        world.set_admin(alice, group, dave, True)
    with pytest.raises(Refused, match="dave is not in the group"):
        world.rename(dave, group, "x")


# --- one's own inbox --------------------------------------------------------------------------------------------------


def test_muting_is_told_to_oneself(world: World, told: Told, group: Thread, alice: Account, bob: Account) -> None:
    for is_muted in (True, False):
        world.mute(bob, group, is_muted)
        assert patches(list(told), alice) == []
        ((op, _, value),) = patches(told, bob)
        assert (op, value["muted"]) == ("replace", is_muted)


def test_a_hidden_thread_comes_back_with_the_next_message(
    world: World, told: Told, group: Thread, alice: Account, bob: Account
) -> None:
    world.hide(bob, group)
    world.hide(bob, group)
    assert patches(told, bob) == [("remove", f"inbox/threads/{group.thread_id}", {})]
    assert (world.threads_of(bob), world.threads_of(alice)) == ([], [group])
    item = say(world, alice, group)
    entries = patches(told, bob)
    assert [(op, path) for op, path, _ in entries] == [
        ("add", f"inbox/threads/{group.thread_id}"),
        ("replace", "inbox/unseen_count"),
        ("add", f"threads/{group.thread_id}/items/{item.item_id}"),
    ]
    assert entries[0][2]["items"][0]["item_id"] == item.item_id
    assert world.threads_of(bob) == [group]


# --- unseen counts ----------------------------------------------------------------------------------------------------


def counts(told: Told, account: Account) -> list[tuple[str, int]]:
    return [(path.split("/")[0], value) for _, path, value in patches(told, account) if path.endswith("unseen_count")]


def test_unseen_counts_are_told_when_they_change(
    world: World, told: Told, group: Thread, alice: Account, bob: Account
) -> None:
    first = say(world, alice, group)
    assert counts(list(told), alice) == []
    assert counts(told, bob) == [("inbox", 1)]
    say(world, alice, group)
    assert counts(told, bob) == []
    say(world, alice, world.direct_thread(alice, bob))
    assert counts(told, bob) == [("inbox", 2)]
    world.mark_seen(bob, first)
    assert counts(told, bob) == []
    say(world, bob, group)
    assert counts(told, bob) == [("inbox", 1)]
    world.hide(bob, world.direct_thread(alice, bob))
    assert counts(told, bob) == [("inbox", 0)]


def test_an_unseen_count_comes_with_what_changed_it_and_says_when(
    world: World, group: Thread, alice: Account, bob: Account
) -> None:
    item = say(world, alice, group)
    (event,) = world.queue(bob).after(1001)
    shown = event.render(realtime=True, quotes=True)["data"]
    assert [patch["path"].rpartition("/")[2] for patch in shown] == [item.item_id, "unseen_count"]
    assert shown[1] == {
        "op": "replace",
        "path": "/direct_v2/inbox/unseen_count",
        "value": "1",
        "ts": str(item.timestamp),
    }


def test_unsending_the_only_unread_message_counts(
    world: World, told: Told, group: Thread, alice: Account, bob: Account
) -> None:
    item = say(world, alice, group)
    told.clear()
    world.unsend(alice, item)
    assert counts(told, bob) == [("inbox", 0)]


def test_the_visual_inbox_counts_by_itself(
    world: World, told: Told, group: Thread, alice: Account, bob: Account
) -> None:
    item = world.post(alice, group, "raven_media", content.raven(), "c", is_visual=True).item
    assert item.path == f"/direct_v2/visual_threads/{group.thread_id}/items/{item.item_id}"
    assert counts(told, bob) == [("visual_inbox", 1)]
    assert (world.unseen_count(bob), world.visual_unseen_count(bob), world.visual_unseen_count(alice)) == (0, 1, 0)
    world.watch(bob, item)
    assert counts(told, bob) == [("visual_inbox", 0)]


# --- message requests -------------------------------------------------------------------------------------------------


@pytest.fixture
def request_thread(world: World, told: Told, alice: Account, bob: Account) -> Thread:
    thread = world.request_thread(alice, bob)
    say(world, alice, thread, "do I know you?")
    return thread


def test_a_request_is_only_pushed(
    world: World, told: Told, request_thread: Thread, alice: Account, bob: Account
) -> None:
    item = request_thread.items[0]
    world.indicate_activity(alice, request_thread, 1, "c")
    world.set_presence(alice, True)
    world.set_presence(bob, True)
    assert [signal for account, signal in told if account is bob] == [Messaged(alice, request_thread, item, 0, True)]
    assert not any(isinstance(signal, PresenceChanged) for _, signal in told)
    assert world.requests_to(bob) == [request_thread]
    assert (world.threads_of(bob), world.threads_of(alice)) == ([], [request_thread])
    assert (world.unseen_count(bob), world.thread(bob, request_thread.thread_id)) == (0, request_thread)
    assert world.request_thread(alice, bob) is request_thread


def test_reading_a_request_leaves_no_trace(
    world: World, told: Told, request_thread: Thread, alice: Account, bob: Account
) -> None:
    told.clear()
    world.mark_seen(bob, request_thread.items[0])
    world.indicate_activity(bob, request_thread, 1, "c")
    assert (told, request_thread.seen) == ([], {})


def test_accepting_a_request_moves_it_to_the_inbox(
    world: World, told: Told, request_thread: Thread, alice: Account, bob: Account
) -> None:
    told.clear()
    world.approve(bob, request_thread)
    world.approve(bob, request_thread)
    (op, path, value), count = patches(told, bob)
    assert (op, path) == ("add", f"inbox/threads/{request_thread.thread_id}")
    assert (value["pending"], value["items"][0]["text"]) == (False, "do I know you?")
    assert count == ("replace", "inbox/unseen_count", 1)
    assert (world.threads_of(bob), world.requests_to(bob)) == ([request_thread], [])
    world.indicate_activity(alice, request_thread, 1, "c")
    assert any(isinstance(signal, Typed) and account is bob for account, signal in told)
    with pytest.raises(Refused, match="bob is no stranger"):
        world.request_thread(alice, bob)
    with pytest.raises(Refused, match="no message request"):
        world.decline(bob, request_thread)


def test_answering_a_request_accepts_it(world: World, request_thread: Thread, bob: Account) -> None:
    say(world, bob, request_thread, "yes")
    assert world.requests_to(bob) == []
    assert world.threads_of(bob) == [request_thread]


def test_a_declined_request_is_gone_until_the_next_one(
    world: World, told: Told, request_thread: Thread, alice: Account, bob: Account
) -> None:
    told.clear()
    world.decline(bob, request_thread)
    assert (world.requests_to(bob), world.threads_of(bob)) == ([], [])
    say(world, alice, request_thread, "hello?")
    assert patches(told, bob) == []
    assert world.requests_to(bob) == [request_thread]


def test_nobody_writes_requests_to_themselves(world: World, alice: Account) -> None:
    with pytest.raises(ValueError, match="itself"):
        world.request_thread(alice, alice)
