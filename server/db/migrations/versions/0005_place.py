"""Where a mobile unit stood when it gave a ticket."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0002"


def upgrade() -> None:
    """Add the column; tickets before it were given at their site."""
    op.add_column("tickets", sa.Column("place", sa.String(length=80), nullable=True))


def downgrade() -> None:
    """Take it away again."""
    op.drop_column("tickets", "place")
