"""A code scanner on a serial line: RS-232, or USB as a CDC device (``/dev/serial/by-id/…``).

One thread owns the line, from ``start`` to ``stop``. A scanner that is unplugged is waited for. A code ends with CR,
LF, TAB or a pause, for scanners that were set up to send none of them.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import serial

log = logging.getLogger(__name__)

KEYBOARD: Final = "keyboard"
"""What ``[scanner] device`` says of one that types."""
BAUDRATE: Final = 9600
"""What scanners leave the factory with; a CDC device has no speed."""
PAUSE_S: Final = 0.25
MOST: Final = 256
WAITS_S: Final = (1.0, 2.0, 5.0)
"""Seconds between tries to open it; the last again and again."""
STOP_S: Final = 3.0
ENDS: Final = b"\r\n\t"


class SerialScanner:
    """Reads codes and hands each to ``heard``, on its own thread."""

    def __init__(self, device: str, heard: Callable[[str], None]) -> None:
        self._device, self._heard = device, heard
        self._stopping = threading.Event()
        self._line: serial.Serial | None = None
        self._thread = threading.Thread(target=self._work, name="scanner", daemon=True)
        self.connected = threading.Event()
        """Set while the line is open."""

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Close the line and end the thread."""
        self._stopping.set()
        line = self._line
        if line is not None:
            line.cancel_read()
        if self._thread.ident is not None:
            self._thread.join(STOP_S)
            if self._thread.is_alive():
                log.error("the scanner's thread did not end")

    # --- on its thread ------------------------------------------------------------------------------------------------

    def _work(self) -> None:
        import serial

        tries, told = 0, ""
        while not self._stopping.is_set():
            try:
                with serial.Serial(self._device, BAUDRATE, timeout=None, exclusive=True) as line:
                    self._line = line
                    log.info("scanner", extra={"device": self._device, "state": "connected"})
                    tries, told = 0, ""
                    self.connected.set()
                    self._read(line)
            except (OSError, ValueError) as error:  # SerialException is an OSError
                if str(error) != told:
                    told = str(error)
                    log.warning("scanner", extra={"device": self._device, "state": "away", "problem": told})
            finally:
                self._line = None
                self.connected.clear()
            self._stopping.wait(WAITS_S[min(tries, len(WAITS_S) - 1)])
            tries += 1

    def _read(self, line: serial.Serial) -> None:
        code = b""
        while not self._stopping.is_set():
            line.timeout = PAUSE_S if code else None
            byte = line.read(1)
            if byte and byte not in ENDS:
                code = (code + byte)[: MOST + 1]
                continue
            if 0 < len(code) <= MOST:
                self._heard(code.decode("utf-8", errors="replace").strip())
            code = b""
