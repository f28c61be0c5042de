"""The worker thread: in order, never blocking, opening the desk again by itself, ending cleanly."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator

import pytest

from kiosk.core.visit import Issued
from kiosk.desk import Desk, NoSuchTicket
from kiosk.desk_thread import DeskThread, code_of
from kiosk.store import NAME, StoreBroken, StoreFull, StoreGone
from tests.desk.conftest import Counter
from tests.store.test_loss import lose, scribble

DEADLINE = 20.0


class Window:
    """The caller's side: what is posted is run here, one by one, as the window's clock would."""

    def __init__(self) -> None:
        self.posted: queue.Queue[Callable[[], None]] = queue.Queue()
        self.seen: list[object] = []
        self.threads: set[str] = set()

    def post(self, message: Callable[[], None]) -> None:
        self.threads.add(threading.current_thread().name)
        self.posted.put(message)

    def note(self, what: object) -> None:
        self.seen.append(what)

    def run_until(self, enough: Callable[[list[object]], bool]) -> list[object]:
        while not enough(self.seen):
            self.posted.get(timeout=DEADLINE)()
        return self.seen


@pytest.fixture
def window() -> Window:
    return Window()


Start = Callable[..., DeskThread]


@pytest.fixture
def start(window: Window) -> Iterator[Start]:
    threads: list[DeskThread] = []

    def start_it(make_desk: Callable[[], Desk], **options: object) -> DeskThread:
        thread = DeskThread(
            make_desk,
            window.post,
            on_ready=lambda: window.note("ready"),
            on_fault=window.note,
            **options,  # type: ignore[arg-type]
        )
        threads.append(thread)
        thread.start()
        return thread

    yield start_it
    for thread in threads:
        assert thread.stop(DEADLINE)


def test_work_is_done_in_order_and_answered_on_the_caller_s_side(
    counter: Counter, window: Window, start: Start
) -> None:
    thread = start(counter.desk)
    for _ in range(3):
        thread.submit(lambda desk: desk.issue("C01"), window.note)
    seen = window.run_until(lambda seen: len(seen) == 4)
    assert seen[0] == "ready"
    assert [one.number for one in seen[1:] if isinstance(one, Issued)] == ["C-001", "C-002", "C-003"]
    assert window.threads == {"desk"}


def test_a_refusal_is_an_answer_and_not_a_fault(counter: Counter, window: Window, start: Start) -> None:
    thread = start(counter.desk)
    thread.submit(lambda desk: desk.keep("nothing"), window.note)
    thread.submit(lambda desk: desk.issue("C01"), window.note)
    _, refused, issued = window.run_until(lambda seen: len(seen) == 3)
    assert isinstance(refused, NoSuchTicket)
    assert isinstance(issued, Issued)


def test_a_desk_that_cannot_be_opened_is_tried_again_until_it_can(
    counter: Counter, window: Window, start: Start
) -> None:
    failing = [StoreFull("no room"), StoreFull("no room")]

    def make() -> Desk:
        if failing:
            raise failing.pop()
        return counter.desk()

    thread = start(make, retry_s=(0.01,))
    thread.submit(lambda desk: desk.today(), window.note)
    seen = window.run_until(lambda seen: "ready" in seen)
    assert [one for one in seen if isinstance(one, str)] == ["E-STO-03", "E-STO-03", "ready"]


def test_work_at_a_dead_desk_is_answered_at_once_and_retry_does_not_wait(
    counter: Counter, window: Window, start: Start
) -> None:
    failing: list[Exception] = [StoreBroken("damaged", None)]

    def make() -> Desk:
        if failing:
            raise failing.pop()
        return counter.desk()

    thread = start(make, broken_retry_s=3600)
    window.run_until(lambda seen: seen == ["E-STO-02"])
    thread.submit(lambda desk: desk.issue("C01"), window.note)
    answer = window.run_until(lambda seen: len(seen) == 2)[1]
    assert isinstance(answer, StoreBroken)
    thread.retry()
    thread.submit(lambda desk: desk.issue("C01"), window.note)
    seen = window.run_until(lambda seen: len(seen) == 4)
    assert seen[2] == "ready"
    assert isinstance(seen[3], Issued)


def test_a_database_removed_under_the_kiosk_is_opened_anew(
    counter: Counter, window: Window, start: Start
) -> None:
    thread = start(counter.desk, retry_s=(0.01,))
    thread.submit(lambda desk: desk.issue("C01"), window.note)
    window.run_until(lambda seen: len(seen) == 2)
    lose(counter.folder / NAME)
    thread.submit(lambda desk: desk.issue("C01"), window.note)
    seen = window.run_until(lambda seen: len(seen) == 5)
    assert isinstance(seen[2], StoreGone)
    assert seen[3:] == ["E-STO-08", "ready"]
    thread.submit(lambda desk: desk.issue("C01"), window.note)
    last = window.run_until(lambda seen: len(seen) == 6)[5]
    assert isinstance(last, Issued)
    assert last.number == "C-002"


def test_a_database_damaged_under_the_kiosk_is_moved_aside_and_numbers_go_on(
    counter: Counter, window: Window, start: Start
) -> None:
    thread = start(counter.desk, broken_retry_s=3600)
    thread.submit(lambda desk: desk.issue("C01"), window.note)
    thread.submit(
        lambda desk: desk.store._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone(), window.note
    )
    window.run_until(lambda seen: len(seen) == 3)
    path = counter.folder / NAME
    for page in range(1, path.stat().st_size // 4096):
        scribble(path, page * 4096, 4096)
    thread.submit(lambda desk: desk.store._db.execute("PRAGMA shrink_memory"), window.note)
    thread.submit(lambda desk: desk.issue("C01"), window.note)
    seen = window.run_until(lambda seen: len(seen) == 6)
    assert isinstance(seen[4], StoreBroken)
    assert seen[5] == "E-STO-02"
    assert len(list(counter.folder.glob("*.broken-*"))) == 1
    thread.retry()
    thread.submit(lambda desk: desk.issue("C01"), window.note)
    seen = window.run_until(lambda seen: len(seen) == 8)
    assert isinstance(seen[7], Issued)
    assert seen[7].number == "C-002"


def test_a_mistake_in_the_work_is_told_and_the_desk_made_anew(
    counter: Counter, window: Window, start: Start
) -> None:
    thread = start(counter.desk, retry_s=(0.01,))
    thread.submit(lambda desk: 1 // 0, window.note)
    seen = window.run_until(lambda seen: len(seen) == 4)
    assert isinstance(seen[1], ZeroDivisionError)
    assert seen[2:] == ["E-DSK-00", "ready"]


def test_stopping_finishes_what_was_handed_over_and_closes_the_desk(
    counter: Counter, window: Window, start: Start
) -> None:
    thread = start(counter.desk)
    for _ in range(3):
        thread.submit(lambda desk: desk.issue("C01"), window.note)
    assert thread.stop(DEADLINE)
    assert len(counter.papers) == 3
    with pytest.raises(StoreGone):
        counter.opened[0].store.unsettled()


def test_stopping_does_not_wait_longer_than_it_is_told(counter: Counter, start: Start) -> None:
    hold = threading.Event()
    thread = start(counter.desk)
    thread.submit(lambda desk: hold.wait(DEADLINE), lambda result: None)
    assert not thread.stop(0.05)
    hold.set()


def test_stopping_while_the_desk_cannot_be_opened(window: Window, start: Start) -> None:
    def make() -> Desk:
        raise StoreFull("no room")

    thread = start(make, retry_s=(3600.0,))
    window.run_until(lambda seen: seen == ["E-STO-03"])
    assert thread.stop(DEADLINE)


def test_a_window_that_takes_no_more_answers_does_not_end_the_thread(counter: Counter) -> None:
    def closed(message: Callable[[], None]) -> None:
        raise RuntimeError("the window is closed")

    thread = DeskThread(counter.desk, closed)
    thread.start()
    thread.submit(lambda desk: desk.issue("C01"), lambda result: None)
    assert thread.stop(DEADLINE)
    assert len(counter.papers) == 1


def test_every_error_has_a_code() -> None:
    assert code_of(StoreFull("x")) == "E-STO-03"
    assert code_of(ZeroDivisionError()) == "E-DSK-00"
