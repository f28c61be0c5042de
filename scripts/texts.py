"""``make texts``: the program's own words, collected from the source into every ``assets/locale/*.po``.

The msgid is the Indonesian sentence itself (docs/adr/0003), marked with ``_()`` in Python and in ``.kv`` files.
What is translated already is kept, what is no longer in the source is dropped, and the files hold nothing that
changes by itself: no dates, no line numbers, so that a difference is always a changed text.

``--check`` writes nothing and names each text that is missing or no longer used; exit 1 on any.
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog
from babel.messages.pofile import read_po, write_po

from kiosk.i18n import signed_by

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "assets" / "locale"
SOURCES = ("kiosk",)
WIDTH = 110

KEYWORDS = {"_": 1, "translate_many": 2}
"""Function → how many of its first arguments are texts; two are a singular and its plural."""
_CALL = re.compile(r"(?<![\w.])(?:" + "|".join(KEYWORDS) + r")\(")

Message = str | tuple[str, ...]


def texts_of(root: Path) -> Catalog:
    """Return the catalogue of every marked text under ``root``; the strings are empty."""
    found = Catalog()
    for folder in SOURCES:
        for path in sorted((root / folder).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for message in _marked(tree, str(path.relative_to(root)), 0):
                found.add(message)
        for path in sorted((root / folder).rglob("*.kv")):
            for message in texts_of_kv(path.read_text(encoding="utf-8"), str(path.relative_to(root))):
                found.add(message)
    return found


def texts_of_kv(text: str, name: str) -> Iterator[Message]:
    """Yield each text marked in a ``.kv`` file: a str, or (singular, plural).

    A value in kv is a Python expression on one line, so each call is cut out of its line and read as Python.
    Raises ValueError that names file and line where a marked text is not a plain literal.
    """
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("#"):
            continue
        end = 0
        for match in _CALL.finditer(line):
            if match.start() < end:
                continue  # inside the call before it
            call = _call_at(line[match.start() :])
            if call is None:
                raise ValueError(f"{name}:{number}: {match[0]}…): the whole call must be on this line")
            end = match.start() + (call.end_col_offset or 0)
            yield from _marked(call, name, number - 1)


def _call_at(text: str) -> ast.Call | None:
    """Return the call ``text`` begins with, or None where no closing parenthesis makes it one."""
    for match in re.finditer(r"\)", text):
        try:
            tree = ast.parse(text[: match.end()], mode="eval").body
        except SyntaxError:
            continue  # that parenthesis was inside a text
        return tree if isinstance(tree, ast.Call) else None
    return None


def _marked(node: ast.AST, name: str, lines_before: int) -> Iterator[Message]:
    """Yield the texts of every marking call in ``node``, in the order of the source."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEYWORDS:
        texts = tuple(_literal(argument) for argument in node.args[: KEYWORDS[node.func.id]])
        plain = tuple(text for text in texts if text is not None)
        if len(plain) < KEYWORDS[node.func.id]:
            place = f"{name}:{node.lineno + lines_before}"
            raise ValueError(f"{place}: {node.func.id}() takes literal texts, or nobody can translate them")
        yield plain[0] if len(plain) == 1 else plain
        return
    for child in ast.iter_child_nodes(node):
        yield from _marked(child, name, lines_before)


def _literal(node: ast.expr) -> str | None:
    """Return the text of a literal or of a marked one, as in ``translate_many(_("…"), _("…"), …)``."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_" and node.args:
        node = node.args[0]
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def updated(path: Path, template: Catalog) -> tuple[str, list[str]]:
    """Return the new text of the ``.po`` file at ``path`` and one line for each message that changes."""
    language = path.stem
    old = Catalog(locale=language)
    if path.is_file():
        with path.open("rb") as file:
            old = read_po(file, locale=language, abort_invalid=True)
    new = Catalog(locale=language)
    for message in template:
        if message.id:
            before = old.get(message.id)
            new.add(message.id, before.string if before else None)
    has = {message.id for message in new if message.id}
    had = {message.id for message in old if message.id}
    changes = [f"not in the file yet: {message!r}" for message in sorted(has - had, key=str)]
    changes += [f"no longer in the source: {message!r}" for message in sorted(had - has, key=str)]
    body = io.BytesIO()
    write_po(body, new, width=WIDTH, no_location=True, omit_header=True, sort_output=True)
    signer = signed_by(path) if path.is_file() else ""
    head = (
        'msgid ""\nmsgstr ""\n'
        f'"Language: {language}\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {new.plural_forms}\\n"\n'
        f'"Signed-By: {signer}\\n"\n\n'
    )
    return head + body.getvalue().decode().rstrip("\n") + "\n", changes


def main(arguments: list[str] | None = None, root: Path = ROOT, locale: Path = LOCALE) -> int:
    """Write every language's file, or with ``--check`` say what differs."""
    parser = argparse.ArgumentParser(
        prog="make texts", description="Collect the program's texts for translation."
    )
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where a file is behind")
    options = parser.parse_args(arguments)
    template = texts_of(root)
    behind = False
    for path in sorted({*locale.glob("*.po"), locale / "en.po"}):
        if options.check and path.is_file() and not signed_by(path):
            continue  # nobody is shown it yet; `make texts` fills it
        text, changes = updated(path, template)
        for change in changes:
            print(f"{path.name}: {change}")
        if options.check:
            behind = behind or bool(changes)
        else:
            path.write_text(text, encoding="utf-8")
    if behind:
        print("Run `make texts`, then translate what is new.", file=sys.stderr)
    return int(behind)


if __name__ == "__main__":
    sys.exit(main())
