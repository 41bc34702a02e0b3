-- What advocates and reps need: how an advocate is signed in, whom they brought
-- in, the word of an advocate as a touch, goals of reps, and what a browser says
-- of a sale.

-- Who brought an advocate in, and whether they are of the same company; whether
-- prospects may read their first name; when they first signed in.
ALTER TABLE advocates ADD COLUMN parent INTEGER;
ALTER TABLE advocates ADD COLUMN is_member INTEGER NOT NULL DEFAULT 0 CHECK (is_member IN (0, 1));
ALTER TABLE advocates ADD COLUMN shows_name INTEGER NOT NULL DEFAULT 0 CHECK (shows_name IN (0, 1));
ALTER TABLE advocates ADD COLUMN joined_at INTEGER;
CREATE INDEX advocates_by_parent ON advocates (program, parent) WHERE parent IS NOT NULL;

-- Of every secret only its SHA-256 is kept, in hexadecimal.
CREATE TABLE portal_links (
  hash       TEXT PRIMARY KEY,
  program    INTEGER NOT NULL,
  advocate   INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  FOREIGN KEY (program, advocate) REFERENCES advocates
) STRICT, WITHOUT ROWID;
CREATE INDEX portal_links_by_advocate ON portal_links (program, advocate);
CREATE INDEX portal_links_by_expiry ON portal_links (expires_at);

CREATE TABLE portal_sessions (
  hash       TEXT PRIMARY KEY,
  program    INTEGER NOT NULL,
  advocate   INTEGER NOT NULL,
  -- Whether they showed that the mailbox is theirs; else a server vouched for them.
  by_mail    INTEGER NOT NULL CHECK (by_mail IN (0, 1)),
  seen_at    INTEGER NOT NULL,  -- by the hour
  expires_at INTEGER NOT NULL,
  FOREIGN KEY (program, advocate) REFERENCES advocates
) STRICT, WITHOUT ROWID;
CREATE INDEX portal_sessions_by_advocate ON portal_sessions (program, advocate);
CREATE INDEX portal_sessions_by_expiry ON portal_sessions (expires_at);

-- Nobody stays signed in as somebody who was erased.
CREATE TRIGGER portal_left AFTER UPDATE OF erased_at ON advocates WHEN NEW.erased_at IS NOT NULL BEGIN
  DELETE FROM portal_links WHERE program = NEW.program AND advocate = NEW.number;
  DELETE FROM portal_sessions WHERE program = NEW.program AND advocate = NEW.number;
END;

-- Nor as somebody whose mailbox is another one now.
CREATE TRIGGER portal_moved AFTER UPDATE OF email_hash ON advocates
WHEN NEW.email_hash IS NOT OLD.email_hash BEGIN
  DELETE FROM portal_links WHERE program = NEW.program AND advocate = NEW.number;
  DELETE FROM portal_sessions WHERE program = NEW.program AND advocate = NEW.number;
END;

-- A touch can be an advocate's own word.
CREATE TABLE touches_with_advocates (
  lead        TEXT NOT NULL REFERENCES leads,
  n           INTEGER NOT NULL,
  kind        TEXT NOT NULL CHECK (kind IN ('rep', 'advocate', 'code', 'receipt', 'cookie')),
  at          INTEGER NOT NULL,
  advocate    INTEGER NOT NULL,
  medium      INTEGER NOT NULL REFERENCES media,
  destination INTEGER NOT NULL,
  label       INTEGER NOT NULL,
  proof       TEXT NOT NULL,     -- the click's id, the code as typed, the rep, or the advocate
  place       TEXT,              -- where it was said
  recorded_at INTEGER NOT NULL,
  recorded_by TEXT NOT NULL,
  PRIMARY KEY (lead, n)
) STRICT, WITHOUT ROWID;
INSERT INTO touches_with_advocates SELECT * FROM touches;
DROP TABLE touches;
ALTER TABLE touches_with_advocates RENAME TO touches;
CREATE INDEX touches_by_proof ON touches (proof);
CREATE INDEX touches_by_word ON touches (advocate) WHERE kind IN ('rep', 'advocate');

-- A lead can be held for what a browser said.
DROP TRIGGER leads_flagged;
CREATE TABLE flags_with_claims (
  lead   TEXT NOT NULL REFERENCES leads,
  rule   TEXT NOT NULL CHECK (rule IN (
    'same_email', 'same_domain', 'same_visitor', 'velocity', 'disposable_mail',
    'existing_customer', 'honeypot', 'browser_claim')),
  detail TEXT NOT NULL,
  at     INTEGER NOT NULL,
  PRIMARY KEY (lead, rule)
) STRICT, WITHOUT ROWID;
INSERT INTO flags_with_claims SELECT * FROM flags;
DROP TABLE flags;
ALTER TABLE flags_with_claims RENAME TO flags;
CREATE TRIGGER leads_flagged AFTER INSERT ON flags BEGIN
  UPDATE accounts SET changed = changed + 1
  FROM leads l
  WHERE l.id = NEW.lead AND accounts.program = l.program AND accounts.advocate = l.advocate;
END;

-- What a rep means to reach in a quarter (`2026-Q4`).
CREATE TABLE goals (
  rep      INTEGER NOT NULL REFERENCES reps,
  quarter  TEXT NOT NULL,
  asked    INTEGER NOT NULL,  -- invitations
  meetings INTEGER NOT NULL,
  won      INTEGER NOT NULL,
  PRIMARY KEY (rep, quarter)
) STRICT, WITHOUT ROWID;

-- What a browser says of a sale: anybody could say it, so that it is none, and
-- earns nothing. It knows the click, though, which helps the report that counts.
CREATE TABLE claims (
  program  INTEGER NOT NULL REFERENCES programs,
  order_id TEXT NOT NULL,
  click    TEXT NOT NULL,    -- its id, in hexadecimal
  receipt  TEXT NOT NULL,
  at       INTEGER NOT NULL,
  PRIMARY KEY (program, order_id, click)
) STRICT, WITHOUT ROWID;
CREATE INDEX claims_by_age ON claims (at);
