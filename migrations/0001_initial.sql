-- The house: programs and who is in them, what was shared and clicked, and the
-- tallies that statistics read. Migrations are only ever added.
--
-- Times are Unix milliseconds unless a name says otherwise. Numbers of programs,
-- advocates, media, destinations and labels are those of a link (src/domain/link.rs).

-- The media of a link and their channels; src/domain/channel.rs is the original.
CREATE TABLE media (
  code    INTEGER PRIMARY KEY,
  name    TEXT NOT NULL UNIQUE,
  channel TEXT NOT NULL
) STRICT;
INSERT INTO media (code, name, channel) VALUES
  (0, 'email', 'email'),
  (1, 'linkedin', 'social'), (2, 'x', 'social'), (3, 'facebook', 'social'),
  (4, 'whatsapp', 'social'), (5, 'instagram', 'social'), (6, 'social', 'social'),
  (7, 'in_person', 'verbal'), (8, 'phone', 'verbal'), (9, 'video', 'verbal'),
  (10, 'print', 'print'), (11, 'qr', 'print'),
  (12, 'copy', 'link'), (13, 'sms', 'link'), (14, 'share_sheet', 'link'),
  (15, 'form', 'form');

CREATE TABLE programs (
  number              INTEGER PRIMARY KEY CHECK (number BETWEEN 1 AND 4095),
  slug                TEXT NOT NULL UNIQUE,
  name                TEXT NOT NULL,
  status              TEXT NOT NULL CHECK (status IN ('active', 'disabled')),
  zone                TEXT NOT NULL,
  touch               TEXT NOT NULL CHECK (touch IN ('first', 'last')),
  window_days         INTEGER NOT NULL,
  cookie              INTEGER NOT NULL CHECK (cookie IN (0, 1)),
  pass_through        TEXT NOT NULL CHECK (pass_through IN ('none', 'utm', 'all')),
  preview_title       TEXT NOT NULL,
  preview_description TEXT NOT NULL,
  preview_image       TEXT NOT NULL,
  created_at          INTEGER NOT NULL,
  updated_at          INTEGER NOT NULL
) STRICT;

-- Number 0 is where a link leads that names no destination.
CREATE TABLE destinations (
  program    INTEGER NOT NULL REFERENCES programs,
  number     INTEGER NOT NULL CHECK (number BETWEEN 0 AND 63),
  slug       TEXT NOT NULL,
  url        TEXT NOT NULL,
  status     TEXT NOT NULL CHECK (status IN ('active', 'disabled')),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (program, number),
  UNIQUE (program, slug)
) STRICT, WITHOUT ROWID;

-- Number 0 is no label and has no row.
CREATE TABLE labels (
  program    INTEGER NOT NULL REFERENCES programs,
  number     INTEGER NOT NULL CHECK (number BETWEEN 1 AND 1023),
  slug       TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (program, number),
  UNIQUE (program, slug)
) STRICT, WITHOUT ROWID;

CREATE TABLE advocates (
  program     INTEGER NOT NULL REFERENCES programs,
  number      INTEGER NOT NULL,
  external_id TEXT,
  kind        TEXT NOT NULL CHECK (kind IN ('customer', 'partner', 'employee')),
  name        TEXT NOT NULL,
  email       TEXT,
  status      TEXT NOT NULL CHECK (status IN ('active', 'disabled')),
  created_at  INTEGER NOT NULL,
  updated_at  INTEGER NOT NULL,
  PRIMARY KEY (program, number),
  UNIQUE (program, external_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX advocates_by_age ON advocates (program, created_at, number);

-- Links that no longer work. A body is a u64, kept as 16 hexadecimal digits.
CREATE TABLE revocations (
  program    INTEGER NOT NULL REFERENCES programs,
  body       TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (program, body)
) STRICT, WITHOUT ROWID;

CREATE TABLE api_keys (
  id         TEXT PRIMARY KEY,
  hash       TEXT NOT NULL UNIQUE, -- SHA-256 of the key, in hexadecimal
  name       TEXT NOT NULL,
  scopes     TEXT NOT NULL,        -- a JSON array
  created_at INTEGER NOT NULL,
  revoked_at INTEGER
) STRICT, WITHOUT ROWID;

-- The version of all that a redirect has to know. Every change of it passes
-- here, whoever makes it, so that a stale snapshot can be told from a fresh one.
CREATE TABLE configuration (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  version  INTEGER NOT NULL
) STRICT;
INSERT INTO configuration (only_row, version) VALUES (1, 0);
CREATE TRIGGER programs_added AFTER INSERT ON programs BEGIN
  UPDATE configuration SET version = version + 1;
END;
CREATE TRIGGER programs_changed AFTER UPDATE ON programs BEGIN
  UPDATE configuration SET version = version + 1;
END;
CREATE TRIGGER destinations_added AFTER INSERT ON destinations BEGIN
  UPDATE configuration SET version = version + 1;
END;
CREATE TRIGGER destinations_changed AFTER UPDATE ON destinations BEGIN
  UPDATE configuration SET version = version + 1;
END;
CREATE TRIGGER advocates_switched AFTER UPDATE OF status ON advocates
WHEN NEW.status <> OLD.status BEGIN
  UPDATE configuration SET version = version + 1;
END;
CREATE TRIGGER revocations_added AFTER INSERT ON revocations BEGIN
  UPDATE configuration SET version = version + 1;
END;

-- Every click, with its class and reason. The key keeps a click that is
-- delivered twice from being counted twice, and brings a visitor's clicks of a
-- day together, so that who is new is told without another index to write.
CREATE TABLE clicks (
  utc_day        INTEGER NOT NULL, -- days since 1970-01-01
  program        INTEGER NOT NULL,
  visitor        BLOB NOT NULL,    -- 8 bytes; empty where unknown, and for all but people
  id             BLOB NOT NULL,    -- UUIDv7, 16 bytes
  at             INTEGER NOT NULL,
  advocate       INTEGER NOT NULL,
  medium         INTEGER NOT NULL,
  destination    INTEGER NOT NULL,
  label          INTEGER NOT NULL,
  class          INTEGER NOT NULL, -- 0 human, 1 suspected, 2 bot
  reason         INTEGER NOT NULL, -- src/domain/class.rs
  rules          INTEGER NOT NULL, -- the version of the rules that decided
  offset_minutes INTEGER NOT NULL, -- of the program's clock, east of UTC
  PRIMARY KEY (utc_day, program, visitor, id)
) STRICT, WITHOUT ROWID;

-- An advocate's acts of sharing.
CREATE TABLE shares (
  program        INTEGER NOT NULL REFERENCES programs,
  event          TEXT NOT NULL,    -- the sender's id; a repeat changes nothing
  request        TEXT NOT NULL,    -- SHA-256 of what was asked, to tell a repeat from a clash
  at             INTEGER NOT NULL,
  advocate       INTEGER NOT NULL,
  medium         INTEGER NOT NULL REFERENCES media,
  destination    INTEGER NOT NULL,
  label          INTEGER NOT NULL,
  kind           INTEGER NOT NULL CHECK (kind IN (3, 4)), -- 3 intent, 4 sent
  offset_minutes INTEGER NOT NULL,
  recorded_by    TEXT NOT NULL,    -- the API key
  recorded_at    INTEGER NOT NULL,
  PRIMARY KEY (program, event)
) STRICT, WITHOUT ROWID;

-- What statistics read. `kind` is a click's class (0, 1, 2) or a share's kind
-- (3, 4). `hour` is the Unix second at which an hour of the program's clock
-- began; `local_day` counts days of that clock since 1970-01-01. The columns
-- `new_…` count human clicks whose visitor was not seen before on that UTC day:
-- in the program, in the channel, and so on.
CREATE TABLE tallies_by_hour (
  program         INTEGER NOT NULL,
  hour            INTEGER NOT NULL,
  medium          INTEGER NOT NULL,
  destination     INTEGER NOT NULL,
  kind            INTEGER NOT NULL,
  count           INTEGER NOT NULL,
  new_visitors    INTEGER NOT NULL,
  new_in_channel  INTEGER NOT NULL,
  new_in_medium   INTEGER NOT NULL,
  new_at_destination INTEGER NOT NULL,
  new_in_hour     INTEGER NOT NULL,
  PRIMARY KEY (program, hour, medium, destination, kind)
) STRICT, WITHOUT ROWID;
CREATE TABLE tallies_by_advocate (
  program      INTEGER NOT NULL,
  local_day    INTEGER NOT NULL,
  advocate     INTEGER NOT NULL,
  medium       INTEGER NOT NULL,
  label        INTEGER NOT NULL,
  kind         INTEGER NOT NULL,
  count        INTEGER NOT NULL,
  new_visitors INTEGER NOT NULL,
  PRIMARY KEY (program, local_day, advocate, medium, label, kind)
) STRICT, WITHOUT ROWID;

-- Who is new is looked up among a visitor's first 200 clicks of the day: so
-- many come from no person, and nobody's clicks may make the others' slow. From
-- then on a visitor is new to nothing.
CREATE TRIGGER clicks_tallied AFTER INSERT ON clicks BEGIN
  INSERT INTO tallies_by_hour
  SELECT
    NEW.program,
    (NEW.at / 1000) - (NEW.at / 1000 + NEW.offset_minutes * 60) % 3600,
    NEW.medium, NEW.destination, NEW.class, 1,
    may_be_new AND seen = 0,
    may_be_new AND NOT seen_in_channel,
    may_be_new AND NOT seen_in_medium,
    may_be_new AND NOT seen_at_destination,
    may_be_new AND NOT seen_in_hour
  FROM (
    SELECT
      NEW.class = 0 AND length(NEW.visitor) > 0 AND count(*) < 200 AS may_be_new,
      count(*) FILTER (WHERE c.class = 0) AS seen,
      coalesce(max(m.channel = (SELECT channel FROM media WHERE code = NEW.medium))
        FILTER (WHERE c.class = 0), 0) AS seen_in_channel,
      coalesce(max(c.medium = NEW.medium) FILTER (WHERE c.class = 0), 0) AS seen_in_medium,
      coalesce(max(c.destination = NEW.destination) FILTER (WHERE c.class = 0), 0)
        AS seen_at_destination,
      coalesce(max(
        (c.at / 1000) - (c.at / 1000 + c.offset_minutes * 60) % 3600
        = (NEW.at / 1000) - (NEW.at / 1000 + NEW.offset_minutes * 60) % 3600)
        FILTER (WHERE c.class = 0), 0) AS seen_in_hour
    FROM (
      SELECT * FROM clicks
      WHERE NEW.class = 0 AND length(NEW.visitor) > 0
        AND utc_day = NEW.utc_day AND program = NEW.program AND visitor = NEW.visitor
        AND id <> NEW.id
      LIMIT 200) c
    JOIN media m ON m.code = c.medium)
  WHERE true
  ON CONFLICT DO UPDATE SET
    count = count + 1,
    new_visitors = new_visitors + excluded.new_visitors,
    new_in_channel = new_in_channel + excluded.new_in_channel,
    new_in_medium = new_in_medium + excluded.new_in_medium,
    new_at_destination = new_at_destination + excluded.new_at_destination,
    new_in_hour = new_in_hour + excluded.new_in_hour;

  INSERT INTO tallies_by_advocate
  SELECT
    NEW.program, (NEW.at / 1000 + NEW.offset_minutes * 60) / 86400,
    NEW.advocate, NEW.medium, NEW.label, NEW.class, 1,
    NEW.class = 0 AND length(NEW.visitor) > 0 AND seen < 200 AND NOT seen_at_advocate
  FROM (
    SELECT count(*) AS seen, coalesce(max(advocate = NEW.advocate) FILTER (WHERE class = 0), 0)
      AS seen_at_advocate
    FROM (
      SELECT advocate, class FROM clicks
      WHERE NEW.class = 0 AND length(NEW.visitor) > 0
        AND utc_day = NEW.utc_day AND program = NEW.program AND visitor = NEW.visitor
        AND id <> NEW.id
      LIMIT 200))
  WHERE true
  ON CONFLICT DO UPDATE SET
    count = count + 1,
    new_visitors = new_visitors + excluded.new_visitors;
END;

CREATE TRIGGER shares_tallied AFTER INSERT ON shares BEGIN
  INSERT INTO tallies_by_hour
  VALUES (
    NEW.program,
    (NEW.at / 1000) - (NEW.at / 1000 + NEW.offset_minutes * 60) % 3600,
    NEW.medium, NEW.destination, NEW.kind, 1, 0, 0, 0, 0, 0)
  ON CONFLICT DO UPDATE SET count = count + 1;

  INSERT INTO tallies_by_advocate
  VALUES (
    NEW.program, (NEW.at / 1000 + NEW.offset_minutes * 60) / 86400,
    NEW.advocate, NEW.medium, NEW.label, NEW.kind, 1, 0)
  ON CONFLICT DO UPDATE SET count = count + 1;
END;
