"""Looks for printers on every bus of the machine, and says how each answers. Prints nothing.

A network has no bus to look at: its printer's address is typed. Nothing is asked of a serial line that somebody else
holds.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from printer.connect import Address, transport_for
from printer.errors import PrinterError
from printer.probe import Probe, probe
from printer.profiles import Profile

log = logging.getLogger(__name__)

BAUDRATES: Final = (115200, 9600, 19200, 38400)
"""In the order of what printers are set to."""
EACH_S: Final = 3.0


@dataclass(frozen=True)
class Candidate:
    """A place where a printer may be."""

    transport: str
    address: Address
    label: str

    @property
    def name(self) -> str:
        """As one word: ``usb:04b8:0e15``, ``file:/dev/usb/lp0``, ``serial:/dev/ttyUSB0:9600``, ``network:h:9100``."""
        match self.transport:
            case "usb":
                return self.address.device
            case "network":
                return f"network:{self.address.host}:{self.address.port}"
            case "serial":
                return f"serial:{self.address.device}:{self.address.baudrate}"
            case "file" | "cups":
                return f"{self.transport}:{self.address.device}"
        return self.transport


def parse(name: str) -> Candidate:
    """Return what :attr:`Candidate.name` says. Raises ValueError that names what is allowed."""
    transport, _, rest = name.partition(":")
    try:
        match transport:
            case "virtual" if not rest:
                return Candidate("virtual", Address(), name)
            case "usb":
                return Candidate("usb", Address(device=name), name)
            case "file" | "cups" if rest:
                return Candidate(transport, Address(device=rest), name)
            case "network" if rest:
                host, _, port = rest.rpartition(":")
                return Candidate("network", Address(host or rest, int(port) if host else 9100), name)
            case "serial" if rest:
                device, _, rate = rest.rpartition(":")
                there = Address(device=device or rest, baudrate=int(rate) if device else BAUDRATES[0])
                return Candidate("serial", there, name)
    except ValueError:
        log.debug("a printer's name without a number where one must be: %r", name)
    allowed = (
        "usb, usb:04b8:0e15, file:/dev/usb/lp0, serial:DEVICE:9600, network:HOST:9100, cups:QUEUE, virtual"
    )
    raise ValueError(f"printer {name!r}; allowed: {allowed}")


def candidates(devices: Path = Path("/dev"), usb_backend: Any = None) -> Iterator[Candidate]:
    """Yield every place where a printer may be plugged in, without opening any."""
    on_usb = list(_on_usb(usb_backend))
    yield from on_usb
    if not on_usb:  # the same printer, by the kernel's own driver
        for path in sorted(devices.glob("usb/lp*")):
            yield Candidate("file", Address(device=str(path)), path.name)
    named = sorted(devices.glob("serial/by-id/*"))
    plain = [path for kind in ("ttyUSB*", "ttyACM*") for path in sorted(devices.glob(kind))]
    known = {path.resolve() for path in named}
    for path in [*named, *(path for path in plain if path.resolve() not in known)]:
        yield Candidate("serial", Address(device=str(path), baudrate=BAUDRATES[0]), path.name)


def _on_usb(backend: Any) -> Iterator[Candidate]:
    try:
        import usb.core

        from printer.transports.usb_ways import Choice, best, called, ways

        for device in usb.core.find(find_all=True, backend=backend) or ():
            if best(ways(device, Choice())) is not None:
                address = f"usb:{device.idVendor:04x}:{device.idProduct:04x}"
                yield Candidate("usb", Address(device=address), called(device) or address)
    except (usb.core.NoBackendError, usb.core.USBError) as error:
        log.info("USB cannot be looked at: %s", error)


def ask(
    candidate: Candidate,
    profile: Profile,
    paper_dir: Path,
    clock: Callable[[], float] = time.monotonic,
) -> tuple[Candidate, Probe | None, str]:
    """Ask one candidate everything there is to ask; of a serial line also at which speed it answers.

    Returns the candidate (with that speed), its answers or None where it cannot be opened, and then why.
    """
    rates = BAUDRATES if candidate.transport == "serial" else (candidate.address.baudrate,)
    first: tuple[Candidate, Probe | None, str] | None = None
    for rate in rates:
        here = replace(candidate, address=replace(candidate.address, baudrate=rate))
        try:
            way = transport_for(here.transport, here.address, profile, paper_dir=paper_dir)
            found = probe(way, profile, clock() + EACH_S)
        except PrinterError as error:
            return first or (here, None, str(error))
        if found.answered:
            return here, found, ""
        first = first or (here, found, "")
    assert first is not None
    return first
