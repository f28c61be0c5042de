"""Personal PINs: what is allowed, and their argon2id hashes.

A PIN alone says who somebody is, so no list of names is ever shown to a stranger, and no two people may have the same.
There is no default PIN. Parameters: OWASP ASVS 5.0 appendix C (argon2id, t = 2, m ≥ 19 MiB, p = 1).

Errors::

    PinRefused      E-STF-01  too short, too simple, not digits, or taken
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar, Final

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST: Final = 6
LONGEST: Final = 12
TIME_COST: Final = 2
MEMORY_KIB: Final = 19 * 1024


class PinRefused(Exception):
    """The PIN cannot be used; the text says why."""

    code: ClassVar[str] = "E-STF-01"

    def __init__(self, text: str) -> None:
        super().__init__(f"{self.code}: {text}")


def require_good(pin: str) -> None:
    """Raise PinRefused where ``pin`` is not 6 to 12 digits, or is among the first that anybody would try."""
    if not (SHORTEST <= len(pin) <= LONGEST and pin.isascii() and pin.isdigit()):
        raise PinRefused(f"a PIN has {SHORTEST} to {LONGEST} digits")
    if is_simple(pin):
        raise PinRefused("too simple: no single repeated digit or pair, no counting up or down")


def is_simple(pin: str) -> bool:
    """Whether ``pin`` repeats one digit, pair or triple throughout, or counts up or down (123456, 987654, 890123)."""
    for length in (1, 2, 3):
        if len(pin) % length == 0 and pin == pin[:length] * (len(pin) // length):
            return True
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
    return steps in ({1}, {9})


def hash_pin(pin: str) -> str:
    """Return the argon2id hash of ``pin`` with its own salt, in PHC form. Takes some 40 ms."""
    return _hasher().hash(pin)


def whose(pin: str, hashes: Mapping[str, str]) -> str | None:
    """Return the name whose hash ``pin`` fits; None: nobody's. Every hash is tried, whichever fits."""
    from argon2.exceptions import VerifyMismatchError

    found: str | None = None
    for name, hashed in hashes.items():
        try:
            _hasher().verify(hashed, pin)
        except VerifyMismatchError:
            continue
        found = name
    return found


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=TIME_COST, memory_cost=MEMORY_KIB, parallelism=1)
