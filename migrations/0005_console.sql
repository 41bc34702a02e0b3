-- What the console needs: counts by the minute, what a program says, who changed
-- what, and advocates who were one person all along.

-- The last minutes. `minute` is that of the hour, 0 to 59, for what is recent, and
-- 60 for what was gathered since (src/jobs/minutes.rs): a click still writes three
-- rows, and whoever sums up an hour need not know.
DROP TRIGGER clicks_tallied;
DROP TRIGGER shares_tallied;
CREATE TABLE tallies_by_minute (
  program         INTEGER NOT NULL,
  hour            INTEGER NOT NULL,
  minute          INTEGER NOT NULL CHECK (minute BETWEEN 0 AND 60),
  medium          INTEGER NOT NULL,
  destination     INTEGER NOT NULL,
  kind            INTEGER NOT NULL,
  count           INTEGER NOT NULL,
  new_visitors    INTEGER NOT NULL,
  new_in_channel  INTEGER NOT NULL,
  new_in_medium   INTEGER NOT NULL,
  new_at_destination INTEGER NOT NULL,
  new_in_hour     INTEGER NOT NULL,
  PRIMARY KEY (program, hour, minute, medium, destination, kind)
) STRICT, WITHOUT ROWID;
INSERT INTO tallies_by_minute
SELECT program, hour, 60, medium, destination, kind, count,
  new_visitors, new_in_channel, new_in_medium, new_at_destination, new_in_hour
FROM tallies_by_hour;
DROP TABLE tallies_by_hour;
ALTER TABLE tallies_by_minute RENAME TO tallies_by_hour;

-- Who is new is looked up among a visitor's first 200 clicks of the day: so
-- many come from no person, and nobody's clicks may make the others' slow. From
-- then on a visitor is new to nothing.
CREATE TRIGGER clicks_tallied AFTER INSERT ON clicks BEGIN
  INSERT INTO tallies_by_hour
  SELECT
    NEW.program,
    (NEW.at / 1000) - (NEW.at / 1000 + NEW.offset_minutes * 60) % 3600,
    (NEW.at / 1000 + NEW.offset_minutes * 60) % 3600 / 60,
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
    (NEW.at / 1000 + NEW.offset_minutes * 60) % 3600 / 60,
    NEW.medium, NEW.destination, NEW.kind, 1, 0, 0, 0, 0, 0)
  ON CONFLICT DO UPDATE SET count = count + 1;

  INSERT INTO tallies_by_advocate
  VALUES (
    NEW.program, (NEW.at / 1000 + NEW.offset_minutes * 60) / 86400,
    NEW.advocate, NEW.medium, NEW.label, NEW.kind, 1, 0)
  ON CONFLICT DO UPDATE SET count = count + 1;
END;

-- What a program says: texts for each way of sharing, the landing page, its brand;
-- each version as it was (src/http/content.rs). Without a row it says nothing of
-- its own.
CREATE TABLE contents (
  program    INTEGER NOT NULL REFERENCES programs,
  version    INTEGER NOT NULL CHECK (version > 0),
  content    TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  PRIMARY KEY (program, version)
) STRICT, WITHOUT ROWID;

-- Every change of a program, a destination, its content, its rules. Whoever makes
-- it passes here. Content and rules are versions of their own already, and only
-- named here by their number.
ALTER TABLE programs ADD COLUMN changed_by TEXT;
ALTER TABLE destinations ADD COLUMN changed_by TEXT;
CREATE TABLE changes (
  program INTEGER NOT NULL REFERENCES programs,
  n       INTEGER NOT NULL,
  at      INTEGER NOT NULL,
  by      TEXT NOT NULL,
  what    TEXT NOT NULL CHECK (what IN ('program', 'destination', 'content', 'rules')),
  key     TEXT,     -- slug of the destination
  version INTEGER,  -- of the content or the rules
  before  TEXT,     -- JSON: what changed, as it was; NULL for what was new
  after   TEXT,     -- JSON: as it is since
  PRIMARY KEY (program, n)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER changes_are_not_changed BEFORE UPDATE ON changes BEGIN
  SELECT raise(ABORT, 'changes are only added to');
END;
CREATE TRIGGER changes_are_not_shortened BEFORE DELETE ON changes BEGIN
  SELECT raise(ABORT, 'changes are only added to');
END;

-- Rules of before; what else there was before was not recorded.
INSERT INTO changes
SELECT program, version, created_at, created_by, 'rules', NULL, version, NULL, NULL
FROM reward_rules;
CREATE TRIGGER rules_versioned AFTER INSERT ON reward_rules BEGIN
  INSERT INTO changes
  SELECT NEW.program, coalesce(max(n), 0) + 1, NEW.created_at, NEW.created_by,
    'rules', NULL, NEW.version, NULL, NULL
  FROM changes WHERE program = NEW.program;
END;
CREATE TRIGGER contents_versioned AFTER INSERT ON contents BEGIN
  INSERT INTO changes
  SELECT NEW.program, coalesce(max(n), 0) + 1, NEW.created_at, NEW.created_by,
    'content', NULL, NEW.version, NULL, NULL
  FROM changes WHERE program = NEW.program;
END;

CREATE TRIGGER programs_begun AFTER INSERT ON programs BEGIN
  INSERT INTO changes
  SELECT NEW.number, coalesce(max(n), 0) + 1, NEW.created_at, coalesce(NEW.changed_by, 'rule'),
    'program', NULL, NULL, NULL,
    json_object('name', NEW.name, 'status', NEW.status, 'zone', NEW.zone, 'touch', NEW.touch,
      'window_days', NEW.window_days, 'cookie', json(iif(NEW.cookie, 'true', 'false')),
      'pass_through', NEW.pass_through,
      'preview', json_object('title', NEW.preview_title,
        'description', NEW.preview_description, 'image', NEW.preview_image))
  FROM changes WHERE program = NEW.number;
END;
-- What stays as it was is in neither, so that to undo one change leaves later ones.
CREATE TRIGGER programs_versioned AFTER UPDATE ON programs BEGIN
  INSERT INTO changes
  SELECT NEW.number, (SELECT coalesce(max(n), 0) + 1 FROM changes WHERE program = NEW.number),
    NEW.updated_at, coalesce(NEW.changed_by, 'rule'), 'program', NULL, NULL,
    json_group_object(f.key, json(old -> f.fullkey)), json_group_object(f.key, json(new -> f.fullkey))
  FROM (
    SELECT
      json_object('name', OLD.name, 'status', OLD.status, 'zone', OLD.zone, 'touch', OLD.touch,
        'window_days', OLD.window_days, 'cookie', json(iif(OLD.cookie, 'true', 'false')),
        'pass_through', OLD.pass_through,
        'preview', json_object('title', OLD.preview_title,
          'description', OLD.preview_description, 'image', OLD.preview_image)) AS old,
      json_object('name', NEW.name, 'status', NEW.status, 'zone', NEW.zone, 'touch', NEW.touch,
        'window_days', NEW.window_days, 'cookie', json(iif(NEW.cookie, 'true', 'false')),
        'pass_through', NEW.pass_through,
        'preview', json_object('title', NEW.preview_title,
          'description', NEW.preview_description, 'image', NEW.preview_image)) AS new),
    json_each(new) AS f
  WHERE old -> f.fullkey <> new -> f.fullkey
  HAVING count(*) > 0;
END;
CREATE TRIGGER destinations_begun AFTER INSERT ON destinations BEGIN
  INSERT INTO changes
  SELECT NEW.program, coalesce(max(n), 0) + 1, NEW.created_at, coalesce(NEW.changed_by, 'rule'),
    'destination', NEW.slug, NULL, NULL, json_object('url', NEW.url, 'status', NEW.status)
  FROM changes WHERE program = NEW.program;
END;
CREATE TRIGGER destinations_versioned AFTER UPDATE ON destinations BEGIN
  INSERT INTO changes
  SELECT NEW.program, (SELECT coalesce(max(n), 0) + 1 FROM changes WHERE program = NEW.program),
    NEW.updated_at, coalesce(NEW.changed_by, 'rule'), 'destination', NEW.slug, NULL,
    json_group_object(f.key, json(old -> f.fullkey)), json_group_object(f.key, json(new -> f.fullkey))
  FROM (
    SELECT json_object('url', OLD.url, 'status', OLD.status) AS old,
      json_object('url', NEW.url, 'status', NEW.status) AS new),
    json_each(new) AS f
  WHERE old -> f.fullkey <> new -> f.fullkey
  HAVING count(*) > 0;
END;

-- Who was invited when; `invitation_claimed_at` is since when somebody is at it, so
-- that two who press the button at once send one letter.
ALTER TABLE advocates ADD COLUMN invited_at INTEGER;
ALTER TABLE advocates ADD COLUMN invitation_claimed_at INTEGER;

-- Two entries that turned out to be one person: `merged_into` is the number of the
-- one that remains, which is never merged itself. The other one keeps its number,
-- since links have it, and what comes in under it counts for the one that remains.
ALTER TABLE advocates ADD COLUMN merged_into INTEGER;
ALTER TABLE advocates ADD COLUMN merged_at INTEGER;
ALTER TABLE advocates ADD COLUMN merged_by TEXT;
CREATE INDEX advocates_merged ON advocates (program, number, merged_into)
  WHERE merged_into IS NOT NULL;
CREATE INDEX advocates_merged_into ON advocates (program, merged_into)
  WHERE merged_into IS NOT NULL;
CREATE TRIGGER advocates_merged_away AFTER UPDATE OF merged_into ON advocates
WHEN NEW.merged_into IS NOT OLD.merged_into BEGIN
  UPDATE configuration SET version = version + 1;
END;

-- Nobody is credited under an entry that is merged. Whoever had read it before is
-- overtaken, and reads again.
CREATE TRIGGER leads_of_the_merged BEFORE INSERT ON leads
WHEN EXISTS (
  SELECT 1 FROM advocates
  WHERE program = NEW.program AND number = NEW.advocate AND merged_into IS NOT NULL) BEGIN
  INSERT INTO overtaken VALUES (NULL);
END;
CREATE TRIGGER leads_to_the_merged BEFORE UPDATE OF advocate ON leads
WHEN EXISTS (
  SELECT 1 FROM advocates
  WHERE program = NEW.program AND number = NEW.advocate AND merged_into IS NOT NULL) BEGIN
  INSERT INTO overtaken VALUES (NULL);
END;
