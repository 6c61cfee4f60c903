"""What each path of the HTTP API does. Paths, parameters and bodies follow reported samples."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from random import Random
from typing import Any, NamedTuple, TypeAlias

from werkzeug.wrappers import Request

from instagrapi.emulator.devices import Devices
from instagrapi.emulator.http_answers import (
    Answer,
    Rejected,
    bad_password,
    invalid_user,
    logged_out_headers,
    login_headers,
    ok,
)
from instagrapi.emulator.hub import Hub
from instagrapi.emulator.model import Account, Thread
from instagrapi.emulator.passwords import PasswordVault
from instagrapi.emulator.render import own_user_json, thread_json, user_json
from instagrapi.emulator.world import World
from instagrapi.realtime.protocol.payload import parse_json

_THREADS_PER_PAGE = 20
_ITEMS_PER_PAGE = 20
_ITEMS_IN_INBOX = 10


class Call(NamedTuple):
    """A request. ``fields`` are those of the form, ``account`` and ``sessionid`` whose it is."""

    request: Request
    fields: Mapping[str, Any]
    account: Account
    sessionid: str


View: TypeAlias = Callable[..., Answer]


class Views:
    """The views; those in ``public`` need no session and get the request and the form's fields instead of a call.

    Args:
        hub: the world and its lock.
        devices: where push tokens are registered.
        random: where machine ids and nonces come from.
        open_registration: whether an unknown user name that logs in becomes an account with that password.
    """

    def __init__(self, hub: Hub, devices: Devices, random: Random, *, open_registration: bool) -> None:
        self._hub = hub
        self._devices = devices
        self._random = random
        self._open_registration = open_registration
        self._vault = PasswordVault()
        self.public: dict[tuple[str, str], View] = {
            ("POST", "launcher/sync/"): self.sync,
            ("GET", "qe/sync/"): self.sync,
            ("POST", "qe/sync/"): self.sync,
            ("POST", "accounts/login/"): self.login,
        }
        self.private: dict[tuple[str, str], View] = {
            ("POST", "accounts/logout/"): self.logout,
            ("GET", "accounts/current_user/"): self.current_user,
            ("GET", "users/<int:pk>/info/"): self.user_info,
            ("GET", "direct_v2/inbox/"): self.inbox,
            ("GET", "direct_v2/pending_inbox/"): self.pending_inbox,
            ("GET", "direct_v2/threads/<thread_id>/"): self.thread,
            ("POST", "direct_v2/threads/<thread_id>/approve/"): self.approve,
            ("POST", "direct_v2/threads/<thread_id>/decline/"): self.decline,
            ("POST", "direct_v2/threads/<thread_id>/items/<item_id>/delete/"): self.delete_item,
            ("POST", "push/register/"): self.register_push,
        }

    def sync(self, request: Request, fields: Mapping[str, Any]) -> Answer:
        """Announces the key for passwords and, to a client that has none, a machine id."""
        headers = {**self._vault.headers(), **logged_out_headers()}
        if "X-MID" not in request.headers:
            headers["ig-set-x-mid"] = f"aAAAAAABAAG{self._random.getrandbits(64):016x}"
        headers["Set-Cookie"] = f"csrftoken={self._random.getrandbits(128):032x}; Path=/; Secure"
        return Answer({"configs": {}, "status": "ok"}, headers=headers)

    def login(self, request: Request, fields: Mapping[str, Any]) -> Answer:
        """Opens a session."""
        username = str(fields.get("username", "")).strip()
        password = self._vault.open(str(fields.get("enc_password", "")))
        with self._hub.changing() as world:
            account = world.accounts.by_name(username)
            if account is None and self._open_registration and username and password:
                account = world.accounts.create(username, password)
            if account is None:
                raise invalid_user()
            if password != account.password:
                raise bad_password(account.username)
            sessionid = world.accounts.open_session(account)
        body = {"logged_in_user": own_user_json(account), "status": "ok"}
        return Answer(body, headers=login_headers(account, sessionid))

    def logout(self, call: Call) -> Answer:
        """Ends the session."""
        with self._hub.changing() as world:
            world.accounts.end_session(call.sessionid)
        body = {"login_nonce": f"{self._random.getrandbits(96):024x}", "status": "ok"}
        return Answer(body, headers=logged_out_headers())

    def current_user(self, call: Call) -> Answer:
        """The account as it sees itself."""
        return ok(user=own_user_json(call.account))

    def user_info(self, call: Call, pk: int) -> Answer:
        """Any account."""
        with self._hub.changing() as world:
            account = world.accounts.by_pk(pk)
        if account is None:
            raise Rejected(404, "User not found", error_type="generic_request_error")
        return ok(user=own_user_json(account) if account is call.account else user_json(account))

    def inbox(self, call: Call) -> Answer:
        """A page of threads, with the position of message sync that goes with it."""
        account = call.account
        with self._hub.changing() as world:
            position = {"seq_id": world.queue(account).latest_seq_id, "snapshot_at_ms": world.now_ms()}
            return _inbox(world, call, world.threads_of(account), world.unseen_count(account), position)

    def pending_inbox(self, call: Call) -> Answer:
        """A page of message requests."""
        with self._hub.changing() as world:
            requests = world.requests_to(call.account)
            return _inbox(world, call, requests, len(requests), {})

    def thread(self, call: Call, thread_id: str) -> Answer:
        """A page of the items of a thread or a message request, the newest first."""
        limit = _positive(call.request, "limit", _ITEMS_PER_PAGE)
        cursor = call.request.args.get("cursor", type=int)
        with self._hub.changing() as world:
            thread = world.thread(call.account, thread_id)
            before = None if cursor is None else str(cursor)
            return ok(thread=thread_json(thread, call.account, limit=limit, before=before))

    def approve(self, call: Call, thread_id: str) -> Answer:
        """Accepts a message request."""
        _check_uuid(call)
        with self._hub.changing() as world:
            world.approve(call.account, world.thread(call.account, thread_id))
        return ok()

    def decline(self, call: Call, thread_id: str) -> Answer:
        """Turns a message request down."""
        _check_uuid(call)
        with self._hub.changing() as world:
            world.decline(call.account, world.thread(call.account, thread_id))
        return ok()

    def delete_item(self, call: Call, thread_id: str, item_id: str) -> Answer:
        """Takes an own item back."""
        _check_uuid(call)
        with self._hub.changing() as world:
            world.unsend(call.account, world.item(world.thread(call.account, thread_id), item_id))
        return ok()

    def register_push(self, call: Call) -> Answer:
        """Binds a push token to the account."""
        token = call.fields.get("device_token")
        if not token:
            raise Rejected(400, "no token provided")
        with self._hub.changing():
            self._devices.register(str(token), call.account)
        return ok()


def _check_uuid(call: Call) -> None:
    """Every client sends its id along with what it changes (reported); that it must is assumed."""
    if not call.fields.get("_uuid"):
        raise Rejected(400, "_uuid is missing")


def _inbox(world: World, call: Call, threads: list[Thread], unseen_count: int, position: Mapping[str, int]) -> Answer:
    limit = _positive(call.request, "limit", _THREADS_PER_PAGE)
    items = _positive(call.request, "thread_message_limit", _ITEMS_IN_INBOX)
    threads = _after_cursor(threads, call.request.args.get("cursor"))
    page = threads[:limit]
    box: dict[str, Any] = {
        "threads": [thread_json(thread, call.account, limit=items) for thread in page],
        "has_older": len(threads) > len(page),
        "unseen_count": unseen_count,
        "unseen_count_ts": world.now_ms() * 1000,
        "blended_inbox_enabled": True,
    }
    if page:
        box["oldest_cursor"] = _cursor(page[-1])
    return ok(
        inbox=box,
        viewer=user_json(call.account),
        **position,
        pending_requests_total=len(world.requests_to(call.account)),
        has_pending_top_requests=False,
        most_recent_inviter=None,
    )


def _positive(request: Request, name: str, default: int) -> int:
    return max(1, request.args.get(name, default, type=int))


def _cursor(thread: Thread) -> str:
    position = {
        "cursor_thread_v2_id": int(thread.thread_v2_id),
        "cursor_timestamp_seconds": thread.last_activity_at // 1_000_000,
        "cursor_relevancy_score": 0,
    }
    return json.dumps(position, separators=(",", ":"))


def _after_cursor(threads: list[Thread], cursor: str | None) -> list[Thread]:
    """The threads behind the one that the cursor names; all of them without a usable cursor."""
    try:
        last = str(parse_json(cursor or "")["cursor_thread_v2_id"])
    except (ValueError, TypeError, KeyError):
        return threads
    ids = [thread.thread_v2_id for thread in threads]
    return threads[ids.index(last) + 1 :] if last in ids else threads
