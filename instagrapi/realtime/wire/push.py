"""Push notifications: the JSON inside the JSON, and what its short names mean (wire page, "Notifications")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from instagrapi.realtime.wire.decode import parse_value

#: Fields of a typed push event by the short name in the notification and the long one that other clients print.
_NAMES = {
    "recipient_id": ("u", "intendedRecipientUserId"),
    "message": ("m", "message"),
    "push_id": ("pi", "pushId"),
    "title": ("t", "title"),
    "ticker_text": ("tt", "tickerText"),
    "image_url": ("i", "optionalImage"),
    "avatar_url": ("a", "optionalAvatarUrl"),
    "sound": ("sound", "sound"),
    "push_category": ("c", "pushCategory"),
    "in_app_actors": ("ia", "inAppActors"),
}


def unwrap(envelope: Any) -> Any:
    """The notification inside an envelope, ``None`` when there is none."""
    inner = envelope.get("fbpushnotif") if isinstance(envelope, Mapping) else None
    if inner is None:
        return None
    notification = parse_value(inner)
    return notification if isinstance(notification, dict) else {"value": notification}


def push_key(notification: Mapping[str, Any], envelope: Mapping[str, Any]) -> int | None:
    """What two deliveries of one notification have in common: all of it; ``None`` without an id, which makes it one."""
    push_id = _either(notification, "pi", "pushId")
    return None if push_id is None else hash(str(envelope.get("fbpushnotif")))


def push_fields(notification: Mapping[str, Any], envelope: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a typed push event, from short names or long ones."""
    action_path, action_params = _action(_either(notification, "ig", "igAction"))
    override_path, override_params = _action(_either(notification, "igo", "igActionOverride"))
    source_id = _either(notification, "s", "sourceUserId")
    badge = parse_value(_either(notification, "bc", "badgeCount"))
    return {
        **{field: _either(notification, short, long) for field, (short, long) in _NAMES.items()},
        "collapse_key": _either(notification, "collapse_key", "collapseKey") or envelope.get("cp") or None,
        "source_id": None if source_id == "None" else source_id,
        "action_path": action_path,
        "action_params": action_params,
        "override_path": override_path,
        "override_params": override_params,
        "badge": badge if isinstance(badge, Mapping) else None,
        "notification_id": envelope.get("nid"),
        "buffered": envelope.get("bu"),
    }


def push_registration(token: str, *, uuid: str, phone_id: str, user_id: str, csrf_token: str) -> dict[str, str]:
    """The form of ``push/register/``, with the same device ids every time."""
    return {
        "device_type": "android_mqtt",
        "is_main_push_channel": "true",
        "device_sub_type": "2",
        "device_token": token,
        "_csrftoken": csrf_token,
        "guid": uuid,
        "uuid": uuid,
        "users": user_id,
        "family_device_id": phone_id,
    }


def _either(values: Mapping[str, Any], short: str, long: str) -> Any:
    value = values.get(short)
    return values.get(long) if value is None else value


def _action(action: Any) -> tuple[str | None, dict[str, str] | None]:
    """``path?query`` taken apart."""
    if not isinstance(action, str):
        return None, None
    path, _, query = action.partition("?")
    try:
        return path, dict(parse_qsl(query, keep_blank_values=True, max_num_fields=100))
    except ValueError:
        return path, {}
