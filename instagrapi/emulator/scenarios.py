"""Named courses of events: what goes wrong on a phone, at home, at night, and with an account that was noticed.

Each is a generator that switches faults on and off and yields the seconds until it goes on. All figures are assumed.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from random import Random
from typing import Literal, NamedTuple, TypeAlias

from instagrapi.emulator.clock import Timer
from instagrapi.emulator.fault import Fault
from instagrapi.emulator.faults_account import AccountFaults
from instagrapi.emulator.faults_core import Who
from instagrapi.emulator.hub import Hub

ScenarioName: TypeAlias = Literal["mobile", "flaky_wifi", "nightly_restart", "flagged_account"]
Script: TypeAlias = Generator[float, None, None]

_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86_400.0
#: When brokers are restarted, in seconds after midnight UTC, and for how long they are not there.
_RESTART_AT, _RESTART_TAKES = 4 * _HOUR, 3 * _MINUTE


class Scene(NamedTuple):
    """What a script works with."""

    hub: Hub
    faults: AccountFaults
    chance: Random
    account: Who | None


class Play(Fault):
    """A script that is being played, until it ends or is lifted, with everything that it has switched on.

    Args:
        script: what to play.
        hub: its lock is held while the script takes a step, its clock says when the next one is due.
    """

    def __init__(self, script: Script, hub: Hub) -> None:
        self._script = script
        self._hub = hub
        self._timer: Timer | None = None
        self._steps = 0
        self._is_on = True
        self._is_stepping = False
        self._go_on()

    @property
    def is_on(self) -> bool:
        """Whether it goes on."""
        return self._is_on

    @property
    def hits(self) -> int:
        """How many steps it has made."""
        return self._steps

    def lift(self) -> None:
        """Ends it, and switches off what it has switched on; harmless when repeated."""
        with self._hub.changing():
            self._is_on = False
            if self._timer is not None:
                self._timer.cancel()
            if not self._is_stepping:
                self._script.close()

    def _go_on(self) -> None:
        with self._hub.changing():
            if self._is_on:
                self._step()

    def _step(self) -> None:
        self._is_stepping = True
        try:
            wait = next(self._script, None)
        finally:
            self._is_stepping = False
        self._steps += 1
        if wait is not None and self._is_on:
            self._timer = self._hub.clock.after(wait, self._go_on)
        else:
            # It is at its end, or something that the step led to has lifted it.
            self._is_on = False
            self._script.close()


def play(name: ScenarioName, scene: Scene) -> Play:
    """Begins to play a scenario.

    Raises:
        ValueError: there is none of that name, or it does not say whose account was noticed.
    """
    if name not in _SCRIPTS:
        raise ValueError(f"there is no scenario {name!r}; there are {', '.join(_SCRIPTS)}")
    if name == "flagged_account" and scene.account is None:
        raise ValueError("say whose account was noticed")
    return Play(_SCRIPTS[name](scene), scene.hub)


def mobile(scene: Scene) -> Script:
    """A phone on the move: packets come late and in pieces; every few minutes the cell changes or there is none."""
    faults, chance = scene.faults, scene.chance
    with faults.delay(0.1, jitter=0.4), faults.split():
        while True:
            yield chance.uniform(2 * _MINUTE, 15 * _MINUTE)
            match chance.choice(["handover", "tunnel", "edge"]):
                case "handover":
                    faults.reset()
                case "tunnel":
                    with faults.outage(hangs=chance.random() < 0.5):
                        yield chance.uniform(10, 90)
                case "edge":
                    with faults.delay(1, jitter=3):
                        yield chance.uniform(20, 2 * _MINUTE)


def flaky_wifi(scene: Scene) -> Script:
    """A bad network at home: every minute or so it is gone for some seconds, in every way in which it can be gone."""
    faults, chance = scene.faults, scene.chance
    while True:
        yield chance.uniform(20, 2 * _MINUTE)
        match chance.choice(["reset", "close", "outage", "dead"]):
            case "reset":
                with faults.refuse_tcp():
                    faults.reset()
                    yield chance.uniform(1, 10)
            case "close":
                faults.close(mid_packet=chance.random() < 0.5)
            case "outage":
                with faults.outage():
                    yield chance.uniform(2, 20)
            case "dead":
                faults.half_open()


def nightly_restart(scene: Scene) -> Script:
    """Every night at four (UTC) the brokers say goodbye, are gone for some minutes, and then have to catch up."""
    faults, chance = scene.faults, scene.chance
    while True:
        yield (_RESTART_AT - scene.hub.clock.time()) % _DAY or _DAY
        with faults.refuse_tcp("realtime"), faults.refuse_tcp("fbns"):
            faults.disconnect()
            yield _RESTART_TAKES
        with faults.refuse_connect(3):
            yield chance.uniform(_MINUTE, 5 * _MINUTE)
        with faults.delay(1, jitter=4):
            yield chance.uniform(_MINUTE, 5 * _MINUTE)


def flagged_account(scene: Scene) -> Script:
    """An account that was noticed: limits, then blocked actions, then a challenge, which stays until it is lifted."""
    faults, chance = scene.faults, scene.chance
    account = scene.account or ""
    yield chance.uniform(10 * _MINUTE, _HOUR)
    with faults.throttle(60, account):
        yield chance.uniform(_MINUTE, 10 * _MINUTE)
    yield chance.uniform(10 * _MINUTE, _HOUR)
    with faults.feedback_required(account), faults.refuse_commands(account=account):
        yield chance.uniform(10 * _MINUTE, _HOUR)
    yield chance.uniform(_HOUR, 6 * _HOUR)
    with faults.challenge(account):
        while True:
            yield _DAY


_SCRIPTS: dict[ScenarioName, Callable[[Scene], Script]] = {
    "mobile": mobile,
    "flaky_wifi": flaky_wifi,
    "nightly_restart": nightly_restart,
    "flagged_account": flagged_account,
}
