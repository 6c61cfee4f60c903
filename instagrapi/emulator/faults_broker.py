"""Faults of the two brokers: what they answer, and when they say goodbye."""

from __future__ import annotations

from collections.abc import Callable

from instagrapi.emulator.bodies import POSITION_UNKNOWN
from instagrapi.emulator.fault import AnswerFate, Fault, Kind, Moment, Rule, Service
from instagrapi.emulator.faults_core import FaultsCore, Who
from instagrapi.emulator.link import Link
from instagrapi.realtime.protocol.packets import ConnAck, Disconnect
from instagrapi.realtime.wire.topics import MQTToTTopics

_OVERFLOW = "IrisQueueOverflowException"
_RESNAPSHOT = "Server force resnapshot"


class BrokerFaults(FaultsCore):
    """See :class:`~instagrapi.emulator.faults_line.LineFaults` for what the arguments mean."""

    # --- CONNECT ------------------------------------------------------------------------------------------------------

    def refuse_connect(
        self,
        code: int = 3,
        service: Service | None = None,
        account: Who | None = None,
        *,
        times: int | None = None,
    ) -> Fault:
        """Answers CONNECT with this code: 3 is unavailable, 4 bad credentials, 5 not authorized."""
        return self.answer_connect(ConnAck(code), service, account, times=times)

    def answer_connect(
        self,
        answer: ConnAck,
        service: Service | None = None,
        account: Who | None = None,
        *,
        times: int | None = None,
    ) -> Fault:
        """Answers CONNECT with this CONNACK; one with code 0 replaces what an accepted CONNECT would get."""
        name = f"CONNACK {answer.return_code}"
        return self._rule(Kind.CONNACK, name, answer, service=service, account=account, times=times)

    # --- goodbyes -----------------------------------------------------------------------------------------------------

    def disconnect(self, service: Service | None = None, account: Who | None = None) -> int:
        """Ends connections with DISCONNECT."""

        def leave(link: Link) -> None:
            link.queue(Disconnect())
            link.finish()

        return self._strike("DISCONNECT", service, account, leave)

    def preemptive_ping(self, service: Service | None = None, account: Who | None = None) -> int:
        """Says ``/pp`` (topic 34), upon which a client connects anew (reported); the connection stays."""
        return self._strike_sessions(
            "/pp", service, account, lambda session: session.publish_raw(MQTToTTopics.PREEMPTIVE_PING, b"", "/pp")
        )

    def kick(self, service: Service | None = None, account: Who | None = None) -> int:
        """Ends connections as if the same device had connected from somewhere else."""
        return self._strike("kicked by another connection of the device", service, account, lambda link: link.close())

    # --- message sync -------------------------------------------------------------------------------------------------

    def refuse_iris(
        self,
        error_type: int = POSITION_UNKNOWN,
        message: str = _RESNAPSHOT,
        account: Who | None = None,
        *,
        times: int | None = None,
    ) -> Fault:
        """Refuses message sync: type 1 asks for a new position, type 2 passes by itself (reported)."""
        value = (message, error_type)
        return self._on_realtime(Kind.SYNC_ANSWER, "refuse_iris", value, account, times)

    def ignore_iris(self, account: Who | None = None, *, times: int | None = None) -> Fault:
        """Does not answer the wish for message sync."""
        return self._on_realtime(Kind.SYNC_ANSWER, "ignore_iris", None, account, times)

    def position_too_old(self, account: Who | None = None, *, times: int | None = 1) -> Fault:
        """Refuses message sync as if events behind the position were gone."""
        value = (_OVERFLOW, POSITION_UNKNOWN)
        return self._on_realtime(Kind.SYNC_ANSWER, "position_too_old", value, account, times)

    # --- commands -----------------------------------------------------------------------------------------------------

    def refuse_commands(
        self,
        status: int = 400,
        message: str = "feedback_required",
        account: Who | None = None,
        *,
        times: int | None = None,
    ) -> Fault:
        """Carries commands not out, and says so."""
        return self._on_realtime(Kind.COMMAND, "refuse_commands", (status, message), account, times)

    def drop_answers(self, account: Who | None = None, *, times: int | None = None) -> Fault:
        """Carries commands out and does not say so; they are acknowledged nevertheless."""
        return self._on_realtime(Kind.COMMAND_ANSWER, "drop_answers", AnswerFate.LOST, account, times)

    def answer_late(self, account: Who | None = None, *, times: int | None = 1) -> Fault:
        """Carries commands out and answers after the account's next CONNECT."""
        return self._on_realtime(Kind.COMMAND_ANSWER, "answer_late", AnswerFate.LATE, account, times)

    # --- moments ------------------------------------------------------------------------------------------------------

    def when(
        self,
        moment: Moment,
        act: Callable[[], object],
        service: Service | None = None,
        account: Who | None = None,
        *,
        times: int | None = 1,
        skip: int = 0,
    ) -> Fault:
        """Does something, such as another fault, exactly at a moment.

        Args:
            moment: ``connected``, ``subscribing`` (message sync is asked for), ``command`` (it has arrived), ``answer``
                (the command was carried out), ``delivery`` (a message-sync body or a push is about to go out) or
                ``acknowledged`` (it has reached the program).
            act: what to do; a command whose connection it takes away is not carried out.
            skip: how many such moments to let pass before.
        """
        passed = 0

        def act_in_turn() -> None:
            nonlocal passed
            passed += 1
            if passed > skip:
                act()

        total = None if times is None else skip + times
        return self._rule(moment, f"when {moment}", act_in_turn, service=service, account=account, times=total)

    def _on_realtime(self, kind: Kind, name: str, value: object, account: Who | None, times: int | None) -> Rule:
        return self._rule(kind, name, value, services=("realtime",), account=account, times=times)
