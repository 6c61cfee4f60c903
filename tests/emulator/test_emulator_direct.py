"""What is written to threads over HTTP, form by form: what is taken, how it is answered, what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from instagrapi.emulator import Actor, Emulator
from instagrapi.emulator.handshake import bearer

Post = Callable[..., requests.Response]
TOKENS = {"client_context": "t", "mutation_token": "t", "offline_threading_id": "t"}
BROADCAST = "threads/broadcast"


@pytest.fixture
def post(emu: Emulator, bot: Actor) -> Iterator[Post]:
    """A POST of the bot's below ``direct_v2/``, whose form is complete but for what is given."""
    with requests.Session() as session:

        def post(path: str, actor: Actor = bot, **fields: Any) -> requests.Response:
            form = {"_uuid": "u", "device_id": "android-1", **TOKENS, **fields}
            return session.post(
                f"{emu.endpoints.http}/api/v1/direct_v2/{path}/",
                data={name: value for name, value in form.items() if value is not None},
                headers={"Authorization": bearer(actor.account, actor.new_session())},
                verify=emu.endpoints.ca_file,
                timeout=5,
            )

        yield post


@pytest.fixture
def thread_id(alice: Actor, bot: Actor) -> str:
    return alice.thread_with(bot).thread_id


def refused(answer: requests.Response) -> tuple[int, str]:
    body = answer.json()
    assert body["status"] == "fail"
    return answer.status_code, body["message"]


# --- items ------------------------------------------------------------------------------------------------------------


def test_one_item_is_acknowledged_in_the_payload(post: Post, alice: Actor, bot: Actor, thread_id: str) -> None:
    answer = post(f"{BROADCAST}/text", text="hi", thread_ids=f'["{thread_id}"]').json()
    item = alice.last_message_from(bot)
    assert item is not None
    assert answer == {
        "action": "item_ack",
        "status_code": "200",
        "payload": {
            "client_context": "t",
            "item_id": item.item_id,
            "timestamp": str(item.timestamp),
            "thread_id": thread_id,
        },
        "status": "ok",
    }


def test_several_are_acknowledged_in_a_list(emu: Emulator, post: Post, alice: Actor, bot: Actor) -> None:
    carol = emu.account("carol")
    answer = post(f"{BROADCAST}/text", text="hi", recipient_users=f"[[{alice.pk}],[{carol.pk}]]").json()
    assert "payload" not in answer
    first, second = answer["message_metadata"]
    assert (first["participant_ids"], second["participant_ids"]) == (
        [str(bot.pk), str(alice.pk)],
        [str(bot.pk), str(carol.pk)],
    )
    assert first["item_id"] != second["item_id"]
    assert {first["client_context"], second["client_context"]} == {"t"}


@pytest.mark.parametrize(
    "to",
    [
        lambda thread_id, pk: {"thread_ids": f"[{thread_id}]"},
        lambda thread_id, pk: {"thread_ids": f'["{thread_id}"]', "recipient_users": "[]"},
        lambda thread_id, pk: {"recipient_users": f"[[{pk}]]"},
        lambda thread_id, pk: {"recipient_users": f'[["{pk}"]]', "thread_ids": ""},
    ],
    ids=["numbers", "an empty list", "number of a user", "text of a user"],
)
def test_ids_may_be_numbers_or_text(
    post: Post, alice: Actor, thread_id: str, to: Callable[[str, int], dict[str, str]]
) -> None:
    answer = post(f"{BROADCAST}/text", text="hi", **to(thread_id, alice.pk))
    assert answer.json()["payload"]["thread_id"] == thread_id


def test_the_token_may_be_said_once(post: Post, thread_id: str) -> None:
    fields = {"mutation_token": None, "offline_threading_id": None, "thread_ids": f'["{thread_id}"]'}
    assert post(f"{BROADCAST}/like", **fields).json()["payload"]["client_context"] == "t"


def test_a_form_may_be_signed(emu: Emulator, post: Post, bot: Actor, thread_id: str) -> None:
    form = {"_uuid": "u", **TOKENS, "text": "hi", "thread_ids": f'["{thread_id}"]'}
    fields: dict[str, Any] = dict.fromkeys(TOKENS)
    answer = post(f"{BROADCAST}/text", signed_body="SIGNATURE." + json.dumps(form), **fields)
    assert answer.json()["payload"]["thread_id"] == thread_id


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"_uuid": None}, "_uuid is missing"),
        (dict.fromkeys(TOKENS), "client_context, mutation_token, offline_threading_id are missing or differ"),
        ({"mutation_token": "other"}, "client_context, mutation_token, offline_threading_id are missing or differ"),
        ({"thread_ids": None}, "either thread_ids or recipient_users is needed"),
        ({"thread_ids": "[]"}, "either thread_ids or recipient_users is needed"),
        ({"recipient_users": "[[10000000001]]"}, "either thread_ids or recipient_users is needed"),
        ({"thread_ids": "340282366841710300949128000000000000001,"}, "thread_ids: a list in JSON text was expected"),
        ({"thread_ids": "{}"}, "thread_ids: a list in JSON text was expected"),
        ({"thread_ids": None, "recipient_users": "[7]"}, "recipient_users names nobody, or somebody who does not"),
        ({"thread_ids": None, "recipient_users": "[[]]"}, "recipient_users names nobody, or somebody who does not"),
        ({"thread_ids": None, "recipient_users": "[[7]]"}, "recipient_users names nobody, or somebody who does not"),
        ({"thread_ids": None, "recipient_users": "[[{}]]"}, "recipient_users names nobody, or somebody who does not"),
        ({"thread_ids": None, "recipient_users": "[[10000000001]]"}, "recipient_users names the sender"),
        ({"text": None}, "text is missing or no text"),
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused(
    post: Post, bot: Actor, alice: Actor, thread_id: str, fields: dict[str, Any], reason: str
) -> None:
    if "[[10000000001]]" in str(fields.get("recipient_users")):
        fields = {**fields, "recipient_users": f"[[{bot.pk}]]"}
    status, message = refused(post(f"{BROADCAST}/text", **{"text": "hi", "thread_ids": f'["{thread_id}"]', **fields}))
    assert status == 400
    assert message.startswith(reason)
    assert alice.last_message_from(bot) is None


@pytest.mark.parametrize(
    ("route", "fields", "status", "reason"),
    [
        ("text", {"text": "hi", "thread_ids": '["1"]'}, 404, "thread not found"),
        ("link", {"link_text": "x", "link_urls": "[]"}, 400, "link_urls"),
        ("animated_media", {}, 400, "id is missing"),
        ("reaction", {"item_id": "1", "reaction_status": "created"}, 404, "target item is not supported"),
        ("media_share", {}, 400, "media_id"),
        ("story_share", {}, 400, "story_media_id"),
        ("profile", {}, 400, "profile_user_id"),
    ],
)
def test_what_is_missing_is_named(
    post: Post, thread_id: str, route: str, fields: dict[str, Any], status: int, reason: str
) -> None:
    found, message = refused(post(f"{BROADCAST}/{route}", **{"thread_ids": f'["{thread_id}"]', **fields}))
    assert found == status
    assert message.startswith(reason)


def test_a_reaction_is_made_or_taken_back(post: Post, alice: Actor, bot: Actor, thread_id: str) -> None:
    item = alice.send(bot, "hello")
    to = {"item_id": item.item_id, "thread_ids": f'["{thread_id}"]'}
    status, message = refused(post(f"{BROADCAST}/reaction", reaction_status="perhaps", **to))
    assert (status, message) == (400, "reaction_status is neither created nor deleted")
    answer = post(f"{BROADCAST}/reaction", reaction_status="created", emoji="🔥", **to).json()
    assert answer["payload"]["item_id"] == item.item_id
    assert [reaction.emoji for reaction in item.reactions.values()] == ["🔥"]


def test_a_refusal_of_the_recipient_hides_in_the_payload(post: Post, alice: Actor, bot: Actor) -> None:
    alice.refuse_requests()
    answer = post(f"{BROADCAST}/text", text="hi", recipient_users=f"[[{alice.pk}]]")
    assert (answer.status_code, answer.json()) == (
        403,
        {
            "action": "item_ack",
            "status_code": "403",
            "payload": {
                "client_context": "t",
                "message": "This account can't receive your message unless they follow you.",
            },
            "status": "fail",
        },
    )
    with pytest.raises(ValueError, match="can't receive"):
        bot.send(alice, "hi")
    alice.refuse_requests(False)
    bot.send(alice, "hi")


def test_who_refuses_requests_still_hears_from_groups_and_from_those_it_wrote_to(
    emu: Emulator, post: Post, alice: Actor, bot: Actor
) -> None:
    alice.refuse_requests()
    group = emu.group(bot, alice, emu.account("carol"))
    assert post(f"{BROADCAST}/text", text="hi", thread_ids=f'["{group.thread_id}"]').ok
    alice.send(bot, "you may")
    assert post(f"{BROADCAST}/text", text="hi", recipient_users=f"[[{alice.pk}]]").ok


def test_a_thread_that_refuses_keeps_the_item_from_the_others(
    emu: Emulator, post: Post, alice: Actor, bot: Actor
) -> None:
    carol = emu.account("carol")
    alice.refuse_requests()
    assert post(f"{BROADCAST}/text", text="hi", recipient_users=f"[[{carol.pk}],[{alice.pk}]]").status_code == 403
    assert carol.last_message_from(bot) is None


# --- threads ----------------------------------------------------------------------------------------------------------


def test_a_new_group_is_the_answer(emu: Emulator, post: Post, alice: Actor, bot: Actor) -> None:
    carol = emu.account("carol")
    body = post("create_group_thread", recipient_users=f"[{alice.pk},{carol.pk}]", thread_title="ours").json()
    assert (body["thread_title"], body["is_group"], body["status"]) == ("ours", True, "ok")
    assert [user["username"] for user in body["users"]] == ["alice", "carol"]
    assert (body["admin_user_ids"], body["viewer_id"]) == ([bot.pk], bot.pk)


@pytest.mark.parametrize("users", ["", "[]", "[7,8]", "x", "[10000000001]"])
def test_a_group_needs_others(post: Post, alice: Actor, users: str) -> None:
    assert refused(post("create_group_thread", recipient_users=users))[0] == 400


@pytest.mark.parametrize("ending", ["mute_video_call", "mark_unread", "mute", "hide"])
def test_ones_own_inbox_changes_with_a_bare_acknowledgement(
    post: Post, emu: Emulator, bot: Actor, thread_id: str, ending: str
) -> None:
    assert post(f"threads/{thread_id}/{ending}").json() == {"status": "ok"}


def test_a_read_mark_is_answered_with_the_unread_threads(
    post: Post, emu: Emulator, alice: Actor, bot: Actor, thread_id: str
) -> None:
    item = alice.send(bot, "hello")
    emu.account("carol").send(bot, "hello")
    answer = post(f"threads/{thread_id}/items/{item.item_id}/seen", action="mark_seen", thread_id=thread_id).json()
    assert (answer["action"], answer["status_code"], answer["status"]) == ("item_ack", "200", "ok")
    assert (answer["payload"]["count"], answer["unseen_count"]) == (1, 1)
    assert answer["payload"]["timestamp"] == str(answer["unseen_count_ts"])


@pytest.mark.parametrize(
    ("ending", "fields"),
    [
        ("update_title", {"title": "x"}),
        ("add_user", {"user_ids": '["10000000001"]'}),
        ("leave", {}),
        ("approve_participant_requests", {"user_ids": '["10000000001"]'}),
    ],
)
def test_only_groups_are_changed_like_groups(post: Post, thread_id: str, ending: str, fields: dict[str, str]) -> None:
    assert refused(post(f"threads/{thread_id}/{ending}", **fields)) == (400, "the thread is no group")


def test_a_change_of_a_group_shows_it(emu: Emulator, post: Post, alice: Actor, bot: Actor) -> None:
    group, dora = emu.group(bot, alice, emu.account("carol")), emu.account("dora")
    assert post(f"threads/{group.thread_id}/update_title", title="ours").json()["thread"]["thread_title"] == "ours"
    shown = post(f"threads/{group.thread_id}/add_user", user_ids=f'["{dora.pk}"]').json()["thread"]
    assert [user["username"] for user in shown["users"]] == ["alice", "carol", "dora"]
    assert refused(post(f"threads/{group.thread_id}/add_user", user_ids="[]"))[0] == 400


def test_new_members_wait_for_an_admin(emu: Emulator, post: Post, alice: Actor, bot: Actor) -> None:
    group, dora, erin = emu.group(bot, alice), emu.account("dora"), emu.account("erin")
    bot.require_approval(group)
    for _ in range(2):
        alice.add_to(group, dora)
    assert group.awaiting == [dora.account]
    path = f"threads/{group.thread_id}/approve_participant_requests"
    assert refused(post(path, alice, user_ids=f'["{dora.pk}"]'))[0] == 403
    assert refused(post(path, user_ids=f'["{erin.pk}"]')) == (400, "somebody does not wait to be approved")
    assert post(path, user_ids=f'["{dora.pk}"]').ok
    alice.add_to(group, erin)
    bot.approve_in(group, erin)
    assert (group.participants[2:], group.awaiting) == ((dora.account, erin.account), [])
    alice.add_to(group, emu.account("frank"))
    bot.add_to(group, emu.account("frank"))
    assert (len(group.participants), group.awaiting) == (5, [])


def test_a_path_may_be_gone(emu: Emulator, post: Post, thread_id: str) -> None:
    with emu.faults.feature_gone("direct_v2/threads/broadcast/like/", "bot"):
        answer = post(f"{BROADCAST}/like", thread_ids=f'["{thread_id}"]')
    assert refused(answer) == (400, "This feature is no longer supported.")
    assert post(f"{BROADCAST}/like", thread_ids=f'["{thread_id}"]').ok
