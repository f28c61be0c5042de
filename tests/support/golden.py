"""The bytes each profile's standard ticket has, and what a printer makes of them, kept as files.

``python -m tests.support.golden`` writes them anew, after a change that was meant; the difference is then read line by
line before it is committed.
"""

from __future__ import annotations

from pathlib import Path

from printer import profiles
from printer.encode import encode
from printer.virtual.interpreter import Interpreter
from printer.virtual.model import Paper, Picture, QrCode, Space, TextLine
from tests.support.slips import TICKET

FOLDER = Path(__file__).resolve().parents[1] / "data" / "printer"


def paper_of(data: bytes, profile: profiles.Profile) -> Paper:
    """The one paper that ``data`` becomes; torn off by hand where there is no cutter."""
    papers: list[Paper] = []
    printer = Interpreter(profile.dots, papers.append, kanji=profile.leave_kanji)
    printer.feed(data)
    printer.tear()
    assert printer.unknown == []
    assert printer.waiting == 0
    (paper,) = papers
    return paper


def as_picture(paper: Paper) -> str:
    """The paper line by line, for people: how far it moves, how it stands, what is on it; a code as its dots."""
    lines = []
    for element in paper.elements:
        match element:
            case TextLine(runs, align, advance):
                style = "+".join(
                    f"{run.width}x{run.height}{' bold' if run.bold else ''} {run.text!r}" for run in runs
                )
                lines.append(f"{advance:4} {align:6} {style}")
            case QrCode(data, level, dot, modules, align):
                lines.append(f"{element.advance:4} {align:6} QR {level} {dot} dots a module: {data.decode()}")
                lines += ["     " + "".join("█" if module else " " for module in row) for row in modules]
            case Picture(width_bytes, rows, align):
                lines.append(f"{element.advance:4} {align:6} picture {width_bytes * 8} dots wide")
                # Every fourth dot both ways is enough to see it, and to see it change.
                lines += ["     " + "".join(" █"[bit] for bit in _bits(row)[::4]) for row in rows[::4]]
            case Space(advance):
                lines.append(f"{advance:4}")
    return "\n".join(line.rstrip() for line in [*lines, f"{paper.height:4} {paper.end}"]) + "\n"


def _bits(row: bytes) -> list[int]:
    return [byte >> bit & 1 for byte in row for bit in range(7, -1, -1)]


def main() -> None:
    """Write all files."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in profiles.names():
        profile = profiles.load(name)
        data = encode(TICKET, profile)
        (FOLDER / f"{name}.bin").write_bytes(data)
        (FOLDER / f"{name}.txt").write_text(as_picture(paper_of(data, profile)), encoding="utf-8")


if __name__ == "__main__":
    main()
