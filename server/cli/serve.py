"""``main.py server run``: one process, or several on PostgreSQL."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
from pathlib import Path

from server import settings as settings_module
from server import setup
from server.errors import SettingsError
from server.settings import HANDED_ON, Settings


def run(options: argparse.Namespace, chosen: Settings, state: Path) -> int:
    """Serve until the process is asked to stop (SIGTERM, Ctrl-C); requests under way are finished first."""
    given = {name: getattr(options, name) for name in ("host", "port", "workers")}
    chosen = settings_module.replaced(
        chosen, **{name: value for name, value in given.items() if value is not None}
    )
    _check_tls(chosen)
    settings_module.require_secret(chosen)
    database = setup.open_database(chosen, state)
    database.close()
    chosen = settings_module.replaced(
        chosen,
        database_url=setup.database_url(chosen, state),
        voice_folder=chosen.voice_folder or str(setup.folder(state) / "voice"),
    )
    os.environ[HANDED_ON] = chosen.model_dump_json()
    import uvicorn

    figures = _shared_figures(state) if chosen.workers > 1 else None
    scheme = "https" if chosen.tls_certificate else "http"
    print(f"Anjungan's server: {scheme}://{chosen.host}:{chosen.port}", file=sys.stderr, flush=True)
    # uvicorn ends in good order and then raises the signal once more; the command has done what it was asked.
    signal.signal(signal.SIGTERM, lambda *_: None)
    signal.signal(signal.SIGINT, lambda *_: None)
    try:
        uvicorn.run(
            "server.asgi:app",
            factory=True,
            host=chosen.host,
            port=chosen.port,
            workers=chosen.workers,
            log_config=None,
            access_log=False,  # it would write tickets' addresses; server.middleware logs each request without
            server_header=False,
            proxy_headers=True,
            forwarded_allow_ips=list(chosen.trusted_proxies),
            ssl_certfile=chosen.tls_certificate or None,
            ssl_keyfile=chosen.tls_key or None,
            timeout_keep_alive=30,
            timeout_graceful_shutdown=15,
        )
    except SystemExit as ended:  # uvicorn has said why
        return 1 if ended.code else 0
    finally:
        if figures is not None:
            shutil.rmtree(figures, ignore_errors=True)  # counters of a server that has ended
    return 0


def _check_tls(chosen: Settings) -> None:
    if bool(chosen.tls_certificate) != bool(chosen.tls_key):
        raise SettingsError("tls_certificate and tls_key: give both, or neither")
    for key in ("tls_certificate", "tls_key"):
        path = getattr(chosen, key)
        if path and not os.access(path, os.R_OK):
            raise SettingsError(f"{key} = {path!r}: cannot be read")


def _shared_figures(state: Path) -> Path:
    """Return an empty folder where the workers' counters meet (prometheus-client's multiprocess mode)."""
    folder = setup.folder(state) / f"figures-{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    return folder
