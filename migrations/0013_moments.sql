-- What a rep is reminded of: leads that stand still, and advocates whose good moment
-- came.

-- What other systems tell of advocates: how they rated, that something of theirs went
-- live.
CREATE TABLE moments (
  program     INTEGER NOT NULL REFERENCES programs,
  event       TEXT NOT NULL,    -- the sender's id; a repeat changes nothing
  advocate    INTEGER NOT NULL,
  kind        TEXT NOT NULL CHECK (kind IN ('rated', 'live')),
  score       INTEGER CHECK (score BETWEEN 0 AND 10),
  at          INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  recorded_by TEXT NOT NULL,
  PRIMARY KEY (program, event),
  FOREIGN KEY (program, advocate) REFERENCES advocates,
  CHECK ((kind = 'rated') = (score IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX moments_by_advocate ON moments (program, advocate, at);
CREATE TRIGGER events_of_moments AFTER INSERT ON moments BEGIN
  INSERT INTO events (type, at, program, subject, data)
  SELECT 'moment.recorded', NEW.recorded_at, NEW.program, a.id,
    json_object('event', NEW.event, 'advocate', a.id, 'kind', NEW.kind, 'score', NEW.score)
  FROM advocates a WHERE a.program = NEW.program AND a.number = NEW.advocate;
END;

-- Those that are good, and after which nobody has asked the advocate yet. A rating is
-- from 9 of 10 on, as the Net Promoter Score counts promoters (Reichheld, Harvard
-- Business Review, December 2003).
CREATE VIEW good_moments AS
SELECT m.program, m.advocate, m.kind, m.score, m.at
FROM moments m JOIN advocates a ON a.program = m.program AND a.number = m.advocate
WHERE (m.kind <> 'rated' OR m.score >= 9) AND coalesce(a.invited_at, 0) < m.at;

-- That a rep got in touch, although the lead stays where it is.
CREATE TABLE follow_ups (
  lead TEXT NOT NULL REFERENCES leads,
  at   INTEGER NOT NULL,
  by   TEXT NOT NULL,
  PRIMARY KEY (lead, at)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER events_of_follow_ups AFTER INSERT ON follow_ups BEGIN
  INSERT INTO events (type, at, program, subject, data)
  SELECT 'lead.followed_up', NEW.at, l.program, NEW.lead,
    json_object('lead', NEW.lead, 'owner', (SELECT slug FROM reps WHERE number = l.owner))
  FROM leads l WHERE l.id = NEW.lead;
END;

-- Leads that are under way, and since when each has stood where it is: its last step,
-- another owner, another referral, or a word of its rep.
CREATE VIEW standing AS
SELECT l.id AS lead, l.program, l.owner, l.stage, l.advocate,
  max(l.created_at,
    coalesce((SELECT max(h.recorded_at) FROM history h WHERE h.lead = l.id), 0),
    coalesce((SELECT max(f.at) FROM follow_ups f WHERE f.lead = l.id), 0)) AS since
FROM leads l
WHERE l.stage IN ('new', 'accepted', 'meeting', 'opportunity')
  AND l.suspected = 0 AND l.erased_at IS NULL;

CREATE VIEW moving_moments AS
SELECT program, event, json_object(
  'program', program, 'event', event, 'advocate', advocate, 'kind', kind, 'score', score,
  'at', at, 'recorded_at', recorded_at, 'recorded_by', recorded_by) AS row
FROM moments;
CREATE TRIGGER moved_moments INSTEAD OF INSERT ON moving_moments BEGIN
  INSERT INTO moments (
    program, event, advocate, kind, score, at, recorded_at, recorded_by)
  VALUES (
    NEW.row ->> 'program', NEW.row ->> 'event', NEW.row ->> 'advocate', NEW.row ->> 'kind',
    NEW.row ->> 'score', NEW.row ->> 'at', NEW.row ->> 'recorded_at', NEW.row ->> 'recorded_by');
END;
CREATE VIEW moving_follow_ups AS
SELECT lead, at, json_object('lead', lead, 'at', at, 'by', by) AS row FROM follow_ups;
CREATE TRIGGER moved_follow_ups INSTEAD OF INSERT ON moving_follow_ups BEGIN
  INSERT INTO follow_ups (lead, at, by)
  VALUES (NEW.row ->> 'lead', NEW.row ->> 'at', NEW.row ->> 'by');
END;
