"""The HTTP API, with requests as the client."""

from __future__ import annotations

import base64
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from instagrapi.emulator import Actor, Emulator
from instagrapi.emulator.handshake import bearer, read_bearer
from instagrapi.emulator.http_server import REQUEST_TIMEOUT
from instagrapi.http.password import PasswordKey, encrypt_password

Call = Callable[..., requests.Response]


@pytest.fixture
def call(emu: Emulator) -> Iterator[Call]:
    with requests.Session() as session:

        def call(method: str, path: str, actor: Actor | None = None, **options: Any) -> requests.Response:
            if actor is not None:
                options["headers"] = {"Authorization": bearer(actor.account, actor.new_session())}
            url = f"{emu.endpoints.http}/api/v1/{path}"
            return session.request(method, url, verify=emu.endpoints.ca_file, timeout=5, **options)

        yield call


def signed(fields: dict[str, Any]) -> dict[str, str]:
    return {"signed_body": "SIGNATURE." + json.dumps(fields)}


def enc_password(call: Call, password: str, path: str = "launcher/sync/") -> str:
    headers = call("POST", path, data=signed({"id": "x"})).headers
    key = PasswordKey(int(headers["ig-set-password-encryption-key-id"]), headers["ig-set-password-encryption-pub-key"])
    return encrypt_password(password, key)


def test_sync_announces_key_machine_id_and_csrf(call: Call) -> None:
    answer = call("POST", "launcher/sync/", data=signed({"id": "x"}))
    assert answer.json() == {"configs": {}, "status": "ok"}
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert answer.headers["ig-set-authorization"] == "Bearer IGT:2:"
    assert answer.headers["ig-set-x-mid"]
    assert len(answer.cookies["csrftoken"]) == 32
    key = answer.headers["ig-set-password-encryption-pub-key"]
    with_mid = call("GET", "qe/sync/", headers={"X-MID": "known"})
    assert "ig-set-x-mid" not in with_mid.headers
    assert with_mid.headers["ig-set-password-encryption-pub-key"] == key


@pytest.mark.parametrize("wrap", [signed, dict])
@pytest.mark.parametrize("password", ["plain", "pässword!✓"])
def test_login_opens_a_session(
    emu: Emulator, call: Call, wrap: Callable[[dict[str, str]], dict[str, str]], password: str
) -> None:
    dora = emu.account("dora", password)
    fields = {"username": " Dora ", "enc_password": enc_password(call, password)}
    answer = call("POST", "accounts/login/", data=wrap(fields))
    assert answer.json()["logged_in_user"]["pk"] == dora.pk
    authorization = answer.headers["ig-set-authorization"]
    sessionid = read_bearer(authorization)
    assert sessionid is not None
    assert len(sessionid) >= 31
    assert sessionid.startswith(f"{dora.pk}%3A")
    assert sessionid.count("%3A") == 3
    assert answer.headers["ig-set-ig-u-ds-user-id"] == str(dora.pk)
    assert answer.headers["ig-set-ig-u-rur"].startswith(f"RVA,{dora.pk},")
    assert answer.headers["x-ig-set-www-claim"].startswith("hmac.")
    by_bearer = call("GET", "accounts/current_user/?edit=true", headers={"Authorization": authorization})
    by_cookie = call("GET", "accounts/current_user/", headers={"Cookie": f"sessionid={sessionid}"})
    assert by_bearer.json() == by_cookie.json()
    assert by_cookie.json()["user"]["username"] == "dora"


def test_a_wrong_password_and_an_unknown_user_are_told_apart(call: Call, bot: Actor) -> None:
    wrong = call(
        "POST", "accounts/login/", data=signed({"username": "bot", "enc_password": enc_password(call, "wrong")})
    )
    assert (wrong.status_code, wrong.json()["error_type"]) == (400, "bad_password")
    assert wrong.json()["invalid_credentials"] is True
    unknown = call("POST", "accounts/login/", data={"username": "nobody"})
    assert (unknown.status_code, unknown.json()["error_type"]) == (400, "invalid_user")


def with_another_key_id(text: str) -> str:
    prefix, _, payload = text.rpartition(":")
    blob = bytearray(base64.b64decode(payload))
    blob[1] += 1
    return f"{prefix}:{base64.b64encode(blob).decode()}"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: "",
        lambda text: text.rpartition(":")[2],
        lambda text: text.replace(":4:", ":4:9"),
        lambda text: text[:-8] + "AAAAAAAA",
        lambda text: "#PWD_INSTAGRAM:4:1:AAAA",
        with_another_key_id,
        lambda text: "#PWD_INSTAGRAM:4:1:!",
    ],
)
def test_a_spoiled_password_is_a_wrong_one(call: Call, bot: Actor, spoil: Callable[[str], str]) -> None:
    text = spoil(enc_password(call, bot.password))
    answer = call("POST", "accounts/login/", data={"username": "bot", "enc_password": text})
    assert answer.json()["error_type"] == "bad_password"


def test_unknown_users_become_accounts_when_registration_is_open() -> None:
    with Emulator(open_registration=True) as emulator:

        def call(method: str, path: str, **options: Any) -> requests.Response:
            url = f"{emulator.endpoints.http}/api/v1/{path}"
            return requests.request(method, url, verify=emulator.endpoints.ca_file, timeout=5, **options)

        for password, status in (("secret", 200), ("other", 400), ("secret", 200)):
            fields = {"username": "new", "enc_password": enc_password(call, password)}
            assert call("POST", "accounts/login/", data=fields).status_code == status
        assert call("POST", "accounts/login/", data={"username": "x", "enc_password": "y"}).status_code == 400
        assert emulator.account("new").password == "secret"


def test_without_a_session_login_is_required(call: Call, bot: Actor) -> None:
    attempts: list[dict[str, str]] = [
        {},
        {"Authorization": "Bearer IGT:2:"},
        {"Authorization": "Bearer IGT:2:e30="},
        {"Authorization": "Bearer IGT:2:%%"},
        {"Cookie": f"sessionid={bot.pk}%3Aunknown%3A1%3Ax"},
    ]
    for headers in attempts:
        answer = call("GET", "direct_v2/inbox/", headers=headers)
        assert (answer.status_code, answer.json()["message"]) == (403, "login_required")
        assert answer.json()["status"] == "fail"


def test_logging_out_ends_the_session(call: Call, bot: Actor) -> None:
    headers = {"Authorization": bearer(bot.account, bot.new_session())}
    answer = call("POST", "accounts/logout/", headers=headers)
    assert answer.json()["login_nonce"]
    assert answer.headers["ig-set-authorization"] == "Bearer IGT:2:"
    answer = call("GET", "accounts/current_user/", headers=headers)
    assert (answer.status_code, answer.json()["message"]) == (403, "user_has_logged_out")


def test_users_can_be_looked_up(call: Call, alice: Actor, bot: Actor) -> None:
    assert call("GET", f"users/{alice.pk}/info/", bot).json()["user"]["username"] == "alice"
    assert call("GET", f"users/{bot.pk}/info/", bot).json()["user"]["email"] == "bot@example.org"
    answer = call("GET", "users/1/info/", bot)
    assert (answer.status_code, answer.json()["message"]) == (404, "User not found")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "nowhere/", 404), ("GET", "users/bot/info/", 404), ("GET", "accounts/login/", 405)],
)
def test_unknown_paths_are_answered_with_json(call: Call, method: str, path: str, status: int) -> None:
    answer = call(method, path)
    assert answer.status_code == status
    assert answer.json()["status"] == "fail"


@pytest.mark.parametrize("text", ["no json", "SIGNATURE.[]"])
def test_a_signed_body_must_be_an_object(call: Call, text: str) -> None:
    assert call("POST", "accounts/login/", data={"signed_body": text}).status_code == 400


def test_the_inbox_shows_threads_and_the_position_of_message_sync(
    emu: Emulator, call: Call, alice: Actor, bot: Actor
) -> None:
    bot.send(alice, "hi alice")
    item = alice.send(bot, "hi bot")
    bot.react(item, "❤")
    carol = emu.account("carol")
    group = emu.group(carol, bot, alice, title="friends")
    carol.send(group, "all")
    answer = call("GET", "direct_v2/inbox/", bot)
    body = answer.json()
    assert answer.headers["ig-set-ig-u-rur"]
    assert body["seq_id"] == 1005
    assert body["snapshot_at_ms"] > 1_600_000_000_000
    assert body["viewer"]["pk"] == bot.pk
    assert body["inbox"]["unseen_count"] == 2
    assert body["inbox"]["has_older"] is False
    first, second = body["inbox"]["threads"]
    assert (first["thread_title"], first["is_group"], first["admin_user_ids"]) == ("friends", True, [carol.pk])
    assert {user["username"] for user in first["users"]} == {"carol", "alice"}
    assert second["thread_id"] == "340282366841710300949128000000000000001"
    assert (second["thread_title"], second["read_state"]) == ("alice", 1)
    assert [entry["text"] for entry in second["items"]] == ["hi bot", "hi alice"]
    assert [entry["is_sent_by_viewer"] for entry in second["items"]] == [False, True]
    assert second["items"][0]["reactions"]["emojis"][0]["emoji"] == "❤"
    assert second["last_permanent_item"]["item_id"] == item.item_id
    bot.seen(item)
    again = call("GET", "direct_v2/inbox/", bot).json()
    assert (again["inbox"]["unseen_count"], again["inbox"]["threads"][1]["read_state"]) == (1, 0)
    assert again["inbox"]["threads"][1]["last_seen_at"][str(bot.pk)]["item_id"] == item.item_id


def test_the_inbox_has_pages(emu: Emulator, call: Call, bot: Actor) -> None:
    for name in ("a", "b", "c"):
        emu.account(name).send(bot, "1")
        emu.account(name).send(bot, "2")
    titles, cursor = [], None
    while True:
        params = {"limit": "2", "thread_message_limit": "1", "cursor": cursor}
        inbox = call("GET", "direct_v2/inbox/", bot, params=params).json()["inbox"]
        titles += [thread["thread_title"] for thread in inbox["threads"]]
        assert all(len(thread["items"]) == 1 for thread in inbox["threads"])
        if not inbox["has_older"]:
            break
        cursor = inbox["oldest_cursor"]
    assert titles == ["c", "b", "a"]


def test_an_inbox_without_threads(call: Call, bot: Actor) -> None:
    body = call("GET", "direct_v2/inbox/", bot, params={"cursor": "nonsense", "limit": "x"}).json()
    assert body["inbox"]["threads"] == []
    assert body["seq_id"] == 1000


def test_a_thread_has_pages(call: Call, alice: Actor, bot: Actor) -> None:
    items = [alice.send(bot, str(number)) for number in range(5)]
    alice.unsend(items[3])
    path = f"direct_v2/threads/{items[0].thread_id}/"
    first = call("GET", path, bot, params={"limit": "2"}).json()["thread"]
    assert [entry["text"] for entry in first["items"]] == ["4", "2"]
    assert first["has_older"] is True
    second = call("GET", path, bot, params={"limit": "2", "cursor": first["oldest_cursor"]}).json()["thread"]
    assert [entry["text"] for entry in second["items"]] == ["1", "0"]
    assert second["has_older"] is False
    by_other_id = call("GET", f"direct_v2/threads/{first['thread_v2_id']}/", bot).json()["thread"]
    assert by_other_id["thread_id"] == items[0].thread_id


def test_other_peoples_threads_are_not_found(emu: Emulator, call: Call, alice: Actor) -> None:
    item = alice.send(emu.account("carol"), "secret")
    answer = call("GET", f"direct_v2/threads/{item.thread_id}/", emu.account("bot"))
    assert (answer.status_code, answer.json()["status"]) == (404, "fail")


def test_a_push_token_must_be_given(call: Call, bot: Actor) -> None:
    answer = call("POST", "push/register/", bot, data={"device_type": "android_mqtt"})
    assert (answer.status_code, answer.json()["message"]) == (400, "no token provided")


def test_every_call_is_kept(emu: Emulator, call: Call, bot: Actor) -> None:
    call("GET", "direct_v2/inbox/", bot, params={"limit": "1"})
    call("POST", "nowhere/")
    assert [(entry.method, entry.path, entry.status) for entry in emu.http_calls] == [
        ("GET", "direct_v2/inbox/", 200),
        ("POST", "nowhere/", 404),
    ]
    assert emu.http_calls[0].at <= emu.http_calls[1].at


def test_nothing_is_written_to_the_terminal(call: Call, emu: Emulator, capfd: pytest.CaptureFixture[str]) -> None:
    call("GET", "nowhere/")
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(emu.endpoints.http, timeout=5)
    emu.stop()
    assert capfd.readouterr() == ("", "")


def test_clients_that_do_not_shake_hands_stop_nobody(emu: Emulator, call: Call) -> None:
    port = int(emu.endpoints.http.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as silent:
        assert call("GET", "nowhere/").status_code == 404
        context = ssl.create_default_context(cafile=emu.endpoints.ca_file)
        plain = socket.create_connection(("127.0.0.1", port), timeout=5)
        with context.wrap_socket(plain, server_hostname="127.0.0.1"):
            began = time.monotonic()
            emu.stop()
            assert time.monotonic() - began < REQUEST_TIMEOUT / 2
        assert [thread.name for thread in threading.enumerate() if "emulator" in thread.name] == []
        assert silent.recv(1) == b""


# --- message requests and unsending -----------------------------------------------------------------------------------


@pytest.fixture
def thread_id(emu: Emulator, bot: Actor) -> str:
    """A message request to the bot."""
    return emu.account("stranger").request(bot, "do I know you?").thread_id


def test_requests_have_an_inbox_of_their_own(call: Call, bot: Actor, thread_id: str) -> None:
    inbox = call("GET", "direct_v2/inbox/", bot).json()
    assert (inbox["inbox"]["threads"], inbox["inbox"]["unseen_count"], inbox["pending_requests_total"]) == ([], 0, 1)
    pending = call("GET", "direct_v2/pending_inbox/", bot).json()
    (thread,) = pending["inbox"]["threads"]
    assert (thread["thread_id"], thread["pending"], thread["thread_title"]) == (thread_id, True, "stranger")
    assert (pending["inbox"]["unseen_count"], pending["pending_requests_total"]) == (1, 1)
    assert "seq_id" not in pending
    whole = call("GET", f"direct_v2/threads/{thread_id}/", bot).json()["thread"]
    assert (whole["pending"], whole["items"][0]["text"]) == (True, "do I know you?")


def test_the_requester_sees_a_thread_like_any_other(emu: Emulator, call: Call, thread_id: str) -> None:
    inbox = call("GET", "direct_v2/inbox/", emu.account("stranger")).json()
    assert [(thread["thread_id"], thread["pending"]) for thread in inbox["inbox"]["threads"]] == [(thread_id, False)]
    assert inbox["pending_requests_total"] == 0


@pytest.mark.parametrize(("verb", "inboxes"), [("approve", (1, 0)), ("decline", (0, 0))])
@pytest.mark.parametrize("wrap", [signed, dict])
def test_requests_are_approved_or_declined(
    call: Call, bot: Actor, thread_id: str, verb: str, inboxes: tuple[int, int], wrap: Callable[..., dict[str, str]]
) -> None:
    fields = {"_uuid": "u", "filter": "DEFAULT"}
    answer = call("POST", f"direct_v2/threads/{thread_id}/{verb}/", bot, data=wrap(fields))
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    lengths = [
        len(call("GET", f"direct_v2/{path}/", bot).json()["inbox"]["threads"]) for path in ("inbox", "pending_inbox")
    ]
    assert tuple(lengths) == inboxes


def test_only_requests_can_be_declined(call: Call, alice: Actor, bot: Actor) -> None:
    path = f"direct_v2/threads/{alice.send(bot, 'hi').thread_id}"
    answer = call("POST", f"{path}/decline/", bot, data={"_uuid": "u"})
    assert (answer.status_code, answer.json()["message"]) == (400, "the thread is no message request")
    assert call("POST", f"{path}/approve/", bot, data={"_uuid": "u"}).json() == {"status": "ok"}


def test_own_items_can_be_unsent(call: Call, alice: Actor, bot: Actor) -> None:
    item, other = bot.send(alice, "oops"), alice.send(bot, "mine")
    path = f"direct_v2/threads/{item.thread_id}/items"
    assert call("POST", f"{path}/{item.item_id}/delete/", bot, data=signed({"_uuid": "u"})).json() == {"status": "ok"}
    assert item.is_unsent
    again = call("POST", f"{path}/{item.item_id}/delete/", bot, data={"_uuid": "u"})
    assert (again.status_code, again.json()["status"]) == (404, "fail")
    refused = call("POST", f"{path}/{other.item_id}/delete/", bot, data={"_uuid": "u"})
    assert (refused.status_code, other.is_unsent) == (403, False)


@pytest.mark.parametrize("path", ["approve/", "decline/", "items/1/delete/"])
def test_changes_need_a_session_a_uuid_and_a_thread(call: Call, bot: Actor, thread_id: str, path: str) -> None:
    whole = f"direct_v2/threads/{thread_id}/{path}"
    assert call("POST", whole, data={"_uuid": "u"}).status_code == 403
    answer = call("POST", whole, bot, data={})
    assert (answer.status_code, answer.json()["message"]) == (400, "_uuid is missing")
    assert call("POST", f"direct_v2/threads/1/{path}", bot, data={"_uuid": "u"}).status_code == 404


def test_groups_show_what_became_of_them(emu: Emulator, call: Call, alice: Actor, bot: Actor) -> None:
    carol = emu.account("carol")
    group = emu.group(alice, bot, carol, title="friends")
    alice.rename(group, "renamed")
    alice.make_admin(group, bot)
    alice.require_approval(group)
    alice.change_image(group)
    bot.mute(group)
    carol.leave(group)
    (thread,) = call("GET", "direct_v2/inbox/", bot).json()["inbox"]["threads"]
    assert (thread["thread_title"], thread["admin_user_ids"]) == ("renamed", [alice.pk, bot.pk])
    assert thread["approval_required_for_new_members"] is True
    assert thread["thread_image"]["image_versions2"]["candidates"]
    assert thread["muted"] is True
    assert [user["username"] for user in thread["left_users"]] == ["carol"]
    bot.hide(group)
    assert call("GET", "direct_v2/inbox/", bot).json()["inbox"]["threads"] == []
    assert call("GET", "direct_v2/inbox/", carol).json()["inbox"]["threads"] == []
