"""The collector of translatable texts: Python and kv in, tidy ``.po`` files out."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.texts import main, texts_of_kv

KV = """\
#:import _ kiosk.i18n._
<Bar>:
    # _('not this one')
    Tap:
        text: root.say(_('Kembali (ke awal)')) + _("Bahasa")
    Words:
        text: translate_many(_('{n} orang'), '{n} people', root.n)
        other: root.first_(1)
"""


def test_kv_calls_are_read_as_python() -> None:
    assert list(texts_of_kv(KV, "bar.kv")) == ["Kembali (ke awal)", "Bahasa", ("{n} orang", "{n} people")]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("_(root.text)", r"_\(\) takes literal texts"),
        ("_(f'{x}')", r"_\(\) takes literal texts"),
        ("translate_many('a', n, 1)", r"translate_many\(\) takes literal texts"),
        ("_('cut", "the whole call must be on this line"),
    ],
)
def test_text_that_cannot_be_translated_is_named(value: str, words: str) -> None:
    with pytest.raises(ValueError, match=rf"bar\.kv:2: .*{words}"):
        list(texts_of_kv(f"<Bar>:\n    text: {value}\n", "bar.kv"))


PYTHON = """\
T = _("Ambil tiket")
U = _(
    "Dua "
    "baris"
)
V = translate_many(_("{n} hari"), _("{n} days"), 2)
"""


@pytest.fixture
def house(tmp_path: Path) -> Path:
    (tmp_path / "kiosk").mkdir()
    (tmp_path / "locale").mkdir()
    (tmp_path / "kiosk" / "a.py").write_text(PYTHON, encoding="utf-8")
    (tmp_path / "kiosk" / "b.kv").write_text("<B>:\n    text: _('Kembali')\n", encoding="utf-8")
    return tmp_path


def collect(house: Path, *arguments: str) -> int:
    return main([*arguments], root=house, locale=house / "locale")


def test_texts_are_collected_kept_and_dropped(house: Path, capsys: pytest.CaptureFixture[str]) -> None:
    english = house / "locale" / "en.po"
    assert collect(house, "--check") == 1
    assert not english.exists()
    assert "not in the file yet: 'Ambil tiket'" in capsys.readouterr().out
    assert collect(house) == 0
    assert collect(house, "--check") == 0
    text = english.read_text(encoding="utf-8")
    assert text.index('"Ambil tiket"') < text.index('"Dua baris"') < text.index('"Kembali"')
    assert 'msgid "{n} hari"\nmsgid_plural "{n} days"\nmsgstr[0] ""\nmsgstr[1] ""\n' in text
    assert "Date" not in text
    assert "a.py" not in text

    translated = text.replace('msgid "Kembali"\nmsgstr ""', 'msgid "Kembali"\nmsgstr "Back"')
    english.write_text(translated, encoding="utf-8")
    (house / "kiosk" / "a.py").write_text('T = _("Ambil nomor")\n', encoding="utf-8")
    capsys.readouterr()
    assert collect(house) == 0
    assert capsys.readouterr().out.splitlines() == [
        "en.po: not in the file yet: 'Ambil nomor'",
        "en.po: no longer in the source: ('{n} hari', '{n} days')",
        "en.po: no longer in the source: 'Ambil tiket'",
        "en.po: no longer in the source: 'Dua baris'",
    ]
    text = english.read_text(encoding="utf-8")
    assert 'msgid "Kembali"\nmsgstr "Back"' in text
    assert "Ambil tiket" not in text
