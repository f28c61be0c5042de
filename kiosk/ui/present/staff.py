"""What staff see: the door, the menu, lists and acts; and the screen of a kiosk that is locked."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING

from kiosk.core import staff_session as s
from kiosk.core.common import say
from kiosk.core.record import Ticket, TicketState
from kiosk.core.staff import Role, short_name
from kiosk.core.staff_session import Place, Session
from kiosk.i18n import _, translate
from kiosk.ui.present.common import FrameView, Heading, Key
from kiosk.ui.present.lists import EntryView, SearchView, ServicesView
from kiosk.ui.present.staff_trip import short_place, trip_view
from kiosk.ui.present.staff_views import CheckView, ChoiceView, PadView
from kiosk.ui.present.staff_words import (
    LEVELS,
    MENU,
    NOTICES,
    PAUSES,
    REPRINT,
    STATES,
    TECHNICAL,
    TRIP,
    VOID,
    server_word,
)
from kiosk.words import date_short, printer_words, time_of_day

if TYPE_CHECKING:
    from kiosk.ui.context import Surroundings


StaffBody = PadView | ChoiceView | CheckView | ServicesView | SearchView


def present_staff(
    session: Session, around: Surroundings, language: str, settings: tuple[tuple[str, str], ...] = ()
) -> tuple[str, StaffBody]:
    """Return the name of the screen and its view. ``settings`` are keys with their values, for technicians."""
    return _Presenter(session, around, language, settings).body()


def present_staff_frame(frame: FrameView, session: Session, language: str) -> FrameView:
    """Return the frame around a staff screen: the same header, and the two ways out."""
    from dataclasses import replace

    back = Key("back", translate(_("Kembali"), language), s.StepBack(), "back", bool(session.trail))
    leave = Key("leave", translate(_("Keluar"), language), s.Leave(), "home")
    return replace(frame, keys=(back, leave))


class _Presenter:
    def __init__(
        self, session: Session, around: Surroundings, language: str, settings: tuple[tuple[str, str], ...]
    ) -> None:
        self._session, self._around, self._language, self._settings = session, around, language, settings

    def body(self) -> tuple[str, StaffBody]:
        session = self._session
        if session.place in (Place.DOOR, Place.FIRST, Place.AGAIN, Place.FIND):
            return "staff_pad", self._pad()
        if session.place in (Place.RULER, Place.TOUCH):
            return "staff_check", self._check()
        if session.place is Place.TRIP and session.busy is None:
            return "staff_write", trip_view(session, self._heading(), self._notice(), self._language)
        if session.place is Place.SETTING and session.busy is None:
            from kiosk.ui.present.staff_settings import choice_keys, typing  # few ever open it

            if not choice_keys(session):
                heading = Heading(session.setting, self._heading().step)
                return "staff_write", typing(session, heading, self._notice(), self._language)
        rows = self._rows()
        if rows:
            return "staff_list", ServicesView(self._heading(), rows, session.page, self._language)
        return "staff_choice", self._choice()

    # --- words ------------------------------------------------------------------------------------------------------

    def _say(self, message: str, **values: object) -> str:
        return translate(message, self._language).format(**values)

    def _heading(self) -> Heading:
        person = self._session.person
        if person is None:
            return Heading(self._say(self._title()), self._say(_("Petugas")))
        who = _("Teknisi · {name}") if person.role is Role.TECHNICIAN else _("Petugas · {name}")
        return Heading(self._say(self._title()), self._say(who, name=short_name(person.name)))

    def _title(self) -> str:
        titles = {
            Place.DOOR: _("Masukkan PIN Anda"),
            Place.FIRST: _("Buat PIN teknisi"),
            Place.AGAIN: _("Ulangi PIN itu"),
            Place.MENU: _("Mau melakukan apa?"),
            Place.TICKETS: _("Tiket hari ini"),
            Place.DOUBTFUL: _("Tiket belum pasti"),
            Place.FIND: _("Cari nomor"),
            Place.TICKET: _("Tiket ini"),
            Place.REPRINT: _("Mengapa dicetak lagi?"),
            Place.VOID: _("Mengapa dibatalkan?"),
            Place.LOCK: _("Kunci mesin"),
            Place.UNTIL: _("Sampai kapan?"),
            Place.PAPER: _("Kertas diganti"),
            Place.FIGURES: _("Angka hari ini"),
            Place.TRIP: _("Mesin ini di mana?"),
            Place.SETTINGS: _("Pengaturan"),
            Place.SETTING: _("Ubah pengaturan"),
            Place.DOCTOR: _("Periksa mesin"),
            Place.FINDING: _("Hasil pemeriksaan"),
            Place.RULER: _("Uji ukuran"),
            Place.TOUCH: _("Uji sentuh"),
        }
        return titles[self._session.place]

    def _notice(self) -> str:
        notice = self._session.notice
        if notice is None:
            return ""
        detail = self._cause(notice.detail) if notice.kind == "no_paper" else short_place(notice.detail)
        if notice.kind == "scan_day":
            detail = date_short(dt.date.fromisoformat(notice.detail), self._language)
        return self._say(NOTICES[notice.kind], detail=detail)

    def _cause(self, cause: str) -> str:
        return printer_words(cause, self._language)

    def _how_long(self, seconds: float) -> str:
        if seconds <= 120:
            return self._say(_("Tunggu {count} detik, lalu coba lagi."), count=math.ceil(seconds))
        return self._say(_("Tunggu {count} menit, lalu coba lagi."), count=math.ceil(seconds / 60))

    # --- the pad ----------------------------------------------------------------------------------------------------

    def _pad(self) -> PadView:
        session = self._session
        secret = session.place is not Place.FIND
        wait = session.wait_s() if session.place is Place.DOOR else 0.0
        least = s.PIN_LENGTH[0] if secret else 1
        message = self._notice()
        if wait and math.isinf(wait) and not message:
            message = self._say(_("Pintu ini hanya dapat dibuka teknisi di terminal."))
        elif wait and not math.isinf(wait):
            message = self._how_long(wait)
        elif not message:
            asks = {
                Place.FIRST: _("6 sampai 12 angka. Catat di tempat aman: tidak ada PIN bawaan."),
                Place.AGAIN: _("Ketik sekali lagi supaya tidak salah."),
                Place.FIND: _("Ketik angkanya saja: 12 untuk C-012. Atau tunjukkan QR tiket ke pemindai."),
            }
            message = self._say(asks.get(session.place, _("PIN pribadi, 6 sampai 12 angka.")))
        able = not wait and session.busy is None
        return PadView(
            heading=self._heading(),
            shown="•" * len(session.typed) if secret else session.typed,
            message=message,
            bad=bool(wait) or (session.notice is not None and not session.notice.good),
            digits=tuple(Key(f"digit:{d}", d, s.Type(d), enabled=able) for d in "1234567890"),
            delete=Key("digit:delete", self._say(_("Hapus")), s.Type(""), "delete", able and bool(session.typed)),
            enter=Key("enter", self._say(_("Masuk") if secret else _("Cari")), s.Enter(), "ok",
                      able and len(session.typed) >= least),
        )  # fmt: skip

    # --- lists ------------------------------------------------------------------------------------------------------

    def _rows(self) -> tuple[EntryView, ...]:
        session = self._session
        if session.place in (Place.TICKETS, Place.DOUBTFUL):
            return tuple(self._ticket_row(ticket) for ticket in session.tickets)
        if session.place is Place.FIGURES:
            whole = Key("summary", self._say(_("Cetak ringkasan")), s.PrintSummary())
            rows = tuple(self._figure_row(figure) for figure in session.figures)
            return (EntryView(whole, "", "", "paper", "sea"), *rows) if rows and session.busy is None else ()
        if session.place is Place.DOCTOR:
            return tuple(self._item_row(index, item) for index, item in enumerate(session.items))
        if session.place is Place.SETTINGS and session.busy is None:
            again = Key("restart", self._say(_("Mulai ulang")), s.Restart())
            line = self._say(_("Supaya yang diubah berlaku"))
            rows = tuple(self._setting_row(name, value) for name, value in self._settings)
            return (EntryView(again, line, "", "clock", "sea"), *rows)
        return ()

    def _setting_row(self, name: str, value: str) -> EntryView:
        section, _space, key = name[1:].partition("] ")
        alone = value.partition(" · ")[0]
        return EntryView(Key(f"setting:{name}", name, s.Alter(f"{section}.{key}", alone)), value)

    def _ticket_row(self, ticket: Ticket) -> EntryView:
        word, icon, colour = STATES[ticket.state]
        line = f"{time_of_day(ticket.issued_at.time(), self._language)} · {self._service(ticket.service)}"
        if ticket.copies:
            line += " · " + self._say(_("{count} salinan"), count=ticket.copies)
        return EntryView(
            Key(f"ticket:{ticket.display}", ticket.display, s.Pick(ticket.uuid)),
            line,
            self._say(word),
            icon,
            colour,
        )

    def _figure_row(self, figure: s.Figure) -> EntryView:
        loaded = self._around.loaded
        services = loaded.catalogue.services if loaded else ()
        agencies = loaded.catalogue.agency_by_code if loaded else {}
        names = dict.fromkeys(
            say(agencies[service.agency].short, self._language).replace("\u00ad", "")
            for service in services
            if service.queue == figure.queue and service.agency in agencies
        )
        return EntryView(
            Key(f"figure:{figure.queue}", " · ".join((figure.queue, *names)), s.Busy()),
            self._say(_("{voided} batal · {copies} salinan"), voided=figure.voided, copies=figure.copies),
            self._say(_("{count} tiket"), count=figure.given),
            "people",
            "sea",
        )

    def _item_row(self, index: int, item: s.Item) -> EntryView:
        word, icon, colour = LEVELS[item.level]
        return EntryView(
            Key(f"item:{index}", item.check, s.Read(index)), item.text, self._say(word), icon, colour
        )

    def _service(self, code: str) -> str:
        loaded = self._around.loaded
        service = loaded.catalogue.service_by_code.get(code) if loaded else None
        return say(service.short, self._language).replace("\u00ad", "") if service else code

    # --- choices ----------------------------------------------------------------------------------------------------

    def _choice(self) -> ChoiceView:
        session = self._session
        notice = session.notice
        banner, good = self._notice(), notice is None or notice.good
        if session.busy is not None:
            banner, good = self._say(_("Mohon tunggu…")), True
        return ChoiceView(
            heading=self._heading(),
            banner=banner,
            tone="sea" if session.busy is not None else "green" if good else "red",
            icon="clock" if session.busy is not None else "ok" if good else "x",
            lines=self._lines(),
            keys=self._keys() if session.busy is None else (),
        )

    def _lines(self) -> tuple[str, ...]:
        session = self._session
        ticket = session.ticket
        if session.place in (Place.TICKET, Place.REPRINT, Place.VOID) and ticket is not None:
            word, *_rest = STATES[ticket.state]
            at = time_of_day(ticket.issued_at.time(), self._language)
            state = f"{self._say(word)} · {at} · " + self._say(_("{count} salinan"), count=ticket.copies)
            cause = self._say(_("Sebab: {cause}"), cause=self._cause(ticket.cause)) if ticket.cause else ""
            return tuple(
                line for line in (ticket.display, self._service(ticket.service), state, cause) if line
            )
        if session.place is Place.FINDING and session.item is not None:
            item = session.item
            return tuple(line for line in (item.check, item.text, item.remedy) if line)
        if session.place is Place.SETTING:
            from kiosk.ui.present.staff_settings import advice

            refused = session.notice.detail if session.notice is not None else ""
            return (session.setting, refused or advice(session, self._language))
        if session.place is Place.PAPER:
            return (
                self._say(_("Sentuh tombol di bawah setelah gulungan baru terpasang dan penutupnya rapat.")),
            )
        if session.place is Place.UNTIL and session.pause is not None:
            return (self._say(PAUSES[session.pause][1]),)
        told: tuple[str, ...] = ()
        if session.lock is not None and session.place in (Place.MENU, Place.LOCK):
            word = self._say(PAUSES[session.lock.pause][0])
            told = (self._say(_("Mesin sedang dikunci: {word}"), word=word),)
        if session.place is Place.MENU and session.place_name:
            told = (*told, self._say(_("Perjalanan: {place}"), place=short_place(session.place_name)))
        standing = self._around.standing
        if session.place is Place.MENU and standing is not None and not told:
            # One line: on a low panel more would take the room of the keys. The doctor says it always.
            told = (self._say(server_word(standing), count=standing.waiting),)
        if told:
            return told
        if session.place in (Place.TICKETS, Place.DOUBTFUL, Place.FIGURES) and session.busy is None:
            return (self._say(_("Tidak ada.")),)
        return ()

    def _keys(self) -> tuple[Key, ...]:
        session = self._session
        match session.place:
            case Place.MENU:
                return self._menu_keys()
            case Place.TICKET:
                return self._ticket_keys()
            case Place.REPRINT:
                return tuple(
                    Key(f"why:{why}", self._say(word), s.Because(why)) for why, word in REPRINT.items()
                )
            case Place.VOID:
                return tuple(Key(f"why:{why}", self._say(word), s.Because(why)) for why, word in VOID.items())
            case Place.LOCK:
                return tuple(
                    Key(f"pause:{pause}", self._say(words[0]), s.PauseFor(pause))
                    for pause, words in PAUSES.items()
                )
            case Place.UNTIL:
                return tuple(self._minutes(minutes) for minutes in s.LOCK_MINUTES)
            case Place.SETTING:
                from kiosk.ui.present.staff_settings import choice_keys

                return choice_keys(session)
            case Place.PAPER:
                return (Key("confirm", self._say(_("Gulungan sudah diganti")), s.Confirm(), "ok"),)
        return ()

    def _minutes(self, minutes: int | None) -> Key:
        word = (
            self._say(_("Sampai dibuka")) if minutes is None else self._say(_("{count} menit"), count=minutes)
        )
        return Key(f"minutes:{minutes or 'open'}", word, s.LockFor(minutes))

    def _menu_keys(self) -> tuple[Key, ...]:
        session = self._session
        keys = [
            Key(f"go:{place}", self._say(word), s.Go(place), icon)
            for place, word, icon in (*MENU, *((TRIP,) if session.mobile else ()))
            if not (place is Place.LOCK and session.lock is not None)
        ]
        if session.lock is not None:
            keys.append(Key("unlock", self._say(_("Buka kunci")), s.UnlockNow(), "ok"))
        if session.person is not None and session.person.role is Role.TECHNICIAN:
            keys += [
                Key(f"go:{place}", self._say(word), s.Go(place), icon) for place, word, icon in TECHNICAL
            ]
            keys.append(Key("test", self._say(_("Uji cetak")), s.TestPrint(), "paper"))
        return tuple(keys)

    def _ticket_keys(self) -> tuple[Key, ...]:
        ticket = self._session.ticket
        if ticket is None or ticket.state is TicketState.VOIDED:
            return ()
        keys = [
            Key("go:reprint", self._say(_("Cetak salinan")), s.Go(Place.REPRINT), "paper"),
            Key("go:void", self._say(_("Batalkan nomor")), s.Go(Place.VOID), "x"),
        ]
        if ticket.state is TicketState.UNCONFIRMED:
            keys.insert(0, Key("confirm", self._say(_("Tiketnya ada")), s.Confirm(), "ok"))
        return tuple(keys)

    # --- checks -----------------------------------------------------------------------------------------------------

    def _check(self) -> CheckView:
        session = self._session
        if session.place is Place.RULER:
            text = _(
                "Ukur kotak ini dengan penggaris: tepat 20 × 20 mm. Bila tidak, betulkan diagonal_inch di [display]."
            )
            return CheckView(self._heading(), self._say(text), True, (), frozenset())
        left = len(s.CORNERS) - len(session.touched)
        text = (
            self._say(_("Sentuh kelima kotak. Tersisa {count}."), count=left)
            if left
            else self._say(_("Semua kotak terasa di tempatnya."))
        )
        spots = tuple(Key(f"spot:{corner}", "", s.Felt(corner), "touch") for corner in s.CORNERS)
        return CheckView(self._heading(), text, False, spots, session.touched)
