"""Everything that goes wrong becomes a problem document (RFC 9457); nothing of the inside leaves with it."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.responses import Response

from kiosk.sync.wire import FieldProblem, Problem, ProblemCode
from server.errors import Refusal

log = logging.getLogger("server.problems")

MEDIA_TYPE = "application/problem+json"

_BY_STATUS = {
    400: ProblemCode.BAD_REQUEST,
    401: ProblemCode.UNAUTHENTICATED,
    403: ProblemCode.NOT_ALLOWED,
    404: ProblemCode.NOT_FOUND,
    405: ProblemCode.METHOD_NOT_ALLOWED,
    413: ProblemCode.TOO_LARGE,
    422: ProblemCode.INVALID,
    429: ProblemCode.TOO_MANY,
    503: ProblemCode.UNAVAILABLE,
}


def response(
    status: int,
    code: ProblemCode,
    detail: str,
    *,
    errors: tuple[FieldProblem, ...] = (),
    instance: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return a problem document as a response."""
    problem = Problem(
        type=f"urn:anjungan:problem:{code.value}",
        title=HTTPStatus(status).phrase,
        status=status,
        code=code,
        detail=detail,
        instance=instance,
        errors=errors,
    )
    return Response(
        problem.model_dump_json(exclude_none=True), status, dict(headers or {}), media_type=MEDIA_TYPE
    )


def internal(error: BaseException, where: str) -> Response:
    """Log ``error`` with a mark and return the mark alone."""
    mark = f"urn:anjungan:fault:{secrets.token_hex(6)}"
    log.error("%s at %s", mark, where, exc_info=error)
    return response(
        500, ProblemCode.INTERNAL, "The server could not answer this; its log says why.", instance=mark
    )


def unavailable(error: BaseException) -> Response:
    """The database does not answer: come again."""
    log.error(
        "the database does not answer: %s", str(getattr(error, "orig", error)).strip().partition("\n")[0]
    )
    return response(
        503,
        ProblemCode.UNAVAILABLE,
        "The database does not answer at the moment.",
        headers={"Retry-After": "2"},
    )


def is_outage(error: BaseException) -> bool:
    """Whether ``error`` is the database being away or overloaded, and not a fault of the program."""
    return isinstance(error, PoolTimeout) or (
        isinstance(error, DBAPIError) and not isinstance(error, IntegrityError)
    )


def install(app: FastAPI) -> None:
    """Make ``app`` answer with problem documents."""

    @app.exception_handler(Refusal)
    async def refused(_request: Request, error: Refusal) -> Response:
        return response(error.status, error.code, error.detail, errors=error.errors, headers=error.headers)

    @app.exception_handler(RequestValidationError)
    async def invalid(_request: Request, error: RequestValidationError) -> Response:
        found = tuple(
            FieldProblem(
                place=".".join(str(step) for step in detail["loc"])[:200], problem=str(detail["msg"])[:300]
            )
            for detail in error.errors()[:50]
        )
        return response(
            422, ProblemCode.INVALID, "The request has fields that are not allowed.", errors=found
        )

    @app.exception_handler(HTTPException)
    async def by_status(_request: Request, error: HTTPException) -> Response:
        code = _BY_STATUS.get(error.status_code, ProblemCode.BAD_REQUEST)
        return response(error.status_code, code, str(error.detail), headers=error.headers)
