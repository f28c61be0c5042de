"""What SQLite and PostgreSQL both can and SQLAlchemy writes differently for each."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, any_, func, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, Session


def upsert(session: Session, model: type[Any]) -> Any:
    """Return the dialect's own insert into ``model``, which has ``on_conflict_do_update``."""
    made = sqlite.insert if _is_sqlite(session) else postgresql.insert
    return made(model)


def among(
    session: Session, column: InstrumentedAttribute[Any] | ColumnElement[Any], values: Iterable[Any]
) -> ColumnElement[bool]:
    """Return ``column IN values`` with all values as one parameter: an array, on SQLite a JSON text.

    A batch's 500 values would otherwise be 500 parameters, whose text takes longer to write and to read than the
    search itself.
    """
    wanted = list(values)
    if not _is_sqlite(session):
        return column == any_(literal(wanted, postgresql.ARRAY(column.type)))
    dialect = session.get_bind().dialect
    as_kept = column.type.dialect_impl(dialect).bind_processor(dialect)
    text = json.dumps([as_kept(value) for value in wanted] if as_kept else wanted)
    return column.in_(select(func.json_each(text).table_valued("value").c.value))


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"
