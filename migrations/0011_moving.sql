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
  proof       TEXT NOT NULL,     -- the click's id, the code as typed, the rep, the advocate, or the system
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
