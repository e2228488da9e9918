"""SM3, the national hash (GB/T 32905-2016), 256 bits, written as 64 lower-case hex digits.

The bytes are hashed by the `cryptography` package, which carries its own OpenSSL: `hashlib` has SM3 only where
the system's OpenSSL happens to offer it.
"""

from cryptography.hazmat.primitives import hashes


class Sm3:
    """SM3 of data that comes in pieces: `update(piece)` any number of times, then `hexdigest()`."""

    def __init__(self, data: bytes = b"") -> None:
        self._hash = hashes.Hash(hashes.SM3())
        self._hash.update(data)

    def update(self, data: bytes) -> None:
        """Add the next piece."""
        self._hash.update(data)

    def hexdigest(self) -> str:
        """Digest of everything so far, 64 lower-case hex digits; more pieces may follow."""
        return self._hash.copy().finalize().hex()


def sm3(data: bytes) -> str:
    """SM3 of `data` as 64 lower-case hex digits; the standard's own example: sm3(b"abc") starts with 66c7f0f4."""
    return Sm3(data).hexdigest()
