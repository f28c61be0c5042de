"""The technicians' manual explains everything the doctor can say; the security page names tests that exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def names() -> set[str]:
    """Every name a finding can have, from the source: ``Finding("name"…``, ``_open("name"…`` and the constants."""
    found: set[str] = set()
    for path in (ROOT / "kiosk" / "doctor" / "checks").glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        constants = {
            node.targets[0].id: node.value.value
            for node in tree.body
            if isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and isinstance(node.value, ast.Constant)
        }
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in ("Finding", "_open")
            ):
                first = node.args[0]
                value = (
                    first.value
                    if isinstance(first, ast.Constant)
                    else constants.get(getattr(first, "id", ""))
                )
                if isinstance(value, str):
                    found.add(f"escape_{value}" if node.func.id == "_open" else value)
    return found


def test_every_item_of_the_doctor_is_in_the_manual() -> None:
    manual = (ROOT / "docs" / "teknisi.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ((?:`[\w-]+`(?:, )?)+) \|", manual, re.MULTILINE)
    documented = {name for row in rows for name in re.findall(r"`([\w-]+)`", row)}
    assert len(names()) > 25
    assert names() <= documented


def test_every_test_the_security_page_names_exists() -> None:
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(tests/[\w/]+\.py)`", page))
    assert len(named) >= 5
    assert not {name for name in named if not (ROOT / name).is_file()}


def test_every_doctor_item_the_security_page_names_exists() -> None:
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(escape_[\w-]+)`", page))
    from_loop = {"escape_getty", "escape_autovt", "escape_ctrl-alt-del"}  # named after their units
    assert named <= names() | from_loop
