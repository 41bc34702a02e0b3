-- Reconciliation: what a CRM or a billing system says was sold, row by row, held
-- against what is here and what was rewarded.
--
-- A file's rows are kept until all of them are here; then they are matched, compared
-- and taken away in one transaction, and what was found stays. How that is done
-- stands in the views below: a statement of `src/store/reconciliations.rs` takes one
-- of them for the run that it names.
--
-- Times are Unix milliseconds, money is in minor units.

CREATE TABLE reconciliations (
  id          TEXT PRIMARY KEY,
  program     INTEGER NOT NULL REFERENCES programs,
  name        TEXT NOT NULL,
  preset      TEXT NOT NULL,
  -- What becomes of rows about nobody who is here.
  others      TEXT NOT NULL CHECK (others IN ('report', 'ignore')),
  -- The idempotency key that it was begun under, and all that was asked.
  key         TEXT,
  request     TEXT NOT NULL,
  status      TEXT NOT NULL CHECK (status IN ('reading', 'compared')),
  -- The period whose sales have to be there, both ends included: as asked, or else
  -- the days of the file, from the first one to the last.
  since       INTEGER,
  until       INTEGER,
  unmapped    TEXT NOT NULL, -- JSON: the columns from which nothing is read
  -- JSON: how many findings of each kind there are, and the totals by channel.
  kinds       TEXT NOT NULL DEFAULT '[]',
  channels    TEXT NOT NULL DEFAULT '[]',
  created_at  INTEGER NOT NULL,
  created_by  TEXT NOT NULL,
  compared_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX reconciliations_by_key ON reconciliations (program, key) WHERE key IS NOT NULL;
CREATE INDEX reconciliations_by_age ON reconciliations (program, created_at, id);

-- What of a file is here. A file that is sent again has to hold the same.
CREATE TABLE reconciliation_chunks (
  run        TEXT NOT NULL REFERENCES reconciliations,
  n          INTEGER NOT NULL,
  rows       INTEGER NOT NULL,
  unreadable INTEGER NOT NULL,
  hash       TEXT NOT NULL, -- SHA-256 of its rows
  PRIMARY KEY (run, n)
) STRICT, WITHOUT ROWID;

-- The rows of a file that is being read, in our terms (src/domain/reconcile.rs).
CREATE TABLE reconciliation_rows (
  run        TEXT NOT NULL,
  line       INTEGER NOT NULL,
  why        TEXT,    -- why the row cannot be read; then it holds nothing else
  lead       TEXT,
  order_id   TEXT,
  external   TEXT,    -- what the billing system calls the customer
  email_hash TEXT,
  record     TEXT,    -- what their system calls the row
  amount     INTEGER CHECK (amount > 0),
  refunded   INTEGER,
  currency   TEXT,
  -- One of a lead's stages; `open` for any other, `unpaid` for a payment that is
  -- none. NULL says nothing about it.
  stage      TEXT,
  said       TEXT,    -- the stage in their words
  owner      TEXT,
  at         INTEGER,
  reason     TEXT,
  PRIMARY KEY (run, line)
) STRICT, WITHOUT ROWID;

-- What each row is about; rows that repeat another or cannot be read are about
-- nothing.
CREATE TABLE reconciliation_matches (
  run   TEXT NOT NULL,
  line  INTEGER NOT NULL,
  won   INTEGER NOT NULL, -- whether it says so
  lead  TEXT,
  sale  TEXT,             -- the order
  party TEXT,             -- whose sales it may mean, where it names none
  PRIMARY KEY (run, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX reconciliation_matches_by_sale ON reconciliation_matches (run, sale)
  WHERE sale IS NOT NULL;
CREATE INDEX reconciliation_matches_by_lead ON reconciliation_matches (run, lead, won)
  WHERE lead IS NOT NULL;

-- What was found.
CREATE TABLE findings (
  run        TEXT NOT NULL REFERENCES reconciliations,
  n          INTEGER NOT NULL,
  kind       TEXT NOT NULL CHECK (kind IN (
    'matched', 'amount_differs', 'stage_differs', 'missing_there', 'missing_here', 'duplicate',
    'other_owner', 'rewarded_but_not_won', 'won_but_not_rewarded', 'refunded_but_not_reversed',
    'unreadable', 'unrelated')),
  line       INTEGER,
  lead       TEXT,
  order_id   TEXT,
  channel    TEXT,
  ours       TEXT,
  theirs     TEXT,
  -- By what it is known for the same in another run; NULL for what is no difference.
  identity   TEXT,
  -- What would mend it: JSON, done by src/http/mend.rs.
  fix        TEXT,
  applied_at INTEGER,
  applied_by TEXT,
  outcome    TEXT,
  -- The fix in words.
  mends      TEXT GENERATED ALWAYS AS (
    CASE fix ->> 'do'
      WHEN 'amount' THEN 'give the sale their amount'
      WHEN 'refund' THEN 'record the refund'
      WHEN 'sale' THEN 'record the sale'
      WHEN 'stage' THEN 'take the lead to ' || (fix ->> 'stage')
      WHEN 'owner' THEN 'hand the lead to ' || (fix ->> 'rep')
      WHEN 'hold' THEN 'hold the rewards'
      WHEN 'settle' THEN 'settle the account'
    END) VIRTUAL,
  PRIMARY KEY (run, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX findings_by_kind ON findings (run, kind, n);
CREATE INDEX findings_by_identity ON findings (run, kind, identity) WHERE identity IS NOT NULL;
CREATE INDEX findings_open ON findings (run, kind) WHERE fix IS NOT NULL AND applied_at IS NULL;
-- What of a person is in them, for an erasure.
CREATE INDEX findings_by_reason ON findings (lead) WHERE fix ->> 'reason' IS NOT NULL;
CREATE INDEX findings_by_email ON findings (fix ->> 'email_hash')
  WHERE fix ->> 'email_hash' IS NOT NULL;
CREATE INDEX findings_by_customer ON findings (fix ->> 'customer')
  WHERE fix ->> 'customer' IS NOT NULL;
CREATE INDEX findings_of_strangers ON findings (identity)
  WHERE lead IS NULL AND identity IS NOT NULL;

-- Currencies whose minor unit is no hundredth (src/domain/money.rs is the original),
-- for amounts in words.
CREATE TABLE minor_units (
  currency TEXT PRIMARY KEY,
  places   INTEGER NOT NULL,
  units    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO minor_units (currency, places, units) VALUES
  ('BHD', 3, 1000), ('BIF', 0, 1), ('CLF', 4, 10000), ('CLP', 0, 1), ('DJF', 0, 1), ('GNF', 0, 1),
  ('IQD', 3, 1000), ('ISK', 0, 1), ('JOD', 3, 1000), ('JPY', 0, 1), ('KMF', 0, 1), ('KRW', 0, 1),
  ('KWD', 3, 1000), ('LYD', 3, 1000), ('OMR', 3, 1000), ('PYG', 0, 1), ('RWF', 0, 1),
  ('TND', 3, 1000), ('UGX', 0, 1), ('UYI', 0, 1), ('UYW', 4, 10000), ('VND', 0, 1), ('VUV', 0, 1),
  ('XAF', 0, 1), ('XOF', 0, 1), ('XPF', 0, 1);

-- Rows that repeat an earlier one: its order, its record, or, where they have
-- neither, all of it.
CREATE VIEW reconciliation_repeats AS
SELECT run, line, min(first) AS first
FROM (
  SELECT run, line, min(line) OVER (PARTITION BY run, what) AS first
  FROM (
    SELECT run, line, 'order ' || order_id AS what
      FROM reconciliation_rows WHERE order_id IS NOT NULL
    UNION ALL SELECT run, line, 'record ' || record
      FROM reconciliation_rows WHERE record IS NOT NULL
    UNION ALL SELECT run, line, json_array(
        lead, external, email_hash, amount, refunded, currency, stage, said, owner, at, reason)
      FROM reconciliation_rows WHERE order_id IS NULL AND record IS NULL AND why IS NULL))
WHERE first < line
GROUP BY run, line;

-- Whose a sale is: its lead's; or, while it has none, that of a lead who is the same
-- customer or has the same address; or else nobody's but the customer's.
CREATE VIEW sale_parties AS
SELECT s.*, coalesce(
    s.lead,
    (SELECT l.id FROM leads l WHERE l.program = s.program AND l.customer = s.customer
      ORDER BY +l.at, l.id LIMIT 1),
    (SELECT l.id FROM leads l WHERE l.program = s.program AND l.email_hash = s.email_hash),
    'customer ' || s.customer,
    'email ' || s.email_hash) AS party
FROM sales s;

-- What a row is about. (The planner would rather read all of a program's sales than
-- an index that does not hold all that is asked for; so indexes are named, and a `+`
-- keeps it from an index for its order.) It finds its lead by our id, by the order, by the external id,
-- by the address, in that order; and its sale by the order, or by a record that was
-- made one.
CREATE VIEW reconciliation_matching AS
SELECT run, line, won, lead, sale,
  iif(won AND sale IS NULL AND order_id IS NULL, coalesce(
    lead,
    (SELECT s.party FROM sale_parties s WHERE s.program = f.program AND s.order_id = (
      SELECT order_id FROM sales INDEXED BY sales_by_customer
      WHERE program = f.program AND customer = f.external AND lead IS NULL LIMIT 1)),
    (SELECT s.party FROM sale_parties s WHERE s.program = f.program AND s.order_id = (
      SELECT order_id FROM sales INDEXED BY sales_by_email
      WHERE program = f.program AND email_hash = f.email_hash AND lead IS NULL LIMIT 1))),
    NULL) AS party
FROM (
  SELECT r.run, r.line, o.program, r.stage IS 'won' AS won, r.order_id, r.external, r.email_hash,
    coalesce(ordered.order_id, recorded.order_id) AS sale,
    coalesce(
      (SELECT l.id FROM leads l WHERE l.id = r.lead AND l.program = o.program),
      iif(ordered.order_id IS NULL, recorded.lead, ordered.lead),
      (SELECT l.id FROM leads l WHERE l.program = o.program AND l.customer = r.external
        ORDER BY +l.at, l.id LIMIT 1),
      (SELECT l.id FROM leads l WHERE l.program = o.program AND l.email_hash = r.email_hash))
      AS lead
  FROM reconciliation_rows r
  JOIN reconciliations o ON o.id = r.run
  LEFT JOIN sales ordered ON ordered.program = o.program AND ordered.order_id = r.order_id
  LEFT JOIN sales recorded ON recorded.program = o.program AND recorded.order_id = r.record
  WHERE r.why IS NULL) f;

-- Rows that say won and name no order, while they have no sale …
CREATE VIEW reconciliation_free_rows AS
SELECT m.run, m.line, m.party, r.amount, r.currency, r.at
FROM reconciliation_matches m
JOIN reconciliation_rows r ON r.run = m.run AND r.line = m.line
WHERE m.party IS NOT NULL AND m.sale IS NULL;

-- … and the sales that they may mean, which no row is about: those of the period
-- first.
CREATE VIEW reconciliation_free_sales AS
SELECT p.run, p.party, s.order_id, s.amount, s.currency, s.at,
  coalesce(s.at NOT BETWEEN p.since AND p.until, 0) AS outside
FROM (
    SELECT DISTINCT f.run, o.program, o.since, o.until, f.party,
      coalesce(l.customer, iif(f.party GLOB 'customer *', substr(f.party, 10), NULL)) AS customer,
      coalesce(l.email_hash, iif(f.party GLOB 'email *', substr(f.party, 7), NULL)) AS email_hash
    FROM reconciliation_free_rows f
    JOIN reconciliations o ON o.id = f.run
    LEFT JOIN leads l ON l.id = f.party) p
CROSS JOIN sale_parties s ON s.program = p.program AND s.order_id IN (
    SELECT order_id FROM sales WHERE lead = p.party
    UNION SELECT order_id FROM sales INDEXED BY sales_by_customer
      WHERE program = p.program AND customer = p.customer AND lead IS NULL
    UNION SELECT order_id FROM sales INDEXED BY sales_by_email
      WHERE program = p.program AND email_hash = p.email_hash AND lead IS NULL)
WHERE s.party = p.party
  AND NOT EXISTS (
    SELECT 1 FROM reconciliation_matches m WHERE m.run = p.run AND m.sale = s.order_id);

-- First they are paired by what was paid, the k-th with the k-th …
CREATE VIEW reconciliation_equals AS
SELECT run, max(line) AS line, max(order_id) AS order_id
FROM (
  SELECT run, party, amount, currency, line, NULL AS order_id, row_number() OVER (
      PARTITION BY run, party, amount, currency ORDER BY at, line) AS k
    FROM reconciliation_free_rows
  UNION ALL SELECT run, party, amount, currency, NULL, order_id, row_number() OVER (
      PARTITION BY run, party, amount, currency ORDER BY outside, at, order_id)
    FROM reconciliation_free_sales)
GROUP BY run, party, amount, currency, k
HAVING count(*) = 2;

-- … then whatever is left, in the order of time.
CREATE VIEW reconciliation_rest AS
SELECT run, max(line) AS line, max(order_id) AS order_id
FROM (
  SELECT run, party, line, NULL AS order_id, row_number() OVER (
      PARTITION BY run, party ORDER BY at, line) AS k
    FROM reconciliation_free_rows
  UNION ALL SELECT run, party, NULL, order_id, row_number() OVER (
      PARTITION BY run, party ORDER BY outside, at, order_id)
    FROM reconciliation_free_sales)
GROUP BY run, party, k
HAVING count(*) = 2;

-- The rules of each version that reward a sale (`won` by its first, `sale` by each).
CREATE VIEW sale_rules AS
SELECT v.program, v.version, rule.value ->> 'id' AS rule, rule.value ->> 'when' AS earned_by
FROM reward_rules v, json_each(v.rules, '$.rules') AS rule
WHERE rule.value ->> 'when' IN ('won', 'sale');

-- The rewards that hang on a sale.
CREATE VIEW sale_rewards AS
SELECT r.id, r.lead, r.order_id, r.amount, r.state,
  iif(r.unit = 'months', r.amount || ' months', format(
    iif(u.places = 0, '%s %d', '%s %d.%0*d'),
    r.unit, r.amount / coalesce(u.units, 100), coalesce(u.places, 2), r.amount % coalesce(u.units, 100)))
    AS words
FROM rewards r
LEFT JOIN minor_units u ON u.currency = r.unit
WHERE r.order_id IS NOT NULL OR EXISTS (
  SELECT 1 FROM sale_rules d
  WHERE d.program = r.program AND d.version = r.terms AND d.rule = r.rule);

-- Each row beside what it is about.
CREATE VIEW reconciliation_compared AS
SELECT m.run, m.line, m.won, m.lead, m.sale, o.program, o.others, o.created_at,
  r.lead AS named_lead, coalesce(m.sale, r.order_id) AS order_id,
  coalesce(r.order_id, r.record, m.lead, r.external, r.lead, 'line ' || m.line) AS identity,
  r.amount, r.currency, r.refunded, r.stage, r.said, r.owner,
  iif(r.amount IS NULL, NULL, format(
    iif(rm.places = 0, '%s %d', '%s %d.%0*d'),
    r.currency, r.amount / coalesce(rm.units, 100), coalesce(rm.places, 2),
    r.amount % coalesce(rm.units, 100))) AS theirs_money,
  iif(r.refunded IS NULL, NULL, format(
    iif(rm.places = 0, 'refunded %s %d', 'refunded %s %d.%0*d'),
    r.currency, r.refunded / coalesce(rm.units, 100), coalesce(rm.places, 2),
    r.refunded % coalesce(rm.units, 100))) AS theirs_refund,
  s.amount AS sale_amount, s.currency AS sale_currency, s.refunded AS sale_refunded,
  iif(s.amount IS NULL, NULL, format(
    iif(sm.places = 0, '%s %d', '%s %d.%0*d'),
    s.currency, s.amount / coalesce(sm.units, 100), coalesce(sm.places, 2),
    s.amount % coalesce(sm.units, 100))) AS ours_money,
  iif(s.amount IS NULL, NULL, format(
    iif(sm.places = 0, 'refunded %s %d', 'refunded %s %d.%0*d'),
    s.currency, s.refunded / coalesce(sm.units, 100), coalesce(sm.places, 2),
    s.refunded % coalesce(sm.units, 100))) AS ours_refund,
  l.stage AS lead_stage, l.advocate, l.terms, l.owner AS lead_owner, d.channel,
  -- Who has several deals is won by one of them; the others say nothing against it.
  NOT m.won AND EXISTS (
    SELECT 1 FROM reconciliation_matches w WHERE w.run = m.run AND w.lead = m.lead AND w.won)
    AS otherwise_won,
  m.lead IS NULL AND m.sale IS NULL AS is_nobody,
  -- A payment that is none says nothing, unless it names a sale of ours.
  (m.lead IS NULL AND m.sale IS NULL
    AND (o.others = 'ignore' OR (NOT m.won AND r.lead IS NULL)))
    OR (r.stage = 'unpaid' AND m.sale IS NULL) AS is_unrelated,
  -- The sale is not here; but for a lead that is won without one, and a row that does
  -- not say for how much.
  m.won AND m.sale IS NULL AND NOT (
    l.stage IS 'won' AND r.amount IS NULL AND r.order_id IS NULL
    AND NOT EXISTS (SELECT 1 FROM sales x WHERE x.lead = m.lead)) AS is_unsold,
  iif(coalesce(r.order_id, r.record) IS NULL OR r.amount IS NULL, NULL, json_patch(
    json_object('do', 'sale', 'order', coalesce(r.order_id, r.record),
      'amount', r.amount, 'currency', r.currency,
      'at', min(coalesce(r.at, o.created_at), o.created_at)),
    iif(m.lead IS NULL,
      json_object('customer', r.external, 'email_hash', r.email_hash),
      json_object('lead', m.lead)))) AS sale_fix,
  -- As a lead may go (domain::lead::Stage): on, or out, or back in. What is won stays so.
  iif(
    l.stage <> 'won' AND r.stage IN ('accepted', 'meeting', 'opportunity', 'won', 'lost') AND (
      l.stage = 'lost'
      OR instr('new accepted meeting opportunity won lost', r.stage)
        > instr('new accepted meeting opportunity won lost', l.stage)),
    json_patch(
      json_object('do', 'stage', 'lead', m.lead, 'was', l.stage, 'stage', r.stage,
        'at', min(coalesce(r.at, o.created_at), o.created_at)),
      json_object('reason', iif(r.stage = 'lost', r.reason, NULL))), NULL) AS stage_fix
FROM reconciliation_matches m
JOIN reconciliation_rows r ON r.run = m.run AND r.line = m.line
JOIN reconciliations o ON o.id = m.run
LEFT JOIN net_sales s ON s.program = o.program AND s.order_id = m.sale
LEFT JOIN leads l ON l.id = m.lead
LEFT JOIN media d ON d.code = l.medium AND l.advocate IS NOT NULL
LEFT JOIN minor_units rm ON rm.currency = r.currency
LEFT JOIN minor_units sm ON sm.currency = s.currency;

-- The findings of the rows, in three views, as D1 takes five SELECTs in a UNION at
-- most. `n` is made of the line and the kind.

-- Rows that are about nothing here.
CREATE VIEW reconciliation_unmatched (run, n, kind, line, lead, order_id, channel, ours, theirs, identity, fix) AS

-- A row that cannot be read.
SELECT run, line * 16 AS n, 'unreadable' AS kind, line, NULL AS lead, NULL AS order_id,
  NULL AS channel, NULL AS ours, why AS theirs, NULL AS identity, NULL AS fix
FROM reconciliation_rows WHERE why IS NOT NULL

UNION ALL
-- It repeats an earlier one.
SELECT d.run, d.line * 16 + 1, 'duplicate', d.line, r.lead, r.order_id, NULL, NULL,
  'repeats line ' || d.first,
  coalesce(r.order_id, r.record, r.lead, r.external, 'line ' || d.line), NULL
FROM reconciliation_repeats d
JOIN reconciliation_rows r ON r.run = d.run AND r.line = d.line

UNION ALL
-- It is about nobody who is here.
SELECT run, line * 16 + 2, 'unrelated', line, NULL, order_id, channel, NULL,
  coalesce(theirs_money, said), NULL, NULL
FROM reconciliation_compared WHERE is_unrelated

UNION ALL
-- They say won, and the sale is not here; or they name a lead who is not here.
SELECT run, line * 16 + 3, 'missing_here', line, coalesce(lead, named_lead), order_id, channel,
  NULL, coalesce(theirs_money, said, stage), identity, iif(is_unsold, sale_fix, NULL)
FROM reconciliation_compared
WHERE NOT is_unrelated AND (is_unsold OR (is_nobody AND named_lead IS NOT NULL));

-- Rows that say otherwise.
CREATE VIEW reconciliation_differences (run, n, kind, line, lead, order_id, channel, ours, theirs, identity, fix) AS

-- They say won for another amount; or that more or less was given back, which no
-- reward hangs on.
SELECT run, line * 16 + 4, 'amount_differs', line, lead, order_id, channel,
  concat_ws(', ', ours_money, iif(sale_refunded > 0 OR refunded > 0, ours_refund, NULL)),
  concat_ws(', ', theirs_money, iif(sale_refunded > 0 OR refunded > 0, theirs_refund, NULL)),
  identity,
  CASE
    WHEN currency <> sale_currency THEN NULL
    WHEN amount <> sale_amount THEN
      json_object('do', 'amount', 'order', sale, 'was', sale_amount, 'amount', amount,
        'currency', currency)
    WHEN refunded > sale_refunded THEN
      json_object('do', 'refund', 'order', sale, 'amount', refunded,
        'currency', currency, 'at', created_at)
  END
FROM reconciliation_compared c
WHERE won AND sale IS NOT NULL AND (
  amount <> sale_amount OR currency <> sale_currency
  OR refunded < sale_refunded
  OR (refunded > sale_refunded AND NOT EXISTS (
    SELECT 1 FROM sale_rewards w WHERE w.lead = c.lead AND w.amount > 0
      AND (w.order_id = c.sale OR (w.order_id IS NULL AND c.refunded >= c.sale_amount)))))

UNION ALL
-- They say that more was given back than we know, and a reward of it stands.
SELECT run, line * 16 + 5, 'refunded_but_not_reversed', line, lead, order_id, channel,
  ours_refund, theirs_refund, identity,
  json_object('do', 'refund', 'order', sale, 'amount', refunded,
    'currency', currency, 'at', created_at)
FROM reconciliation_compared c
WHERE won AND currency = sale_currency AND refunded > sale_refunded AND EXISTS (
  SELECT 1 FROM sale_rewards w WHERE w.lead = c.lead AND w.amount > 0
    AND (w.order_id = c.sale OR (w.order_id IS NULL AND c.refunded >= c.sale_amount)))

UNION ALL
-- They say another stage. `open` is any that is neither won nor lost.
SELECT run, line * 16 + 6, 'stage_differs', line, lead, order_id, channel,
  lead_stage, iif(stage IN ('open', 'unpaid'), coalesce(said, stage), stage), identity, stage_fix
FROM reconciliation_compared
WHERE NOT is_unrelated AND NOT otherwise_won AND CASE stage
  WHEN 'open' THEN lead_stage IN ('won', 'lost')
  WHEN 'unpaid' THEN lead_stage = 'won'
  ELSE lead_stage <> stage
END

UNION ALL
-- They have another owner than the lead has here.
SELECT run, line * 16 + 7, 'other_owner', line, lead, order_id, channel,
  (SELECT slug FROM reps WHERE number = lead_owner), owner, identity,
  (SELECT json_object('do', 'owner', 'lead', c.lead,
      'was', (SELECT slug FROM reps WHERE number = c.lead_owner), 'rep', p.slug) FROM reps p
    WHERE p.status = 'active' AND lower(c.owner) IN (p.slug, lower(p.email), lower(p.name))
    ORDER BY p.number LIMIT 1)
FROM reconciliation_compared c
WHERE NOT is_unrelated AND lead IS NOT NULL AND owner IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM reps p
  WHERE p.number = c.lead_owner AND lower(c.owner) IN (p.slug, lower(p.email), lower(p.name)));

-- Rows that say otherwise than was rewarded.
CREATE VIEW reconciliation_rewards (run, n, kind, line, lead, order_id, channel, ours, theirs, identity, fix) AS

-- They say that it is not won, and a reward of it stands.
SELECT c.run, c.line * 16 + 8, 'rewarded_but_not_won', c.line, c.lead, c.order_id, c.channel,
  (SELECT group_concat(w.words, ', ' ORDER BY w.words) FROM sale_rewards w
    WHERE w.lead = c.lead AND w.amount > 0 AND (w.order_id = c.sale
      OR (NOT c.otherwise_won AND (c.sale IS NULL OR w.order_id IS NULL)))),
  iif(c.stage IN ('open', 'unpaid'), coalesce(c.said, c.stage), c.stage), c.identity,
  json_object('do', 'hold', 'lead', c.lead, 'order', c.sale, 'others', NOT c.otherwise_won)
FROM reconciliation_compared c
WHERE NOT c.is_unrelated AND c.stage <> 'won' AND EXISTS (
  SELECT 1 FROM sale_rewards w
  WHERE w.lead = c.lead AND w.amount > 0 AND (w.order_id = c.sale
    OR (NOT c.otherwise_won AND (c.sale IS NULL OR w.order_id IS NULL))))

UNION ALL
-- They say won, the rules reward that, and no reward is here: because it is not won or
-- not sold here, or because the account has yet to be settled. A settled account of
-- what is won here owes nothing for it.
SELECT c.run, c.line * 16 + 9, 'won_but_not_rewarded', c.line, c.lead, c.order_id, c.channel,
  c.lead_stage, coalesce(c.theirs_money, c.said, c.stage), c.identity,
  CASE
    WHEN c.lead_stage = 'won' AND NOT c.is_unsold THEN
      json_object('do', 'settle', 'lead', c.lead)
    ELSE coalesce(iif(c.is_unsold, c.sale_fix, NULL), c.stage_fix)
  END
FROM reconciliation_compared c
WHERE c.won AND c.advocate IS NOT NULL
  AND NOT EXISTS (
    SELECT 1 FROM sale_rewards w WHERE w.lead = c.lead AND CASE
      WHEN c.lead_stage = 'won' AND c.is_unsold THEN 0
      ELSE w.order_id IS NULL OR w.order_id = c.sale OR c.sale IS NULL END)
  AND EXISTS (
    SELECT 1 FROM sale_rules d WHERE d.program = c.program AND d.version = c.terms
      AND (c.lead_stage <> 'won' OR NOT c.is_unsold OR d.earned_by = 'sale'))
  AND (c.lead_stage <> 'won' OR c.is_unsold OR EXISTS (
    SELECT 1 FROM accounts a
    WHERE a.program = c.program AND a.advocate = c.advocate AND a.settled < a.changed));

-- What no row is about: sales of the period, and leads won in it without a sale. The
-- sales of a lead whose rows all say that it is not won are spoken of by these.
CREATE VIEW reconciliation_missing_there AS
SELECT o.id AS run, s.lead, s.order_id, d.channel,
  format(iif(u.places = 0, '%s %d', '%s %d.%0*d'), s.currency, s.amount / coalesce(u.units, 100),
    coalesce(u.places, 2), s.amount % coalesce(u.units, 100)) AS ours,
  s.order_id AS identity, s.at
FROM reconciliations o
CROSS JOIN sales s ON s.program = o.program AND s.at BETWEEN o.since AND o.until
LEFT JOIN leads l ON l.id = s.lead
LEFT JOIN media d ON d.code = l.medium AND l.advocate IS NOT NULL
LEFT JOIN minor_units u ON u.currency = s.currency
WHERE NOT EXISTS (
    SELECT 1 FROM reconciliation_matches m WHERE m.run = o.id AND m.sale = s.order_id)
  AND (EXISTS (
      SELECT 1 FROM reconciliation_matches m WHERE m.run = o.id AND m.lead = s.lead AND m.won = 1)
    OR NOT EXISTS (SELECT 1 FROM reconciliation_matches m WHERE m.run = o.id AND m.lead = s.lead))
UNION ALL
SELECT o.id, l.id, NULL, d.channel, l.stage, l.id, l.won_at
FROM reconciliations o
CROSS JOIN leads l ON l.program = o.program AND l.stage = 'won' AND l.won_at BETWEEN o.since AND o.until
LEFT JOIN media d ON d.code = l.medium AND l.advocate IS NOT NULL
WHERE NOT EXISTS (SELECT 1 FROM sales s WHERE s.lead = l.id)
  AND NOT EXISTS (SELECT 1 FROM reconciliation_matches m WHERE m.run = o.id AND m.lead = l.id);

-- What was sold: by our books the sales that a row is about and those of the period
-- that none is, by theirs the rows that say so.
CREATE VIEW reconciliation_sold AS
SELECT run, channel, 'ours' AS whose, sale_currency AS currency, sale_amount AS amount
  FROM reconciliation_compared WHERE sale IS NOT NULL
UNION ALL SELECT f.run, f.channel, 'ours', s.currency, s.amount
  FROM findings f
  CROSS JOIN reconciliations o ON o.id = f.run
  CROSS JOIN sales s ON s.program = o.program AND s.order_id = f.order_id
  WHERE f.kind = 'missing_there'
UNION ALL SELECT run, channel, 'theirs', currency, amount
  FROM reconciliation_compared WHERE won AND NOT is_unrelated;
