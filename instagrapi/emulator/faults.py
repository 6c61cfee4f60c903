"""Everything that can be made to go wrong."""

from __future__ import annotations

from random import Random

from instagrapi.emulator.fault import Fault
from instagrapi.emulator.faults_account import AccountFaults
from instagrapi.emulator.faults_core import Who
from instagrapi.emulator.faults_media import MediaFaults
from instagrapi.emulator.scenarios import ScenarioName, Scene, play


class Faults(AccountFaults, MediaFaults):
    """One-liners, to be used at any moment and in any combination, from any thread.

    What gives a :class:`~instagrapi.emulator.fault.Fault` goes on until it is lifted, which leaving it as a context
    manager does, too, or until it has struck as often as ``times`` says. What gives a number has struck so many open
    connections, once. ``service`` is ``realtime``, ``fbns`` or, where that makes sense, ``http``; ``account`` an actor
    or a user name; without them all are meant. A push connection belongs to the accounts that its device is
    registered for.
    """

    def scenario(self, name: ScenarioName, account: Who | None = None, *, seed: int | None = None) -> Fault:
        """Plays a course of faults on the emulator's clock, until it is lifted.

        Args:
            name: ``mobile``, ``flaky_wifi``, ``nightly_restart`` or ``flagged_account``.
            account: whose account was noticed, for the last one.
            seed: makes chance repeat itself; by default it is the emulator's.

        Raises:
            ValueError: there is no such scenario, or it lacks the account.
        """
        chance = self._random if seed is None else Random(seed)  # noqa: S311  # nothing secret
        self._hub.note("fault", f"scenario {name}: on")
        return play(name, Scene(self._hub, self, chance, account))
