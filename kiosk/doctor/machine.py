"""The machine as the checks see it: files below a root, small programs with a deadline, the configuration.

Tests give another root and other programs, so that a check meets the files of a Raspberry Pi on any machine.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.clock import Clock, SystemClock
from kiosk.settings import Settings, SettingsError, load

if TYPE_CHECKING:
    from kiosk.site import SiteData, SiteFaults

PROGRAM_S = 3.0
"""Seconds a small program may take."""
LARGEST_READ = 1 << 16


@dataclass
class Machine:
    """One machine. ``config`` and ``state`` are those of the command line."""

    config: Path | None
    state: Path
    root: Path = Path("/")
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    clock: Clock = field(default_factory=SystemClock)

    @cached_property
    def loaded(self) -> Settings | SettingsError:
        """The settings, or what is wrong with them."""
        try:
            return load(self.config, self.environ)
        except SettingsError as error:
            return error

    @property
    def settings(self) -> Settings | None:
        """The settings, or None where they are bad (the check of the configuration says so)."""
        return self.loaded if isinstance(self.loaded, Settings) else None

    @cached_property
    def site(self) -> SiteData | SiteFaults | None:
        """The site, its faults, or None without settings."""
        from kiosk import site

        if self.settings is None:
            return None
        try:
            return site.load(self.settings.site_dir)
        except site.SiteFaults as faults:
            return faults

    def path(self, absolute: str) -> Path:
        """Return ``absolute`` below the root."""
        return self.root / absolute.lstrip("/")

    def read(self, absolute: str) -> str | None:
        """Return the content of a small file, stripped; None where it cannot be read."""
        try:
            with self.path(absolute).open("rb") as file:
                return file.read(LARGEST_READ).decode("utf-8", errors="replace").strip()
        except OSError:
            return None

    def number(self, absolute: str) -> int | None:
        """Return the number a file holds; None where there is none."""
        text = self.read(absolute)
        try:
            return int(text) if text else None
        except ValueError:
            return None

    def glob(self, pattern: str) -> list[Path]:
        """Return what matches ``pattern`` below the root, sorted."""
        return sorted(self.root.glob(pattern.lstrip("/")))

    def has(self, program: str) -> bool:
        """Whether a program is installed."""
        return shutil.which(program, path=self.environ.get("PATH")) is not None

    def output(self, *command: str) -> str | None:
        """Return what a small program prints; None where it is missing, fails or takes longer than ``PROGRAM_S``."""
        found = shutil.which(command[0], path=self.environ.get("PATH"))
        if found is None:
            return None
        try:
            done = subprocess.run(
                [found, *command[1:]],
                env=dict(self.environ) | {"LC_ALL": "C"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=PROGRAM_S,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        return done.stdout.decode("utf-8", errors="replace") if done.returncode == 0 else None
