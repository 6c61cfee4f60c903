"""The own account, and other people."""

from __future__ import annotations

from instagrapi.emulator.http_answers import Answer, Rejected, ok
from instagrapi.emulator.model import Account
from instagrapi.emulator.render import own_user_json, profile_json, user_json
from instagrapi.emulator.views.base import Call, Convention, Conventions, Routes, ViewGroup, positive
from instagrapi.emulator.views.search import found_accounts

_USERS_PER_PAGE = 50


class PeopleViews(ViewGroup):
    """Users as others see them and as they see themselves."""

    @property
    def private(self) -> Routes:
        """Paths for who is logged in."""
        return {
            ("GET", "accounts/current_user/"): self.current_user,
            ("GET", "users/<int:pk>/info/"): self.user_info,
            ("GET", "users/<username>/usernameinfo/"): self.username_info,
            ("GET", "users/search/"): self.search,
        }

    @property
    def conventions(self) -> Conventions:
        """What the queries of the apps have (reported); those about single users differ among clients."""
        return {
            ("GET", "accounts/current_user/"): Convention(query=frozenset({"edit"})),
            ("GET", "users/search/"): Convention(query=frozenset({"count"})),
        }

    def current_user(self, call: Call) -> Answer:
        """The account as it sees itself."""
        return ok(user=own_user_json(call.account))

    def user_info(self, call: Call, pk: int) -> Answer:
        """Any account."""
        with self._hub.changing() as world:
            return _shown(call, world.accounts.by_pk(pk))

    def username_info(self, call: Call, username: str) -> Answer:
        """Any account, by its name."""
        with self._hub.changing() as world:
            return _shown(call, world.accounts.by_name(username))

    def search(self, call: Call) -> Answer:
        """Accounts by part of their names; clients differ in what the query is called (reported)."""
        arguments = call.request.args
        query = (arguments.get("query") or arguments.get("q") or "").strip().lower()
        with self._hub.changing() as world:
            found = found_accounts(world, call.account, query)
        page = found[: positive(call.request, "count", _USERS_PER_PAGE)]
        users = [user_json(account) for account in page]
        return ok(num_results=len(users), users=users, has_more=len(found) > len(page))


def _shown(call: Call, account: Account | None) -> Answer:
    if account is None:
        raise Rejected(404, "User not found", error_type="generic_request_error")
    return ok(user=own_user_json(account) if account is call.account else profile_json(account))
