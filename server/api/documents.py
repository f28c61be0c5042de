"""What the OpenAPI says beyond the models: problem documents, ETags, and the schemas that are read item by item."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from kiosk.sync.wire import Problem
from kiosk.sync.wire_events import Event
from server.problems import MEDIA_TYPE

_TEXTS = {
    304: "Not changed since the `ETag` of `If-None-Match`.",
    400: "Not HTTP or JSON as it should be.",
    401: "No token, or one that is not known (any more).",
    403: "This device may not do this.",
    404: "Not there.",
    409: "Refused as things stand; `code` says why.",
    413: "Too large.",
    422: "A field is missing or not allowed.",
    429: "Too many requests; `Retry-After` says when to come again.",
    500: "The server's own fault.",
    503: "The database does not answer now; `Retry-After` says when to come again.",
}
_ALWAYS = (400, 413, 422, 429, 500, 503)


def answers(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the ``responses`` of a route: ``statuses`` and what can always happen, as problem documents."""
    found: dict[int | str, dict[str, Any]] = {}
    for status in sorted({*statuses, *_ALWAYS}):
        found[status] = {"description": _TEXTS[status]}
        if status >= 400:
            found[status]["content"] = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        if status == 401:
            found[status]["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
    return found


def install(app: FastAPI) -> None:
    """Make ``app`` publish its contract whole."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            made = get_openapi(
                title=app.title, version=app.version, description=app.description, routes=app.routes
            )
            schemas = made.setdefault("components", {}).setdefault("schemas", {})
            for model in (Event, Problem):
                schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
                schemas.update(schema.pop("$defs", {}))
                schemas[model.__name__] = schema
            _say_wall_clock(schemas)
            app.openapi_schema = made
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def _say_wall_clock(part: Any) -> None:
    """A site's own times have no offset, and ``format: time`` is RFC 3339's, which needs one."""
    if isinstance(part, dict):
        if part.get("format") == "time":
            del part["format"]
            part["pattern"] = r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$"
        for inner in part.values():
            _say_wall_clock(inner)
    elif isinstance(part, list):
        for inner in part:
            _say_wall_clock(inner)
