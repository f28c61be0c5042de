"""The parts of the design system that are rules: lines, pages, colours, and what a finger does to a button."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.modes import Modes
from kiosk.ui import flow, theme, wrap

WORDS = st.text(alphabet="abegiknrstu-/\u00ad", min_size=1, max_size=24)


def width_of(text: str) -> float:
    return float(len(text))


@given(st.lists(WORDS, min_size=1, max_size=12).map(" ".join), st.integers(6, 60))
def test_no_line_is_wider_than_its_room_and_no_letter_is_lost(text: str, width: int) -> None:
    broken = wrap.wrap(text, width, width_of)
    assert all(width_of(line) <= width for line in broken.lines)
    letters = "".join(broken.lines).replace("-", "").replace(" ", "")
    assert letters == text.replace("\u00ad", "").replace("-", "").replace(" ", "")


@given(st.lists(WORDS, min_size=1, max_size=12).map(" ".join), st.integers(10, 60))
def test_balancing_costs_no_line(text: str, width: int) -> None:
    assert len(wrap.balance(text, width, width_of).lines) == len(wrap.wrap(text, width, width_of).lines)


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("Kartu Keluarga", 20, ("Kartu Keluarga",)),
        (
            "BPJS Ketenaga\u00adkerjaan",
            15,
            ("BPJS", "Ketenagakerjaan"),
        ),  # whole on the next line before broken here
        ("Ketenaga\u00adkerjaan", 10, ("Ketenaga-", "kerjaan")),  # the marked place before a syllable
        ("Perpustakaan", 10, ("Perpusta-", "kaan")),
        ("DPMPTSPDPMPTSP", 8, ("DPMPTSP-", "DPMPTSP")),  # no syllables in capitals: broken, and said so
    ],
)
def test_words_break_where_a_reader_expects_it(text: str, width: int, lines: tuple[str, ...]) -> None:
    assert wrap.wrap(text, width, width_of).lines == lines


def test_only_a_forced_break_is_a_fault() -> None:
    assert wrap.wrap("Perpustakaan", 10, width_of).whole
    assert not wrap.wrap("DPMPTSPDPMPTSP", 8, width_of).whole


SECTIONS = st.lists(
    st.builds(
        flow.Section,
        st.integers(0, 30).map(float),
        st.lists(st.integers(5, 60).map(float), min_size=1, max_size=9).map(tuple),
        st.integers(0, 3).map(float),
    ),
    min_size=1,
    max_size=5,
).map(tuple)


@given(SECTIONS, st.integers(90, 300), st.integers(0, 10))
def test_pages_hold_every_row_once_in_order_and_none_is_too_high(
    sections: tuple[flow.Section, ...], room: int, gap: int
) -> None:
    pages = flow.paginate(sections, room, gap)
    seen = [(part.section, row) for page in pages for part in page for row in range(part.first, part.last)]
    assert seen == [
        (index, row) for index, section in enumerate(sections) for row in range(len(section.rows))
    ]
    for page in pages:
        heights = [
            sections[part.section].head
            + sum(sections[part.section].rows[part.first : part.last])
            + sections[part.section].between * (part.last - part.first - 1)
            for part in page
        ]
        assert page
        assert sum(heights) + gap * (len(page) - 1) <= room


@pytest.mark.parametrize(
    ("pair", "least"),
    [
        (("ink", "paper"), 14),
        (("ink", "card"), 15.5),
        (("muted", "paper"), 7),
        (("white", "sea"), 8.5),
        (("ink", "gold"), 8.5),
    ],
)
def test_contrast_is_what_the_design_says(pair: tuple[str, str], least: float) -> None:
    assert theme.contrast(*pair) >= least


@pytest.mark.parametrize(("palette", "least"), [("", 4.5), ("light", 7), ("dark", 7)])
def test_every_state_of_every_button_can_be_read(palette: str, least: float) -> None:
    from kiosk.ui.widgets.tap import STYLES

    before = theme.metrics()
    theme.use(replace(before, look=theme.Look(palette)))
    try:
        for kind, states in STYLES.items():
            for style in states:
                for colour in (style.colour, style.note):
                    assert theme.contrast(colour, style.ground) >= least, (
                        f"{kind}: {colour} on {style.ground}"
                    )
            for style in states[:2]:  # what rests has no need of an edge
                if style.border not in ("", style.ground):
                    assert theme.contrast(style.border, style.ground) >= 3, f"{kind}: {style.border}"
        for ground in ("paper", "card"):
            for colour in ("ink", "muted", "sea", "red", "green"):
                assert theme.contrast(colour, ground) >= least, f"{colour} on {ground}"
            assert theme.contrast(theme.focus_colour(deep=False), ground) >= 3
        assert theme.contrast(theme.focus_colour(deep=True), "deep") >= 3
    finally:
        theme.use(before)


@pytest.mark.parametrize("palette", theme.PALETTES)
def test_each_palette_has_every_token(palette: str) -> None:
    assert set(theme.PALETTES[palette]) == set(theme.COLOURS)


@pytest.mark.parametrize(("viewing", "cap"), [(500, 6.1), (600, 7.3), (700, 8.55)])
def test_large_text_is_seen_under_its_angle(viewing: float, cap: float) -> None:
    """EN 301 549, 5.1.4: 0.7 degrees at the distance declared."""
    look = theme.Look.of(Modes(large=True), viewing, 700)
    assert look.cap_mm == pytest.approx(cap, abs=0.06)
    metrics = replace(theme.Metrics.of_panel(1080, 1920, 21.5), look=look)
    assert all(metrics.role(role).cap >= look.cap_mm for role in theme.ROLES)


@pytest.mark.parametrize(("bottom", "reach"), [(700, 500), (1000, 200), (1150, theme.LEAST_REACH_MM)])
def test_low_reach_ends_below_a_seated_hand(bottom: float, reach: float) -> None:
    look = theme.Look.of(Modes(low=True), 600, bottom)
    assert look.reach_mm == reach
    metrics = replace(theme.Metrics.of_panel(1080, 1920, 21.5), look=look)
    assert metrics.active <= min(1920, reach * metrics.px_per_mm)


@pytest.mark.parametrize(
    ("width", "height", "inches"), [(1080, 1920, 21.5), (1920, 1080, 21.5), (1280, 800, 10.1)]
)
def test_type_is_never_smaller_than_its_role(width: int, height: int, inches: float) -> None:
    metrics = theme.Metrics.of_panel(width, height, inches)
    before = theme.metrics()
    theme.use(metrics)
    try:
        for role in theme.ROLES:
            cap = metrics.role(role).cap
            assert cap >= 4.8
            assert theme.font_px(cap) * theme.CAP_RATIO / metrics.px_per_mm >= cap
    finally:
        theme.use(before)


@pytest.mark.ui
class TestTap:
    """A finger on a button, with Kivy's own touches."""

    @pytest.fixture
    def button(self, glass: Any) -> Any:
        from kiosk.core.visit import Done
        from kiosk.ui.widgets.tap import Tap

        tap = Tap(target="try", text="Coba", event=Done())
        glass.stage.add_widget(tap)
        tap.place(100, 100, 300, 200)
        return tap

    def touch(self, x: float, y: float) -> Any:
        from kivy.tests.common import UnitTestTouch

        return UnitTestTouch(x, y)

    def test_it_acts_on_release_inside(self, glass: Any, button: Any) -> None:
        finger = self.touch(*button.center)
        finger.touch_down()
        assert button.pressed
        assert not [event for event in glass.events if type(event).__name__ == "Done"]
        finger.touch_up()
        assert not button.pressed
        assert [type(event).__name__ for event in glass.events] == ["Touched", "Done"]

    def test_sliding_off_and_back_cancels(self, glass: Any, button: Any) -> None:
        finger = self.touch(*button.center)
        finger.touch_down()
        finger.touch_move(button.right + 50, button.y)
        finger.touch_move(*button.center)
        finger.touch_up()
        assert [type(event).__name__ for event in glass.events] == ["Touched"]

    def test_a_view_that_changes_under_the_finger_is_not_pressed(self, glass: Any, button: Any) -> None:
        from kiosk.core.visit import Home

        finger = self.touch(*button.center)
        finger.touch_down()
        button.event = Home()
        finger.touch_up()
        assert [type(event).__name__ for event in glass.events] == ["Touched"]

    def test_a_button_at_rest_does_nothing(self, glass: Any, button: Any) -> None:
        button.enabled = False
        finger = self.touch(*button.center)
        finger.touch_down()
        finger.touch_up()
        assert [type(event).__name__ for event in glass.events] == ["Touched"]
