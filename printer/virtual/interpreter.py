"""ESC/POS bytes → papers, as a printer reads them: one command at a time, at any split of the stream.

Never raises for what it is sent: a command it does not know is recorded in :attr:`Interpreter.unknown` and
passed over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from printer.virtual import pictures
from printer.virtual.commands import CR, DLE, ESC, FS, GS, HT, LF, length
from printer.virtual.model import Align, Element, End, Paper, Picture, QrCode, Run, Space, TextLine

DEFAULT_SPACING: Final = 30
"""Dots a line after ESC @ and ESC 2: 1/6 inch at 180 dpi, 30 dots on 203 dpi boards."""
TAB: Final = 8
MAX_UNKNOWN: Final = 1000
FULL_CUTS: Final = (0, 48, 65, 97, 103)
"""GS V m: at once, or from 65 on after a feed."""
PARTIAL_CUTS: Final = (1, 49, 66, 98, 104)

#: ESC t n → Python codec, for the pages that Epson and the common boards agree on.
CODE_PAGES: Final = {
    0: "cp437",
    2: "cp850",
    3: "cp860",
    4: "cp863",
    5: "cp865",
    16: "cp1252",
    17: "cp866",
    18: "cp852",
    19: "cp858",
}


@dataclass(frozen=True, slots=True)
class _Style:
    run: Run = field(default_factory=lambda: Run(""))
    align: Align = "left"
    spacing: int = DEFAULT_SPACING
    codec: str = "cp437"
    kanji: bool = False


@dataclass(slots=True)
class _Qr:
    dot: int = 3
    level: str = "L"
    data: bytes = b""


class Interpreter:
    """One printer's understanding of its byte stream.

    ``dots`` is the printable width. ``on_paper`` receives each paper as it is cut, ``on_reply`` the bytes of
    answers that are given in order (GS r, GS I, GS ( H). ``kanji`` is the mode a Chinese board wakes up in.
    """

    def __init__(
        self,
        dots: int,
        on_paper: Callable[[Paper], None],
        on_reply: Callable[[bytes], None] = lambda reply: None,
        *,
        kanji: bool = False,
    ) -> None:
        self.dots = dots
        self.unknown: list[bytes] = []
        self.asb = 0
        self.paper_bits = 0
        """What GS r 1 answers: bits 0 and 1 near end, 2 and 3 end."""
        self.moved = 0
        """How far the paper has moved since the beginning, in dots."""
        self._on_paper = on_paper
        self._on_reply = on_reply
        self._start = _Style(kanji=kanji)
        self._pending = bytearray()
        self._elements: list[Element] = []
        self._line: list[Run] = []
        self._line_dots = 0
        self._style = self._start
        self._qr = _Qr()
        self._graphic: Picture | None = None

    # --- the stream ---------------------------------------------------------------------------------------

    def feed(self, data: bytes) -> None:
        """Take in bytes and carry out all that is complete."""
        self.push(data)
        while self.step():
            pass

    def push(self, data: bytes) -> None:
        """Take in bytes without carrying anything out."""
        self._pending += data

    @property
    def waiting(self) -> int:
        """Bytes taken in and not carried out."""
        return len(self._pending)

    @property
    def starts_with_dle(self) -> bool:
        """Whether a real-time command is next: it was obeyed on arrival."""
        return self._pending[:1] == b"\x10"

    def step(self) -> bool:
        """Carry out the next command or run of text; False when more bytes must come first."""
        pending = self._pending
        if not pending:
            return False
        first = pending[0]
        if first in (DLE, ESC, FS, GS):
            size = length(pending)
            if size is None or len(pending) < size:
                return False
            command = bytes(pending[:size])
            del pending[:size]
            self._command(command)
            return True
        if first == 0:
            # Nothing, and often thousands at once: what clears half a picture.
            del pending[: len(pending) - len(pending.lstrip(b"\x00"))]
            return True
        if first < 0x20 or first == 0x7F:
            del pending[0]
            self._control(first)
            return True
        return self._text()

    def clear(self) -> None:
        """Forget what waits to be carried out and the line not yet printed; the styles stay (DLE ENQ 2)."""
        self._pending.clear()
        self._line.clear()
        self._line_dots = 0

    def reset(self) -> None:
        """Power off and on: everything not yet on paper is gone, and what was switched on is off."""
        self.clear()
        self._initialize()
        self.asb = 0

    def tear(self) -> None:
        """Part what is printed from the roll by hand, if anything is."""
        self._end("torn")

    def leave(self) -> None:
        """Part what is printed, but not the line that waits: the end of an old roll goes with what is on it."""
        elements, self._elements = tuple(self._elements), []
        if elements:
            self._on_paper(Paper(elements, "torn"))

    # --- text ---------------------------------------------------------------------------------------------

    def _text(self) -> bool:
        pending = self._pending
        end = 0
        while end < len(pending) and pending[end] >= 0x20 and pending[end] != 0x7F:
            if self._style.kanji and pending[end] >= 0x81:
                if end + 1 >= len(pending):
                    break  # the second byte of the pair has not come
                end += 1
            end += 1
        if not end:
            return False
        data = bytes(pending[:end])
        del pending[:end]
        self._put(data.decode("gb18030" if self._style.kanji else self._style.codec, "replace"))
        return True

    def _put(self, text: str) -> None:
        style = self._style.run
        wide = style.cell[0]
        for char in text:
            if self._line_dots + wide > self.dots and self._line:
                self._end_line()
            self._line_dots += wide
            last = self._line[-1] if self._line else None
            if last is not None and replace(last, text="") == style:
                self._line[-1] = replace(last, text=last.text + char)
            else:
                self._line.append(replace(style, text=char))

    def _end_line(self) -> None:
        """Print what is in the line buffer and move by one line."""
        if not self._line:
            self._on(Space(self._style.spacing))
            return
        self._flush_line(self._style.spacing)

    def _flush_line(self, least: int) -> None:
        tallest = max(run.cell[1] for run in self._line)
        self._on(TextLine(tuple(self._line), self._style.align, max(least, tallest)))
        self._line.clear()
        self._line_dots = 0

    def _on(self, element: Element) -> None:
        """Put ``element`` on the paper."""
        self._elements.append(element)
        self.moved += element.advance

    def _move(self, dots: int) -> None:
        """Print the line buffer, if it holds anything, and move the paper."""
        if self._line:
            self._flush_line(0)
        if dots:
            self._on(Space(dots))

    def _control(self, byte: int) -> None:
        if byte == LF:
            self._end_line()
        elif byte == HT:
            column = self._line_dots // max(1, self._style.run.cell[0])
            self._put(" " * (TAB - column % TAB))
        elif byte != CR:
            # CR does nothing where the DIP switch leaves automatic line feed off.
            self._note(bytes((byte,)))

    # --- commands -----------------------------------------------------------------------------------------

    def _command(self, command: bytes) -> None:
        lead, args = command[:2], command[2:]
        match lead:
            case b"\x1b@":
                self._initialize()
            case b"\x1bd":
                self._move(args[0] * self._style.spacing)
            case b"\x1bJ":
                self._move(args[0])
            case b"\x1dV":
                self._cut(args)
            case b"\x1bi":
                self._end("full")
            case b"\x1bm":
                self._end("partial")
            case b"\x1dv" | b"\x1b*" | b"\x1d(":
                self._draw(lead, command)
            case b"\x1da":
                self.asb = args[0]
            case b"\x1dr":
                self._answer_r(args[0])
            case b"\x1dI":
                self._on_reply(b"\x01")
            case b"\x10\x04" | b"\x10\x05" | b"\x10\x14" | b"\x1bc" | b"\x1b=" | b"\x1bp":
                pass  # real-time commands were answered on arrival; sensors and drawer are not modelled
            case _:
                if not self._restyle(lead, args):
                    self._note(command)

    def _restyle(self, lead: bytes, args: bytes) -> bool:
        """Commands that change how the next characters look; False if ``lead`` is none."""
        style, n = self._style, args[0] if args else 0
        run = style.run
        match lead:
            case b"\x1b!":
                wide, high = 1 + (n >> 5 & 1), 1 + (n >> 4 & 1)
                bold, underline = bool(n & 8), bool(n & 128)
                run = Run("", wide, high, bold, underline, run.inverse, "b" if n & 1 else "a")
            case b"\x1bE" | b"\x1bG":
                run = replace(run, bold=bool(n & 1))
            case b"\x1b-":
                run = replace(run, underline=n % 48 in (1, 2))
            case b"\x1bM":
                run = replace(run, font="b" if n % 48 == 1 else "a")
            case b"\x1dB":
                run = replace(run, inverse=bool(n & 1))
            case b"\x1d!":
                run = replace(run, width=1 + (n >> 4 & 7), height=1 + (n & 7))
            case b"\x1ba":
                # Only at the start of a line; elsewhere Epson ignores it.
                if not self._line and n % 48 < 3:
                    style = replace(style, align=("left", "center", "right")[n % 48])
            case b"\x1b2":
                style = replace(style, spacing=DEFAULT_SPACING)
            case b"\x1b3":
                style = replace(style, spacing=n)
            case b"\x1bt":
                if n not in CODE_PAGES:
                    return False
                style = replace(style, codec=CODE_PAGES[n])
            case b"\x1c.":
                style = replace(style, kanji=False)
            case b"\x1c&":
                style = replace(style, kanji=True)
            case b"\x1bR" | b"\x1b ":
                if n:
                    return False
            case _:
                return False
        self._style = replace(style, run=run)
        return True

    def _initialize(self) -> None:
        # ESC @ clears the line buffer, not what is on the paper, and not ASB.
        self._line.clear()
        self._line_dots = 0
        self._style = self._start
        self._qr = _Qr()
        self._graphic = None

    def _answer_r(self, n: int) -> None:
        if n % 48 == 1:
            self._on_reply(bytes((self.paper_bits,)))
        elif n % 48 == 2:
            self._on_reply(b"\x00")

    def _cut(self, args: bytes) -> None:
        if args[0] not in FULL_CUTS + PARTIAL_CUTS:
            self._note(b"\x1dV" + args)
            return
        if len(args) == 2:
            self._move(args[1])
        self._end("full" if args[0] in FULL_CUTS else "partial")

    def _end(self, end: End) -> None:
        if self._line:
            self._flush_line(0)
        elements, self._elements = tuple(self._elements), []
        if elements:
            self._on_paper(Paper(elements, end))

    # --- pictures -----------------------------------------------------------------------------------------

    def _draw(self, lead: bytes, command: bytes) -> None:
        if lead == b"\x1dv":
            self._add(pictures.raster(command, self._style.align), command)
        elif lead == b"\x1b*":
            self._add(pictures.columns(command, self._style.align), command)
        elif command[2:3] == b"k":
            self._qr_function(command)
        elif command[2:3] == b"L":
            self._graphics(command)
        elif command[2:3] == b"H" and command[5:7] == b"00" and len(command) >= 11:
            self._on_reply(b"\x37\x22" + command[7:11] + b"\x00")
        else:
            self._note(command)

    def _add(self, picture: Picture | None, command: bytes) -> None:
        if picture is None:
            self._note(command)
            return
        self._move(0)
        if picture.rows and picture.width_bytes:
            self._on(picture)

    def _graphics(self, command: bytes) -> None:
        """GS ( L: function 112 stores a bitmap, 2 and 50 print it."""
        function = command[6:7]
        if function == b"p" and len(command) >= 15:
            self._graphic = pictures.stored(command)
        elif function in (b"\x02", b"2"):
            if self._graphic is not None:
                self._add(replace(self._graphic, align=self._style.align), command)
            self._graphic = None
        else:
            self._note(command)

    def _qr_function(self, command: bytes) -> None:
        """GS ( k with cn = 49: 65 model, 67 dot size, 69 level, 80 store, 81 print."""
        body = command[5:]
        if body[:1] != b"1" or len(body) < 2:
            self._note(command)
            return
        function, rest = body[1], body[2:]
        if function == 67 and rest and 1 <= rest[0] <= 16:
            self._qr.dot = rest[0]
        elif function == 69 and rest and 48 <= rest[0] <= 51:
            self._qr.level = "LMQH"[rest[0] - 48]
        elif function == 80:
            self._qr.data = rest[1:]
        elif function == 81:
            self._print_qr(command)
        elif function != 65:
            self._note(command)

    def _print_qr(self, command: bytes) -> None:
        modules = pictures.qr_modules(self._qr.data, self._qr.level) if self._qr.data else ()
        # A code wider than the paper is not printed at all (Epson's reference of function 181).
        if not modules or len(modules) * self._qr.dot > self.dots:
            self._note(command)
            return
        self._move(0)
        self._on(QrCode(self._qr.data, self._qr.level, self._qr.dot, modules, self._style.align))

    def _note(self, command: bytes) -> None:
        if len(self.unknown) < MAX_UNKNOWN:
            self.unknown.append(command[:16])
