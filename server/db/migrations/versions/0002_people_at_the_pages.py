"""Sessions of people at the pages, and the counters of the hall."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

MOMENT = sa.DateTime(timezone=True)
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the two tables."""
    op.create_table(
        "page_sessions",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", ROW_ID, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("site_id", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_page_sessions_user_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_page_sessions_site_id"),
        sa.PrimaryKeyConstraint("id", name="pk_page_sessions"),
        sa.UniqueConstraint("token_hash", name="uq_page_sessions_token_hash"),
    )
    op.create_index("ix_page_sessions_user_id", "page_sessions", ["user_id"])
    op.create_table(
        "counters",
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("zone", sa.String(length=12), nullable=False),
        sa.Column("queues", sa.Text(), nullable=False),
        sa.Column("serves", sa.Text(), nullable=False),
        sa.Column("open_by", ROW_ID, nullable=True),
        sa.Column("opened_at", MOMENT, nullable=True),
        sa.Column("paused_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_counters_site_id"),
        sa.ForeignKeyConstraint(["open_by"], ["users.id"], name="fk_counters_open_by"),
        sa.PrimaryKeyConstraint("site_id", "code", name="pk_counters"),
        sa.UniqueConstraint("open_by", name="uq_counters_open_by"),
    )


def downgrade() -> None:
    """Take both away: everybody is signed out, and counters are anybody's again."""
    op.drop_table("counters")
    op.drop_table("page_sessions")
