"""Who this kiosk is to its server: ``<state>/identity.json``, readable by its owner alone.

A systemd credential ``anjungan-token`` (``LoadCredential=``, ``$CREDENTIALS_DIRECTORY``) stands in the token's place
where there is one; such a token is not rotated by the kiosk.

An identity belongs to one machine and one database. A disk put into another machine, and a database that was
restored or made anew, are noticed: :meth:`Identity.require_machine` and :meth:`Identity.require_install`.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from kiosk.sync.errors import CopiedDisk, IdentityUnusable, StoreReplaced

NAME: Final = "identity.json"
CREDENTIAL: Final = "anjungan-token"
_OTHERS: Final = 0o077


@dataclass(frozen=True)
class Fingerprint:
    """What tells one machine from another, as hashes: nothing of it leaves the unit."""

    machine: str = ""
    cards: tuple[str, ...] = ()
    """Of the network cards' own addresses: a copied disk has the same machine-id, and other cards."""

    def differs(self, other: Fingerprint) -> bool:
        """Whether the two are surely two machines; what is not known proves nothing."""
        if self.machine and other.machine and self.machine != other.machine:
            return True
        return bool(self.cards and other.cards and not set(self.cards) & set(other.cards))


def fingerprint(root: Path = Path("/")) -> Fingerprint:
    """Return this machine's: machine-id(5), and the addresses of the network cards that are hardware."""
    machine = _read(root / "etc/machine-id")
    cards = [
        _read(card / "address")
        for card in sorted((root / "sys/class/net").glob("*"))
        if (card / "device").exists()
    ]
    return Fingerprint(_hash(machine), tuple(sorted(_hash(card) for card in cards if card.strip("0:"))))


@dataclass(frozen=True)
class Identity:
    """What an enrolment gave, and where it was given."""

    server: str
    kiosk_id: str
    kiosk_digit: int
    site: str
    name: str
    install: str
    """The database that was enrolled."""
    machine: Fingerprint
    enrolled_at: str
    token: str
    next_token: str = ""
    """A token that was asked for and not used yet."""
    token_at: str = ""
    fixed: bool = False
    """The token is a systemd credential."""

    def __repr__(self) -> str:
        return f"Identity({self.kiosk_id}, digit {self.kiosk_digit}, {self.server})"  # never a token in a log

    def require_machine(self, here: Fingerprint) -> None:
        """Raise CopiedDisk where this is another machine than the one that was enrolled."""
        if self.machine.differs(here):
            raise CopiedDisk(
                f"kiosk {self.kiosk_id} was enrolled in another machine; two of them would give the same numbers:"
                " main.py enrol (with --replaces where the other one is gone)"
            )

    def require_install(self, install: str) -> None:
        """Raise StoreReplaced where the database is another one than that which was enrolled."""
        if self.install != install:
            raise StoreReplaced(
                f"the database of kiosk {self.kiosk_id} was restored or made anew since it was enrolled: main.py enrol"
            )


def exists(state: Path) -> bool:
    """Whether this kiosk was ever enrolled."""
    return (state / NAME).exists()


def load(state: Path, environ: Mapping[str, str] = os.environ) -> Identity | None:
    """Return the identity in the state folder; None where there is none. Raises IdentityUnusable."""
    path = state / NAME
    try:
        with path.open(encoding="utf-8") as file:
            mode = os.fstat(file.fileno()).st_mode
            if mode & _OTHERS:
                raise IdentityUnusable(
                    f"{path}: its rights are {mode & 0o777:04o}; allowed: 0600 (chmod 600)"
                )
            found = json.load(file)
        machine = Fingerprint(found["machine"]["machine"], tuple(found["machine"]["cards"]))
        identity = Identity(**{**found, "machine": machine, "fixed": False})
    except FileNotFoundError:
        return None
    except OSError as error:
        raise IdentityUnusable(f"{path}: {error.strerror}") from error
    except (ValueError, TypeError, KeyError) as error:
        raise IdentityUnusable(f"{path}: is damaged ({type(error).__name__}): main.py enrol") from error
    token = (
        _read(Path(environ["CREDENTIALS_DIRECTORY"]) / CREDENTIAL)
        if "CREDENTIALS_DIRECTORY" in environ
        else ""
    )
    return replace(identity, token=token, next_token="", fixed=True) if token else identity


def save(identity: Identity, state: Path) -> None:
    """Write the identity durably, for its owner's eyes alone. Raises OSError; the old one then stands."""
    path = state / NAME
    fresh = path.with_name(NAME + ".new")
    fresh.unlink(missing_ok=True)
    held = asdict(identity)
    del held["fixed"]
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(held, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    if os.geteuid() == 0:  # a technician's command as root must not lock the kiosk's own user out
        owner = state.stat()
        os.chown(fresh, owner.st_uid, owner.st_gid)
    fresh.replace(path)
    folder = os.open(state, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _hash(text: str) -> str:
    return hashlib.sha256(f"anjungan {text}".encode()).hexdigest()[:32] if text else ""
