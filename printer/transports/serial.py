"""A printer on a serial line (RS-232, or a USB adapter that poses as one).

pyserial opens and sets the line; reading and writing go by select, because pyserial cannot say how many bytes of
a write that timed out had left, and spins on a full buffer where it is told not to wait.

Flow control, which must be what the printer's switches and cable have:

``none``     nothing. A text ticket of 0.5 kB fits the 4 kB buffer of most printers; a picture does not.
``rtscts``   the printer's busy line on CTS; the kernel watches it.
``dsrdtr``   the printer's busy line on DSR, Epson's default (TM-T88IV manual, DIP switches). Linux and pyserial's
             ``dsrdtr`` do nothing about it, so this module looks at DSR before every few bytes and waits until
             they have left. Few, because a printer goes busy with as little as 16 bytes of its buffer left.
``xonxoff``  the printer sends XOFF and XON; the kernel obeys them and they never reach a reader.
"""

from __future__ import annotations

import errno
import fcntl
import os
import select
import termios
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, get_args

from printer.errors import Closed, TimedOut, Unreachable

if TYPE_CHECKING:
    import serial

Flow = Literal["none", "rtscts", "dsrdtr", "xonxoff"]
BAUDRATES: Final = (9600, 19200, 38400, 57600, 115200)
CHUNK: Final = 512
PACED_CHUNK: Final = 16
BITS_PER_BYTE: Final = 10
LOOK_S: Final = 0.005
"""How often a line is looked at that tells of no change by itself: DSR, and how much has left."""


class SerialTransport:
    """The serial device ``device``, 8 data bits, no parity, one stop bit.

    Name it by its stable path, ``/dev/serial/by-id/…``: ``/dev/ttyUSB0`` is another one after a replug.
    """

    def __init__(self, device: Path | str, baudrate: int = 115200, flow: Flow = "none") -> None:
        if baudrate not in BAUDRATES:
            raise ValueError(f"baudrate {baudrate}; allowed: {', '.join(map(str, BAUDRATES))}")
        if flow not in get_args(Flow):
            raise ValueError(f"flow control {flow!r}; allowed: {', '.join(get_args(Flow))}")
        self._device = str(device)
        self._baudrate = baudrate
        self._flow = flow
        self._port: serial.Serial | None = None
        self._unfinished = False

    @property
    def name(self) -> str:
        """``serial /dev/ttyS0 at 9600 baud``."""
        return f"serial {self._device} at {self._baudrate} baud"

    def open(self, deadline: float) -> None:
        """Open and set the line, for us alone. What the printer said before is thrown away."""
        del deadline  # opened without waiting for a carrier
        if self._port is not None:
            return
        import serial

        try:
            port = serial.Serial(
                self._device,
                self._baudrate,
                timeout=0,
                write_timeout=0,
                xonxoff=self._flow == "xonxoff",
                rtscts=self._flow == "rtscts",
                exclusive=True,
            )
        except (OSError, termios.error) as error:
            raise Unreachable(f"{self.name}: {_why_not_opened(error, self._device)}") from error
        try:
            # pyserial's lock holds only those off who ask for it; this holds off everybody but root.
            fcntl.ioctl(port.fileno(), termios.TIOCEXCL)
            if self._flow == "dsrdtr":
                self._require_dsr(port)
        except OSError as error:
            port.close()
            raise Unreachable(f"{self.name}: {error}") from error
        except Unreachable:
            port.close()
            raise
        self._port = port

    def write(self, data: bytes, deadline: float) -> None:
        """Send ``data`` and wait until it has gone down the line: at 9,600 baud that takes 1 ms a byte."""
        port = self._opened()
        handed = 0
        self._unfinished = True
        try:
            while handed < len(data):
                self._await_room(port, deadline)
                handed += self._hand_over(port, data[handed:])
            self._await_gone(port, deadline)
        except TimeoutError:
            sent = handed - self._discard(port)
            raise TimedOut(f"{self.name}: the printer took {sent} of {len(data)} bytes", sent=sent) from None
        except (OSError, termios.error) as error:
            raise Closed(f"{self.name}: gone while writing: {error}", sent=handed) from error
        self._unfinished = False

    def read(self, n: int, deadline: float) -> bytes:
        """What has arrived, at most ``n`` bytes."""
        port = self._opened()
        while True:
            left = max(0.0, deadline - time.monotonic())
            try:
                if not select.select([port.fileno()], [], [], left)[0]:
                    return b""
                data = os.read(port.fileno(), n)
            except BlockingIOError:
                continue  # the kernel took a flow control byte out of what select had seen
            except OSError as error:
                raise Closed(f"{self.name}: gone while reading: {error}") from error
            if not data:
                raise Closed(f"{self.name}: gone while reading")
            return data

    def close(self) -> None:
        """Give the line back. What an unfinished write left behind is thrown away: the kernel would wait up to 30 s
        for it. A finished one leaves nothing, and is not touched: on a pseudo-terminal it could still be on its way.
        """
        port, self._port = self._port, None
        if port is None:
            return
        if self._unfinished:
            _quietly(lambda: termios.tcflush(port.fileno(), termios.TCOFLUSH))
            self._unfinished = False
        _quietly(lambda: fcntl.ioctl(port.fileno(), termios.TIOCNXCL))
        _quietly(port.close)

    def _opened(self) -> serial.Serial:
        if self._port is None:
            raise Closed(f"{self.name}: used before it was opened")
        return self._port

    def _require_dsr(self, port: serial.Serial) -> None:
        try:
            port.dsr  # noqa: B018  # reading it is the question
        except OSError as error:
            allowed = "none, rtscts, xonxoff"
            raise Unreachable(
                f"{self.name}: it has no DSR line; flow control allowed here: {allowed}"
            ) from error

    def _await_room(self, port: serial.Serial, deadline: float) -> None:
        if self._flow == "dsrdtr":
            # Only when nothing waits in the kernel does DSR speak of the bytes we are about to hand over.
            self._await_gone(port, deadline)
            while not port.dsr:
                _pause(LOOK_S, deadline)
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([], [port.fileno()], [], left)[1]:
            raise TimeoutError

    def _hand_over(self, port: serial.Serial, data: bytes) -> int:
        size = PACED_CHUNK if self._flow == "dsrdtr" else CHUNK
        try:
            return os.write(port.fileno(), data[:size])
        except BlockingIOError:
            return 0  # an XOFF came between the look and the write

    def _await_gone(self, port: serial.Serial, deadline: float) -> None:
        """Wait until the kernel holds none of our bytes. Nothing tells of that in bounded time: tcdrain waits for
        ever on a line that is held."""
        while waiting := _waiting(port):
            _pause(min(LOOK_S, waiting * BITS_PER_BYTE / self._baudrate), deadline)

    def _discard(self, port: serial.Serial) -> int:
        """Throw away what the kernel still holds; how many bytes that was. The line is held meanwhile, so that
        none leaves between counting and throwing away."""
        try:
            termios.tcflow(port.fileno(), termios.TCOOFF)
            waiting = _waiting(port)
            termios.tcflush(port.fileno(), termios.TCOFLUSH)
            termios.tcflow(port.fileno(), termios.TCOON)
        except (OSError, termios.error):
            return 0  # gone meanwhile: count all that was handed over as sent, the careful way
        return waiting


def _waiting(port: serial.Serial) -> int:
    """Bytes the kernel has not sent yet; 0 on devices that do not count them."""
    try:
        return int(port.out_waiting)
    except OSError as error:
        if error.errno in (errno.ENOTTY, errno.EINVAL):
            return 0
        raise


def _pause(seconds: float, deadline: float) -> None:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    time.sleep(min(seconds, left))


def _quietly(step: Callable[[], object]) -> None:
    try:
        step()
    except (OSError, termios.error):
        return  # the device is gone, which is what closing it is for


def _why_not_opened(error: Exception, device: str) -> str:
    number = error.errno if isinstance(error, OSError) else None
    if number in (errno.ENOENT, errno.ENXIO, errno.ENODEV):
        return "there is no such device; is it plugged in? (/dev/serial/by-id lists those there are)"
    if number in (errno.EACCES, errno.EPERM):
        return f"no permission on {device}; put the kiosk's user in the group dialout"
    if number in (errno.EBUSY, errno.EAGAIN):
        return "another program holds it (ModemManager, a terminal, a second kiosk)"
    return str(error)
