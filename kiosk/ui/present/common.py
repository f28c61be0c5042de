"""Parts that several views share: keys, the frame around every screen, the pager."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kiosk.core import visit as v
from kiosk.i18n import _, translate
from kiosk.ui.context import Surroundings

if TYPE_CHECKING:  # read after the first frame
    from kiosk.core.setup import SetupEvent
    from kiosk.core.staff_session import StaffEvent
    from kiosk.ui.present.setup import Shift


@dataclass(frozen=True)
class Key:
    """Something to touch: its stable name, what it says, its picture, and the event it sends."""

    target: str
    label: str
    event: v.Event | StaffEvent | SetupEvent | Shift
    icon: str = ""
    enabled: bool = True
    note: str = ""
    short: str = ""
    """The label for a panel that has no room for the whole of it; empty where ``label`` is short enough."""
    short_note: str = ""
    primary: bool = False
    """Of the frame's keys: the one that leads on."""


@dataclass(frozen=True)
class PagerView:
    """Where we are in a list of more pages than one."""

    page: int
    pages: int
    label: str
    short: str
    previous: Key
    following: Key


@dataclass(frozen=True)
class FrameView:
    """The frame around every screen: whose machine this is, when it is, and the five keys that never move."""

    mall: str
    region: str
    time: str
    date: str
    date_short: str
    keys: tuple[Key, ...]


@dataclass(frozen=True)
class Heading:
    """The one question of a screen and where the visitor is on the road."""

    title: str
    step: str = ""


def pager(page: int, pages: int, language: str) -> PagerView:
    """Return the pager for ``page`` (from 0) of ``pages``."""

    def say(message: str) -> str:
        return translate(message, language)

    return PagerView(
        page,
        pages,
        say(_("Halaman {page} dari {pages}")).format(page=page + 1, pages=pages),
        f"{page + 1}/{pages}",
        Key("page:previous", say(_("Sebelumnya")), v.TurnPage(max(0, page - 1)), enabled=page > 0),
        Key(
            "page:next", say(_("Berikutnya")), v.TurnPage(min(pages - 1, page + 1)), enabled=page < pages - 1
        ),
    )


def step_words(number: int, language: str, about: str = "") -> str:
    """Return "Langkah 2 dari 3 · Dukcapil"."""
    words = translate(_("Langkah {step} dari {steps}"), language).format(step=number, steps=3)
    return f"{words} · {about}" if about else words


_LANGUAGE_NAMES = {"id": "Indonesia", "en": "English"}


def language_name(tag: str) -> str:
    """Return a language's own name for itself."""
    return _LANGUAGE_NAMES.get(tag, tag)


def other_language(visit: v.Visit, surroundings: Surroundings) -> str:
    """Return the language that the language key changes to: the next one the site offers."""
    tags = surroundings.languages
    at = tags.index(visit.language) if visit.language in tags else -1
    return tags[(at + 1) % len(tags)]


_NO_BACK = (v.Screen.ATTRACT, v.Screen.ISSUING, v.Screen.RESULT, v.Screen.NOT_PRINTED, v.Screen.FAULT)
_NO_HOME = (v.Screen.ATTRACT, v.Screen.ISSUING, v.Screen.NOT_PRINTED, v.Screen.FAULT)
_NO_HELP = (v.Screen.ISSUING, v.Screen.FAULT)


def footer_keys(visit: v.Visit, surroundings: Surroundings) -> tuple[Key, ...]:
    """Return Back, Home, Help, Language and what makes it easier: always all five, in this order; a key without a
    meaning here rests."""
    language = visit.language
    other = other_language(visit, surroundings)
    overlaid = visit.overlaid
    helping = v.CloseHelp() if visit.help else v.ShowHelp()

    def say(message: str) -> str:
        return translate(message, language)

    return (
        Key("back", say(_("Kembali")), v.Back(), "back", overlaid or visit.screen not in _NO_BACK),
        Key("home", say(_("Awal")), v.Home(), "home", visit.screen not in _NO_HOME),
        Key("help", say(_("Bantuan")), helping, "help", visit.screen not in _NO_HELP),
        Key("language", language_name(other), v.SetLanguage(other), "lang", len(surroundings.languages) > 1),
        access_key(visit, visit.screen not in _NO_HELP),
    )


def access_key(visit: v.Visit, enabled: bool = True) -> Key:
    """Return the key of what can be made easier."""
    label, short = translate(_("Kemudahan"), visit.language), translate(_("Akses"), visit.language)
    event = v.CloseAccess() if visit.access else v.ShowAccess()
    return Key("access", label, event, "acc", enabled, short=short)
