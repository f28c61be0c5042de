"""Every face at every panel in every language: large enough, apart enough, dark enough, whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pytest

from kiosk import i18n
from kiosk.core.modes import Modes
from kiosk.core.visit import Screen, Visit
from kiosk.fonts import missing_characters
from kiosk.ui.present.whole import present
from tests.support.gallery import Face, faces, sample
from tests.ui.conftest import Glass

pytestmark = [pytest.mark.ui, pytest.mark.timeout(300)]

LEAST_CONTRAST = 4.5
ROUNDING_PX = 1.0


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_face(glass: Glass, language: str, pictures: Path | None) -> None:
    faults: list[str] = []
    for face in faces(sample()):
        glass.show(present(replace(face.visit, language=language), face.around))
        faults += [f"{face.name}: {fault}" for fault in faults_of(glass, face)]
        if pictures is not None:
            pictures.mkdir(parents=True, exist_ok=True)
            glass.pixels().save(pictures / f"{glass.width}x{glass.height}-{face.name}-{language}.png")
    assert not faults, f"{len(faults)} faults:\n" + "\n".join(sorted(set(faults)))


EVERYTHING = Modes(large=True, big=True, contrast="dark", low=True, still=True, speech=True)
MODES = {
    "large": Modes(large=True),
    "big": Modes(big=True),
    "light": Modes(contrast="light"),
    "dark": Modes(contrast="dark"),
    "low": Modes(low=True),
    "still": Modes(still=True),
    "speech": Modes(speech=True),
    "everything": EVERYTHING,
}
MOUNTED_MM = {"portrait": 850, "landscape": 1000, "small": 1060}
"""Lower edges that leave a part of each panel above a seated person's reach."""
SPARING = (
    "attract-open",
    "attract-last",
    "agencies",
    "search-empty",
    "search-hits",
    "services-0",
    "services-closed",
    "sheet-priority",
    "sheet-wide",
    "sheet-long-0",
    "sheet-quota",
    "issuing-slow",
    "result-priority",
    "result-server",
    "not_printed-paper_out",
    "help-sheet",
    "help-call-failed",
    "more-paper_out",
    "info",
    "more-server",
    "warning-sheet",
    "fault-E-STO-02",
)


@pytest.mark.parametrize("name", MODES)
def test_each_mode_and_all_together(glass: Glass, name: str, pictures: Path | None) -> None:
    """The same walk with the mode's own numbers; each page where there are several."""
    glass.stage.mounted(MOUNTED_MM[glass.panel])
    modes, language = MODES[name], "en" if name in ("light", "big") else "id"
    everything = {face.name: face for face in faces(sample())}
    few = SPARING if name in ("everything", "dark") else SPARING[::2] if modes.plain else SPARING[1::2]
    chosen = [everything[wanted] for wanted in few]
    chosen.append(
        replace(everything["sheet"], name="access", visit=Visit(screen=Screen.AGENCIES, access=True))
    )
    faults: list[str] = []
    for face in chosen:
        leaf, leaves = 0, 1
        while leaf < leaves:
            visit = replace(
                face.visit, language=language, modes=modes, leaf=leaf, page=face.visit.page or leaf
            )
            glass.show(present(visit, replace(face.around, voice=True)))
            faults += [f"{face.name}/{leaf}: {fault}" for fault in faults_of(glass, face)]
            if pictures is not None:
                pictures.mkdir(parents=True, exist_ok=True)
                glass.pixels().save(pictures / f"{glass.width}x{glass.height}-{name}-{face.name}-{leaf}.png")
            leaves = glass.stage.leaves
            leaf += max(1, leaves - 1 - leaf) if leaf else 1  # the first two and the last
    assert not faults, f"{len(faults)} faults:\n" + "\n".join(sorted(set(faults)))


def faults_of(glass: Glass, face: Face) -> Iterator[str]:
    """Yield what is wrong with what is on the glass now."""
    from kiosk.ui.widgets.tap import Tap
    from kiosk.ui.widgets.words import Words

    taps: list[Any] = []
    targets: list[str] = []
    image = glass.pixels()
    for widget in glass.stage.walk(restrict=True):
        if isinstance(widget, Tap):
            taps.append(widget)
            targets.append(widget.target)
        if isinstance(widget, Words) and widget.text:
            yield from faults_of_text(widget, image)
        if widget is not glass.stage:
            yield from faults_of_place(widget, glass)
    yield from faults_of_taps(taps)
    if len(set(targets)) != len(targets) or "" in targets:
        yield f"targets are not each named once: {sorted(targets)}"


def faults_of_taps(taps: list[Any]) -> Iterator[str]:
    from kiosk.ui import theme

    px = theme.metrics().px_per_mm
    look = theme.metrics().look
    for tap in taps:
        if min(tap.size) < look.target_mm * px - ROUNDING_PX:
            size = f"{tap.width / px:.1f} × {tap.height / px:.1f} mm"
            yield f"target {tap.target} is {size}; at least {look.target_mm:.0f} on each side"
        if tap.top > look.reach_mm * px + ROUNDING_PX:
            yield f"target {tap.target} ends {tap.top / px:.0f} mm up; at most {look.reach_mm:.0f}"
    for a, b in combinations(taps, 2):
        apart = max(a.x - b.right, b.x - a.right, a.y - b.top, b.y - a.top)
        if apart < theme.GAP * px - ROUNDING_PX:
            yield f"targets {a.target} and {b.target} are {apart / px:.1f} mm apart; at least 2.5"


def faults_of_text(words: Any, image: Any) -> Iterator[str]:
    from kiosk.ui import theme

    shown = repr(words.text[:50])
    px = theme.metrics().px_per_mm
    cap = words.font_px() * theme.CAP_RATIO / px
    look = theme.metrics().look
    least = max(4.8, look.cap_mm)
    if cap < least - 0.05:
        yield f"text {shown} has capitals of {cap:.2f} mm; at least {least:.1f}"
    if not words.fits:
        yield f"text {shown} ({words.role}) does not fit into {words.width / px:.0f} × {words.height / px:.0f} mm"
    wanted_contrast = 7.0 if look.palette else LEAST_CONTRAST
    if theme.contrast(words.colour, words.ground) < wanted_contrast:
        yield f"text {shown}: {words.colour} on {words.ground} is under {wanted_contrast} : 1"
    if missing := missing_characters(words.text):
        yield f"text {shown} has characters the font lacks: {sorted(missing)}"
    # What the widget says of its ground must be what lies around it on the glass.
    x = min(max(int(words.x) - 1, 0), image.width - 1)
    y = min(max(int(image.height - words.center_y), 0), image.height - 1)
    declared = theme.colour(words.ground)
    wanted = tuple(int(declared[i : i + 2], 16) for i in (1, 3, 5))
    around = [image.getpixel((min(x + d, image.width - 1), y)) for d in (0, int(words.width) + 1)]
    if all(max(abs(a - b) for a, b in zip(pixel, wanted, strict=True)) > 3 for pixel in around):
        yield f"text {shown} says it lies on {words.ground} {wanted}, and lies on {around}"


def faults_of_place(widget: Any, glass: Glass) -> Iterator[str]:
    if min(widget.size) <= 0:
        return
    outside = (
        widget.x < -1 or widget.y < -1 or widget.right > glass.width + 1 or widget.top > glass.height + 1
    )
    parent = widget.parent
    beyond = (
        widget.x < parent.x - 2
        or widget.y < parent.y - 2
        or widget.right > parent.right + 2
        or widget.top > parent.top + 2
    )
    if outside or beyond:
        name = getattr(widget, "target", "") or getattr(widget, "text", "")[:30]
        where = "the glass" if outside else type(parent).__name__
        yield f"{type(widget).__name__} {name!r} reaches out of {where}"


def test_the_keys_of_the_frame_never_move(glass: Glass) -> None:
    places: dict[str, list[tuple[int, ...]]] = {}
    for face in faces(sample()):
        glass.show(present(face.visit, face.around))
        if glass.stage.frame.bare:
            continue
        for tap in glass.stage.frame.keys.taps:
            places.setdefault(tap.target, []).append((*tap.pos, *tap.size))
    assert {"back", "home", "help", "language", "access"} <= set(places)
    for target, found in places.items():
        assert all(a == b for a, b in pairwise(found)), f"{target} moves: {sorted(set(found))}"


def test_nothing_is_untranslated(glass: Glass) -> None:
    """Every text of the program that differs from English in the catalogue is in English on an English screen."""
    from kiosk.ui.widgets.words import Words

    indonesian = {
        message
        for message in i18n.translations("en")._catalog  # type: ignore[attr-defined]
        if isinstance(message, str) and message and i18n.translate(message, "en") != message
    }
    left: set[str] = set()
    for face in faces(sample()):
        glass.show(present(replace(face.visit, language="en"), face.around))
        for widget in glass.stage.walk(restrict=True):
            if isinstance(widget, Words) and widget.text in indonesian and not widget.other_language:
                left.add(f"{face.name}: {widget.text}")
    assert not left
