"""Not printed: the cause in plain words, the number and its code large, and two answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kiosk.ui.present.ticket import NotPrintedView
from kiosk.ui.screens.base import ScreenBox, load_kv


class NotPrintedScreen(ScreenBox):
    """Made to be photographed."""

    def __init__(self, **kwargs: Any) -> None:
        load_kv(Path(__file__).with_suffix(".kv"))
        super().__init__(**kwargs)

    def show(self, view: NotPrintedView) -> None:
        ticket, tight = view.ticket, self.layout == "tight"
        self.part("banner").text = view.banner
        for name, text in (
            ("text", view.short_text if tight else view.text),
            ("label", ticket.label),
            ("number", ticket.number),
            ("about", " · ".join(part for part in (ticket.about, ticket.priority) if part)),
            ("where", " · ".join(part for part in (ticket.where.text, ticket.issued_at) if part)),
            ("countdown", "" if tight else view.countdown),
        ):
            self.part(name).text = text
        self.part("code").data = ticket.qr
        for name, key in (("keep", view.keep), ("cancel", view.cancel)):
            tap = self.part(name)
            tap.target, tap.event, tap.text, tap.icon = key.target, key.event, key.label, key.icon
            if tight and key.short_note:
                tap.icon = ""  # the words need the room
            tap.note = key.short_note if tight else key.note
