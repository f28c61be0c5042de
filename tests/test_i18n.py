"""Translation: Indonesian is the source, every other language is one whole file."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk import i18n
from kiosk.i18n_check import faults_of, placeholders

HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Signed-By: Somebody\\n"\n\n'


def po(folder: Path, text: str) -> Path:
    file = folder / "en.po"
    file.write_text(HEADER + text, encoding="utf-8")
    return file


def test_indonesian_needs_no_file() -> None:
    assert i18n.translate("Kembali", "id") == "Kembali"


def test_a_language_is_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    po(tmp_path, 'msgid "Kembali"\nmsgstr "Back"\n')
    monkeypatch.setattr(i18n, "LOCALE", tmp_path)
    monkeypatch.setattr(i18n, "_loaded", {})
    assert i18n.languages() == ("id", "en")
    assert i18n.translate("Kembali", "en") == "Back"
    assert i18n.translate("Tidak ada di berkas", "en") == "Tidak ada di berkas"
    assert i18n.translate("", "en") == ""


def test_a_language_stays_off_until_somebody_signs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    po(tmp_path, 'msgid "Kembali"\nmsgstr "Back"\n')
    for tag, header in (("mad", '"Signed-By: \\n"\n'), ("jv", "")):
        (tmp_path / f"{tag}.po").write_text(f'msgid ""\nmsgstr ""\n{header}', encoding="utf-8")
    monkeypatch.setattr(i18n, "LOCALE", tmp_path)
    assert i18n.languages() == ("id", "en")
    assert i18n.signed_by(tmp_path / "en.po") == "Somebody"
    (tmp_path / "mad.po").write_text('msgid ""\nmsgstr ""\n"Signed-By: A. Reviewer\\n"\n', encoding="utf-8")
    assert i18n.languages() == ("id", "en", "mad")


def test_an_unknown_language_names_what_is_allowed() -> None:
    with pytest.raises(LookupError, match=r"'xx'.*id, en"):
        i18n.translate("Kembali", "xx")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('msgid "Kembali"\nmsgstr ""\n', "no translation"),
        ('#, fuzzy\nmsgid "Kembali"\nmsgstr "Back"\n', "fuzzy"),
        ('msgid "Buka lagi {time}"\nmsgstr "Opens again {tme}"\n', "placeholders"),
        ('msgid "Kembali"\nmsgstr "Back \u4e2d"\n', "font lacks"),
    ],
)
def test_each_fault_of_a_file_names_its_message(tmp_path: Path, text: str, words: str) -> None:
    (fault,) = faults_of(po(tmp_path, text))
    assert words in fault
    assert text.split('"')[1] in fault


def test_the_shipped_files_are_whole() -> None:
    files = sorted(i18n.LOCALE.glob("*.po"))
    assert "en.po" in [file.name for file in files]
    assert [fault for file in files for fault in faults_of(file)] == []


def test_placeholders_are_the_names_in_braces() -> None:
    assert placeholders("{a} dan {b}") == {"a", "b"}
