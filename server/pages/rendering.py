"""Templates and static files: escaped by default, addresses that change with the content."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

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
