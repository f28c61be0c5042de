"""The first tables: sites, devices, tickets, events, calls, people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "attempts",
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("window_start", MOMENT, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_attempts"),
    )
    op.create_table(
        "audit",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("what", sa.String(length=60), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_table(
        "meta",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_meta"),
    )
    op.create_table(
        "sites",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sites"),
    )
    op.create_table(
        "kiosks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("device_class", sa.String(length=16), nullable=False),
        sa.Column("digit", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("install_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.Column("seen_at", MOMENT, nullable=True),
        sa.Column("heartbeat", sa.Text(), nullable=True),
        sa.Column("heartbeat_at", MOMENT, nullable=True),
        sa.Column("clock_offset_s", sa.Double(), nullable=True),
        sa.Column("lock_message", sa.Text(), nullable=True),
        sa.Column("locked", sa.Boolean(), nullable=False),
        sa.Column("locked_seq", sa.BigInteger(), nullable=False),
        sa.Column("paper_changed_at", MOMENT, nullable=True),
        sa.Column("paper_seq", sa.BigInteger(), nullable=False),
        sa.Column("seq_first", sa.BigInteger(), nullable=True),
        sa.Column("seq_last", sa.BigInteger(), nullable=True),
        sa.Column("seq_count", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_kiosks_site_id"),
        sa.PrimaryKeyConstraint("id", name="pk_kiosks"),
    )
    op.create_index(
        "uq_kiosks_site_id_digit",
        "kiosks",
        ["site_id", "digit"],
        unique=True,
        sqlite_where=sa.text("digit > 0 AND revoked_at IS NULL"),
        postgresql_where=sa.text("digit > 0 AND revoked_at IS NULL"),
    )
    op.create_table(
        "pairing_codes",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("device_class", sa.String(length=16), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_pairing_codes_site_id"),
        sa.PrimaryKeyConstraint("id", name="pk_pairing_codes"),
        sa.UniqueConstraint("code_hash", name="uq_pairing_codes_code_hash"),
    )
    op.create_table(
        "queue_days",
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("service_day", sa.Date(), nullable=False),
        sa.Column("queue", sa.String(length=3), nullable=False),
        sa.Column("last_value", sa.Integer(), nullable=False),
        sa.Column("regular_in_a_row", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_queue_days_site_id"),
        sa.PrimaryKeyConstraint("site_id", "service_day", "queue", name="pk_queue_days"),
    )
    op.create_table(
        "site_versions",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("etag", sa.String(length=64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_site_versions_site_id"),
        sa.PrimaryKeyConstraint("id", name="pk_site_versions"),
        sa.UniqueConstraint("site_id", "number", name="uq_site_versions_site_id_number"),
    )
    op.create_table(
        "users",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("site_id", sa.String(length=40), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("disabled_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_users_site_id"),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("name", name="uq_users_name"),
    )
    op.create_table(
        "alerts",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("kiosk_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("about", sa.String(length=120), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first_at", MOMENT, nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.Column("resolved_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["kiosk_id"], ["kiosks.id"], name="fk_alerts_kiosk_id"),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_alerts_site_id"),
        sa.PrimaryKeyConstraint("id", name="pk_alerts"),
        sa.UniqueConstraint("site_id", "kind", "about", name="uq_alerts_site_id_kind_about"),
    )
    op.create_table(
        "allotments",
        sa.Column("ticket", sa.Uuid(), nullable=False),
        sa.Column("kiosk_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("service_day", sa.Date(), nullable=False),
        sa.Column("queue", sa.String(length=3), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("service", sa.String(length=12), nullable=False),
        sa.Column("priority", sa.Boolean(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("given_up_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["kiosk_id"], ["kiosks.id"], name="fk_allotments_kiosk_id"),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_allotments_site_id"),
        sa.PrimaryKeyConstraint("ticket", name="pk_allotments"),
        sa.UniqueConstraint(
            "site_id", "service_day", "queue", "value", name="uq_allotments_site_id_service_day_queue_value"
        ),
    )
    op.create_table(
        "events",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("kiosk_id", sa.Uuid(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.String(length=41), nullable=False),
        sa.Column("ticket", sa.Uuid(), nullable=True),
        sa.Column("occurred_at", MOMENT, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("schema_version", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["kiosk_id"], ["kiosks.id"], name="fk_events_kiosk_id"),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
        sa.UniqueConstraint("kiosk_id", "uuid", name="uq_events_kiosk_id_uuid"),
    )
    op.create_index("ix_events_kiosk_id_seq", "events", ["kiosk_id", "seq"], unique=False)
    op.create_index("ix_events_ticket", "events", ["ticket"], unique=False)
    op.create_table(
        "tickets",
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("kiosk_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("service_day", sa.Date(), nullable=False),
        sa.Column("queue", sa.String(length=3), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("service", sa.String(length=12), nullable=False),
        sa.Column("agency", sa.String(length=12), nullable=True),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("kiosk_digit", sa.Integer(), nullable=True),
        sa.Column("priority", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=3), nullable=True),
        sa.Column("token", sa.String(length=64), nullable=True),
        sa.Column("issued_at", MOMENT, nullable=True),
        sa.Column("paper", sa.String(length=16), nullable=False),
        sa.Column("paper_seq", sa.BigInteger(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("kept", sa.Boolean(), nullable=False),
        sa.Column("voided_at", MOMENT, nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("call_state", sa.String(length=16), nullable=False),
        sa.Column("call_queue", sa.String(length=3), nullable=False),
        sa.Column("waiting_since", MOMENT, nullable=True),
        sa.Column("counter", sa.Text(), nullable=True),
        sa.Column("called_at", MOMENT, nullable=True),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["kiosk_id"], ["kiosks.id"], name="fk_tickets_kiosk_id"),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_tickets_site_id"),
        sa.PrimaryKeyConstraint("uuid", name="pk_tickets"),
        sa.UniqueConstraint("token", name="uq_tickets_token"),
    )
    op.create_index("ix_tickets_day", "tickets", ["site_id", "service_day", "queue", "service"], unique=False)
    op.create_index(
        "ix_tickets_line", "tickets", ["site_id", "service_day", "call_state", "call_queue"], unique=False
    )
    op.create_index(
        "ix_tickets_number", "tickets", ["site_id", "service_day", "queue", "value"], unique=False
    )
    op.create_table(
        "tokens",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("kiosk_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("used", sa.Boolean(), nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["kiosk_id"], ["kiosks.id"], name="fk_tokens_kiosk_id"),
        sa.PrimaryKeyConstraint("id", name="pk_tokens"),
        sa.UniqueConstraint("token_hash", name="uq_tokens_token_hash"),
    )
    op.create_index("ix_tokens_kiosk_id", "tokens", ["kiosk_id"], unique=False)
    op.create_table(
        "calls",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("ticket", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("queue", sa.String(length=3), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("counter", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_calls_site_id"),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.uuid"], name="fk_calls_ticket"),
        sa.PrimaryKeyConstraint("id", name="pk_calls"),
    )
    op.create_index("ix_calls_site_id_at", "calls", ["site_id", "at"], unique=False)
    op.create_index("ix_calls_ticket", "calls", ["ticket"], unique=False)


def downgrade() -> None:
    """Take every table away, with all that is in them."""
    for table in (
        "calls",
        "tokens",
        "tickets",
        "events",
        "allotments",
        "alerts",
        "users",
        "site_versions",
        "queue_days",
        "pairing_codes",
        "kiosks",
        "sites",
        "meta",
        "audit",
        "attempts",
    ):
        op.drop_table(table)
