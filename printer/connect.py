"""From names in a configuration to a :class:`~printer.press.Press`: the one place that knows the transports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, get_args

from printer import known, profiles
from printer.errors import BadAddress, TransportNotOffered
from printer.press import Press
from printer.transports.base import Transport

OFFERED: Final = ("virtual", "usb", "serial", "network", "file", "cups")
"""The transports of this version."""
ANY_USB: Final = "usb"
DEVICE_FOLDER: Final = "/dev/usb/"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a printer is. Each transport uses its part.

    ``device``: a device file (``file``, ``serial``), ``usb`` or ``usb:VID:PID[:SERIAL]`` (``usb``), the name of a
    queue (``cups``). ``flow``: none, rtscts, dsrdtr or xonxoff (``serial``).
    """

    host: str = ""
    port: int = 9100
    device: str = ""
    baudrate: int = 115200
    flow: str = "none"

    def of(self, transport: str) -> str:
        """The part that tells one unit from another."""
        match transport:
            case "network":
                return f"{self.host}:{self.port}"
            case "virtual":
                return "-"
            case "usb":
                return _usb_choice(self.device)
        return self.device


def transport_for(
    transport: str, address: Address, profile: profiles.Profile, *, paper_dir: Path
) -> Transport:
    """The transport called ``transport``. Raises :class:`~printer.errors.TransportNotOffered` and
    :class:`~printer.errors.BadAddress`."""
    if transport not in OFFERED:
        raise TransportNotOffered(f"printer transport {transport!r}; allowed: {', '.join(OFFERED)}")
    try:
        return _transport(transport, address, profile, paper_dir)
    except ValueError as error:
        raise BadAddress(f"printer transport {transport!r}: {error}") from error


def press_for(
    transport: str,
    address: Address = Address(),  # frozen
    *,
    profile: str,
    deadline_s: float = 5.0,
    paper_dir: Path,
    known_file: Path | None = None,
    on_paper: Callable[[float], None] = lambda length_mm: None,
) -> Press:
    """A press on the named transport and profile. Nothing is opened yet.

    ``paper_dir`` is where the virtual printer puts its papers, ``known_file`` what ``printer detect`` found out about
    this unit (:mod:`printer.known`), ``on_paper`` counts the roll (:class:`~printer.press.Press`).

    Raises :class:`~printer.errors.TransportNotOffered`, :class:`~printer.errors.BadAddress` and
    :class:`~printer.errors.ProfileError`, each naming what is allowed.
    """
    loaded = profiles.load(profile)
    way = transport_for(transport, address, loaded, paper_dir=paper_dir)
    unit = (
        known.recall(known_file, known.key(transport, address.of(transport), profile)) if known_file else None
    )
    return Press(way, known.applied(loaded, unit), deadline_s, on_paper=on_paper)


def _transport(name: str, address: Address, profile: profiles.Profile, paper_dir: Path) -> Transport:
    match name:
        case "virtual":
            from printer.transports.virtual import VirtualTransport

            return VirtualTransport.to_folder(paper_dir, profile)
        case "network":
            from printer.transports.network import NetworkTransport

            return NetworkTransport(address.host, address.port)
        case "serial":
            from printer.transports.serial import Flow, SerialTransport

            for flow in get_args(Flow):
                if flow == address.flow:
                    return SerialTransport(address.device, address.baudrate, flow)
            raise ValueError(f"flow {address.flow!r}; allowed: {', '.join(get_args(Flow))}")
        case "usb":
            from printer.transports.usb import UsbTransport

            return UsbTransport(_usb_choice(address.device))
        case "cups":
            from printer.transports.cups import CupsTransport

            return CupsTransport(address.device)
        case _:
            from printer.transports.file import FileTransport

            return FileTransport(Path(address.device))


def _usb_choice(device: str) -> str:
    """Which USB printer is meant. A configuration that has just changed its transport still names a device file: with
    one printer on the machine that is no riddle."""
    return ANY_USB if device.startswith(DEVICE_FOLDER) else device
