"""Other people's accounts."""

from __future__ import annotations

import re
from typing import Any

from instagrapi.exceptions import UserNotFound
from instagrapi.http.ids import Id, id_text
from instagrapi.mixins.missing import missing_as
from instagrapi.mixins.private import PrivateMixin
from instagrapi.types import User, UserShort
from instagrapi.types.lenient import objects

_NAME = re.compile(r"[a-z0-9_.]*[a-z0-9_][a-z0-9_.]*")


class UsersMixin(PrivateMixin):
    """Methods about users. Nothing is remembered: each call is a request."""

    def user_info(self, user_id: Id) -> User:
        """The user of that id.

        Raises:
            ValueError: the id is none.
            UserNotFound: there is none, or it cannot be seen.
            ClientError: see :meth:`private_request`.
        """
        pk = id_text("user_id", user_id)
        is_own = pk == self.user_id
        query = {
            "from_module": "self_profile" if is_own else "feed_timeline",
            "entry_point": "self_profile" if is_own else "profile",
            "is_prefetch": False,
            "is_app_start": False,
        }
        return self._user(f"users/{pk}/info/", query)

    def user_info_by_username(self, username: str) -> User:
        """The user of that name, in any case and with or without ``@``.

        Raises:
            ValueError: nobody can be called that.
            UserNotFound: nobody is, or they cannot be seen.
            ClientError: see :meth:`private_request`.
        """
        name = username.strip().removeprefix("@").lower()
        if not _NAME.fullmatch(name):
            raise ValueError("a user name consists of letters, digits, dots and underscores")
        return self._user(f"users/{name}/usernameinfo/")

    def user_id_from_username(self, username: str) -> str:
        """The id of the user of that name; errors are those of :meth:`user_info_by_username`."""
        return self.user_info_by_username(username).pk

    def search_users(self, query: str, count: int = 50) -> list[UserShort]:
        """Users whose name matches, the best match first; one request.

        For people to write to :meth:`direct_search` is the better source.

        Args:
            query: part of a user name or of a name.
            count: how many are wanted; the server may send fewer or more.

        Raises:
            ClientError: see :meth:`private_request`.
        """
        answer = self.private_request("users/search/", params={"query": query, "count": count})
        users = map(UserShort.model_validate, objects(answer.get("users")))
        return [user for user in users if user.pk]

    def _user(self, path: str, query: dict[str, Any] | None = None) -> User:
        with missing_as(UserNotFound, "There is no such user, or this account cannot see them.", said="user not found"):
            answer = self.private_request(path, params=query)
        user = answer.get("user")
        if not isinstance(user, dict) or not user:
            raise UserNotFound("The answer has no user in it.", body=answer)
        return User.model_validate(user)
