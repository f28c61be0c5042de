"""What every page under ``/kelola`` shares: its menu, what was typed, and how a save ends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final

from fastapi import Depends, Request
from sqlalchemy.orm import Session
from starlette.datastructures import UploadFile
from starlette.responses import Response

from kiosk.site.faults import Fault, SiteFaults
from server import words
from server.manage import editing
from server.manage.difference import Change
from server.manage.editing import Saved, Stale
from server.manage.edits import Edit
from server.pages.manage.showing import Shown, label_of, shown_changes
from server.pages.rendering import language_of, page
from server.pages.session import see, site_of
from server.services import Services
from server.sessions import Person
from server.users import Role
from server.wording import site_faults

MENU: Final = (
    ("/kelola", "menu_overview", Role.MANAGER),
    ("/kelola/instansi", "menu_agencies", Role.MANAGER),
    ("/kelola/layanan", "menu_services", Role.MANAGER),
    ("/kelola/antrean", "menu_queues", Role.MANAGER),
    ("/kelola/penutupan", "menu_closures", Role.MANAGER),
    ("/kelola/jam", "menu_hours", Role.MANAGER),
    ("/kelola/kuota", "menu_quotas", Role.MANAGER),
    ("/kelola/teks", "menu_texts", Role.MANAGER),
    ("/kelola/impor", "menu_import", Role.MANAGER),
    ("/kelola/versi", "menu_versions", Role.MANAGER),
    ("/kelola/catatan", "menu_audit", Role.MANAGER),
    ("/kelola/pengguna", "menu_users", Role.ADMIN),
)


async def typed(request: Request) -> dict[str, str]:
    """Return the fields of the form that came, each once, with line breaks as \\n. A file is not among them."""
    form = await request.form()
    return {
        name: value.replace("\r\n", "\n") for name, value in form.items() if not isinstance(value, UploadFile)
    }


Typed = Annotated[dict[str, str], Depends(typed)]


@dataclass
class Trouble:
    """Why a form was not saved, in the person's language."""

    fields: dict[str, list[str]] = field(default_factory=dict)
    """For each field what is wrong with it."""
    others: list[str] = field(default_factory=list)
    """What belongs to no field of this form."""
    stale: Stale | None = None
    changes: Shown | None = None

    def __bool__(self) -> bool:
        return bool(self.fields or self.others or self.stale)

    @property
    def count(self) -> int:
        return sum(map(len, self.fields.values())) + len(self.others)

    def add(self, name: str, text: str) -> None:
        """Tell of a field."""
        self.fields.setdefault(name, []).append(text)


def manage(request: Request, template: str, *, status: int = 200, **context: object) -> Response:
    """Return a page of ``/kelola`` with its menu."""
    person: Person = request.state.person
    site, language = site_of(request), language_of(request)

    def moment(at: dt.datetime) -> str:
        return at.astimezone(site.zone).strftime("%d/%m/%Y %H.%M" if language == "id" else "%d/%m/%Y %H:%M")

    def label(name: str, tag: str = "") -> str:
        return label_of(name, tag, language)

    whole: dict[str, object] = {
        "menu": [(path, word) for path, word, least in MENU if person.may(least)],
        "moment": moment,
        "label": label,
        "saved": _number(request.query_params.get("tersimpan")),
        "trouble": Trouble(),
        "words": words.WORDS,
    }
    return page(request, f"manage/{template}", status=status, **(whole | context))


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdigit() and len(text) < 12 else None


def troubles(error: SiteFaults, own: Callable[[Fault], str | None], language: str) -> Trouble:
    """Return the faults by field. ``own``: a fault → the form's field, None where it is none of its."""
    found = Trouble()
    for fault in error.faults:
        text = site_faults.told(fault.problem, language)
        name = own(fault)
        if name is None:
            found.others.append(f"{fault.place}: {text}")
        elif text not in found.fields.get(name, ()):
            found.add(name, text)
    return found


def stale(error: Stale, language: str, only: Callable[[Change], bool] = lambda _: True) -> Trouble:
    """Return what somebody else changed meanwhile."""
    changes = tuple(change for change in error.changes if only(change)) or error.changes
    return Trouble(stale=error, changes=shown_changes(changes, language))


def base_of(fields: Mapping[str, str]) -> int:
    """Return the version the form was opened on; 0 where it does not say, which no version is."""
    text = fields.get("base", "")
    return int(text) if text.isdigit() and len(text) < 12 else 0


def save(worker: Services, request: Request, base: int, edit: Edit) -> Saved:
    """Put ``edit`` in force. Raises SiteFaults and Stale."""
    person: Person = request.state.person

    def work(session: Session) -> Saved:
        return editing.save(
            session, worker.catalogues, person.site_id, base, edit, who=person.name, now=worker.now()
        )

    try:
        return worker.database.write(work)
    except LookupError:  # a version that never was: somebody wrote the field by hand
        number = worker.database.read(
            lambda session: worker.catalogues.current(session, person.site_id).number
        )
        raise Stale(number, "?", ()) from None


def saved(path: str, done: Saved) -> Response:
    """Go on to ``path``, which says that it is saved."""
    join = "&" if "?" in path else "?"
    return see(f"{path}{join}tersimpan={done.number if done.changes else 0}")


def fitting(rows: Iterable[str], asked: str) -> bool:
    """Whether every word of ``asked`` stands in one of ``rows``."""
    text = " ".join(rows).replace("\u00ad", "").casefold()
    return all(part in text for part in asked.casefold().split())
