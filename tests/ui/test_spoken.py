"""Nothing is drawn and not said: each text on the glass is in the script that is read aloud, or in the frame's keys."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from kiosk.core.modes import Modes
from kiosk.ui.present.spoken import Plan, Press, Say, choice, everything, orientation, plain, script_of
from kiosk.ui.present.whole import present
from tests.support.gallery import Face, faces, sample
from tests.ui.conftest import Glass

pytestmark = [pytest.mark.ui, pytest.mark.timeout(300)]

PAGE = re.compile(r"^(Halaman \d+ dari \d+|Page \d+ of \d+|\d+/\d+|Sebelumnya|Berikutnya|Previous|Next)$")
"""Where one is among pages is said by the page itself (``orientation``), the keys that turn them when reached."""


def shortened(face: Face) -> list[str]:
    """Return what stands in for a text that is said: its shorter form, or its form where it goes on."""
    found: list[str] = []

    def collect(view: object) -> None:
        for name, value in vars(view).items() if hasattr(view, "__dataclass_fields__") else ():
            if ("short" in name or name.endswith("_more")) and isinstance(value, str):
                found.append(value)
            for part in value if isinstance(value, tuple) else (value,):
                collect(part)

    view = present(face.visit, face.around)
    collect(view.on_top()[1])
    return found


@pytest.mark.parametrize("language", ["id", "en"])
def test_what_is_drawn_is_said(glass: Glass, language: str) -> None:
    from kiosk.ui.widgets.words import Words

    unsaid: set[str] = set()
    for face in faces(sample()):
        face = replace(face, visit=replace(face.visit, language=language))
        view = present(face.visit, face.around)
        glass.show(view)
        frame = view.frame
        said = "\n".join(
            [
                everything(script_of(view)),
                *(frame.mall, frame.region, frame.time, frame.date, frame.date_short),
                *(plain(words) for key in frame.keys for words in (key.label, key.short)),
                *(plain(words) for words in shortened(face)),
            ]
        ).lower()
        said = re.sub(r"\s+", " ", said)
        for widget in glass.stage.walk(restrict=True):
            if not isinstance(widget, Words) or not widget.text:
                continue
            for line in re.split(r" · |: |\n", widget.text):
                line = plain(line).strip().removesuffix("_")  # the field's cursor
                aloud = " ".join(line.replace("-", "")).lower()
                if line and not PAGE.match(line) and line.lower() not in said and aloud not in said:
                    unsaid.add(f"{face.name}: {line!r}")
    assert not unsaid, "\n".join(sorted(unsaid))


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_page_says_what_it_shows(language: str) -> None:
    """No script is empty, none has a choice without words, and no two choices sound the same."""
    for face in faces(sample()):
        visit = replace(face.visit, language=language, modes=Modes(speech=True))
        script = script_of(present(visit, replace(face.around, voice=True)))
        assert script.title, face.name
        said = orientation(script, 0, 2, script.items)
        assert len(said) >= 2 and all(phrase.strip() for phrase in said), face.name
        choices = [choice(item, language) for item in script.items if isinstance(item, Press)]
        assert all(choices), face.name
        assert len(set(choices)) == len(choices), f"{face.name}: {sorted(choices)}"
        assert "\u00ad" not in everything(script)
        assert all(isinstance(item, (Press, Say, Plan)) or item.data for item in script.items)


def test_a_switch_says_what_it_is() -> None:
    face = next(face for face in faces(sample()) if face.name == "sheet")
    for on, words in ((True, "aktif"), (False, "tidak aktif")):
        script = script_of(present(replace(face.visit, priority=on), face.around))
        press = next(item for item in script.items if isinstance(item, Press) and item.on is not None)
        assert choice(press, "id").endswith(f". {words}")
