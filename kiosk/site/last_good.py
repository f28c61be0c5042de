"""The last good copy of a site: a spoilt file on disk must not stop a kiosk that worked yesterday.

Layout: ``<state>/last-good/site`` is a symbolic link to ``site-<digest>/`` beside it. Site and catalogue
belong together, and a link is what can be changed for both in one step.
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import tempfile
from pathlib import Path

from kiosk import durable
from kiosk.site.faults import SiteFaults
from kiosk.site.files import CATALOGUE_FILE, SITE_FILE, SiteData, load

_log = logging.getLogger(__name__)


def load_or_last_good(directory: Path, state: Path) -> tuple[SiteData, SiteFaults | None]:
    """Load the site in ``directory`` and remember it; where it is bad, load the copy that was good last.

    Returns the site and, when it is the copy, what is wrong with the files on disk. Raises those SiteFaults
    where there is no good copy either.
    """
    link = state / "last-good" / "site"
    try:
        data = load(directory)
    except SiteFaults as faults:
        if not link.is_dir():
            raise
        try:
            return load(link.resolve()), faults
        except SiteFaults as stale:  # made by a version with other rules: no help, and not the cause either
            _log.warning(
                "the last good site cannot be used: %s", stale.faults[0], extra={"event": "site.stale"}
            )
            raise faults from stale
    try:
        remember(data, link)
    except (OSError, SiteFaults) as error:  # a full disk is no reason to close a mall whose files are good
        _log.warning("the good site could not be copied: %s", error, extra={"event": "site.not_copied"})
    return data, None


def remember(data: SiteData, link: Path) -> bool:
    """Make ``link`` point at a copy of the good site ``data``; return whether it changed.

    Raises OSError, or SiteFaults when the files are no longer those that were read.
    """
    names = [SITE_FILE, CATALOGUE_FILE, *([data.site.ticket.logo] if data.site.ticket.logo else [])]
    contents = {name: (data.directory / name).read_bytes() for name in names}
    digest = hashlib.sha256()
    for name, content in contents.items():
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    target = f"site-{digest.hexdigest()[:16]}"
    if link.is_symlink() and link.readlink() == Path(target) and link.is_dir():
        return False
    folder = link.parent
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / target).is_dir():
        _copy(contents, folder / target)
    fresh = folder / f".{link.name}.{os.getpid()}"
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    fresh.replace(link)
    durable.sync_folder(folder)
    for old in folder.glob("site-*"):
        if old.name != target:
            shutil.rmtree(old, ignore_errors=True)  # what is left of an old copy harms nobody
    return True


def _copy(contents: dict[str, bytes], target: Path) -> None:
    """Make the folder ``target`` with all ``contents``, or not at all."""
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".new-", ignore_cleanup_errors=True) as fresh:
        inside = Path(fresh) / target.name
        for name, content in contents.items():
            (inside / name).parent.mkdir(parents=True, exist_ok=True)
            durable.write(inside / name, content)
        load(inside)  # the files may have been changed since they were read
        inside.rename(target)
    durable.sync_folder(target.parent)
