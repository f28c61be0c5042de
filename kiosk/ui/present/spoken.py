"""Every screen as a script: what is said and what is chosen, from top to bottom, from the same view that is drawn.

A script is read aloud, and it is also what a screen shows as one column (``screens/plain.py``): speech and picture
come from one node, so that nothing can be drawn there and not said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from kiosk.i18n import _, translate
from kiosk.ui.present.common import Heading, Key

if TYPE_CHECKING:
    from kiosk.ui.present.access import AccessView
    from kiosk.ui.present.attract import AttractView
    from kiosk.ui.present.info import InfoView
    from kiosk.ui.present.lists import AgenciesView, EntryView, SearchView, ServicesView
    from kiosk.ui.present.more import MoreView
    from kiosk.ui.present.overlays import FaultView, HelpView, WarningView
    from kiosk.ui.present.sheet import FactView, SheetView
    from kiosk.ui.present.ticket import IssuingView, NotPrintedView, ResultView, TicketView
    from kiosk.ui.present.whole import WholeView


@dataclass(frozen=True)
class Say:
    """A text. ``role`` is a role of the theme, ``tone`` the ground of what is said with weight."""

    text: str
    role: str = "text"
    tone: str = ""
    icon: str = ""
    other_language: bool = False


@dataclass(frozen=True)
class Press:
    """Something to choose; ``lines`` stand below its label."""

    key: Key
    lines: tuple[str, ...] = ()
    kind: str = "choice"
    on: bool | None = None
    """A switch's state; None for what is no switch."""
    small: bool = False
    """A single letter or word: several stand in a row."""


@dataclass(frozen=True)
class Code:
    """A code for a phone; what it is for stands beside it and is said."""

    data: str
    head: str = ""
    text: str = ""


@dataclass(frozen=True)
class Plan:
    """The picture of the hall with a zone marked; ``text`` says it."""

    file: Path
    zone: str
    text: str


Item: TypeAlias = Say | Press | Code | Plan


@dataclass(frozen=True)
class Script:
    """One screen. ``name`` tells it from the one before; ``title`` is said first."""

    name: str
    title: str
    items: tuple[Item, ...]
    language: str
    steps: str = ""


def is_for_visitors(view: WholeView) -> bool:
    """Whether what is on top has a script: every screen of a visit has; the staff's screens are for eyes and hands."""
    return type(view.on_top()[1]).__name__ in _SCRIPTS


def script_of(view: WholeView) -> Script:
    """Return the script of what is on top of ``view``."""
    name, body = view.on_top()
    title, steps, items = _SCRIPTS[type(body).__name__](body)
    return Script(name, title, tuple(item for item in items if _has_content(item)), view.language, steps)


def _has_content(item: Item) -> bool:
    return not isinstance(item, Say) or bool(item.text)


def orientation(script: Script, leaf: int, leaves: int, items: tuple[Item, ...]) -> tuple[str, ...]:
    """Return what is said when a page of ``script`` comes up: where one is, what it says, how to choose."""
    language = script.language
    said = [script.title, script.steps]
    if leaves > 1:
        said.append(translate(_("Halaman {page} dari {pages}"), language).format(page=leaf + 1, pages=leaves))
    said += [words for item in items for words in _aloud(item)]
    choices = sum(isinstance(item, Press) for item in items)
    if choices:
        words = _("{count} pilihan. Tombol kanan untuk maju, tombol pilih untuk memilih.")
        said.append(translate(words, language).format(count=choices))
    return tuple(plain(text) for text in said if text)


def _aloud(item: Item) -> tuple[str, ...]:
    """Return what is read of ``item``: a number letter by letter, digit by digit."""
    match item:
        case Say():
            return (" ".join(item.text.replace("-", "")) if item.role == "number" else item.text,)
        case Code():
            return item.head, item.text
        case Plan():
            return (item.text,)
        case _:
            return ()


def choice(press: Press, language: str) -> str:
    """Return what is said when the keys reach ``press``."""
    key = press.key
    parts = [key.label, key.note, *press.lines]
    if press.on is not None:
        parts.append(translate(_("aktif") if press.on else _("tidak aktif"), language))
    if not key.enabled:
        parts.append(translate(_("sedang tidak dapat dipilih"), language))
    return ". ".join(plain(part) for part in parts if part)


def everything(script: Script) -> str:
    """Return all that a visitor can hear of ``script``."""
    said = [*orientation(script, 0, 1, script.items)]
    said += [choice(item, script.language) for item in script.items if isinstance(item, Press)]
    return "\n".join(said)


def plain(text: str) -> str:
    """Return ``text`` without marks of where a word may break."""
    return text.replace("\u00ad", "").replace("\n", " ")


# --- one function a screen --------------------------------------------------------------------------------------------

Parts: TypeAlias = tuple[str, str, list[Item]]
"""Title, step mark, items."""


def _heading(heading: Heading) -> tuple[str, str]:
    return heading.title, heading.step


def _entry(entry: EntryView) -> Press:
    return Press(entry.key, tuple(line for line in (entry.line, entry.badge) if line))


def _fact(fact: FactView) -> Iterator[Item]:
    yield Say(": ".join(part for part in (fact.head, fact.text) if part), icon=fact.icon)
    yield Say(fact.note)


def _attract(view: AttractView) -> Parts:
    items: list[Item] = [
        Press(view.start, kind="gold"),
        *(Press(key) for key in view.languages),
        Say(view.welcome),
        Say(view.second, other_language=True),
    ]
    if view.state:
        items += [
            Say(view.state.word, "strong", view.state.tone, view.state.icon),
            Say(view.state.text),
            Say(view.state.note),
            Say(view.state.printer),
        ]
    return view.invitation, "", items


def _agencies(view: AgenciesView) -> Parts:
    return *_heading(view.heading), [*(_entry(tile) for tile in view.tiles), Press(view.search)]


def _services(view: ServicesView) -> Parts:
    return *_heading(view.heading), [_entry(row) for row in view.rows]


def _search(view: SearchView) -> Parts:
    items: list[Item] = [Say(view.query or view.prompt, "strong"), Say(view.message)]
    items += [_entry(hit) for hit in view.hits]
    items += [Press(key, small=True) for key in view.examples]
    items += [Press(key, small=True) for key in (view.delete, view.clear, view.space)]
    items += [Press(key, small=True) for key in view.letters]
    return *_heading(view.heading), items


def _sheet(view: SheetView) -> Parts:
    items: list[Item] = []
    if view.closed:
        items += [Say(view.closed.short, "strong", "red", "clock"), Say(view.closed.long)]
    if view.take:
        items += [Press(view.take, kind="primary"), Press(view.priority, on=view.priority_on)]
    for fact in (view.fee, view.time, view.where):
        items += _fact(fact)
    items.append(Say(view.bring_head, "strong"))
    items += [Say(text, icon="ok" if view.bring_known else "help") for text in view.bring]
    for fact in view.details:
        items += _fact(fact)
    items.append(Press(view.more))
    return *_heading(view.heading), items


def _issuing(view: IssuingView) -> Parts:
    return view.title, "", [Say(view.text), Say(view.waited)]


def _ticket(view: TicketView) -> list[Item]:
    items: list[Item] = [Say(view.label), Say(view.number, "number"), Say(view.about, "strong")]
    items.append(Say(view.priority, "strong", icon="people"))
    items.append(Say(view.issued_at))
    items += _fact(view.where)
    if view.ahead:
        items += _fact(view.ahead)
    return items


def _result(view: ResultView) -> Parts:
    items = _ticket(view.ticket)
    items += [Say(view.banner_note), Press(view.done, kind="primary"), Press(view.another)]
    items += [Say(view.code_head, "strong"), Say(view.code_text), Code(view.ticket.qr)]
    return view.banner, "", items


def _not_printed(view: NotPrintedView) -> Parts:
    items = _ticket(view.ticket)
    items[:0] = [Say(view.text)]
    items += [Press(view.keep, kind="primary"), Press(view.cancel, kind="danger"), Say(view.countdown)]
    items.append(Code(view.ticket.qr))
    return view.banner, "", items


def _help(view: HelpView) -> Parts:
    steps: list[Item] = [Say(f"{number}. {text}") for number, text in enumerate(view.steps, 1)]
    called = [Say(view.call_state, "strong", view.call_tone, "people" if view.call_tone else "")]
    call = [Press(view.call)] if view.call else []
    lines = [Say(line) for line in view.lines]
    return (
        view.title,
        "",
        [*called, *call, *steps, *lines, Press(view.info), Press(view.close, kind="primary")],
    )


def _warning(view: WarningView) -> Parts:
    return view.title, "", [Press(view.stay, kind="gold"), Say(view.text)]


def _fault(view: FaultView) -> Parts:
    return view.title, "", [Say(view.text), Say(view.staff), Say(view.code)]


def _access(view: AccessView) -> Parts:
    items: list[Item] = [Press(switch.key, on=switch.on) for switch in view.switches]
    items[1:1] = [Press(key) for key in view.volume]
    return view.title, "", [Press(view.close, kind="primary"), *items, Say(view.text)]


def _more(view: MoreView) -> Parts:
    items: list[Item] = []
    if view.state:
        items.append(Say(view.state, "strong", view.tone, "ok" if view.tone == "green" else "x"))
    if view.print:
        items.append(Press(view.print, kind="primary"))
    items += [Code(code.data, code.head, code.text) for code in view.codes]
    items += [Say(f"{view.where_head}: {view.where}", "strong", icon="pin"), Say(view.way)]
    if view.plan:
        items.append(Plan(view.plan.file, view.plan.zone, view.plan.text))
    return view.title, view.step, items


def _info(view: InfoView) -> Parts:
    items: list[Item] = []
    for part in view.parts:
        items.append(Say(part.head, "strong", icon=part.icon))
        items += [Say(line) for line in part.lines]
    return view.title, view.step, [*items, Press(view.close, kind="primary")]


_SCRIPTS: dict[str, Callable[[Any], tuple[str, str, list[Item]]]] = {
    "AttractView": _attract,
    "AgenciesView": _agencies,
    "ServicesView": _services,
    "SearchView": _search,
    "SheetView": _sheet,
    "IssuingView": _issuing,
    "ResultView": _result,
    "NotPrintedView": _not_printed,
    "HelpView": _help,
    "WarningView": _warning,
    "FaultView": _fault,
    "AccessView": _access,
    "InfoView": _info,
    "MoreView": _more,
}
"""By the view's name: no screen's presenter is imported for another's script."""
