"""Breaks sections of rows into pages of a given height, before anything is drawn. Free of Kivy."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Section:
    """A card: the height of its heading with the card's own padding, of each row, and between rows."""

    head: float
    rows: tuple[float, ...]
    between: float = 0.0


@dataclass(frozen=True)
class Slice:
    """Rows ``first`` up to ``last`` (not included) of section ``section`` stand together on a page."""

    section: int
    first: int
    last: int


def paginate(sections: tuple[Section, ...], room: float, gap: float) -> list[list[Slice]]:
    """Return the slices of each page, none higher than ``room`` as long as no single row with its heading is.

    A section begins on a page only with its first row; where it goes on, it takes its heading along.
    """
    pages: list[list[Slice]] = [[]]
    used = 0.0
    for index, section in enumerate(sections):
        row = 0
        while row < len(section.rows):
            start = used + (gap if pages[-1] else 0.0)
            height, last = section.head, row
            while last < len(section.rows):
                step = section.rows[last] + (section.between if last > row else 0.0)
                if start + height + step > room and (pages[-1] or last > row):
                    break
                height += step
                last += 1
            if last == row:  # not even one row fits below what is here
                pages.append([])
                used = 0.0
                continue
            pages[-1].append(Slice(index, row, last))
            used = start + height
            row = last
            if row < len(section.rows):
                pages.append([])
                used = 0.0
    return pages if len(pages) == 1 or pages[-1] else pages[:-1]
