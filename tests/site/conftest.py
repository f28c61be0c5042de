"""A site folder of its own for each test, and catalogues as hypothesis invents them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kiosk.site import SiteData, load

SAMPLE = Path(__file__).resolve().parents[2] / "config" / "sites" / "bangkalan"


@pytest.fixture
def site_dir(tmp_path: Path) -> Path:
    """A copy of the sample site that may be spoilt."""
    return Path(shutil.copytree(SAMPLE, tmp_path / "site"))


@pytest.fixture(scope="session")
def sample() -> SiteData:
    return load(SAMPLE)


@pytest.fixture
def edit(site_dir: Path) -> Callable[[Callable[[Any], object]], None]:
    """Change the catalogue's data: ``edit(lambda data: data["services"].pop())``."""

    def change(how: Callable[[Any], object]) -> None:
        path = site_dir / "catalogue.json"
        data = json.loads(path.read_text(encoding="utf-8"))
        how(data)
        path.write_text(json.dumps(data), encoding="utf-8")

    return change
