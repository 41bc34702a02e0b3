-- Webhooks: where events go, and what became of each. Secrets, deliveries and their log
-- stay here when a deployment is exported: a copy of it shall send nobody anything.
CREATE TABLE webhooks (
  id           TEXT PRIMARY KEY,
  url          TEXT NOT NULL,
  description  TEXT NOT NULL,
  types        TEXT NOT NULL,      -- JSON; empty for all
  program      INTEGER REFERENCES programs,
  secret       TEXT NOT NULL,
  old_secret   TEXT,               -- signs as well, until
  old_until    INTEGER,
  status       TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'paused', 'disabled')),
  why          TEXT,               -- it is not active
  -- The event after which it has wanted what it wants now; NULL while it is being made.
  wants_after  INTEGER,
  created_at   INTEGER NOT NULL,
  updated_at   INTEGER NOT NULL,
  last_at      INTEGER,            -- of the last try
  last_status  INTEGER,
  last_ok      INTEGER,
  succeeded_at INTEGER,
  -- When administrators were told that it is paused; NULL where they are not.
  told_at      INTEGER,
  -- Nothing is sent before: a round serves it, or it asked to be left alone.
  busy_until   INTEGER NOT NULL DEFAULT 0,
  lease        TEXT                -- of the round that serves it
) STRICT, WITHOUT ROWID;

CREATE TABLE deliveries (
  webhook      TEXT NOT NULL REFERENCES webhooks ON DELETE CASCADE,
  event        INTEGER NOT NULL REFERENCES events ON DELETE CASCADE,
  state        TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'failed')),
  due_at       INTEGER NOT NULL DEFAULT 0,
  attempts     INTEGER NOT NULL DEFAULT 0,
  first_at     INTEGER,            -- when it was tried first, since it last was new or replayed
  delivered_at INTEGER,
  status       INTEGER,            -- of the last try
  error        TEXT,
  PRIMARY KEY (webhook, event)
) STRICT, WITHOUT ROWID;
CREATE INDEX deliveries_by_event ON deliveries (event);
CREATE INDEX deliveries_waiting ON deliveries (webhook, event, due_at) WHERE state = 'waiting';
CREATE INDEX deliveries_failed ON deliveries (webhook, event) WHERE state = 'failed';

-- The log: each try, and what the delivery has come to by it.
CREATE TABLE attempts (
  n       INTEGER PRIMARY KEY,
  webhook TEXT NOT NULL,
  event   INTEGER NOT NULL,
  at      INTEGER NOT NULL,
  took    INTEGER,                 -- ms; NULL where there was no answer
  status  INTEGER,
  error   TEXT,
  answer  TEXT NOT NULL,           -- its beginning
  outcome TEXT NOT NULL,           -- the state of the delivery
  next_at INTEGER NOT NULL,        -- of the next try, where it waits for one
  FOREIGN KEY (webhook, event) REFERENCES deliveries ON DELETE CASCADE
) STRICT;
CREATE INDEX attempts_by_delivery ON attempts (webhook, event, n);

-- Which webhook wants which event, whether or not it was there when it happened.
CREATE VIEW wanted (webhook, event, status, wants_after) AS
SELECT w.id, e.n, w.status, w.wants_after
FROM webhooks w JOIN events e ON CASE e.type
  WHEN 'webhook.test' THEN e.subject = w.id
  ELSE (w.program IS NULL OR w.program = e.program)
    AND (w.types = '[]' OR EXISTS (SELECT 1 FROM json_each(w.types) WHERE value = e.type)) END;

CREATE TRIGGER deliveries_of_events AFTER INSERT ON events BEGIN
  INSERT INTO deliveries (webhook, event)
  SELECT webhook, event FROM wanted
  WHERE event = NEW.n AND wants_after < NEW.n AND status <> 'disabled';
END;

-- What is delivered stays delivered, even if a second try of it, made at the same time,
-- fails.
CREATE TRIGGER attempts_of_deliveries AFTER INSERT ON attempts BEGIN
  UPDATE deliveries SET
    attempts = attempts + 1, first_at = coalesce(first_at, NEW.at), due_at = NEW.next_at,
    state = iif(state = 'delivered', state, NEW.outcome),
    delivered_at = iif(NEW.outcome = 'delivered', NEW.at, delivered_at),
    status = NEW.status, error = NEW.error
  WHERE webhook = NEW.webhook AND event = NEW.event;
  UPDATE webhooks SET
    last_at = NEW.at, last_status = NEW.status, last_ok = NEW.outcome = 'delivered',
    succeeded_at = iif(NEW.outcome = 'delivered', NEW.at, succeeded_at)
  WHERE id = NEW.webhook;
  UPDATE webhooks SET status = 'disabled', updated_at = NEW.at,
    why = 'it answered 410 Gone: nobody is there any more'
  WHERE id = NEW.webhook AND NEW.status = 410;
  UPDATE webhooks SET status = 'paused', updated_at = NEW.at,
    why = 'nothing was delivered for three days'
  WHERE id = NEW.webhook AND status = 'active' AND NEW.outcome = 'failed'
    AND coalesce(succeeded_at, -1) < (
      SELECT first_at FROM deliveries WHERE webhook = NEW.webhook AND event = NEW.event);
END;

CREATE TRIGGER webhooks_are_made AFTER INSERT ON webhooks BEGIN
  INSERT INTO events (type, at, program, subject, data)
  VALUES ('webhook.created', NEW.created_at, NEW.program, NEW.id,
    json_object('webhook', NEW.id, 'status', NEW.status, 'types', json(NEW.types)));
  UPDATE webhooks SET wants_after = coalesce((SELECT max(n) FROM events), 0) WHERE id = NEW.id;
END;
-- Who comes to want something else, or anything at all, wants it from now on.
CREATE TRIGGER webhooks_change AFTER UPDATE OF url, description, types, status ON webhooks
WHEN NEW.url <> OLD.url OR NEW.description <> OLD.description OR NEW.types <> OLD.types
  OR NEW.status <> OLD.status BEGIN
  UPDATE webhooks SET wants_after = coalesce((SELECT max(n) FROM events), 0)
  WHERE id = NEW.id AND (NEW.types <> OLD.types OR OLD.status = 'disabled');
  UPDATE webhooks SET why = NULL, busy_until = 0, told_at = NULL
  WHERE id = NEW.id AND NEW.status = 'active' AND OLD.status <> 'active';
  UPDATE deliveries SET due_at = 0, first_at = NULL
  WHERE webhook = NEW.id AND state = 'waiting' AND NEW.status = 'active'
    AND OLD.status <> 'active';
  UPDATE deliveries SET state = 'failed', error = 'the webhook was disabled'
  WHERE webhook = NEW.id AND state = 'waiting' AND NEW.status = 'disabled';
  INSERT INTO events (type, at, program, subject, data)
  VALUES (
    iif(NEW.status = 'paused' AND OLD.status <> 'paused', 'webhook.paused', 'webhook.updated'),
    NEW.updated_at, NEW.program, NEW.id,
    json_object('webhook', NEW.id, 'status', NEW.status, 'types', json(NEW.types)));
END;
CREATE TRIGGER webhooks_end AFTER DELETE ON webhooks BEGIN
  INSERT INTO events (type, at, program, subject, data)
  VALUES ('webhook.deleted', CAST(unixepoch('subsec') * 1000 AS INTEGER), OLD.program, OLD.id,
    json_object('webhook', OLD.id));
END;

-- The check of the outbox: each event has its delivery with whoever wanted it.
CREATE TABLE differences_of_all (
  name    TEXT NOT NULL REFERENCES checks,
  kind    TEXT NOT NULL CHECK (kind IN
    ('hour', 'visitors', 'advocates', 'reward', 'payout', 'account', 'snapshot', 'delivery')),
  program INTEGER NOT NULL,      -- 0 where it is of none
  subject TEXT NOT NULL,
  n       INTEGER,
  text    TEXT NOT NULL,
  since   INTEGER NOT NULL,
  is_seen INTEGER NOT NULL,      -- by the run under way
  PRIMARY KEY (name, kind, program, subject)
) STRICT, WITHOUT ROWID;
INSERT INTO differences_of_all SELECT * FROM differences;
DROP TABLE differences;
ALTER TABLE differences_of_all RENAME TO differences;
CREATE TRIGGER events_of_differences AFTER INSERT ON differences BEGIN
  INSERT INTO events (type, at, program, subject, data)
  VALUES ('check.differs', NEW.since, nullif(NEW.program, 0), NEW.subject,
    json_object('check', NEW.name, 'kind', NEW.kind, 'subject', NEW.subject));
END;
INSERT INTO checks VALUES ('outbox', NULL);
INSERT INTO turns VALUES ('events', '', '');
