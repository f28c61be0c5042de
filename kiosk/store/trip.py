"""A mobile unit's trip: the place where it stands, and the places it stood at before."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from kiosk.core.events import PLACE_LENGTH
from kiosk.store.errors import StoreError

if TYPE_CHECKING:
    from kiosk.store.store import Store

RECENT: Final = 3
"""Places that are remembered: a van goes to the same villages again."""
_PLACES: Final = "places"


class Trip:
    """The part of a store that knows where the unit stands. Belongs to the store's thread."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def place(self) -> str:
        """Return where the unit stands; "" at its site."""
        with self._store._guard():
            return self._store._place()

    def recent(self) -> tuple[str, ...]:
        """Return the places of the last trips, the newest first."""
        with self._store._guard():
            row = self._store._db.execute("SELECT value FROM meta WHERE key = ?", (_PLACES,)).fetchone()
        return tuple(json.loads(row[0])) if row else ()

    def begin(self, place: str, who: str) -> None:
        """From the next ticket on the unit stands at ``place``. Raises StoreError where that is no name."""
        if (
            not place
            or place != " ".join(place.split())
            or len(place) > PLACE_LENGTH
            or not place.isprintable()
        ):
            raise StoreError(f"place is {place!r}; allowed: 1 to {PLACE_LENGTH} printable characters")
        known = [place, *(one for one in self.recent() if one != place)][:RECENT]
        with self._store._transaction():
            self._store._put("place", place)
            self._store._put(_PLACES, json.dumps(known, ensure_ascii=False))
            self._store._audit(who, "trip.started", {"place": place})

    def end(self, who: str) -> bool:
        """The unit is back at its site; say whether it was away."""
        with self._store._transaction():
            place = self._store._place()
            if place:
                self._store._db.execute("DELETE FROM meta WHERE key = 'place'")
                self._store._audit(who, "trip.ended", {"place": place})
        return bool(place)
