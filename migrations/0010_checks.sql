-- Checks: whether what is derived still says what it is derived from; and which raw
-- clicks are no longer here.
--
-- A run looks at the next ones in turn and at all that was found to differ before.
-- What it finds stands in `differences` until a later run finds it mended.

-- Where clicks and shares are tallied: what the triggers of migration 0005 do, said
-- once more, so that one can be held against the other.
CREATE VIEW tallied AS
SELECT utc_day, program,
  (at / 1000) - (at / 1000 + offset_minutes * 60) % 3600 AS hour,
  (at / 1000 + offset_minutes * 60) / 86400 AS local_day,
  at, advocate, medium, destination, label, class AS kind, visitor, id
FROM clicks
UNION ALL
SELECT at / 86400000, program,
  (at / 1000) - (at / 1000 + offset_minutes * 60) % 3600,
  (at / 1000 + offset_minutes * 60) / 86400,
  at, advocate, medium, destination, label, kind, x'', x''
FROM shares;
CREATE INDEX shares_by_day ON shares (at / 86400000);

CREATE TABLE checks (
  name       TEXT PRIMARY KEY,
  checked_at INTEGER             -- NULL until it was run
) STRICT, WITHOUT ROWID;
INSERT INTO checks VALUES ('clicks', NULL), ('ledger', NULL), ('snapshot', NULL);

-- What differs. `n` is the day whose tallies do (since 1970-01-01), or the number of
-- the advocate whose account does.
CREATE TABLE differences (
  name    TEXT NOT NULL REFERENCES checks,
  kind    TEXT NOT NULL CHECK (kind IN
    ('hour', 'visitors', 'advocates', 'reward', 'payout', 'account', 'snapshot')),
  program INTEGER NOT NULL,      -- 0 where it is of none
  subject TEXT NOT NULL,
  n       INTEGER,
  text    TEXT NOT NULL,
  since   INTEGER NOT NULL,
  is_seen INTEGER NOT NULL,      -- by the run under way
  PRIMARY KEY (name, kind, program, subject)
) STRICT, WITHOUT ROWID;

-- Where the next run goes on: after `place`, up to `until`, whose run it is.
CREATE TABLE turns (
  what  TEXT PRIMARY KEY,
  place TEXT NOT NULL,
  until TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO turns VALUES
  ('clicks', '', ''), ('rewards', '', ''), ('payouts', '', ''), ('accounts', '', ''),
  ('snapshot', '', '');

-- The UTC days whose raw clicks were taken away, and how much of them stands in the
-- bucket. Their tallies stay as they are: nothing is left to count them from.
CREATE TABLE archives (
  utc_day  INTEGER PRIMARY KEY,
  clicks   INTEGER NOT NULL,     -- taken away
  objects  INTEGER NOT NULL,     -- written to the bucket; 0 where there was none
  bytes    INTEGER NOT NULL,
  began_at INTEGER NOT NULL,
  done_at  INTEGER               -- NULL while there are clicks left
) STRICT;
CREATE VIEW kept AS SELECT coalesce(max(utc_day) + 1, 0) AS since FROM archives;
