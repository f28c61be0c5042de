"""``main.py catalogue`` as a technician uses it."""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from kiosk.cli import catalogue
from kiosk.cli.faults import Refused
from kiosk.site import SiteFaults, load

ROOT = Path(__file__).resolve().parents[2]
Run = Callable[..., int]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration folder of its own."""
    shutil.copytree(ROOT / "config" / "sites" / "bangkalan", tmp_path / "config" / "sites" / "mine")
    file = tmp_path / "config" / "kiosk.toml"
    file.write_text('[kiosk]\nsite = "mine"\n', encoding="utf-8")
    return file


@pytest.fixture
def site_dir(config: Path) -> Path:
    return config.parent / "sites" / "mine"


@pytest.fixture
def run(config: Path) -> Run:
    def call(*arguments: object) -> int:
        parser = argparse.ArgumentParser(prog="main.py")
        common = argparse.ArgumentParser(add_help=False)
        common.add_argument("--config", type=Path)
        common.add_argument("--state", type=Path)
        catalogue.register(parser.add_subparsers(), common)
        options = parser.parse_args(["catalogue", *map(str, arguments), "--config", str(config)])
        code: int = options.run(options)
        return code

    return call


def document(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def edit(file: Path, how: Callable[[Any], object]) -> None:
    book = openpyxl.load_workbook(file)
    how(book)
    book.save(file)


def test_check_of_a_whole_site_counts_what_must_be_verified(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("check") == 0
    out = capsys.readouterr().out
    assert "13 agencies, 13 queues, 105 services" in out
    assert "105 services must still be verified" in out
    assert run("check", "--json") == 0
    told = document(capsys)
    assert (told["ok"], told["services"], told["must_verify"]) == (True, 105, 105)
    assert told["fee_unknown"] == 105 - 67


def test_check_prints_every_fault_and_returns_1(
    run: Run, site_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = site_dir / "catalogue.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    data["services"][0]["fee_idr"] = "?"
    data["services"][1]["agency"] = "Z"
    path.write_text(json.dumps(data), encoding="utf-8")
    assert run("check") == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith('E-CAT-06 catalogue.json: services[0] (A01).fee_idr = "?": ')
    assert lines[1].startswith('E-CAT-07 catalogue.json: services[1] (A02).agency = "Z": ')
    assert lines[2].startswith("2 fault(s) in ")
    assert run("check", "--json") == 1
    told = document(capsys)
    assert told["faults"][0] | {"problem": ""} == {
        "code": "E-CAT-06",
        "file": "catalogue.json",
        "place": "services[0] (A01).fee_idr",
        "value": '"?"',
        "problem": "",
    }


def test_a_spreadsheet_goes_out_is_changed_and_comes_back(
    run: Run, site_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "dukcapil.xlsx"
    assert run("export", file) == 0
    assert run("import", file) == 0
    assert "nothing changes" in capsys.readouterr().out
    assert not (site_dir / "catalogue.json.previous").exists()

    def change(book: Any) -> None:
        page = book["Layanan"]
        page.cell(34, 12, 25000)
        page.delete_rows(107)

    edit(file, change)
    before = (site_dir / "catalogue.json").read_bytes()
    assert run("import", file, "--dry-run") == 0
    out = capsys.readouterr().out
    assert "~ service C03 KTP-el hilang: fee_idr" in out
    assert "- service M04 Buka rekening" in out
    assert "0 added, 1 removed, 1 changed; nothing written" in out
    assert (site_dir / "catalogue.json").read_bytes() == before

    assert run("import", file, "--json") == 0
    told = document(capsys)
    assert told["written"] is True
    assert [(change["what"], change["code"]) for change in told["changes"]] == [
        ("removed", "M04"),
        ("changed", "C03"),
    ]
    assert load(site_dir).catalogue.service_by_code["C03"].fee_idr == 25000
    assert (site_dir / "catalogue.json.previous").read_bytes() == before


def test_a_bad_spreadsheet_never_replaces_a_good_catalogue(
    run: Run, site_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bad.xlsx"
    run("export", file)
    capsys.readouterr()
    edit(file, lambda book: book["Layanan"].cell(34, 2, "ZZ"))
    before = {path.name: path.read_bytes() for path in site_dir.iterdir()}
    with pytest.raises(SiteFaults) as caught:
        run("import", file)
    assert caught.value.faults[0].place == 'Layanan, row 34 (C03), column B "Kode instansi"'
    assert run("import", file, "--json") == 1
    told = document(capsys)
    assert (told["ok"], told["faults"][0]["value"]) == (False, '"ZZ"')
    assert {path.name: path.read_bytes() for path in site_dir.iterdir()} == before


def test_a_spoilt_catalogue_can_be_replaced_by_a_good_one(
    run: Run, site_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "good.xlsx"
    run("export", file)
    good = load(site_dir).catalogue
    (site_dir / "catalogue.json").write_text("{", encoding="utf-8")
    assert run("import", file) == 0
    told = capsys.readouterr()
    assert "131 added, 0 removed, 0 changed" in told.out
    assert "line 1" in told.err
    assert load(site_dir).catalogue == good


def test_a_catalogue_file_of_another_site_can_be_imported(run: Run, site_dir: Path, tmp_path: Path) -> None:
    data = json.loads((site_dir / "catalogue.json").read_text(encoding="utf-8"))
    data["services"].reverse()
    other = tmp_path / "other.json"
    other.write_text(json.dumps(data), encoding="utf-8")
    assert run("import", other) == 0
    assert load(site_dir).catalogue.services[0].code == "M04"


def test_export_and_template_do_not_overwrite_what_an_agency_has_filled_in(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "filled.xlsx"
    file.write_bytes(b"their work")
    for action in ("export", "template"):
        with pytest.raises(Refused, match=r"E-CAT-11.*already there"):
            run(action, file)
        assert file.read_bytes() == b"their work"
    assert run("template", file, "--force", "--json") == 0
    assert document(capsys) == {"ok": True, "file": str(file), "services": 2}
    with pytest.raises(Refused, match=r"E-CAT-11.*cannot be written"):
        run("export", tmp_path / "no-such-folder" / "x.xlsx")


@pytest.mark.parametrize("name", ["catalogue.xls", "catalogue.csv", "catalogue"])
def test_another_kind_of_file_is_misuse(run: Run, tmp_path: Path, name: str) -> None:
    with pytest.raises(SystemExit) as caught:
        run("import", tmp_path / name)
    assert caught.value.code == 2
