"""``main.py check``: configuration, catalogue, pictograms, fonts and translations; every fault with its place."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kiosk import settings as settings_module
from kiosk.cli.faults import explain
from kiosk.settings import Settings, SettingsError

if TYPE_CHECKING:
    from kiosk.site import SiteData

ASSETS = settings_module.ROOT / "assets"


def register(
    subparsers: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser
) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "check", parents=[common], help="configuration, catalogue, assets and translations"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print every fault; return 1 on any."""
    faults: list[str] = []
    notes: list[str] = []
    try:
        settings = settings_module.load(options.config)
    except SettingsError as error:
        faults += explain(error)
    else:
        faults += _profile(settings)
        site_data = _site(settings, faults)
        if site_data is not None:
            faults += [*_pictograms(site_data), *_fonts(site_data), *_languages(site_data, settings)]
            faults += _recordings(site_data)
            notes += [*_notes(site_data, settings), *_plain(site_data)]
    faults += _translations()
    if options.json:
        print(json.dumps({"ok": not faults, "faults": faults, "notes": notes}, ensure_ascii=False, indent=2))
    else:
        for line in (*faults, *(f"note: {note}" for note in notes)):
            print(line)
        print(f"{len(faults)} fault(s)" if faults else "all well")
    return 1 if faults else 0


def _profile(settings: Settings) -> Iterator[str]:
    from printer import profiles

    if settings.printer.profile not in profiles.names():
        yield (
            f"E-CFG-02 {settings.file}: [printer] profile = {settings.printer.profile!r}: "
            f"allowed: {', '.join(profiles.names())}"
        )


def _site(settings: Settings, faults: list[str]) -> SiteData | None:
    from kiosk import site

    try:
        return site.load(settings.site_dir)
    except site.SiteFaults as error:
        faults += explain(error)
        return None


def _pictograms(site_data: SiteData) -> Iterator[str]:
    import resvg_py

    for path in sorted((ASSETS / "pictograms").glob("*.svg")):
        try:
            resvg_py.svg_to_bytes(svg_string=path.read_text(encoding="utf-8"), width=16, height=16)
        except ValueError as error:
            yield f"E-AST-01 {path.name}: is not an SVG picture: {error}"
    for index, agency in enumerate(site_data.catalogue.agencies):
        if not (ASSETS / "pictograms" / f"{agency.pictogram}.svg").is_file():
            yield (
                f"E-AST-01 catalogue.json: agencies[{index}] ({agency.code}).pictogram = {agency.pictogram!r}: "
                "there is no such file in assets/pictograms"
            )


def _recordings(site_data: SiteData) -> Iterator[str]:
    from kiosk.devices.clips import clips

    for folder in (site_data.directory / "voice", ASSETS / "voice"):
        for language in site_data.site.languages:
            yield from map(str, clips(folder / language)[1])


def _plain(site_data: SiteData) -> Iterator[str]:
    """What a visitor may not understand, and a plan that is not there: the kiosk serves without."""
    from kiosk.core.plain_words import unexplained_in

    for word, service in unexplained_in(site_data.site, site_data.catalogue).items():
        yield f"catalogue.json: {service}: {word!r} is explained nowhere; add it to [glossary] in site.toml"
    if site_data.site.plan is None:
        return
    file = site_data.directory / site_data.site.plan
    if not file.is_file():
        yield f"site.toml: plan = {site_data.site.plan!r}: no such file in {site_data.directory}; no plan is shown"
        return
    drawn = file.read_text(encoding="utf-8", errors="replace")
    for zone in site_data.site.zones:
        if f'id="zone-{zone.code}"' not in drawn:
            yield f'{file.name}: has no element with id="zone-{zone.code}"; that zone is not marked on the plan'


def _fonts(site_data: SiteData) -> Iterator[str]:
    """Kivy draws a box for a character the font lacks; there is no fallback font, so it must not be there at all."""
    from kiosk.fonts import missing_characters

    texts = [*_strings(site_data.site.model_dump()), *_strings(site_data.catalogue.model_dump())]
    missing = missing_characters("".join(texts))
    if missing:
        yield f"E-AST-02 the screen's font has no {', '.join(f'{c!r} (U+{ord(c):04X})' for c in sorted(missing))}"


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _strings(item)


def _languages(site_data: SiteData, settings: Settings) -> Iterator[str]:
    from kiosk import i18n

    have = i18n.languages()
    for language in site_data.site.languages:
        if language not in have:
            allowed = ", ".join(have)
            yield f"E-AST-03 site.toml: languages: {language!r} has no signed file in assets/locale; allowed: {allowed}"
    if settings.kiosk.language not in site_data.site.languages:
        yield (
            f"E-CFG-02 {settings.file}: [kiosk] language = {settings.kiosk.language!r}: "
            f"allowed: {', '.join(site_data.site.languages)}"
        )


def _translations() -> Iterator[str]:
    from kiosk import i18n
    from kiosk.i18n_check import faults_of

    for path in sorted(i18n.LOCALE.glob("*.po")):
        if not i18n.signed_by(path):
            continue  # nobody vouches for it yet, so nobody is shown it
        for fault in faults_of(path):
            yield f"E-AST-03 {path.name}: {fault}"


def _notes(site_data: SiteData, settings: Settings) -> Iterator[str]:
    open_rows = [service.code for service in site_data.catalogue.services if service.must_verify]
    if site_data.site.sample:
        yield "this is sample data: names, fees and times must be verified by the mall before the public sees them"
    if open_rows:
        yield f"{len(open_rows)} of {len(site_data.catalogue.services)} services are marked must_verify"
    if settings.kiosk.ignore_hours:
        yield "[kiosk] ignore_hours is true: tickets are given at any hour; for demonstrations only"
