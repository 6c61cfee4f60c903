"""How an app's requests look, and in what a request differs from them.

The headers are those that every known client sends (reported); so are the fields that the views name. That the service
insists on any of it is assumed: an emulator only takes note, unless it is strict.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from werkzeug.wrappers import Request

from instagrapi.emulator.http_answers import Rejected
from instagrapi.emulator.model import Account
from instagrapi.emulator.views.base import Convention
from instagrapi.realtime.protocol.payload import parse_json

FORM = "application/x-www-form-urlencoded; charset=UTF-8"
_SIGNATURE = "SIGNATURE."
_UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_LOCALE = r"[a-z]{2,3}(_\w+)*"

#: Headers that are always there.
_HEADERS = {
    "User-Agent": r"Instagram \S+ Android \(.+\)",
    "X-IG-App-ID": r"\d+",
    "X-IG-Capabilities": r"\S+",
    "X-IG-Device-ID": _UUID,
    "X-IG-Family-Device-ID": _UUID,
    "X-IG-Android-ID": r"android-[0-9a-f]{16}",
    "X-IG-App-Locale": _LOCALE,
    "X-IG-Device-Locale": _LOCALE,
    "X-IG-Mapped-Locale": _LOCALE,
    "Accept-Language": r"[a-z]{2,3}(-\w+)*(, en-US)?",
    "X-IG-App-Startup-Country": r"[A-Z]{2}",
    "X-IG-Timezone-Offset": r"-?\d+",
    "X-Bloks-Version-Id": r"[0-9a-f]{64}",
    "X-IG-WWW-Claim": r"\S+",
    "X-Pigeon-Session-Id": rf"UFS-{_UUID}-\d",
    "X-Pigeon-Rawclienttime": r"\d+\.\d{3}",
    "X-IG-Connection-Type": r"[A-Z]+",
    "Accept-Encoding": r".*gzip.*",
}
#: Fields that repeat what a header says.
_SAME_IDS = {
    "_uuid": "X-IG-Device-ID",
    "uuid": "X-IG-Device-ID",
    "guid": "X-IG-Device-ID",
    "device_id": "X-IG-Android-ID",
    "phone_id": "X-IG-Family-Device-ID",
    "_uid": "IG-U-DS-USER-ID",
}


class Form(NamedTuple):
    """The fields of a request, plain or inside the JSON text of ``signed_body``."""

    fields: Mapping[str, Any] = {}
    is_signed: bool = False


def read_form(request: Request) -> Form:
    """The form, of either kind: the service takes both (reported).

    Raises:
        Rejected: ``signed_body`` is there and holds no object.
    """
    signed = request.form.get("signed_body")
    if signed is None:
        return Form(request.form.to_dict())
    try:
        fields = parse_json(signed.removeprefix(_SIGNATURE))
    except ValueError:
        fields = None
    if not isinstance(fields, dict):
        raise Rejected(400, "signed_body is no JSON object")
    return Form(fields, is_signed=True)


def deviations(request: Request, form: Form, convention: Convention, account: Account | None) -> Iterator[str]:
    """In what a request differs from that of an app, each in a few words.

    Args:
        account: whose it is; ``None`` where no session is needed.
    """
    if convention.app_headers:
        yield from _odd_headers(request, account)
        yield from _odd_ids(request, form)
    if request.method == "POST" and convention.signed not in (None, form.is_signed):
        yield "its form is signed" if form.is_signed else "its form is not signed"
    for name in sorted(convention.fields - form.fields.keys()):
        yield f"it lacks the field {name}"
    for name in sorted(convention.query - request.args.keys()):
        yield f"it lacks {name} in its query"
    for name, value in {**request.args, **form.fields}.items():
        if value in ("True", "False", "None"):
            yield f"{name} is {value}, as Python writes it"


def _odd_headers(request: Request, account: Account | None) -> Iterator[str]:
    expected = {**_HEADERS, "IG-INTENDED-USER-ID": "0" if account is None else str(account.pk)}
    if account is not None:
        expected |= {"Authorization": r"Bearer IGT:2:\S+", "IG-U-DS-USER-ID": str(account.pk)}
    if request.method == "POST":
        expected["Content-Type"] = re.escape(FORM)
    for name, pattern in expected.items():
        value = request.headers.get(name)
        if value is None:
            yield f"it lacks the header {name}"
        elif not re.fullmatch(pattern, value):
            yield f"its header {name} is odd"
    unexpected = () if account is not None else ("Authorization", "IG-U-DS-USER-ID")
    for name in unexpected if request.method == "POST" else (*unexpected, "Content-Type"):
        if name in request.headers:
            yield f"it has the header {name}"


def _odd_ids(request: Request, form: Form) -> Iterator[str]:
    for name, header in _SAME_IDS.items():
        if name in form.fields and form.fields[name] != request.headers.get(header):
            yield f"its field {name} is not what the header {header} says"
