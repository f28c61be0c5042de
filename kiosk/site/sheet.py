"""The catalogue as a spreadsheet (XLSX), which is what an agency fills in and sends.

Three sheets hold the data (Instansi, Antrean, Layanan), a fourth explains the columns. The first row names the columns
in Indonesian, the hidden second row holds their keys: either is enough to read a sheet again. openpyxl takes a tenth of
a second to import, so that happens only when a sheet is really read or written.
"""

from __future__ import annotations

from pathlib import Path

from kiosk.core.catalogue import Agency, Catalogue, Queue, Service, Site
from kiosk.site.files import SiteData
from kiosk.site.sheet_read import read
from kiosk.site.sheet_write import as_bytes, write

__all__ = ["as_bytes", "export", "read", "template", "write"]


def export(site_data: SiteData, path: Path) -> None:
    """Write the site's catalogue to the XLSX file ``path``. Raises OSError or SiteFaults."""
    write(site_data.catalogue, path, site_data.site)


def template(path: Path, site: Site | None = None) -> None:
    """Write an XLSX file with one example agency and two example services, for an agency to overwrite."""
    zone = site.zones[0].code if site is not None and site.zones else "A"
    name = {"id": "Contoh: nama resmi layanan", "en": "Example: official name of the service"}
    simple = Service(
        code="X01",
        agency="X",
        queue="X",
        name=name,
        short={"id": "Contoh layanan", "en": "Example service"},
        line={"id": "Satu baris yang menjelaskan", "en": "One line that explains"},
        requirements={
            "id": ("Fotokopi KTP", "Fotokopi Kartu Keluarga"),
            "en": ("Copy of the ID card", "Copy of the family card"),
        },
        fee_idr=0,
        duration={"id": "1 hari kerja", "en": "1 working day"},
        words=("contoh", "kata sehari-hari", "example"),
        must_verify=True,
        source="Instansi",
    )
    other = simple.model_copy(
        update={
            "code": "X02",
            "short": {"id": "Contoh lain", "en": "Another example"},
            "requirements": {},
            "fee_idr": None,
            "fee_note": {"id": "Sesuai tagihan", "en": "As on the bill"},
            "duration": None,
        }
    )
    agency = Agency(
        code="X",
        name={"id": "Contoh: nama resmi instansi", "en": "Example: official name of the agency"},
        short={"id": "Contoh", "en": "Example"},
        line={"id": "Layanan utama", "en": "Main services"},
        pictogram="agency-a",
    )
    queue = Queue(code="X", zone=zone, counters="1–2")
    write(Catalogue(agencies=(agency,), queues=(queue,), services=(simple, other)), path, site)
