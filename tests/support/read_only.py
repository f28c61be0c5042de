"""Run as a program in a mount namespace of its own: everything read-only but one folder, then the command.

``/var/tmp`` is a fresh folder in memory for what is temporary (``TMPDIR``), as every system with a read-only root has.

``unshare --mount python read_only.py FOLDER COMMAND…``. Not even root writes to a read-only mount. What other programs
answer on, as the X server's socket, is reached all the same: that is no writing.
"""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from pathlib import Path
from typing import Final

MS_BIND: Final = 4096
MS_REC: Final = 16384
MS_PRIVATE: Final = 1 << 18
AT_FDCWD: Final = -100
AT_RECURSIVE: Final = 0x8000
MOUNT_ATTR_RDONLY: Final = 1
MOUNT_SETATTR: Final = 442
"""mount_setattr(2), the same number on every architecture; Linux 5.12. The C library has no name for it yet."""

TEMPORARY: Final = b"/var/tmp"

libc = ctypes.CDLL(None, use_errno=True)


class MountAttributes(ctypes.Structure):
    """struct mount_attr."""

    _fields_ = [(name, ctypes.c_uint64) for name in ("set", "clr", "propagation", "userns_fd")]


def _done(result: int, what: str) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), what)


def close_all_but(folder: str) -> None:
    """Make every mount of this namespace read-only, and ``folder`` alone writable."""
    there = folder.encode()
    _done(libc.mount(None, b"/", None, MS_REC | MS_PRIVATE, None), "/")
    _done(libc.mount(there, there, None, MS_BIND, None), folder)
    _done(libc.mount(b"tmpfs", TEMPORARY, b"tmpfs", 0, None), TEMPORARY.decode())
    for path, flags, given in (
        (b"/", AT_RECURSIVE, MountAttributes(set=MOUNT_ATTR_RDONLY)),
        (there, 0, MountAttributes(clr=MOUNT_ATTR_RDONLY)),
        (TEMPORARY, 0, MountAttributes(clr=MOUNT_ATTR_RDONLY)),
    ):
        size = ctypes.c_size_t(ctypes.sizeof(given))
        _done(libc.syscall(MOUNT_SETATTR, AT_FDCWD, path, flags, ctypes.byref(given), size), path.decode())


def require_closed() -> None:
    """Try to write where programs like to."""
    for place in (Path.home(), Path("/tmp"), Path("/run"), Path("/dev/shm"), Path(__file__).parent):
        try:
            (place / ".written").touch()
        except OSError as error:
            if error.errno == errno.EROFS or not place.is_dir():
                continue
            raise
        (place / ".written").unlink()
        raise SystemExit(f"{place} can be written")


if __name__ == "__main__":
    close_all_but(sys.argv[1])
    require_closed()
    os.environ["TMPDIR"] = TEMPORARY.decode()
    os.execvp(sys.argv[2], sys.argv[2:])
