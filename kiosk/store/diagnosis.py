"""What of a database may leave the mall for a diagnosis: its schema, counts and audit trail, and nothing of a person.

No ticket's page address (token), no name of staff, no reason somebody typed: those are free text and may name anybody.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from kiosk.store.errors import StoreBroken, from_sqlite, is_damage
from kiosk.store.facts import open_read_only

AUDIT_LINES: Final = 500
DAYS: Final = 14
OURS: Final = frozenset({"system", "visitor", "command", "kiosk", "unknown", "first start"})
"""Names in the audit that are no person's."""
TELLING: Final = frozenset(
    {
        "number",
        "copy",
        "from",
        "to",
        "since",
        "floors",
        "numbers_known",
        "exact",
        "seq",
        "taken_at",
        "tickets",
        "used_mm",
    }
)
"""Details of the audit that are facts of the machine."""
LEFT_OUT: Final = "(left out)"


@dataclass(frozen=True)
class Diagnosis:
    """A database without anything personal."""

    schema: str
    """The statements that make its tables."""
    days: list[dict[str, object]]
    """Tickets by service day and state."""
    audit: list[dict[str, object]]
    """The latest lines, oldest first; people are "person 1", "person 2" …"""


def diagnosis(path: Path) -> Diagnosis:
    """Read it from the database at ``path`` without changing anything. Raises StoreError."""
    try:
        with closing(open_read_only(path)) as db:
            schema = [
                row[0]
                for row in db.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
            ]
            (version,) = db.execute("PRAGMA user_version").fetchone()
            counts = db.execute(
                "SELECT service_day, state, count(*) FROM tickets WHERE service_day >="
                " (SELECT coalesce(min(day), '') FROM (SELECT DISTINCT service_day AS day FROM tickets"
                " ORDER BY day DESC LIMIT ?)) GROUP BY service_day, state ORDER BY service_day, state",
                (DAYS,),
            ).fetchall()
            lines = db.execute(
                "SELECT at, who, what, details FROM audit ORDER BY id DESC LIMIT ?", (AUDIT_LINES,)
            ).fetchall()
    except sqlite3.Error as error:
        if is_damage(error):
            raise StoreBroken(f"{path}: {error}", None) from error
        raise from_sqlite(error, path) from error
    people: dict[str, str] = {}
    audit = [_line(at, who, what, details, people) for at, who, what, details in reversed(lines)]
    return Diagnosis(
        f"PRAGMA user_version = {version};\n" + ";\n".join(schema) + ";\n",
        [{"day": day, "state": state, "tickets": count} for day, state, count in counts],
        audit,
    )


def _line(at: str, who: str, what: str, details: str, people: dict[str, str]) -> dict[str, object]:
    name = who if who in OURS else people.setdefault(who, f"person {len(people) + 1}")
    told: Any = json.loads(details)
    kept = (
        {key: value if key in TELLING else LEFT_OUT for key, value in told.items()}
        if isinstance(told, dict)
        else {}
    )
    return {"at": at, "who": name, "what": what, "details": kept}
