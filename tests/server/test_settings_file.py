"""The configuration: every key documented, every fault with its place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from server import settings
from server.errors import SettingsError
from server.settings import DEFAULT_FILE, Settings, load


def write(folder: Path, text: str) -> Path:
    file = folder / "server.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_shipped_file_has_every_key_with_its_default() -> None:
    assert load(environ={}) == Settings()
    keys = re.findall(r"^(\w+) = ", DEFAULT_FILE.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(keys) == sorted(Settings.model_fields)


def test_the_environment_overrides(tmp_path: Path) -> None:
    file = write(tmp_path, "port = 1\n")
    environ = {
        "ANJUNGAN_SERVER_PORT": "8443",
        "ANJUNGAN_SERVER_METRICS_FROM": "10.0.0.0/8, 192.0.2.1/32",
        "ANJUNGAN_SERVER_PAGES_PER_SECOND": "2.5",
        "ANJUNGAN_SERVER_BOARD_VOICES": "id, en",
        "ANJUNGAN_SERVER__URL": "the kiosk's own [server] url",
        "ANJUNGAN_KIOSK__SITE": "x",
    }
    found = load(file, environ)
    assert (found.port, found.metrics_from, found.pages_per_second) == (
        8443,
        ("10.0.0.0/8", "192.0.2.1/32"),
        2.5,
    )
    assert found.board_voices == ("id", "en")
    with pytest.raises(SettingsError, match=r"BOARD_VOICES: board_voices = 'fr': .*'id' or 'en'"):
        load(file, {"ANJUNGAN_SERVER_BOARD_VOICES": "id,fr"})


@pytest.mark.parametrize(
    ("text", "environ", "fault"),
    [
        ("port = 70000", {}, r"server\.toml: port = 70000: .*65535"),
        ('port = "80"', {}, r"server\.toml: port = '80': .*integer"),
        ("prot = 1", {}, r"server\.toml: prot is not a known key; allowed: host, port"),
        ("", {"ANJUNGAN_SERVER_PORT": "x"}, r"\$ANJUNGAN_SERVER_PORT: port = 'x'"),
        ("", {"ANJUNGAN_SERVER_PROT": "1"}, r"\$ANJUNGAN_SERVER_PROT: prot is not a known key"),
        ('database_url = "mysql://x"', {}, r"database_url = 'mysql://x'"),
        ('priority_rule = "none"', {}, r"priority_rule = 'none': .*'first' or 'interleaved'"),
        ("port = ", {}, r"server\.toml: is not TOML"),
    ],
)
def test_a_fault_names_its_place(tmp_path: Path, text: str, environ: dict[str, str], fault: str) -> None:
    with pytest.raises(SettingsError, match=fault) as caught:
        load(write(tmp_path, text), environ)
    assert caught.value.code == "E-SRV-01"


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load(write(tmp_path, "port = -1\nworkers = 0\nwhat = 1\n"), {})
    assert len(caught.value.faults) == 3


def test_the_command_line_is_judged_too() -> None:
    with pytest.raises(SettingsError, match="--port: port = 70000"):
        settings.replaced(Settings(), port=70000)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load(tmp_path / "none.toml", {})
