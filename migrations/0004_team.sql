-- Who uses the console: members of the team, what they are signed in with, and
-- the links that sign them in. Of every secret only its SHA-256 is kept, in
-- hexadecimal.

CREATE TABLE members (
  id         TEXT PRIMARY KEY,
  email      TEXT NOT NULL,
  name       TEXT NOT NULL,
  role       TEXT NOT NULL CHECK (role IN ('admin', 'marketer', 'rep', 'read-only')),
  rep        TEXT REFERENCES reps (slug),  -- whom they are among the sales people
  status     TEXT NOT NULL CHECK (status IN ('active', 'disabled')),
  created_at INTEGER NOT NULL,
  invited_at INTEGER,                      -- when the last invitation was sent
  seen_at    INTEGER                       -- about when they last called; by the hour
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX members_by_email ON members (lower(email));

CREATE TABLE sign_in_links (
  hash       TEXT PRIMARY KEY,
  member     TEXT NOT NULL REFERENCES members,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sign_in_links_by_member ON sign_in_links (member);
CREATE INDEX sign_in_links_by_expiry ON sign_in_links (expires_at);

CREATE TABLE sessions (
  hash       TEXT PRIMARY KEY,
  member     TEXT REFERENCES members,
  operator   TEXT,              -- without a member: the hash of the operator's key's hash
  created_at INTEGER NOT NULL,
  seen_at    INTEGER NOT NULL,  -- by the hour
  expires_at INTEGER NOT NULL,
  CHECK ((member IS NULL) <> (operator IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_member ON sessions (member) WHERE member IS NOT NULL;
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- Who made a key: a member, `admin`, or another key. Of before it is not known.
ALTER TABLE api_keys ADD COLUMN created_by TEXT;
