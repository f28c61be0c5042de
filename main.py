"""Anjungan's entry point: ``python main.py`` runs the kiosk, ``python main.py --help`` lists the commands."""

from __future__ import annotations

import sys
from importlib.util import find_spec

from kiosk.cli import main

ALSO = {"server": "server.cli"} if find_spec("server") else {}
"""Commands that are no part of the kiosk. They are named here, so that nothing in ``kiosk`` knows of the server; where
a kiosk was installed without it, there is no such command."""

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], ALSO))
