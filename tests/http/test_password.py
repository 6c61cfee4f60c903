from __future__ import annotations

import base64
import subprocess
import sys

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from instagrapi.exceptions import ClientError
from instagrapi.http.password import PasswordKey, encrypt_password


def _announced(key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey) -> str:
    pem = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(pem).decode()


@pytest.fixture(scope="module")
def private_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _blob(text: str) -> bytes:
    return base64.b64decode(text.rpartition(":")[2])


def test_the_layout_and_the_vector_of_the_wire_page(private_key: rsa.RSAPrivateKey) -> None:
    text = encrypt_password(
        "pässword!",
        PasswordKey(41, _announced(private_key.public_key())),
        clock=lambda: 1700000000.9,
        random_bytes=lambda count: bytes(range(count)),
    )
    assert text.startswith("#PWD_INSTAGRAM:4:1700000000:")
    blob = _blob(text)
    assert len(blob) == 298
    assert blob[:2] == bytes((1, 41))
    assert blob[2:14] == bytes(range(12))
    assert int.from_bytes(blob[14:16], "little") == 256
    assert private_key.decrypt(blob[16:272], PKCS1v15()) == bytes(range(32))
    assert blob[272:288].hex() == "239dec5e1140653ed8436fd4060d6a01"
    assert blob[288:].hex() == "37c17268b692ad69e960"


def test_the_server_can_read_it_with_real_randomness(private_key: rsa.RSAPrivateKey) -> None:
    key = PasswordKey(7, _announced(private_key.public_key()))
    first, second = encrypt_password("secret", key), encrypt_password("secret", key)
    assert _blob(first)[2:14] != _blob(second)[2:14]
    blob, seconds = _blob(first), first.split(":")[2]
    aes = AESGCM(private_key.decrypt(blob[16:272], PKCS1v15()))
    assert aes.decrypt(blob[2:14], blob[288:] + blob[272:288], seconds.encode()) == b"secret"


def test_an_unusable_key_is_a_clear_error() -> None:
    with pytest.raises(ClientError, match="not readable"):
        encrypt_password("secret", PasswordKey(1, "LS0t(no key)"))
    elliptic = ec.generate_private_key(ec.SECP256R1()).public_key()
    short = rsa.RSAPublicNumbers(3, (1 << 255) + 95).public_key()
    for key in (elliptic, short):
        with pytest.raises(ClientError, match="no RSA key"):
            encrypt_password("secret", PasswordKey(1, _announced(key)))


def test_a_key_of_a_kind_that_nobody_knows_is_a_clear_error() -> None:
    unknown = "-----BEGIN PUBLIC KEY-----\nMBAwBwYFKw4DAhoDBQAwAgEA\n-----END PUBLIC KEY-----\n"
    with pytest.raises(ClientError, match="not readable"):
        encrypt_password("secret", PasswordKey(1, base64.b64encode(unknown.encode()).decode()))


@pytest.mark.parametrize(
    ("key_id", "public_key", "usable"),
    [
        ("0", "k", True),
        ("255", "k", True),
        ("256", "k", False),
        ("1000000", "k", False),
        ("00041000000", "k", False),
        ("-1", "k", False),
    ]
    + [("", "k", False), ("²", "k", False), ("12", "", False)],
)
def test_only_a_number_of_one_byte_and_a_key_are_announced_keys(key_id: str, public_key: str, usable: bool) -> None:
    assert (PasswordKey.from_headers(key_id, public_key) is not None) is usable


def test_importing_the_client_does_not_load_the_cryptography_package() -> None:
    code = "import sys, instagrapi.mixins.http; print('cryptography' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
