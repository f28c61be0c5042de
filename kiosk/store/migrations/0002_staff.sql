-- People with a PIN, wrong PINs in a row, and a kiosk that is locked for a while.

CREATE TABLE people (
    name TEXT PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 40),
    role TEXT NOT NULL CHECK (role IN ('staff', 'technician')),
    pin  TEXT NOT NULL                              -- argon2id, PHC form
) STRICT, WITHOUT ROWID;

-- One row: the door of this machine, whoever stands before it.
CREATE TABLE lockout (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    failures INTEGER NOT NULL CHECK (failures >= 0),
    boot_id  TEXT    NOT NULL,
    seconds  REAL    NOT NULL                       -- since that boot, when the last wrong PIN was given
) STRICT;

-- One row while the kiosk is locked, none otherwise.
CREATE TABLE kiosk_lock (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    pause TEXT NOT NULL CHECK (pause IN ('break', 'prayer', 'closed', 'broken')),
    since TEXT NOT NULL,                            -- UTC
    until TEXT,                                     -- UTC; NULL: until somebody unlocks it
    who   TEXT NOT NULL
) STRICT;
