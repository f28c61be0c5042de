"""Every face of the set-up at every panel: large enough, apart enough, dark enough, whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.core.visit import Visit
from tests.support.gallery import A_TUESDAY, Face, at, sample, surroundings
from tests.support.setup_gallery import setup_faces, view_of
from tests.ui.conftest import Glass
from tests.ui.test_walker import faults_of

pytestmark = [pytest.mark.ui, pytest.mark.timeout(300)]


def test_every_face_of_the_set_up(glass: Glass, pictures: Path | None) -> None:
    # English is walked on the smallest panel: what fits there fits the others.
    languages = ["id", "en"] if glass.width == 1280 else ["id"]
    faults: list[str] = []
    around = surroundings(sample(), at(sample(), *A_TUESDAY))
    for language in languages:
        # Lying with room is the kindest panel: every second face.
        every = list(setup_faces())
        for name, setup, signs in every[::2] if glass.panel == "landscape" else every:
            glass.show(view_of(setup, language, (glass.width, glass.height), signs))
            found = faults_of(glass, Face(name, Visit(), around))
            faults += [f"{name} ({language}): {fault}" for fault in found]
            if pictures is not None:
                pictures.mkdir(parents=True, exist_ok=True)
                glass.pixels().save(pictures / f"{glass.width}x{glass.height}-{name}-{language}.png")
    assert not faults, f"{len(faults)} faults:\n" + "\n".join(sorted(set(faults)))
