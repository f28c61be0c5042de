"""The set-up's pairing, against a real server: a code becomes an identity and the configuration says so; once."""

from __future__ import annotations

from pathlib import Path

from kiosk import settings
from kiosk.clock import SystemClock
from kiosk.core import setup as w
from kiosk.core.setup import Step, Work
from kiosk.setup_work import SetupWork
from tests.sync.conftest import Central


def test_a_code_pairs_once(central: Central, tmp_path: Path) -> None:
    file, state = tmp_path / "kiosk.toml", tmp_path / "state"
    state.mkdir()
    file.write_text(settings.DEFAULT_FILE.read_text(encoding="utf-8"), encoding="utf-8")
    before = file.read_bytes()
    work = SetupWork(file, state, SystemClock(), environ={})
    for wrong in ("BCDF", "BCDF-GHJK"):
        answer = work.perform(Work(1, "pair", Step.SERVER, name=central.url, text=wrong))
        assert isinstance(answer, w.Refused)
        assert file.read_bytes() == before
    code = central.code()
    answer = work.perform(Work(2, "pair", Step.SERVER, name=central.url + "/", text=code.lower()))
    assert isinstance(answer, w.Kept)
    assert answer.facts.server == central.url
    assert settings.load(file, {}).kiosk.numbering == "central"
    assert (state / "identity.json").is_file()
    again = work.perform(Work(3, "pair", Step.SERVER, name=central.url, text=code))
    assert isinstance(again, w.Refused), "a code is good once"
