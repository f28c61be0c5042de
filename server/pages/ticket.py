"""``GET /t/{token}``: the ticket on the visitor's phone, the address in the QR on the paper."""

from __future__ import annotations

import hashlib
import re
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from starlette.responses import HTMLResponse, Response

from server import ticket_view, words
from server.api import etags
from server.api.access import Worker
from server.api.documents import answers
from server.pages.rendering import render
from server.services import address_of

router = APIRouter(tags=["pages"])

_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")


@router.get(
    "/t/{token}",
    response_class=HTMLResponse,
    responses={**answers(304), 404: {"description": "Not known (yet).", "content": {"text/html": {}}}},
)
def ticket_page(
    request: Request,
    token: str,
    worker: Worker,
    lang: Annotated[str | None, Query(description="id or en")] = None,
    accept_language: Annotated[str, Header()] = "",
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """The number, how many people are ahead, called or not, which counter. No personal data."""
    worker.pages.take(f"page {address_of(request)}")
    view = None
    if _TOKEN.fullmatch(token):
        view = worker.database.read(
            partial(
                ticket_view.find,
                catalogues=worker.catalogues,
                token=token,
                rule=worker.rule,
                now=worker.now(),
                asked=lang,
                accepted=accept_language,
            )
        )
    language = view.language if view else words.choose(lang, accept_language, None)
    text = render("ticket.html", view=view, language=language, say=partial(words.say, language=language))
    # The time of day on the page is not news.
    news = (view.state, view.number, view.headline, view.service, language) if view else ("not_yet", language)
    etag = hashlib.sha256(repr(news).encode()).hexdigest()
    return etags.answer(text, etag, if_none_match, "text/html", 200 if view else 404)
