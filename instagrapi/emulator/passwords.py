"""The server's half of password encryption: announces a key, and reads what was encrypted for it."""

from __future__ import annotations

import base64
import threading
from typing import ClassVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_ID = 41
_PREFIX = "#PWD_INSTAGRAM:4:"
_IV_AT, _LENGTH_AT, _SEALED_KEY_AT = 2, 14, 16
_TAG_SIZE = 16


class PasswordVault:
    """An RSA key of 2048 bits, the same for the whole process and made when it is first needed: that takes a while."""

    _lock = threading.Lock()
    _key: ClassVar[rsa.RSAPrivateKey | None] = None

    def headers(self) -> dict[str, str]:
        """The response headers that announce the key (names and form reported)."""
        public_key = self._private_key().public_key()
        pem = public_key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        return {
            "ig-set-password-encryption-key-id": str(KEY_ID),
            "ig-set-password-encryption-pub-key": base64.b64encode(pem).decode(),
        }

    def open(self, enc_password: str) -> str | None:
        """The password inside an ``enc_password``; ``None`` when it was not made for this key.

        The layout (reported): 1, key id, 12-byte IV, length of the RSA block (two bytes, little endian), RSA block,
        16-byte tag, ciphertext; the timestamp of the prefix is authenticated with it.
        """
        timestamp, _, encoded = enc_password.removeprefix(_PREFIX).partition(":")
        if not enc_password.startswith(_PREFIX):
            return None
        try:
            blob = base64.b64decode(encoded, validate=True)
            if blob[:_IV_AT] != bytes((1, KEY_ID)):
                return None
            sealed_key_end = _SEALED_KEY_AT + int.from_bytes(blob[_LENGTH_AT:_SEALED_KEY_AT], "little")
            session_key = self._private_key().decrypt(blob[_SEALED_KEY_AT:sealed_key_end], PKCS1v15())
            tag, ciphertext = blob[sealed_key_end:][:_TAG_SIZE], blob[sealed_key_end + _TAG_SIZE :]
            return AESGCM(session_key).decrypt(blob[_IV_AT:_LENGTH_AT], ciphertext + tag, timestamp.encode()).decode()
        except (ValueError, InvalidTag):
            return None

    @classmethod
    def _private_key(cls) -> rsa.RSAPrivateKey:
        with cls._lock:
            if cls._key is None:
                cls._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
            return cls._key
