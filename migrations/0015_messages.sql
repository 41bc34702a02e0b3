-- Letters: in which words, to whom, when, and who gets none. What is due is written
-- down without an address and without a text: both are looked up when it is sent, so
-- that it says what is true then, and an erasure has nothing to take back here.

-- When a program writes, and how often. Without a row it is as the view `writing` says.
CREATE TABLE message_settings (
  program    INTEGER PRIMARY KEY REFERENCES programs,
  per_week   INTEGER NOT NULL CHECK (per_week BETWEEN 0 AND 50),
  -- HH:MM of the program's clock; from and to alike: at any hour.
  quiet_from TEXT NOT NULL,
  quiet_to   TEXT NOT NULL,
  quiet_days INTEGER NOT NULL CHECK (quiet_days BETWEEN 7 AND 365),
  stale_days INTEGER NOT NULL CHECK (stale_days BETWEEN 1 AND 90),
  weekly_on  TEXT NOT NULL CHECK (weekly_on IN (
    'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday')),
  off        TEXT NOT NULL,  -- a JSON array of the messages that are not sent
  changed_at INTEGER NOT NULL,
  changed_by TEXT NOT NULL
) STRICT;
CREATE VIEW writing AS
SELECT p.number AS program, p.slug, p.name, p.zone, p.status,
  coalesce(s.per_week, 3) AS per_week,
  coalesce(s.quiet_from, '20:00') AS quiet_from, coalesce(s.quiet_to, '08:00') AS quiet_to,
  coalesce(s.quiet_days, 45) AS quiet_days, coalesce(s.stale_days, 7) AS stale_days,
  coalesce(s.weekly_on, 'monday') AS weekly_on, coalesce(s.off, '[]') AS off
FROM programs p LEFT JOIN message_settings s ON s.program = p.number;
CREATE TRIGGER events_of_new_settings AFTER INSERT ON message_settings BEGIN
  INSERT INTO events (type, at, program, subject, data)
  SELECT 'messages.updated', NEW.changed_at, NEW.program, slug, json_object('by', NEW.changed_by)
  FROM programs WHERE number = NEW.program;
END;
CREATE TRIGGER events_of_settings AFTER UPDATE ON message_settings BEGIN
  INSERT INTO events (type, at, program, subject, data)
  SELECT 'messages.updated', NEW.changed_at, NEW.program, slug, json_object('by', NEW.changed_by)
  FROM programs WHERE number = NEW.program;
END;

-- When it was last looked for what time brings about (src/jobs/letters.rs).
CREATE TABLE letter_plans (
  program INTEGER PRIMARY KEY REFERENCES programs,
  at      INTEGER NOT NULL
) STRICT;

-- A program's own words, version by version. Empty, they are ours again.
CREATE TABLE letter_templates (
  program    INTEGER NOT NULL REFERENCES programs,
  message    TEXT NOT NULL,
  kind       TEXT NOT NULL CHECK (kind IN ('', 'customer', 'partner', 'employee')),
  version    INTEGER NOT NULL CHECK (version > 0),
  subject    TEXT NOT NULL,
  text       TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  PRIMARY KEY (program, message, kind, version),
  CHECK ((subject = '') = (text = ''))
) STRICT, WITHOUT ROWID;
CREATE TRIGGER templates_are_not_changed BEFORE UPDATE ON letter_templates BEGIN
  SELECT raise(ABORT, 'templates are only added to');
END;
CREATE TRIGGER events_of_templates AFTER INSERT ON letter_templates BEGIN
  INSERT INTO events (type, at, program, subject, data)
  SELECT 'template.published', NEW.created_at, NEW.program, NEW.message, json_object(
    'message', NEW.message, 'kind', nullif(NEW.kind, ''), 'version', NEW.version,
    'by', NEW.created_by);
END;
CREATE VIEW current_templates AS
SELECT t.* FROM letter_templates t
WHERE t.version = (
  SELECT max(version) FROM letter_templates x
  WHERE x.program = t.program AND x.message = t.message AND x.kind = t.kind);

-- How the letters of a program look. The invitation may stand in its content.
CREATE VIEW looks AS
SELECT p.number AS program, p.slug, p.name,
  coalesce(c.content ->> '$.brand.color', '#0a6653') AS color,
  coalesce(c.content ->> '$.brand.logo', '') > '' AS logo,
  coalesce(c.content ->> '$.invitation.subject', '') AS invitation_subject,
  coalesce(c.content ->> '$.invitation.text', '') AS invitation_text
FROM programs p LEFT JOIN contents c ON c.program = p.number
  AND c.version = (SELECT max(version) FROM contents x WHERE x.program = p.number);

CREATE TABLE letters (
  id          TEXT PRIMARY KEY DEFAULT ('lt_' || lower(hex(randomblob(16)))),
  program     INTEGER NOT NULL REFERENCES programs,
  message     TEXT NOT NULL,
  -- To whom: one of the two, and neither after an erasure.
  advocate    INTEGER,
  rep         INTEGER REFERENCES reps,
  recipient   TEXT GENERATED ALWAYS AS (coalesce('a' || advocate, 'r' || rep)) VIRTUAL,
  -- What it is about; of one cause there is one letter to each.
  cause       TEXT NOT NULL,
  data        TEXT,            -- JSON: what its words need to know of the time
  state       TEXT NOT NULL DEFAULT 'queued'
    CHECK (state IN ('queued', 'sent', 'failed', 'skipped')),
  why         TEXT,            -- of having failed or been skipped
  queued_at   INTEGER NOT NULL,
  due_at      INTEGER NOT NULL,
  attempts    INTEGER NOT NULL DEFAULT 0,
  -- While somebody sends it: when they began. Two minutes later it is anybody's.
  claimed_at  INTEGER,
  sent_at     INTEGER,
  provider_id TEXT,
  delivered_at INTEGER,
  FOREIGN KEY (program, advocate) REFERENCES advocates
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX letters_once ON letters (program, message, recipient, cause);
CREATE INDEX letters_due ON letters (due_at, id) WHERE state = 'queued';
CREATE INDEX letters_by_recipient ON letters (program, recipient, state);
CREATE INDEX letters_by_age ON letters (queued_at, id);
CREATE INDEX letters_by_provider ON letters (provider_id) WHERE provider_id IS NOT NULL;

CREATE TRIGGER events_of_letters AFTER UPDATE OF state ON letters
WHEN NEW.state IN ('sent', 'failed') AND NEW.state <> OLD.state BEGIN
  INSERT INTO events (type, at, program, subject, data)
  SELECT iif(NEW.state = 'sent', 'letter.sent', 'letter.failed'),
    coalesce(NEW.sent_at, OLD.claimed_at, NEW.due_at), NEW.program, NEW.id, json_object(
      'letter', NEW.id, 'message', NEW.message,
      'advocate', (SELECT id FROM advocates WHERE program = NEW.program AND number = NEW.advocate),
      'rep', (SELECT slug FROM reps WHERE number = NEW.rep));
END;

-- Who gets no letters, and why: by the hash of the address, which an erasure leaves, so
-- that nobody is written to again for having been forgotten.
CREATE TABLE suppressions (
  hash    TEXT NOT NULL,
  reason  TEXT NOT NULL CHECK (reason IN ('unsubscribed', 'bounced', 'complained', 'manual')),
  id      TEXT NOT NULL DEFAULT ('sup_' || lower(hex(randomblob(16)))),
  program INTEGER REFERENCES programs,  -- whose letter it was
  at      INTEGER NOT NULL,
  by      TEXT NOT NULL,                -- who says so: a key, a member, `recipient`, `provider`
  PRIMARY KEY (hash, reason)
) STRICT, WITHOUT ROWID;
CREATE INDEX suppressions_by_age ON suppressions (at, hash, reason);
CREATE TRIGGER events_of_suppressions AFTER INSERT ON suppressions BEGIN
  INSERT INTO events (type, at, program, subject, data)
  VALUES ('suppression.added', NEW.at, NEW.program, NEW.id,
    json_object('suppression', NEW.id, 'reason', NEW.reason));
END;
-- Who takes one away says when; that is written into it first.
CREATE TRIGGER events_of_lifting AFTER DELETE ON suppressions BEGIN
  INSERT INTO events (type, at, program, subject, data)
  VALUES ('suppression.lifted', OLD.at, OLD.program, OLD.id,
    json_object('suppression', OLD.id, 'reason', OLD.reason));
END;

-- What the mail provider told of letters, so that it is heard once.
CREATE TABLE mail_events (
  id TEXT PRIMARY KEY,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX mail_events_by_age ON mail_events (at);

-- What brings letters about. News older than three days is none: it was imported, or
-- reported late.
CREATE TRIGGER letters_of_steps AFTER INSERT ON events
WHEN NEW.type = 'lead.stage_changed' BEGIN
  INSERT INTO letters (program, message, advocate, cause, queued_at, due_at)
  SELECT l.program, m.message, a.number, l.id || '/' || (NEW.data ->> 'stage'), NEW.at, NEW.at
  FROM (SELECT iif(NEW.data ->> 'stage' = 'won', 'thanks', 'moved') AS message) m
  JOIN leads l ON l.id = NEW.subject
  JOIN advocates a ON a.program = l.program AND a.number = l.advocate
  JOIN writing w ON w.program = l.program
  WHERE NEW.data ->> 'stage' IN ('accepted', 'meeting', 'opportunity', 'won', 'lost')
    AND (NEW.data ->> 'stage' <> 'lost' OR l.accepted_at IS NOT NULL)
    AND NEW.at - unixepoch(NEW.data ->> 'happened_at') * 1000 < 3 * 86400000
    AND l.suspected = 0 AND l.erased_at IS NULL
    AND a.email IS NOT NULL AND a.status = 'active' AND a.erased_at IS NULL
    AND a.merged_into IS NULL
    AND w.status = 'active'
    AND m.message NOT IN (SELECT value FROM json_each(w.off))
  ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER letters_of_payments AFTER INSERT ON events WHEN NEW.type = 'reward.paid' BEGIN
  INSERT INTO letters (program, message, advocate, cause, queued_at, due_at)
  SELECT NEW.program, 'payout', a.number, e.payout || '/' || e.line, NEW.at, NEW.at
  FROM ledger e
  JOIN rewards r ON r.id = e.reward
  JOIN advocates a ON a.program = r.program AND a.number = r.advocate
  JOIN writing w ON w.program = r.program
  WHERE e.entry = NEW.data ->> 'entry' AND e.payout IS NOT NULL AND r.beneficiary = 'advocate'
    AND a.email IS NOT NULL AND a.status = 'active' AND a.erased_at IS NULL
    AND a.merged_into IS NULL
    AND w.status = 'active'
    AND 'payout' NOT IN (SELECT value FROM json_each(w.off))
  ON CONFLICT DO NOTHING;
END;
-- One letter for all good moments that have come by the time it is sent.
CREATE TRIGGER letters_of_moments AFTER INSERT ON events WHEN NEW.type = 'moment.recorded' BEGIN
  INSERT INTO letters (program, message, rep, cause, queued_at, due_at)
  SELECT NEW.program, 'ask', r.number, NEW.id, NEW.at, NEW.at
  FROM advocates a
  JOIN reps r ON r.number = a.owner
  JOIN writing w ON w.program = a.program
  WHERE a.program = NEW.program AND a.id = NEW.subject
    AND (NEW.data ->> 'kind' <> 'rated' OR NEW.data ->> 'score' >= 9)
    AND EXISTS (SELECT 1 FROM good_moments g
      WHERE g.program = a.program AND g.advocate = a.number AND g.at > NEW.at - 3 * 86400000)
    AND r.status = 'active' AND r.email IS NOT NULL
    AND w.status = 'active'
    AND 'ask' NOT IN (SELECT value FROM json_each(w.off))
    AND NOT EXISTS (SELECT 1 FROM letters q
      WHERE q.program = a.program AND q.recipient = 'r' || r.number AND q.state = 'queued'
        AND q.message = 'ask')
  ON CONFLICT DO NOTHING;
END;

-- Whoever was erased is written to no more, no letter is theirs, and what became of
-- those that went is nobody's.
CREATE TRIGGER letters_of_the_erased AFTER UPDATE OF erased_at ON advocates
WHEN NEW.erased_at IS NOT NULL BEGIN
  UPDATE letters SET
    why = iif(state = 'queued', 'the person was erased', NULL),
    state = iif(state = 'queued', 'skipped', state),
    advocate = NULL, cause = id, data = NULL, provider_id = NULL
  WHERE program = NEW.program AND recipient = 'a' || NEW.number;
END;
-- Letters to one of two who turned out to be one are to who remains.
CREATE TRIGGER letters_of_the_merged AFTER UPDATE OF merged_into ON advocates
WHEN NEW.merged_into IS NOT NULL BEGIN
  UPDATE OR IGNORE letters SET advocate = NEW.merged_into
  WHERE program = NEW.program AND recipient = 'a' || NEW.number;
END;

-- All that a letter's words are made of, as it is now.
CREATE VIEW letter_facts AS
SELECT l.id, json_object(
  'message', l.message, 'program', l.program, 'slug', k.slug, 'name', k.name, 'zone', w.zone,
  'color', k.color, 'logo', k.logo,
  'quiet_from', w.quiet_from, 'quiet_to', w.quiet_to,
  -- What was paid, and a week's summary, are limited by nothing (nor do they count).
  'per_week', iif(l.message IN ('payout', 'weekly'), NULL, w.per_week),
  'is_off', w.status <> 'active' OR l.message IN (SELECT value FROM json_each(w.off)),
  'recipient', l.recipient, 'advocate', coalesce(a.number, 0),
  'email', CASE WHEN l.rep IS NULL THEN
      iif(a.status = 'active' AND a.erased_at IS NULL AND a.merged_into IS NULL, a.email, NULL)
    ELSE iif(r.status = 'active', r.email, NULL) END,
  'person', coalesce(a.name, r.name, ''),
  'words', json((
    SELECT json_array(t.subject, t.text) FROM current_templates t
    WHERE t.program = l.program AND t.message = l.message AND t.kind IN ('', a.kind)
      AND t.text <> ''
    ORDER BY t.kind DESC LIMIT 1)),
  -- Whether what it tells of is still so.
  'is_past', CASE l.message
    WHEN 'moved' THEN coalesce(x.advocate <> l.advocate OR x.suspected OR x.erased_at IS NOT NULL
      OR x.stage <> substr(l.cause, instr(l.cause, '/') + 1), 1)
    WHEN 'thanks' THEN coalesce(x.advocate <> l.advocate OR x.suspected
      OR x.erased_at IS NOT NULL OR x.stage <> 'won', 1)
    WHEN 'payout' THEN y.status IS NOT 'paid'
    WHEN 'ask' THEN NOT EXISTS (
      SELECT 1 FROM good_moments g JOIN advocates o ON o.program = g.program AND o.number = g.advocate
      WHERE g.program = l.program AND o.owner = l.rep AND g.at > l.queued_at - 30 * 86400000)
    WHEN 'follow_up' THEN NOT EXISTS (
      SELECT 1 FROM standing s WHERE s.program = l.program AND s.owner = l.rep
        AND s.since <= l.due_at - w.stale_days * 86400000)
    ELSE 0 END,
  'stage', coalesce(x.stage, ''),
  'prospect', CASE
    WHEN x.name IS NULL THEN
      iif(x.touch IN ('rep', 'advocate') AND x.company IS NOT NULL, x.company, 'your referral')
    WHEN x.touch IN ('rep', 'advocate') THEN x.name
    ELSE substr(x.name, 1, 1) || '.'
      || iif(instr(x.name, ' '), ' ' || substr(x.name, instr(x.name, ' ') + 1, 1) || '.', '') END,
  'amount', coalesce(y.amount, 0), 'unit', coalesce(y.unit, ''),
  'days', coalesce(l.data ->> 'days', 0),
  'leads', json(iif(l.message IN ('follow_up', 'weekly'), (
    SELECT json_group_array(json_array(label, detail, url)) FROM (
      SELECT
        coalesce(o.name || iif(o.company IS NULL, '', ', ' || o.company), o.company, 'A lead')
          AS label,
        s.stage || ', for ' || ((l.due_at - s.since) / 86400000) || ' days' AS detail,
        '/console/leads?program=' || k.slug || '&lead=' || o.id AS url
      FROM standing s JOIN leads o ON o.id = s.lead
      WHERE s.program = l.program AND s.owner = l.rep
        AND s.since <= l.due_at - w.stale_days * 86400000
      ORDER BY s.since, s.lead LIMIT 20)), '[]')),
  'advocates', json(iif(l.message = 'ask', (
    SELECT json_group_array(json_array(label, detail, url)) FROM (
      SELECT o.name AS label,
        iif(g.kind = 'rated', 'rated us ' || g.score || ' of 10', 'something of theirs went live')
          AS detail,
        '/console/advocates?program=' || k.slug || '&advocate=' || o.id AS url
      FROM good_moments g JOIN advocates o ON o.program = g.program AND o.number = g.advocate
      WHERE g.program = l.program AND o.owner = l.rep AND g.at > l.queued_at - 30 * 86400000
        AND o.status = 'active' AND o.erased_at IS NULL AND o.merged_into IS NULL
      ORDER BY g.at DESC, o.number LIMIT 20)), '[]')),
  'progress', json(iif(l.message = 'weekly', json_array(
    json_array('Advocates invited this quarter', (
      SELECT count(*) FROM advocates WHERE owner = l.rep AND parent IS NULL
        AND invited_at >= l.data ->> 'from' AND invited_at < l.data ->> 'until')
      || coalesce((SELECT ' of ' || asked FROM goals
        WHERE rep = l.rep AND quarter = l.data ->> 'quarter'), ''), ''),
    json_array('Meetings this quarter', (
      SELECT count(*) FROM leads WHERE owner = l.rep
        AND meeting_at >= l.data ->> 'from' AND meeting_at < l.data ->> 'until')
      || coalesce((SELECT ' of ' || meetings FROM goals
        WHERE rep = l.rep AND quarter = l.data ->> 'quarter'), ''), ''),
    json_array('Customers won this quarter', (
      SELECT count(*) FROM leads WHERE owner = l.rep
        AND won_at >= l.data ->> 'from' AND won_at < l.data ->> 'until')
      || coalesce((SELECT ' of ' || won FROM goals
        WHERE rep = l.rep AND quarter = l.data ->> 'quarter'), ''), ''),
    json_array('New leads in seven days', '' || (
      SELECT count(*) FROM leads WHERE owner = l.rep AND program = l.program AND suspected = 0
        AND created_at > l.queued_at - 7 * 86400000), ''),
    json_array('Meetings in seven days', '' || (
      SELECT count(*) FROM leads WHERE owner = l.rep AND program = l.program
        AND meeting_at > l.queued_at - 7 * 86400000), ''),
    json_array('Won in seven days', '' || (
      SELECT count(*) FROM leads WHERE owner = l.rep AND program = l.program
        AND won_at > l.queued_at - 7 * 86400000), '')), '[]'))) AS facts
FROM letters l
JOIN looks k ON k.program = l.program
JOIN writing w ON w.program = l.program
LEFT JOIN advocates a ON a.program = l.program AND a.number = l.advocate
LEFT JOIN reps r ON r.number = l.rep
LEFT JOIN leads x ON l.message IN ('moved', 'thanks')
  AND x.id = substr(l.cause, 1, instr(l.cause, '/') - 1)
LEFT JOIN payout_lines y ON l.message = 'payout'
  AND y.payout = substr(l.cause, 1, instr(l.cause, '/') - 1)
  AND y.n = CAST(substr(l.cause, instr(l.cause, '/') + 1) AS INTEGER);

CREATE VIEW moving_message_settings AS
SELECT program, json_object(
  'program', program, 'per_week', per_week, 'quiet_from', quiet_from, 'quiet_to', quiet_to,
  'quiet_days', quiet_days, 'stale_days', stale_days, 'weekly_on', weekly_on, 'off', off,
  'changed_at', changed_at, 'changed_by', changed_by) AS row
FROM message_settings;
CREATE TRIGGER moved_message_settings INSTEAD OF INSERT ON moving_message_settings BEGIN
  INSERT INTO message_settings (
    program, per_week, quiet_from, quiet_to, quiet_days, stale_days, weekly_on, off,
    changed_at, changed_by)
  VALUES (
    NEW.row ->> 'program', NEW.row ->> 'per_week', NEW.row ->> 'quiet_from',
    NEW.row ->> 'quiet_to', NEW.row ->> 'quiet_days', NEW.row ->> 'stale_days',
    NEW.row ->> 'weekly_on', NEW.row ->> 'off', NEW.row ->> 'changed_at',
    NEW.row ->> 'changed_by');
END;
CREATE VIEW moving_letter_templates AS
SELECT program, message, kind, version, json_object(
  'program', program, 'message', message, 'kind', kind, 'version', version,
  'subject', subject, 'text', text, 'created_at', created_at, 'created_by', created_by) AS row
FROM letter_templates;
CREATE TRIGGER moved_letter_templates INSTEAD OF INSERT ON moving_letter_templates BEGIN
  INSERT INTO letter_templates (
    program, message, kind, version, subject, text, created_at, created_by)
  VALUES (
    NEW.row ->> 'program', NEW.row ->> 'message', NEW.row ->> 'kind',
    NEW.row ->> 'version', NEW.row ->> 'subject', NEW.row ->> 'text',
    NEW.row ->> 'created_at', NEW.row ->> 'created_by');
END;
CREATE VIEW moving_letters AS
SELECT id, json_object(
  'id', id, 'program', program, 'message', message, 'advocate', advocate,
  'rep', rep, 'cause', cause, 'data', data, 'state', state,
  'why', why, 'queued_at', queued_at, 'due_at', due_at, 'attempts', attempts,
  'claimed_at', claimed_at, 'sent_at', sent_at, 'provider_id', provider_id, 'delivered_at', delivered_at) AS row
FROM letters;
CREATE TRIGGER moved_letters INSTEAD OF INSERT ON moving_letters BEGIN
  INSERT INTO letters (
    id, program, message, advocate, rep, cause, data, state, why, queued_at, due_at,
    attempts, claimed_at, sent_at, provider_id, delivered_at)
  VALUES (
    NEW.row ->> 'id', NEW.row ->> 'program', NEW.row ->> 'message',
    NEW.row ->> 'advocate', NEW.row ->> 'rep', NEW.row ->> 'cause',
    NEW.row ->> 'data', NEW.row ->> 'state', NEW.row ->> 'why',
    NEW.row ->> 'queued_at', NEW.row ->> 'due_at', NEW.row ->> 'attempts',
    NEW.row ->> 'claimed_at', NEW.row ->> 'sent_at', NEW.row ->> 'provider_id',
    NEW.row ->> 'delivered_at');
END;
CREATE VIEW moving_suppressions AS
SELECT hash, reason, json_object(
  'hash', hash, 'reason', reason, 'id', id, 'program', program,
  'at', at, 'by', by) AS row
FROM suppressions;
CREATE TRIGGER moved_suppressions INSTEAD OF INSERT ON moving_suppressions BEGIN
  INSERT INTO suppressions (
    hash, reason, id, program, at, by)
  VALUES (
    NEW.row ->> 'hash', NEW.row ->> 'reason', NEW.row ->> 'id',
    NEW.row ->> 'program', NEW.row ->> 'at', NEW.row ->> 'by');
END;
