"""Short secrets kept in the database: sealed with SM4-GCM (GB/T 32907) under a key drawn from SECRET_KEY."""

import base64
import binascii
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.conf import settings

from luodi.kit.sm3 import sm3

NONCE, TAG = 12, 16


def _key(purpose: str) -> algorithms.SM4:
    return algorithms.SM4(bytes.fromhex(sm3(f"{purpose}\n{settings.SECRET_KEY}".encode()))[:16])


def seal(text: str, purpose: str) -> str:
    """The text as it may be stored; the same text is sealed differently each time. `purpose` keeps uses apart."""
    nonce = os.urandom(NONCE)
    encryptor = Cipher(_key(purpose), modes.GCM(nonce)).encryptor()
    sealed = encryptor.update(text.encode()) + encryptor.finalize()
    return base64.urlsafe_b64encode(nonce + encryptor.tag + sealed).decode()


def open_sealed(stored: str, purpose: str) -> str | None:
    """The text again; None if it was altered, or sealed under another SECRET_KEY or for another purpose."""
    try:
        content = base64.urlsafe_b64decode(stored)
        nonce, tag, sealed = content[:NONCE], content[NONCE : NONCE + TAG], content[NONCE + TAG :]
        decryptor = Cipher(_key(purpose), modes.GCM(nonce, tag)).decryptor()
        return (decryptor.update(sealed) + decryptor.finalize()).decode()
    except (binascii.Error, ValueError, InvalidTag):
        return None
