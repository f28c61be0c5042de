"""A spoilt site on disk does not stop a kiosk that worked yesterday."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from kiosk.site import SiteFaults, load, load_or_last_good
from kiosk.site.files import SiteData


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


def copies(state: Path) -> list[str]:
    return sorted(path.name for path in (state / "last-good").iterdir())


def spoil(site_dir: Path, name: str = "catalogue.json") -> None:
    (site_dir / name).write_text("{", encoding="utf-8")


def test_a_good_site_is_served_and_copied_once(site_dir: Path, state: Path) -> None:
    data, faults = load_or_last_good(site_dir, state)
    assert faults is None
    assert data == load(site_dir)
    first = copies(state)
    assert [name for name in first if not name.startswith("site-")] == ["site"]
    stamp = (state / "last-good" / "site" / "catalogue.json").stat()
    load_or_last_good(site_dir, state)
    assert copies(state) == first
    assert (state / "last-good" / "site" / "catalogue.json").stat() == stamp


@pytest.mark.parametrize("name", ["site.toml", "catalogue.json"])
def test_a_bad_site_is_answered_with_the_last_good_one_and_its_faults(
    site_dir: Path, state: Path, name: str
) -> None:
    good, _ = load_or_last_good(site_dir, state)
    spoil(site_dir, name)
    data, faults = load_or_last_good(site_dir, state)
    assert faults is not None
    assert {fault.file for fault in faults.faults} == {name}
    assert (data.site, data.catalogue) == (good.site, good.catalogue)
    assert data.directory.is_relative_to(state)


def test_a_bad_site_never_replaces_the_copy(site_dir: Path, state: Path) -> None:
    load_or_last_good(site_dir, state)
    before = copies(state)
    spoil(site_dir)
    for _ in range(2):
        load_or_last_good(site_dir, state)
    assert copies(state) == before
    assert load(state / "last-good" / "site").catalogue.services


def test_a_new_good_site_replaces_the_copy_with_its_logo(site_dir: Path, state: Path) -> None:
    load_or_last_good(site_dir, state)
    before = copies(state)
    toml = site_dir / "site.toml"
    toml.write_text(
        toml.read_text("utf-8").replace('# logo = "logo.png"', 'logo = "logo.png"'), encoding="utf-8"
    )
    (site_dir / "logo.png").write_bytes(b"picture")
    load_or_last_good(site_dir, state)
    after = copies(state)
    assert len(after) == 2
    assert after != before
    spoil(site_dir)
    data, _ = load_or_last_good(site_dir, state)
    assert (data.directory / "logo.png").read_bytes() == b"picture"


def test_without_a_copy_the_faults_are_raised(site_dir: Path, state: Path) -> None:
    spoil(site_dir)
    with pytest.raises(SiteFaults) as caught:
        load_or_last_good(site_dir, state)
    assert caught.value.faults[0].file == "catalogue.json"
    assert not state.exists()


def test_a_copy_that_is_bad_itself_is_not_served_nor_blamed(site_dir: Path, state: Path) -> None:
    load_or_last_good(site_dir, state)
    spoil(state / "last-good" / "site", "site.toml")
    spoil(site_dir)
    with pytest.raises(SiteFaults) as caught:
        load_or_last_good(site_dir, state)
    assert {fault.file for fault in caught.value.faults} == {"catalogue.json"}


def test_a_state_folder_that_cannot_be_written_is_no_reason_to_stop(site_dir: Path, state: Path) -> None:
    state.write_text("a file where the folder should be")
    data, faults = load_or_last_good(site_dir, state)
    assert faults is None
    assert len(data.catalogue.services) == 105


@pytest.mark.parametrize("step", ["replace", "rename", "symlink_to"])
def test_an_interrupted_copy_leaves_the_one_before(
    site_dir: Path, state: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    load_or_last_good(site_dir, state)
    toml = site_dir / "site.toml"
    toml.write_text(toml.read_text("utf-8").replace("sample = true", "sample = false"), encoding="utf-8")

    def fails(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, step, fails)
    data, faults = load_or_last_good(site_dir, state)
    monkeypatch.undo()
    assert (data.site.sample, faults) == (False, None)
    assert load(state / "last-good" / "site").site.sample is True
    load_or_last_good(site_dir, state)
    assert load(state / "last-good" / "site").site.sample is False


def test_files_that_change_while_they_are_copied_are_not_taken_for_good(
    site_dir: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kiosk.site import last_good

    def loads_and_then_it_is_spoilt(directory: Path) -> SiteData:
        data = load(directory)
        if directory == site_dir:
            spoil(site_dir)
        return data

    monkeypatch.setattr(last_good, "load", loads_and_then_it_is_spoilt)
    _, faults = load_or_last_good(site_dir, state)
    assert faults is None
    assert not os.path.lexists(state / "last-good" / "site")


def test_the_copy_outlives_the_site_folder(site_dir: Path, state: Path) -> None:
    load_or_last_good(site_dir, state)
    shutil.rmtree(site_dir)
    data, faults = load_or_last_good(site_dir, state)
    assert faults is not None
    assert [fault.code for fault in faults.faults] == ["E-CAT-01", "E-CAT-01"]
    assert len(data.catalogue.services) == 105
