"""The two contracts of import-linter that are ours: what they let pass and what they name."""

from __future__ import annotations

import pytest
from grimp import ImportGraph

from scripts.import_rules import OnlyContract, RoomContract

SESSION = {"root_packages": ["kiosk", "printer"]}


@pytest.fixture
def graph() -> ImportGraph:
    graph = ImportGraph()
    for importer, imported in [
        ("kiosk.store.file", "kiosk.core.numbers"),
        ("kiosk.store.file", "kiosk.store.rows"),
        ("kiosk.store.file", "sqlite3"),
        ("kiosk.store.file", "kiosk.desk"),
        ("kiosk.storeroom", "kiosk.desk"),
        ("kiosk.desk", "sqlite3"),
        ("kiosk.desk", "server.api"),
    ]:
        for module in (importer, imported):
            graph.add_module(module)
        line = f"from {imported} import x"
        graph.add_import(importer=importer, imported=imported, line_number=7, line_contents=line)
    return graph


def only(module: str, *may_import: str) -> OnlyContract:
    return OnlyContract("rule", SESSION, {"module": module, "may_import": list(may_import)})


def test_only_names_the_import_that_is_not_allowed(graph: ImportGraph) -> None:
    check = only("kiosk.store", "kiosk.core").check(graph, verbose=False)
    assert not check.kept
    assert [(fault["importer"], fault["imported"]) for fault in check.metadata["details"]] == [
        ("kiosk.store.file", "kiosk.desk")
    ]


def test_only_passes_what_is_allowed(graph: ImportGraph) -> None:
    assert only("kiosk.store", "kiosk.core", "kiosk.desk").check(graph, verbose=False).kept
    assert only("kiosk.not_there_yet").check(graph, verbose=False).kept


def test_the_server_is_ours_before_it_exists(graph: ImportGraph) -> None:
    assert not only("kiosk.desk").check(graph, verbose=False).kept
    assert only("kiosk.desk", "server").check(graph, verbose=False).kept


def test_a_room_holds_its_library(graph: ImportGraph) -> None:
    rooms = {"package": "sqlite3", "rooms": ["kiosk.store"]}
    check = RoomContract("rule", SESSION, rooms).check(graph, verbose=False)
    assert [fault["importer"] for fault in check.metadata["details"]] == ["kiosk.desk"]


def test_a_broken_rule_prints_place_and_line(graph: ImportGraph, capsys: pytest.CaptureFixture[str]) -> None:
    contract = only("kiosk.store", "kiosk.core")
    contract.render_broken_contract(contract.check(graph, verbose=False))
    assert "kiosk.store.file:7: from kiosk.desk import x" in capsys.readouterr().out
