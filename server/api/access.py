"""Who may use a route: the bearer token, the class of the device, its rate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from kiosk.sync.wire import DeviceClass, ProblemCode
from server import enrolment
from server.enrolment import Device
from server.errors import Refusal
from server.services import Services, address_of, services

_bearer = HTTPBearer(auto_error=False, scheme_name="device", description="The token of an enrolled device.")

_EVERY: Final = frozenset({"rotate_token", "get_catalogue", "get_queues", "post_heartbeat"})
ALLOWED: Final[Mapping[DeviceClass, frozenset[str]]] = {
    DeviceClass.KIOSK: _EVERY | {"allot_number", "post_events"},
    DeviceClass.DISPLAY: _EVERY,
    DeviceClass.COUNTER: _EVERY,
}
"""Class of device → names of the routes it may use. What is not here is refused."""

Worker = Annotated[Services, Depends(services)]


def device(
    request: Request,
    worker: Worker,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
) -> Device:
    """Return the device that asks, or raise the Refusal 401, 403 or 429."""
    token = credentials.credentials if credentials is not None else ""
    found = worker.database.read(lambda session: enrolment.find(session, token)) if token else None
    if found is None:
        worker.pages.take(f"bad token {address_of(request)}")
        raise Refusal(
            401,
            ProblemCode.UNAUTHENTICATED,
            "This needs the token of an enrolled device.",
            headers={"WWW-Authenticate": 'Bearer realm="anjungan"'},
        )
    if request.scope["route"].name not in ALLOWED[found.device_class]:
        raise Refusal(403, ProblemCode.NOT_ALLOWED, f"A {found.device_class} may not use this route.")
    worker.devices.take(str(found.id))
    if not found.token_used:
        worker.database.write(lambda session: enrolment.first_use(session, found, worker.now()))
    return found


AskingDevice = Annotated[Device, Depends(device)]
