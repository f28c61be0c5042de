"""The server's log: one line for each thing, with the process that said it, on standard error."""

from __future__ import annotations

import logging


def set_up(level: str) -> None:
    """Begin to log at ``level``. A supervisor (systemd) keeps what is written."""
    logging.basicConfig(
        level=level.upper(), format="%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s", force=True
    )
    logging.getLogger("alembic").setLevel(logging.WARNING)
