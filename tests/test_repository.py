"""What holds for the whole repository: nothing of one machine in it, files of a readable size, honest dependencies."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
OURS = {"kiosk", "printer", "scripts", "tests", "main", "server"}

LONGEST = {"tests/": 800, "": 400}
"""Lines a Python or kv file may have, by the beginning of its path; a list of cases is longer than an idea."""
LONG_FILES: dict[str, str] = {
    "kiosk/core/staff_session.py": "what the staff's part is made of: places, events, work and answers, a line each",
    "kiosk/ui/kiosk_app.py": "the one owner of the visit: every event of window, desk, staff and set-up",
    "kiosk/core/visit.py": "the whole visit as one pure function with its states and events, to be read in one sitting",
    "kiosk/desk.py": "the one road every ticket takes, from number to verdict, and what staff may do to a ticket on it",
}
"""Files that are longer, each with the reason why it is still one idea."""

NEVER_IMPORTED = {
    "tzdata": "data: zoneinfo reads it where the system has no zone files",
    "pip-tools": "a command: make lock",
    "pytest-randomly": "a plug-in of pytest",
    "pytest-timeout": "a plug-in of pytest",
    "pytest-xdist": "a plug-in of pytest",
    "mypy": "a command: make check",
    "ruff": "a command: make check",
    "schemathesis": "a command: tests/server/test_contract.py runs it",
    "python-multipart": "fastapi reads the pages' forms with it",
}
"""Declared libraries that no module imports, each with the reason."""


@cache
def tracked() -> list[Path]:
    """Every file of the repository, as git knows it."""
    listing = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
    ).stdout.decode()
    return [ROOT / name for name in listing.split("\0") if name and (ROOT / name).is_file()]


@cache
def texts() -> dict[str, str]:
    """Path from the root → content, of every text file."""
    found = {}
    for path in tracked():
        data = path.read_bytes()
        if b"\0" not in data:
            found[path.relative_to(ROOT).as_posix()] = data.decode("utf-8")
    return found


def source(*endings: str) -> dict[str, str]:
    return {name: text for name, text in texts().items() if name.endswith(endings)}


# Each pattern is written so that it does not match itself here.
FORBIDDEN = {
    "a path of one machine": r"(?<![\w.$}-])/(?:tmp|root|work|home/\w+)/",
    "a package registry": r"pypi[.]org|pythonhosted[.]org|npmjs[.](?:org|com)|deb[.]debian[.]org|piwheels[.]org",
    "a merge marker": r"(?m)^(?:<{7}|>{7}) ",
    "unfinished work": r"(?<!-)\b(?:TO[D]O|FIX[M]E|XX[X])\b(?!-)",
    "a secret key": r"-----BEGIN [A-Z ]*PRIVATE[ ]KEY-----",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_nothing_in_the_repository_is(what: str) -> None:
    pattern = re.compile(FORBIDDEN[what])
    hits = [
        f"{name}:{text.count(chr(10), 0, match.start()) + 1}: {match[0]!r}"
        for name, text in texts().items()
        if not name.endswith(".svg")
        for match in pattern.finditer(text)
    ]
    assert not hits, f"{what}: {hits}"


def test_the_forbidden_patterns_find_what_they_forbid() -> None:
    examples = {
        "a path of one machine": "see /" + "tmp/file",
        "a package registry": "https://" + "pypi" + ".org/simple",
        "a merge marker": "<" * 7 + " ours",
        "unfinished work": "# TO" + "DO: later",
        "a secret key": "-----BEGIN RSA PRIVATE" + " KEY-----",
    }
    assert examples.keys() == FORBIDDEN.keys()
    for what, example in examples.items():
        assert re.search(FORBIDDEN[what], example), what


def test_files_are_of_a_readable_size() -> None:
    long = {
        name: len(text.splitlines())
        for name, text in source(".py", ".kv").items()
        if len(text.splitlines()) > next(lines for start, lines in LONGEST.items() if name.startswith(start))
    }
    assert long.keys() == LONG_FILES.keys(), f"longer than {LONGEST}, or listed and no longer so: {long}"


def test_text_files_end_tidily() -> None:
    for name, text in source(".kv", ".toml", ".md", ".sql", ".po", ".yaml").items():
        assert text.endswith("\n"), name
        assert not text.endswith("\n\n"), name
        assert "\r" not in text, name


def test_the_licence_is_mit() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert text.startswith("MIT License\n")
    assert "Permission is hereby granted, free of charge" in text


# --- dependencies ------------------------------------------------------------------------------------------------


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def library(requirement: str) -> str:
    """ "python-escpos[usb]==3.1" → "python-escpos"."""
    return canonical(re.split(r"[^\w.-]", requirement, maxsplit=1)[0])


@cache
def declared() -> dict[str, bool]:
    """Each library of pyproject.toml → whether the kiosk needs it to run (False: for development)."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    run = dict.fromkeys(map(library, project["dependencies"]), True)
    dev = dict.fromkeys(map(library, project["optional-dependencies"]["dev"]), False)
    return dev | run


@cache
def imported() -> dict[str, set[str]]:
    """Each library that some Python file imports → those files."""
    owners = packages_distributions()
    found: dict[str, set[str]] = {}
    for file, text in source(".py").items():
        for node in ast.walk(ast.parse(text)):
            modules: list[str] = []
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                modules = [node.module]
            for module in modules:
                top = module.partition(".")[0]
                if top not in OURS and top not in sys.stdlib_module_names:
                    for owner in owners.get(top, [f"{top} (not installed)"]):
                        found.setdefault(canonical(owner), set()).add(file)
    return found


def test_what_is_imported_is_declared() -> None:
    # What a declared library brings by its own extras (python-escpos[usb]) counts as declared.
    brought = set(map(library, requires("python-escpos") or []))
    undeclared = {
        name: files
        for name, files in imported().items()
        if name not in declared()
        and name not in brought
        and not all(file.startswith("scripts/") for file in files)
    }
    assert not undeclared


def test_what_is_declared_is_used() -> None:
    unused = {
        name
        for name in declared()
        if name not in imported() and name not in NEVER_IMPORTED and not name.startswith("types-")
    }
    assert not unused
    assert not {name for name in NEVER_IMPORTED if name in imported() or name not in declared()}


def test_the_kiosk_runs_without_what_is_for_development() -> None:
    run = ("kiosk/", "printer/", "main.py")
    wrong = {
        name: files
        for name, files in imported().items()
        if not declared().get(name, True) and any(file.startswith(run) for file in files)
    }
    assert not wrong


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_the_lock_is_whole(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    pins = dict(
        re.findall(r"^([\w.-]+)==([\w.]+)(?: ;.*)? \\\n {4}--hash=sha256:[0-9a-f]{64}", text, re.MULTILINE)
    )
    wanted = {name for name, run in declared().items() if run or lock == "requirements-dev.txt"}
    assert wanted <= {canonical(name) for name in pins}
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    assert all(re.match(r" {4}--hash=sha256:|[\w.-]+(?:\[[\w,]+\])?==", line) for line in lines)
    assert "://" not in text


def test_both_locks_agree() -> None:
    pin = re.compile(r"^([\w.-]+)==(\S+)", re.MULTILINE)
    run, dev = (dict(pin.findall(texts()[lock])) for lock in ("requirements.txt", "requirements-dev.txt"))
    assert run.items() <= dev.items()


def test_each_library_has_its_line_of_reason() -> None:
    page = texts()["docs/adr/0004-libraries.md"].lower()
    assert not {
        name for name in declared() if not name.startswith("types-") and name not in canonical_words(page)
    }


def canonical_words(text: str) -> set[str]:
    words = {canonical(word) for word in re.findall(r"[\w-]+", text)}
    # "pytest (with timeout, randomly, xdist)" names the plug-ins by their short names.
    return words | {f"pytest-{word}" for word in words} | {word.replace("_", "-") for word in words}
