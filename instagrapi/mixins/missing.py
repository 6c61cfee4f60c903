"""What was asked for is not there: the error of the subject instead of that of HTTP."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from instagrapi.exceptions import (
    ClientError,
    ClientNotFoundError,
    DirectMessageNotFound,
    DirectThreadNotFound,
)

#: Of a message the server does not say whether it or the whole thread is missing.
_IN_DIRECT: dict[type[ClientError], str] = {
    DirectThreadNotFound: "There is no such thread.",
    DirectMessageNotFound: "There is no such message, or no such thread.",
}


@contextlib.contextmanager
def missing_as(kind: type[ClientError], message: str = "", *, said: str | None = None) -> Iterator[None]:
    """Raises ``kind`` in place of HTTP 404, with the same evidence.

    Args:
        kind: what is raised.
        message: what it says; there are sentences for threads and messages.
        said: a sentence, in lower case, by which the server means the same at other statuses.
    """
    try:
        yield
    except ClientError as error:
        if isinstance(error, ClientNotFoundError) or (said and said in error.message.lower()):
            raise kind(
                message or _IN_DIRECT[kind], code=error.code, body=error.body, response=error.response
            ) from error
        raise
