-- Leads that are kept in step with a CRM (src/jobs/crm.rs, src/http/crm/).

-- A program's way to a CRM. A deployment that is moved does not write into it unasked,
-- so that none of this is in an export.
CREATE TABLE crm_connections (
  id               TEXT PRIMARY KEY,
  kind             TEXT NOT NULL CHECK (kind IN ('salesforce', 'hubspot')),
  program          INTEGER NOT NULL REFERENCES programs,
  url              TEXT NOT NULL,
  object           TEXT NOT NULL,
  key              TEXT NOT NULL,     -- their field that holds our id
  credential       TEXT NOT NULL,     -- the name of a secret
  signing          TEXT,              -- that of HubSpot's app, likewise
  currency         TEXT,              -- of amounts that come without one
  fields           TEXT NOT NULL,     -- {theirs: ours}
  owners           TEXT NOT NULL,     -- {rep: theirs}
  stages           TEXT NOT NULL,     -- {ours: theirs}
  status           TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'paused')),
  why              TEXT,              -- what keeps it from sending
  secret           TEXT NOT NULL,     -- signs what comes back
  old_secret       TEXT,
  old_secret_until INTEGER,
  token            TEXT,
  leased_until     INTEGER NOT NULL DEFAULT 0,
  rests_until      INTEGER NOT NULL DEFAULT 0,
  failures         INTEGER NOT NULL DEFAULT 0,  -- in a row
  most             INTEGER NOT NULL,  -- leads at a time; fewer while one spoils the rest
  last_sent_at     INTEGER,
  last_received_at INTEGER,
  created_at       INTEGER NOT NULL,
  updated_at       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX crm_by_program ON crm_connections (program);

-- How far a lead is known there. It is sent where `sent` is behind `changed`.
CREATE TABLE crm_leads (
  connection   TEXT NOT NULL,
  lead         TEXT NOT NULL,
  changed      INTEGER NOT NULL DEFAULT 1,
  sent         INTEGER NOT NULL DEFAULT 0,
  due_at       INTEGER DEFAULT 0,  -- NULL: given up
  attempts     INTEGER NOT NULL DEFAULT 0,
  failed_since INTEGER,
  error        TEXT,
  sent_at      INTEGER,
  remote_id    TEXT,
  -- What they have by what we know, {theirs: value}: only what differs is sent.
  told         TEXT NOT NULL DEFAULT '{}',
  -- When they last changed each field, by their clock.
  stage_at     INTEGER NOT NULL DEFAULT 0,
  owner_at     INTEGER NOT NULL DEFAULT 0,
  amount_at    INTEGER NOT NULL DEFAULT 0,
  -- When the amount was last corrected here.
  amount_ours  INTEGER NOT NULL DEFAULT 0,
  -- What they say that it will come to, while it is not won.
  amount       INTEGER,
  currency     TEXT,
  PRIMARY KEY (connection, lead)
) STRICT, WITHOUT ROWID;
CREATE INDEX crm_leads_due ON crm_leads (connection, due_at)
  WHERE sent < changed AND due_at IS NOT NULL;
CREATE INDEX crm_leads_by_remote ON crm_leads (connection, remote_id) WHERE remote_id IS NOT NULL;
CREATE INDEX crm_leads_by_lead ON crm_leads (lead);

-- What came back, and what became of it: each once, by its id.
CREATE TABLE crm_events (
  n           INTEGER PRIMARY KEY,
  connection  TEXT NOT NULL,
  id          TEXT NOT NULL,
  lead        TEXT,
  remote_id   TEXT,
  at          INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  changes     TEXT NOT NULL,      -- {stage, owner, amount, currency, reason}, in their terms
  outcome     TEXT NOT NULL CHECK (outcome IN ('applied', 'unchanged', 'older', 'refused')),
  why         TEXT,
  -- Of a record that was not known yet, and is by now.
  waits       INTEGER NOT NULL DEFAULT 0 CHECK (waits IN (0, 1)),
  UNIQUE (connection, id)
) STRICT;
CREATE INDEX crm_events_of_strangers ON crm_events (connection, remote_id) WHERE lead IS NULL;
CREATE INDEX crm_events_by_lead ON crm_events (lead) WHERE lead IS NOT NULL;
CREATE INDEX crm_events_waiting ON crm_events (connection, at) WHERE waits = 1;

-- Every change of what may be told marks the lead.
CREATE TRIGGER crm_of_new_leads AFTER INSERT ON leads BEGIN
  INSERT INTO crm_leads (connection, lead, sent)
  -- What a machine is suspected of is not due before a person has looked at it.
  SELECT id, NEW.id, NEW.suspected FROM crm_connections WHERE program = NEW.program;
END;
CREATE TRIGGER crm_of_leads AFTER UPDATE ON leads BEGIN
  UPDATE crm_leads SET changed = changed + 1, due_at = 0, failed_since = NULL,
    error = iif(NEW.erased_at IS NULL, error, NULL),
    sent = iif(NEW.suspected, changed + 1, sent)
  WHERE lead = NEW.id;
END;
-- Of an erased person stays which fields were told, so that they can be emptied there, and
-- nothing of what was told; where nothing was, nothing is due.
CREATE TRIGGER crm_of_the_erased AFTER UPDATE OF erased_at ON leads
WHEN NEW.erased_at IS NOT NULL AND OLD.erased_at IS NULL BEGIN
  UPDATE crm_leads SET
    told = (
      SELECT json_group_object(key,
        iif(coalesce(value, '') = '', json(told -> fullkey), json_quote('erased')))
      FROM json_each(told)),
    sent = iif(told = '{}', changed, sent)
  WHERE lead = NEW.id;
  UPDATE crm_events SET changes = json_remove(changes, '$.reason') WHERE lead = NEW.id;
END;
CREATE TRIGGER crm_of_new_sales AFTER INSERT ON sales WHEN NEW.lead IS NOT NULL BEGIN
  UPDATE crm_leads SET changed = changed + 1, due_at = 0, failed_since = NULL
  WHERE lead = NEW.lead;
END;
CREATE TRIGGER crm_of_sales AFTER UPDATE ON sales WHEN NEW.lead IS NOT NULL BEGIN
  UPDATE crm_leads SET changed = changed + 1, due_at = 0, failed_since = NULL
  WHERE lead = NEW.lead;
END;
CREATE TRIGGER crm_linked AFTER UPDATE OF remote_id ON crm_leads
WHEN NEW.remote_id IS NOT OLD.remote_id BEGIN
  UPDATE crm_events SET lead = NEW.lead, waits = 1
  WHERE connection = NEW.connection AND lead IS NULL
    -- Salesforce's ids have 15 characters, or 18 of which the last three only check.
    AND remote_id IN (NEW.remote_id, substr(NEW.remote_id, 1, 15));
END;
CREATE TRIGGER crm_of_advocates AFTER UPDATE OF name ON advocates WHEN NEW.name <> OLD.name BEGIN
  UPDATE crm_leads SET changed = changed + 1, due_at = 0, failed_since = NULL
  WHERE lead IN (
    SELECT id FROM leads WHERE program = NEW.program AND advocate = NEW.number);
END;
CREATE TRIGGER crm_connected AFTER INSERT ON crm_connections BEGIN
  INSERT INTO crm_leads (connection, lead)
  SELECT NEW.id, id FROM leads WHERE program = NEW.program;
END;
CREATE TRIGGER crm_mapped AFTER UPDATE OF fields, owners, stages, currency ON crm_connections
WHEN NEW.fields <> OLD.fields OR NEW.owners <> OLD.owners OR NEW.stages <> OLD.stages
  OR NEW.currency IS NOT OLD.currency BEGIN
  UPDATE crm_leads SET changed = changed + 1, due_at = 0, failed_since = NULL
  WHERE connection = NEW.id;
END;
CREATE TRIGGER crm_disconnected AFTER DELETE ON crm_connections BEGIN
  DELETE FROM crm_leads WHERE connection = OLD.id;
  DELETE FROM crm_events WHERE connection = OLD.id;
END;

-- What a lead comes to: the sale that its record there stands for, or else all of its
-- sales in the currency of the first, or else what they expect.
CREATE VIEW crm_amounts AS
SELECT connection, lead, value ->> 0 AS amount, value ->> 1 AS currency
FROM (
  SELECT c.connection, c.lead, coalesce(
    (SELECT json_array(s.amount, s.currency) FROM sales s
      WHERE s.program = k.program AND s.lead = c.lead
        AND s.order_id = k.kind || '/' || coalesce(c.remote_id, c.lead)),
    (SELECT json_array(sum(s.amount), s.currency) FROM sales s
      WHERE s.lead = c.lead AND s.currency = (
        SELECT currency FROM sales WHERE lead = c.lead ORDER BY at, order_id LIMIT 1)
      HAVING count(*) > 0),
    json_array(c.amount, c.currency)) AS value
  FROM crm_leads c JOIN crm_connections k ON k.id = c.connection);

-- What we say of a lead, by our own names. A person whose name is not known, or not any
-- more, has one all the same: Salesforce asks for it.
CREATE VIEW crm_facts AS
SELECT c.connection, c.lead, c.told, k.kind, k.fields, json_object(
  'id', l.id,
  'first_name', nullif(trim(rtrim(l.name, replace(l.name, ' ', ''))), ''),
  'last_name', coalesce(
    nullif(replace(l.name, rtrim(l.name, replace(l.name, ' ', '')), ''), ''), 'Unknown'),
  'name', coalesce(l.name, 'Unknown'),
  'title', coalesce(l.company, l.name, 'Referral'),
  'email', l.email,
  'phone', l.phone,
  'company', iif(k.kind = 'salesforce', coalesce(l.company, 'Unknown'), l.company),
  'stage', k.stages ->> l.stage,
  'reason', l.reason,
  'owner', k.owners ->> (SELECT '$."' || slug || '"' FROM reps WHERE number = l.owner),
  'amount', (
    SELECT iif(coalesce(m.places, 2) = 0, CAST(a.amount AS TEXT),
      (a.amount / coalesce(m.units, 100)) || '.'
        || printf('%0*d', coalesce(m.places, 2), a.amount % coalesce(m.units, 100)))
    FROM crm_amounts a LEFT JOIN minor_units m ON m.currency = a.currency
    WHERE a.connection = c.connection AND a.lead = c.lead AND a.amount IS NOT NULL
      AND (a.currency = k.currency
        OR EXISTS (SELECT 1 FROM json_each(k.fields) WHERE value = 'currency'))),
  'currency', (
    SELECT currency FROM crm_amounts a WHERE a.connection = c.connection AND a.lead = c.lead),
  'advocate', v.id,
  'advocate_name', v.name,
  'channel', m.channel,
  'medium', m.name,
  'program', p.slug,
  'at', strftime('%Y-%m-%dT%H:%M:%fZ', l.at / 1000.0, 'unixepoch'),
  'won_at', strftime('%Y-%m-%dT%H:%M:%fZ', l.won_at / 1000.0, 'unixepoch'),
  'closes', strftime('%Y-%m-%d', coalesce(l.won_at, l.lost_at, l.at + 90 * 86400000) / 1000.0,
    'unixepoch')) AS facts
FROM crm_leads c
JOIN crm_connections k ON k.id = c.connection
JOIN leads l ON l.id = c.lead
JOIN programs p ON p.number = l.program
LEFT JOIN advocates v ON v.program = l.program AND v.number = l.advocate
LEFT JOIN media m ON m.code = l.medium;

-- The same field by field, by their names, as JSON; and what they were told of it. What
-- has no counterpart there is left as they have it; what is not known any more is empty.
CREATE VIEW crm_values AS
SELECT f.connection, f.lead, t.key AS theirs, t.value AS ours,
  CASE
    WHEN t.value = 'amount' AND f.kind = 'salesforce' THEN f.facts ->> 'amount'
    WHEN f.kind = 'hubspot' AND f.facts ->> t.value IS NULL THEN '""'
    ELSE f.facts -> t.value
  END AS value,
  coalesce(f.told -> ('$."' || t.key || '"'), iif(f.kind = 'hubspot', '""', 'null')) AS told
FROM crm_facts f, json_each(f.fields) t
WHERE f.facts ->> t.value IS NOT NULL
  OR t.value NOT IN ('stage', 'owner', 'amount', 'currency');

-- What is to be sent: not what a machine is suspected of; of an erased person only that
-- they are forgotten, where they were known.
CREATE VIEW crm_due AS
SELECT c.connection, c.lead, c.changed, c.due_at
FROM crm_leads c JOIN leads l ON l.id = c.lead
WHERE c.sent < c.changed AND c.due_at IS NOT NULL AND l.suspected = 0
  AND (l.erased_at IS NULL OR c.told <> '{}');
