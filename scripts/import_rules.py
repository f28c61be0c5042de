"""Two import-linter contracts that say the house's rules as they are written: by what is allowed.

import-linter's own contracts list what is forbidden, so a package nobody thought of is allowed by default,
and a rule for a package that does not exist yet stops the run. These two name what is allowed:

* ``only``: of our own code, ``module`` may import itself and ``may_import``.
* ``room``: ``package`` is imported in ``rooms`` alone.

Both look at direct imports: what is imported lazily, inside a function, counts as well.
"""

from __future__ import annotations

from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


def inside(module: str, package: str) -> bool:
    """Whether ``module`` is ``package`` or lies under it."""
    return module == package or module.startswith(package + ".")


class _DirectImports(Contract):
    """What both contracts share: the faulty imports are listed with their file and line."""

    def faults(self, graph: ImportGraph) -> list[tuple[str, str]]:
        """The (importer, imported) pairs that break the rule."""
        raise TypeError(f"{type(self).__name__} has no rule")

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Judge the graph; the metadata holds one dictionary for each faulty line."""
        details = [
            detail
            for importer, imported in self.faults(graph)
            for detail in graph.get_import_details(importer=importer, imported=imported)
        ]
        return ContractCheck(kept=not details, metadata={"details": details})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print one line for each fault."""
        for detail in check.metadata["details"]:
            output.print_error(
                f"{detail['importer']}:{detail['line_number']}: {detail['line_contents'].strip()}", bold=False
            )
        output.new_line()


class OnlyContract(_DirectImports):
    """``module`` imports, of our own packages, only itself and ``may_import``."""

    type_name = "only"

    module: Any = fields.StringField()
    may_import: Any = fields.ListField(subfield=fields.StringField(), required=False)

    def faults(self, graph: ImportGraph) -> list[tuple[str, str]]:
        ours: list[str] = self.session_options["root_packages"]
        allowed = [self.module, *(self.may_import or [])]
        return sorted(
            (importer, imported)
            for importer in graph.modules
            if inside(importer, self.module)
            for imported in graph.find_modules_directly_imported_by(importer)
            if any(inside(imported, root) for root in [*ours, "server"])
            and not any(inside(imported, package) for package in allowed)
        )


class RoomContract(_DirectImports):
    """``package`` is imported by modules in ``rooms`` alone."""

    type_name = "room"

    package: Any = fields.StringField()
    rooms: Any = fields.ListField(subfield=fields.StringField())

    def faults(self, graph: ImportGraph) -> list[tuple[str, str]]:
        return sorted(
            (importer, imported)
            for imported in graph.modules
            if inside(imported, self.package)
            for importer in graph.find_modules_that_directly_import(imported)
            if not any(inside(importer, room) for room in self.rooms)
        )
