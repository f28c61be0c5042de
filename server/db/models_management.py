"""The tables of site management: notices of alerts and their deliveries, duties, closures, drafts of imports."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from server.db.models import Base, Moment, RowId, SiteId

__all__ = ["AlertNotice", "Base", "Closure", "Delivery", "Draft", "Duty"]


class AlertNotice(Base):
    """That an alert was raised or cleared, to be told to the webhooks: written in the alert's own transaction."""

    __tablename__ = "alert_notices"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    """What a receiver knows a notice by, however often it comes."""
    site_id: Mapped[SiteId]
    body: Mapped[str]
    """JSON, as it is sent."""
    at: Mapped[Moment]
    given_out: Mapped[bool] = mapped_column(default=False, index=True)
    """Each configured address has its delivery."""


class Delivery(Base):
    """One notice for one address, until the receiver has taken it or it was given up."""

    __tablename__ = "deliveries"
    id: Mapped[RowId]
    notice_id: Mapped[UUID] = mapped_column(ForeignKey("alert_notices.id"))
    url: Mapped[str]
    tries: Mapped[int] = mapped_column(Integer, default=0)
    due_at: Mapped[Moment | None] = mapped_column(index=True)
    """None: it is over."""
    done_at: Mapped[Moment | None]
    last_error: Mapped[str | None]


class Duty(Base):
    """Work that one process does for all: who does it, and until when nobody else may."""

    __tablename__ = "duties"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    holder: Mapped[str] = mapped_column(String(64))
    until: Mapped[Moment]


class Closure(Base):
    """A service or a counter closed by a person, with words, until a time or until somebody opens it."""

    __tablename__ = "closures"
    id: Mapped[RowId]
    site_id: Mapped[SiteId]
    kind: Mapped[str] = mapped_column(String(16))
    """service, counter"""
    code: Mapped[str] = mapped_column(String(40))
    text: Mapped[str]
    """JSON text by language."""
    until: Mapped[Moment | None]
    at: Mapped[Moment]
    who: Mapped[str]
    ended_at: Mapped[Moment | None]
    ended_by: Mapped[str | None]
    __table_args__ = (Index("ix_closures_site_id_ended_at", "site_id", "ended_at"),)


class Draft(Base):
    """A spreadsheet that was read and shown, and waits for the word to put it in force."""

    __tablename__ = "drafts"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    site_id: Mapped[SiteId]
    base: Mapped[int]
    """The version it was compared with."""
    document: Mapped[str]
    """The catalogue as JSON."""
    file: Mapped[str]
    at: Mapped[Moment]
    who: Mapped[str]
    used_at: Mapped[Moment | None]
