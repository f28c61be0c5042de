"""Profiles are data with a schema; what is wrong is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from printer import profiles
from printer.errors import ProfileError

GOOD = profiles.FOLDER.joinpath("generic-80.toml").read_text(encoding="utf-8")


def test_every_shipped_profile_loads_and_is_consistent() -> None:
    assert {"generic-80", "generic-58", "generic-80-raster", "generic-58-raster"} <= set(profiles.names())
    for name in profiles.names():
        profile = profiles.load(name)
        assert profile.name == name
        assert profile.columns * 12 <= profile.dots, "characters of font A are 12 dots wide"
        assert profile.dots <= profile.width_mm * 8
        assert profile.raster_rows % 24 == 0


def test_an_unknown_name_lists_what_is_allowed() -> None:
    with pytest.raises(ProfileError, match=r"E-PRN-01.*'generic-90'.*generic-58, .*generic-80"):
        profiles.load("generic-90")


@pytest.mark.parametrize("name", ["../profiles/generic-80", "", "generic-80.toml"])
def test_a_name_is_not_a_path(name: str) -> None:
    with pytest.raises(ProfileError):
        profiles.load(name)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("columns = 48", "colums = 48", "colums"),
        ("columns = 48", 'columns = "48"', "columns"),
        ("columns = 48", "columns = 4800", r"columns.*found 4800"),
        ('qr = "native"', 'qr = "laser"', "qr"),
        ("raster_rows = 240", "raster_rows = 256", "raster_rows"),
        ("status = [4, 1, 2, 3]", "status = [5]", "status"),
        ('kind = "partial"', 'kind = "knife"', r"cutter\.kind.*found 'knife'"),
        ('code_page = "cp437"', 'code_page = "cp9999"', r"cp9999.*cp437"),
        ("columns = 48", "columns =", "not valid TOML"),
        ("dots = 576\n", "", "dots"),
    ],
)
def test_a_bad_file_is_named_with_its_key(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in GOOD
    tmp_path.joinpath("mine.toml").write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(ProfileError, match=rf"mine\.toml.*{told}"):
        profiles.load("mine", tmp_path)


def test_a_technician_adds_a_model_with_a_file(tmp_path: Path) -> None:
    tmp_path.joinpath("mine.toml").write_text(
        GOOD.replace('fence = "none"', 'fence = "gs_r"'), encoding="utf-8"
    )
    assert profiles.names(tmp_path) == ("mine",)
    assert profiles.load("mine", tmp_path).fence == "gs_r"
