"""Named courses of faults, each for a virtual day or more."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator, Iterator
from typing import Any

import pytest

from instagrapi import exceptions as errors
from instagrapi.emulator import Actor, Emulator, VirtualEmulator
from instagrapi.emulator.scenarios import Play
from instagrapi.exceptions import ClientError, RealtimeError, RealtimeTimeout
from instagrapi.realtime.protocol.packets import ConnAck, PingReq, PingResp
from tests.emulator.tiny_client import CarriedClient, Closed, realtime_connect

DAY = 86_400.0


@pytest.fixture
def emu() -> Iterator[VirtualEmulator]:
    with VirtualEmulator(seed=7) as emulator:
        yield emulator


def live_through(emu: VirtualEmulator, bot: Actor, days: float) -> None:
    """A program that pings, and that connects again after a minute whenever it has to."""
    sessionid = bot.new_session()
    while emu.clock.elapsed < days * DAY:
        try:
            client = CarriedClient(emu.transport("realtime"))
            client.send(realtime_connect(bot.pk, f"sessionid={sessionid}", keep_alive=600))
            client.expect(ConnAck)
            while emu.clock.elapsed < days * DAY:
                with contextlib.suppress(RealtimeTimeout):
                    client.receive(timeout=min(500, days * DAY - emu.clock.elapsed))
                client.send(PingReq())
                client.expect(PingResp)
        except (RealtimeError, Closed):
            emu.clock.advance(60)


def is_untroubled(emu: VirtualEmulator, client: CarriedClient) -> bool:
    """Whether packets come whole and without delay, and the network is there."""
    began = emu.clock.elapsed
    client.pieces.clear()
    idle = client.is_idle()
    CarriedClient(emu.transport("fbns"))
    return idle and len(client.pieces) == 1 and emu.clock.elapsed - began == pytest.approx(0.1)


@pytest.mark.parametrize("name", ["mobile", "flaky_wifi", "nightly_restart"])
def test_a_day(emu: VirtualEmulator, connect: Callable[..., CarriedClient], bot: Actor, name: Any) -> None:
    play = emu.faults.scenario(name)
    live_through(emu, bot, days=1.5)
    assert play.is_on
    assert play.hits > 2
    connects = emu.counters.connects("realtime").total
    assert connects > (3 if name == "nightly_restart" else 50)
    play.lift()
    play.lift()
    assert not play.is_on
    emu.clock.advance(DAY)
    assert is_untroubled(emu, connect(bot))


@pytest.fixture
def dial(emu: VirtualEmulator) -> Callable[..., CarriedClient]:
    return lambda: CarriedClient(emu.transport("realtime"))


def day_of(seed: int) -> str:
    with VirtualEmulator(seed=1) as emu:
        bot = emu.account("bot")
        emu.faults.scenario("flaky_wifi", seed=seed)
        live_through(emu, bot, days=0.2)
        return emu.timeline()


def test_chance_repeats_itself() -> None:
    assert day_of(1) == day_of(1) != day_of(2)


def test_brokers_are_restarted_at_four(emu: VirtualEmulator, bot: Actor) -> None:
    emu.faults.scenario("nightly_restart")
    live_through(emu, bot, days=3)
    restarts = [entry.closed_at % DAY for entry in emu.connections if entry.closed_at and entry.return_code == 0]
    assert restarts == pytest.approx([4 * 3600] * 3, abs=1)


def test_an_account_is_noticed(emu: VirtualEmulator, bot: Actor) -> None:
    client = emu.client(bot)
    play = emu.faults.scenario("flagged_account", "bot")
    seen: list[type[ClientError]] = []
    while emu.clock.elapsed < 2 * DAY:
        try:
            client.direct_threads()
        except ClientError as error:
            if type(error) not in seen:
                seen.append(type(error))
        emu.clock.advance(100)
    assert seen == [errors.ClientThrottledError, errors.FeedbackRequired, errors.ChallengeRequired]
    play.lift()
    assert client.direct_threads() == []


def test_a_scenario_may_be_lifted_by_what_it_does(emu: VirtualEmulator) -> None:
    steps: list[str] = []

    def script() -> Generator[float, None, None]:
        try:
            yield 10
            play.lift()
            steps.append("lifted")
            yield 10
            steps.append("never")
        finally:
            steps.append("closed")

    play = Play(script(), emu._hub)
    emu.clock.advance(DAY)
    assert steps == ["lifted", "closed"]
    assert not play.is_on


def test_a_scenario_may_end(emu: VirtualEmulator) -> None:
    play = Play((seconds for seconds in (1.0, 2.0)), emu._hub)
    emu.clock.advance(2)
    assert play.is_on
    emu.clock.advance(2)
    assert not play.is_on


def test_scenarios_that_cannot_be(emu: VirtualEmulator) -> None:
    with pytest.raises(ValueError, match="there are mobile, flaky_wifi, nightly_restart, flagged_account"):
        emu.faults.scenario("earthquake")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="whose"):
        emu.faults.scenario("flagged_account")


def test_a_scenario_is_played_in_real_time_as_well() -> None:
    with Emulator() as emu:
        play = emu.faults.scenario("nightly_restart", seed=1)
        assert emu.client("bot").direct_threads() == []
        play.lift()
        assert "scenario nightly_restart" in emu.timeline()
