"""Templates and static files: escaped by default, addresses that change with the content.

A signed-in page is ``page(request, "name.html", …)``: the frame (``base.html``) takes person, site, language and the
form token from the request, where ``server.pages.session`` has put them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache, partial
from html import escape
from pathlib import Path

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from server import words
from server.api import etags
from server.html import Html
from server.pages import nav

HERE = Path(__file__).resolve().parent.parent
STATIC = HERE / "static"


@cache
def environment() -> Environment:
    """Return the templates. A name that is not given is an error and no empty place."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["static"] = static
    return made


def render(template: str, **values: object) -> str:
    """Return the page."""
    return environment().get_template(template).render(**values)


LANGUAGE_COOKIE = "bahasa"
_A_YEAR = 365 * 24 * 3600


def language_of(request: Request) -> str:
    """Return the language a person at the pages wants: the address, the cookie, the browser, or Indonesian."""
    return words.choose(
        request.query_params.get("lang"),
        request.headers.get("accept-language", ""),
        request.cookies.get(LANGUAGE_COOKIE),
    )


def page(request: Request, template: str, *, status: int = 200, **context: object) -> Response:
    """Return a page for a person, in their language. Forms in it carry ``csrf`` (``{{ token }}`` writes it).

    The page has an ETag, so that one that renews itself costs little where nothing has changed.
    """
    language = language_of(request)
    person = getattr(request.state, "person", None)
    site = getattr(request.state, "site", None)
    csrf = getattr(request.state, "csrf", "")

    def plain(text: Mapping[str, str]) -> str:
        return (text.get(language) or text["id"]).replace("\u00ad", "")

    text = render(
        template,
        **{
            "person": person,
            "site": site,
            "csrf": csrf,
            "token": Html(f'<input type="hidden" name="csrf" value="{escape(csrf)}">'),
            "language": language,
            "say": partial(words.say, language=language),
            "plain": plain,
            "nav": nav.of(person) if person else (),
            "here": request.url.path,
            "other": "en" if language == "id" else "id",
        }
        | context,
    )
    if request.method == "GET" and status == 200:
        etag = hashlib.sha256(text.encode()).hexdigest()
        found = etags.answer(text, etag, request.headers.get("if-none-match"), HTMLResponse.media_type)
    else:
        found = HTMLResponse(text, status)
    # Without a referrer a form's Origin would be "null", and nobody could tell ours from another's.
    found.headers["Referrer-Policy"] = "same-origin"
    found.headers["Vary"] = "Cookie, Accept-Language"
    if request.query_params.get("lang") in words.LANGUAGES:
        found.set_cookie(
            LANGUAGE_COOKIE,
            language,
            max_age=_A_YEAR,
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="lax",
        )
    return found


@cache
def static(name: str) -> str:
    """Return the address of a static file, which changes when the file does."""
    return f"/static/{name}?v={hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]}"


class CachedFiles(StaticFiles):
    """Static files that a browser keeps for good: their address holds their content's hash."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        found = await super().get_response(path, scope)
        if found.status_code in (200, 304):
            found.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return found
