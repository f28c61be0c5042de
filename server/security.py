"""Secrets: device tokens, pairing codes, passwords.

* A **token** is 256 random bits. It is kept as plain SHA-256: nobody can try 2^256 values, so a slow hash with a salt
  (which is there for what people choose) would only slow every request down. Found by its hash, it is never
  compared character by character.
* A **pairing code** is 34.6 bits (RFC 8628), too few for that (ASVS 5.0, 6.5.2: below 112 bits). It is kept as argon2id
  with this installation's salt: whoever reads the database would need years of processor time for a code that
  lives ten minutes.
* A **password** is kept as argon2id with its own salt (ASVS 4, appendix C: t=2, m≥19 MiB, p=1).
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import hash_secret_raw

from kiosk.sync.wire import PAIRING_ALPHABET

TOKEN_PREFIX: Final = "ajg_"  # noqa: S105 - lets a secret scanner know one when it sees one
CODE_LENGTH: Final = 8
PASSWORD_LENGTH: Final = (10, 200)
"""Characters; long enough to need no rules about digits and signs (NIST 800-63B)."""

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def new_token() -> str:
    """Return a device token: 256 random bits, base64url."""
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", errors="replace")).hexdigest()


def new_code() -> str:
    """Return a pairing code: eight letters a person can read out."""
    return "".join(secrets.choice(PAIRING_ALPHABET) for _ in range(CODE_LENGTH))


def code_hash(code: str, salt: bytes) -> str:
    """Return what is kept of a pairing code; ``salt`` is this installation's. Takes tens of milliseconds."""
    raw = hash_secret_raw(
        code.encode(), salt, time_cost=2, memory_cost=19 * 1024, parallelism=1, hash_len=32, type=Type.ID
    )
    return raw.hex()


def new_salt() -> str:
    """Return a salt for this installation, in hexadecimal."""
    return secrets.token_hex(16)


def password_hash(password: str) -> str:
    """Return what is kept of a password."""
    return _hasher.hash(password)


_NOBODY: Final = _hasher.hash(secrets.token_urlsafe(16))


def password_fits(password: str, kept: str | None) -> bool:
    """Whether ``password`` is the one of ``kept``. Without one (no such user) it takes as long and is False."""
    try:
        _hasher.verify(kept or _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None
