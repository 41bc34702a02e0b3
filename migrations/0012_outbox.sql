-- The outbox: every change writes an event, in the transaction that makes it, so that
-- there is none without the other. Triggers do it, whoever writes. What is told of an
-- event is at most: ids, slugs, stages, amounts. No event holds a personal datum, so
-- that an erasure has nothing to take back; who may read a lead asks for it.
--
-- Clicks have no event: at their number, statistics tell of them. A row that does not
-- know when it changed has an event of the database's own clock.
CREATE TABLE events (
  -- In the order of the transactions: of two events of one subject the later one has
  -- the greater number, whatever the order in which they arrive.
  n       INTEGER PRIMARY KEY AUTOINCREMENT,
  id      TEXT NOT NULL UNIQUE DEFAULT ('evt_' || lower(hex(randomblob(16)))),
  type    TEXT NOT NULL,
  at      INTEGER NOT NULL,
  program INTEGER REFERENCES programs,
  subject TEXT NOT NULL,   -- the id or slug of what changed
  data    TEXT NOT NULL    -- JSON
) STRICT;
CREATE INDEX events_by_subject ON events (subject, n);
CREATE INDEX events_by_age ON events (at);

-- What is read back in happened elsewhere, to others' knowledge.
CREATE TRIGGER events_of_a_restore BEFORE INSERT ON events
WHEN EXISTS (SELECT 1 FROM restores WHERE finished_at IS NULL) BEGIN
  SELECT raise(IGNORE);
END;

CREATE TRIGGER events_of_changes AFTER INSERT ON changes BEGIN
  INSERT INTO events (type, at, program, subject, data)
  SELECT
    CASE NEW.what WHEN 'content' THEN 'content.published' WHEN 'rules' THEN 'rules.published'
      ELSE NEW.what || iif(NEW.before IS NULL, '.created', '.updated') END,
    NEW.at, NEW.program, coalesce(NEW.key, p.slug),
    json_object('change', NEW.n, 'destination', NEW.key, 'version', NEW.version, 'by', NEW.by)
  FROM programs p WHERE p.number = NEW.program;
END;
CREATE TRIGGER events_of_labels AFTER INSERT ON labels BEGIN
  INSERT INTO events (type, at, program, subject, data)
  VALUES ('label.created', NEW.created_at, NEW.program, NEW.slug, json_object('label', NEW.slug));
END;

CREATE TRIGGER events_of_new_advocates AFTER INSERT ON advocates BEGIN
  INSERT INTO events (type, at, program, subject, data)
  SELECT 'advocate.created', NEW.created_at, NEW.program, a.id,
    json_object('advocate', a.id, 'kind', a.kind, 'segment', a.segment, 'status', a.status,
      'owner', (SELECT slug FROM reps WHERE number = a.owner))
  FROM advocates a WHERE a.program = NEW.program AND a.number = NEW.number;
END;
CREATE TRIGGER events_of_advocates AFTER UPDATE ON advocates BEGIN
  INSERT INTO events (type, at, program, subject, data)
  SELECT 'advocate.updated', NEW.updated_at, NEW.program, NEW.id,
    json_object('advocate', NEW.id, 'kind', NEW.kind, 'segment', NEW.segment, 'status', NEW.status,
      'owner', (SELECT slug FROM reps WHERE number = NEW.owner))
  WHERE NEW.erased_at IS NULL AND (
    NEW.kind <> OLD.kind OR NEW.name <> OLD.name OR NEW.email IS NOT OLD.email
    OR NEW.status <> OLD.status OR NEW.segment IS NOT OLD.segment OR NEW.owner IS NOT OLD.owner
    OR NEW.external_id IS NOT OLD.external_id);
  INSERT INTO events (type, at, program, subject, data)
  SELECT 'advocate.invited', NEW.invited_at, NEW.program, NEW.id, json_object('advocate', NEW.id)
  WHERE NEW.invited_at IS NOT NULL AND NEW.invited_at IS NOT OLD.invited_at;
  INSERT INTO events (type, at, program, subject, data)
  SELECT 'advocate.joined', NEW.joined_at, NEW.program, NEW.id, json_object('advocate', NEW.id)
  WHERE NEW.joined_at IS NOT NULL AND OLD.joined_at IS NULL;
  INSERT INTO events (type, at, program, subject, data)
  SELECT 'advocate.merged', coalesce(NEW.merged_at, NEW.updated_at), NEW.program, NEW.id,
    json_object('advocate', NEW.id, 'into',
      (SELECT id FROM advocates WHERE program = NEW.program AND number = NEW.merged_into))
  WHERE NEW.merged_into IS NOT NULL AND NEW.merged_into IS NOT OLD.merged_into;
  INSERT INTO events (type, at, program, subject, data)
  SELECT 'advocate.erased', NEW.erased_at, NEW.program, NEW.id, json_object('advocate', NEW.id)
  WHERE NEW.erased_at IS NOT NULL AND OLD.erased_at IS NULL;
END;

-- A code begins with a name, so that it is not told.
CREATE TRIGGER events_of_new_codes AFTER INSERT ON spoken_codes BEGIN
  INSERT INTO events (type, at, program, subject, data)
  SELECT 'code.issued', NEW.created_at, NEW.program, a.id,
    json_object('advocate', a.id, 'medium', (SELECT name FROM media WHERE code = NEW.medium))
  FROM advocates a WHERE a.program = NEW.program AND a.number = NEW.advocate;
END;
CREATE TRIGGER events_of_codes AFTER UPDATE OF revoked_at ON spoken_codes
WHEN NEW.revoked_at IS NOT NULL AND OLD.revoked_at IS NULL BEGIN
  INSERT INTO events (type, at, program, subject, data)
  SELECT 'code.revoked', NEW.revoked_at, NEW.program, a.id, json_object('advocate', a.id)
  FROM advocates a WHERE a.program = NEW.program AND a.number = NEW.advocate;
END;
CREATE TRIGGER events_of_revocations AFTER INSERT ON revocations BEGIN
  INSERT INTO events (type, at, program, subject, data)
  VALUES ('link.revoked', NEW.created_at, NEW.program, NEW.body, json_object('link', NEW.body));
END;
CREATE TRIGGER events_of_shares AFTER INSERT ON shares BEGIN
  INSERT INTO events (type, at, program, subject, data)
  SELECT 'share.recorded', NEW.recorded_at, NEW.program, a.id,
    json_object('event', NEW.event, 'advocate', a.id, 'kind', iif(NEW.kind = 4, 'sent', 'intent'),
      'channel', m.channel, 'medium', m.name)
  FROM advocates a JOIN media m ON m.code = NEW.medium
  WHERE a.program = NEW.program AND a.number = NEW.advocate;
END;

CREATE TRIGGER events_of_new_reps AFTER INSERT ON reps BEGIN
  INSERT INTO events (type, at, subject, data)
  VALUES ('rep.created', NEW.created_at, NEW.slug,
    json_object('rep', NEW.slug, 'status', NEW.status));
END;
CREATE TRIGGER events_of_reps AFTER UPDATE ON reps
WHEN NEW.status <> OLD.status OR NEW.name <> OLD.name OR NEW.email IS NOT OLD.email BEGIN
  INSERT INTO events (type, at, subject, data)
  VALUES ('rep.updated', NEW.updated_at, NEW.slug,
    json_object('rep', NEW.slug, 'status', NEW.status));
END;
CREATE TRIGGER events_of_new_members AFTER INSERT ON members BEGIN
  INSERT INTO events (type, at, subject, data)
  VALUES ('member.created', NEW.created_at, NEW.id,
    json_object('member', NEW.id, 'role', NEW.role, 'rep', NEW.rep, 'status', NEW.status));
END;
CREATE TRIGGER events_of_members AFTER UPDATE ON members
WHEN NEW.role <> OLD.role OR NEW.status <> OLD.status OR NEW.rep IS NOT OLD.rep
  OR NEW.name <> OLD.name OR NEW.email <> OLD.email BEGIN
  INSERT INTO events (type, at, subject, data)
  VALUES ('member.updated', CAST(unixepoch('subsec') * 1000 AS INTEGER), NEW.id,
    json_object('member', NEW.id, 'role', NEW.role, 'rep', NEW.rep, 'status', NEW.status));
END;
CREATE TRIGGER events_of_new_goals AFTER INSERT ON goals BEGIN
  INSERT INTO events (type, at, subject, data)
  SELECT 'goals.set', CAST(unixepoch('subsec') * 1000 AS INTEGER), r.slug,
    json_object('rep', r.slug, 'quarter', NEW.quarter, 'asked', NEW.asked,
      'meetings', NEW.meetings, 'won', NEW.won)
  FROM reps r WHERE r.number = NEW.rep;
END;
CREATE TRIGGER events_of_goals AFTER UPDATE ON goals
WHEN NEW.asked <> OLD.asked OR NEW.meetings <> OLD.meetings OR NEW.won <> OLD.won BEGIN
  INSERT INTO events (type, at, subject, data)
  SELECT 'goals.set', CAST(unixepoch('subsec') * 1000 AS INTEGER), r.slug,
    json_object('rep', r.slug, 'quarter', NEW.quarter, 'asked', NEW.asked,
      'meetings', NEW.meetings, 'won', NEW.won)
  FROM reps r WHERE r.number = NEW.rep;
END;
CREATE TRIGGER events_of_new_keys AFTER INSERT ON api_keys BEGIN
  INSERT INTO events (type, at, subject, data)
  VALUES ('key.created', NEW.created_at, NEW.id,
    json_object('key', NEW.id, 'scopes', json(NEW.scopes)));
END;
CREATE TRIGGER events_of_keys AFTER UPDATE OF revoked_at ON api_keys
WHEN NEW.revoked_at IS NOT NULL AND OLD.revoked_at IS NULL BEGIN
  INSERT INTO events (type, at, subject, data)
  VALUES ('key.revoked', NEW.revoked_at, NEW.id, json_object('key', NEW.id));
END;

CREATE TRIGGER events_of_new_leads AFTER INSERT ON leads BEGIN
  INSERT INTO events (type, at, program, subject, data)
  VALUES ('lead.created', NEW.created_at, NEW.program, NEW.id, json_object(
    'lead', NEW.id, 'source', NEW.source, 'stage', NEW.stage,
    'suspected', json(iif(NEW.suspected, 'true', 'false')),
    'advocate', (SELECT id FROM advocates WHERE program = NEW.program AND number = NEW.advocate),
    'channel', (SELECT channel FROM media WHERE code = NEW.medium),
    'medium', (SELECT name FROM media WHERE code = NEW.medium),
    'owner', (SELECT slug FROM reps WHERE number = NEW.owner)));
END;
CREATE TRIGGER events_of_credit AFTER UPDATE OF advocate ON leads
WHEN NEW.advocate IS NOT OLD.advocate BEGIN
  INSERT INTO events (type, at, program, subject, data)
  VALUES ('lead.credited', NEW.updated_at, NEW.program, NEW.id, json_object(
    'lead', NEW.id,
    'advocate', (SELECT id FROM advocates WHERE program = NEW.program AND number = NEW.advocate),
    'before', (SELECT id FROM advocates WHERE program = NEW.program AND number = OLD.advocate),
    'channel', (SELECT channel FROM media WHERE code = NEW.medium),
    'medium', (SELECT name FROM media WHERE code = NEW.medium)));
END;
-- A stage, an owner, who joined or was refused, an erasure. The first stage is the lead's
-- beginning, which is told.
CREATE TRIGGER events_of_history AFTER INSERT ON history
WHEN NEW.kind <> 'stage' OR NEW.before IS NOT NULL BEGIN
  INSERT INTO events (type, at, program, subject, data)
  SELECT
    CASE NEW.kind WHEN 'stage' THEN 'lead.stage_changed' WHEN 'owner' THEN 'lead.owner_changed'
      ELSE 'lead.' || NEW.kind END,
    NEW.recorded_at, l.program, NEW.lead,
    CASE NEW.kind
      WHEN 'stage' THEN json_object('lead', NEW.lead, 'stage', NEW.after, 'before', NEW.before,
        'happened_at', strftime('%Y-%m-%dT%H:%M:%fZ', NEW.at / 1000.0, 'unixepoch'),
        'advocate', (SELECT id FROM advocates WHERE program = l.program AND number = l.advocate))
      WHEN 'owner' THEN json_object('lead', NEW.lead, 'owner', NEW.after, 'before', NEW.before)
      ELSE json_object('lead', NEW.lead)
    END
  FROM leads l WHERE l.id = NEW.lead;
END;
CREATE TRIGGER events_of_flags AFTER INSERT ON flags BEGIN
  INSERT INTO events (type, at, program, subject, data)
  SELECT 'lead.flagged', NEW.at, l.program, NEW.lead,
    json_object('lead', NEW.lead, 'rule', NEW.rule)
  FROM leads l WHERE l.id = NEW.lead;
END;

CREATE TRIGGER events_of_new_sales AFTER INSERT ON sales BEGIN
  INSERT INTO events (type, at, program, subject, data)
  VALUES ('sale.recorded', NEW.recorded_at, NEW.program, NEW.order_id, json_object(
    'order', NEW.order_id, 'lead', NEW.lead, 'amount', NEW.amount, 'currency', NEW.currency,
    'product', NEW.product));
END;
CREATE TRIGGER events_of_sales AFTER UPDATE OF amount, currency, lead ON sales
WHEN NEW.amount <> OLD.amount OR NEW.currency <> OLD.currency OR NEW.lead IS NOT OLD.lead BEGIN
  INSERT INTO events (type, at, program, subject, data)
  SELECT iif(NEW.lead IS NOT OLD.lead, 'sale.matched', 'sale.corrected'),
    coalesce((SELECT max(updated_at) FROM leads WHERE id = NEW.lead), NEW.recorded_at),
    NEW.program, NEW.order_id, json_object(
      'order', NEW.order_id, 'lead', NEW.lead, 'amount', NEW.amount, 'currency', NEW.currency,
      'product', NEW.product, 'before', OLD.amount);
END;
CREATE TRIGGER events_of_refunds AFTER INSERT ON refunds BEGIN
  INSERT INTO events (type, at, program, subject, data)
  VALUES ('refund.recorded', NEW.recorded_at, NEW.program, NEW.order_id, json_object(
    'refund', NEW.refund_id, 'order', NEW.order_id, 'amount', NEW.amount,
    'currency', NEW.currency));
END;
CREATE TRIGGER events_of_claims AFTER INSERT ON claims BEGIN
  INSERT INTO events (type, at, program, subject, data)
  VALUES ('sale.claimed', NEW.at, NEW.program, NEW.order_id, json_object('order', NEW.order_id));
END;

-- `reward.granted`, `.approved`, `.paid` and the other kinds of entries, each with what
-- the reward has come to by it.
CREATE TRIGGER events_of_the_ledger AFTER UPDATE OF amount, approved, issued, paid, holds ON rewards
BEGIN
  INSERT INTO events (type, at, program, subject, data)
  SELECT 'reward.' || e.kind, e.at, NEW.program, NEW.id, json_object(
    'reward', NEW.id, 'entry', e.entry, 'beneficiary', NEW.beneficiary, 'lead', NEW.lead,
    'order', NEW.order_id, 'unit', NEW.unit, 'amount', NEW.amount, 'state', NEW.state,
    'advocate', (SELECT id FROM advocates WHERE program = NEW.program AND number = NEW.advocate),
    'payout', e.payout)
  FROM ledger e WHERE e.reward = NEW.id ORDER BY e.entry DESC LIMIT 1;
END;
CREATE TRIGGER events_of_payouts AFTER INSERT ON payouts BEGIN
  INSERT INTO events (type, at, program, subject, data)
  VALUES ('payout.issued', NEW.created_at, NEW.program, NEW.id, json_object('payout', NEW.id));
END;

CREATE TRIGGER events_of_reconciliations AFTER UPDATE OF compared_at ON reconciliations
WHEN NEW.compared_at IS NOT NULL BEGIN
  INSERT INTO events (type, at, program, subject, data)
  VALUES ('reconciliation.compared', NEW.compared_at, NEW.program, NEW.id,
    json_object('run', NEW.id, 'kinds', json(NEW.kinds)));
END;
CREATE TRIGGER events_of_archives AFTER UPDATE OF done_at ON archives
WHEN NEW.done_at IS NOT NULL AND OLD.done_at IS NULL BEGIN
  INSERT INTO events (type, at, subject, data)
  VALUES ('clicks.archived', NEW.done_at, date(NEW.utc_day * 86400, 'unixepoch'),
    json_object('day', date(NEW.utc_day * 86400, 'unixepoch'), 'clicks', NEW.clicks));
END;
CREATE TRIGGER events_of_differences AFTER INSERT ON differences BEGIN
  INSERT INTO events (type, at, program, subject, data)
  VALUES ('check.differs', NEW.since, nullif(NEW.program, 0), NEW.subject,
    json_object('check', NEW.name, 'kind', NEW.kind, 'subject', NEW.subject));
END;
CREATE TRIGGER events_of_the_audit AFTER INSERT ON audit BEGIN
  INSERT INTO events (type, at, program, subject, data)
  VALUES ('audit.recorded', NEW.at, NEW.program, NEW.subject,
    json_object('entry', NEW.n, 'action', NEW.action, 'by', NEW.by, 'subject', NEW.subject));
END;
CREATE TRIGGER events_of_new_routing AFTER INSERT ON routing BEGIN
  INSERT INTO events (type, at, program, subject, data)
  SELECT 'routing.changed', CAST(unixepoch('subsec') * 1000 AS INTEGER), NEW.program, p.slug,
    json_object('reps', (
      SELECT json_group_array(slug) FROM reps
      WHERE number IN (SELECT value FROM json_each(NEW.reps))))
  FROM programs p WHERE p.number = NEW.program;
END;
CREATE TRIGGER events_of_routing AFTER UPDATE OF reps ON routing WHEN NEW.reps <> OLD.reps BEGIN
  INSERT INTO events (type, at, program, subject, data)
  SELECT 'routing.changed', CAST(unixepoch('subsec') * 1000 AS INTEGER), NEW.program, p.slug,
    json_object('reps', (
      SELECT json_group_array(slug) FROM reps
      WHERE number IN (SELECT value FROM json_each(NEW.reps))))
  FROM programs p WHERE p.number = NEW.program;
END;
