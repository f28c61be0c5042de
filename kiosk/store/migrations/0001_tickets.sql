-- Tickets, the outbox of events, the audit trail and what the kiosk knows of itself.

CREATE TABLE tickets (
    id          INTEGER PRIMARY KEY,
    uuid        TEXT    NOT NULL UNIQUE,
    service_day TEXT    NOT NULL,                   -- the site's calendar day, 2026-11-24
    queue       TEXT    NOT NULL,
    number      INTEGER NOT NULL CHECK (number > 0),
    display     TEXT    NOT NULL,
    kiosk_digit INTEGER NOT NULL CHECK (kiosk_digit >= 0),
    service     TEXT    NOT NULL,
    agency      TEXT    NOT NULL,
    priority    INTEGER NOT NULL CHECK (priority IN (0, 1)),
    language    TEXT    NOT NULL,
    token       TEXT    NOT NULL UNIQUE,
    issued_at   TEXT    NOT NULL,                   -- UTC
    utc_offset  INTEGER NOT NULL,                   -- minutes east of UTC at the site
    state       TEXT    NOT NULL
                CHECK (state IN ('reserved', 'sending', 'printed', 'unconfirmed', 'not_printed', 'voided')),
    cause       TEXT,
    kept        INTEGER NOT NULL DEFAULT 0 CHECK (kept IN (0, 1)),
    void_reason TEXT    CHECK ((void_reason IS NOT NULL) = (state = 'voided')),
    copies      INTEGER NOT NULL DEFAULT 0,
    UNIQUE (queue, service_day, number)
) STRICT;

-- Today's counts by service and queue, and the month's use by agency, without touching the rows themselves. Nothing in it
-- ever changes, so that a ticket's later states cost no write here.
CREATE INDEX tickets_by_day ON tickets (service_day, queue, service, agency, number);

-- What a crash may have left behind: a handful of rows at most.
CREATE INDEX tickets_unsettled ON tickets (state)
    WHERE state IN ('reserved', 'sending') OR (state = 'not_printed' AND kept = 0);

-- Numbers known to be given although their rows are lost: a new number lies above them.
CREATE TABLE floors (
    service_day TEXT    NOT NULL,
    queue       TEXT    NOT NULL,
    number      INTEGER NOT NULL,
    PRIMARY KEY (queue, service_day, number)
) STRICT, WITHOUT ROWID;

-- AUTOINCREMENT: a seq is never used twice, even when acknowledged rows are pruned.
CREATE TABLE outbox (
    seq             INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid            TEXT    NOT NULL UNIQUE,        -- UUIDv7
    type            TEXT    NOT NULL,
    ticket          TEXT,
    body            TEXT    NOT NULL,               -- canonical JSON
    body_hash       TEXT    NOT NULL,               -- SHA-256 of body
    occurred_at     TEXT    NOT NULL,               -- UTC
    schema_version  INTEGER NOT NULL,
    acknowledged_at TEXT                            -- UTC; NULL until the server has it
) STRICT;

CREATE INDEX outbox_by_ticket ON outbox (ticket) WHERE ticket IS NOT NULL;
CREATE INDEX outbox_pending ON outbox (seq) WHERE acknowledged_at IS NULL;

CREATE TRIGGER outbox_keeps_what_nobody_has BEFORE DELETE ON outbox WHEN OLD.acknowledged_at IS NULL
BEGIN
    SELECT RAISE(ABORT, 'an event nobody has acknowledged is never deleted');
END;

CREATE TRIGGER outbox_is_written_once BEFORE UPDATE OF seq, uuid, type, ticket, body, body_hash, occurred_at ON outbox
BEGIN
    SELECT RAISE(ABORT, 'an event is never changed');
END;

CREATE TABLE audit (
    id      INTEGER PRIMARY KEY,
    at      TEXT NOT NULL,                          -- UTC
    who     TEXT NOT NULL,
    what    TEXT NOT NULL,
    details TEXT NOT NULL                           -- JSON
) STRICT;

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
