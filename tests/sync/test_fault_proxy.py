"""The fault proxy does what it says, so that what is tested with it is tested with that."""

from __future__ import annotations

import datetime as dt
import email.utils
import json
import threading
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from ssl import SSLCertVerificationError, create_default_context

import pytest

from tests.support.fault_proxy import Certificates, Fault, FaultProxy


class Upstream(ThreadingHTTPServer):
    """Answers with what it was sent, and keeps it."""

    daemon_threads = True

    def __init__(self) -> None:
        self.got: list[bytes] = []
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Upstream

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append(body)
        answer = json.dumps({"got": body.decode(), "server_time": "2026-11-24T05:00:00+00:00"}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with Upstream() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def proxy(upstream: Upstream) -> Iterator[FaultProxy]:
    with FaultProxy(f"http://127.0.0.1:{upstream.server_port}") as made:
        yield made


def post(proxy: FaultProxy, text: str = "hello", timeout: float = 20) -> tuple[int, bytes, dict[str, str]]:
    with closing(HTTPConnection("127.0.0.1", proxy.port, timeout=timeout)) as http:
        http.request("POST", "/api/v1/events", text)
        answer = http.getresponse()
        return answer.status, answer.read(), dict(answer.getheaders())


def test_without_a_fault_it_is_not_there(proxy: FaultProxy, upstream: Upstream) -> None:
    with closing(HTTPConnection("127.0.0.1", proxy.port, timeout=20)) as http:
        for text in ("one", "two"):  # one connection for both
            http.request("POST", "/api/v1/events", text)
            answer = http.getresponse()
            assert (answer.status, json.loads(answer.read())["got"]) == (200, text)
    assert upstream.got == [b"one", b"two"]
    assert proxy.passed == proxy.seen == ["/api/v1/events"] * 2


@pytest.mark.parametrize(
    ("fault", "reaches", "error"),
    [
        (Fault.REFUSE, 0, ConnectionRefusedError),
        (Fault.RESET_REQUEST, 0, ConnectionError),
        (Fault.RESET_RESPONSE, 1, (ConnectionError, HTTPException)),
        (Fault.DROP_RESPONSE, 1, (ConnectionError, HTTPException)),
        (Fault.SILENT, 0, TimeoutError),
        (Fault.GARBAGE, 0, HTTPException),
        (Fault.HOLD, 0, ConnectionError),
    ],
)
def test_what_never_answers(
    proxy: FaultProxy,
    upstream: Upstream,
    fault: Fault,
    reaches: int,
    error: type[Exception] | tuple[type[Exception], ...],
) -> None:
    proxy.fault = fault
    with pytest.raises(error):
        post(proxy, timeout=0.5 if fault is Fault.SILENT else 20)
    assert len(upstream.got) == reaches
    proxy.fault = Fault.NONE
    assert post(proxy, "after")[0] == 200, "and it is mended by the switch"


@pytest.mark.parametrize(
    ("fault", "reaches", "status"),
    [
        (Fault.ERROR_500, 0, 500),
        (Fault.UNAVAILABLE, 0, 503),
        (Fault.REDIRECT, 0, 302),
        (Fault.PORTAL, 0, 200),
        (Fault.TRUNCATED, 1, 200),
        (Fault.DUPLICATE, 2, 200),
        (Fault.SKEW, 1, 200),
    ],
)
def test_what_answers_something(
    proxy: FaultProxy, upstream: Upstream, fault: Fault, reaches: int, status: int
) -> None:
    proxy.fault = fault
    got, body, headers = post(proxy)
    assert got == status
    assert len(upstream.got) == reaches
    match fault:
        case Fault.UNAVAILABLE:
            assert headers["Retry-After"] == "7"
        case Fault.PORTAL:
            assert headers["Content-Type"].startswith("text/html")
        case Fault.TRUNCATED:
            with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
                json.loads(body)
        case Fault.SKEW:
            told = email.utils.parsedate_to_datetime(headers["Date"])
            off = told - dt.datetime.now(dt.UTC)
            assert abs(off - proxy.skew) < dt.timedelta(minutes=2)
            assert json.loads(body)["server_time"] > "2026-11-24T06"


def test_a_redirect_that_is_followed_is_seen(proxy: FaultProxy) -> None:
    proxy.fault = Fault.REDIRECT
    _, _, headers = post(proxy)
    with closing(HTTPConnection("127.0.0.1", int(headers["Location"].split(":")[2].split("/")[0]))) as http:
        http.request("POST", "/x", "leak", {"Authorization": "Bearer secret"})
        http.getresponse().read()
    assert len(proxy.elsewhere) == 1
    assert "Bearer secret" in proxy.elsewhere[0]


@pytest.mark.parametrize("fault", [Fault.LATENCY, Fault.DRIP])
def test_a_slow_line_is_slow_and_a_switch_ends_it(proxy: FaultProxy, fault: Fault) -> None:
    proxy.fault = fault
    with pytest.raises(TimeoutError):
        post(proxy, timeout=0.4)
    proxy.delay_s, proxy.drip_s = 0.2, 0.001
    assert post(proxy)[0] == 200, "slow, and whole"


def test_held_requests_come_late_and_once(proxy: FaultProxy, upstream: Upstream) -> None:
    proxy.set(Fault.HOLD, times=1)
    with pytest.raises(ConnectionError):
        post(proxy, "first")
    post(proxy, "second")
    assert proxy.deliver_held() == 1
    assert proxy.deliver_held() == 0
    assert upstream.got == [b"second", b"first"]


def test_only_what_was_named_fails(proxy: FaultProxy) -> None:
    proxy.set(Fault.ERROR_500, only="/heartbeats")
    assert post(proxy)[0] == 200
    proxy.set(Fault.ERROR_500, only="/events", times=1)
    assert [post(proxy)[0], post(proxy)[0]] == [500, 200]


def test_the_wrong_certificate_is_refused_by_a_client_that_looks(upstream: Upstream, tmp_path: Path) -> None:
    certificates = Certificates.make(tmp_path)
    trusting = create_default_context(cafile=str(certificates.ca))

    def ask(proxy: FaultProxy) -> int:
        with closing(HTTPSConnection("127.0.0.1", proxy.port, timeout=20, context=trusting)) as http:
            http.request("POST", "/api/v1/events", "x")
            return http.getresponse().status

    with FaultProxy(f"http://127.0.0.1:{upstream.server_port}", certificates) as proxy:
        assert ask(proxy) == 200
        proxy.fault = Fault.WRONG_CERTIFICATE
        with pytest.raises(SSLCertVerificationError):
            ask(proxy)
        proxy.fault = Fault.NONE
        assert ask(proxy) == 200
    assert len(upstream.got) == 2


def test_it_ends_all_its_threads(upstream: Upstream) -> None:
    proxy = FaultProxy(f"http://127.0.0.1:{upstream.server_port}")
    waiting = HTTPConnection("127.0.0.1", proxy.port, timeout=20)
    waiting.request("POST", "/api/v1/events", "x")
    waiting.getresponse().read()
    proxy.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "fault-proxy"]
    with pytest.raises((ConnectionError, HTTPException)):
        waiting.request("POST", "/api/v1/events", "x")
        waiting.getresponse()
    waiting.close()
