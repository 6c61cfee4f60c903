"""The own account, and other people."""

from __future__ import annotations

from instagrapi.emulator.http_answers import Answer, Rejected, ok
from instagrapi.emulator.render import own_user_json, user_json
from instagrapi.emulator.views.base import Call, Convention, Conventions, Routes, ViewGroup


class PeopleViews(ViewGroup):
    """Users as others see them and as they see themselves."""

    @property
    def private(self) -> Routes:
        """Paths for who is logged in."""
        return {
            ("GET", "accounts/current_user/"): self.current_user,
            ("GET", "users/<int:pk>/info/"): self.user_info,
        }

    @property
    def conventions(self) -> Conventions:
        """How apps send the requests of this group."""
        return {("GET", "accounts/current_user/"): Convention(query=frozenset({"edit"}))}

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
