"""What the descriptors of a USB device say: whether it is the printer that is meant, and the ways into it.

Endpoints are read here, never assumed: 0x82 and 0x01 are Epson's, others have 0x81 and 0x02, or no IN at all.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

log = logging.getLogger(__name__)

PRINTER_CLASS: Final = 0x07
VENDOR_CLASS: Final = 0xFF
BIDIRECTIONAL: Final = 0x02
PROTOCOLS: Final = (0x01, 0x02, 0x03)
"""Uni-, bidirectional and IEEE 1284.4 (USB Printing 1.1, section 4.2.1); 4 is IPP over USB, which takes no ESC/POS."""
_CHOICE: Final = re.compile(r"usb(?::([0-9A-Fa-f]{4}):([0-9A-Fa-f]{4})(?::(.+))?)?")


@dataclass(frozen=True, slots=True)
class Choice:
    """Which printer: by vendor, product and serial number, or any when all are None."""

    vendor: int | None = None
    product: int | None = None
    serial: str | None = None

    @classmethod
    def parse(cls, text: str) -> Choice:
        """Read ``usb`` (any), ``usb:04b8:0e15`` or ``usb:04b8:0e15:SERIAL``. Raises ValueError."""
        found = _CHOICE.fullmatch(text)
        if found is None:
            raise ValueError(f"USB printer {text!r}; allowed: usb, usb:04b8:0e15 or usb:04b8:0e15:SERIAL")
        vendor, product, serial = found.groups()
        return cls(int(vendor, 16), int(product, 16), serial) if vendor else cls()

    def __str__(self) -> str:
        if self.vendor is None or self.product is None:
            return "usb"
        return f"usb:{self.vendor:04x}:{self.product:04x}" + (f":{self.serial}" if self.serial else "")


@dataclass(frozen=True, slots=True)
class Way:
    """An interface that takes print data, with its endpoints; pyusb's objects."""

    interface: Any
    out: Any
    back: Any | None
    alternates: bool


def ways(device: Any, choice: Choice) -> Iterator[Way]:
    """Every printer interface of a device in any configuration, without opening it."""
    import usb.core

    try:
        for configuration in device:
            yield from _ways_in(configuration, choice)
    except usb.core.USBError as error:  # it left while it was looked at
        log.debug("%s: descriptors not read: %s", called(device), error)


def ways_now(device: Any, choice: Choice) -> Iterator[Way]:
    """Every printer interface of the active configuration; the first configuration is set where none is."""
    import usb.core

    try:
        configuration = device.get_active_configuration()
    except usb.core.USBError as error:
        if error.errno is not None:
            raise
        device.set_configuration()  # pyusb's "Configuration not set" has no number
        configuration = device.get_active_configuration()
    return _ways_in(configuration, choice)


def _ways_in(configuration: Any, choice: Choice) -> Iterator[Way]:
    interfaces = list(configuration)
    numbers = [interface.bInterfaceNumber for interface in interfaces]
    for interface in interfaces:
        if _takes_print_data(interface, choice):
            bulk = [endpoint for endpoint in interface if _is_bulk(endpoint)]
            ends = {_direction(endpoint): endpoint for endpoint in reversed(bulk)}
            if "out" in ends:
                alternates = numbers.count(interface.bInterfaceNumber) > 1
                yield Way(interface, ends["out"], ends.get("in"), alternates)


def _takes_print_data(interface: Any, choice: Choice) -> bool:
    if interface.bInterfaceClass == PRINTER_CLASS:
        return interface.bInterfaceProtocol in PROTOCOLS
    # Some boards declare a class of their own; they are taken only when named outright.
    return choice.vendor is not None and interface.bInterfaceClass == VENDOR_CLASS


def best(ways: Iterator[Way]) -> Way | None:
    """The bidirectional one before others, the printer class before a vendor's own."""
    return max(
        ways,
        key=lambda way: (
            way.interface.bInterfaceClass == PRINTER_CLASS,
            way.back is not None,
            way.interface.bInterfaceProtocol == BIDIRECTIONAL,
        ),
        default=None,
    )


def _is_bulk(endpoint: Any) -> bool:
    import usb.util

    return bool(usb.util.endpoint_type(endpoint.bmAttributes) == usb.util.ENDPOINT_TYPE_BULK)


def _direction(endpoint: Any) -> str:
    import usb.util

    return "in" if usb.util.endpoint_direction(endpoint.bEndpointAddress) == usb.util.ENDPOINT_IN else "out"


def called(device: Any) -> str:
    """``usb:04b8:0e15``: the name to choose a device by."""
    return f"usb:{device.idVendor:04x}:{device.idProduct:04x}"
