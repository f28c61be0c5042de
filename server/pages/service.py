"""``GET /l/{site}/{service}``: what to bring to a service, on the visitor's phone; the code on the kiosk's list."""

from __future__ import annotations

import hashlib
import re
from dataclasses import astuple
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from sqlalchemy.orm import Session
from starlette.responses import HTMLResponse, Response

from server import service_view, words
from server.api import etags
from server.api.access import Worker
from server.api.documents import answers
from server.pages.rendering import render, static
from server.service_view import ServiceView
from server.services import address_of

router = APIRouter(tags=["pages"])

_SITE = re.compile(r"[a-z0-9-]{2,40}")
_SERVICE = re.compile(r"[A-Z0-9]{1,12}")
KEPT = "public, max-age=300"
"""Anybody may keep it, for minutes: a fee that was mended must not be read wrong tomorrow."""


@router.get(
    "/l/{site}/{service}",
    response_class=HTMLResponse,
    responses={**answers(304), 404: {"description": "No such service.", "content": {"text/html": {}}}},
)
def service_page(
    request: Request,
    site: str,
    service: str,
    worker: Worker,
    lang: Annotated[str | None, Query(description="id or en")] = None,
    accept_language: Annotated[str, Header()] = "",
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """What to bring, what it costs, how long it takes, where it is. Nothing about anybody."""
    worker.pages.take(f"page {address_of(request)}")
    language = words.choose(lang, accept_language, None)

    def find(session: Session) -> ServiceView | None:
        try:
            document = worker.catalogues.current(session, site)
        except LookupError:
            return None
        found = document.catalogue.service_by_code.get(service)
        return service_view.view_of(document, found, language) if found else None

    sound = _SITE.fullmatch(site) and _SERVICE.fullmatch(service)
    view = worker.database.read(find) if sound else None
    text = render("service.html", view=view, language=language, say=partial(words.say, language=language))
    news = (static("ticket.css"), language, astuple(view) if view else None)
    etag = hashlib.sha256(repr(news).encode()).hexdigest()
    answer = etags.answer(text, etag, if_none_match, "text/html", 200 if view else 404)
    answer.headers["Cache-Control"] = KEPT if view else "no-store"
    answer.headers["Vary"] = "Accept-Language"
    return answer
