"""From a visit to everything the window shows.

Each screen's presenter is imported when its screen is first shown: the first frame pays for the attract screen alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

from kiosk.core.modes import Modes
from kiosk.core.visit import Screen, Visit, leaf_of
from kiosk.ui.context import Loaded, Surroundings
from kiosk.ui.present.attract import AttractView, present_attract
from kiosk.ui.present.common import FrameView
from kiosk.ui.present.frame import present_frame

if TYPE_CHECKING:
    from kiosk.ui.present.access import AccessView
    from kiosk.ui.present.info import InfoView
    from kiosk.ui.present.lists import AgenciesView, SearchView, ServicesView
    from kiosk.ui.present.more import MoreView
    from kiosk.ui.present.overlays import FaultView, HelpView, WarningView
    from kiosk.ui.present.sheet import SheetView
    from kiosk.ui.present.staff import StaffBody
    from kiosk.ui.present.ticket import IssuingView, NotPrintedView, ResultView

    Body: TypeAlias = (
        AttractView
        | AgenciesView
        | SearchView
        | ServicesView
        | SheetView
        | IssuingView
        | ResultView
        | NotPrintedView
        | FaultView
        | StaffBody
    )


@dataclass(frozen=True)
class WholeView:
    """All that is on the glass: the screen's own view, the frame around it, and what interrupts it."""

    screen: Screen | str
    """Of the visit, or by its name in the router for what the staff's part shows."""
    frame: FrameView
    body: Body
    help: HelpView | None = None
    warning: WarningView | None = None
    access: AccessView | None = None
    info: InfoView | None = None
    more: MoreView | None = None
    modes: Modes = field(default_factory=Modes)
    language: str = "id"
    leaf: int = 0
    """The page, where the screen is shown as one column."""

    def on_top(self) -> tuple[str, object]:
        """Return the name and the view of what is seen: the warning, then what was opened last, then the
        visit's own screen."""
        if self.warning is not None:
            return "warning", self.warning
        if self.access is not None:
            return "access", self.access
        if self.info is not None:
            return "info", self.info
        if self.help is not None:
            return "help", self.help
        if self.more is not None:
            return "more", self.more
        return self.screen, self.body


def present(visit: Visit, around: Surroundings, waiting: bool = False) -> WholeView:
    """Return what the window shows for ``visit``. What the catalogue has no more falls back to the agencies."""
    screen: Screen = visit.screen
    frame = present_frame(visit, around)
    body = _body(visit, around, waiting)
    if body is None and around.loaded is not None:
        from kiosk.ui.present.lists import present_agencies

        screen, body = Screen.AGENCIES, present_agencies(visit, around, around.loaded)
    if body is None:
        screen, body = Screen.ATTRACT, present_attract(visit, around, waiting=True)
    whole = WholeView(screen, frame, body, modes=visit.modes, language=visit.language, leaf=leaf_of(visit))
    if visit.access and not visit.warned:
        from kiosk.ui.present.access import present_access

        return replace(whole, access=present_access(visit, around.voice))
    if visit.info and not visit.warned and around.loaded is not None:
        from kiosk.ui.present.info import present_info

        return replace(whole, info=present_info(visit, around))
    if visit.more and not (visit.help or visit.warned):
        from kiosk.ui.present.more import present_more

        return replace(whole, more=present_more(visit, around))
    if not (visit.help or visit.warned):
        return whole
    from kiosk.ui.present.overlays import present_help, present_warning

    return replace(whole, help=present_help(visit, around), warning=present_warning(visit))


def _body(visit: Visit, around: Surroundings, waiting: bool) -> Body | None:
    if visit.screen is Screen.ATTRACT:
        return present_attract(visit, around, waiting)
    if visit.screen is Screen.FAULT:
        from kiosk.ui.present.overlays import present_fault

        return present_fault(visit)
    return _of_a_visit(visit, around)


def _of_a_visit(visit: Visit, around: Surroundings) -> Body | None:
    """Return the view of a screen that needs the site; None while it has not been read."""
    from kiosk.ui.present import lists, sheet, ticket

    loaded = around.loaded
    if visit.screen is Screen.ISSUING:
        return ticket.present_issuing(visit, around)
    if loaded is None:
        return None
    presenters: dict[Screen, Callable[[Visit, Surroundings, Loaded], Body | None]] = {
        Screen.AGENCIES: lists.present_agencies,
        Screen.SERVICES: lists.present_services,
        Screen.SEARCH: lists.present_search,
        Screen.SHEET: sheet.present_sheet,
        Screen.RESULT: ticket.present_result,
        Screen.NOT_PRINTED: ticket.present_not_printed,
    }
    return presenters[visit.screen](visit, around, loaded)
