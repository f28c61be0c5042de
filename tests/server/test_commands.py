"""``main.py server …`` as people type it: real processes, real files."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.support.postgres import Cluster
from tests.support.server_driver import ROOT, running


def command(state: Path, *arguments: str, typed: str = "", code: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, str(ROOT / "main.py"), "server", *arguments, "--state", str(state)],
        input=typed,
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout if code == 0 else done.stderr


def document(state: Path, *arguments: str) -> Any:
    return json.loads(command(state, *arguments, "--json"))


@pytest.mark.timeout(120)
def test_a_technicians_first_morning(tmp_path: Path) -> None:
    code = document(tmp_path, "pairing-code", "--site", "bangkalan")
    assert code["site"] == "mpp-bangkalan"
    with running(tmp_path) as server:
        asked = {"code": code["code"], "install_id": "install-0001", "name": "Lobi"}
        told = httpx2.post(f"{server.address}/api/v1/enrolments", json=asked).json()
        headers = {"Authorization": f"Bearer {told['token']}"}
        ticket = "0192f0c8-0000-7000-8000-000000000001"
        number = httpx2.post(
            f"{server.address}/api/v1/tickets", json={"ticket": ticket, "service": "C01"}, headers=headers
        ).json()
        listed = document(tmp_path, "tickets")
        assert [(row["ticket"], row["number"], row["paper"]) for row in listed["tickets"]] == [
            (ticket, "C-001", "allotted")
        ]
        assert document(tmp_path, "tickets", "--day", "2020-01-01")["tickets"] == []
        assert [row["name"] for row in document(tmp_path, "kiosks")["kiosks"]] == ["Lobi"]

        copy = tmp_path / "copy.db"
        command(tmp_path, "backup", str(copy))
        httpx2.post(
            f"{server.address}/api/v1/tickets",
            json={"ticket": ticket[:-1] + "2", "service": "C01"},
            headers=headers,
        )
        refused = command(tmp_path, "restore", str(copy), code=1)
        assert "a server is running on it" in refused
        assert server.stop() == 0
        assert "Traceback" not in server.log

    command(tmp_path, "restore", str(copy))
    assert document(tmp_path, "tickets")["tickets"] == listed["tickets"], "what it was when it was copied"
    assert len(list((tmp_path / "server").glob("anjungan.db.before-restore-*"))) == 1
    with running(tmp_path) as server:
        again = httpx2.post(
            f"{server.address}/api/v1/tickets", json={"ticket": ticket, "service": "C01"}, headers=headers
        )
        assert again.json() == number
        command(tmp_path, "revoke", told["kiosk_id"])
        assert httpx2.get(f"{server.address}/api/v1/queues", headers=headers).status_code == 401


def test_people_who_may_sign_in(tmp_path: Path) -> None:
    add = ("add-user", "siti", "--role", "officer", "--password-stdin")
    assert "siti may sign in as officer" in command(tmp_path, *add, typed="kata sandi panjang\n")
    assert "it is taken" in command(tmp_path, *add, typed="kata sandi panjang\n", code=1)
    short = command(tmp_path, "add-user", "Budi!", "--role", "admin", "--password-stdin", typed="x\n", code=1)
    assert "E-SRV-03 name is 'Budi!'" in short
    assert "E-SRV-03 the password has 1 characters; allowed: 10 to 200" in short
    command(tmp_path, "add-user", "budi", "--role", "king", code=2)


def test_a_site_of_ones_own(tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    for name in ("site.toml", "catalogue.json"):
        (site / name).write_bytes((ROOT / "config" / "sites" / "bangkalan" / name).read_bytes())
    text = (site / "site.toml").read_text(encoding="utf-8")
    (site / "site.toml").write_text(text.replace('id = "mpp-bangkalan"', 'id = "mpp-lain"'), encoding="utf-8")
    state = tmp_path / "state"
    assert document(state, "import-catalogue", str(site)) == {"site": "mpp-lain", "version": 1}
    assert document(state, "import-catalogue", str(site)) == {"site": "mpp-lain", "version": 1}
    assert "--site is missing; allowed: mpp-bangkalan, mpp-lain" in command(state, "pairing-code", code=1)
    assert re.fullmatch(r"[BCDFGHJKLMNPQRSTVWXZ]{8}\n", command(state, "pairing-code", "--site", "lain"))
    (site / "catalogue.json").write_text('{"agencies": []}', encoding="utf-8")
    faults = command(state, "import-catalogue", str(site), code=1)
    assert "E-CAT-05 catalogue.json: queues" in faults


def test_refusals_say_what_to_do(tmp_path: Path) -> None:
    assert "allowed: a date like" in command(tmp_path, "tickets", "--day", "tomorrow", code=2)
    assert "allowed: an id from" in command(tmp_path, "revoke", "x", code=2)
    unknown = command(tmp_path, "revoke", "0192f0c8-0000-7000-8000-000000000001", code=1)
    assert "main.py server kiosks lists them" in unknown
    assert "E-SRV-01 --database-url" in command(tmp_path, "tickets", "--database-url", "mysql://x", code=1)
    assert "revision is 'x'" in command(tmp_path, "migrate", "--to", "x", code=1)
    assert "is not a backup" in command(tmp_path, "restore", str(ROOT / "main.py"), code=1)
    assert "give both, or neither" in _run_with(tmp_path, ANJUNGAN_SERVER_TLS_KEY="key.pem")


def _run_with(state: Path, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, str(ROOT / "main.py"), "server", "run", "--state", str(state)],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )
    assert done.returncode == 1
    return done.stderr


@pytest.mark.timeout(120)
def test_postgresql_is_made_ready_when_empty_and_left_alone_otherwise(
    cluster: Cluster, tmp_path: Path
) -> None:
    url = cluster.url(cluster.new_database())
    with running(tmp_path, url, workers=2) as server:
        assert httpx2.get(f"{server.address}/readyz").json()["status"] == "ok"
        figures = httpx2.get(f"{server.address}/metrics").text
        assert "anjungan_requests_total" in figures
        assert server.stop() == 0
    assert not list((tmp_path / "server").glob("figures-*"))
    assert "use pg_dump" in command(tmp_path, "backup", "--database-url", url, code=1)
    assert document(tmp_path, "migrate", "--to", "base", "--database-url", url)["after"] is None
    old = command(tmp_path, "tickets", "--database-url", url, code=1)
    assert "E-SRV-02" in old
    assert "main.py server migrate" in old
    command(tmp_path, "migrate", "--database-url", url)
    assert "is missing; allowed: none yet" in command(tmp_path, "tickets", "--database-url", url, code=1)


@pytest.mark.timeout(90)
def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    with running(tmp_path / "one") as server:
        told = _run_with(tmp_path / "two", ANJUNGAN_SERVER_PORT=str(server.port))
    assert "address already in use" in told


@pytest.mark.timeout(90)
def test_tls_by_its_own_certificate(tmp_path: Path) -> None:
    names = ("-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = ("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    subprocess.run(
        [*made, "-days", "1", *names, "-keyout", str(key), "-out", str(certificate)],
        check=True,
        capture_output=True,
    )
    with running(
        tmp_path / "state", ca=certificate, tls_key=str(key), tls_certificate=str(certificate)
    ) as server:
        answer = httpx2.get(f"{server.address}/healthz", verify=server.tls)
        assert answer.status_code == 200
        assert "Strict-Transport-Security" in answer.headers
