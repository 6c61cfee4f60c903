"""Actors, the companion, and the package's own client against the emulator."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from instagrapi.emulator import Actor, Companion, Emulator
from instagrapi.emulator.model import Refused
from tests.emulator.tiny_client import TinyClient

Follow = Callable[..., TinyClient]


def test_accounts_are_made_once(emu: Emulator) -> None:
    alice = emu.account("Alice", "secret")
    assert (alice.username, alice.password) == ("alice", "secret")
    assert emu.account("alice").pk == emu.account("ALICE", "secret").pk == alice.pk
    assert emu.account("bob").pk != alice.pk
    with pytest.raises(ValueError, match="another password"):
        emu.account("alice", "other")
    assert "secret" not in repr(alice) + repr(alice.account)


def test_actors_see_what_the_others_wrote(emu: Emulator, alice: Actor, bot: Actor) -> None:
    assert alice.last_message_from(bot) is None
    bot.send(alice, "one")
    two = bot.send(emu.group(bot, alice), "two")
    assert alice.last_message_from(bot) is two
    bot.unsend(two)
    item = alice.last_message_from(bot)
    assert item is not None
    assert item.text == "one"


def test_seeing_a_thread_means_its_newest_item(alice: Actor, bot: Actor) -> None:
    thread = bot.thread_with(alice)
    alice.seen(thread)
    assert thread.seen == {}
    bot.send(thread, "one")
    two = bot.send(thread, "two")
    alice.seen(thread)
    assert thread.seen[alice.pk].item_id == two.item_id


def test_reactions_of_actors(alice: Actor, bot: Actor) -> None:
    item = bot.send(alice, "one")
    alice.react(item, "❤")
    assert item.reactions[alice.pk].emoji == "❤"
    alice.unreact(item)
    alice.unreact(item)
    assert item.reactions == {}
    bot.unsend(item)
    with pytest.raises(ValueError, match="target item"):
        alice.react(item)


def test_waiting_in_vain_ends(emu: Emulator) -> None:
    with pytest.raises(TimeoutError):
        emu.wait_until(lambda: False, timeout=0.01)


def test_the_companion_starts_a_conversation(emu: Emulator, follow: Follow, bot: Actor) -> None:
    client = follow(bot)
    companion = emu.companion("alice", interval=0.001)
    message = client.patch()
    assert message["value"]["text"] == "hi there"
    assert message["value"]["user_id"] == companion.actor.pk
    assert emu.wait_until(lambda: bot.last_message_from(companion.actor))


def test_the_companion_answers(emu: Emulator, follow: Follow, alice: Actor, bot: Actor) -> None:
    follow(bot)
    item = bot.send(alice, "ping")
    emu.companion("alice", interval=0.001)
    emu.wait_until(lambda: any(entry.text == "you said: ping" for entry in bot.thread_with(alice).items))
    assert item.reactions[alice.pk].emoji == "❤"
    assert bot.thread_with(alice).seen[alice.pk]


def test_the_companion_leaves_alone_who_is_not_connected(emu: Emulator, follow: Follow, bot: Actor) -> None:
    carol = emu.account("carol")
    companion = emu.companion("alice", interval=0.001)
    carol.send(companion.actor, "anybody there?")
    follow(bot)
    emu.wait_until(lambda: bot.last_message_from(companion.actor))
    assert carol.last_message_from(companion.actor) is None


def test_the_companion_talks_to_programs_that_only_want_pushes(
    emu: Emulator, connect_fbns: Callable[..., tuple[TinyClient, object]], bot: Actor
) -> None:
    client, _ = connect_fbns()
    client.publish("79", {"pkg_name": "com.instagram.android", "appid": 1})
    client_of_bot = emu.client("bot")
    client_of_bot.private_request("push/register/", {"device_token": client.json("80")["token"]}, with_signature=False)
    emu.companion("alice", interval=0.001)
    assert client.json("76")["cp"] == "direct_v2_message"


def test_what_the_companion_does_step_by_step(alice: Actor, bot: Actor) -> None:
    companion = Companion(alice, list, 60)
    for _ in range(4):
        companion.step(bot)
    assert alice.account.is_active
    texts = [item.text for item in alice.thread_with(bot).items]
    assert texts == ["hi there"]
    like = bot.share(alice, "like")
    companion.step(bot)
    assert like.reactions[alice.pk]
    answer = bot.last_message_from(alice)
    assert answer is not None
    assert answer.text == "thanks!"
    companion.step(bot)
    assert not alice.account.is_active
    companion.stop()
    companion.stop()


def test_the_companion_sends_files_now_and_then(alice: Actor, bot: Actor) -> None:
    companion = Companion(alice, list, 60)
    for _ in range(32):
        companion.step(bot)
    items = list(alice.thread_with(bot).items)
    assert {item.item_type for item in items} == {"text", "media", "voice_media"}
    assert {item.shown["media"]["media_type"] for item in items if item.item_type == "media"} == {1, 2}


def test_a_refusal_does_not_end_the_companion(emu: Emulator, follow: Follow, bot: Actor) -> None:
    follow(bot)
    companion = emu.companion("alice", interval=0.001)
    went_on = threading.Event()
    steps: list[Actor] = []

    def step(partner: Actor) -> None:
        steps.append(partner)
        if len(steps) == 2:
            went_on.set()
        raise Refused(404, "target item is not supported")

    companion.step = step  # type: ignore[method-assign]
    assert went_on.wait(5)


def test_the_client_is_logged_in(emu: Emulator, bot: Actor) -> None:
    client = emu.client("bot")
    assert int(client.user_id) == bot.pk
    assert [call.path for call in emu.http_calls][-1] == "accounts/login/"
    client.realtime_connect()
    assert [(entry.account, entry.is_open) for entry in emu.connections] == [("bot", True)]
    client.realtime_disconnect()


def test_programs_are_led_here_by_the_environment(emu: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    from instagrapi.profile import Profile

    for name, value in emu.environment.items():
        monkeypatch.setenv(name, value)
    assert Profile.current() == emu.profile
