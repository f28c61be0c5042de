"""The virtual printer inside this process: papers become pictures in a folder."""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import Final

from printer.errors import Closed, TimedOut, Unreachable
from printer.profiles import Profile
from printer.virtual.device import VirtualPrinter
from printer.virtual.faults import BECOMES, Fault, faults_from
from printer.virtual.folder import PaperFolder

log = logging.getLogger(__name__)

FAULT_FILE: Final = "faults.txt"
"""In the paper folder: names of faults, one a line (``paper_out``, ``slow=960``). Read before each job, so that a
person or a test can make the printer fail while the program runs, and mend it by taking the file away."""


class VirtualTransport:
    """Leads to a :class:`~printer.virtual.device.VirtualPrinter`. ``fault_file``, where given, sets its faults."""

    def __init__(self, device: VirtualPrinter, fault_file: Path | None = None) -> None:
        self.device = device
        self._fault_file = fault_file
        self._file_faults: dict[Fault, float] = {}
        self._open = False
        self._kept = b""

    @classmethod
    def to_folder(cls, folder: Path, profile: Profile) -> VirtualTransport:
        """A new virtual printer of the paper width of ``profile`` that puts its papers into ``folder``."""
        papers = PaperFolder(folder, dots=profile.dots, width_mm=profile.width_mm)
        return cls(VirtualPrinter(profile.dots, papers.add), folder / FAULT_FILE)

    @property
    def name(self) -> str:
        return "virtual printer"

    def open(self, deadline: float) -> None:
        self._read_fault_file()
        if Fault.UNPLUGGED in self.device.faults:
            raise Unreachable("virtual printer: unplugged")
        self._open, self._kept = True, b""

    def write(self, data: bytes, deadline: float) -> None:
        sent = 0
        while sent < len(data):
            if not self._open or Fault.UNPLUGGED in self.device.faults:
                raise Closed("virtual printer: unplugged", sent=sent)
            try:
                taken = self.device.receive(data[sent:])
            except OSError as error:
                # The folder cannot be written (a full disk): this printer's paper jam.
                raise Closed(
                    f"virtual printer: the paper cannot be drawn: {error}", sent=len(data)
                ) from error
            sent += taken
            if not taken and not self.device.wait(self._can_go_on, deadline):
                raise TimedOut(
                    f"virtual printer: takes no more bytes ({sent} of {len(data)} sent)", sent=sent
                )

    def read(self, n: int, deadline: float) -> bytes:
        if not self._open or Fault.UNPLUGGED in self.device.faults:
            raise Closed("virtual printer: unplugged")
        # It works as it receives: where it has nothing to say now, it never will.
        while self.device.speaking:
            if replies := self.device.take_replies():
                self._kept += replies
                break
            left, pause = deadline - time.monotonic(), self.device.pause or 0.0
            if left <= 0:
                break
            self.device.wait(lambda: False, time.monotonic() + min(left, pause))
        data, self._kept = self._kept[:n], self._kept[n:]
        return data

    def close(self) -> None:
        self._open = False

    def _can_go_on(self) -> bool:
        return self.device.room > 0 or Fault.UNPLUGGED in self.device.faults

    def _read_fault_file(self) -> None:
        if self._fault_file is None:
            return
        try:
            faults = faults_from(self._fault_file.read_text(encoding="utf-8").split())
        except (FileNotFoundError, NotADirectoryError):
            faults = {}
        except (OSError, ValueError) as error:
            log.warning("%s: %s", self._fault_file, error)
            return
        if faults != self._file_faults:
            # Only a change of the file is passed on: faults set on the device itself stay.
            gone = self._file_faults.keys() | {BECOMES[f] for f in self._file_faults if f in BECOMES}
            others = {f: value for f, value in self.device.fault_values.items() if f not in gone}
            self.device.replace_faults(others | faults)
            self._file_faults = faults
