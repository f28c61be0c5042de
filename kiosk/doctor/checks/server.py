"""The way to the central server, step by step: network, name, connection, certificate, answer, clock.

The standard library's sockets alone, so that what is told here does not depend on the code it would explain.
"""

from __future__ import annotations

import datetime as dt
import email.utils
import http.client
import socket
import ssl
from collections.abc import Iterator
from typing import Final
from urllib.parse import SplitResult, urlsplit

from kiosk.doctor.finding import Finding, Level, say
from kiosk.doctor.machine import Machine
from kiosk.i18n import _

NAME = "server"
STEP_S: Final = 3.0
"""Seconds for each step."""
HEALTH: Final = "/healthz"
CERTIFICATE_WARN_DAYS: Final = 30
CERTIFICATE_FAIL_DAYS: Final = 3
OFFSET_WARN_S: Final = 60
"""Seconds the clock may differ. HTTP's Date has whole seconds (RFC 9110, 5.6.7)."""


def check(machine: Machine) -> Iterator[Finding]:
    """Try the whole way. Without a server in the configuration, only say so."""
    yield _network(machine)
    settings = machine.settings
    if settings is None:
        yield Finding(NAME, Level.UNKNOWN, say(_("Tidak diperiksa: pengaturan salah.")))
        return
    url = settings.server.url or _enrolled_at(machine)
    if not url:
        yield Finding(NAME, Level.OK, say(_("Tidak ada server pada pengaturan: kiosk bekerja sendiri.")))
        return
    yield from _way(machine, urlsplit(url), settings.server.ca_file)


def _enrolled_at(machine: Machine) -> str:
    from kiosk.sync import identity as identities
    from kiosk.sync.errors import IdentityUnusable

    try:
        identity = identities.load(machine.state, machine.environ)
    except IdentityUnusable:
        return ""  # told by the check "sync"
    return identity.server if identity is not None else ""


def _network(machine: Machine) -> Finding:
    up = [
        path.parent.name
        for path in machine.glob("sys/class/net/*/operstate")
        if path.parent.name != "lo" and machine.read(str(path.relative_to(machine.root))) == "up"
    ]
    route = machine.read("proc/net/route") or ""
    gateway = any(line.split()[1:2] == ["00000000"] for line in route.splitlines()[1:])
    facts = {"interfaces_up": up, "default_route": gateway}
    if up or gateway:
        return Finding(
            "network",
            Level.OK,
            say(_("Jaringan tersambung: {names}."), names=", ".join(up) or "?"),
            facts=facts,
        )
    return Finding(
        "network",
        Level.WARN,
        say(_("Tidak ada jaringan yang tersambung.")),
        say(_("Periksa kabel atau Wi-Fi. Tanpa jaringan kiosk tetap memberi tiket.")),
        facts=facts,
    )


def _way(machine: Machine, url: SplitResult, ca_file: str) -> Iterator[Finding]:
    host = url.hostname or ""
    port = url.port or (443 if url.scheme == "https" else 80)
    try:
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        yield Finding(
            "dns",
            Level.FAIL,
            say(_("Nama {host} tidak ditemukan: {problem}."), host=host, problem=error.strerror or error),
            say(_("Periksa [server] url, kabel jaringan, dan DNS (resolvectl status).")),
        )
        return
    yield Finding(
        "dns", Level.OK, say(_("Nama {host} ditemukan."), host=host), facts={"address": addresses[0][4][0]}
    )
    connection: http.client.HTTPConnection
    if url.scheme == "https":
        try:
            context = ssl.create_default_context(cafile=ca_file or None)
        except OSError as error:
            yield Finding(
                "certificate",
                Level.FAIL,
                say(
                    _("Berkas {file} bukan sertifikat yang dapat dibaca: {problem}."),
                    file=ca_file,
                    problem=error,
                ),
                say(_("Periksa [server] ca_file.")),
            )
            return
        connection = http.client.HTTPSConnection(host, port, timeout=STEP_S, context=context)
    else:
        connection = http.client.HTTPConnection(host, port, timeout=STEP_S)
    try:
        yield from _talk(machine, connection, f"{url.path.rstrip('/')}{HEALTH}")
    finally:
        connection.close()
    if url.scheme != "https":
        yield Finding(
            "certificate",
            Level.WARN,
            say(_("Alamat server tidak terenkripsi (http).")),
            say(_("Gunakan https di luar jaringan uji.")),
        )


def _talk(machine: Machine, connection: http.client.HTTPConnection, path: str) -> Iterator[Finding]:
    place = f"{connection.host}:{connection.port}"
    try:
        connection.connect()
        if isinstance(connection.sock, ssl.SSLSocket):
            yield _certificate(connection.sock, machine.clock.utc())
        before = machine.clock.utc()
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read(LARGEST_ANSWER)
    except ssl.SSLCertVerificationError as error:
        yield Finding(
            "certificate",
            Level.FAIL,
            say(_("Sertifikat {place} ditolak: {problem}."), place=place, problem=error.verify_message),
            say(_("Periksa jam unit ini dan [server] ca_file; perbarui sertifikat server.")),
        )
        return
    except (OSError, http.client.HTTPException) as error:
        yield Finding(
            NAME,
            Level.FAIL,
            say(
                _("Server {place} tidak menjawab: {problem}."),
                place=place,
                problem=str(error) or type(error).__name__,
            ),
            say(
                _(
                    "Tiket tetap keluar dan dikirim nanti. Periksa jaringan, tembok api, dan server itu sendiri."
                )
            ),
        )
        return
    if answer.status == http.client.OK:
        yield Finding(
            NAME, Level.OK, say(_("Server {place} menjawab."), place=place), facts={"status": answer.status}
        )
    else:
        yield Finding(
            NAME,
            Level.FAIL,
            say(
                _("Server {place} menjawab {status} pada {path}."),
                place=place,
                status=answer.status,
                path=path,
            ),
            say(_("Periksa [server] url; lihat log server.")),
            facts={"status": answer.status},
        )
    yield from _offset(answer.getheader("Date"), before, machine.clock.utc())


LARGEST_ANSWER: Final = 1 << 16


def _certificate(sock: ssl.SSLSocket, now: dt.datetime) -> Finding:
    until = (sock.getpeercert() or {}).get("notAfter")
    if not isinstance(until, str):
        return Finding(
            "certificate", Level.UNKNOWN, say(_("Sertifikat server tidak memuat tanggal berakhir."))
        )
    days = int((ssl.cert_time_to_seconds(until) - now.timestamp()) // 86400)
    level = (
        Level.FAIL
        if days < CERTIFICATE_FAIL_DAYS
        else Level.WARN
        if days < CERTIFICATE_WARN_DAYS
        else Level.OK
    )
    return Finding(
        "certificate",
        level,
        say(_("Sertifikat server berlaku {days} hari lagi."), days=days),
        say(_("Perbarui sertifikat server sebelum habis.")),
        facts={"days": days, "until": until},
    )


def _offset(date: str | None, before: dt.datetime, after: dt.datetime) -> Iterator[Finding]:
    if date is None:
        return
    try:
        told = email.utils.parsedate_to_datetime(date)
    except ValueError:
        return
    middle = before + (after - before) / 2
    offset = round((middle - told).total_seconds())
    bad = abs(offset) > OFFSET_WARN_S
    yield Finding(
        "clock_offset",
        Level.WARN if bad else Level.OK,
        say(_("Jam unit berbeda {seconds} detik dari jam server."), seconds=offset),
        say(_("Setel jam unit; nyalakan waktu jaringan: timedatectl set-ntp true.")),
        facts={"offset_s": offset},
    )
