"""How many bytes a ticket is, and how long they take on a slow line."""

from __future__ import annotations

from collections.abc import Iterator

from kiosk import settings as settings_module
from kiosk.ticket_slip import sample
from printer import profiles
from printer.encode import encode
from tests.bench.report import Line

BITS_PER_BYTE = 10  # start, 8 data, stop


def bench() -> Iterator[Line]:
    """Yield the lines of this file."""
    slip = sample(settings_module.load(environ={"ANJUNGAN_SERVER__URL": "https://antrean.example.go.id"}))
    for name in profiles.names():
        size = len(encode(slip, profiles.load(name)))
        standard = name == "generic-80"
        yield Line(
            f"ticket with QR, {name}",
            size,
            "bytes",
            bound=600 if standard else None,
            bound_words="≤ 600" if standard else "",
        )
        if standard:
            seconds = size * BITS_PER_BYTE / 9600
            yield Line("the same on a 9,600 baud line", seconds, "s", bound=0.65, bound_words="≤ 0.65 s")
