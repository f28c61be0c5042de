"""A visitor calls staff: the call goes into the outbox like every event, and counts as told when the server has it.

Nothing is promised before: the pump sends the outbox at once, and until the row is acknowledged nobody knows. Without
a server nobody can be told, and that is the answer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from kiosk.core import visit as v

if TYPE_CHECKING:
    from kiosk.desk import Desk
    from kiosk.desk_thread import DeskThread


class StaffCall:
    """Belongs to the window's thread, as the visit does; asks the desk's."""

    def __init__(
        self,
        thread: DeskThread,
        send: Callable[[v.Event], None],
        server: Callable[[], bool],
    ) -> None:
        """``server`` says whether this kiosk has one."""
        self._thread, self._send, self._server = thread, send, server
        self._under_way: tuple[int, str] | None = None
        """The request, and the event that carries it."""
        self._asked = False

    def summon(self, effect: v.Summon) -> None:
        """Put the call into the outbox."""
        if not self._server():
            self._send(v.StaffTold(effect.request, False))
            return

        def work(desk: Desk) -> str:
            return desk.call_staff(effect.screen, effect.language)

        def answered(answer: str | BaseException) -> None:
            if isinstance(answer, BaseException):
                return  # the thread has said so with its code, and that ends the visit
            self._under_way = (effect.request, answer)

        self._thread.submit(work, answered)

    def look(self) -> None:
        """Ask once whether the server has it."""
        if self._under_way is None or self._asked:
            return
        request, event = self._under_way
        self._asked = True

        def answered(answer: bool | BaseException) -> None:
            self._asked = False
            if answer is True:
                self._under_way = None
                self._send(v.StaffTold(request, True))

        self._thread.submit(lambda desk: desk.store.is_acknowledged(event), answered)
