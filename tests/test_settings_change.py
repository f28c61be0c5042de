"""Changing the configuration: whole or not at all, with its comments, and never against what the next start reads."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk import durable, settings
from kiosk.settings import DEFAULT_FILE, SECTIONS, SettingsError
from kiosk.settings_change import change, edited, from_text

SHIPPED = DEFAULT_FILE.read_text(encoding="utf-8")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "kiosk.toml"
    path.write_text(SHIPPED, encoding="utf-8")
    return path


def test_only_the_value_changes_and_comments_stay(file: Path) -> None:
    after = change(file, {("display", "diagonal_inch"): 10.1, ("printer", "transport"): "usb"}, {})
    assert (after.display.diagonal_inch, after.printer.transport) == (10.1, "usb")
    assert settings.load(file, {}) == after
    changed = [
        (old, new)
        for old, new in zip(SHIPPED.splitlines(), file.read_text().splitlines(), strict=True)
        if old != new
    ]
    assert [new for _, new in changed] == ["diagonal_inch = 10.1", 'transport = "usb"']


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({("display", "diagonal_inch"): 3.0}, "[display] diagonal_inch"),
        ({("kiosk", "colour"): "red"}, "not a known key"),
        ({("kiosk", "site"): "nowhere"}, "[kiosk] site = 'nowhere'"),
        ({("kiosk", "language"): "fr"}, "allowed: id, en"),
        ({("printer", "profile"): "laser"}, "laser"),
        ({("server", "ca_file"): "/nowhere.pem"}, "no such file"),
        ({("session", "idle_s"): 30.0, ("session", "warning_s"): 5.0}, "[session] warning_s"),
    ],
)
def test_what_is_refused_leaves_the_file_as_it_was(file: Path, values: Any, words: str) -> None:
    with pytest.raises(SettingsError) as caught:
        change(file, values, {})
    assert caught.value.code == "E-CFG-02"
    assert words in str(caught.value)
    assert file.read_text(encoding="utf-8") == SHIPPED


def test_what_the_environment_decides_cannot_be_changed_here(file: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        change(file, {("printer", "port"): 9101}, {"ANJUNGAN_PRINTER__PORT": "9100"})
    assert caught.value.code == "E-CFG-04"
    assert "ANJUNGAN_PRINTER__PORT" in str(caught.value)


def test_a_disk_that_refuses_changes_nothing(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, content: bytes) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(durable, "write", refuse)
    with pytest.raises(SettingsError) as caught:
        change(file, {("printer", "port"): 9101}, {})
    assert caught.value.code == "E-CFG-03"
    assert file.read_text(encoding="utf-8") == SHIPPED


def test_a_file_that_is_not_there_yet_is_made(tmp_path: Path) -> None:
    file = tmp_path / "new" / "kiosk.toml"
    assert change(file, {("printer", "port"): 9101}, {}).printer.port == 9101
    assert settings.load(file, {}).printer.port == 9101


keys = [(section, field) for section, kind in SECTIONS.items() for field in kind.__struct_fields__]
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
values = st.one_of(st.booleans(), st.integers(-(10**9), 10**9), st.floats(-1e6, 1e6), texts)
layouts = st.sampled_from(
    [
        SHIPPED,
        "",
        "[printer]\n",
        '[kiosk]\nsite = "a"\n\n[printer]\nport = 9100 # a comment\n',
        "printer = {port = 9100}\n",
        "printer.port = 9100\n",
        '[ "printer" ]\n"port" = 1\n',
        '[kiosk]\nsite = """\n[printer]\nport = 3\n"""\n',
    ]
)


@given(layouts, st.dictionaries(st.sampled_from(keys), values, min_size=1, max_size=4))
def test_whatever_is_put_in_is_read_back_and_nothing_else_changes(text: str, wanted: Any) -> None:
    before, after = tomllib.loads(text), tomllib.loads(edited(text, wanted))
    for (section, key), value in wanted.items():
        assert after[section].pop(key) == value
        before.get(section, {}).pop(key, None)
    assert {name: table for name, table in after.items() if table} == {
        name: table for name, table in before.items() if table
    }


def test_what_a_person_types_becomes_the_key_s_own_kind() -> None:
    assert from_text("display", "diagonal_inch", "10.1") == 10.1
    assert from_text("printer", "width_mm", "58") == 58
    assert from_text("printer", "baudrate", "9600") == 9600
    assert from_text("kiosk", "ignore_hours", "true") is True
    assert from_text("kiosk", "site", "12") == "12"
    for section, key, text in (("printer", "port", "many"), ("printer", "width_mm", "70")):
        with pytest.raises(SettingsError):
            from_text(section, key, text)
