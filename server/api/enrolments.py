"""``POST /enrolments``: a pairing code becomes kiosk id, digit and token."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter, Request

from kiosk.sync.wire import PREFIX, Enrolled, Enrolment, ProblemCode
from server import enrolment, security
from server.api.access import Worker
from server.api.documents import answers
from server.errors import Refusal
from server.services import address_of

router = APIRouter(prefix=PREFIX, tags=["devices"])


@router.post("/enrolments", status_code=201, responses=answers(403, 409))
def enrol(request: Request, asked: Enrolment, worker: Worker) -> Enrolled:
    """Pair a device: the code is good once, for ten minutes."""
    address = address_of(request)
    worker.pairing.take(address)
    most = worker.settings.pairing_attempts
    worker.database.read(partial(enrolment.require_patience, address=address, most=most, now=worker.now()))
    salt = worker.database.read(enrolment.salt)
    # Outside the transaction: it takes tens of milliseconds by design.
    code_hash = security.code_hash(asked.code, salt) if salt is not None else ""
    done = worker.database.write(
        lambda session: enrolment.enrol_from(session, asked, code_hash, address, most=most, now=worker.now())
    )
    if done is None:
        raise Refusal(
            403, ProblemCode.CODE_UNKNOWN, "This pairing code is not good. Make a new one at the server."
        )
    return done
