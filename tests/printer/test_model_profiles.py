"""The profiles of real models: each prints the standard ticket on one paper, and tells where its facts come from."""

from __future__ import annotations

import pytest

from printer import profiles
from printer.encode import encode
from printer.press import Outcome, Press
from printer.slip import Slip
from printer.transports.virtual import VirtualTransport
from printer.virtual.device import VirtualPrinter
from printer.virtual.model import Paper

MODELS = [name for name in profiles.names() if not name.startswith("generic-")]
FACTS = ("dots", "columns", "code_page", "qr", "feed_before_cut", "cutter", "status", "fence", "leave_kanji")


def test_the_models_of_the_field_are_there() -> None:
    assert set(MODELS) >= {
        "bixolon-srp-350",
        "citizen-ct-s310",
        "epson-tm-t20ii",
        "epson-tm-t82",
        "epson-tm-t88iii",
        "epson-tm-t88v",
        "pos-5890",
        "pos-80",
    }


@pytest.mark.parametrize("name", MODELS)
def test_a_line_of_text_fits_the_paper(name: str) -> None:
    profile = profiles.load(name)
    assert profile.columns * 12 <= profile.dots
    assert profile.dots / profile.dpi * 25.4 <= profile.width_mm
    assert profile.description


@pytest.mark.parametrize("name", MODELS)
def test_every_fact_names_its_document(name: str) -> None:
    text = (profiles.FOLDER / f"{name}.toml").read_text(encoding="utf-8")
    heads = {
        head.strip()
        for line in text.splitlines()
        if line.startswith("# ") and ":" in line
        for head in line[2:].partition(":")[0].split(",")
    }
    assert heads >= set(FACTS)


@pytest.mark.parametrize("name", MODELS)
def test_a_ticket_comes_out_whole_on_one_paper(name: str, ticket: Slip) -> None:
    profile = profiles.load(name)
    papers: list[Paper] = []
    device = VirtualPrinter(profile.dots, papers.append, kanji=profile.leave_kanji)
    verdict = Press(VirtualTransport(device), profile, deadline_s=3.0).print(ticket)
    assert verdict.outcome is Outcome.PRINTED, verdict.detail
    if profile.cutter.kind == "none":
        assert papers == []
        device.tear()
    assert len(papers) == 1


@pytest.mark.parametrize("name", MODELS)
def test_a_board_that_draws_no_qr_gets_no_qr_command(name: str, ticket: Slip) -> None:
    profile = profiles.load(name)
    job = encode(ticket, profile)
    assert (b"\x1d(k" in job) == (profile.qr == "native")
    assert (b"\x1dv0" in job) == (profile.qr == "raster")


@pytest.mark.parametrize("name", ["pos-5890", "pos-80"])
def test_the_cheap_boards_are_spared_what_breaks_them(name: str) -> None:
    profile = profiles.load(name)
    assert (profile.qr, profile.raster_rows, profile.fence, profile.leave_kanji) == (
        "raster",
        240,
        "none",
        True,
    )
