"""A new catalogue takes its place whole or not at all, whatever happens while it does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from kiosk.core.catalogue import Catalogue
from kiosk.site import SiteData, SiteFaults, load
from kiosk.site.files import read_catalogue
from kiosk.site.replace import Change, as_text, changes, replace_catalogue
from tests.support.catalogues import catalogues


def renamed(catalogue: Catalogue, name: str = "KTP baru") -> Catalogue:
    """The catalogue with another title for C01."""
    rows = (
        service.model_copy(update={"short": {"id": name, "en": "New"}}) if service.code == "C01" else service
        for service in catalogue.services
    )
    return catalogue.model_copy(update={"services": tuple(rows)})


def test_the_new_one_is_in_place_and_the_old_one_beside_it(site_dir: Path, sample: SiteData) -> None:
    before = (site_dir / "catalogue.json").read_bytes()
    (site_dir / "catalogue.json").chmod(0o640)
    replace_catalogue(site_dir, renamed(sample.catalogue))
    assert load(site_dir).catalogue == renamed(sample.catalogue)
    assert (site_dir / "catalogue.json.previous").read_bytes() == before
    assert (site_dir / "catalogue.json").stat().st_mode & 0o777 == 0o640
    assert {path.name for path in site_dir.iterdir()} == {
        "site.toml",
        "catalogue.json",
        "catalogue.json.previous",
        "plan.svg",
    }


def test_one_that_does_not_fit_the_site_changes_nothing(site_dir: Path, sample: SiteData) -> None:
    before = (site_dir / "catalogue.json").read_bytes()
    queue = sample.catalogue.queues[0].model_copy(update={"zone": "Q"})
    bad = sample.catalogue.model_copy(update={"queues": (queue, *sample.catalogue.queues[1:])})
    with pytest.raises(SiteFaults) as caught:
        replace_catalogue(site_dir, bad)
    assert caught.value.faults[0].place == "queues[0] (A).zone"
    assert (site_dir / "catalogue.json").read_bytes() == before
    assert not (site_dir / "catalogue.json.previous").exists()


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize("number", [1, 2])
def test_a_disk_that_refuses_leaves_the_present_one(
    site_dir: Path, sample: SiteData, monkeypatch: pytest.MonkeyPatch, step: str, number: int
) -> None:
    before = (site_dir / "catalogue.json").read_bytes()
    owner = os if step == "fsync" else Path
    real: Callable[..., object] = getattr(owner, step)
    # The copy of the old one syncs its file and its folder, the new one syncs its file: calls 1 to 3.
    fails_at = {"fsync": (1, 3), "replace": (1, 2)}[step][number - 1]
    calls = 0

    def failing(*arguments: object) -> object:
        nonlocal calls
        calls += 1
        if calls == fails_at:
            raise OSError(28, "No space left on device")
        return real(*arguments)

    monkeypatch.setattr(owner, step, failing)
    with pytest.raises(SiteFaults) as caught:
        replace_catalogue(site_dir, renamed(sample.catalogue))
    monkeypatch.undo()
    assert calls == fails_at
    (fault,) = caught.value.faults
    assert (fault.code, fault.file) == ("E-CAT-10", "catalogue.json")
    assert "No space left" in fault.problem
    assert (site_dir / "catalogue.json").read_bytes() == before
    assert not [path for path in site_dir.iterdir() if path.name.startswith(".")]


KILLED = """
import os, sys
from pathlib import Path
from kiosk.site.files import load
from kiosk.site.replace import replace_catalogue
directory, step, number = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
owner = os if step == "fsync" else Path
real, calls = getattr(owner, step), 0
def dies(*arguments):
    global calls
    calls += 1
    if calls == number:
        os._exit(9)
    return real(*arguments)
catalogue = load(directory).catalogue
services = tuple(reversed(catalogue.services))
setattr(owner, step, dies)
replace_catalogue(directory, catalogue.model_copy(update={"services": services}))
"""


@pytest.mark.parametrize(
    ("step", "number", "new"), [("replace", 1, False), ("replace", 2, False), ("fsync", 4, True)]
)
def test_a_process_that_dies_between_the_steps_leaves_the_old_or_the_new_one(
    site_dir: Path, sample: SiteData, step: str, number: int, new: bool
) -> None:
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-c", KILLED, str(site_dir), step, str(number)]
    assert subprocess.run(command, cwd=root, timeout=30, check=False).returncode == 9
    expected = sample.catalogue.services[::-1] if new else sample.catalogue.services
    assert load(site_dir).catalogue.services == expected
    replace_catalogue(site_dir, renamed(sample.catalogue))  # and what the dead one left is not in the way
    assert load(site_dir).catalogue == renamed(sample.catalogue)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(catalogues())
def test_the_text_of_a_catalogue_is_that_catalogue(catalogue: Catalogue) -> None:
    text = as_text(catalogue)
    assert Catalogue.model_validate_json(text, strict=True) == catalogue
    assert as_text(Catalogue.model_validate_json(text)) == text
    assert all(
        len(line) < 160 or '": "' in line or line.strip().startswith('"') for line in text.splitlines()
    )


def test_the_sample_is_in_its_canonical_form(site_dir: Path, sample: SiteData) -> None:
    text = (site_dir / "catalogue.json").read_text(encoding="utf-8")
    assert as_text(sample.catalogue) == text
    assert json.loads(text)["services"][0]["code"] == "A01"


def test_changes_are_told_by_record_and_field(site_dir: Path, sample: SiteData) -> None:
    before = sample.catalogue
    service = before.services[30].model_copy(update={"fee_idr": 1000, "note": "x"})
    extra = before.services[0].model_copy(update={"code": "A99"})
    queue = before.queues[0].model_copy(update={"quota": 5})
    after = before.model_copy(
        update={
            "services": (*before.services[1:30], service, *before.services[31:], extra),
            "queues": (queue, *before.queues[1:]),
        }
    )
    assert changes(before, after) == (
        Change("queue", "changed", "A", "", ("quota",)),
        Change("service", "added", "A99", "Izin PKBM"),
        Change("service", "removed", "A01", "Izin PKBM"),
        Change("service", "changed", "C02", "KTP-el rusak", ("fee_idr", "note")),
    )
    assert changes(before, read_catalogue(site_dir / "catalogue.json")) == ()
    assert {change.what for change in changes(None, before)} == {"added"}
    assert len(changes(None, before)) == 13 + 13 + 105
