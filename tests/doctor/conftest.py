"""Machines of the doctor's: a folder as the root, small scripts as programs, a configuration and a clock to turn."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from kiosk.doctor import Finding, Machine
from kiosk.doctor.examine import named_checks
from tests.support.turnable_clock import TurnableClock

SHIPPED = Path(__file__).resolve().parents[2] / "config" / "kiosk.toml"


@dataclass
class Bench:
    """One machine on the bench."""

    folder: Path
    clock: TurnableClock = field(default_factory=TurnableClock)
    environ: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("root", "bin", "state"):
            (self.folder / name).mkdir()
        self.environ["PATH"] = str(self.folder / "bin")
        self.config = SHIPPED

    @property
    def state(self) -> Path:
        return self.folder / "state"

    def file(self, path: str, content: str | bytes) -> Path:
        """Put a file below the root."""
        there = self.folder / "root" / path
        there.parent.mkdir(parents=True, exist_ok=True)
        there.write_bytes(content if isinstance(content, bytes) else content.encode())
        return there

    def link(self, path: str, target: str) -> None:
        there = self.folder / "root" / path
        there.parent.mkdir(parents=True, exist_ok=True)
        there.symlink_to(target)

    def program(self, name: str, prints: str = "", exit_code: int = 0, before: str = "") -> None:
        """Install a program that prints ``prints``."""
        there = self.folder / "bin" / name
        there.write_text(f"#!/bin/sh\n{before}\nprintf '%s' '{prints}'\nexit {exit_code}\n")
        there.chmod(0o755)

    def set(self, **values: object) -> None:
        """Override keys of the configuration: ``set(PRINTER__TRANSPORT="network")``."""
        self.environ |= {f"ANJUNGAN_{name}": str(value) for name, value in values.items()}

    @property
    def machine(self) -> Machine:
        return Machine(self.config, self.state, self.folder / "root", self.environ, self.clock)

    def check(self, name: str) -> dict[str, Finding]:
        """Run one check; return what it found by name (the worst of a name)."""
        found: dict[str, Finding] = {}
        for finding in named_checks()[name](self.machine):
            if finding.check not in found or finding.level.rank < found[finding.check].level.rank:
                found[finding.check] = finding
        return found


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)
