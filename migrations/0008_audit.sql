-- The audit log: what was mended, taken in or given out, which no table of its own
-- says. It is only added to.
CREATE TABLE audit (
  n       INTEGER PRIMARY KEY AUTOINCREMENT,
  at      INTEGER NOT NULL,
  by      TEXT NOT NULL,     -- an API key's id, a member's, `admin`, `rule` for ourselves
  program INTEGER REFERENCES programs,
  action  TEXT NOT NULL,     -- such as `reconciliation.applied`
  subject TEXT NOT NULL,     -- what it was done to
  detail  TEXT NOT NULL      -- JSON without a personal datum
) STRICT;
CREATE INDEX audit_by_subject ON audit (subject, n);
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit BEGIN
  SELECT raise(ABORT, 'the audit log is only added to');
END;
CREATE TRIGGER audit_is_not_shortened BEFORE DELETE ON audit BEGIN
  SELECT raise(ABORT, 'the audit log is only added to');
END;
-- REPLACE deletes without a word to the trigger on DELETE.
CREATE TRIGGER audit_is_not_overwritten BEFORE INSERT ON audit
WHEN EXISTS (SELECT 1 FROM audit WHERE n = NEW.n) BEGIN
  SELECT raise(ABORT, 'the audit log is only added to');
END;

-- What was sold is corrected where the billing system knows better; the log says what
-- it was before.
CREATE TRIGGER sales_corrected AFTER UPDATE OF amount ON sales
WHEN NEW.amount <> OLD.amount AND NEW.lead IS NOT NULL BEGIN
  UPDATE accounts SET changed = changed + 1
  FROM leads l
  WHERE l.id = NEW.lead AND accounts.program = l.program AND accounts.advocate = l.advocate;
END;
