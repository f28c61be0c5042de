"""Anjungan's entry point: ``python main.py`` runs the kiosk, ``python main.py --help`` lists the commands."""

from __future__ import annotations

import sys

from kiosk.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
