"""Finding people and messages, and who is there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from instagrapi.emulator.http_answers import Answer, Rejected, ok
from instagrapi.emulator.model import Account, Item, Thread
from instagrapi.emulator.render import item_json, short_thread_json, user_json
from instagrapi.emulator.views.base import Call, Convention, Conventions, Routes, ViewGroup, check_uuid
from instagrapi.emulator.views.fields import json_list
from instagrapi.emulator.world import World

#: So many messages does a search find at most (assumed).
_MOST_MESSAGES = 20


class SearchViews(ViewGroup):
    """Searches, and presence as it is asked for."""

    @property
    def private(self) -> Routes:
        """Paths for who is logged in."""
        return {
            ("GET", "direct_v2/ranked_recipients/"): self.recipients,
            ("GET", "direct_v2/search_secondary/"): self.messages,
            ("POST", "direct_v2/fetch_and_subscribe_presence/"): self.presence,
            ("GET", "direct_v2/get_presence_active_now/"): self.active_now,
        }

    @property
    def conventions(self) -> Conventions:
        """What the requests of the apps have (reported)."""
        return {
            ("GET", "direct_v2/ranked_recipients/"): Convention(query=frozenset({"mode", "query", "show_threads"})),
            ("GET", "direct_v2/search_secondary/"): Convention(query=frozenset({"query", "result_types", "offsets"})),
            ("POST", "direct_v2/fetch_and_subscribe_presence/"): Convention(
                signed=False, fields=frozenset({"_uuid", "device_id", "subscriptions_off", "request_data"})
            ),
            ("GET", "direct_v2/get_presence_active_now/"): Convention(
                query=frozenset({"recent_thread_limit", "suggested_followers_limit"})
            ),
        }

    def recipients(self, call: Call) -> Answer:
        """People by part of their name, then groups by part of their title; all match an empty query (assumed)."""
        query = _query(call)
        with self._hub.changing() as world:
            users = [{"user": user_json(account)} for account in found_accounts(world, call.account, query)]
            threads = [
                {"thread": short_thread_json(thread, call.account)}
                for thread in world.threads_of(call.account)
                if thread.is_group and query in thread.title.lower()
            ]
        return ok(ranked_recipients=[*users, *threads], expires=60, filtered=False)

    def messages(self, call: Call) -> Answer:
        """Texts of the inbox with the query in them, the latest first."""
        query = _query(call)
        with self._hub.changing() as world:
            found = [
                _result(call.account, thread, item, query)
                for thread in world.threads_of(call.account)
                for item in thread.latest_first()
                if query and query in (item.text or "").lower()
            ]
        results = {"message_search_result_items": found[:_MOST_MESSAGES], "has_more": False, "next_offset": None}
        return ok(message_search_results=results)

    def presence(self, call: Call) -> Answer:
        """Presence of the accounts that are asked for, as far as they share a thread (assumed)."""
        check_uuid(call)
        wanted = {str(pk) for pk in json_list(call.fields, "request_data")}
        if not wanted:
            raise Rejected(400, "request_data names nobody")
        with self._hub.changing() as world:
            return ok(user_presence=_presence(one for one in world.contacts_of(call.account) if str(one.pk) in wanted))

    def active_now(self, call: Call) -> Answer:
        """Presence of everybody who shares a thread."""
        with self._hub.changing() as world:
            return ok(user_presence=_presence(world.contacts_of(call.account)))


def found_accounts(world: World, searcher: Account, query: str) -> list[Account]:
    """Everybody else with the query, in lower case, in their names."""
    others = (account for account in world.accounts if account is not searcher)
    return [account for account in others if query in f"{account.username}\n{account.full_name}".lower()]


def _query(call: Call) -> str:
    return call.request.args.get("query", "").strip().lower()


def _result(viewer: Account, thread: Thread, item: Item, query: str) -> dict[str, Any]:
    info = {"item_info": item_json(item), "matched_text": query}
    return {"matched_message_info": info, "thread": short_thread_json(thread, viewer)}


def _presence(accounts: Iterable[Account]) -> dict[str, Any]:
    """By user id; those who were never active are not in it (assumed)."""
    return {
        str(account.pk): {
            "is_active": account.is_active,
            "last_activity_at_ms": account.last_active_at_ms,
            "in_threads": [],
        }
        for account in accounts
        if account.last_active_at_ms is not None
    }
