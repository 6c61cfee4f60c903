"""How a password travels: encrypted for the server, never as it is."""

from __future__ import annotations

import base64
import os
import re
import time
from collections.abc import Callable
from typing import NamedTuple, Self

from instagrapi.exceptions import ClientError

#: A shorter key would not protect a password; Instagram's has 2048.
_LEAST_BITS = 1024


class PasswordKey(NamedTuple):
    """The server's public key for passwords: its number (0 to 255) and the base64 of a PEM text."""

    key_id: int
    public_key: str

    @classmethod
    def from_headers(cls, key_id: str, public_key: str) -> Self | None:
        """The key that two response headers announce, or ``None`` when they are unusable."""
        if not (re.fullmatch(r"\d{1,3}", key_id, re.ASCII) and int(key_id) < 256 and public_key):
            return None
        return cls(int(key_id), public_key)


def encrypt_password(
    password: str,
    key: PasswordKey,
    *,
    clock: Callable[[], float] = time.time,
    random_bytes: Callable[[int], bytes] = os.urandom,
) -> str:
    """The ``enc_password`` of a login: ``#PWD_INSTAGRAM:4:<unix seconds>:<base64>``.

    The payload is (wire page, password encryption): 1, key number, 12-byte IV, length of the RSA block (two bytes,
    little endian), RSA block, 16-byte tag, ciphertext. ``random_bytes`` is asked for the AES key first, then the IV.

    Raises:
        ClientError: the key that the server sent is not readable.
    """
    # Loading these takes longer than everything else in the package together, and most programs reuse a session.
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        server_key = load_pem_public_key(base64.b64decode(key.public_key))
    except (ValueError, UnsupportedAlgorithm):
        raise ClientError("The server's key for passwords is not readable; try again later.") from None
    if not isinstance(server_key, RSAPublicKey) or server_key.key_size < _LEAST_BITS:
        raise ClientError("The server's key for passwords is no RSA key of a fair length; a newer release may know it.")
    timestamp = str(int(clock()))
    session_key, iv = random_bytes(32), random_bytes(12)
    sealed_key = server_key.encrypt(session_key, PKCS1v15())
    payload = b"".join(
        (
            bytes((1, key.key_id)),
            iv,
            len(sealed_key).to_bytes(2, "little"),
            sealed_key,
            _seal(session_key, iv, password.encode(), timestamp.encode()),
        )
    )
    return f"#PWD_INSTAGRAM:4:{timestamp}:{base64.b64encode(payload).decode()}"


def _seal(key: bytes, iv: bytes, text: bytes, associated: bytes) -> bytes:
    """AES-GCM with the 16-byte tag in front, where the server expects it; the library appends it."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    sealed = AESGCM(key).encrypt(iv, text, associated)
    return sealed[-16:] + sealed[:-16]
