"""The spreadsheet's columns: what each is called, and how a field becomes a cell and a cell a field again.

A cell comes back from a spreadsheet program changed in ways nobody asked for: a code ``101`` has become a number,
counters ``4-7`` a date, a word list has capital letters. What is certain is mended; the rest is refused with words.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal["agencies", "queues", "services"]
Content = Literal["text", "lines", "words", "number", "yes_no", "week"]

KINDS: tuple[Kind, ...] = get_args(Kind)
FIRST_ROW = 3
"""Of data: row 1 has the names of the columns, row 2 their keys."""
SHEETS: Mapping[Kind, str] = {"agencies": "Instansi", "queues": "Antrean", "services": "Layanan"}


@dataclass(frozen=True)
class Column:
    """One column of a sheet."""

    key: str
    """The field it holds, with the language of a bilingual one: ``requirements.id``."""
    label: str
    content: Content
    width: int
    """Characters."""
    help: str
    """What may stand in it, in Indonesian, for the guide sheet."""


@dataclass(frozen=True)
class _Field:
    name: str
    label: str
    content: Content
    width: int
    help: str
    bilingual: bool = False


_CODE = "1 sampai 12 huruf besar atau angka, tidak boleh sama dengan baris lain"
_NAME = _Field("name", "Nama resmi", "text", 44, "Nama lengkap", bilingual=True)
_NOTE = _Field("note", "Catatan", "text", 44, "Untuk pengelola, tidak tampil di layar; boleh kosong")
_FIELDS: Mapping[Kind, tuple[_Field, ...]] = {
    "agencies": (
        _Field("code", "Kode", "text", 8, _CODE),
        _NAME,
        _Field("short", "Nama singkat", "text", 24, "Nama yang biasa diucapkan", bilingual=True),
        _Field("line", "Keterangan", "text", 34, "Satu baris: untuk apa", bilingual=True),
        _Field("pictogram", "Piktogram", "text", 14, "Nama gambar: agency-a, agency-b, …"),
        _Field("source", "Sumber", "lines", 44, "Asal data, satu per baris; boleh kosong"),
        _NOTE,
    ),
    "queues": (
        _Field("code", "Kode", "text", 8, "1 sampai 3 huruf besar atau angka: C memberi nomor C-001"),
        _Field("zone", "Zona", "text", 8, "Kode zona di site.toml"),
        _Field("counters", "Loket", "text", 14, "Seperti di dinding: 4–7; boleh kosong"),
        _Field("quota", "Kuota per hari", "number", 14, "1 sampai 9999; kosong = tanpa batas"),
        _NOTE,
    ),
    "services": (
        _Field("code", "Kode", "text", 8, _CODE),
        _Field("agency", "Kode instansi", "text", 14, "Kode dari lembar Instansi"),
        _Field("queue", "Kode antrean", "text", 14, "Kode dari lembar Antrean"),
        _NAME,
        _Field("short", "Nama singkat", "text", 30, "Sebutan warga, paling baik 34 huruf", bilingual=True),
        _Field("line", "Keterangan", "text", 40, "Satu baris, paling baik 48 huruf", bilingual=True),
        _Field(
            "requirements",
            "Persyaratan",
            "lines",
            50,
            "Satu syarat per baris (Alt+Enter), sama banyak di tiap bahasa; kosong = belum diketahui",
            bilingual=True,
        ),
        _Field(
            "fee_idr", "Biaya (Rp)", "number", 12, "Angka saja; 0 = gratis; kosong = lihat keterangan biaya"
        ),
        _Field("fee_note", "Keterangan biaya", "text", 34, "Aturan biaya; boleh kosong", bilingual=True),
        _Field("duration", "Waktu", "text", 22, "Lama layanan; boleh kosong", bilingual=True),
        _Field("product", "Produk", "text", 22, "Yang diterima warga; boleh kosong", bilingual=True),
        _Field("legal_basis", "Dasar hukum", "text", 26, "Boleh kosong"),
        _Field("complaint", "Pengaduan", "text", 26, "Kosong = saluran pengaduan mal", bilingual=True),
        _Field("words", "Kata pencarian", "words", 44, "Kata sehari-hari, huruf kecil, dipisah koma"),
        _Field("week", "Jam khusus", "week", 34, "Per baris: Senin 08.00–12.00, tiket terakhir 11.30"),
        _Field("quota", "Kuota per hari", "number", 14, "1 sampai 9999; kosong = tanpa batas"),
        _Field("closed", "Ditutup karena", "text", 26, "Kosong = buka", bilingual=True),
        _Field("must_verify", "Perlu diperiksa", "yes_no", 14, "ya atau tidak"),
        _Field("source", "Sumber", "text", 44, "Asal nama layanan"),
        _Field("details_source", "Sumber rincian", "lines", 44, "Satu per baris; boleh kosong"),
        _Field(
            "online", "Alamat daring", "text", 30, "https://… bila dapat diurus tanpa datang; boleh kosong"
        ),
        _NOTE,
    ),
}


def columns(kind: Kind, languages: Sequence[str]) -> tuple[Column, ...]:
    """Return the columns of a sheet, left to right; a bilingual field has one for each of ``languages``."""
    found: list[Column] = []
    for field in _FIELDS[kind]:
        tags = languages if field.bilingual else ("",)
        for tag in tags:
            key, label = (
                (f"{field.name}.{tag}", f"{field.label} ({tag})") if tag else (field.name, field.label)
            )
            found.append(Column(key, label, field.content, field.width, field.help))
    return tuple(found)


class Unreadable(Exception):
    """A cell holds what its column cannot; the text says what is allowed."""


_DAYS = {
    "mon": "Senin",
    "tue": "Selasa",
    "wed": "Rabu",
    "thu": "Kamis",
    "fri": "Jumat",
    "sat": "Sabtu",
    "sun": "Minggu",
}
_DAY_OF = {name.lower(): key for key, name in _DAYS.items()} | {key: key for key in _DAYS}
_CLOCK = r"(\d{1,2}[.:]\d{2}(?:[.:]\d{2}(?:\.\d{1,6})?)?)"
_WEEK_LINE = re.compile(
    rf"(\w+)[\s:,]+{_CLOCK}\s*[-–]\s*{_CLOCK}[\s,;]*(?:tiket terakhir|last)\s*{_CLOCK}", re.I
)
_YES_NO = {"ya": True, "yes": True, "true": True, "benar": True, "1": True} | {
    "tidak": False,
    "no": False,
    "false": False,
    "salah": False,
    "0": False,
}
_AMOUNT = re.compile(r"(?:rp\.?\s*)?(\d{1,3}(?:\.\d{3})+|\d+)", re.I)


def to_cell(content: Content, value: object) -> str | int | None:
    """Return what stands in the cell for a field's JSON ``value``; None for an empty cell."""
    if value is None or value in ("", [], {}):
        return None
    if content == "number" and isinstance(value, int):
        return value
    if content == "yes_no":
        return "ya" if value else "tidak"
    if content in ("lines", "words") and isinstance(value, list):
        return ("\n" if content == "lines" else ", ").join(value)
    if content == "week" and isinstance(value, dict):
        return "\n".join(_week_line(day, hours) for day, hours in value.items())
    return str(value)


def from_cell(content: Content, cell: object) -> object:
    """Return the JSON value of a cell; None for an empty one. Raises Unreadable."""
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    if isinstance(cell, dt.date | dt.time | dt.timedelta):
        raise Unreadable(
            "the spreadsheet made a date or time of it; set the cell's format to text, type it again"
        )
    if content == "number":
        return _number(cell)
    if content == "yes_no":
        return _yes_no(cell)
    text = _as_text(cell)
    if content == "lines":
        return [line.strip() for line in re.split(r"[\r\n]+", text) if line.strip()]
    if content == "words":
        words = (" ".join(word.lower().split()) for word in re.split(r"[,;\r\n]+", text))
        return list(dict.fromkeys(word for word in words if word))
    if content == "week":
        return _week(text)
    return re.sub(r"\s*[\r\n\t]+\s*", " ", text).strip()


def _as_text(cell: object) -> str:
    if isinstance(cell, bool):
        raise Unreadable("the spreadsheet has made a true or false of it; set the cell's format to text")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _number(cell: object) -> int:
    if isinstance(cell, int | float) and not isinstance(cell, bool) and float(cell).is_integer():
        return int(cell)
    if isinstance(cell, str):
        if cell.strip().lower() == "gratis":
            return 0
        if found := _AMOUNT.fullmatch(cell.strip()):
            return int(found[1].replace(".", ""))
    raise Unreadable("must be a whole number without other words, such as 30000, or empty")


def _yes_no(cell: object) -> bool:
    text = str(int(cell)) if isinstance(cell, int | float) and float(cell).is_integer() else str(cell)
    if (answer := _YES_NO.get(text.strip().lower())) is None:
        raise Unreadable("allowed: ya, tidak")
    return answer


def _week_line(day: str, hours: Mapping[str, str]) -> str:
    def clock(name: str) -> str:
        return hours[name].removesuffix(":00") if hours[name].count(":") == 2 else hours[name]

    return f"{_DAYS[day]} {clock('open')}–{clock('close')}, tiket terakhir {clock('last_ticket')}"


def _week(text: str) -> dict[str, dict[str, str]]:
    week: dict[str, dict[str, str]] = {}
    for line in (line.strip() for line in re.split(r"[\r\n]+", text) if line.strip()):
        found = _WEEK_LINE.fullmatch(line)
        day = _DAY_OF.get(found[1].lower()) if found else None
        if found is None or day is None:
            days = ", ".join(_DAYS.values())
            raise Unreadable(
                f"each line must be like 'Senin 08.00–12.00, tiket terakhir 11.30'; days: {days}"
            )
        if day in week:
            raise Unreadable(f"{_DAYS[day]} stands twice; keep one line")
        opened, closed, last = (_clock(found[number]) for number in (2, 3, 4))
        week[day] = {"open": opened, "close": closed, "last_ticket": last}
    return week


def _clock(text: str) -> str:
    hours, minutes, *seconds = re.split("[.:]", text, maxsplit=2)
    return ":".join([hours.zfill(2), minutes, *seconds])
