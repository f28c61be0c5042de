"""python-escpos' ``Dummy``, loaded late and kept from touching the rest of the process.

Importing it takes 0.1 s and 11 MB, so it happens on the printer's thread. Version 3.1 also gives the root
logger a handler and leaves a temporary folder behind on every start; both are undone here. Of its own table of
printers, which it reads as YAML in 0.2 s and 3 MB, nothing is used: ours is far smaller and given in its place.
"""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
import threading
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

CAPABILITIES: Final = Path(__file__).parent / "data" / "escpos-capabilities.json"
CAPABILITIES_VARIABLE: Final = "ESCPOS_CAPABILITIES_FILE"
"""python-escpos reads its table of printers from here, when it is imported."""

_loading = threading.Lock()


@lru_cache(maxsize=1)
def _dummy_class() -> Any:
    with _loading:
        root = logging.getLogger()
        handlers, level = list(root.handlers), root.level
        given = os.environ.get(CAPABILITIES_VARIABLE)
        os.environ[CAPABILITIES_VARIABLE] = str(CAPABILITIES)
        try:
            from escpos import capabilities
            from escpos.printer import Dummy
        finally:
            os.environ.pop(CAPABILITIES_VARIABLE)
            if given is not None:
                os.environ[CAPABILITIES_VARIABLE] = given

        for handler in root.handlers:
            if handler not in handlers:
                root.removeHandler(handler)
        root.setLevel(level)
        folder = Path(capabilities.pickle_dir)
        if folder.parent == Path(tempfile.gettempdir()) and folder.name.startswith(tempfile.gettempprefix()):
            shutil.rmtree(folder, ignore_errors=True)
        return Dummy


def new() -> Any:
    """A fresh ``Dummy`` that never changes the code page on its own: the encoder sets it once."""
    return _dummy_class()(magic_encode_args={"disabled": True, "encoding": "CP437"})
