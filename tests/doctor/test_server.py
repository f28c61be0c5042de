"""The way to the server, over real sockets and real certificates."""

from __future__ import annotations

import datetime as dt
import email.utils
import http.server
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kiosk.clock import SystemClock
from kiosk.doctor import Level

OK, WARN, FAIL = Level.OK, Level.WARN, Level.FAIL


@contextmanager
def serving(status: int = 200, date: str | None = None, tls: Path | None = None) -> Iterator[str]:
    """A server on a free port; yields its address."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response_only(status if self.path == "/base/healthz" else 404)
            self.send_header("Date", date or self.date_time_string())
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True

        def get_request(self) -> tuple[socket.socket, object]:
            sock, address = super().get_request()
            if tls is None:
                return sock, address
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(tls)
            return context.wrap_socket(sock, server_side=True), address

        def handle_error(self, *_: object) -> None:
            """A refused certificate is the client's affair."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"{'https' if tls else 'http'}://localhost:{server.server_address[1]}/base"
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()


def certificate(folder: Path, days: int) -> Path:
    """Key and self-signed certificate for localhost in one file."""
    key, chain, both = folder / "key.pem", folder / "chain.pem", folder / "both.pem"
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-keyout",
            key,
            "-out",
            chain,
            "-days",
            str(days),
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost",
        ],
        check=True,
        capture_output=True,
    )
    both.write_text(key.read_text() + chain.read_text())
    return both


@pytest.fixture
def real_time(bench):
    bench.clock = SystemClock()
    return bench


def test_without_a_server_nothing_is_tried(bench) -> None:
    assert bench.check("server")["server"].level is OK


def test_an_answering_server_is_well_and_its_clock_is_compared(real_time) -> None:
    with serving() as url:
        real_time.set(SERVER__URL=url)
        found = real_time.check("server")
    assert (found["dns"].level, found["server"].level) == (OK, OK)
    assert found["clock_offset"].level is OK
    assert found["certificate"].level is WARN  # http


def test_a_clock_that_differs_is_told_in_seconds(real_time) -> None:
    late = email.utils.format_datetime(dt.datetime.now(dt.UTC) - dt.timedelta(hours=2), usegmt=True)
    with serving(date=late) as url:
        real_time.set(SERVER__URL=url)
        found = real_time.check("server")["clock_offset"]
    assert found.level is WARN
    assert 7190 <= found.facts["offset_s"] <= 7220


def test_a_server_that_is_ill_is_a_fault(real_time) -> None:
    with serving(status=503) as url:
        real_time.set(SERVER__URL=url)
        found = real_time.check("server")["server"]
    assert (found.level, found.facts["status"]) == (FAIL, 503)


def test_nobody_listening_is_a_fault(real_time) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        real_time.set(SERVER__URL=f"http://127.0.0.1:{taken.getsockname()[1]}")
        assert real_time.check("server")["server"].level is FAIL


def test_a_server_that_says_something_else_is_a_fault(real_time) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            peer, _ = listening.accept()
            with peer:
                peer.recv(1000)
                peer.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        real_time.set(SERVER__URL=f"http://127.0.0.1:{listening.getsockname()[1]}")
        found = real_time.check("server")["server"]
        thread.join(5)
    assert found.level is FAIL


def test_a_name_that_does_not_exist_is_a_fault(real_time) -> None:
    real_time.set(SERVER__URL="https://server.invalid")  # RFC 2606: never exists
    assert real_time.check("server")["dns"].level is FAIL


@pytest.mark.parametrize(("days", "level"), [(400, OK), (20, WARN), (2, FAIL)])
def test_the_days_of_a_certificate_are_counted(real_time, tmp_path: Path, days: int, level: Level) -> None:
    both = certificate(tmp_path, days)
    with serving(tls=both) as url:
        real_time.set(SERVER__URL=url, SERVER__CA_FILE=tmp_path / "chain.pem")
        found = real_time.check("server")
    assert found["certificate"].level is level
    assert found["certificate"].facts["days"] == days - 1 or found["certificate"].facts["days"] == days
    assert found["server"].level is OK


def test_a_certificate_nobody_vouches_for_is_a_fault(real_time, tmp_path: Path) -> None:
    with serving(tls=certificate(tmp_path, 400)) as url:
        real_time.set(SERVER__URL=url)
        found = real_time.check("server")
    assert found["certificate"].level is FAIL
    assert "server" not in found


def test_a_ca_file_that_is_none_is_a_fault(real_time, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("not a certificate\n")
    real_time.set(SERVER__URL="https://localhost:1", SERVER__CA_FILE=tmp_path / "ca.pem")
    assert real_time.check("server")["certificate"].level is FAIL


def test_the_network_is_what_the_kernel_says(bench) -> None:
    assert bench.check("server")["network"].level is WARN
    bench.file("sys/class/net/lo/operstate", "unknown\n")
    bench.file("sys/class/net/eth0/operstate", "up\n")
    assert bench.check("server")["network"].facts["interfaces_up"] == ["eth0"]
