"""Every face of the staff's part at every panel: large enough, apart enough, dark enough, whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.core.visit import Visit
from tests.support.gallery import A_TUESDAY, Face, at, sample, surroundings
from tests.support.staff_gallery import locked_views, staff_faces, view_of
from tests.ui.conftest import Glass
from tests.ui.test_walker import faults_of

pytestmark = [pytest.mark.ui, pytest.mark.timeout(300)]


def test_every_face_of_the_staff(glass: Glass, pictures: Path | None) -> None:
    # English is walked on the smallest panel: what fits there fits the others.
    languages = ["id", "en"] if glass.width == 1280 else ["id"]
    faults: list[str] = []
    around = surroundings(sample(), at(sample(), *A_TUESDAY))
    for language in languages:
        views = [(face.name, view_of(face, language)) for face in staff_faces()]
        for name, view in [*views, *locked_views(language)]:
            glass.show(view)
            found = faults_of(glass, Face(name, Visit(), around))
            faults += [f"{name} ({language}): {fault}" for fault in found]
            if pictures is not None:
                pictures.mkdir(parents=True, exist_ok=True)
                glass.pixels().save(pictures / f"{glass.width}x{glass.height}-{name}-{language}.png")
    assert not faults, f"{len(faults)} faults:\n" + "\n".join(sorted(set(faults)))
