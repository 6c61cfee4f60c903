"""The state of a session: what the settings file holds, typed, and at the same time a mapping.

The keys and defaults are those of instagrapi 3.x (wire page, settings file), so that one file serves both. Keys that
are unknown here are kept as they are, in their order.
"""

from __future__ import annotations

import contextlib
import copy
import json
import logging
import os
import tempfile
from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator

from instagrapi.exceptions import ClientError
from instagrapi.http.device import build_user_agent, completed_device, device_settings, generate_uuids
from instagrapi.profile import Profile

logger = logging.getLogger("instagrapi.http")


def timezone_name(offset: int) -> str:
    """The name that goes with an offset in seconds: ``GMT-04:00`` for -14400."""
    hours, minutes = divmod(abs(offset) // 60, 60)
    return f"GMT{'-' if offset < 0 else '+'}{hours:02}:{minutes:02}"


class Settings(MutableMapping[str, Any], BaseModel):
    """Everything that makes a session survive the program: device, bearer, cookies, place.

    Known keys are attributes and items; both are checked on assignment, and ``None`` brings back the default. Other
    keys are items only and hold anything that JSON can. Known keys cannot be deleted. The object is a full
    credential, so neither ``repr`` nor an error shows a value.
    """

    model_config = ConfigDict(
        extra="allow",
        validate_assignment=True,
        coerce_numbers_to_str=True,
        hide_input_in_errors=True,
        defer_build=True,
    )

    uuids: dict[str, Any] = Field(default_factory=generate_uuids)
    mid: str | None = None
    ig_u_rur: str | None = None
    ig_www_claim: str | None = None
    authorization_data: dict[str, Any] = Field(default_factory=dict)
    cookies: dict[str, str] = Field(default_factory=dict)
    last_login: float | None = None  # unix seconds
    device_settings: dict[str, Any] = Field(default_factory=lambda: device_settings(Profile()))
    user_agent: str
    country: str = "US"
    country_code: int = 1
    locale: str = "en_US"
    timezone_offset: int = -14400  # seconds east of UTC
    timezone_name: str = "GMT-04:00"
    push_disabled: bool = True
    # Not used, from here up to ``tls_verify`` but without it: these keep the file complete for instagrapi 3.x.
    request_timeout: Any = 1
    public_request_retries_count: Any = 3
    public_request_retries_timeout: Any = 2
    session_retry_total: Any = 3
    session_retry_backoff_factor: Any = 2
    session_retry_statuses: Any = Field(default_factory=lambda: [429, 500, 502, 503, 504])
    public_transport: Any = "requests"
    public_user_agent: Any = (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_13_6) AppleWebKit/605.1.15 (KHTML, like Gecko) "
        "Version/11.1.2 Safari/605.1.15"
    )
    public_graphql_user_agent: Any = (
        "Instagram 273.0.0.16.70 (iPhone15,2; iOS 17_5_1; en_US; en-US; scale=3.00; 1290x2796; 470085518)"
    )
    private_transport: Any = "curl"
    public_transport_impersonate: Any = "chrome136"
    tls_verify: bool | str = True  # kept as it is; what counts is :attr:`ca_file`

    @classmethod
    def read(cls, data: Mapping[str, Any] | None = None, profile: Profile | None = None) -> Self:
        """Settings from a plain mapping, such as a parsed file of any age; what is missing gets its default.

        A saved device is kept; the profile (the default one if omitted) only fills what the mapping does not say.

        Raises:
            ClientError: a value has a type that means nothing; the message names the key, not the value.
        """
        if not isinstance(data, Mapping | None):
            raise ClientError("settings have to be a mapping, as get_settings() returns it")
        given = copy.deepcopy(dict(data or {}))
        if isinstance(given.get("device_settings"), Mapping | None):
            given["device_settings"] = completed_device(given.get("device_settings") or {}, profile or Profile())
        built = not given.get("user_agent")
        try:
            settings = cls.model_validate({**given, "user_agent": "" if built else given["user_agent"]})
        except ValidationError as error:
            raise _unusable(error) from None
        settings.mid = settings.mid or settings.cookies.get("mid")  # where older releases kept it
        if built:
            settings.user_agent = settings.built_user_agent()
        return settings

    @classmethod
    def load(cls, path: str | os.PathLike[str], profile: Profile | None = None) -> Self:
        """Settings from a JSON file.

        Raises:
            OSError: the file cannot be read; ``FileNotFoundError`` when there is none.
            ClientError: it is not a settings file.
        """
        with open(path, encoding="utf-8") as file:
            try:
                data = json.load(file)
            except (ValueError, RecursionError):
                raise ClientError(f"{os.fspath(path)} is not a settings file: it is not JSON") from None
        if not isinstance(data, dict):
            raise ClientError(f"{os.fspath(path)} is not a settings file: it holds no JSON object")
        return cls.read(data, profile)

    def dump(self, path: str | os.PathLike[str]) -> None:
        """Writes the JSON file, readable by its owner only; a reader sees the old file or the new one, never half.

        Raises:
            OSError: the file cannot be written; an existing one is untouched.
            TypeError: a program put something into the settings that is no JSON.
        """
        text = json.dumps(self.to_dict(), indent=4)
        target = os.path.realpath(path)  # a link stays a link
        handle, temporary = tempfile.mkstemp(dir=os.path.dirname(target), prefix=".settings-")  # mode 0600
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, target)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise

    def to_dict(self) -> dict[str, Any]:
        """A plain copy, ready for JSON."""
        return copy.deepcopy(dict(self))

    @property
    def ca_file(self) -> str | None:
        """The file with the only certificate authorities to trust, if ``tls_verify`` names one.

        Anything else that it may be means the usual authorities: nothing switches verification off.
        """
        return self.tls_verify if isinstance(self.tls_verify, str) and self.tls_verify else None

    def built_user_agent(self) -> str:
        """The user agent that fits the device and the locale."""
        return build_user_agent(self.device_settings, self.locale)

    # --- the mapping ------------------------------------------------------------------------------------------------

    @property
    def _others(self) -> dict[str, Any]:
        extra = self.__pydantic_extra__
        assert extra is not None  # noqa: S101  # pydantic's promise for extra="allow"
        return extra

    def __getitem__(self, key: str) -> Any:
        return getattr(self, key) if key in type(self).model_fields else self._others[key]

    def __setitem__(self, key: str, value: Any) -> None:
        if key in type(self).model_fields:
            try:
                setattr(self, key, value)
            except ValidationError as error:
                raise _unusable(error) from None
        else:
            self._others[key] = value

    def __delitem__(self, key: str) -> None:
        if key in type(self).model_fields:
            raise TypeError(f"every session has {key!r}; assign None to bring back its default")
        del self._others[key]

    def __iter__(self) -> Iterator[str]:  # type: ignore[override]  # pydantic's own would yield pairs
        yield from type(self).model_fields
        yield from self._others

    def __len__(self) -> int:
        return len(type(self).model_fields) + len(self._others)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} with {', '.join(self)}>"

    __str__ = __repr__

    # --- what old and foreign files look like -----------------------------------------------------------------------

    @field_validator("*", mode="before")
    @classmethod
    def _null_means_default(cls, value: Any, info: ValidationInfo) -> Any:
        field = cls.model_fields[info.field_name or ""]
        used = field.annotation is not Any
        if value is None and used and not field.is_required():
            return field.get_default(call_default_factory=True)
        return value

    @field_validator("uuids", mode="before")
    @classmethod
    def _complete_uuids(cls, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        given = _without_nulls(value)
        if str(given.get("device_id")).startswith("android-"):  # its name in files of older releases
            given.setdefault("android_device_id", given["device_id"])
        return {**generate_uuids(), **given}

    @field_validator("device_settings", mode="before")
    @classmethod
    def _complete_device(cls, value: Any) -> Any:
        return completed_device(value, Profile()) if isinstance(value, Mapping) else value

    @field_validator("tls_verify")
    @classmethod
    def _warn_of_verification_switched_off(cls, value: bool | str) -> bool | str:
        if not value:
            logger.warning(
                "tls_verify does not switch verification off; it can only name a file of certificate authorities"
            )
        return value

    @field_validator("cookies", mode="before")
    @classmethod
    def _drop_empty_cookies(cls, value: Any) -> Any:
        return _without_nulls(value) if isinstance(value, Mapping) else value


def _without_nulls(value: Mapping[str, Any] | None) -> dict[str, Any]:
    return {key: item for key, item in (value or {}).items() if item is not None}


def _unusable(error: ValidationError) -> ClientError:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    return ClientError(f"the settings cannot be used: {'.'.join(map(str, first['loc']))}: {first['msg']}")
