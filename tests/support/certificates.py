"""Certificates for loopback brokers: the right one, and the wrong ones."""

from __future__ import annotations

import datetime
import functools
import ssl

import trustme

#: Every good certificate is for these names; only ``localhost`` resolves.
NAMES = ("localhost", "broker.test", "127.0.0.1")


@functools.cache
def authority(name: str) -> trustme.CA:
    """A certificate authority by name; only ``ours`` is trusted."""
    return trustme.CA(organization_name=name)


@functools.cache
def trusting() -> ssl.SSLContext:
    """What a client uses that trusts our authority and nobody else."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority("ours").configure_trust(context)
    return context


def serving(*names: str, issuer: str = "ours", expired: bool = False) -> ssl.SSLContext:
    """What a broker uses, by default with a certificate that is good for all of :data:`NAMES`."""
    return _serving(names or NAMES, issuer, expired)


@functools.cache
def _serving(names: tuple[str, ...], issuer: str, expired: bool) -> ssl.SSLContext:
    yesterday = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    dates = {"not_before": yesterday - datetime.timedelta(days=9), "not_after": yesterday} if expired else {}
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority(issuer).issue_cert(*names, **dates).configure_cert(context)
    return context
