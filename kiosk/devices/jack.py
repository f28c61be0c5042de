"""The headphone jack: plugging in is how a blind visitor starts speech (EN 301 549, 5.1.3.2; Section 508, 402.2).

The kernel tells of it as an input device with the switch SW_HEADPHONE_INSERT (include/uapi/linux/input-event-codes.h):
HDA sound chips and most USB ones have it, a Raspberry Pi's own jack has not. Sound devices come and go on USB, so the
list is read again from time to time.
"""

from __future__ import annotations

import fcntl
import logging
import os
import selectors
import struct
import threading
from collections.abc import Callable
from pathlib import Path

log = logging.getLogger(__name__)

EV_SW, SW_HEADPHONE_INSERT = 0x05, 0x02
EVENT = struct.Struct("@llHHi")
"""struct input_event: seconds, microseconds, type, code, value."""
EVIOCGSW_2 = (2 << 30) | (2 << 16) | (ord("E") << 8) | 0x1B
"""_IOC(_IOC_READ, 'E', 0x1b, 2): the state of switches 0 to 15, in two bytes."""
LOOK_AGAIN_S = 10.0
END_S = 2.0


def jacks(root: Path = Path("/")) -> tuple[Path, ...]:
    """Return the input devices that tell of a headphone plug, as paths under ``root``/dev/input."""
    found = []
    for capabilities in sorted((root / "sys/class/input").glob("event*/device/capabilities/sw")):
        # Hexadecimal words, the lowest last (Documentation/input/event-codes.rst).
        words = capabilities.read_text(encoding="ascii").split()
        if words and int(words[-1], 16) & 1 << SW_HEADPHONE_INSERT:
            found.append(root / "dev/input" / capabilities.parents[2].name)
    return tuple(found)


class JackWatch:
    """Tells ``plugged(True)`` and ``plugged(False)``, on its own thread, as a plug goes in and out.

    A plug that is in when the watch starts is not told: nobody has just put it there.
    """

    def __init__(self, plugged: Callable[[bool], None], root: Path = Path("/")) -> None:
        self._plugged, self._root = plugged, root
        self._selector = selectors.DefaultSelector()
        self._open: dict[Path, int] = {}
        self._wake, self._waker = os.pipe()
        self._ended = False
        self._thread = threading.Thread(target=self._run, name="jack", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._selector.register(self._wake, selectors.EVENT_READ)
        self._thread.start()

    def stop(self) -> None:
        """End the thread and close the devices; returns when that is done. The second time it does nothing."""
        if self._ended:
            return
        self._ended = True
        os.write(self._waker, b"x")
        self._thread.join(END_S)
        if self._thread.is_alive():  # it hangs in a driver; its files stay open with it
            log.warning("the headphone jack's thread does not end", extra={"limit_s": END_S})
            return
        self._selector.close()
        for handle in (*self._open.values(), self._wake, self._waker):
            os.close(handle)
        self._open.clear()

    def _run(self) -> None:
        while True:
            self._look()
            for key, _ in self._selector.select(LOOK_AGAIN_S):
                if key.fd == self._wake:
                    return
                self._read(key.data)

    def _look(self) -> None:
        for path in jacks(self._root):
            if path in self._open:
                continue
            try:
                handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
            except OSError as fault:
                log.warning("the headphone jack cannot be read: %s: %s", path, fault.strerror)
                continue
            self._open[path] = handle
            self._selector.register(handle, selectors.EVENT_READ, path)
            log.info("watching a headphone jack", extra={"device": str(path), "in": _is_in(handle)})

    def _read(self, path: Path) -> None:
        handle = self._open[path]
        try:
            data = os.read(handle, EVENT.size * 32)
        except BlockingIOError:
            return
        except OSError:  # ENODEV: the sound device was unplugged
            data = b""
        if not data:
            self._selector.unregister(handle)
            os.close(self._open.pop(path))
            return
        for _, _, kind, code, value in EVENT.iter_unpack(data[: len(data) // EVENT.size * EVENT.size]):
            if (kind, code) == (EV_SW, SW_HEADPHONE_INSERT):
                self._plugged(bool(value))


def _is_in(handle: int) -> bool | None:
    """Return whether a plug is in now; None where the device cannot say."""
    state = bytearray(2)
    try:
        fcntl.ioctl(handle, EVIOCGSW_2, state)
    except OSError:
        return None
    return bool(int.from_bytes(state, "little") & 1 << SW_HEADPHONE_INSERT)
