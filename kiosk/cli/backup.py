"""``main.py backup`` and ``main.py restore``: everything this unit must not lose, in one file.

A backup is a zip archive: ``manifest.json`` (what, when, SHA-256 of each part), the database and the other files of the
state folder, apart from logs, papers and locks. It holds tickets' page addresses and this unit's own secrets, so only
its owner may read it (mode 0600).

::

    E-BAK-01  the archive is damaged, is no backup, or its parts do not fit its manifest
    E-BAK-02  the file cannot be written or read, or exists already
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any, Final

from kiosk.cli.context import open_context
from kiosk.cli.faults import Refused

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
LEFT_OUT: Final = ("logs", "paper")
"""Folders of the state that are no part of a backup."""
HARDWARE: Final = frozenset({"roll.json"})
"""Files about this very unit's paper: untrue on another, and soon untrue here."""
LARGEST_MANIFEST: Final = 1 << 20

BACKUP = """\
Write everything this unit must not lose into FILE: database, last good configuration and site, what is known of the
printer. The kiosk may go on meanwhile. Keep the file apart from the unit, and from others: it holds secrets.
"""
RESTORE = """\
Put a backup back, on this unit or on its replacement; the kiosk must be stopped. It is put back wholly or not at all,
and what was there is kept beside it.

Numbers are never given twice: where later numbers may have been given after the backup (a broken unit that cannot be
asked), every queue goes on above all that could have been given. Name the last number on paper to go on right after it:
--seen C=57 (once for each queue).
"""


def register(
    subparsers: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser
) -> None:
    """Add both commands to the parser."""
    for name, text, description, run in (
        ("backup", "everything this unit must not lose, in one file", BACKUP, backup),
        ("restore", "put a backup back; numbers go on above", RESTORE, restore),
    ):
        parser = subparsers.add_parser(
            name,
            parents=[common],
            help=text,
            description=description,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        parser.add_argument("file", type=Path, metavar="FILE", help="the archive (.zip)")
        if name == "backup":
            parser.add_argument("--force", action="store_true", help="replace FILE where it exists")
        else:
            parser.add_argument("--force", action="store_true", help="even where newer numbers stand here")
            parser.add_argument(
                "--seen",
                action="append",
                default=[],
                type=_seen,
                metavar="QUEUE=NUMBER",
                help="the last number of a queue on paper today",
            )
        parser.add_argument("--json", action="store_true", help="print one JSON document")
        parser.set_defaults(run=run)


def _seen(text: str) -> tuple[str, int]:
    queue, separator, number = text.partition("=")
    if not separator or not queue or not number.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r}; allowed: QUEUE=NUMBER, such as C=57 (0: none yet)")
    return queue, int(number)


# --- backup ------------------------------------------------------------------------------------------------------


def backup(options: argparse.Namespace) -> int:
    """Write the archive beside its place, force it to the disk, give it its name."""
    from kiosk import store
    from kiosk.cli.desk_faults import as_refusal
    from kiosk.durable import sync_folder

    context = open_context(options)
    file = options.file.absolute()
    if file.exists() and not options.force:
        raise Refused("E-BAK-02", f"{file} exists already; choose another name or give --force")
    with as_refusal(), _disk_faults(file), _scratch(file.parent) as scratch:
        taken_at = context.clock.utc()
        held = store.snapshot(context.state / store.NAME, scratch / store.NAME)
        document = _write(scratch, context.state, taken_at, held)
        archive = scratch / "archive"
        archive.replace(file)
        sync_folder(file.parent)
    document |= {"file": str(file), "bytes": file.stat().st_size}
    if options.json:
        print(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        print(f"{file}: {document['bytes']} bytes, {len(document['parts'])} parts, schema {held.schema}")
    return 0


def _write(scratch: Path, state: Path, taken_at: dt.datetime, held: Any) -> dict[str, Any]:
    from kiosk import store

    parts: dict[str, str] = {}
    links: dict[str, str] = {}
    descriptor = os.open(scratch / "archive", os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w+b") as raw:
        with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, path in [(store.NAME, scratch / store.NAME), *_others(state)]:
                if path.is_symlink():
                    links[name] = str(path.readlink())
                    continue
                archive.write(path, name)
                parts[name] = _digest(path)
            document = {
                "format": FORMAT,
                "taken_at": taken_at.isoformat(timespec="seconds"),
                "install": held.install,
                "schema": held.schema,
                "newest": held.newest,
                "parts": parts,
                "links": links,
            }
            archive.writestr(MANIFEST, json.dumps(document, indent=2))
        raw.flush()
        os.fsync(raw.fileno())
    return document


def _others(state: Path) -> Iterator[tuple[str, Path]]:
    """Yield name and path of every other file of the state that is worth keeping."""
    from kiosk import store

    for folder, folders, files in os.walk(state):
        here = Path(folder)
        if here == state:
            folders[:] = [name for name in folders if name not in LEFT_OUT and not name.startswith(".")]
        for name in sorted({*files, *(one for one in folders if (here / one).is_symlink())}):
            # The store's own files are in the copy of the database, or belong to this machine alone.
            if here == state and (
                name.startswith((store.NAME, ".", "numbers.journal", "install-id"))
                or name.endswith((".lock", ".new"))
                or name in HARDWARE
            ):
                continue
            path = here / name
            if path.is_symlink() or path.is_file():
                yield path.relative_to(state).as_posix(), path


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# --- restore -----------------------------------------------------------------------------------------------------


def restore(options: argparse.Namespace) -> int:
    """Check the archive as a whole, put the database back, then the other files."""
    from kiosk import store
    from kiosk.cli.desk_faults import as_refusal
    from kiosk.core.numbers import series_band
    from kiosk.desk import site_zone

    context = open_context(options)
    site, state = context.site_data, context.state
    band = series_band(site.site.numbers, context.settings.kiosk.kiosk_digit)
    queues = [queue.code for queue in site.catalogue.queues]
    seen = dict(options.seen)
    for queue, number in seen.items():
        if queue not in queues:
            raise Refused(
                "E-BAK-01", f"--seen {queue}={number}: there is no such queue; allowed: {', '.join(queues)}"
            )
        if number and number not in band:
            raise Refused("E-BAK-01", f"--seen {queue}={number}: allowed: 0, or {band.first} to {band.last}")
    with as_refusal(), _disk_faults(options.file):
        state.mkdir(parents=True, exist_ok=True)
        with _scratch(state) as scratch:
            manifest = _unpack(options.file.absolute(), scratch)
            done = store.restore(
                scratch / store.NAME,
                state / store.NAME,
                taken_at=dt.datetime.fromisoformat(manifest["taken_at"]),
                now=context.clock.utc().astimezone(site_zone(site.site)),
                band=band,
                queues=queues,
                seen=seen,
                force=options.force,
            )
            _put_files(scratch, state, manifest)
    _tell(options, manifest, done, queues)
    return 0


def _unpack(file: Path, scratch: Path) -> dict[str, Any]:
    """Unpack what the manifest lists, each part checked, into ``scratch``; return the manifest."""
    from kiosk import store

    try:
        with zipfile.ZipFile(file) as archive:
            if archive.getinfo(MANIFEST).file_size > LARGEST_MANIFEST:
                raise Refused("E-BAK-01", f"{file}: its manifest is too large")
            manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
            if manifest.get("format") != FORMAT:
                raise Refused("E-BAK-01", f"{file}: format {manifest.get('format')!r}; allowed: {FORMAT}")
            for name, digest in manifest["parts"].items():
                path = scratch / _safe(name, file)
                path.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(name) as reading, path.open("xb") as writing:
                    shutil.copyfileobj(reading, writing, 1 << 20)
                if _digest(path) != digest:
                    raise Refused("E-BAK-01", f"{file}: {name} is not what was backed up")
            for name, target in manifest["links"].items():
                _safe(name, file)
                if "/" in target or target in ("", ".", ".."):
                    raise Refused("E-BAK-01", f"{file}: {name} is a link to {target!r}")
            if store.NAME not in manifest["parts"]:
                raise Refused("E-BAK-01", f"{file}: there is no database in it")
            dt.datetime.fromisoformat(manifest["taken_at"])
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError, EOFError) as error:
        raise Refused("E-BAK-01", f"{file}: is no whole backup of a kiosk: {error}") from error
    return manifest


def _safe(name: str, file: Path) -> PurePosixPath:
    path = PurePosixPath(name)
    if path.is_absolute() or not path.parts or ".." in path.parts or "\\" in name or name.startswith("."):
        raise Refused("E-BAK-01", f"{file}: a part is named {name!r}")
    return path


def _put_files(scratch: Path, state: Path, manifest: dict[str, Any]) -> None:
    """Move the other files into the state folder, each by one rename, owned like the folder itself."""
    from kiosk import store
    from kiosk.durable import sync_folder

    owner = state.stat()
    for name in manifest["links"]:
        link = scratch / name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(manifest["links"][name])
    for name in [*manifest["parts"], *manifest["links"]]:
        if name == store.NAME:
            continue
        target = state / name
        for folder in reversed([one for one in target.parents if state in one.parents]):
            if not folder.is_dir():
                folder.mkdir()
                _own(folder, owner)
        _own(scratch / name, owner)
        (scratch / name).replace(target)
        sync_folder(target.parent)


def _own(path: Path, owner: os.stat_result) -> None:
    if os.geteuid() == 0:
        os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)


def _tell(options: argparse.Namespace, manifest: dict[str, Any], done: Any, queues: list[str]) -> None:
    closed = [queue for queue in queues if queue not in done.continues]
    if options.json:
        document = {
            "taken_at": manifest["taken_at"],
            "exact": done.exact,
            "continues": dict(done.continues),
            "closed_today": closed,
            "kept": done.kept,
        }
        print(json.dumps(document, ensure_ascii=False, indent=2))
        return
    print(
        f"put back: the state of {manifest['taken_at']}"
        + (f"; what was here is kept as {done.kept}" if done.kept else "")
    )
    if done.exact:
        print("all later numbers are known; queues go on after them")
        return
    print(
        "later numbers are not known; queues go on above all that could have been given (or where --seen says):"
    )
    print("  " + ", ".join(f"{queue}: {number}" for queue, number in done.continues.items()))
    if closed:
        print(
            f"  closed today: {', '.join(closed)}; restore again with --force --seen QUEUE=NUMBER to open them"
        )


# --- both --------------------------------------------------------------------------------------------------------


@contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    """A folder of our own beside the target, on the same disk: a rename moves what is in it."""
    path = Path(tempfile.mkdtemp(prefix=".anjungan-", dir=folder))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _disk_faults(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Refused("E-BAK-02", f"{error.filename or file}: {error.strerror or error}") from error
