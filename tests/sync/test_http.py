"""What the client makes of a network that is slow, cut, lying or not there: always an end, never an acknowledgement."""

from __future__ import annotations

import contextlib
import subprocess
import threading
import time
import warnings
from pathlib import Path

import pytest

from kiosk.core.outbox import Row
from kiosk.sync.anjungan import AnjunganServer
from kiosk.sync.errors import NotKnown, NotOurServer, ServerRefuses, SyncError, Unreachable
from kiosk.sync.http import Http
from tests.support import far_end as far
from tests.support.server_driver import free_port

ROW = Row(
    7,
    "01a20e23-570a-752a-a916-e1d8899b5a92",
    "ticket.issued",
    '{"a":1}',
    "0" * 64,
    "2026-11-24T02:00:00+00:00",
    1,
    None,
)
KIOSK = "01a20e23-4c05-7b68-b18f-8c3bb3a7421c"


def send(url: str, within_s: float = 1.0, ca_file: str = "") -> object:
    http = Http(url, "ajg_token", ca_file)
    try:
        return AnjunganServer(http, KIOSK).send([ROW], within_s)
    finally:
        http.close()


@pytest.mark.parametrize(
    "behave",
    [
        far.silent,
        far.drip,
        far.drip_body,
        far.resets,
        far.truncated,
        far.cut,
        far.garbage,
        far.portal,
        far.redirect,
    ],
    ids=lambda behave: getattr(behave, "__name__", "says"),
)
def test_sync_4_a_network_that_misbehaves_is_tried_again_and_holds_nobody(behave: far.Behave) -> None:
    with far.far_end(behave) as there:
        began = time.monotonic()
        with pytest.raises(Unreachable):
            send(there.url)
        assert time.monotonic() - began < 8.0  # a drip of 1,000 bytes would take 100 seconds


def test_sync_4_nobody_listening_is_tried_again() -> None:
    with pytest.raises(Unreachable, match="refused"):
        send(f"http://127.0.0.1:{free_port()}")


def test_a_redirect_is_not_followed() -> None:
    with far.far_end(far.portal) as other:
        away = far.says(far.answer("307 Temporary Redirect", "text/plain", b"", (f"Location: {other.url}/",)))
        with far.far_end(away) as there, pytest.raises(NotOurServer):
            send(there.url)
        assert other.connections == 0


@pytest.mark.parametrize(
    "status", ["500 Oops", "502 Bad Gateway", "503 Busy", "408 Late", "425 Early", "429 Many"]
)
def test_sync_4_the_servers_wish_to_wait_is_heard(status: str) -> None:
    problem = b'{"code": "unavailable", "detail": "later"}'
    busy = far.answer(status, "application/problem+json", problem, ("Retry-After: 17",))
    with far.far_end(far.says(busy)) as there, pytest.raises(Unreachable) as caught:
        send(there.url)
    assert caught.value.retry_after_s == 17


def test_sync_4_only_the_servers_own_401_means_enrol_again() -> None:
    problem = b'{"code": "unauthenticated", "detail": "no"}'
    ours = far.answer("401 No", "application/problem+json", problem)
    with far.far_end(far.says(ours)) as there, pytest.raises(NotKnown):
        send(there.url)
    portal = far.answer("401 No", "text/html", b"log in to the Wi-Fi")
    with far.far_end(far.says(portal)) as there, pytest.raises(NotOurServer):
        send(there.url)


def test_an_answer_about_another_event_is_no_acknowledgement() -> None:
    """SYNC-4: per item, by its UUID; a proxy that plays back an old answer acknowledges nothing."""
    other = b"01a20e23-0000-752a-a916-e1d8899b5a92"
    body = (
        b'{"answers":[{"index":0,"uuid":"%s","status":"accepted"}],"server_time":"2026-11-24T02:00:00Z"}'
        % other
    )
    with far.far_end(far.says(far.answer(body=body))) as there, pytest.raises(NotOurServer, match="not sent"):
        send(there.url)


def test_a_row_that_is_refused_alone_is_rejected_with_the_servers_words() -> None:
    problem = b'{"code": "invalid", "detail": "body.x is wrong"}'
    refused = far.answer("422 No", "application/problem+json", problem)
    with far.far_end(far.says(refused)) as there:
        (told,) = send(there.url)  # type: ignore[misc]
    assert (told.seq, told.fate.value, told.code, told.reason) == (
        7,
        "rejected",
        "invalid",
        "body.x is wrong",
    )


def test_an_answer_that_never_ends_is_cut_at_its_bound() -> None:
    def endless(connection, over: threading.Event) -> None:
        far.read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
        while not over.is_set():
            connection.sendall(b" " * 65536)

    with far.far_end(endless) as there, pytest.raises(Unreachable, match="larger than"):
        send(there.url, 20.0)


def test_what_is_asked_can_be_broken_off() -> None:
    with far.far_end(far.silent) as there:
        http = Http(there.url)
        failed: list[BaseException] = []

        def ask() -> None:
            try:
                http.ask("GET", "/", within_s=50.0)
            except SyncError as error:
                failed.append(error)

        thread = threading.Thread(target=ask)
        thread.start()
        ends = time.monotonic() + 20
        while not there.connections and time.monotonic() < ends:
            time.sleep(0.01)
        while thread.is_alive() and time.monotonic() < ends:
            http.abort()
            thread.join(0.2)
        assert isinstance(failed[0], Unreachable)
        http.close()


def test_a_refusal_has_its_reason() -> None:
    problem = b'{"code": "code_unknown", "detail": "not good"}'
    with far.far_end(far.says(far.answer("403 No", "application/problem+json", problem))) as there:
        http = Http(there.url)
        with pytest.raises(ServerRefuses) as caught:
            http.ask("POST", "/api/v1/enrolments", "{}", within_s=5.0)
        http.close()
    assert (caught.value.reason, caught.value.text) == ("code_unknown", "not good")


# --- certificates -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority of our own, a certificate of it for 127.0.0.1, and one for another name."""
    folder = tmp_path_factory.mktemp("pki")

    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=Own CA")
    for name, alt in (("good", "IP:127.0.0.1"), ("other", "DNS:elsewhere.example")):
        openssl("req", *key, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        (folder / f"{name}.ext").write_text(f"subjectAltName={alt}\n")
        signing = (
            "-CA",
            "ca.pem",
            "-CAkey",
            "ca.key",
            "-CAcreateserial",
            "-days",
            "2",
            "-extfile",
            f"{name}.ext",
        )
        openssl("x509", "-req", "-in", f"{name}.csr", *signing, "-out", f"{name}.pem")
    return folder


@pytest.mark.parametrize(
    ("certificate", "own_authority", "good"),
    [("good", True, True), ("good", False, False), ("other", True, False)],
)
def test_the_certificate_is_always_verified(
    pki: Path, certificate: str, own_authority: bool, good: bool
) -> None:
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pki / f"{certificate}.pem", pki / f"{certificate}.key")
    seen: list[bytes] = []

    def behave(connection, over: threading.Event) -> None:
        try:
            with context.wrap_socket(connection, server_side=True) as secure:
                seen.append(far.read_request(secure))
                secure.sendall(far.answer("401 No", "application/problem+json", b'{"code":"x","detail":"y"}'))
        except ssl.SSLError:
            return

    with far.far_end(behave) as there:
        url = there.url.replace("http://", "https://")
        with pytest.raises(NotKnown if good else Unreachable):
            send(url, 5.0, str(pki / "ca.pem") if own_authority else "")
    assert bool(seen) is good, "a token must not reach a server that is not proved"


def test_an_old_tls_is_refused_and_there_is_no_fallback(pki: Path) -> None:
    """A server that speaks TLS 1.1 at most; one of the same kind that speaks 1.2 shows that only this is in the way."""
    import ssl

    answers = []
    for newest in (ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pki / "good.pem", pki / "good.key")
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = ssl.TLSVersion.TLSv1_1
            context.maximum_version = newest

        def behave(connection, over: threading.Event, context: ssl.SSLContext = context) -> None:
            with (
                contextlib.suppress(ssl.SSLError, ConnectionError),
                context.wrap_socket(connection, server_side=True) as secure,
            ):
                far.read_request(secure)
                secure.sendall(far.answer("401 No", "application/problem+json", b'{"code":"x","detail":"y"}'))

        with far.far_end(behave) as there, pytest.raises(SyncError) as told:
            send(there.url.replace("http://", "https://"), 5.0, str(pki / "ca.pem"))
        answers.append(type(told.value))
    assert answers == [Unreachable, NotKnown]
