"""A virtual printer on the table and every way to it: real sockets, pseudo-terminals, a bus and a CUPS in software."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from printer.transports.base import Transport
from printer.transports.cups import CupsTransport
from printer.transports.file import FileTransport
from printer.transports.network import NetworkTransport
from printer.transports.serial import SerialTransport
from printer.transports.usb import UsbTransport
from printer.transports.virtual import VirtualTransport
from printer.virtual.device import VirtualPrinter
from printer.virtual.model import Paper
from printer.virtual.server import Server
from tests.support.fake_cups import Backed, FakeCups
from tests.support.fake_usb import FakeBackend, UsbDevice

WAYS = ("virtual", "network", "serial", "file", "usb", "cups")


@dataclass
class Table:
    """A printer, the papers that came out of it, and a way to it."""

    device: VirtualPrinter
    papers: list[Paper]
    transport: Transport


@contextmanager
def table(way: str, folder: Path, *, dots: int = 576, boot_s: float = 0.3) -> Iterator[Table]:
    """Put a printer on the table behind ``way``; ``folder`` is where its device file or socket lies."""
    papers: list[Paper] = []
    device = VirtualPrinter(dots, papers.append, boot_s=boot_s)
    with ExitStack() as stack:
        transport: Transport
        match way:
            case "virtual":
                transport = VirtualTransport(device)
            case "network":
                server = stack.enter_context(Server.on_tcp(device, "127.0.0.1", 0))
                transport = NetworkTransport("127.0.0.1", server.port)
            case "serial" | "file":
                stack.enter_context(Server.on_pty(device, folder / "tty"))
                if way == "serial":
                    transport = SerialTransport(folder / "tty", flow="xonxoff")
                else:
                    transport = FileTransport(folder / "tty")
            case "usb":
                transport = UsbTransport(backend=FakeBackend(UsbDevice(virtual=device)))
            case _:
                cups = stack.enter_context(FakeCups(tiket=Backed(printer=device)))
                transport = CupsTransport("tiket", cups.server)
        yield Table(device, papers, transport)
        transport.close()
