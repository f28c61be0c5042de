"""``main.py catalogue``: check the site's catalogue, and exchange it with agencies as a spreadsheet."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk import settings as settings_module
from kiosk.cli.faults import Refused, explain

if TYPE_CHECKING:
    from kiosk.core.catalogue import Catalogue, Site
    from kiosk.site import SiteData
    from kiosk.site.replace import Change


def register(
    subparsers: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser
) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser("catalogue", help="the site's agencies, queues and services")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, run, text in (
        ("check", check, "every fault of site.toml and catalogue.json with its place"),
        ("import", import_, "put a catalogue (.xlsx, .json) in place of the present one, if it is whole"),
        ("export", export, "write the catalogue as a spreadsheet"),
        ("template", template, "write an empty spreadsheet with two example services"),
    ):
        action = actions.add_parser(name, parents=[common], help=text, description=text.capitalize() + ".")
        action.add_argument("--json", action="store_true", help="print one JSON document")
        action.set_defaults(run=_told_as_json(run))
        if name == "import":
            action.add_argument("file", type=_catalogue_file, metavar="FILE")
            action.add_argument("--dry-run", action="store_true", help="only show what would change")
        elif name != "check":
            action.add_argument("file", type=_spreadsheet_file, metavar="FILE")
            action.add_argument(
                "--force", action="store_true", help="write over a file that is already there"
            )


def _told_as_json(run: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """With ``--json``, faults of a catalogue are the one document, too."""

    def told(options: argparse.Namespace) -> int:
        from kiosk.site import SiteFaults

        try:
            return run(options)
        except SiteFaults as error:
            if not options.json:
                raise
            _print_json({"ok": False, "faults": [dataclasses.asdict(fault) for fault in error.faults]})
            return 1

    return told


def _spreadsheet_file(text: str) -> Path:
    return _file(text, (".xlsx",))


def _catalogue_file(text: str) -> Path:
    return _file(text, (".xlsx", ".json"))


def _file(text: str, endings: tuple[str, ...]) -> Path:
    path = Path(text)
    if path.suffix.lower() not in endings:
        raise argparse.ArgumentTypeError(f"{text!r}; allowed: a name that ends in {' or '.join(endings)}")
    return path


def check(options: argparse.Namespace) -> int:
    """Print every fault and return 1, or a summary of a catalogue that is whole."""
    from kiosk import site
    from kiosk.core.plain_words import unexplained_in

    directory = settings_module.load(options.config).site_dir
    try:
        data = site.load(directory)
    except site.SiteFaults as error:
        if options.json:
            raise
        for line in (*explain(error), f"{len(error.faults)} fault(s) in {directory}"):
            print(line)
        return 1
    summary = _summary(data)
    if options.json:
        _print_json({"ok": True, "faults": [], **summary})
        return 0
    print(
        f"{data.site.id}: {summary['agencies']} agencies, {summary['queues']} queues, {summary['services']} services"
    )
    if summary["must_verify"]:
        print(f"{summary['must_verify']} services must still be verified by the mall (must_verify)")
    for word, service in unexplained_in(data.site, data.catalogue).items():
        print(
            f"{word!r} ({service}) is explained nowhere: add it to [glossary] in site.toml, or say it plainly"
        )
    if summary["sample"]:
        print("sample = true: names, fees, times, zones and counters are samples")
    print("all well")
    return 0


def _summary(data: SiteData) -> dict[str, Any]:
    services = data.catalogue.services
    return {
        "site": data.site.id,
        "sample": data.site.sample,
        "agencies": len(data.catalogue.agencies),
        "queues": len(data.catalogue.queues),
        "services": len(services),
        "must_verify": sum(service.must_verify for service in services),
        "fee_unknown": sum(service.fee_idr is None and service.fee_note is None for service in services),
        "requirements_unknown": sum(not service.requirements for service in services),
        "duration_unknown": sum(service.duration is None for service in services),
    }


def import_(options: argparse.Namespace) -> int:
    """Validate a whole new catalogue, show what it changes, and only then put it in place."""
    from kiosk.site import SiteFaults
    from kiosk.site.files import CATALOGUE_FILE, SITE_FILE, read_catalogue, read_site
    from kiosk.site.replace import changes, replace_catalogue

    directory = settings_module.load(options.config).site_dir
    site = read_site(directory / SITE_FILE)
    new = _read(options.file, site)
    present: Catalogue | None = None
    try:
        present = read_catalogue(directory / CATALOGUE_FILE, site)
    except SiteFaults as error:
        print(
            f"the present catalogue cannot be read, all rows count as added: {error.faults[0]}",
            file=sys.stderr,
        )
    found = changes(present, new)
    same = new == present  # the order of the rows may differ although no row does
    written = not same and not options.dry_run
    if written:
        replace_catalogue(directory, new)
    if options.json:
        _print_json(
            {"ok": True, "changes": [dataclasses.asdict(change) for change in found], "written": written}
        )
        return 0
    for change in found:
        print(_told(change))
    print(_outcome(found, same, written, directory / CATALOGUE_FILE))
    return 0


def _read(file: Path, site: Site) -> Catalogue:
    from kiosk.site import sheet
    from kiosk.site.files import read_catalogue

    return read_catalogue(file, site) if file.suffix.lower() == ".json" else sheet.read(file, site)


def _told(change: Change) -> str:
    sign = {"added": "+", "removed": "-", "changed": "~"}[change.what]
    title = f"{sign} {change.kind} {change.code} {change.name}".rstrip()
    return f"{title}: {', '.join(change.fields)}" if change.fields else title


def _outcome(found: tuple[Change, ...], same: bool, written: bool, target: Path) -> str:
    if same:
        return "nothing changes"
    counts = [
        f"{sum(change.what == what for change in found)} {what}" for what in ("added", "removed", "changed")
    ]
    text = ", ".join(counts) if found else "only the order of the rows changes"
    return f"{text}; {'written to ' + str(target) if written else 'nothing written'}"


def export(options: argparse.Namespace) -> int:
    """Write the catalogue as a spreadsheet."""
    from kiosk import site
    from kiosk.site import sheet

    _keep_what_is_there(options)
    data = site.load(settings_module.load(options.config).site_dir)
    _writing(lambda: sheet.export(data, options.file), options.file)
    return _written(options, len(data.catalogue.services))


def template(options: argparse.Namespace) -> int:
    """Write a spreadsheet with example rows only."""
    from kiosk.site import sheet
    from kiosk.site.files import SITE_FILE, read_site

    _keep_what_is_there(options)
    mall = read_site(settings_module.load(options.config).site_dir / SITE_FILE)
    _writing(lambda: sheet.template(options.file, mall), options.file)
    return _written(options, 2)


def _keep_what_is_there(options: argparse.Namespace) -> None:
    if options.file.exists() and not options.force:
        # It may be the sheet an agency has filled in.
        raise Refused(
            "E-CAT-11", f"{options.file} is already there; use another name, or --force to write over it"
        )


def _writing(write: Callable[[], None], file: Path) -> None:
    try:
        write()
    except OSError as error:
        raise Refused("E-CAT-11", f"{file} cannot be written: {error.strerror or error}") from error


def _written(options: argparse.Namespace, services: int) -> int:
    if options.json:
        _print_json({"ok": True, "file": str(options.file), "services": services})
    else:
        print(f"{services} services written to {options.file}")
    return 0


def _print_json(document: dict[str, Any]) -> None:
    print(json.dumps(document, ensure_ascii=False, indent=2))
