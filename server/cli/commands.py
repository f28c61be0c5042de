"""What the commands do. Exit codes: 0 done, 1 refused or failed with the cause, 2 misuse."""

from __future__ import annotations

import argparse
import datetime as dt
import getpass
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from uuid import UUID

import uuid6
from sqlalchemy.orm import Session

from kiosk.site import SiteFaults
from kiosk.sync.wire import DeviceClass
from server import (
    backup,
    catalogue,
    counters,
    enrolment,
    heartbeats,
    listing,
    log,
    settings,
    setup,
    users,
    webhooks,
)
from server.cli import serve
from server.db import migrate as migrations
from server.db.database import Database, utc_now
from server.errors import Refusal, ServerError, UpkeepError
from server.settings import Settings


def run(name: str, options: argparse.Namespace) -> int:
    """Run one command and return its exit code."""
    try:
        chosen = settings.load(options.config)
        if options.database_url:
            chosen = settings.replaced(chosen, database_url=options.database_url)
        state = (options.state or settings.default_state_dir()).absolute()
        log.set_up("info" if name == "run" else "error")
        return COMMANDS[name](options, chosen, state)
    except ServerError as error:
        for fault in error.faults:
            print(f"{error.code} {fault}", file=sys.stderr)
    except SiteFaults as error:
        for site_fault in error.faults:
            print(site_fault, file=sys.stderr)
    except Refusal as error:
        print(f"{error.code}: {error.detail}", file=sys.stderr)
    return 1


@contextmanager
def _database(chosen: Settings, state: Path) -> Iterator[Database]:
    database = setup.open_database(chosen, state)
    try:
        yield database
    finally:
        database.close()


def _who() -> str:
    """Return who runs a command, for the audit: the login's name is not proof, and better than nothing."""
    return f"command line ({os.environ.get('SUDO_USER') or getpass.getuser()})"


def _site(session: Session, asked: str | None) -> str:
    """Return the site that is meant: its id, a part of it between hyphens, or the only one there is."""
    known = catalogue.site_ids(session)
    fits = [site for site in known if asked is None or site == asked]
    fits = fits or [site for site in known if asked in site.split("-")]
    if len(fits) != 1:
        raise UpkeepError(f"--site is {asked or 'missing'}; allowed: {', '.join(known) or 'none yet'}")
    return fits[0]


def _print_json(document: object) -> None:
    print(json.dumps(document, ensure_ascii=False, indent=2, default=str))


def _migrate(options: argparse.Namespace, chosen: Settings, state: Path) -> int:
    database = Database(setup.database_url(chosen, state))
    try:
        before, after = migrations.migrate(database, options.to)
    finally:
        database.close()
    if options.json:
        _print_json({"before": before, "after": after})
    else:
        print(f"{before or 'empty'} → {after or 'empty'}")
    return 0


def _add_user(options: argparse.Namespace, chosen: Settings, state: Path) -> int:
    if options.password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = getpass.getpass("Password: ")
        if getpass.getpass("Once more: ") != password:
            raise UpkeepError("the two passwords differ")
    with _database(chosen, state) as database:

        def work(session: Session) -> None:
            site = _site(session, options.site) if options.site else None
            role = users.Role(options.role)
            users.add(session, options.name, role, password, site_id=site, who=_who(), now=utc_now())

        database.write(work)
    print(f"{options.name} may sign in as {options.role}")
    return 0


def _pairing_code(options: argparse.Namespace, chosen: Settings, state: Path) -> int:
    now = utc_now()
    with _database(chosen, state) as database:

        def work(session: Session) -> tuple[str, str]:
            site = _site(session, options.site)
            return site, enrolment.make_code(
                session, site, DeviceClass(options.device_class), who=_who(), now=now
            )

        site, code = database.write(work)
    until = now + enrolment.CODE_LIFE
    if options.json:
        _print_json(
            {"code": code, "site": site, "class": options.device_class, "expires_at": until.isoformat()}
        )
    else:
        print(code)
        print(
            f"for one {options.device_class} of {site}, good once until {until.astimezone():%H:%M}",
            file=sys.stderr,
        )
    return 0


def _import_catalogue(options: argparse.Namespace, chosen: Settings, state: Path) -> int:
    with _database(chosen, state) as database:
        site, number = setup.import_site(database, options.directory, who=_who(), now=utc_now())
    if options.json:
        _print_json({"site": site, "version": number})
    else:
        print(f"{site}: version {number} is in force")
    return 0


def _tickets(options: argparse.Namespace, chosen: Settings, state: Path) -> int:
    try:
        asked = dt.date.fromisoformat(options.day) if options.day else None
    except ValueError:
        print(f"--day is {options.day!r}; allowed: a date like 2026-11-24", file=sys.stderr)
        return 2
    with _database(chosen, state) as database:

        def work(session: Session) -> tuple[str, dt.date, list[dict[str, object]]]:
            site = _site(session, options.site)
            day = asked or catalogue.Catalogues().current(session, site).day(utc_now())
            return site, day, listing.tickets(session, site, day)

        site, day, rows = database.read(work)
    if options.json:
        _print_json({"site": site, "day": day, "tickets": rows})
        return 0
    for row in rows:
        state_of = "voided" if row["voided"] else f"{row['paper']}, {row['call_state']}"
        print(f"{row['number']:>8}  {row['service']:<6} {state_of:<26} {row['issued_at'] or ''}")
    print(f"{len(rows)} ticket(s) of {site} on {day}", file=sys.stderr)
    return 0


def _counters(options: argparse.Namespace, chosen: Settings, state: Path) -> int:
    with _database(chosen, state) as database:

        def work(session: Session) -> tuple[str, list[counters.CounterState]]:
            site = _site(session, options.site)
            if options.fill:
                document = catalogue.Catalogues().current(session, site)
                counters.fill(session, document, who=_who(), now=utc_now())
                session.flush()
            return site, counters.listed(session, site)

        site, rows = database.write(work) if options.fill else database.read(work)
    if options.json:
        _print_json({"site": site, "counters": [asdict(row) for row in rows]})
        return 0
    for row in rows:
        serves = ",".join(row.serves or row.queues) or "every queue"
        state_of = "closed" if row.officer is None else f"{'paused' if row.paused else 'open'}: {row.officer}"
        print(f"{row.code:>8}  {row.zone:<4} {serves:<16} {state_of}")
    print(f"{len(rows)} counter(s) of {site}", file=sys.stderr)
    return 0


def _counter(options: argparse.Namespace, chosen: Settings, state: Path) -> int:
    queues = [queue.strip() for queue in options.queues.split(",") if queue.strip()]
    with _database(chosen, state) as database:

        def work(session: Session) -> None:
            site = _site(session, options.site)
            if options.remove:
                counters.remove(session, site, options.code, who=_who(), now=utc_now())
                return
            document = catalogue.Catalogues().current(session, site)
            counters.put(
                session, document, options.code, zone=options.zone, queues=queues, who=_who(), now=utc_now()
            )

        database.write(work)
    print(f"counter {options.code} is {'gone' if options.remove else 'there'}")
    return 0


def _kiosks(options: argparse.Namespace, chosen: Settings, state: Path) -> int:
    with _database(chosen, state) as database:
        rows = database.read(
            lambda session: [heartbeats.summary(kiosk) for kiosk in heartbeats.kiosks(session)]
        )
    if options.json:
        _print_json({"kiosks": rows})
        return 0
    for row in rows:
        print(
            f"{row['id']}  {row['site']}  {row['class']} {row['digit']}  {row['name']}  {row['seen_at'] or 'never'}"
        )
    return 0


def _revoke(options: argparse.Namespace, chosen: Settings, state: Path) -> int:
    try:
        kiosk = UUID(options.kiosk)
    except ValueError:
        print(f"kiosk is {options.kiosk!r}; allowed: an id from `main.py server kiosks`", file=sys.stderr)
        return 2
    with _database(chosen, state) as database:
        database.write(partial(enrolment.revoke, kiosk_id=kiosk, who=_who(), now=utc_now()))
    print(f"{kiosk} is revoked")
    return 0


def _backup(options: argparse.Namespace, chosen: Settings, state: Path) -> int:
    target = options.file
    if target is None:
        target = setup.folder(state) / "backups" / f"anjungan-{utc_now():%Y%m%dT%H%M%SZ}.db"
        target.parent.mkdir(exist_ok=True, mode=0o700)
    with _database(chosen, state) as database:
        backup.copy(database, target)
    print(target)
    return 0


def _restore(options: argparse.Namespace, chosen: Settings, state: Path) -> int:
    database = Database(setup.database_url(chosen, state))
    if not database.is_sqlite:
        raise UpkeepError(f"{migrations.shown(database)}: use pg_restore, as docs/server.md says")
    lock = setup.hold(database, alone=True)
    try:
        database.close()
        aside = backup.restore(options.file, Path(str(database.url.database)), utc_now())
    finally:
        setup.release(lock)
    with _database(chosen, state):  # brings an older backup up to this version
        print(f"restored from {options.file}" + (f"; what was there is {aside}" if aside else ""))
    return 0


def _webhook_test(options: argparse.Namespace, chosen: Settings, state: Path) -> int:
    if not chosen.webhook_urls:
        raise UpkeepError("webhook_urls is empty; name an address in config/server.toml")
    settings.require_secret(chosen)
    now = utc_now()
    answers = []
    for url in chosen.webhook_urls:
        notice = str(uuid6.uuid7())
        told = {"id": notice, "type": "test", "timestamp": now.isoformat(), "data": {"who": _who()}}
        problem = webhooks.post(url, notice, json.dumps(told), chosen.webhook_secret, now)
        answers.append({"url": url, "taken": problem is None, "problem": problem})
    if options.json:
        _print_json({"webhooks": answers})
    else:
        for one in answers:
            print(f"{one['url']}: {'taken' if one['taken'] else one['problem']}")
    return 0 if all(one["taken"] for one in answers) else 1


COMMANDS: dict[str, Callable[[argparse.Namespace, Settings, Path], int]] = {
    "run": serve.run,
    "migrate": _migrate,
    "add-user": _add_user,
    "pairing-code": _pairing_code,
    "import-catalogue": _import_catalogue,
    "tickets": _tickets,
    "counters": _counters,
    "counter": _counter,
    "kiosks": _kiosks,
    "revoke": _revoke,
    "webhook-test": _webhook_test,
    "backup": _backup,
    "restore": _restore,
}
