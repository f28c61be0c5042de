"""``/kelola/pengguna``: who may sign in. For administrators."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from server import security, users
from server.api.access import Worker
from server.db.models import User
from server.errors import UpkeepError
from server.manage import people
from server.manage.people import PersonRefused
from server.pages.faults import PageProblem
from server.pages.manage.frame import Trouble, Typed, manage
from server.pages.rendering import language_of
from server.pages.session import Admin, see
from server.services import Services
from server.sessions import Person
from server.users import Role
from server.words import say

router = APIRouter(include_in_schema=False)
HERE = "/kelola/pengguna"
_LEAST, _MOST = security.PASSWORD_LENGTH


@router.get(HERE)
def show(request: Request, worker: Worker, person: Admin) -> Response:
    """The list and the form for one more."""
    return _list(request, worker, person, {}, Trouble())


@router.post(HERE)
def add(request: Request, worker: Worker, person: Admin, fields: Typed) -> Response:
    """Add a person. The password is never shown again, not even after a fault."""
    language = language_of(request)
    name, password = fields.get("name", "").strip().lower(), fields.get("password", "")

    def work(session: Session) -> None:
        own = session.get_one(User, person.id).site_id
        site = own or (fields.get("site") or None)
        role = Role(fields.get("role", "officer"))
        users.add(session, name, role, password, site_id=site, who=person.name, now=worker.now())

    try:
        worker.database.write(work)
    except UpkeepError as error:
        trouble = Trouble()
        for fault in error.faults:
            trouble.add(*_told(fault, language))
        return _list(request, worker, person, fields, trouble)
    except ValueError as error:  # a role that the form does not offer
        raise PageProblem(422, "problem_form") from error
    return see(f"{HERE}?selesai=1")


def _told(fault: str, language: str) -> tuple[str, str]:
    if "taken" in fault:
        return "name", say("user_fault_taken", language)
    if "password" in fault:
        return "password", say("user_fault_password", language, least=_LEAST, most=_MOST)
    if fault.startswith("name"):
        return "name", say("user_fault_name", language)
    return "site", fault


@router.get(f"{HERE}/{{user}}")
def show_one(request: Request, user: int, worker: Worker, person: Admin) -> Response:
    """One person."""
    return _one(request, worker, person, user, Trouble())


@router.post(f"{HERE}/{{user}}/peran")
def set_role(request: Request, user: int, worker: Worker, person: Admin, fields: Typed) -> Response:
    """Another role."""
    if (asked := fields.get("role", "")) not in list(Role):
        raise PageProblem(422, "problem_form")
    return _do(
        request,
        worker,
        person,
        user,
        lambda session: people.set_role(session, user, Role(asked), by=person, now=worker.now()),
    )


@router.post(f"{HERE}/{{user}}/sandi")
def set_password(request: Request, user: int, worker: Worker, person: Admin, fields: Typed) -> Response:
    """A new password."""
    password = fields.get("password", "")
    return _do(
        request,
        worker,
        person,
        user,
        lambda session: people.set_password(session, user, password, by=person, now=worker.now()),
    )


@router.post(f"{HERE}/{{user}}/kunci")
def lock(request: Request, user: int, worker: Worker, person: Admin, fields: Typed) -> Response:
    """Out at once, or in again."""
    locked = fields.get("locked") == "1"
    return _do(
        request,
        worker,
        person,
        user,
        lambda session: people.set_locked(session, user, locked, by=person, now=worker.now()),
    )


def _do(
    request: Request, worker: Services, person: Person, user: int, work: Callable[[Session], None]
) -> Response:
    try:
        worker.database.write(work)
    except PersonRefused as error:
        trouble = Trouble()
        text = say(error.word, language_of(request), least=_LEAST, most=_MOST)
        if error.word == "user_fault_password":
            trouble.add("password", text)
        else:
            trouble.others.append(text)
        return _one(request, worker, person, user, trouble)
    return see(f"{HERE}/{user}?selesai=1")


def _list(
    request: Request, worker: Services, person: Person, fields: Mapping[str, str], trouble: Trouble
) -> Response:
    rows = worker.database.read(lambda session: people.people(session, person))
    return manage(
        request,
        "users.html",
        status=422 if trouble else 200,
        rows=rows,
        values=fields,
        trouble=trouble,
        roles=list(Role),
        least=_LEAST,
        sites=person.sites,
        did="selesai" in request.query_params,
    )


def _one(request: Request, worker: Services, person: Person, user: int, trouble: Trouble) -> Response:
    try:
        row = worker.database.read(lambda session: people.find(session, user, person))
    except PersonRefused as error:
        raise PageProblem(404, "problem_missing") from error
    return manage(
        request,
        "user.html",
        status=422 if trouble else 200,
        row=row,
        trouble=trouble,
        roles=list(Role),
        least=_LEAST,
        did="selesai" in request.query_params,
    )
