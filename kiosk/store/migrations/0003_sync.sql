-- What sending the outbox needs to know of each event, and what the kiosk knows of its server.

ALTER TABLE outbox ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN next_try_at TEXT;      -- UTC; NULL: at once
ALTER TABLE outbox ADD COLUMN leased_until TEXT;     -- UTC; NULL: nobody is sending it
ALTER TABLE outbox ADD COLUMN rejected_code TEXT;    -- why it was set aside; NULL: it was not
ALTER TABLE outbox ADD COLUMN rejected_reason TEXT;
ALTER TABLE outbox ADD COLUMN rejected_at TEXT;      -- UTC
ALTER TABLE outbox ADD COLUMN clock_offset_ms INTEGER; -- this clock minus the server's as known then; NULL: unknown

-- What still has to go. A row that was set aside is not in the others' way.
DROP INDEX outbox_pending;
CREATE INDEX outbox_pending ON outbox (seq) WHERE acknowledged_at IS NULL AND rejected_code IS NULL;
CREATE INDEX outbox_rejected ON outbox (seq) WHERE rejected_code IS NOT NULL;

CREATE TRIGGER outbox_keeps_its_clock BEFORE UPDATE OF schema_version, clock_offset_ms ON outbox
BEGIN
    SELECT RAISE(ABORT, 'an event is never changed');
END;

CREATE TABLE sync_state (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- A lock that came from the server says its own words: JSON, a text for each language.
ALTER TABLE kiosk_lock ADD COLUMN message TEXT;
