"""What makes a catalogue whole: every record by itself, and all of them together, every fault at once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from kiosk.core.catalogue import (
    REQUIRED_LANGUAGES,
    Agency,
    Catalogue,
    Queue,
    Service,
    Site,
    Zone,
    find_faults,
)
from kiosk.core.search import words_of
from kiosk.site.faults import MISSING, Fault, SiteFaults, faults_of, shown

PICTOGRAMS = Path(__file__).resolve().parent.parent.parent / "assets" / "pictograms"

_ROW = re.compile(r"(?P<kind>\w+)\[(?P<index>\d+)\] \([^)]*\)(?:\.(?P<field>\w+))?")
_Model = TypeVar("_Model", bound=BaseModel)


def validated(model: type[_Model], data: object, file: str, text: str | None = None) -> _Model:
    """Return ``data``, as a JSON parser gives it, as ``model``; raise SiteFaults. ``text``: where it came from.

    Strict as JSON: ``"30000"`` is no fee. (Python's own strict mode would refuse a list for a tuple.)
    """
    try:
        return model.model_validate_json(json.dumps(data) if text is None else text, strict=True)
    except ValidationError as error:
        raise SiteFaults(faults_of(error, model, data, file)) from error


def judged(
    data: object, site: Site | None, file: str, text: str | None = None
) -> tuple[Catalogue | None, list[Fault]]:
    """Return the catalogue in ``data`` and every fault in it; the catalogue is None where there are faults.

    Without a ``site``, zones and languages are not judged.
    """
    try:
        catalogue = validated(Catalogue, data, file, text)
    except SiteFaults as error:
        faults = list(error.faults)
        told = {fault.place for fault in faults}
        if (sketch := _sketch(data)) is not None:
            faults += (fault for fault in catalogue_faults(sketch, site, file) if fault.place not in told)
        return None, faults
    faults = list(catalogue_faults(catalogue, site, file))
    return (None if faults else catalogue), faults


def mall_faults(site: Site, file: str) -> Iterator[Fault]:
    """Yield what is wrong within the mall's own data, beyond its fields one by one."""
    for tag in (tag for tag in REQUIRED_LANGUAGES if tag not in site.languages):
        problem = f"{tag!r} must be one of them; allowed: every list with {', '.join(REQUIRED_LANGUAGES)}"
        yield Fault("E-CAT-06", file, "languages", shown(site.languages), problem)
    codes = [zone.code for zone in site.zones]
    for index, code in enumerate(codes):
        if code in codes[:index]:
            problem = f"is already used by row {codes.index(code)}; give each zone its own"
            yield Fault("E-CAT-07", file, f"zones[{index}] ({code}).code", shown(code), problem)


def catalogue_faults(catalogue: Catalogue, site: Site | None, file: str) -> Iterator[Fault]:
    """Yield what is wrong between records and around them; zones and languages only with a ``site``."""
    if site is None:
        zones = tuple(Zone.model_construct(code=queue.zone) for queue in catalogue.queues)
        judge = Site.model_construct(zones=zones)
    else:
        judge = site
    for place, problem in find_faults(judge, catalogue):
        yield Fault("E-CAT-07", file, place, shown(_value_at(catalogue, place)), problem)
    yield from _pictogram_faults(catalogue, file)
    for index, service in enumerate(catalogue.services):
        for number, word in enumerate(service.words):
            if problem := _word_problem(word, service.words[:number]):
                place = f"services[{index}] ({service.code}).words[{number}]"
                yield Fault("E-CAT-09", file, place, shown(word), problem)
    if site is not None:
        yield from _languages_unknown(catalogue, frozenset(site.languages), file)


def _pictogram_faults(catalogue: Catalogue, file: str) -> Iterator[Fault]:
    known = {path.stem for path in PICTOGRAMS.glob("*.svg")}
    for index, agency in enumerate(catalogue.agencies):
        if agency.pictogram not in known:
            problem = f"no such pictogram; allowed: {', '.join(sorted(known))}"
            place = f"agencies[{index}] ({agency.code}).pictogram"
            yield Fault("E-CAT-08", file, place, shown(agency.pictogram), problem)


def _word_problem(word: str, before: tuple[str, ...]) -> str:
    if word != " ".join(word.lower().split()):
        return f"must be in small letters with single spaces; write {' '.join(word.lower().split())!r}"
    if "," in word or ";" in word:
        return "holds several words; write each in quotes of its own"
    if not 2 <= len("".join(words_of(word))) <= 60:
        return "cannot be found; allowed: 2 to 60 letters or digits that a visitor can type"
    if word in before:
        return f"stands twice, first as words[{before.index(word)}]; keep one"
    return ""


def _languages_unknown(catalogue: Catalogue, known: frozenset[str], file: str) -> Iterator[Fault]:
    groups: tuple[tuple[str, Sequence[Agency | Service]], ...] = (
        ("agencies", catalogue.agencies),
        ("services", catalogue.services),
    )
    for kind, rows in groups:
        for index, row in enumerate(rows):
            for name, value in row.__dict__.items():
                if isinstance(value, dict) and name != "week" and not value.keys() <= known:
                    for tag in sorted(value.keys() - known):
                        place = f"{kind}[{index}] ({row.code}).{name}.{tag}"
                        problem = f"is not a language of this site; allowed: {', '.join(sorted(known))}"
                        yield Fault("E-CAT-04", file, place, shown(value[tag]), problem)


def _value_at(catalogue: Catalogue, place: str) -> object:
    """Return what stands at a place that ``find_faults`` named, such as ``services[12] (C03).queue``."""
    found = _ROW.fullmatch(place)
    if found is None or not found["field"]:
        return MISSING
    return getattr(getattr(catalogue, found["kind"])[int(found["index"])], found["field"])


def _sketch(data: object) -> Catalogue | None:
    """Return what can be read of a catalogue with faults, so that those between its records are told as well.

    It holds codes, search words and no promise: a stand-in for judging, never for use.
    """
    groups = [data.get(kind) for kind in ("agencies", "queues", "services")] if isinstance(data, dict) else []
    lists = [group for group in groups if isinstance(group, list)]
    if len(lists) != 3:
        return None
    agencies, queues, services = lists
    return Catalogue.model_construct(
        agencies=tuple(_sketched(Agency, row, index) for index, row in enumerate(agencies)),
        queues=tuple(_sketched(Queue, row, index) for index, row in enumerate(queues)),
        services=tuple(_sketched(Service, row, index) for index, row in enumerate(services)),
    )


def _sketched(model: type[_Model], row: object, index: int) -> _Model:
    told = row if isinstance(row, dict) else {}
    known: dict[str, Any] = {}
    for name in ("agency", "queue", "zone", "pictogram"):
        if name in model.model_fields:
            known[name] = str(told.get(name, ""))
    known["code"] = told["code"] if isinstance(told.get("code"), str) else f"row {index}"
    if "words" in model.model_fields:
        words = told.get("words")
        known["words"] = tuple(w for w in words if isinstance(w, str)) if isinstance(words, list) else ()
    return model.model_construct(**known)
