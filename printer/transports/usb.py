"""A printer on USB, by libusb: found afresh for every job, so that unplugging, a power cycle or another port do not
matter.

What this does differently from python-escpos' Usb class, and why (facts of many bug reports):

* endpoints are read from the descriptors: 0x82 and 0x01 are Epson's, others have 0x81 and 0x02, or no IN at all;
* no reset, and no set_configuration on a device that has one: both make cheap printers drop off the bus;
* only the printer's own interface is taken from usblp, and given back on close, so that /dev/usb/lp0 comes back;
* every transfer has a time limit in **milliseconds**; 0 would mean for ever, and a printer out of paper takes
  nothing for ever;
* an empty or short read is not yet silence: it is read again until the deadline.
"""

from __future__ import annotations

import errno
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from printer.errors import Closed, TimedOut, Unreachable
from printer.transports.usb_ways import Choice, Way, best, called, ways, ways_now

log = logging.getLogger(__name__)

CHUNK: Final = 4096
"""Bytes a transfer: whole packets at every speed, and what is lost sight of at most when a cable is pulled."""
GLANCE_MS: Final = 5
"""A look for what is already there: the host asks a device once a millisecond, so fewer could miss it."""
READ_AGAIN_S: Final = 0.01
CONTROL_MS: Final = 1000
GET_PORT_STATUS_TYPE: Final = 0xA1
"""From the device, of its class, to an interface."""
GET_PORT_STATUS: Final = 1


@dataclass(slots=True)
class _Claimed:
    """A printer that is ours until it is let go."""

    device: Any
    way: Way
    detached: bool = False


class UsbTransport:
    """A USB printer. ``choice`` as :meth:`Choice.parse` reads it; ``usb`` takes the one that is plugged in.

    ``backend`` is a pyusb backend; None takes libusb 1.0, as the system has it.
    """

    def __init__(self, choice: str = "usb", *, backend: Any = None) -> None:
        self._choice = Choice.parse(choice)
        self._backend = backend
        self._claimed: _Claimed | None = None
        self._kept = b""

    @property
    def name(self) -> str:
        """``usb:04b8:0e15``."""
        return str(self._choice)

    def open(self, deadline: float) -> None:
        """Find the printer and claim its interface. Bounded by the kernel: nothing here waits for the printer,
        except for the serial number where one was asked for."""
        if self._claimed is not None:
            return
        import usb.core

        try:
            device = self._find(deadline)
            claimed = self._claim(device)
        except usb.core.NoBackendError as error:
            raise Unreachable(f"{self.name}: libusb is not installed (Debian: libusb-1.0-0)") from error
        except usb.core.USBError as error:
            raise Unreachable(f"{self.name}: {error}") from error
        self._kept = b""
        self._claimed = claimed

    def write(self, data: bytes, deadline: float) -> None:
        """Send ``data`` in bounded transfers.

        After a time-out ``sent`` is exact. When the cable was pulled it is the most that can have left: libusb says
        no more of a transfer that broke.
        """
        import usb.core

        out = self._opened().way.out
        sent = 0
        while sent < len(data):
            left = deadline - time.monotonic()
            chunk = data[sent : sent + CHUNK]
            try:
                if left <= 0:
                    raise usb.core.USBTimeoutError("the deadline passed")
                # A transfer that timed out with a part of it sent comes back short, not as an error.
                sent += out.write(chunk, _milliseconds(left))
            except usb.core.USBTimeoutError as error:
                why = f"{self.name}: the printer took {sent} of {len(data)} bytes"
                raise TimedOut(why, sent=sent) from error
            except usb.core.USBError as error:
                self._unstall(error, out)
                why = f"{self.name}: gone while writing: {error}"
                raise Closed(why, sent=sent + len(chunk)) from error

    def read(self, n: int, deadline: float) -> bytes:
        """What has arrived, at most ``n`` bytes; nothing, at once, from a printer without an IN endpoint."""
        import usb.core

        back = self._opened().way.back
        if back is None:
            return b""
        while not self._kept:
            left = deadline - time.monotonic()
            try:
                # Whole packets: a device may send one longer than what is left to read, which is an error.
                self._kept = bytes(back.read(back.wMaxPacketSize, max(GLANCE_MS, _milliseconds(left))))
            except usb.core.USBTimeoutError:
                log.debug("%s: nothing to read yet", self.name)
            except usb.core.USBError as error:
                self._unstall(error, back)
                raise Closed(f"{self.name}: gone while reading: {error}") from error
            if not self._kept:
                left = deadline - time.monotonic()
                if left <= 0:
                    return b""
                time.sleep(min(READ_AGAIN_S, left))
        data, self._kept = self._kept[:n], self._kept[n:]
        return data

    def port_status(self, deadline: float) -> int | None:
        """Ask by the printer class's own request, which is answered whatever the printer is doing.

        pyusb takes the low byte of wIndex for an interface to claim, where the class puts the alternate setting: so
        this is asked of interface 0 in setting 0 alone, which is what nearly all printers have.
        """
        import usb.core

        way = self._opened().way
        if (way.interface.bInterfaceNumber, way.interface.bAlternateSetting) != (0, 0):
            return None
        left = deadline - time.monotonic()
        try:
            answer = self._opened().device.ctrl_transfer(
                GET_PORT_STATUS_TYPE, GET_PORT_STATUS, 0, 0, 1, min(CONTROL_MS, _milliseconds(left))
            )
        except usb.core.USBError as error:
            log.debug("%s: no port status: %s", self.name, error)
            return None
        return int(answer[0]) if len(answer) else None

    def close(self) -> None:
        """Give the interface back to the kernel and let the device go."""
        claimed, self._claimed = self._claimed, None
        if claimed is not None:
            _let_go(claimed)

    def _opened(self) -> _Claimed:
        if self._claimed is None:
            raise Closed(f"{self.name}: used before it was opened")
        return self._claimed

    def _find(self, deadline: float) -> Any:
        """The one device that is meant. Two are refused: a ticket on the wrong printer is worse than none."""
        import usb.core

        fitting = [
            device
            for device in usb.core.find(find_all=True, backend=self._backend)
            if self._fits(device) and any(ways(device, self._choice))
        ]
        if self._choice.serial is not None:
            fitting = [
                device for device in fitting if self._serial_of(device, deadline) == self._choice.serial
            ]
        if not fitting:
            raise Unreachable(f"{self.name}: no such USB printer is plugged in and switched on")
        if len(fitting) > 1:
            found = ", ".join(
                f"{called(device)} at bus {device.bus} port {_port(device)}" for device in fitting
            )
            raise Unreachable(
                f"{self.name}: {len(fitting)} USB printers fit; name one (usb:VID:PID:SERIAL): {found}"
            )
        return fitting[0]

    def _fits(self, device: Any) -> bool:
        if self._choice.vendor is None:
            return True
        return (device.idVendor, device.idProduct) == (self._choice.vendor, self._choice.product)

    def _serial_of(self, device: Any, deadline: float) -> str | None:
        import usb.core
        import usb.util

        device.default_timeout = min(CONTROL_MS, _milliseconds(deadline - time.monotonic()))
        try:
            _kernel_has(
                device, 0
            )  # opens it: pyusb reports a lack of permission to read texts as "no langid"
            found: str | None = device.serial_number
        except usb.core.USBError as error:
            _refuse_for_permission(error, device)
            log.info("%s: no serial number from %s: %s", self.name, called(device), error)
            return None
        except ValueError:  # pyusb: "The device has no langid"
            return None
        finally:
            usb.util.dispose_resources(device)
        return found

    def _claim(self, device: Any) -> _Claimed:
        import usb.core
        import usb.util

        claimed: _Claimed | None = None
        try:
            way = best(ways_now(device, self._choice))
            if way is None:
                raise Unreachable(
                    f"{self.name}: {called(device)} is set to a configuration without its printer"
                )
            claimed = _Claimed(device, way)
            number = way.interface.bInterfaceNumber
            if _kernel_has(device, number):
                device.detach_kernel_driver(number)
                claimed.detached = True
            usb.util.claim_interface(device, number)
            # One setting alone is not set: cheap devices stall at being told what they are already.
            if way.alternates:
                device.set_interface_altsetting(number, way.interface.bAlternateSetting)
        except (usb.core.USBError, Unreachable) as error:
            if claimed is None:
                _quietly("let go", lambda: usb.util.dispose_resources(device))
            else:
                _let_go(claimed)
            if isinstance(error, usb.core.USBError):
                _refuse_for_permission(error, device)
                if error.errno == errno.EBUSY:
                    raise Unreachable(
                        f"{self.name}: another program holds {called(device)} (CUPS?)"
                    ) from error
            raise
        return claimed

    def _unstall(self, error: Any, endpoint: Any) -> None:
        """A stalled endpoint stays so until it is told that we have seen it; without this no later job gets in."""
        if error.errno == errno.EPIPE:
            _quietly("clear a stall", endpoint.clear_halt)


def _milliseconds(seconds: float) -> int:
    """Never 0, which libusb takes for no limit at all."""
    return max(1, int(seconds * 1000))


def _kernel_has(device: Any, number: int) -> bool:
    try:
        return bool(device.is_kernel_driver_active(number))
    except NotImplementedError:  # not Linux: there is nothing to take the interface from
        return False


def _let_go(claimed: _Claimed) -> None:
    import usb.util

    device, number = claimed.device, claimed.way.interface.bInterfaceNumber
    _quietly("release", lambda: usb.util.release_interface(device, number))
    if claimed.detached:
        _quietly("give back to usblp", lambda: device.attach_kernel_driver(number))
    _quietly("let go", lambda: usb.util.dispose_resources(device))


def _quietly(what: str, step: Callable[[], object]) -> None:
    import usb.core

    try:
        step()
    except (usb.core.USBError, NotImplementedError) as error:  # unplugged: there is nothing to give back
        log.debug("could not %s: %s", what, error)


def _refuse_for_permission(error: Any, device: Any) -> None:
    if error.errno not in (errno.EACCES, errno.EPERM):
        return
    rule = (
        f'SUBSYSTEM=="usb", ATTR{{idVendor}}=="{device.idVendor:04x}", ATTR{{idProduct}}=="{device.idProduct:04x}", '
        'GROUP="lp", MODE="0660"'
    )
    raise Unreachable(
        f"no permission on the USB printer {called(device)}: put the kiosk's user in the group lp; "
        f"if that is not enough, add this udev rule: {rule}"
    ) from error


def _port(device: Any) -> str:
    return ".".join(map(str, device.port_numbers or ())) or "?"
