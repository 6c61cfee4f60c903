"""Which of several known wire forms the realtime broker speaks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Dialect:
    """Switches that may be set at any time; all are off at first.

    Attributes:
        plain_graphql: Direct bodies of topic 149 (typing) are JSON without the thrift struct around it (reported).
        answers_on_pubsub: commands are answered on topic 88 instead of 133 (reported of an older client).
    """

    plain_graphql: bool = False
    answers_on_pubsub: bool = False
