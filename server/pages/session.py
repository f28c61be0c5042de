"""Signing in and out, and who may see a page.

A page names who it is for as a dependency, and a form is only read when it is ours::

    @router.post("/loket/panggil")
    def call(request: Request, worker: Worker, person: Annotated[Person, Depends(signed_in(Role.OFFICER))]) -> Response:

Roles stand above each other: a manager may do what an officer may. Every request that changes something must come from
our own pages (``Origin``) and carry the session's own token (the hidden field ``csrf``, or the header ``X-CSRF``).
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Query, Request
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from server import audit, counters, sessions, users
from server.api.access import Worker
from server.catalogue import SiteDocument
from server.errors import Refusal
from server.pages import nav
from server.pages.faults import PageProblem, SignInFirst
from server.pages.rendering import page
from server.services import Services, address_of
from server.sessions import Person
from server.users import Role

router = APIRouter(include_in_schema=False)

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_OURS: Final = re.compile(r"/(?!/)[\w./-]*(\?[\w.,=&%+-]*)?")
"""Where one may go after signing in: an address of this server, with nothing that another could read as a host."""


def cookie_name(request: Request) -> str:
    """Return the session cookie's name. ``__Host-`` makes browsers refuse one that another host has set."""
    return "__Host-anjungan" if request.url.scheme == "https" else "anjungan"


def require_own_origin(request: Request, worker: Services) -> None:
    """Raise PageProblem 403 where a form does not come from a page of ours."""
    origin = request.headers.get("origin")
    own = f"{request.url.scheme}://{request.url.netloc}"
    if origin is None or origin not in {own, worker.settings.public_url or own}:
        raise PageProblem(403, "problem_form")


async def sent_csrf(request: Request) -> str:
    """Return the form token that came with the request."""
    if request.method in SAFE:
        return ""
    if header := request.headers.get("x-csrf"):
        return header
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in ("application/x-www-form-urlencoded", "multipart/form-data"):
        return ""
    value = (await request.form()).get("csrf")
    return value if isinstance(value, str) else ""


def signed_in(*roles: Role, live: bool = False) -> Callable[..., Person]:
    """Return the dependency that gives the Person who asks: one of ``roles`` or above; without roles, anybody.

    ``live``: a page that asks again by itself, which does not count as a touch.
    """

    def person(request: Request, worker: Worker, csrf: Annotated[str, Depends(sent_csrf)]) -> Person:
        token = request.cookies.get(cookie_name(request), "")
        now = worker.now()

        def read(session: Session) -> tuple[sessions.Found | None, SiteDocument | None]:
            found = sessions.find(session, token, now, worker.idle, worker.longest)
            if found is None or not found.person.site_id:
                return found, None
            return found, worker.catalogues.current(session, found.person.site_id)

        found, site = worker.database.read(read) if token else (None, None)
        if found is None:
            raise SignInFirst
        request.state.person, request.state.site = found.person, site
        request.state.csrf = sessions.csrf_of(token)
        if request.method not in SAFE:
            require_own_origin(request, worker)
            if not secrets.compare_digest(csrf.encode(), request.state.csrf.encode()):
                raise PageProblem(403, "problem_form")
        if roles and not any(found.person.may(role) for role in roles):
            raise PageProblem(403, "problem_role")
        if site is None:
            raise PageProblem(503, "problem_no_site")
        if not (live or "x-live" in request.headers) and now >= found.seen_at + sessions.FRESH:
            worker.database.write(lambda session: sessions.touch(session, token, now))
        return found.person

    return person


Officer = Annotated[Person, Depends(signed_in(Role.OFFICER))]
Manager = Annotated[Person, Depends(signed_in(Role.MANAGER))]
Admin = Annotated[Person, Depends(signed_in(Role.ADMIN))]


def site_of(request: Request) -> SiteDocument:
    """Return the site the person looks at, as it is in force. Only behind :func:`signed_in`."""
    found = request.state.site
    assert isinstance(found, SiteDocument)
    return found


def see(path: str) -> Response:
    """Send the browser to ``path`` after a form, so that a reload does nothing twice."""
    return RedirectResponse(path, 303)


@router.get("/masuk")
def sign_in_page(
    request: Request,
    worker: Worker,
    ke: Annotated[str, Query()] = "",
    keluar: Annotated[str, Query()] = "",
) -> Response:
    """Where a person signs in."""
    if person := _present(request, worker):
        return see(nav.home(person))
    note = "signed_out" if keluar else ("sign_in_first" if ke else "")
    return page(request, "sign_in.html", note=note, fault="", name="", ke=ke)


@router.post("/masuk")
def sign_in(
    request: Request,
    worker: Worker,
    name: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    ke: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Sign in: always a new session. Too many wrong passwords and the name must wait (``server.users``)."""
    require_own_origin(request, worker)
    now, address = worker.now(), address_of(request)
    before = request.cookies.get(cookie_name(request), "")
    name = name.strip().lower()

    def work(session: Session) -> tuple[str, Person] | None:
        user = users.sign_in(session, name, password, address, now)
        if user is None:
            return None
        if before:
            sessions.end(session, before)
        audit.note(session, now, user.name, "person.signed_in", address=address)
        token = sessions.begin(session, user, now, worker.longest)
        return token, Person(user.id, user.name, Role(user.role), user.site_id or "")

    try:
        worker.pairing.take(f"sign-in {address}")
        begun = worker.database.write(work)
    except Refusal as refused:
        minutes = -(-int(refused.headers.get("Retry-After", "60")) // 60)
        word = "sign_in_locked_one" if minutes == 1 else "sign_in_locked"
        answer = page(
            request,
            "sign_in.html",
            status=refused.status,
            note="",
            fault=word,
            minutes=minutes,
            name=name,
            ke=ke,
        )
        answer.headers.update(refused.headers)
        return answer
    if begun is None:
        return page(request, "sign_in.html", status=401, note="", fault="sign_in_wrong", name=name, ke=ke)
    token, person = begun
    answer = see(ke if _OURS.fullmatch(ke) else nav.home(person))
    secure = request.url.scheme == "https"
    answer.set_cookie(cookie_name(request), token, secure=secure, httponly=True, samesite="lax", path="/")
    return answer


@router.get("/keluar")
def sign_out_by_address(request: Request) -> Response:
    """Only the button signs out, so that no link from elsewhere does."""
    return see("/")


@router.post("/keluar")
def sign_out(request: Request, worker: Worker, person: Annotated[Person, Depends(signed_in())]) -> Response:
    """End this session, and close the counter where nobody is at it."""
    token, now = request.cookies[cookie_name(request)], worker.now()

    def work(session: Session) -> None:
        counters.leave_if_idle(session, site_of(request).day(now), person, now)
        sessions.end(session, token)
        audit.note(session, now, person.name, "person.signed_out")

    worker.database.write(work)
    answer = see("/masuk?keluar=1")
    answer.delete_cookie(
        cookie_name(request), path="/", secure=request.url.scheme == "https", httponly=True, samesite="lax"
    )
    # Whoever sits down here next finds nothing by going back (ASVS 5.0, 14.3.1).
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


@router.get("/")
def start(request: Request, worker: Worker) -> Response:
    """Everybody's first page."""
    person = _present(request, worker)
    return see(nav.home(person) if person else "/masuk")


@router.post("/mal")
def choose_site(
    request: Request,
    worker: Worker,
    person: Annotated[Person, Depends(signed_in())],
    site: Annotated[str, Form(max_length=40)],
) -> Response:
    """Look at another of the sites this person may look at."""
    if site in person.sites:
        token = request.cookies[cookie_name(request)]
        worker.database.write(lambda session: sessions.look_at(session, token, site))
    return see("/")


@router.get("/akun")
def account(request: Request, person: Annotated[Person, Depends(signed_in())]) -> Response:
    """Who one is here."""
    return page(request, "account.html", who=person)


def _present(request: Request, worker: Services) -> Person | None:
    token = request.cookies.get(cookie_name(request), "")
    if not token:
        return None
    now = worker.now()
    found = worker.database.read(
        lambda session: sessions.find(session, token, now, worker.idle, worker.longest)
    )
    return found.person if found else None
