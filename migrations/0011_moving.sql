-- A whole deployment, read back in from its export (src/http/restore.rs).

-- How far that is. It is done once in a deployment's life, before there is anything.
CREATE TABLE restores (
  only_row    INTEGER PRIMARY KEY CHECK (only_row = 1),
  export      TEXT NOT NULL,     -- the export's first line, which no other has
  lines       INTEGER NOT NULL,  -- that are in; a batch that finds more is overtaken
  derived     INTEGER NOT NULL DEFAULT 0 CHECK (derived IN (0, 1)),
  begun_at    INTEGER NOT NULL,
  begun_by    TEXT NOT NULL,
  finished_at INTEGER
) STRICT;

-- Triggers derive from the facts as these come in, in another order than they came
-- at first. What the export says goes before it, and what came with the migrations.
DROP TRIGGER changes_are_not_shortened;
CREATE TRIGGER changes_are_not_shortened BEFORE DELETE ON changes
WHEN NOT EXISTS (SELECT 1 FROM restores WHERE finished_at IS NULL) BEGIN
  SELECT raise(ABORT, 'changes are only added to');
END;
CREATE TRIGGER restores_derived AFTER UPDATE OF derived ON restores
WHEN NEW.derived > OLD.derived BEGIN
  DELETE FROM disposable_domains;
  DELETE FROM policies;
  DELETE FROM changes;
  DELETE FROM tallies_by_hour;
  DELETE FROM tallies_by_advocate;
  DELETE FROM accounts;
END;

-- A touch can be what another system has recorded (src/http/imports.rs).
CREATE TABLE touches_with_imports (
  lead        TEXT NOT NULL REFERENCES leads,
  n           INTEGER NOT NULL,
  kind        TEXT NOT NULL CHECK (kind IN ('rep', 'advocate', 'code', 'import', 'receipt', 'cookie')),
  at          INTEGER NOT NULL,
  advocate    INTEGER NOT NULL,
  medium      INTEGER NOT NULL REFERENCES media,
  destination INTEGER NOT NULL,
  label       INTEGER NOT NULL,
  -- The click's id, the code as typed, the rep, the advocate, or who imported it.
  proof       TEXT NOT NULL,
  place       TEXT,              -- where it was said
  recorded_at INTEGER NOT NULL,
  recorded_by TEXT NOT NULL,
  PRIMARY KEY (lead, n)
) STRICT, WITHOUT ROWID;
INSERT INTO touches_with_imports SELECT * FROM touches;
DROP TABLE touches;
ALTER TABLE touches_with_imports RENAME TO touches;
CREATE INDEX touches_by_proof ON touches (proof);
CREATE INDEX touches_by_word ON touches (advocate) WHERE kind IN ('rep', 'advocate');

-- How a row of each table leaves a deployment, as JSON, and how it comes back: what is
-- put into the view goes into the table (src/store/exports.rs). Bytes are hexadecimal.
-- Whoever changes a table makes both anew; a test knows every column.

CREATE VIEW moving_reps AS
SELECT number, json_object(
  'number', number, 'slug', slug, 'name', name, 'email', email, 'status', status,
  'created_at', created_at, 'updated_at', updated_at) AS row
FROM reps;
CREATE TRIGGER moved_reps INSTEAD OF INSERT ON moving_reps BEGIN
  INSERT INTO reps (
    number, slug, name, email, status, created_at, updated_at)
  VALUES (
    NEW.row ->> 'number', NEW.row ->> 'slug', NEW.row ->> 'name', NEW.row ->> 'email',
    NEW.row ->> 'status', NEW.row ->> 'created_at', NEW.row ->> 'updated_at');
END;

CREATE VIEW moving_programs AS
SELECT number, json_object(
  'number', number, 'slug', slug, 'name', name, 'status', status, 'zone', zone, 'touch', touch,
  'window_days', window_days, 'cookie', cookie, 'pass_through', pass_through,
  'preview_title', preview_title, 'preview_description', preview_description,
  'preview_image', preview_image, 'created_at', created_at, 'updated_at', updated_at,
  'changed_by', changed_by) AS row
FROM programs;
CREATE TRIGGER moved_programs INSTEAD OF INSERT ON moving_programs BEGIN
  INSERT INTO programs (
    number, slug, name, status, zone, touch, window_days, cookie, pass_through, preview_title,
    preview_description, preview_image, created_at, updated_at, changed_by)
  VALUES (
    NEW.row ->> 'number', NEW.row ->> 'slug', NEW.row ->> 'name', NEW.row ->> 'status',
    NEW.row ->> 'zone', NEW.row ->> 'touch', NEW.row ->> 'window_days', NEW.row ->> 'cookie',
    NEW.row ->> 'pass_through', NEW.row ->> 'preview_title', NEW.row ->> 'preview_description',
    NEW.row ->> 'preview_image', NEW.row ->> 'created_at', NEW.row ->> 'updated_at',
    NEW.row ->> 'changed_by');
END;

-- Who has signed in here already is there by another id.
CREATE VIEW moving_members AS
SELECT id, json_object(
  'id', id, 'email', email, 'name', name, 'role', role, 'rep', rep, 'status', status,
  'created_at', created_at, 'invited_at', invited_at, 'seen_at', seen_at) AS row
FROM members;
CREATE TRIGGER moved_members INSTEAD OF INSERT ON moving_members BEGIN
  INSERT INTO members (
    id, email, name, role, rep, status, created_at, invited_at, seen_at)
  VALUES (
    NEW.row ->> 'id', NEW.row ->> 'email', NEW.row ->> 'name', NEW.row ->> 'role',
    NEW.row ->> 'rep', NEW.row ->> 'status', NEW.row ->> 'created_at', NEW.row ->> 'invited_at',
    NEW.row ->> 'seen_at')
  ON CONFLICT DO NOTHING;
END;

-- Whoever did something is named by their key. It opens nothing here: what a key is
-- known by stays where it was made.
CREATE VIEW moving_api_keys AS
SELECT id, json_object(
  'id', id, 'name', name, 'scopes', scopes, 'created_at', created_at, 'revoked_at', revoked_at,
  'created_by', created_by) AS row
FROM api_keys;
CREATE TRIGGER moved_api_keys INSTEAD OF INSERT ON moving_api_keys BEGIN
  INSERT INTO api_keys (
    id, name, scopes, created_at, revoked_at, created_by, hash)
  VALUES (
    NEW.row ->> 'id', NEW.row ->> 'name', NEW.row ->> 'scopes', NEW.row ->> 'created_at',
    coalesce(NEW.row ->> 'revoked_at', (SELECT begun_at FROM restores)),
    NEW.row ->> 'created_by', 'none of ' || (NEW.row ->> 'id'));
END;

CREATE VIEW moving_destinations AS
SELECT program, number, json_object(
  'program', program, 'number', number, 'slug', slug, 'url', url, 'status', status,
  'created_at', created_at, 'updated_at', updated_at, 'changed_by', changed_by) AS row
FROM destinations;
CREATE TRIGGER moved_destinations INSTEAD OF INSERT ON moving_destinations BEGIN
  INSERT INTO destinations (
    program, number, slug, url, status, created_at, updated_at, changed_by)
  VALUES (
    NEW.row ->> 'program', NEW.row ->> 'number', NEW.row ->> 'slug', NEW.row ->> 'url',
    NEW.row ->> 'status', NEW.row ->> 'created_at', NEW.row ->> 'updated_at',
    NEW.row ->> 'changed_by');
END;

CREATE VIEW moving_labels AS
SELECT program, number, json_object(
  'program', program, 'number', number, 'slug', slug, 'created_at', created_at) AS row
FROM labels;
CREATE TRIGGER moved_labels INSTEAD OF INSERT ON moving_labels BEGIN
  INSERT INTO labels (
    program, number, slug, created_at)
  VALUES (
    NEW.row ->> 'program', NEW.row ->> 'number', NEW.row ->> 'slug', NEW.row ->> 'created_at');
END;

CREATE VIEW moving_routing AS
SELECT program, json_object(
  'program', program, 'reps', reps, 'turn', turn) AS row
FROM routing;
CREATE TRIGGER moved_routing INSTEAD OF INSERT ON moving_routing BEGIN
  INSERT INTO routing (
    program, reps, turn)
  VALUES (
    NEW.row ->> 'program', NEW.row ->> 'reps', NEW.row ->> 'turn');
END;

CREATE VIEW moving_contents AS
SELECT program, version, json_object(
  'program', program, 'version', version, 'content', content, 'created_at', created_at,
  'created_by', created_by) AS row
FROM contents;
CREATE TRIGGER moved_contents INSTEAD OF INSERT ON moving_contents BEGIN
  INSERT INTO contents (
    program, version, content, created_at, created_by)
  VALUES (
    NEW.row ->> 'program', NEW.row ->> 'version', NEW.row ->> 'content',
    NEW.row ->> 'created_at', NEW.row ->> 'created_by');
END;

CREATE VIEW moving_reward_rules AS
SELECT program, version, json_object(
  'program', program, 'version', version, 'rules', rules, 'created_at', created_at,
  'created_by', created_by) AS row
FROM reward_rules;
CREATE TRIGGER moved_reward_rules INSTEAD OF INSERT ON moving_reward_rules BEGIN
  INSERT INTO reward_rules (
    program, version, rules, created_at, created_by)
  VALUES (
    NEW.row ->> 'program', NEW.row ->> 'version', NEW.row ->> 'rules', NEW.row ->> 'created_at',
    NEW.row ->> 'created_by');
END;

CREATE VIEW moving_advocates AS
SELECT program, number, json_object(
  'program', program, 'number', number, 'external_id', external_id, 'kind', kind, 'name', name,
  'email', email, 'status', status, 'created_at', created_at, 'updated_at', updated_at,
  'segment', segment, 'owner', owner, 'email_hash', email_hash, 'erased_at', erased_at,
  'invited_at', invited_at, 'invitation_claimed_at', invitation_claimed_at,
  'merged_into', merged_into, 'merged_at', merged_at, 'merged_by', merged_by, 'parent', parent,
  'is_member', is_member, 'shows_name', shows_name, 'joined_at', joined_at) AS row
FROM advocates;
CREATE TRIGGER moved_advocates INSTEAD OF INSERT ON moving_advocates BEGIN
  INSERT INTO advocates (
    program, number, external_id, kind, name, email, status, created_at, updated_at, segment,
    owner, email_hash, erased_at, invited_at, invitation_claimed_at, merged_into, merged_at,
    merged_by, parent, is_member, shows_name, joined_at)
  VALUES (
    NEW.row ->> 'program', NEW.row ->> 'number', NEW.row ->> 'external_id', NEW.row ->> 'kind',
    NEW.row ->> 'name', NEW.row ->> 'email', NEW.row ->> 'status', NEW.row ->> 'created_at',
    NEW.row ->> 'updated_at', NEW.row ->> 'segment', NEW.row ->> 'owner',
    NEW.row ->> 'email_hash', NEW.row ->> 'erased_at', NEW.row ->> 'invited_at',
    NEW.row ->> 'invitation_claimed_at', NEW.row ->> 'merged_into', NEW.row ->> 'merged_at',
    NEW.row ->> 'merged_by', NEW.row ->> 'parent', NEW.row ->> 'is_member',
    NEW.row ->> 'shows_name', NEW.row ->> 'joined_at');
END;

CREATE VIEW moving_advocate_visitors AS
SELECT program, advocate, utc_day, visitor, json_object(
  'program', program, 'advocate', advocate, 'utc_day', utc_day, 'visitor', hex(visitor)) AS row
FROM advocate_visitors;
CREATE TRIGGER moved_advocate_visitors INSTEAD OF INSERT ON moving_advocate_visitors BEGIN
  INSERT INTO advocate_visitors (
    program, advocate, utc_day, visitor)
  VALUES (
    NEW.row ->> 'program', NEW.row ->> 'advocate', NEW.row ->> 'utc_day',
    unhex(NEW.row ->> 'visitor'));
END;

CREATE VIEW moving_revocations AS
SELECT program, body, json_object(
  'program', program, 'body', body, 'created_at', created_at) AS row
FROM revocations;
CREATE TRIGGER moved_revocations INSTEAD OF INSERT ON moving_revocations BEGIN
  INSERT INTO revocations (
    program, body, created_at)
  VALUES (
    NEW.row ->> 'program', NEW.row ->> 'body', NEW.row ->> 'created_at');
END;

CREATE VIEW moving_spoken_codes AS
SELECT key, json_object(
  'key', key, 'code', code, 'program', program, 'advocate', advocate, 'medium', medium,
  'destination', destination, 'label', label, 'created_at', created_at, 'revoked_at', revoked_at) AS row
FROM spoken_codes;
CREATE TRIGGER moved_spoken_codes INSTEAD OF INSERT ON moving_spoken_codes BEGIN
  INSERT INTO spoken_codes (
    key, code, program, advocate, medium, destination, label, created_at, revoked_at)
  VALUES (
    NEW.row ->> 'key', NEW.row ->> 'code', NEW.row ->> 'program', NEW.row ->> 'advocate',
    NEW.row ->> 'medium', NEW.row ->> 'destination', NEW.row ->> 'label',
    NEW.row ->> 'created_at', NEW.row ->> 'revoked_at');
END;

CREATE VIEW moving_clicks AS
SELECT utc_day, program, visitor, id, json_object(
  'utc_day', utc_day, 'program', program, 'visitor', hex(visitor), 'id', hex(id), 'at', at,
  'advocate', advocate, 'medium', medium, 'destination', destination, 'label', label,
  'class', class, 'reason', reason, 'rules', rules, 'offset_minutes', offset_minutes) AS row
FROM clicks;
CREATE TRIGGER moved_clicks INSTEAD OF INSERT ON moving_clicks BEGIN
  INSERT INTO clicks (
    utc_day, program, visitor, id, at, advocate, medium, destination, label, class, reason,
    rules, offset_minutes)
  VALUES (
    NEW.row ->> 'utc_day', NEW.row ->> 'program', unhex(NEW.row ->> 'visitor'),
    unhex(NEW.row ->> 'id'), NEW.row ->> 'at', NEW.row ->> 'advocate', NEW.row ->> 'medium',
    NEW.row ->> 'destination', NEW.row ->> 'label', NEW.row ->> 'class', NEW.row ->> 'reason',
    NEW.row ->> 'rules', NEW.row ->> 'offset_minutes');
END;

CREATE VIEW moving_shares AS
SELECT program, event, json_object(
  'program', program, 'event', event, 'request', request, 'at', at, 'advocate', advocate,
  'medium', medium, 'destination', destination, 'label', label, 'kind', kind,
  'offset_minutes', offset_minutes, 'recorded_by', recorded_by, 'recorded_at', recorded_at) AS row
FROM shares;
CREATE TRIGGER moved_shares INSTEAD OF INSERT ON moving_shares BEGIN
  INSERT INTO shares (
    program, event, request, at, advocate, medium, destination, label, kind, offset_minutes,
    recorded_by, recorded_at)
  VALUES (
    NEW.row ->> 'program', NEW.row ->> 'event', NEW.row ->> 'request', NEW.row ->> 'at',
    NEW.row ->> 'advocate', NEW.row ->> 'medium', NEW.row ->> 'destination',
    NEW.row ->> 'label', NEW.row ->> 'kind', NEW.row ->> 'offset_minutes',
    NEW.row ->> 'recorded_by', NEW.row ->> 'recorded_at');
END;

CREATE VIEW moving_leads AS
SELECT id, json_object(
  'id', id, 'program', program, 'at', at, 'moment', moment, 'source', source, 'stage', stage,
  'reason', reason, 'accepted_at', accepted_at, 'meeting_at', meeting_at,
  'opportunity_at', opportunity_at, 'won_at', won_at, 'lost_at', lost_at,
  'suspected', suspected, 'name', name, 'email', email, 'email_hash', email_hash,
  'phone', phone, 'company', company, 'customer', customer, 'note', note,
  'consent_text', consent_text, 'consent_at', consent_at,
  'visitor', iif(visitor IS NULL, NULL, hex(visitor)), 'erased_at', erased_at,
  'advocate', advocate, 'medium', medium, 'label', label, 'touch', touch, 'terms', terms,
  'owner', owner, 'version', version, 'created_at', created_at, 'updated_at', updated_at) AS row
FROM leads;
CREATE TRIGGER moved_leads INSTEAD OF INSERT ON moving_leads BEGIN
  INSERT INTO leads (
    id, program, at, moment, source, stage, reason, accepted_at, meeting_at, opportunity_at,
    won_at, lost_at, suspected, name, email, email_hash, phone, company, customer, note,
    consent_text, consent_at, visitor, erased_at, advocate, medium, label, touch, terms, owner,
    version, created_at, updated_at)
  VALUES (
    NEW.row ->> 'id', NEW.row ->> 'program', NEW.row ->> 'at', NEW.row ->> 'moment',
    NEW.row ->> 'source', NEW.row ->> 'stage', NEW.row ->> 'reason', NEW.row ->> 'accepted_at',
    NEW.row ->> 'meeting_at', NEW.row ->> 'opportunity_at', NEW.row ->> 'won_at',
    NEW.row ->> 'lost_at', NEW.row ->> 'suspected', NEW.row ->> 'name', NEW.row ->> 'email',
    NEW.row ->> 'email_hash', NEW.row ->> 'phone', NEW.row ->> 'company',
    NEW.row ->> 'customer', NEW.row ->> 'note', NEW.row ->> 'consent_text',
    NEW.row ->> 'consent_at', unhex(NEW.row ->> 'visitor'), NEW.row ->> 'erased_at',
    NEW.row ->> 'advocate', NEW.row ->> 'medium', NEW.row ->> 'label', NEW.row ->> 'touch',
    NEW.row ->> 'terms', NEW.row ->> 'owner', NEW.row ->> 'version', NEW.row ->> 'created_at',
    NEW.row ->> 'updated_at');
END;

CREATE VIEW moving_touches AS
SELECT lead, n, json_object(
  'lead', lead, 'n', n, 'kind', kind, 'at', at, 'advocate', advocate, 'medium', medium,
  'destination', destination, 'label', label, 'proof', proof, 'place', place,
  'recorded_at', recorded_at, 'recorded_by', recorded_by) AS row
FROM touches;
CREATE TRIGGER moved_touches INSTEAD OF INSERT ON moving_touches BEGIN
  INSERT INTO touches (
    lead, n, kind, at, advocate, medium, destination, label, proof, place, recorded_at,
    recorded_by)
  VALUES (
    NEW.row ->> 'lead', NEW.row ->> 'n', NEW.row ->> 'kind', NEW.row ->> 'at',
    NEW.row ->> 'advocate', NEW.row ->> 'medium', NEW.row ->> 'destination',
    NEW.row ->> 'label', NEW.row ->> 'proof', NEW.row ->> 'place', NEW.row ->> 'recorded_at',
    NEW.row ->> 'recorded_by');
END;

CREATE VIEW moving_decisions AS
SELECT lead, n, json_object(
  'lead', lead, 'n', n, 'at', at, 'policy', policy, 'moment', moment, 'winner', winner,
  'verdicts', verdicts, 'cause', cause, 'by', by) AS row
FROM decisions;
CREATE TRIGGER moved_decisions INSTEAD OF INSERT ON moving_decisions BEGIN
  INSERT INTO decisions (
    lead, n, at, policy, moment, winner, verdicts, cause, by)
  VALUES (
    NEW.row ->> 'lead', NEW.row ->> 'n', NEW.row ->> 'at', NEW.row ->> 'policy',
    NEW.row ->> 'moment', NEW.row ->> 'winner', NEW.row ->> 'verdicts', NEW.row ->> 'cause',
    NEW.row ->> 'by');
END;

CREATE VIEW moving_history AS
SELECT lead, n, json_object(
  'lead', lead, 'n', n, 'kind', kind, 'before', before, 'after', after, 'why', why, 'at', at,
  'by', by, 'recorded_at', recorded_at) AS row
FROM history;
CREATE TRIGGER moved_history INSTEAD OF INSERT ON moving_history BEGIN
  INSERT INTO history (
    lead, n, kind, before, after, why, at, by, recorded_at)
  VALUES (
    NEW.row ->> 'lead', NEW.row ->> 'n', NEW.row ->> 'kind', NEW.row ->> 'before',
    NEW.row ->> 'after', NEW.row ->> 'why', NEW.row ->> 'at', NEW.row ->> 'by',
    NEW.row ->> 'recorded_at');
END;

CREATE VIEW moving_flags AS
SELECT lead, rule, json_object(
  'lead', lead, 'rule', rule, 'detail', detail, 'at', at) AS row
FROM flags;
CREATE TRIGGER moved_flags INSTEAD OF INSERT ON moving_flags BEGIN
  INSERT INTO flags (
    lead, rule, detail, at)
  VALUES (
    NEW.row ->> 'lead', NEW.row ->> 'rule', NEW.row ->> 'detail', NEW.row ->> 'at');
END;

CREATE VIEW moving_sales AS
SELECT program, order_id, json_object(
  'program', program, 'order_id', order_id, 'at', at, 'amount', amount, 'currency', currency,
  'product', product, 'lead', lead, 'matched_by', matched_by, 'customer', customer,
  'email_hash', email_hash, 'click', click, 'recorded_at', recorded_at,
  'recorded_by', recorded_by) AS row
FROM sales;
CREATE TRIGGER moved_sales INSTEAD OF INSERT ON moving_sales BEGIN
  INSERT INTO sales (
    program, order_id, at, amount, currency, product, lead, matched_by, customer, email_hash,
    click, recorded_at, recorded_by)
  VALUES (
    NEW.row ->> 'program', NEW.row ->> 'order_id', NEW.row ->> 'at', NEW.row ->> 'amount',
    NEW.row ->> 'currency', NEW.row ->> 'product', NEW.row ->> 'lead', NEW.row ->> 'matched_by',
    NEW.row ->> 'customer', NEW.row ->> 'email_hash', NEW.row ->> 'click',
    NEW.row ->> 'recorded_at', NEW.row ->> 'recorded_by');
END;

CREATE VIEW moving_refunds AS
SELECT program, refund_id, json_object(
  'program', program, 'refund_id', refund_id, 'order_id', order_id, 'at', at, 'amount', amount,
  'currency', currency, 'reason', reason, 'recorded_at', recorded_at, 'recorded_by', recorded_by) AS row
FROM refunds;
CREATE TRIGGER moved_refunds INSTEAD OF INSERT ON moving_refunds BEGIN
  INSERT INTO refunds (
    program, refund_id, order_id, at, amount, currency, reason, recorded_at, recorded_by)
  VALUES (
    NEW.row ->> 'program', NEW.row ->> 'refund_id', NEW.row ->> 'order_id', NEW.row ->> 'at',
    NEW.row ->> 'amount', NEW.row ->> 'currency', NEW.row ->> 'reason',
    NEW.row ->> 'recorded_at', NEW.row ->> 'recorded_by');
END;

-- Without their sums, which the ledger adds up again.
CREATE VIEW moving_rewards AS
SELECT id, json_object(
  'id', id, 'program', program, 'advocate', advocate, 'rule', rule, 'beneficiary', beneficiary,
  'rep', rep, 'lead', lead, 'order_id', order_id, 'unit', unit, 'form', form, 'terms', terms,
  'earned_at', earned_at, 'due_at', due_at, 'approval', approval) AS row
FROM rewards;
CREATE TRIGGER moved_rewards INSTEAD OF INSERT ON moving_rewards BEGIN
  INSERT INTO rewards (
    id, program, advocate, rule, beneficiary, rep, lead, order_id, unit, form, terms, earned_at,
    due_at, approval)
  VALUES (
    NEW.row ->> 'id', NEW.row ->> 'program', NEW.row ->> 'advocate', NEW.row ->> 'rule',
    NEW.row ->> 'beneficiary', NEW.row ->> 'rep', NEW.row ->> 'lead', NEW.row ->> 'order_id',
    NEW.row ->> 'unit', NEW.row ->> 'form', NEW.row ->> 'terms', NEW.row ->> 'earned_at',
    NEW.row ->> 'due_at', NEW.row ->> 'approval');
END;

CREATE VIEW moving_ledger AS
SELECT entry, json_object(
  'entry', entry, 'reward', reward, 'kind', kind, 'amount', amount, 'approved', approved,
  'issued', issued, 'paid', paid, 'holds', holds, 'terms', terms, 'payout', payout,
  'line', line, 'reason', reason, 'at', at, 'by', by) AS row
FROM ledger;
CREATE TRIGGER moved_ledger INSTEAD OF INSERT ON moving_ledger BEGIN
  INSERT INTO ledger (
    entry, reward, kind, amount, approved, issued, paid, holds, terms, payout, line, reason, at,
    by)
  VALUES (
    NEW.row ->> 'entry', NEW.row ->> 'reward', NEW.row ->> 'kind', NEW.row ->> 'amount',
    NEW.row ->> 'approved', NEW.row ->> 'issued', NEW.row ->> 'paid', NEW.row ->> 'holds',
    NEW.row ->> 'terms', NEW.row ->> 'payout', NEW.row ->> 'line', NEW.row ->> 'reason',
    NEW.row ->> 'at', NEW.row ->> 'by');
END;

CREATE VIEW moving_payouts AS
SELECT id, json_object(
  'id', id, 'program', program, 'created_at', created_at, 'created_by', created_by) AS row
FROM payouts;
CREATE TRIGGER moved_payouts INSTEAD OF INSERT ON moving_payouts BEGIN
  INSERT INTO payouts (
    id, program, created_at, created_by)
  VALUES (
    NEW.row ->> 'id', NEW.row ->> 'program', NEW.row ->> 'created_at', NEW.row ->> 'created_by');
END;

CREATE VIEW moving_payout_lines AS
SELECT payout, n, json_object(
  'payout', payout, 'n', n, 'beneficiary', beneficiary, 'advocate', advocate, 'lead', lead,
  'rep', rep, 'unit', unit, 'form', form, 'amount', amount, 'status', status,
  'reference', reference, 'settled_at', settled_at) AS row
FROM payout_lines;
CREATE TRIGGER moved_payout_lines INSTEAD OF INSERT ON moving_payout_lines BEGIN
  INSERT INTO payout_lines (
    payout, n, beneficiary, advocate, lead, rep, unit, form, amount, status, reference,
    settled_at)
  VALUES (
    NEW.row ->> 'payout', NEW.row ->> 'n', NEW.row ->> 'beneficiary', NEW.row ->> 'advocate',
    NEW.row ->> 'lead', NEW.row ->> 'rep', NEW.row ->> 'unit', NEW.row ->> 'form',
    NEW.row ->> 'amount', NEW.row ->> 'status', NEW.row ->> 'reference',
    NEW.row ->> 'settled_at');
END;

CREATE VIEW moving_goals AS
SELECT rep, quarter, json_object(
  'rep', rep, 'quarter', quarter, 'asked', asked, 'meetings', meetings, 'won', won) AS row
FROM goals;
CREATE TRIGGER moved_goals INSTEAD OF INSERT ON moving_goals BEGIN
  INSERT INTO goals (
    rep, quarter, asked, meetings, won)
  VALUES (
    NEW.row ->> 'rep', NEW.row ->> 'quarter', NEW.row ->> 'asked', NEW.row ->> 'meetings',
    NEW.row ->> 'won');
END;

CREATE VIEW moving_claims AS
SELECT program, order_id, click, json_object(
  'program', program, 'order_id', order_id, 'click', click, 'receipt', receipt, 'at', at) AS row
FROM claims;
CREATE TRIGGER moved_claims INSTEAD OF INSERT ON moving_claims BEGIN
  INSERT INTO claims (
    program, order_id, click, receipt, at)
  VALUES (
    NEW.row ->> 'program', NEW.row ->> 'order_id', NEW.row ->> 'click', NEW.row ->> 'receipt',
    NEW.row ->> 'at');
END;

CREATE VIEW moving_requests AS
SELECT program, key, json_object(
  'program', program, 'key', key, 'request', request, 'status', status, 'answer', answer,
  'at', at) AS row
FROM requests;
CREATE TRIGGER moved_requests INSTEAD OF INSERT ON moving_requests BEGIN
  INSERT INTO requests (
    program, key, request, status, answer, at)
  VALUES (
    NEW.row ->> 'program', NEW.row ->> 'key', NEW.row ->> 'request', NEW.row ->> 'status',
    NEW.row ->> 'answer', NEW.row ->> 'at');
END;

CREATE VIEW moving_reconciliations AS
SELECT id, json_object(
  'id', id, 'program', program, 'name', name, 'preset', preset, 'others', others, 'key', key,
  'request', request, 'status', status, 'since', since, 'until', until, 'unmapped', unmapped,
  'kinds', kinds, 'channels', channels, 'created_at', created_at, 'created_by', created_by,
  'compared_at', compared_at) AS row
FROM reconciliations;
CREATE TRIGGER moved_reconciliations INSTEAD OF INSERT ON moving_reconciliations BEGIN
  INSERT INTO reconciliations (
    id, program, name, preset, others, key, request, status, since, until, unmapped, kinds,
    channels, created_at, created_by, compared_at)
  VALUES (
    NEW.row ->> 'id', NEW.row ->> 'program', NEW.row ->> 'name', NEW.row ->> 'preset',
    NEW.row ->> 'others', NEW.row ->> 'key', NEW.row ->> 'request', NEW.row ->> 'status',
    NEW.row ->> 'since', NEW.row ->> 'until', NEW.row ->> 'unmapped', NEW.row ->> 'kinds',
    NEW.row ->> 'channels', NEW.row ->> 'created_at', NEW.row ->> 'created_by',
    NEW.row ->> 'compared_at');
END;

-- What was read of a run that is not compared goes without its rows: it begins anew.
CREATE VIEW moving_reconciliation_chunks AS
SELECT run, n, json_object(
  'run', run, 'n', n, 'rows', rows, 'unreadable', unreadable, 'hash', hash) AS row
FROM reconciliation_chunks
WHERE run IN (SELECT id FROM reconciliations WHERE status = 'compared');
CREATE TRIGGER moved_reconciliation_chunks INSTEAD OF INSERT ON moving_reconciliation_chunks BEGIN
  INSERT INTO reconciliation_chunks (
    run, n, rows, unreadable, hash)
  VALUES (
    NEW.row ->> 'run', NEW.row ->> 'n', NEW.row ->> 'rows', NEW.row ->> 'unreadable',
    NEW.row ->> 'hash');
END;

CREATE VIEW moving_findings AS
SELECT run, n, json_object(
  'run', run, 'n', n, 'kind', kind, 'line', line, 'lead', lead, 'order_id', order_id,
  'channel', channel, 'ours', ours, 'theirs', theirs, 'identity', identity, 'fix', fix,
  'applied_at', applied_at, 'applied_by', applied_by, 'outcome', outcome) AS row
FROM findings;
CREATE TRIGGER moved_findings INSTEAD OF INSERT ON moving_findings BEGIN
  INSERT INTO findings (
    run, n, kind, line, lead, order_id, channel, ours, theirs, identity, fix, applied_at,
    applied_by, outcome)
  VALUES (
    NEW.row ->> 'run', NEW.row ->> 'n', NEW.row ->> 'kind', NEW.row ->> 'line',
    NEW.row ->> 'lead', NEW.row ->> 'order_id', NEW.row ->> 'channel', NEW.row ->> 'ours',
    NEW.row ->> 'theirs', NEW.row ->> 'identity', NEW.row ->> 'fix', NEW.row ->> 'applied_at',
    NEW.row ->> 'applied_by', NEW.row ->> 'outcome');
END;

CREATE VIEW moving_archives AS
SELECT utc_day, json_object(
  'utc_day', utc_day, 'clicks', clicks, 'objects', objects, 'bytes', bytes,
  'began_at', began_at, 'done_at', done_at) AS row
FROM archives;
CREATE TRIGGER moved_archives INSTEAD OF INSERT ON moving_archives BEGIN
  INSERT INTO archives (
    utc_day, clicks, objects, bytes, began_at, done_at)
  VALUES (
    NEW.row ->> 'utc_day', NEW.row ->> 'clicks', NEW.row ->> 'objects', NEW.row ->> 'bytes',
    NEW.row ->> 'began_at', NEW.row ->> 'done_at');
END;

-- After what this deployment has written down itself.
CREATE VIEW moving_audit AS
SELECT n, json_object(
  'n', n, 'at', at, 'by', by, 'program', program, 'action', action, 'subject', subject,
  'detail', detail) AS row
FROM audit;
CREATE TRIGGER moved_audit INSTEAD OF INSERT ON moving_audit BEGIN
  INSERT INTO audit (
    at, by, program, action, subject, detail)
  VALUES (
    NEW.row ->> 'at', NEW.row ->> 'by', NEW.row ->> 'program', NEW.row ->> 'action',
    NEW.row ->> 'subject', NEW.row ->> 'detail');
END;

CREATE VIEW moving_disposable_domains AS
SELECT domain, json_object(
  'domain', domain) AS row
FROM disposable_domains;
CREATE TRIGGER moved_disposable_domains INSTEAD OF INSERT ON moving_disposable_domains BEGIN
  INSERT INTO disposable_domains (
    domain)
  VALUES (
    NEW.row ->> 'domain');
END;

CREATE VIEW moving_policies AS
SELECT program, version, json_object(
  'program', program, 'version', version, 'touch', touch, 'window_days', window_days,
  'since', since) AS row
FROM policies;
CREATE TRIGGER moved_policies INSTEAD OF INSERT ON moving_policies BEGIN
  INSERT INTO policies (
    program, version, touch, window_days, since)
  VALUES (
    NEW.row ->> 'program', NEW.row ->> 'version', NEW.row ->> 'touch',
    NEW.row ->> 'window_days', NEW.row ->> 'since');
END;

CREATE VIEW moving_changes AS
SELECT program, n, json_object(
  'program', program, 'n', n, 'at', at, 'by', by, 'what', what, 'key', key, 'version', version,
  'before', before, 'after', after) AS row
FROM changes;
CREATE TRIGGER moved_changes INSTEAD OF INSERT ON moving_changes BEGIN
  INSERT INTO changes (
    program, n, at, by, what, key, version, before, after)
  VALUES (
    NEW.row ->> 'program', NEW.row ->> 'n', NEW.row ->> 'at', NEW.row ->> 'by',
    NEW.row ->> 'what', NEW.row ->> 'key', NEW.row ->> 'version', NEW.row ->> 'before',
    NEW.row ->> 'after');
END;

CREATE VIEW moving_tallies_by_hour AS
SELECT program, hour, minute, medium, destination, kind, json_object(
  'program', program, 'hour', hour, 'minute', minute, 'medium', medium,
  'destination', destination, 'kind', kind, 'count', count, 'new_visitors', new_visitors,
  'new_in_channel', new_in_channel, 'new_in_medium', new_in_medium,
  'new_at_destination', new_at_destination, 'new_in_hour', new_in_hour) AS row
FROM tallies_by_hour;
CREATE TRIGGER moved_tallies_by_hour INSTEAD OF INSERT ON moving_tallies_by_hour BEGIN
  INSERT INTO tallies_by_hour (
    program, hour, minute, medium, destination, kind, count, new_visitors, new_in_channel,
    new_in_medium, new_at_destination, new_in_hour)
  VALUES (
    NEW.row ->> 'program', NEW.row ->> 'hour', NEW.row ->> 'minute', NEW.row ->> 'medium',
    NEW.row ->> 'destination', NEW.row ->> 'kind', NEW.row ->> 'count',
    NEW.row ->> 'new_visitors', NEW.row ->> 'new_in_channel', NEW.row ->> 'new_in_medium',
    NEW.row ->> 'new_at_destination', NEW.row ->> 'new_in_hour');
END;

CREATE VIEW moving_tallies_by_advocate AS
SELECT program, local_day, advocate, medium, label, kind, json_object(
  'program', program, 'local_day', local_day, 'advocate', advocate, 'medium', medium,
  'label', label, 'kind', kind, 'count', count, 'new_visitors', new_visitors) AS row
FROM tallies_by_advocate;
CREATE TRIGGER moved_tallies_by_advocate INSTEAD OF INSERT ON moving_tallies_by_advocate BEGIN
  INSERT INTO tallies_by_advocate (
    program, local_day, advocate, medium, label, kind, count, new_visitors)
  VALUES (
    NEW.row ->> 'program', NEW.row ->> 'local_day', NEW.row ->> 'advocate',
    NEW.row ->> 'medium', NEW.row ->> 'label', NEW.row ->> 'kind', NEW.row ->> 'count',
    NEW.row ->> 'new_visitors');
END;

CREATE VIEW moving_accounts AS
SELECT program, advocate, json_object(
  'program', program, 'advocate', advocate, 'changed', changed, 'settled', settled) AS row
FROM accounts;
CREATE TRIGGER moved_accounts INSTEAD OF INSERT ON moving_accounts BEGIN
  INSERT INTO accounts (
    program, advocate, changed, settled)
  VALUES (
    NEW.row ->> 'program', NEW.row ->> 'advocate', NEW.row ->> 'changed', NEW.row ->> 'settled');
END;
