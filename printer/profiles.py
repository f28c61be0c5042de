"""What a printer model can do, as data files: ``printer/data/profiles/<name>.toml``.

A technician adds a model by adding a file. Unknown keys and values out of range are refused, with the file,
the key, what was found and what is allowed.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from printer.errors import ProfileError

FOLDER: Final = Path(__file__).parent / "data" / "profiles"


class Cutter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How paper is parted. ``command`` is what the model understands: GS V, or ESC i and m on some clones."""

    kind: Literal["none", "full", "partial"]
    command: Literal["gs_v", "esc_i"] = "gs_v"


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What one model can do."""

    name: str
    description: str = ""
    width_mm: Annotated[int, Meta(ge=40, le=120)]
    """Width of the roll."""
    dots: Annotated[int, Meta(ge=200, le=1200)]
    """Printable dots across."""
    columns: Annotated[int, Meta(ge=16, le=100)]
    """Characters of font A across."""
    dpi: Annotated[int, Meta(ge=150, le=400)] = 203
    code_page: str = "cp437"
    """The Python codec of the code page."""
    code_page_slot: Annotated[int, Meta(ge=0, le=255)] = 0
    """The number ESC t knows the code page by on this model."""
    qr: Literal["native", "raster"]
    """Whether the printer draws QR codes itself (GS ( k) or is sent a picture."""
    raster_rows: Annotated[int, Meta(ge=24, le=255)] = 240
    """Rows per picture slice: clones read only one byte of the height, and 24 divides it."""
    feed_before_cut: Annotated[int, Meta(ge=0, le=20)] = 6
    """Lines from the print head to the cutter."""
    cutter: Cutter
    status: tuple[Annotated[int, Meta(ge=1, le=4)], ...] = ()
    """Which DLE EOT n it answers, in the order to ask. Empty: it never says anything."""
    reply_s: Annotated[float, Meta(gt=0, le=5)] = 0.5
    """How long an answer may take, in seconds."""
    fence: Literal["none", "gs_r", "gs_h"] = "none"
    """What proves that a job was processed to its end: GS r 1, or GS ( H on Epson."""
    clear_buffer: Literal["none", "dle_enq", "dle_dc4"] = "none"
    """What makes it forget a job it holds while it has no paper: DLE DC4 8 on Epson, DLE ENQ 2 on some others. Most
    printers obey DLE ENQ 2 only after an error of the cutter: write it here only where a try has shown it."""
    port_status: bool = False
    """Whether its USB port says that paper is out (GET_PORT_STATUS): all that many silent boards tell. Found out by
    ``printer detect``, with paper in."""
    leave_kanji: bool = True
    """Send FS . first: Chinese boards start in a mode where bytes above 0x7F are read in pairs."""

    def __post_init__(self) -> None:
        try:
            "".encode(self.code_page)
        except LookupError:
            raise ValueError(
                f"code_page = {self.code_page!r}: allowed: a code page such as cp437, cp850, cp858, cp1252"
            ) from None


def names(folder: Path = FOLDER) -> tuple[str, ...]:
    """All profiles there are, sorted."""
    return tuple(sorted(path.stem for path in folder.glob("*.toml")))


@lru_cache(maxsize=64)
def load(name: str, folder: Path = FOLDER) -> Profile:
    """Read the profile ``name``. Raises :class:`~printer.errors.ProfileError`."""
    allowed = names(folder)
    if name not in allowed:
        raise ProfileError(f"no printer profile {name!r}; allowed: {', '.join(allowed) or 'none'}")
    path = folder / f"{name}.toml"
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(f"{path}: not valid TOML: {error}") from error
    try:
        return msgspec.convert(data | {"name": name}, Profile)
    except msgspec.ValidationError as error:
        raise ProfileError(f"{path}: {error}{_found(data, str(error))}") from error


def _found(data: dict[str, object], message: str) -> str:
    """The value that ``message`` complains of, where it names a place such as ``$.cutter.kind``."""
    match = re.search(r"`\$\.([\w.]+)", message)
    value: object = data
    for key in match[1].split(".") if match else ():
        value = value.get(key) if isinstance(value, dict) else None
    return f"; found {value!r}" if match and value is not None else ""
