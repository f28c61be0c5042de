"""What a printer model can do, as data files: ``printer/data/profiles/<name>.toml``.

A technician adds a model by adding a file. Unknown keys and values out of range are refused, with the file,
the key, what was found and what is allowed.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from printer.errors import ProfileError

FOLDER: Final = Path(__file__).parent / "data" / "profiles"
FONT_A: Final = (12, 24)
"""Width and height in dots of one character of font A, on all common 203 dpi printers."""


class Cutter(BaseModel):
    """How paper is parted. ``command`` is what the model understands: GS V, or ESC i on some clones."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    kind: Literal["none", "full", "partial"]
    command: Literal["gs_v", "esc_i"] = "gs_v"


class Profile(BaseModel):
    """What one model can do."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    description: str = ""
    width_mm: Annotated[int, Field(ge=40, le=120)]
    """Width of the roll."""
    dots: Annotated[int, Field(ge=200, le=1200)]
    """Printable dots across."""
    columns: Annotated[int, Field(ge=16, le=100)]
    """Characters of font A across."""
    dpi: Annotated[int, Field(ge=150, le=400)] = 203
    code_page: str = "cp437"
    """The Python codec of the code page."""
    code_page_slot: Annotated[int, Field(ge=0, le=255)] = 0
    """The number ESC t knows the code page by on this model."""
    qr: Literal["native", "raster"]
    """Whether the printer draws QR codes itself (GS ( k) or is sent a picture."""
    raster_rows: Annotated[int, Field(ge=24, le=255)] = 240
    """Rows per picture slice: clones read only one byte of the height, and 24 divides it."""
    feed_before_cut: Annotated[int, Field(ge=0, le=20)] = 6
    """Lines from the print head to the cutter."""
    cutter: Cutter
    status: tuple[Annotated[int, Field(ge=1, le=4)], ...] = ()
    """Which DLE EOT n it answers. Empty: it never says anything."""
    reply_s: Annotated[float, Field(gt=0, le=5)] = 0.5
    """How long an answer may take, in seconds."""
    fence: Literal["none", "gs_r", "gs_h"] = "none"
    """What proves that a job was processed to its end: GS r 1, or GS ( H on Epson."""
    leave_kanji: bool = True
    """Send FS . first: Chinese boards start in a mode where bytes above 0x7F are read in pairs."""

    @field_validator("status", mode="before")
    @classmethod
    def _list_is_tuple(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else value

    @field_validator("code_page")
    @classmethod
    def _known_codec(cls, value: str) -> str:
        try:
            "".encode(value)
        except LookupError:
            raise ValueError(f"{value!r} is not a code page; examples: cp437, cp850, cp858, cp1252") from None
        return value


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
        profile = Profile.model_validate(tomllib.loads(path.read_text(encoding="utf-8")) | {"name": name})
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(f"{path}: not valid TOML: {error}") from error
    except ValidationError as error:
        raise ProfileError(f"{path}: {_faults(error)}") from error
    return profile


def _faults(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(str(part) for part in fault['loc'])} = {fault['input']!r}: {fault['msg']}"
        for fault in error.errors()
    )
