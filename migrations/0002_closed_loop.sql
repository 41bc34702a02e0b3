-- The closed loop: from the lead to the reward.
--
-- Facts are written once and corrected by further facts: touches, decisions,
-- history, sales, refunds, ledger. What can be derived from them stands beside
-- them only where it is searched for: a lead's stage, owner and credit.
--
-- Times are Unix milliseconds. Money is in minor units. `by` is whoever did it:
-- an API key's id, `admin`, `form` for the public form, `rule` for ourselves.

-- Sales people; one staff for all programs.
CREATE TABLE reps (
  number     INTEGER PRIMARY KEY,
  slug       TEXT NOT NULL UNIQUE,
  name       TEXT NOT NULL,
  email      TEXT,
  status     TEXT NOT NULL CHECK (status IN ('active', 'disabled')),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

-- Who gets a lead whose advocate has no owner: the reps in turn. One rep alone
-- gets them all; none, and nobody does.
CREATE TABLE routing (
  program INTEGER PRIMARY KEY REFERENCES programs,
  reps    TEXT NOT NULL,    -- a JSON array of their numbers
  turn    INTEGER NOT NULL  -- how often it was used
) STRICT;

-- An advocate's id as links and answers show it: their number in base62
-- (src/domain/digits.rs), six digits wide.
ALTER TABLE advocates ADD COLUMN id TEXT GENERATED ALWAYS AS (
  substr('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz', number / 916132832 % 62 + 1, 1)
  || substr('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz', number / 14776336 % 62 + 1, 1)
  || substr('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz', number / 238328 % 62 + 1, 1)
  || substr('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz', number / 3844 % 62 + 1, 1)
  || substr('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz', number / 62 % 62 + 1, 1)
  || substr('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz', number % 62 + 1, 1)
) VIRTUAL;
ALTER TABLE advocates ADD COLUMN segment TEXT;
ALTER TABLE advocates ADD COLUMN owner INTEGER REFERENCES reps;
-- SHA-256 of the normalised address (src/domain/person.rs), to tell whether two
-- people are one. Advocates of before have it from their next change on.
ALTER TABLE advocates ADD COLUMN email_hash TEXT;
CREATE INDEX advocates_by_email ON advocates (program, email_hash) WHERE email_hash IS NOT NULL;
-- When they were erased; then they stay as they are.
ALTER TABLE advocates ADD COLUMN erased_at INTEGER;
CREATE INDEX advocates_by_owner ON advocates (owner) WHERE owner IS NOT NULL;

-- Who an advocate was on a day, as far as a share told: what tells a prospect
-- who is the advocate. Swept after three days (src/jobs/visitors.rs).
CREATE TABLE advocate_visitors (
  program  INTEGER NOT NULL,
  advocate INTEGER NOT NULL,
  utc_day  INTEGER NOT NULL,
  visitor  BLOB NOT NULL,
  PRIMARY KEY (program, advocate, utc_day, visitor)
) STRICT, WITHOUT ROWID;
CREATE INDEX advocate_visitors_by_day ON advocate_visitors (utc_day);

-- Codes that are said, printed and typed. A key is the code as it is compared
-- (src/domain/spoken.rs).
CREATE TABLE spoken_codes (
  key         TEXT PRIMARY KEY,
  code        TEXT NOT NULL,
  program     INTEGER NOT NULL REFERENCES programs,
  advocate    INTEGER NOT NULL,
  medium      INTEGER NOT NULL REFERENCES media,
  destination INTEGER NOT NULL,
  label       INTEGER NOT NULL,
  created_at  INTEGER NOT NULL,
  revoked_at  INTEGER,
  FOREIGN KEY (program, advocate) REFERENCES advocates
) STRICT, WITHOUT ROWID;
CREATE INDEX spoken_codes_by_advocate ON spoken_codes (program, advocate);

-- A program's attribution policy, each version as it was.
CREATE TABLE policies (
  program     INTEGER NOT NULL REFERENCES programs,
  version     INTEGER NOT NULL,
  touch       TEXT NOT NULL,
  window_days INTEGER NOT NULL,
  since       INTEGER NOT NULL,
  PRIMARY KEY (program, version)
) STRICT, WITHOUT ROWID;
INSERT INTO policies SELECT number, 1, touch, window_days, created_at FROM programs;
CREATE TRIGGER policies_begun AFTER INSERT ON programs BEGIN
  INSERT INTO policies VALUES (NEW.number, 1, NEW.touch, NEW.window_days, NEW.created_at);
END;
CREATE TRIGGER policies_changed AFTER UPDATE OF touch, window_days ON programs
WHEN NEW.touch <> OLD.touch OR NEW.window_days <> OLD.window_days BEGIN
  INSERT INTO policies
  SELECT NEW.number, max(version) + 1, NEW.touch, NEW.window_days, NEW.updated_at
  FROM policies WHERE program = NEW.number;
END;

-- A program's reward rules, each version as it was; without a row there are none.
CREATE TABLE reward_rules (
  program    INTEGER NOT NULL REFERENCES programs,
  version    INTEGER NOT NULL CHECK (version > 0),
  rules      TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  PRIMARY KEY (program, version)
) STRICT, WITHOUT ROWID;

-- Prospects who raised a hand or were named.
CREATE TABLE leads (
  id             TEXT PRIMARY KEY,
  program        INTEGER NOT NULL REFERENCES programs,
  -- When they did, or were.
  at             INTEGER NOT NULL,
  -- A touch has to come before this to earn the credit: `at`, or the first sale.
  moment         INTEGER NOT NULL,
  source         TEXT NOT NULL CHECK (source IN ('form', 'server', 'rep', 'sale')),
  stage          TEXT NOT NULL
    CHECK (stage IN ('new', 'accepted', 'meeting', 'opportunity', 'won', 'lost')),
  reason         TEXT,              -- of having been lost
  accepted_at    INTEGER,
  meeting_at     INTEGER,
  opportunity_at INTEGER,
  won_at         INTEGER,
  lost_at        INTEGER,
  -- Set aside by a trap for machines, until a person takes the lead on.
  suspected      INTEGER NOT NULL CHECK (suspected IN (0, 1)),
  -- The person; all of it is taken away by an erasure.
  name           TEXT,
  email          TEXT,
  email_hash     TEXT,
  phone          TEXT,
  company        TEXT,
  customer       TEXT,              -- what the billing system calls them
  note           TEXT,
  consent_text   TEXT,
  consent_at     INTEGER,
  visitor        BLOB,
  erased_at      INTEGER,
  -- Who has the credit, by the last decision; and by which way they came.
  advocate       INTEGER,
  medium         INTEGER REFERENCES media,
  label          INTEGER,
  touch          TEXT,
  -- The version of the reward rules under which it was made, 0 for none.
  terms          INTEGER NOT NULL,
  owner          INTEGER REFERENCES reps,
  -- Rises with every change; a writer whose reading is stale is sent back.
  version        INTEGER NOT NULL,
  created_at     INTEGER NOT NULL,
  updated_at     INTEGER NOT NULL,
  FOREIGN KEY (program, advocate) REFERENCES advocates
) STRICT, WITHOUT ROWID;
-- One lead for each address in a program: whoever comes again joins the first.
CREATE UNIQUE INDEX leads_by_email ON leads (program, email_hash) WHERE email_hash IS NOT NULL;
CREATE INDEX leads_by_age ON leads (program, at, id);
CREATE INDEX leads_by_customer ON leads (program, customer) WHERE customer IS NOT NULL;
CREATE INDEX leads_by_advocate ON leads (program, advocate, at) WHERE advocate IS NOT NULL;
CREATE INDEX leads_by_owner ON leads (owner, at) WHERE owner IS NOT NULL;

-- What can earn the credit for a lead, as it was proven.
CREATE TABLE touches (
  lead        TEXT NOT NULL REFERENCES leads,
  n           INTEGER NOT NULL,
  kind        TEXT NOT NULL CHECK (kind IN ('rep', 'code', 'receipt', 'cookie')),
  at          INTEGER NOT NULL,
  advocate    INTEGER NOT NULL,
  medium      INTEGER NOT NULL REFERENCES media,
  destination INTEGER NOT NULL,
  label       INTEGER NOT NULL,
  proof       TEXT NOT NULL,     -- the click's id, the code as typed, or the rep
  place       TEXT,              -- where it was said
  recorded_at INTEGER NOT NULL,
  recorded_by TEXT NOT NULL,
  PRIMARY KEY (lead, n)
) STRICT, WITHOUT ROWID;
-- The click by which a sale finds its lead.
CREATE INDEX touches_by_proof ON touches (proof);
-- Where an advocate was heard, for an erasure.
CREATE INDEX touches_by_word ON touches (advocate) WHERE kind = 'rep';

-- Why a lead's credit went where it went; the last one holds.
CREATE TABLE decisions (
  lead     TEXT NOT NULL REFERENCES leads,
  n        INTEGER NOT NULL,
  at       INTEGER NOT NULL,
  policy   INTEGER NOT NULL,     -- its version
  moment   INTEGER NOT NULL,
  winner   INTEGER,              -- the touch's n
  verdicts TEXT NOT NULL,        -- a JSON array of [n, verdict]
  cause    TEXT NOT NULL CHECK (cause IN ('lead', 'touch', 'sale')),
  by       TEXT NOT NULL,
  PRIMARY KEY (lead, n)
) STRICT, WITHOUT ROWID;

-- What happened to a lead: who did it, when, and why.
CREATE TABLE history (
  lead        TEXT NOT NULL REFERENCES leads,
  n           INTEGER NOT NULL,
  kind        TEXT NOT NULL CHECK (kind IN ('stage', 'owner', 'joined', 'refused', 'erased')),
  before      TEXT,
  after       TEXT,
  why         TEXT,
  at          INTEGER NOT NULL,
  by          TEXT NOT NULL,
  recorded_at INTEGER NOT NULL,
  PRIMARY KEY (lead, n)
) STRICT, WITHOUT ROWID;

-- What looks like a fraud. It holds rewards; it denies nothing.
CREATE TABLE flags (
  lead   TEXT NOT NULL REFERENCES leads,
  rule   TEXT NOT NULL CHECK (rule IN (
    'same_email', 'same_domain', 'same_visitor', 'velocity', 'disposable_mail',
    'existing_customer', 'honeypot')),
  detail TEXT NOT NULL,
  at     INTEGER NOT NULL,
  PRIMARY KEY (lead, rule)
) STRICT, WITHOUT ROWID;

-- What was sold. A sale that nobody can be credited with has no lead, and keeps
-- what it could be matched by.
CREATE TABLE sales (
  program     INTEGER NOT NULL REFERENCES programs,
  order_id    TEXT NOT NULL,
  at          INTEGER NOT NULL,
  amount      INTEGER NOT NULL CHECK (amount BETWEEN 1 AND 1000000000000),
  currency    TEXT NOT NULL,
  product     TEXT,
  lead        TEXT REFERENCES leads,
  matched_by  TEXT CHECK (matched_by IN ('lead', 'receipt', 'customer', 'email')),
  customer    TEXT,
  email_hash  TEXT,
  click       TEXT,
  recorded_at INTEGER NOT NULL,
  recorded_by TEXT NOT NULL,
  PRIMARY KEY (program, order_id),
  CHECK ((lead IS NULL) = (matched_by IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX sales_by_lead ON sales (lead) WHERE lead IS NOT NULL;
CREATE INDEX sales_by_age ON sales (program, at, order_id);
CREATE INDEX sales_by_customer ON sales (program, customer) WHERE customer IS NOT NULL;
CREATE INDEX sales_by_email ON sales (program, email_hash) WHERE email_hash IS NOT NULL;
CREATE INDEX sales_by_click ON sales (program, click) WHERE click IS NOT NULL;

-- What was given back. A refund may be here before its sale.
CREATE TABLE refunds (
  program     INTEGER NOT NULL REFERENCES programs,
  refund_id   TEXT NOT NULL,
  order_id    TEXT NOT NULL,
  at          INTEGER NOT NULL,
  amount      INTEGER NOT NULL CHECK (amount BETWEEN 1 AND 1000000000000),
  currency    TEXT NOT NULL,
  reason      TEXT,
  recorded_at INTEGER NOT NULL,
  recorded_by TEXT NOT NULL,
  PRIMARY KEY (program, refund_id)
) STRICT, WITHOUT ROWID;
-- With the amount, as SQLite would rather go through all of a program's refunds
-- than look each of an order's up.
CREATE INDEX refunds_by_order ON refunds (program, order_id, amount);

-- Each sale with what of it was given back; never more than was paid.
CREATE VIEW net_sales AS
SELECT s.*, min(s.amount, coalesce((
    SELECT sum(r.amount) FROM refunds r
    WHERE r.program = s.program AND r.order_id = s.order_id), 0)) AS refunded
FROM sales s;

-- An advocate's account: whether the ledger has caught up with the facts.
-- `changed` rises with every fact that a reward may hang on.
CREATE TABLE accounts (
  program  INTEGER NOT NULL,
  advocate INTEGER NOT NULL,
  changed  INTEGER NOT NULL,
  settled  INTEGER NOT NULL,
  PRIMARY KEY (program, advocate)
) STRICT, WITHOUT ROWID;
CREATE INDEX accounts_unsettled ON accounts (program, advocate) WHERE settled < changed;

CREATE TRIGGER leads_credited AFTER INSERT ON leads WHEN NEW.advocate IS NOT NULL BEGIN
  INSERT INTO accounts VALUES (NEW.program, NEW.advocate, 1, 0)
  ON CONFLICT DO UPDATE SET changed = changed + 1;
END;
CREATE TRIGGER leads_changed AFTER UPDATE OF
  advocate, medium, owner, terms, suspected, accepted_at, meeting_at, opportunity_at, won_at ON leads
BEGIN
  INSERT INTO accounts
  SELECT NEW.program, OLD.advocate, 1, 0 WHERE OLD.advocate IS NOT NULL
  ON CONFLICT DO UPDATE SET changed = changed + 1;
  INSERT INTO accounts
  SELECT NEW.program, NEW.advocate, 1, 0
  WHERE NEW.advocate IS NOT NULL AND NEW.advocate IS NOT OLD.advocate
  ON CONFLICT DO UPDATE SET changed = changed + 1;
END;
CREATE TRIGGER advocates_sorted_anew AFTER UPDATE OF kind, segment, email_hash ON advocates
WHEN NEW.kind <> OLD.kind OR NEW.segment IS NOT OLD.segment
  -- It may be a prospect's. That it goes, as in an erasure, tells nothing.
  OR NEW.email_hash <> coalesce(OLD.email_hash, '') BEGIN
  UPDATE accounts SET changed = changed + 1
  WHERE program = NEW.program AND advocate = NEW.number;
END;
CREATE TRIGGER leads_flagged AFTER INSERT ON flags BEGIN
  UPDATE accounts SET changed = changed + 1
  FROM leads l
  WHERE l.id = NEW.lead AND accounts.program = l.program AND accounts.advocate = l.advocate;
END;
CREATE TRIGGER sales_added AFTER INSERT ON sales WHEN NEW.lead IS NOT NULL BEGIN
  UPDATE accounts SET changed = changed + 1
  FROM leads l
  WHERE l.id = NEW.lead AND accounts.program = l.program AND accounts.advocate = l.advocate;
END;
CREATE TRIGGER sales_matched AFTER UPDATE OF lead ON sales WHEN NEW.lead IS NOT NULL BEGIN
  UPDATE accounts SET changed = changed + 1
  FROM leads l
  WHERE l.id = NEW.lead AND accounts.program = l.program AND accounts.advocate = l.advocate;
END;
CREATE TRIGGER refunds_added AFTER INSERT ON refunds BEGIN
  UPDATE accounts SET changed = changed + 1
  FROM sales s JOIN leads l ON l.id = s.lead
  WHERE s.program = NEW.program AND s.order_id = NEW.order_id
    AND accounts.program = l.program AND accounts.advocate = l.advocate;
END;

-- What is rewarded: one row for each cause, whose amounts stand in the ledger.
-- The id is made of all that identifies it (src/domain/reward/key.rs).
CREATE TABLE rewards (
  id          TEXT PRIMARY KEY,
  program     INTEGER NOT NULL REFERENCES programs,
  advocate    INTEGER NOT NULL,  -- in whose account
  rule        TEXT NOT NULL,
  beneficiary TEXT NOT NULL CHECK (beneficiary IN ('advocate', 'prospect', 'owner')),
  rep         INTEGER REFERENCES reps,
  lead        TEXT NOT NULL REFERENCES leads,
  order_id    TEXT,
  unit        TEXT NOT NULL,     -- an ISO 4217 code, or `months`
  form        TEXT NOT NULL,
  -- As its last movement said.
  terms       INTEGER NOT NULL,
  earned_at   INTEGER NOT NULL,
  due_at      INTEGER NOT NULL,  -- from when on it can be approved
  approval    TEXT NOT NULL CHECK (approval IN ('automatic', 'manual')),
  -- The sums of its entries. The ledger says them too, and a trigger keeps them
  -- here: what is paid or looked at next is found without reading what was paid
  -- in all the years before.
  amount      INTEGER NOT NULL DEFAULT 0,
  approved    INTEGER NOT NULL DEFAULT 0,
  issued      INTEGER NOT NULL DEFAULT 0,
  paid        INTEGER NOT NULL DEFAULT 0,
  holds       INTEGER NOT NULL DEFAULT 0,
  -- Where it stands, and what a payout would issue; below zero it is owed back.
  -- src/domain/reward/state.rs has the same rule, and a test holds the two together.
  state       TEXT GENERATED ALWAYS AS (
    CASE
      WHEN holds > 0 THEN 'held'
      WHEN amount <= 0 THEN 'reversed'
      WHEN paid >= amount THEN 'paid'
      WHEN issued >= amount THEN 'issued'
      WHEN approved >= amount THEN 'approved'
      ELSE 'pending'
    END) VIRTUAL,
  payable     INTEGER GENERATED ALWAYS AS (
    CASE
      WHEN holds > 0 THEN min(0, min(approved, amount) - issued)
      ELSE min(approved, amount) - issued
    END) VIRTUAL,
  -- Who of all beneficiaries gets it.
  payee       TEXT GENERATED ALWAYS AS (
    CASE beneficiary WHEN 'prospect' THEN lead WHEN 'owner' THEN rep ELSE advocate END) VIRTUAL,
  FOREIGN KEY (program, advocate) REFERENCES advocates
) STRICT, WITHOUT ROWID;
CREATE INDEX rewards_by_account ON rewards (program, advocate, earned_at, id);
CREATE INDEX rewards_by_lead ON rewards (lead, program, earned_at, id);
CREATE INDEX rewards_by_age ON rewards (program, earned_at, id);
CREATE INDEX rewards_by_state ON rewards (program, state, earned_at, id);
CREATE INDEX rewards_payable ON rewards (program) WHERE payable <> 0;
-- What time approves, until it has.
CREATE INDEX rewards_unripe ON rewards (due_at)
  WHERE approval = 'automatic' AND holds = 0 AND approved < amount;

-- The ledger. Each entry changes one of a reward's running sums: what it comes
-- to, what of it is approved, issued and paid, and how many holds are on it.
CREATE TABLE ledger (
  entry     INTEGER PRIMARY KEY AUTOINCREMENT,
  reward    TEXT NOT NULL REFERENCES rewards,
  kind      TEXT NOT NULL CHECK (kind IN (
    'granted', 'adjusted', 'restated', 'reversed', 'held', 'released', 'approved', 'issued', 'returned', 'paid')),
  amount    INTEGER NOT NULL DEFAULT 0,
  approved  INTEGER NOT NULL DEFAULT 0,
  issued    INTEGER NOT NULL DEFAULT 0,
  paid      INTEGER NOT NULL DEFAULT 0,
  holds     INTEGER NOT NULL DEFAULT 0,
  terms     INTEGER,             -- of a movement: the version of the rules that says so
  payout    TEXT,
  line      INTEGER,             -- of the payout
  reason    TEXT,
  at        INTEGER NOT NULL,
  by        TEXT NOT NULL
) STRICT;
CREATE INDEX ledger_by_reward ON ledger (reward, entry);
CREATE INDEX ledger_by_payout ON ledger (payout, line) WHERE payout IS NOT NULL;
-- A sum that 64 bits do not hold becomes REAL, which the column refuses; that
-- undoes the batch.
CREATE TRIGGER ledger_is_summed AFTER INSERT ON ledger BEGIN
  UPDATE rewards SET amount = amount + NEW.amount, approved = approved + NEW.approved,
    issued = issued + NEW.issued, paid = paid + NEW.paid, holds = holds + NEW.holds
  WHERE id = NEW.reward;
END;
CREATE TRIGGER ledger_is_not_changed BEFORE UPDATE ON ledger BEGIN
  SELECT raise(ABORT, 'the ledger is only added to');
END;
-- REPLACE deletes without a word to the trigger on DELETE.
CREATE TRIGGER ledger_is_not_overwritten BEFORE INSERT ON ledger
WHEN EXISTS (SELECT 1 FROM ledger WHERE entry = NEW.entry) BEGIN
  SELECT raise(ABORT, 'the ledger is only added to');
END;
CREATE TRIGGER ledger_is_not_shortened BEFORE DELETE ON ledger BEGIN
  SELECT raise(ABORT, 'the ledger is only added to');
END;

-- What was handed to whoever pays.
CREATE TABLE payouts (
  id         TEXT PRIMARY KEY,
  program    INTEGER NOT NULL REFERENCES programs,
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX payouts_by_age ON payouts (program, created_at, id);
CREATE TABLE payout_lines (
  payout      TEXT NOT NULL REFERENCES payouts,
  n           INTEGER NOT NULL,
  beneficiary TEXT NOT NULL,
  advocate    INTEGER,           -- one of these three
  lead        TEXT,
  rep         INTEGER,
  unit        TEXT NOT NULL,
  form        TEXT NOT NULL,
  amount      INTEGER NOT NULL CHECK (amount > 0),
  status      TEXT NOT NULL CHECK (status IN ('issued', 'paid', 'returned')),
  reference   TEXT,              -- the payer's
  settled_at  INTEGER,
  payee       TEXT GENERATED ALWAYS AS (coalesce(lead, advocate, rep)) VIRTUAL,
  PRIMARY KEY (payout, n)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX payout_lines_by_payee ON payout_lines (payout, beneficiary, payee, unit, form);

-- Always empty. A batch that finds itself overtaken puts NULL in here, which is
-- refused and undoes it.
CREATE TABLE overtaken (by TEXT NOT NULL) STRICT;

-- Calls that are answered once, for ever: the first answer, and what was asked.
CREATE TABLE requests (
  program INTEGER NOT NULL,
  key     TEXT NOT NULL,
  request TEXT NOT NULL,         -- SHA-256 of the route and the body; empty after an erasure
  status  INTEGER NOT NULL,
  answer  TEXT NOT NULL,
  at      INTEGER NOT NULL,
  PRIMARY KEY (program, key)
) STRICT, WITHOUT ROWID;
-- What a call was about, for an erasure.
CREATE INDEX requests_by_subject ON requests
  (coalesce(answer ->> 'lead', answer ->> 'id', answer ->> 'order_id'));
