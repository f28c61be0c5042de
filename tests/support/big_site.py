"""A site far larger than any mall: what must stay quick and must not overflow is tried with it."""

from __future__ import annotations

import shutil
from pathlib import Path

from kiosk.core.catalogue import Agency, Catalogue, Queue, Service
from kiosk.site.replace import as_text

SAMPLE = Path(__file__).resolve().parents[2] / "config" / "sites" / "bangkalan"

_THINGS = (
    ("kartu", "card"),
    ("izin", "permit"),
    ("akta", "certificate"),
    ("pajak", "tax"),
    ("surat", "letter"),
    ("klaim", "claim"),
    ("rekening", "account"),
    ("laporan", "report"),
)
_ABOUT = (
    ("keluarga", "family"),
    ("kendaraan", "vehicle"),
    ("usaha", "business"),
    ("tanah", "land"),
    ("kelahiran", "birth"),
    ("kesehatan", "health"),
    ("pendidikan", "education"),
    ("bangunan", "building"),
    ("perikanan", "fishery"),
    ("perdagangan", "trade"),
    ("pariwisata", "tourism"),
)
_WHY = (
    ("baru", "new"),
    ("hilang", "lost"),
    ("rusak", "damaged"),
    ("ubah data", "change of data"),
    ("pindah", "moved"),
)


def big_catalogue(agencies: int = 200, services: int = 10_000) -> Catalogue:
    """Return a whole catalogue of that size; each agency has a queue and a like share of the services."""
    codes = [_code(index) for index in range(agencies)]
    return Catalogue(
        agencies=tuple(
            Agency(
                code=code,
                name={
                    "id": f"Dinas {_ABOUT[index % 11][0].title()} Kabupaten nomor {index}",
                    "en": f"{_ABOUT[index % 11][1].title()} Office of regency number {index}",
                },
                short={
                    "id": f"Dinas {_ABOUT[index % 11][0]} {index}",
                    "en": f"{_ABOUT[index % 11][1]} office {index}",
                },
                line={"id": "Kartu, izin, akta", "en": "Cards, permits, certificates"},
                pictogram=f"agency-{'abcdefghijklm'[index % 13]}",
            )
            for index, code in enumerate(codes)
        ),
        queues=tuple(
            Queue(code=code, zone="ABCDE"[index % 5], counters="1–3") for index, code in enumerate(codes)
        ),
        services=tuple(_service(index, codes[index % agencies]) for index in range(services)),
    )


def write_big_site(directory: Path, agencies: int = 200, services: int = 10_000) -> Path:
    """Write the site of that size to ``directory`` and return it."""
    directory.mkdir(parents=True, exist_ok=True)
    shutil.copy(SAMPLE / "site.toml", directory)
    (directory / "catalogue.json").write_text(as_text(big_catalogue(agencies, services)), encoding="utf-8")
    return directory


def _code(index: int) -> str:
    """A, B, … Z, then two and three letters: unique, as short as can be."""
    letters = ""
    while index >= 0:
        letters = chr(ord("A") + index % 26) + letters
        index = index // 26 - 1
    return letters


def _service(index: int, agency: str) -> Service:
    (thing, thing_en), (about, about_en), (why, why_en) = (
        _THINGS[index % 8],
        _ABOUT[index % 11],
        _WHY[index % 5],
    )
    return Service(
        code=f"{agency}{index:05}",
        agency=agency,
        queue=agency,
        name={
            "id": f"Penerbitan {thing} {about} karena {why}, nomor {index}",
            "en": f"Issue of a {about_en} {thing_en}, {why_en}, number {index}",
        },
        short={"id": f"{thing.title()} {about} {why}", "en": f"{about_en.title()} {thing_en}, {why_en}"},
        line={"id": "Rekam data dan cetak", "en": "Recording and printing"},
        requirements={
            "id": ("Fotokopi KTP", "Fotokopi Kartu Keluarga", f"Formulir F-{index}"),
            "en": ("Copy of the ID card", "Copy of the family card", f"Form F-{index}"),
        },
        fee_idr=(index % 4) * 25_000,
        duration={"id": "1 hari kerja", "en": "1 working day"},
        legal_basis="Perpres 96/2018",
        words=(f"{thing} {about}", f"{thing} {why}", about_en, f"nomor {index}"),
        must_verify=True,
        source="sample",
        details_source=("sample",),
    )
