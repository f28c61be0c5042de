"""Touch → ticket durable → first byte at the printer, beside its floor, at 0 and at 1,000,000 stored tickets.

The floor is what no kiosk can do without: two ``synchronous=FULL`` commits in a file of the same disk and one write to
a socket. The kiosk's figure is taken at the printer's end of the socket: from the call of ``Desk.issue`` to the first
byte that is not a status question.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import re
import secrets
import socket
import sqlite3
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import uuid6

from kiosk import settings as settings_module
from kiosk import site
from kiosk.clock import SystemClock
from kiosk.core.record import Ticket, TicketState
from kiosk.core.visit import Issued
from kiosk.desk import Desk
from kiosk.desk_setup import open_desk
from kiosk.store.rows import COLUMNS, to_row
from tests.bench.report import Line, median

QUESTION = re.compile(
    rb"\x10\x04[\x01-\x04]"
)  # DLE EOT n; no such bytes are in a ticket's text or QR commands
ROUNDS = 40
STORED = 1_000_000
FULL_DAY = 900


class QuickPrinter:
    """A printer that answers every status question well and notes when the first byte of a slip came."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self.first_byte: list[float] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                peer, _ = self._server.accept()
            except OSError:
                return
            with peer:
                self._talk(peer)

    def _talk(self, peer: socket.socket) -> None:
        while data := peer.recv(4096):
            slip = QUESTION.sub(b"", data)
            if slip:
                self.first_byte.append(time.perf_counter())
            for _ in QUESTION.findall(data):
                peer.sendall(b"\x12")

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._thread.join(2)


class Floor:
    """The barest way: two durable commits and one socket write."""

    def __init__(self, folder: Path) -> None:
        self._database = sqlite3.connect(folder / "floor.db", isolation_level=None)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = FULL")
        self._database.execute("CREATE TABLE tickets (id INTEGER PRIMARY KEY, row TEXT, state TEXT)")
        self._near, self._far = socket.socketpair()

    def once(self, number: int) -> float:
        """Return the seconds of one round."""
        start = time.perf_counter()
        self._database.execute("INSERT INTO tickets VALUES (?, ?, 'reserved')", (number, "x" * 300))
        self._database.execute("UPDATE tickets SET state = 'sending' WHERE id = ?", (number,))
        self._near.sendall(b"x" * 600)
        taken = time.perf_counter() - start
        self._far.recv(1000)
        return taken

    def close(self) -> None:
        self._database.close()
        self._near.close()
        self._far.close()


def fill(path: Path, rows: int) -> None:
    """Put ``rows`` printed tickets of past days into the store at ``path``."""
    zone = dt.timezone(dt.timedelta(hours=7))
    first = dt.datetime.now(zone).replace(hour=9, minute=0, second=0, microsecond=0)

    def tickets() -> Iterator[tuple[object, ...]]:
        for index in range(rows):
            day, number = divmod(index, FULL_DAY * 13)
            queue, number = divmod(number, FULL_DAY)
            at = first - dt.timedelta(days=day + 1)
            letter = "ABCDEFGHIJKLM"[queue]
            yield to_row(
                Ticket(
                    uuid=str(uuid6.uuid7()),
                    service_day=at.date(),
                    queue=letter,
                    number=number + 1,
                    display=f"{letter}-{number + 1:03}",
                    kiosk_digit=0,
                    service=f"{letter}01",
                    agency=letter,
                    priority=False,
                    language="id",
                    token=secrets.token_urlsafe(16),
                    issued_at=at,
                    state=TicketState.PRINTED,
                )
            )

    database = sqlite3.connect(path, isolation_level=None)
    database.execute("BEGIN")
    marks = ", ".join("?" * len(COLUMNS.split(",")))
    database.executemany(f"INSERT INTO tickets ({COLUMNS}) VALUES ({marks})", tickets())
    database.execute("COMMIT")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def measure(desk: Desk, printer: QuickPrinter, floor: Floor) -> tuple[float, float]:
    """Return (median from the call to the first byte, median of the floor) in ms, taken turn by turn."""
    taken, least = [], []
    for round_ in range(ROUNDS):
        least.append(floor.once(round_))
        printer.first_byte.clear()
        start = time.perf_counter()
        answer = desk.issue(f"{'ABCDEFGHIJKLM'[round_ % 13]}01")
        assert isinstance(answer, Issued), answer
        assert answer.outcome == "printed", answer
        taken.append(printer.first_byte[0] - start)
    return median(taken) * 1000, median(least) * 1000


def bench() -> Iterator[Line]:
    """Yield the lines of this file."""
    printer = QuickPrinter()
    settings = settings_module.load(
        environ={
            "ANJUNGAN_KIOSK__IGNORE_HOURS": "true",
            "ANJUNGAN_PRINTER__TRANSPORT": "network",
            "ANJUNGAN_PRINTER__HOST": "127.0.0.1",
            "ANJUNGAN_PRINTER__PORT": str(printer.port),
        }
    )
    site_data = site.load(settings.site_dir)
    for stored in (0, STORED):
        with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:  # the repository's own disk, not a RAM disk
            folder = Path(name)
            desk = open_desk(settings, folder, site_data, SystemClock())
            if stored:
                desk.close()
                fill(folder / "anjungan.db", stored)
                desk = open_desk(settings, folder, site_data, SystemClock())
            floor = Floor(folder)
            value, least = measure(desk, printer, floor)
            floor.close()
            desk.close()
            yield Line(
                f"touch → durable → first byte, {stored:,} tickets stored",
                value,
                "ms",
                floor=least,
                bound=1.5 * least + 5,
                bound_words="≤ 1.5 × floor + 5 ms",
            )
    printer.close()
