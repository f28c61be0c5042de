"""What stands in the QR code of a ticket: the address of its page or, without a server, a code to read.

An offline code is ``BKL-20261124-C001-7F3K``: the site, the service day, the number, and four characters of
which two come from the ticket's UUID (so that a code cannot be made up from a number on somebody's paper) and
two are a check.

The check. Read without hyphens as the digits of one number in base 30 (each character's value is its place in
``_VALUES``), a valid code is a multiple of the prime 887. A wrong character changes that number by
``difference × 30^place`` and two swapped neighbours by ``difference × 29 × 30^place``; the differences are
below 36 and 887 is prime, so neither can be a multiple of 887: every single wrong character and every swap of
two neighbours is found, wherever it is. (900 = 30² values fit into two characters, and 887 is the largest
prime below.)

Errors::

    CodeError                what was read is not a code of ours
      E-TKT-01               not the form of an offline code or of a ticket's address
      E-TKT-02               the form is right, the check is not: misread or mistyped
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import uuid as uuids
from dataclasses import dataclass

CLEAR = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Thirty characters without the look-alikes 0 O, 1 I L and without U (V)."""
_VALUES = {character: place for place, character in enumerate(CLEAR + "01ILOU")}
_PRIME = 887

_CODE = re.compile(
    rf"([A-Z0-9]{{3}})-?([0-9]{{8}})-?([A-Z0-9]{{1,3}}[0-9]{{2,6}})-?([{CLEAR}]{{2}})([{CLEAR}]{{2}})"
)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")
_CONSONANT_OF_SYLLABLE = re.compile(r"[^aeiou](?=[aeiou])")
_NOT_ALPHANUMERIC = re.compile(r"[^A-Z0-9]")


class CodeError(ValueError):
    """What was read is not a code of ours, or was misread; ``code`` is stable."""

    def __init__(self, code: str, problem: str) -> None:
        self.code = code
        super().__init__(f"{code}: {problem}")


@dataclass(frozen=True)
class OfflineCode:
    """The parts of an offline code."""

    site: str
    """The mark of the site: :func:`site_mark`."""
    day: dt.date
    number: str
    """The number without separator: ``C001``."""
    mark: str
    """Two characters that come from the ticket's UUID."""


@dataclass(frozen=True)
class PageToken:
    """The token of a ticket's page, from its address."""

    token: str


def site_mark(site_id: str) -> str:
    """Return three characters for a site, the way Indonesians shorten a place: the consonants that begin
    syllables (``bangkalan`` → ``BKL``), filled up from the rest of the name."""
    name = site_id.replace("-", "")
    places = [found.start() for found in _CONSONANT_OF_SYLLABLE.finditer(name)]
    places += [place for place in range(len(name)) if place not in places]
    return "".join(name[place] for place in sorted(places[:3])).upper().ljust(3, "X")


def offline_code(site_id: str, day: dt.date, number: str, uuid: uuids.UUID | str) -> str:
    """Return the offline code of a ticket: ``BKL-20261124-C001-7F3K``. ``number`` may have its separator."""
    body = f"{site_mark(site_id)}-{day:%Y%m%d}-{_plain(number)}-{_mark(uuid)}"
    remainder = _value(body) * len(CLEAR) ** 2 % _PRIME
    high, low = divmod(-remainder % _PRIME, len(CLEAR))
    code = f"{body}{CLEAR[high]}{CLEAR[low]}"
    if not _CODE.fullmatch(code):
        raise ValueError(f"number is {number!r}; allowed: a queue code and 2 to 6 digits, as in C-001")
    return code


def parse_offline_code(text: str) -> OfflineCode:
    """Return the parts of a code that was scanned or typed; raise :class:`CodeError`.

    Case, spaces and missing hyphens do not matter.
    """
    code = "".join(text.upper().split())
    match = _CODE.fullmatch(code)
    if match is None:
        raise CodeError("E-TKT-01", f"{text!r} is not a ticket code; it looks like BKL-20261124-C001-7F3K")
    if _value(code) % _PRIME:
        raise CodeError("E-TKT-02", f"{text!r} was misread or mistyped; please compare it with the paper")
    site, day, number, mark, _ = match.groups()
    try:
        date = dt.datetime.strptime(day, "%Y%m%d").replace(tzinfo=dt.UTC).date()
    except ValueError as error:
        raise CodeError(
            "E-TKT-01", f"{text!r} has {day!r} for a day; it must be a date like 20261124"
        ) from error
    return OfflineCode(site, date, number, mark)


def is_code_of(code: OfflineCode, site_id: str, day: dt.date, number: str, uuid: uuids.UUID | str) -> bool:
    """Return whether ``code`` belongs to exactly this ticket."""
    return code == OfflineCode(site_mark(site_id), day, _plain(number), _mark(uuid))


def qr_payload(server_url: str, token: str, code: str) -> str:
    """Return what the QR holds: the ticket's page where there is a server (``server_url`` not empty), else
    ``code``."""
    if not server_url:
        return code
    if not _TOKEN.fullmatch(token):
        raise ValueError(f"token has {len(token)} characters; allowed: 16 to 64 of A–Z, a–z, 0–9, _ and -")
    return f"{server_url.rstrip('/')}/t/{token}"


def parse_payload(text: str, server_url: str = "") -> OfflineCode | PageToken:
    """Return what a scanned QR means; raise :class:`CodeError`. Only an address on our own server counts."""
    address = f"{server_url.rstrip('/')}/t/"
    if server_url and text.startswith(address):
        token = text.removeprefix(address)
        if _TOKEN.fullmatch(token):
            return PageToken(token)
        raise CodeError("E-TKT-01", f"{text!r} is not the address of a ticket")
    return parse_offline_code(text)


def _plain(number: str) -> str:
    return _NOT_ALPHANUMERIC.sub("", number.upper())


def _mark(uuid: uuids.UUID | str) -> str:
    # A UUIDv7 begins with the time, which anybody can guess: a digest spreads its random bits over both
    # characters.
    digest = hashlib.sha256(uuids.UUID(str(uuid)).bytes).digest()
    return CLEAR[digest[0] % len(CLEAR)] + CLEAR[digest[1] % len(CLEAR)]


def _value(code: str) -> int:
    value = 0
    for character in code.replace("-", ""):
        value = value * len(CLEAR) + _VALUES[character]
    return value
