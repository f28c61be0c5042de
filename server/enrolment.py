"""How a device becomes known: a pairing code of ten minutes, a digit of its own, a token; rotation and revocation."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import uuid6
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from kiosk.sync.wire import DeviceClass, Enrolled, Enrolment, GivenNumber, ProblemCode
from server import audit, limits, security
from server.db.models import Kiosk, Meta, PairingCode, Site, Ticket, Token
from server.errors import Refusal, UpkeepError

CODE_LIFE: Final = dt.timedelta(minutes=10)
"""ASVS 5.0, 6.5.5: at most ten minutes."""
DIGIT_REST: Final = dt.timedelta(days=2)
"""How long a revoked kiosk's digit is not given away: papers with its numbers are still in people's hands."""
GIVEN_LOOK_BACK: Final = dt.timedelta(days=2)
_SALT: Final = "pairing_salt"


@dataclass(frozen=True)
class Device:
    """Who asks: a device with a good token."""

    id: UUID
    site_id: str
    device_class: DeviceClass
    token_id: int
    token_used: bool


def salt(session: Session) -> bytes | None:
    """Return this installation's salt; None before the first pairing code was made."""
    row = session.get(Meta, _SALT)
    return bytes.fromhex(row.value) if row else None


def _made_salt(session: Session) -> bytes:
    if (known := salt(session)) is not None:
        return known
    text = security.new_salt()
    session.add(Meta(key=_SALT, value=text))
    session.flush()
    return bytes.fromhex(text)


def make_code(
    session: Session, site_id: str, device_class: DeviceClass, *, who: str, now: dt.datetime
) -> str:
    """Return a new pairing code for ``site_id``. Raises UpkeepError where there is no such site."""
    if session.get(Site, site_id) is None:
        known = ", ".join(session.scalars(select(Site.id).order_by(Site.id))) or "none yet"
        raise UpkeepError(f"site is {site_id!r}; allowed: {known}")
    session.execute(delete(PairingCode).where(PairingCode.expires_at < now - dt.timedelta(days=1)))
    code = security.new_code()
    session.add(
        PairingCode(
            site_id=site_id,
            device_class=device_class.value,
            code_hash=security.code_hash(code, _made_salt(session)),
            created_at=now,
            expires_at=now + CODE_LIFE,
        )
    )
    audit.note(session, now, who, "pairing_code.made", site=site_id, device_class=device_class.value)
    return code


def enrol(session: Session, asked: Enrolment, code_hash: str, *, now: dt.datetime) -> Enrolled | None:
    """Use up the code and return who the device is; None where the code is not good (any more).

    The same installation keeps its kiosk id, so that its outbox goes on where it was, and loses its old tokens.
    Raises the Refusal ``no_digit_free``.
    """
    used = update(PairingCode).where(
        PairingCode.code_hash == code_hash, PairingCode.used_at.is_(None), PairingCode.expires_at > now
    )
    # One statement decides, so that of two devices with one code only one gets in.
    row = session.execute(
        used.values(used_at=now).returning(PairingCode.site_id, PairingCode.device_class)
    ).one_or_none()
    if row is None:
        return None
    device_class = DeviceClass(row.device_class)
    # The site's row is the lock for its digits.
    session.get_one(Site, row.site_id, with_for_update={"key_share": True})
    known = select(Kiosk).where(
        Kiosk.site_id == row.site_id, Kiosk.device_class == device_class.value, Kiosk.revoked_at.is_(None)
    )
    if asked.replaces is not None:
        kiosk = session.scalars(known.where(Kiosk.id == asked.replaces)).one_or_none()
        if kiosk is None:
            raise Refusal(
                409,
                ProblemCode.NOT_FOUND,
                f"There is no {device_class} {asked.replaces} here to be replaced.",
            )
        audit.note(session, now, f"device {kiosk.id}", "device.replaced", install=asked.install_id)
        kiosk.install_id = asked.install_id
    else:
        kiosk = session.scalars(known.where(Kiosk.install_id == asked.install_id)).first()
    if kiosk is None:
        kiosk = Kiosk(
            id=_uuid7(),
            site_id=row.site_id,
            device_class=device_class.value,
            digit=_free_digit(session, row.site_id, now) if device_class is DeviceClass.KIOSK else 0,
            install_id=asked.install_id,
            created_at=now,
            name=asked.name,
            version=asked.version,
        )
        session.add(kiosk)
    else:
        kiosk.name, kiosk.version = asked.name, asked.version
        _revoke_tokens(session, kiosk.id, now)
    session.flush()
    token = security.new_token()
    session.add(Token(kiosk_id=kiosk.id, token_hash=security.token_hash(token), created_at=now, used=True))
    audit.note(session, now, f"device {kiosk.id}", "device.enrolled", site=row.site_id, name=asked.name)
    return Enrolled(
        kiosk_id=kiosk.id,
        kiosk_digit=kiosk.digit,
        token=token,
        device_class=device_class,
        site=row.site_id,
        server_time=now,
        last_seq=kiosk.seq_last or 0,
        last_seen_at=kiosk.seen_at,
        given=_given(session, kiosk, now),
    )


def _given(session: Session, kiosk: Kiosk, now: dt.datetime) -> tuple[GivenNumber, ...]:
    """Return the last numbers of the kiosk's own band on the days that can still bind it."""
    rows = session.execute(
        select(Ticket.queue, Ticket.service_day, func.max(Ticket.value))
        .where(
            Ticket.kiosk_id == kiosk.id,
            Ticket.service_day >= (now - GIVEN_LOOK_BACK).date(),
            Ticket.value.is_not(None),
            Ticket.kiosk_digit == kiosk.digit,
        )
        .group_by(Ticket.queue, Ticket.service_day)
    )
    return tuple(
        GivenNumber(queue=queue, service_day=day, value=value)
        for queue, day, value in rows
        if value is not None
    )


def enrol_from(
    session: Session, asked: Enrolment, code_hash: str, address: str, *, most: int, now: dt.datetime
) -> Enrolled | None:
    """Like :func:`enrol` for an ``address`` that may fail ``most`` times in ten minutes, and all addresses together
    twenty times that. None: counted as a failure."""
    require_patience(session, address, most=most, now=now)
    done = enrol(session, asked, code_hash, now=now)
    if done is None:
        limits.count_failure(session, f"pair {address}", now)
        limits.count_failure(session, "pair everybody", now)
    else:
        limits.forget_failures(session, f"pair {address}")
    return done


def require_patience(session: Session, address: str, *, most: int, now: dt.datetime) -> None:
    """Raise the Refusal 429 where ``address``, or everybody together, has tried too many wrong codes."""
    limits.require_patience(session, f"pair {address}", most, now)
    limits.require_patience(session, "pair everybody", most * 20, now)


def _free_digit(session: Session, site_id: str, now: dt.datetime) -> int:
    resting = Kiosk.revoked_at.is_(None) | (Kiosk.revoked_at > now - DIGIT_REST)
    taken = set(
        session.scalars(select(Kiosk.digit).where(Kiosk.site_id == site_id, Kiosk.digit > 0, resting))
    )
    for digit in range(1, 100):
        if digit not in taken:
            return digit
    raise Refusal(409, ProblemCode.NO_DIGIT_FREE, "All 99 kiosk digits of this site are taken.")


def _uuid7() -> UUID:
    return UUID(bytes=uuid6.uuid7().bytes)


def find(session: Session, token: str) -> Device | None:
    """Return the device of a bearer token; None where it is not known, revoked or the device is."""
    row = session.execute(
        select(Token.id, Token.used, Kiosk.id.label("kiosk"), Kiosk.site_id, Kiosk.device_class)
        .join(Kiosk, Kiosk.id == Token.kiosk_id)
        .where(
            Token.token_hash == security.token_hash(token),
            Token.revoked_at.is_(None),
            Kiosk.revoked_at.is_(None),
        )
    ).one_or_none()
    return row and Device(row.kiosk, row.site_id, DeviceClass(row.device_class), row.id, row.used)


def first_use(session: Session, device: Device, now: dt.datetime) -> None:
    """The device has its new token: every older one of it ends."""
    session.execute(update(Token).where(Token.id == device.token_id).values(used=True))
    session.execute(
        update(Token)
        .where(Token.kiosk_id == device.id, Token.id < device.token_id, Token.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def rotate(session: Session, device: Device, now: dt.datetime) -> str:
    """Return a new token for ``device``. The one it asked with works until the new one is first used, so that an
    answer that is lost locks nobody out; new ones that were never used end now."""
    unused = (Token.kiosk_id == device.id, Token.used.is_(False), Token.id != device.token_id)
    session.execute(update(Token).where(*unused, Token.revoked_at.is_(None)).values(revoked_at=now))
    token = security.new_token()
    session.add(Token(kiosk_id=device.id, token_hash=security.token_hash(token), created_at=now))
    audit.note(session, now, f"device {device.id}", "token.rotated")
    return token


def revoke(session: Session, kiosk_id: UUID, *, who: str, now: dt.datetime) -> None:
    """End a device at once and for ever. Raises UpkeepError where it is not known or revoked already."""
    kiosk = session.get(Kiosk, kiosk_id)
    if kiosk is None or kiosk.revoked_at is not None:
        raise UpkeepError(
            f"device {kiosk_id} is not known, or is revoked already; main.py server kiosks lists them"
        )
    kiosk.revoked_at = now
    _revoke_tokens(session, kiosk_id, now)
    audit.note(session, now, who, "device.revoked", device=str(kiosk_id), name=kiosk.name, site=kiosk.site_id)


def set_lock(
    session: Session, kiosk_id: UUID, message: Mapping[str, str] | None, *, who: str, now: dt.datetime
) -> None:
    """Close a kiosk with ``message`` (a text for each language), or open it (None). It hears it with its next
    heartbeat. Raises UpkeepError where it is not known."""
    kiosk = session.get(Kiosk, kiosk_id)
    if kiosk is None or kiosk.revoked_at is not None:
        raise UpkeepError(f"device {kiosk_id} is not known; main.py server kiosks lists them")
    kiosk.lock_message = None if message is None else json.dumps(dict(message), ensure_ascii=False)
    what = "kiosk.lock" if message else "kiosk.unlock"
    told = {} if message is None else {"message": dict(message)}
    audit.note(session, now, who, what, device=str(kiosk_id), name=kiosk.name, site=kiosk.site_id, **told)


def _revoke_tokens(session: Session, kiosk_id: UUID, now: dt.datetime) -> None:
    open_ones = update(Token).where(Token.kiosk_id == kiosk_id, Token.revoked_at.is_(None))
    session.execute(open_ones.values(revoked_at=now))
