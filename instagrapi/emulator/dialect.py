"""Which of several known behaviours the brokers show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(slots=True)
class Dialect:
    """Switches that may be set at any time.

    Attributes:
        plain_graphql: Direct bodies of topic 149 (typing) are JSON without the thrift struct around it (reported).
        answers_on_pubsub: commands are answered on topic 88 instead of 133 (reported of an older client).
        same_device: when a device connects that is connected already: ``kick`` ends the older connection without a
            goodbye (reported), ``refuse`` answers CONNACK 2 (reported of FBNS), ``allow`` keeps both.
    """

    plain_graphql: bool = False
    answers_on_pubsub: bool = False
    same_device: Literal["kick", "refuse", "allow"] = "kick"
