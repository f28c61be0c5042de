"""``GET /catalogue``: the whole site."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header
from starlette.responses import Response

from kiosk.sync.wire import PREFIX, SiteCatalogue
from server.api import etags
from server.api.access import AskingDevice, Worker
from server.api.documents import answers

router = APIRouter(prefix=PREFIX, tags=["site"])


@router.get("/catalogue", response_model=SiteCatalogue, responses=answers(304, 401, 403))
def get_catalogue(
    asking: AskingDevice, worker: Worker, if_none_match: Annotated[str | None, Header()] = None
) -> Response:
    """Agencies, services, queues, hours, holidays and texts, as they are in force."""
    found = worker.database.read(lambda session: worker.catalogues.current(session, asking.site_id))
    return etags.answer(found.text, found.etag, if_none_match)
