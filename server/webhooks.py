"""Telling alerts to other systems: signed, at least once, again for a day where nobody answers.

A notice (``alert_notices``) is written together with its alert. Each address gets a delivery of it, tried until a
2xx answer comes or a day has passed. Names of headers and the signature follow the Standard Webhooks specification,
so that receivers need nothing of ours: ``webhook-id`` (the same for every try: a receiver that has it may forget the
rest), ``webhook-timestamp`` and ``webhook-signature`` = ``v1,`` + base64 of HMAC-SHA256 over ``id.timestamp.body``.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import datetime as dt
import hashlib
import hmac
import http.client
import logging
import socket
import ssl
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from server.db.models_management import AlertNotice, Delivery

log = logging.getLogger("server.webhooks")

DEADLINE_S: Final = 10.0
"""For one try, from the connection to the answer."""
PAUSES_S: Final = (5, 30, 120, 600, 1800, 3600)
"""After a failure; the last one again and again."""
GIVE_UP_AFTER: Final = dt.timedelta(days=1)
KEPT: Final = dt.timedelta(days=30)
"""How long notices and what became of them are kept."""
_KNOWN_AS: Final = "whsec_"


@dataclass(frozen=True)
class Due:
    """A delivery whose time has come."""

    id: int
    notice: str
    url: str
    body: str
    tries: int
    at: dt.datetime
    """When the notice was made."""


def give_out(session: Session, urls: Sequence[str], now: dt.datetime) -> int:
    """Make a delivery for each new notice and address; return how many. What is older than a month goes."""
    fresh = session.scalars(
        select(AlertNotice).where(AlertNotice.given_out.is_(False)).order_by(AlertNotice.id).with_for_update()
    ).all()
    for notice in fresh:
        notice.given_out = True
        session.add_all(Delivery(notice_id=notice.id, url=url, due_at=now) for url in urls)
    if fresh:
        old = select(AlertNotice.id).where(AlertNotice.at < now - KEPT)
        session.execute(delete(Delivery).where(Delivery.notice_id.in_(old)))
        session.execute(delete(AlertNotice).where(AlertNotice.at < now - KEPT))
    return len(fresh) * len(urls)


def due(session: Session, now: dt.datetime, most: int = 20) -> list[Due]:
    """Return the deliveries whose time has come, oldest first."""
    query = (
        select(Delivery, AlertNotice)
        .join(AlertNotice, AlertNotice.id == Delivery.notice_id)
        .where(Delivery.due_at <= now)
        .order_by(Delivery.due_at, Delivery.id)
        .limit(most)
    )
    return [
        Due(one.id, str(notice.id), one.url, notice.body, one.tries, notice.at)
        for one, notice in session.execute(query)
    ]


def any_fresh(session: Session) -> bool:
    """Whether a notice waits to be given out."""
    return (
        session.scalars(select(AlertNotice.id).where(AlertNotice.given_out.is_(False)).limit(1)).first()
        is not None
    )


def settle(session: Session, one: Due, problem: str | None, now: dt.datetime) -> None:
    """Keep what became of a try: done, again later, or given up."""
    values: dict[str, object] = {"tries": one.tries + 1, "last_error": problem}
    if problem is None:
        values |= {"done_at": now, "due_at": None}
    elif now - one.at >= GIVE_UP_AFTER:
        log.error("webhook %s: %s is given up after a day: %s", one.url, one.notice, problem)
        values |= {"due_at": None}
    else:
        pause = PAUSES_S[min(one.tries, len(PAUSES_S) - 1)]
        log.warning("webhook %s: %s; again in %d s", one.url, problem, pause)
        values |= {"due_at": now + dt.timedelta(seconds=pause)}
    session.execute(update(Delivery).where(Delivery.id == one.id).values(**values))


def signature(secret: str, notice: str, timestamp: int, body: bytes) -> str:
    """Return the value of ``webhook-signature``. A secret ``whsec_…`` is base64, as the specification has it; any other
    is taken as it is written."""
    key = secret.encode()
    if secret.startswith(_KNOWN_AS):
        with contextlib.suppress(binascii.Error):
            key = base64.b64decode(secret.removeprefix(_KNOWN_AS), validate=True)
    made = hmac.new(key, f"{notice}.{timestamp}.".encode() + body, hashlib.sha256)
    return "v1," + base64.b64encode(made.digest()).decode()


def post(
    url: str, notice: str, text: str, secret: str, now: dt.datetime, deadline_s: float = DEADLINE_S
) -> str | None:
    """Send one notice; return None when it was taken (2xx), else what went wrong. Redirects are not followed: a signed
    alert goes where the administrator said."""
    parts = urlsplit(url)
    body, timestamp = text.encode(), int(now.timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Anjungan",
        "webhook-id": notice,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(secret, notice, timestamp, body),
    }
    host = parts.hostname or ""
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        context = ssl.create_default_context()
        connection = http.client.HTTPSConnection(host, parts.port, timeout=deadline_s, context=context)
    else:
        connection = http.client.HTTPConnection(host, parts.port, timeout=deadline_s)
    # A timeout of the socket is for each read: one who sends a byte now and then would hold us for ever.
    late = threading.Event()
    timer = threading.Timer(deadline_s, _cut, (connection, late))
    timer.daemon = True
    timer.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, headers)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        if late.is_set() or isinstance(error, TimeoutError):
            return f"no answer within {deadline_s:g} s"
        return f"{type(error).__name__}: {error}"[:300]
    finally:
        timer.cancel()
        connection.close()
    if late.is_set():
        return f"no answer within {deadline_s:g} s"
    return None if 200 <= status < 300 else f"answered {status}"


def _cut(connection: http.client.HTTPConnection, late: threading.Event) -> None:
    late.set()
    if (sock := connection.sock) is not None:
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)
