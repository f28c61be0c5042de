"""What goes wrong at a page is told as a page, in the person's words; devices get their problem documents as ever."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import FastAPI, Request
from starlette.responses import RedirectResponse, Response

from server.pages.rendering import page


class PageProblem(Exception):
    """A page refuses. ``word`` is a key of ``server.words``; ``<word>_hint`` says what to do."""

    def __init__(self, status: int, word: str) -> None:
        self.status = status
        self.word = word
        super().__init__(f"{status} {word}")


class SignInFirst(Exception):
    """Nobody is signed in, or not any more."""


def install(app: FastAPI) -> None:
    """Make ``app`` answer people with pages."""

    @app.exception_handler(PageProblem)
    async def refused(request: Request, error: PageProblem) -> Response:
        return page(request, "problem.html", status=error.status, word=error.word)

    @app.exception_handler(SignInFirst)
    async def unknown(request: Request, _error: SignInFirst) -> Response:
        # What was sent with a form is not kept: the page it was on is where the person comes back to.
        asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        to = f"?ke={quote(asked, safe='/')}" if request.method == "GET" else ""
        return RedirectResponse(f"/masuk{to}", 303)
