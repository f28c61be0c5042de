"""The configuration: every fault named with its place, and a bad file never stops a kiosk that worked yesterday."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from kiosk import settings
from kiosk.settings import DEFAULT_FILE, SECTIONS, SettingsError


def write(folder: Path, text: str) -> Path:
    file = folder / "kiosk.toml"
    file.write_text(text, encoding="utf-8")
    return file


def faults(path: Path | None = None, **environ: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        settings.load(path, environ)
    return caught.value.faults


def test_the_shipped_file_holds_every_key_with_its_default() -> None:
    data = tomllib.loads(DEFAULT_FILE.read_text(encoding="utf-8"))
    shipped = {section: set(table) for section, table in data.items()}
    assert shipped == {name: set(kind.__struct_fields__) for name, kind in SECTIONS.items()}
    loaded = settings.load(environ={})
    for name, kind in SECTIONS.items():
        assert getattr(loaded, name) == kind()


def test_an_environment_variable_overrides_one_key() -> None:
    environ = {
        "ANJUNGAN_PRINTER__TRANSPORT": "network",
        "ANJUNGAN_PRINTER__PORT": "9101",
        "ANJUNGAN_PRINTER__BAUDRATE": "9600",
        "ANJUNGAN_KIOSK__IGNORE_HOURS": "true",
        "ANJUNGAN_DISPLAY__DIAGONAL_INCH": "10.1",
        "ANJUNGAN_HOME": "not a key, since it has no section",
    }
    loaded = settings.load(environ=environ)
    assert loaded.printer.transport == "network"
    assert (loaded.printer.port, loaded.printer.baudrate) == (9101, 9600)
    assert loaded.kiosk.ignore_hours is True
    assert loaded.display.diagonal_inch == 10.1


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("ANJUNGAN_PRINTER__TRANSPORT", "laser", ["[printer] transport", "'laser'", "virtual", "network"]),
        ("ANJUNGAN_PRINTER__WIDTH_MM", "70", ["[printer] width_mm", "'70'", "58", "80"]),
        ("ANJUNGAN_PRINTER__PORT", "70000", ["[printer] port", "'70000'", "65535"]),
        ("ANJUNGAN_DISPLAY__DIAGONAL_INCH", "3", ["[display] diagonal_inch", "'3'", "7"]),
        ("ANJUNGAN_SESSION__WARNING_S", "5", ["[session] warning_s", "'5'", "20"]),
        ("ANJUNGAN_KIOSK__IGNORE_HOURS", "perhaps", ["[kiosk] ignore_hours", "'perhaps'", "bool"]),
        ("ANJUNGAN_KIOSK__COLOUR", "red", ["[kiosk] colour", "not a known key", "numbering"]),
        ("ANJUNGAN_PAINT__COLOUR", "red", ["[paint]", "not a known section", "printer"]),
        ("ANJUNGAN_SERVER__URL", "ftp://x", ["[server] url", "'ftp://x'"]),
    ],
)
def test_a_fault_names_the_variable_the_key_the_value_and_what_is_allowed(
    variable: str, value: str, words: list[str]
) -> None:
    (fault,) = faults(**{variable: value})
    assert fault.startswith(f"${variable}: ")
    for word in words:
        assert word in fault


def test_all_faults_come_at_once_and_name_the_file(tmp_path: Path) -> None:
    file = write(tmp_path, '[kiosk]\nkiosk_digit = "two"\n[printer]\nport = 0\nspeed = 3\n[extra]\nx = 1\n')
    found = faults(file)
    assert len(found) == 4
    assert all(fault.startswith(str(file)) for fault in found)


def test_a_text_is_not_a_number_in_the_file(tmp_path: Path) -> None:
    assert "port" in faults(write(tmp_path, '[printer]\nport = "9100"\n'))[0]


@pytest.mark.parametrize("text", ["[kiosk\n", "kiosk = 3\n", "\xff"])
def test_a_file_that_is_not_toml_or_no_table_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "kiosk.toml"
    file.write_bytes(text.encode("latin-1"))
    assert str(file) in faults(file)[0]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert str(tmp_path / "none.toml") in faults(tmp_path / "none.toml")[0]


def test_58_mm_paper_means_the_58_mm_printer_unless_another_is_named(tmp_path: Path) -> None:
    assert settings.load(environ={"ANJUNGAN_PRINTER__WIDTH_MM": "58"}).printer.profile == "generic-58"
    other = {"ANJUNGAN_PRINTER__WIDTH_MM": "58", "ANJUNGAN_PRINTER__PROFILE": "generic-58-raster"}
    assert settings.load(environ=other).printer.profile == "generic-58-raster"


def test_a_site_is_found_beside_the_file_else_among_those_shipped(tmp_path: Path) -> None:
    file = write(tmp_path, '[kiosk]\nsite = "bangkalan"\n')
    assert settings.load(file, {}).site_dir == DEFAULT_FILE.parent / "sites" / "bangkalan"
    (tmp_path / "sites" / "bangkalan").mkdir(parents=True)
    assert settings.load(file, {}).site_dir == tmp_path / "sites" / "bangkalan"


def test_the_last_good_copy_serves_when_the_file_is_broken(tmp_path: Path) -> None:
    state = tmp_path / "state"
    file = write(tmp_path, "[session]\nidle_s = 33\n")
    first, problem = settings.load_or_last_good(file, state, {})
    assert problem is None
    write(tmp_path, "[session]\nidle_s = 1\n")
    second, problem = settings.load_or_last_good(file, state, {})
    assert problem is not None and "idle_s" in problem.faults[0]
    assert second == first
    write(tmp_path, "[session]\nidle_s = 44\n")
    third, problem = settings.load_or_last_good(file, state, {})
    assert (third.session.idle_s, problem) == (44, None)


def test_with_no_good_copy_the_faults_are_raised(tmp_path: Path) -> None:
    file = write(tmp_path, "[session]\nidle_s = 1\n")
    with pytest.raises(SettingsError):
        settings.load_or_last_good(file, tmp_path / "state", {})


def test_the_state_folder_follows_systemd_then_xdg() -> None:
    assert settings.default_state_dir({"STATE_DIRECTORY": "/a:/b", "XDG_STATE_HOME": "/c"}) == Path("/a")
    assert settings.default_state_dir({"XDG_STATE_HOME": "/c"}) == Path("/c/anjungan")
