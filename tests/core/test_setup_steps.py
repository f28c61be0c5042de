"""The set-up as data: every road leads to the end, nothing is asked twice, no PIN outlives its step."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core import setup as w
from kiosk.core.setup import Facts, Part, Setup, Step, Work
from kiosk.core.setup_steps import step

PIN, OTHER = "271828", "161803"


def answer_of(work: Work, facts: Facts) -> w.Answer:
    """Return what a machine where all goes well answers."""
    match work.kind:
        case "sites" | "printers" | "scanners":
            return w.Found((w.Option("one", "One"),))
        case "test":
            return w.Printed("printed")
        case "say" | "listen":
            return w.Did()
        case "doctor":
            return w.Examined((w.Item("clock", "ok", "well"),))
        case "pair":
            return w.Kept(replace(facts, server=work.name))
        case "alone":
            return w.Kept(replace(facts, server=""))
        case "digit":
            return w.Kept(replace(facts, digit=int(work.number)))
    return w.Kept(facts)


def send(setup: Setup, *events: w.SetupEvent) -> tuple[Setup, list[Work]]:
    """Take ``events`` with a machine where all goes well."""
    works = []
    for event in events:
        setup, work = step(setup, event)
        while work is not None:
            works.append(work)
            setup, work = step(setup, w.Answered(work.serial, answer_of(work, setup.facts)))
    return setup, works


def typed(text: str) -> list[w.SetupEvent]:
    return [*(w.Type(key) for key in text), w.Enter()]


ANSWERS: dict[Step, list[w.SetupEvent]] = {
    Step.LANGUAGE: [w.Choose("en")],
    Step.SITE: [w.Choose("one")],
    Step.SERVER: [w.Choose("none")],
    Step.DIGIT: [w.Choose("2")],
    Step.PANEL: [w.Adjust(0.1), w.Next()],
    Step.TOUCH: [*(w.Felt(corner) for corner in w.CORNERS), w.Next()],
    Step.PRINTER: [w.Choose("one"), w.Choose("good")],
    Step.SCANNER: [w.Heard("code"), w.Next()],
    Step.SOUND: [w.Again(), w.Choose("heard")],
    Step.ZONE: [w.Choose("Asia/Jayapura")],
    Step.PIN: [*typed(PIN), *typed(PIN), w.Next()],
}


@pytest.mark.parametrize("paired", [True, False])
def test_the_whole_road(paired: bool) -> None:
    setup, _ = send(Setup(), w.Begin())
    pairing = [w.Choose("server"), *typed("antrean.example"), *typed("BCDFGHJK")]
    seen = []
    while setup.step is not Step.CHECK:
        seen.append(setup.step)
        setup, _ = send(setup, *(pairing if paired and setup.step is Step.SERVER else ANSWERS[setup.step]))
    assert seen == [one for one in Step if one is not Step.CHECK and not (paired and one is Step.DIGIT)]
    assert setup.facts.server == ("https://antrean.example" if paired else "")
    assert setup.done == set(seen)
    setup, _ = send(setup, w.Next())
    assert setup.finished
    assert send(setup, w.Begin(), w.StepBack(), w.Choose("id")) == (setup, [])


@given(st.sets(st.sampled_from([one for one in Step if one is not Step.CHECK])))
def test_it_resumes_at_the_first_step_that_is_not_done(done: set[Step]) -> None:
    setup, _ = send(Setup(done=frozenset(done)), w.Begin())
    left = [one for one in setup.order() if one not in done]
    assert setup.step is left[0]


events = st.one_of(
    st.sampled_from([w.Begin(), w.Enter(), w.Next(), w.Again(), w.StepBack(), w.Type("")]),
    st.sampled_from([w.Type(key) for key in "a2."]),
    st.sampled_from([*(w.Felt(corner) for corner in w.CORNERS), w.Heard("x"), w.Read(0), w.Turn(1)]),
    st.sampled_from([w.Adjust(inch) for inch in w.STEPS_INCH]),
    st.sampled_from(
        ["id", "one", "none", "server", "0", "skip", "host", "good", "narrow", "raster", "heard", *w.ZONES]
    ).map(w.Choose),
    st.sampled_from(["typed"]).map(lambda _: w.Type(PIN)),
)
refusals = st.sampled_from([w.Refused("refused", "why"), w.Refused("simple"), None, None, None])


@given(st.lists(st.tuples(events, refusals), max_size=60))
def test_no_touch_and_no_refusal_breaks_it(road: list[tuple[w.SetupEvent, w.Refused | None]]) -> None:
    setup, pending = step(Setup(), w.Begin())
    finishes = 0
    for event, refusal in road:
        while pending is not None:
            assert setup.busy == pending.serial
            finishes += pending.kind == "finish" and refusal is None
            if pending.kind == "finish":
                assert all(6 <= len(pin) <= 12 and pin.isdigit() for pin in pending.pins)
            answer = refusal or answer_of(pending, setup.facts)
            setup, pending = step(setup, w.Answered(pending.serial, answer))
            if isinstance(answer, w.Refused):
                assert setup.notice is not None, "a refusal says so"
        setup, pending = step(setup, event)
        assert setup.step in setup.order()
        low, high = w.DIAGONAL
        assert low <= setup.facts.diagonal <= high
        assert len(setup.typed) <= w.LONGEST
        if setup.step is not Step.PIN:
            assert (setup.pin, setup.first) == ("", ""), "no PIN outlives its step"
        if setup.step is Step.CHECK:
            assert finishes or Step.PIN not in setup.done
    assert finishes <= 1


def test_while_something_is_done_no_touch_counts_and_a_late_answer_changes_nothing() -> None:
    setup, work = step(Setup(), w.Begin())
    setup, work = step(setup, w.Choose("id"))
    assert work is not None
    assert step(setup, w.Choose("en")) == (setup, None)
    slow, _ = step(setup, w.Passed(setup.now + w.WORK_LIMIT_S))
    assert slow.notice == w.Notice("slow")
    assert step(slow, w.Answered(work.serial, w.Kept(Facts())))[0] == slow


def test_a_paper_that_did_not_come_out_is_no_question() -> None:
    setup, _ = send(Setup(done=frozenset(Step) - {Step.PRINTER}), w.Begin())
    setup, work = step(setup, w.Choose("one"))
    assert work is not None
    setup, _none = step(setup, w.Answered(work.serial, w.Printed("not_printed", "paper_out")))
    assert (setup.part, setup.notice) == (Part.ASK, w.Notice("not_printed", "paper_out"))
    setup, (test,) = send(setup, w.Choose("host"), *typed("192.0.2.7"))
    assert (test.kind, test.name, setup.part) == ("test", "network:192.0.2.7:9100", Part.PAPER)
    setup, (narrow,) = send(setup, w.Choose("narrow"))
    setup, (raster,) = send(setup, w.Choose("raster"))
    assert (narrow.width, raster.width, raster.raster) == (58, 58, True)
    _, works = send(setup, w.Choose("good"))
    assert (works[0].kind, works[0].width, works[0].raster) == ("printer", 58, True)


def test_pins_that_differ_are_asked_again_and_staff_may_have_one() -> None:
    at_pin, _ = send(Setup(done=frozenset(Step) - {Step.PIN}), w.Begin())
    setup, works = send(at_pin, *typed(PIN), *typed(OTHER))
    assert (setup.part, setup.notice, works) == (Part.ASK, w.Notice("unlike"), [])
    setup, works = send(at_pin, *typed(PIN), *typed(PIN), *typed(OTHER), *typed(OTHER))
    assert works[0].pins == (PIN, OTHER)
    assert PIN not in repr(works[0]) and PIN not in repr(at_pin)
    setup, work = step(send(at_pin, *typed(PIN), *typed(PIN))[0], w.Next())
    assert work is not None
    setup, _none = step(setup, w.Answered(work.serial, w.Refused("simple")))
    assert (setup.part, setup.pin, setup.notice) == (Part.ASK, "", w.Notice("simple"))
