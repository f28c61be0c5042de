"""``/kelola/teks``: the mall's own words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from kiosk.site.faults import Fault, SiteFaults
from server.api.access import Worker
from server.catalogue import SiteDocument
from server.manage.editing import Stale, data_of
from server.manage.edits import SetSite
from server.pages.manage.frame import Trouble, Typed, base_of, manage, save, saved, stale, troubles
from server.pages.rendering import language_of
from server.pages.session import Manager, site_of

router = APIRouter(include_in_schema=False)
HERE = "/kelola/teks"
TEXTS: Final = ("name", "region", "counter_word", "queue_word", "ticket.footer", "complaint", "help")
LINES: Final = frozenset({"help"})


@router.get(HERE)
def show(request: Request, _person: Manager) -> Response:
    """The form."""
    site = site_of(request)
    return _page(request, _present(site), Trouble(), site.number)


@router.post(HERE)
def put(request: Request, worker: Worker, _person: Manager, fields: Typed) -> Response:
    """Save them."""
    site, language, base = site_of(request), language_of(request), base_of(fields)
    present = data_of(site)["site"]
    made: dict[str, Any] = {}
    for name in TEXTS:
        texts: dict[str, Any] = {}
        for tag in site.site.languages:
            text = fields.get(f"{name}.{tag}", "").strip()
            lines = [line.strip() for line in text.split("\n") if line.strip()]
            if lines:
                texts[tag] = lines if name in LINES else " ".join(lines)
        made[name] = texts
    ticket = json.loads(json.dumps(present["ticket"])) | {"footer": made.pop("ticket.footer")}
    try:
        return saved(HERE, save(worker, request, base, SetSite(made | {"ticket": ticket}, "texts")))
    except SiteFaults as error:
        trouble = troubles(error, lambda fault: _own(fault, site.site.languages), language)
    except Stale as error:
        trouble, base = stale(error, language, lambda one: one.kind == "site"), error.number
    return _page(request, fields, trouble, base)


def _own(fault: Fault, languages: tuple[str, ...]) -> str | None:
    place = fault.place.partition("[")[0]
    for name in TEXTS:
        if place == name or place.startswith(f"{name}."):
            tag = place.removeprefix(f"{name}.")
            named = fault.problem.removeprefix("needs a text for ").partition(",")[0]
            return f"{name}.{next((one for one in (tag, named) if one in languages), languages[0])}"
    return None


def _present(site: SiteDocument) -> dict[str, str]:
    data = data_of(site)["site"]
    found: dict[str, str] = {}
    for name in TEXTS:
        value: Any = data
        for step in name.split("."):
            value = value[step]
        for tag, text in value.items():
            found[f"{name}.{tag}"] = "\n".join(text) if isinstance(text, list) else text
    return found


def _page(request: Request, values: Mapping[str, str], trouble: Trouble, base: int) -> Response:
    return manage(
        request,
        "texts.html",
        status=409 if trouble.stale else (422 if trouble else 200),
        values=values,
        names=TEXTS,
        lines=LINES,
        languages=site_of(request).site.languages,
        base=base,
        trouble=trouble,
    )
