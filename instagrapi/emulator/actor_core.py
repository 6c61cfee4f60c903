"""What all parts of an actor share: the account, and a way into the world."""

from __future__ import annotations

from instagrapi.emulator.hub import Hub
from instagrapi.emulator.model import Account, Item, Thread
from instagrapi.emulator.two_factor import TwoFactor, Way
from instagrapi.emulator.world import World


class ActorCore:
    """An account and its credentials.

    Args:
        hub: the world and its lock.
        account: whom it plays.
    """

    def __init__(self, hub: Hub, account: Account) -> None:
        self._hub = hub
        self._account = account

    def __repr__(self) -> str:
        return f"Actor({self.username!r}, pk={self.pk})"

    @property
    def account(self) -> Account:
        """The account behind the actor."""
        return self._account

    @property
    def pk(self) -> int:
        """The user id."""
        return self._account.pk

    @property
    def username(self) -> str:
        """The user name, in lower case."""
        return self._account.username

    @property
    def password(self) -> str:
        """What a program logs in with."""
        return self._account.password

    @property
    def codes(self) -> list[str]:
        """The codes that were sent to the account's owner by SMS, WhatsApp or mail, the latest last."""
        return list(self._account.codes)

    def enable_two_factor(self, *ways: Way, is_moved: bool = False) -> TwoFactor:
        """Asks for a code at logins from now on; gives the seed and the backup codes.

        Args:
            ways: where codes come from: ``"app"`` (as is), ``"sms"``, ``"whatsapp"``. Backup codes always work.
            is_moved: whether the account has the newer two-factor, and the classic step is refused.
        """
        with self._hub.changing() as world:
            return world.accounts.enable_two_factor(self._account, ways or ("app",), is_moved=is_moved)

    def disable_two_factor(self) -> None:
        """The password is enough again."""
        self._account.two_factor = None

    def new_session(self) -> str:
        """A ``sessionid`` as a login would give it, percent-encoded."""
        with self._hub.changing() as world:
            return world.accounts.open_session(self._account)

    def end_sessions(self) -> None:
        """Logs every program of the account out: HTTP and new connections refuse their sessions from now on."""
        with self._hub.changing() as world:
            for sessionid in list(self._account.sessions):
                world.accounts.end_session(sessionid)

    def _thread(self, world: World, to: ActorCore | Thread) -> Thread:
        if isinstance(to, ActorCore):
            return world.direct_thread(self._account, to.account)
        return world.thread(self._account, to.thread_id)

    def _own_view(self, world: World, item: Item) -> Item:
        return world.item(world.thread(self._account, item.thread_id), item.item_id)
