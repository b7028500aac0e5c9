"""Signatures and encryption of calls, as both platforms describe them.

A signature is the SHA-1 of the token and the signed parts, sorted and joined. An
encrypted text is AES-256-CBC with the key's first 16 bytes as the initial vector, and
holds 16 random bytes, the length of the text, the text, and whom it is meant for.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

KEY_CHARACTERS = 43
BLOCK, PADDED_TO = 16, 32
RANDOM_BYTES, LENGTH_BYTES = 16, 4


class CodecError(ValueError):
    """A text that was not encrypted with this key for this receiver."""


def sign(token: str, *parts: str) -> str:
    """Return the signature of parts under a token."""
    joined = "".join(sorted([token, *parts]))
    # The platforms prescribe SHA-1.
    return hashlib.sha1(joined.encode("utf-8", "replace")).hexdigest()  # noqa: S324


def is_signed(given: str, token: str, *parts: str) -> bool:
    """Tell whether a signature is right; without a token none is."""
    made = sign(token, *parts)
    return bool(token) and hmac.compare_digest(
        given.encode("utf-8", "replace"), made.encode()
    )


def read_key(text: str) -> bytes:
    """Return the 32 bytes of an EncodingAESKey; raises CodecError."""
    try:
        key = base64.b64decode(f"{text}=", validate=True)
    except (binascii.Error, ValueError) as error:
        message = "the EncodingAESKey has other characters than letters and digits"
        raise CodecError(message) from error
    if len(text) != KEY_CHARACTERS:
        message = f"an EncodingAESKey has 43 characters; received {len(text)}"
        raise CodecError(message)
    return key


def decrypt(encrypted: str, aes_key: str, receiver: str) -> str:
    """Return the text that was encrypted for a receiver; raises CodecError."""
    key = read_key(aes_key)
    try:
        data = base64.b64decode(encrypted, validate=True)
    except (binascii.Error, ValueError) as error:
        message = "the encrypted text is no base64"
        raise CodecError(message) from error
    if not data or len(data) % BLOCK:
        message = f"an encrypted text has whole blocks; received {len(data)} bytes"
        raise CodecError(message)
    opened = Cipher(algorithms.AES(key), modes.CBC(key[:BLOCK])).decryptor()
    return _unpacked(_unpadded(opened.update(data) + opened.finalize()), receiver)


def _unpadded(plain: bytes) -> bytes:
    count = plain[-1]
    if not 1 <= count <= PADDED_TO or plain[-count:] != bytes([count]) * count:
        message = "the text was encrypted with another key"
        raise CodecError(message)
    return plain[:-count]


def _unpacked(plain: bytes, receiver: str) -> str:
    start = RANDOM_BYTES + LENGTH_BYTES
    length = int.from_bytes(plain[RANDOM_BYTES:start], "big")
    text, meant_for = plain[start : start + length], plain[start + length :]
    if len(text) != length or meant_for != receiver.encode():
        message = "the encrypted text is meant for somebody else"
        raise CodecError(message)
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        message = "the encrypted text is not in UTF-8"
        raise CodecError(message) from error
