"""The own account."""

from __future__ import annotations

from instagrapi.exceptions import ClientError
from instagrapi.mixins.private import PrivateMixin
from instagrapi.types import Account


class AccountMixin(PrivateMixin):
    """Methods about the own account."""

    def account_info(self) -> Account:
        """The own account. The surest check that a session is alive.

        Raises:
            LoginRequired: the session has ended.
            ClientError: see :meth:`private_request`.
        """
        answer = self.private_request("accounts/current_user/", params={"edit": True})
        if not isinstance(answer.get("user"), dict):
            raise ClientError("The answer has no account in it.", body=answer)
        return Account.model_validate(answer["user"])
