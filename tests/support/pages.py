"""The server's pages driven as a browser does: one address, its cookies, its forms."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from functools import cache

from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy.orm import Session

from server import sessions
from server.db.database import Database
from server.db.models import User
from server.security import password_hash
from server.users import Role
from tests.support.server_driver import NOON, SITE

PASSWORD = "kata sandi panjang"
_TOKEN = re.compile(r'name="csrf" value="([0-9a-f]{64})"')


@cache
def _hash() -> str:
    return password_hash(PASSWORD)


def add_person(database: Database, name: str, role: Role, site: str | None = SITE) -> int:
    """Add a person whose password is ``PASSWORD``; return their id. The password is hashed once for all of them."""

    def work(session: Session) -> int:
        user = User(name=name, role=role.value, site_id=site, password_hash=_hash(), created_at=NOON)
        session.add(user)
        session.flush()
        return user.id

    return database.write(work)


class Browser:
    """A browser of one person: keeps cookies, sends ``Origin``, takes the form token from the page it looks at."""

    def __init__(self, app: FastAPI, base: str = "http://testserver", address: str = "192.0.2.10") -> None:
        self.client = TestClient(
            app,
            base_url=base,
            client=(address, 50000),
            follow_redirects=False,
            raise_server_exceptions=True,
            headers={"Accept": "text/html", "Accept-Language": "id"},
        )
        self.base = base
        self.csrf = ""

    def get(self, path: str, **headers: str) -> Response:
        """Go to ``path``, over redirects, and keep its form token."""
        answer = self.client.get(path, headers=headers, follow_redirects=True)
        if found := _TOKEN.search(answer.text):
            self.csrf = found[1]
        return answer

    def post(self, path: str, data: Mapping[str, object] | None = None, **headers: str) -> Response:
        """Send a form with the token of the last page; redirects are not followed."""
        headers = {"Origin": self.base} | headers
        return self.client.post(path, data={"csrf": self.csrf} | dict(data or {}), headers=headers)

    def sign_in(self, name: str, password: str = PASSWORD) -> Response:
        """Sign in and look at the first page."""
        answer = self.post("/masuk", {"name": name, "password": password})
        if answer.status_code == 303:
            self.get(answer.headers["Location"])
        return answer

    def enter(self, database: Database, user_id: int, path: str) -> Response:
        """Be signed in without typing a password, and look at ``path``."""

        def work(session: Session) -> str:
            return sessions.begin(session, session.get_one(User, user_id), NOON, dt.timedelta(hours=12))

        self.client.cookies.set("anjungan", database.write(work))
        return self.get(path)
