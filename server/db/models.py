"""The tables. What the server must never lose or give twice is held by the database's own constraints.

Locks are taken in one order, so that nothing waits in a circle: ``kiosks`` → ``counters`` → ``queue_days`` (by day and
code) → ``tickets`` (by UUID).
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, ClassVar
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from server.db.types import Utc

# SQLite numbers rows by itself only in a column that is exactly INTEGER.
RowId = Annotated[int, mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)]
SiteId = Annotated[str, mapped_column(String(40), ForeignKey("sites.id"))]
KioskId = Annotated[UUID, mapped_column(Uuid, ForeignKey("kiosks.id"))]
Moment = Annotated[dt.datetime, mapped_column(Utc)]


class Base(DeclarativeBase):
    """The tables' base: every constraint has a name, so that a migration can speak of it."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {str: Text, UUID: Uuid, dt.date: Date, bool: Boolean, int: BigInteger}


class Site(Base):
    """A mall."""

    __tablename__ = "sites"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    created_at: Mapped[Moment]


class SiteVersion(Base):
    """One state of a site's whole catalogue. The highest number is in force; older ones are its history."""

    __tablename__ = "site_versions"
    id: Mapped[RowId]
    site_id: Mapped[SiteId]
    number: Mapped[int]
    document: Mapped[str]
    """JSON: ``{"site": …, "catalogue": …}`` as ``kiosk.core.catalogue`` writes them."""
    etag: Mapped[str] = mapped_column(String(64))
    at: Mapped[Moment]
    who: Mapped[str]
    __table_args__ = (UniqueConstraint("site_id", "number"),)


class PairingCode(Base):
    """A code that makes one device known. Only its hash is kept."""

    __tablename__ = "pairing_codes"
    id: Mapped[RowId]
    site_id: Mapped[SiteId]
    device_class: Mapped[str] = mapped_column(String(16))
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    used_at: Mapped[Moment | None]


class Kiosk(Base):
    """A device: a kiosk, a display or a counter's PC."""

    __tablename__ = "kiosks"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    site_id: Mapped[SiteId]
    device_class: Mapped[str] = mapped_column(String(16))
    digit: Mapped[int] = mapped_column(Integer)
    """Its band of numbers; 0 for what is not a kiosk."""
    name: Mapped[str]
    install_id: Mapped[str] = mapped_column(String(64))
    version: Mapped[str]
    created_at: Mapped[Moment]
    revoked_at: Mapped[Moment | None]
    seen_at: Mapped[Moment | None]
    heartbeat: Mapped[str | None]
    """The last one as JSON (``kiosk.sync.wire.Heartbeat``)."""
    heartbeat_at: Mapped[Moment | None]
    clock_offset_s: Mapped[float | None]
    """Its clock minus ours when the last heartbeat came in."""
    lock_message: Mapped[str | None]
    """JSON text by language; not null: it is to be locked."""
    locked: Mapped[bool] = mapped_column(default=False)
    """What it last said."""
    locked_seq: Mapped[int] = mapped_column(default=0)
    paper_changed_at: Mapped[Moment | None]
    paper_seq: Mapped[int] = mapped_column(default=0)
    seq_first: Mapped[int | None]
    seq_last: Mapped[int | None]
    seq_count: Mapped[int] = mapped_column(default=0)
    """Different seq values between the two; fewer than that many numbers: a gap."""
    __table_args__ = (
        Index(
            "uq_kiosks_site_id_digit",
            "site_id",
            "digit",
            unique=True,
            sqlite_where=text("digit > 0 AND revoked_at IS NULL"),
            postgresql_where=text("digit > 0 AND revoked_at IS NULL"),
        ),
    )


class Token(Base):
    """A device's bearer token, as SHA-256 (``server.security`` says why that is enough)."""

    __tablename__ = "tokens"
    id: Mapped[RowId]
    kiosk_id: Mapped[KioskId] = mapped_column(index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[Moment]
    used: Mapped[bool] = mapped_column(default=False)
    """Once it is used, the tokens before it are revoked."""
    revoked_at: Mapped[Moment | None]


class QueueDay(Base):
    """One queue on one day: the last number of its series. Its row is the lock for numbers and calls."""

    __tablename__ = "queue_days"
    site_id: Mapped[SiteId] = mapped_column(primary_key=True)
    service_day: Mapped[dt.date] = mapped_column(primary_key=True)
    queue: Mapped[str] = mapped_column(String(3), primary_key=True)
    last_value: Mapped[int] = mapped_column(Integer, default=0)
    regular_in_a_row: Mapped[int] = mapped_column(Integer, default=0)
    """Regular tickets called since the last priority one."""


class Allotment(Base):
    """A number the server gave a ticket. Kept for ever: the same UUID gets the same answer."""

    __tablename__ = "allotments"
    ticket: Mapped[UUID] = mapped_column(primary_key=True)
    kiosk_id: Mapped[KioskId]
    site_id: Mapped[SiteId]
    service_day: Mapped[dt.date]
    queue: Mapped[str] = mapped_column(String(3))
    value: Mapped[int] = mapped_column(Integer)
    number: Mapped[str] = mapped_column(String(20))
    service: Mapped[str] = mapped_column(String(12))
    priority: Mapped[bool]
    at: Mapped[Moment]
    given_up_at: Mapped[Moment | None]
    """The paper has another number."""
    __table_args__ = (UniqueConstraint("site_id", "service_day", "queue", "value"),)


class Ticket(Base):
    """A ticket as its kiosk told it, and what the counters did with it."""

    __tablename__ = "tickets"
    uuid: Mapped[UUID] = mapped_column(primary_key=True)
    kiosk_id: Mapped[KioskId]
    site_id: Mapped[SiteId]
    service_day: Mapped[dt.date]
    queue: Mapped[str] = mapped_column(String(3))
    number: Mapped[str] = mapped_column(String(20))
    service: Mapped[str] = mapped_column(String(12))
    agency: Mapped[str | None] = mapped_column(String(12))
    value: Mapped[int | None] = mapped_column(Integer)
    kiosk_digit: Mapped[int | None] = mapped_column(Integer)
    priority: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str | None] = mapped_column(String(3))
    token: Mapped[str | None] = mapped_column(String(64), unique=True)
    issued_at: Mapped[Moment | None]
    """None: other events of it came first; it is not called before this one."""
    paper: Mapped[str] = mapped_column(String(16), default="reserved")
    paper_seq: Mapped[int] = mapped_column(default=0)
    """Seq of the event that said so: an older one that comes later changes nothing."""
    cause: Mapped[str | None]
    kept: Mapped[bool] = mapped_column(default=False)
    voided_at: Mapped[Moment | None]
    void_reason: Mapped[str | None]
    copies: Mapped[int] = mapped_column(Integer, default=0)
    place: Mapped[str | None] = mapped_column(String(80))
    """Where a mobile unit stood, in its staff's words; None: at the site."""
    call_state: Mapped[str] = mapped_column(String(16), default="waiting")
    call_queue: Mapped[str] = mapped_column(String(3))
    """The queue it waits in: its own, or the one it was transferred to."""
    waiting_since: Mapped[Moment | None]
    """Its place in the line: when it was issued, transferred or put back."""
    counter: Mapped[str | None]
    called_at: Mapped[Moment | None]
    calls: Mapped[int] = mapped_column(Integer, default=0)
    done_at: Mapped[Moment | None]
    __table_args__ = (
        Index("ix_tickets_line", "site_id", "service_day", "call_state", "call_queue"),
        Index("ix_tickets_day", "site_id", "service_day", "queue", "service"),
        Index("ix_tickets_number", "site_id", "service_day", "queue", "value"),
    )


class Event(Base):
    """Everything a kiosk ever told, as it told it. Rows are never changed."""

    __tablename__ = "events"
    id: Mapped[RowId]
    kiosk_id: Mapped[KioskId]
    uuid: Mapped[UUID]
    seq: Mapped[int]
    type: Mapped[str] = mapped_column(String(41))
    ticket: Mapped[UUID | None] = mapped_column(index=True)
    occurred_at: Mapped[Moment]
    received_at: Mapped[Moment]
    schema_version: Mapped[int] = mapped_column(Integer)
    body: Mapped[str]
    body_hash: Mapped[str] = mapped_column(String(64))
    __table_args__ = (
        UniqueConstraint("kiosk_id", "uuid"),
        Index("ix_events_kiosk_id_seq", "kiosk_id", "seq"),
    )


class Call(Base):
    """What happened to a ticket at the counters, in order: the log, and what boards replay."""

    __tablename__ = "calls"
    id: Mapped[RowId]
    site_id: Mapped[SiteId]
    ticket: Mapped[UUID] = mapped_column(ForeignKey("tickets.uuid"), index=True)
    number: Mapped[str] = mapped_column(String(20))
    queue: Mapped[str] = mapped_column(String(3))
    what: Mapped[str] = mapped_column(String(16))
    """called, recalled, serving, done, no_show, transferred, put_back"""
    counter: Mapped[str]
    who: Mapped[str]
    at: Mapped[Moment]
    __table_args__ = (Index("ix_calls_site_id_at", "site_id", "at"),)


class Alert(Base):
    """Something a person must see. The same thing again counts up and makes no second row."""

    __tablename__ = "alerts"
    id: Mapped[RowId]
    site_id: Mapped[SiteId]
    kiosk_id: Mapped[KioskId | None]
    kind: Mapped[str] = mapped_column(String(40))
    about: Mapped[str] = mapped_column(String(120))
    detail: Mapped[str]
    count: Mapped[int] = mapped_column(Integer, default=1)
    first_at: Mapped[Moment]
    last_at: Mapped[Moment]
    resolved_at: Mapped[Moment | None]
    __table_args__ = (UniqueConstraint("site_id", "kind", "about"),)


class User(Base):
    """A person who signs in to the pages."""

    __tablename__ = "users"
    id: Mapped[RowId]
    name: Mapped[str] = mapped_column(String(80), unique=True)
    role: Mapped[str] = mapped_column(String(16))
    site_id: Mapped[SiteId | None]
    """None: every site."""
    password_hash: Mapped[str]
    created_at: Mapped[Moment]
    disabled_at: Mapped[Moment | None]


class PageSession(Base):
    """A person who is signed in. Only the token's hash is kept."""

    __tablename__ = "page_sessions"
    id: Mapped[RowId]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[Moment]
    seen_at: Mapped[Moment]
    """The last touch of the person, to the minute; a page that renews itself is none."""
    site_id: Mapped[SiteId | None]
    """The site they look at."""


class Counter(Base):
    """A counter of the hall and who is at it now. The number on its wall is its code."""

    __tablename__ = "counters"
    site_id: Mapped[SiteId] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(8), primary_key=True)
    zone: Mapped[str] = mapped_column(String(12), default="")
    """The waiting area it stands in; empty: not known."""
    queues: Mapped[str] = mapped_column(default="")
    """The queues it may serve, with spaces between; empty: every queue."""
    serves: Mapped[str] = mapped_column(default="")
    """While it is open: those its officer has chosen."""
    open_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"), unique=True)
    """Nobody is at two counters."""
    opened_at: Mapped[Moment | None]
    paused_at: Mapped[Moment | None]


class Audit(Base):
    """Who changed what, when."""

    __tablename__ = "audit"
    id: Mapped[RowId]
    at: Mapped[Moment]
    who: Mapped[str]
    what: Mapped[str] = mapped_column(String(60))
    details: Mapped[str]


class Attempt(Base):
    """Failures by key (an address, a user's name), shared by all workers: the counting behind lock-outs."""

    __tablename__ = "attempts"
    key: Mapped[str] = mapped_column(String(160), primary_key=True)
    window_start: Mapped[Moment]
    failures: Mapped[int] = mapped_column(Integer)


class Meta(Base):
    """What this installation is: the salt of its pairing codes."""

    __tablename__ = "meta"
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str]
