"""The documents say what the program is: every key, every code, every command, and nothing that is not there."""

from __future__ import annotations

import argparse
import re
import subprocess
import tomllib
from pathlib import Path

import msgspec
import pytest

from kiosk import settings
from kiosk.cli import build_parser, modules
from main import ALSO
from printer import profiles
from printer.status import Cause
from printer.virtual.faults import Fault

ROOT = Path(__file__).resolve().parent.parent
CODE = re.compile(r"\bE-[A-Z]{3}-\d\d\b")


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def source_texts() -> dict[str, str]:
    """Path from the root → content, of everything that runs."""
    paths = [
        ROOT / "main.py",
        *(path for top in ("kiosk", "printer", "server") for path in (ROOT / top).rglob("*")),
    ]
    return {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for path in paths
        if path.suffix in {".py", ".kv", ".sql", ".toml"}
    }


# --- configuration -----------------------------------------------------------------------------------------------


def documented_keys() -> dict[tuple[str, str], object]:
    """(section, key) → default, as docs/configuration.md has them."""
    found: dict[tuple[str, str], object] = {}
    for chapter in re.split(r"^## ", read("docs/configuration.md"), flags=re.MULTILINE)[1:]:
        section = re.match(r"\[(\w+)\]\n", chapter)
        if section is None:
            continue
        for key, default in re.findall(r"^\| `(\w+)` \| `([^`]*)` \|", chapter, re.MULTILINE):
            found[section[1], key] = tomllib.loads(f"value = {default}")["value"]
    return found


def actual_keys() -> dict[tuple[str, str], object]:
    return {
        (section, field.name): field.default
        for section, kind in settings.SECTIONS.items()
        for field in msgspec.structs.fields(kind)
    }


def test_every_key_is_documented_with_its_default() -> None:
    assert documented_keys() == actual_keys()


def test_the_shipped_file_has_every_key_with_its_default() -> None:
    shipped = tomllib.loads(read("config/kiosk.toml"))
    assert {
        (section, key): value for section, keys in shipped.items() for key, value in keys.items()
    } == actual_keys()


# --- error codes -------------------------------------------------------------------------------------------------


def test_every_error_code_is_documented_and_no_other() -> None:
    in_source = {code for text in source_texts().values() for code in CODE.findall(text)}
    documented = re.findall(r"^### (E-[A-Z]{3}-\d\d)$", read("docs/errors.md"), re.MULTILINE)
    assert sorted(set(documented)) == sorted(documented), "a code is documented twice"
    assert in_source == set(documented)


def test_every_error_code_has_cause_and_remedy_in_both_languages() -> None:
    for chapter in re.split(r"^### ", read("docs/errors.md"), flags=re.MULTILINE)[1:]:
        code, _, body = chapter.partition("\n")
        indonesian, english = (line for line in body.splitlines() if line.startswith("- "))
        assert re.search(r"\*\*Sebab:\*\* .+ \*\*Tindakan:\*\* .+\.$", indonesian), code
        assert re.search(r"\*\*Cause:\*\* .+ \*\*Remedy:\*\* .+\.$", english), code


# --- commands ----------------------------------------------------------------------------------------------------


def subcommands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    return {}


def test_the_readme_lists_every_command() -> None:
    listed = re.findall(r"^\| `main\.py (\w+)[^`]*` \|", read("README.md"), re.MULTILINE)
    assert sorted(listed) == sorted(subcommands(build_parser(modules(ALSO))))


def test_the_readme_lists_every_subcommand() -> None:
    rows = dict(re.findall(r"^\| `main\.py (\w+)[^`]*` \| (.+) \|$", read("README.md"), re.MULTILINE))
    for name, parser in subcommands(build_parser(modules(ALSO))).items():
        if inner := subcommands(parser):
            assert re.split(r", ", rows[name].partition(": ")[2]) == list(inner), name


@pytest.mark.parametrize(
    "page", ["README.md", "docs/errors.md", "docs/configuration.md", "docs/teknisi.md", "docs/petugas.md"]
)
def test_every_command_in_the_documents_exists(page: str) -> None:
    commands = subcommands(build_parser(modules(ALSO)))
    for name, inner in re.findall(r"main\.py ([a-z]+)(?: ([a-z]+))?", read(page)):
        assert name in commands, f"main.py {name}"
        below = subcommands(commands[name])
        if inner and below:
            assert inner in below, f"main.py {name} {inner}"


def test_make_knows_every_command_in_the_readme() -> None:
    listed = set(re.findall(r"make ([a-z]+)", read("README.md"))) - {"it"}
    known = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {"run", "test", "check", "bench"} <= listed
    assert listed <= set(re.findall(r"make ([a-z]+)", known))


# --- the printer -----------------------------------------------------------------------------------------------------


def test_the_technicians_page_has_every_fault_profile_key_and_cause() -> None:
    page = read("docs/teknisi.md")
    words = set(re.findall(r"[\w-]+", page))
    assert {fault.value for fault in Fault} <= words
    assert {cause.value for cause in Cause} <= words
    assert set(profiles.names()) <= words
    keys = {field.name for field in msgspec.structs.fields(profiles.Profile)}
    assert keys - {"name", "description", "width_mm", "cutter", "reply_s"} <= words


# --- pages -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", sorted((ROOT / "docs" / "adr").glob("*.md")), ids=lambda page: page.stem)
def test_a_decision_has_its_four_parts(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert re.match(rf"# {int(page.name[:4])}\. .+\n\nStatus: (accepted|replaced by \d{{4}})\n", text)
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"]
    assert len(text.splitlines()) <= 60


def test_every_decision_named_somewhere_exists() -> None:
    pages = {page.name[:4] for page in (ROOT / "docs" / "adr").glob("*.md")}
    named = {
        (name, number)
        for name, text in {**source_texts(), "pyproject.toml": read("pyproject.toml")}.items()
        for number in re.findall(r"docs/adr/(\d{4})", text)
    }
    assert named
    assert not {(name, number) for name, number in named if number not in pages}


def test_links_between_the_documents_lead_somewhere() -> None:
    for page in [ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


# --- the staff's page ------------------------------------------------------------------------------------------------


def test_the_staff_s_page_has_every_key_of_their_menu_and_every_word_of_a_ticket_s_paper() -> None:
    from kiosk.core.record import TicketState
    from kiosk.ui.present import staff_words

    page = read("docs/petugas.md")
    for _place, word, _icon in staff_words.MENU:
        assert f"**{word}**" in page, word
    passing = {TicketState.RESERVED, TicketState.SENDING}  # seen for seconds, nothing for staff to do
    for state, (word, _icon, _colour) in staff_words.STATES.items():
        assert state in passing or f"| {word} |" in page, word


# --- the manuals' pictures -------------------------------------------------------------------------------------------


def test_every_picture_of_the_manuals_is_there_and_made_by_the_command() -> None:
    from scripts.pictures import PAPERS, SCREENS
    from tests.support.staff_gallery import locked_views, staff_faces

    link = re.compile(r"\]\(pictures/([\w-]+)\.png\)")
    named = {name for page in ("teknisi", "petugas") for name in link.findall(read(f"docs/{page}.md"))}
    assert named == set(SCREENS) | set(PAPERS)
    drawn = {face.name for face in staff_faces()} | {name for name, _ in locked_views("id")}
    assert {face for faces in SCREENS.values() for face in faces} <= drawn


def test_the_manuals_pictures_are_light() -> None:
    from PIL import Image

    from scripts.pictures import OUT, PAPERS, SCREENS

    assert sum(path.stat().st_size for path in OUT.glob("*.png")) < 1_500_000
    for name in (*SCREENS, *PAPERS):
        with Image.open(OUT / f"{name}.png") as picture:
            assert (picture.mode, picture.width <= 1300) == ("P", True), f"{name}: make pictures"
