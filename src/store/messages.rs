//! What a program writes: its own words of each message, how its letters look, and
//! when they go.

use super::{Database, DatabaseError, Statement, one, several, statement, time};
use crate::decode::{self, row};

row! {
    /// How a letter of a program looks, and in which words it is.
    #[derive(Debug)]
    pub struct Look {
        /// The program's slug.
        pub slug: String,
        /// Its name.
        pub name: String,
        /// Its colour.
        pub color: String,
        /// Whether it has a logo.
        pub logo: bool = decode::flag,
        /// Its own subject; ours where there is none.
        pub subject: Option<String>,
        /// Its own text.
        pub text: Option<String>,
    }
}

/// The look of a letter as JSON: of a program (a number), a message and a kind of
/// advocate, each an expression. The invitation may stand in the program's content, from
/// before there were templates.
macro_rules! look_of {
    ($program:literal, $message:literal, $kind:literal) => {
        concat!(
            "(SELECT json_object('slug', k.slug, 'name', k.name, 'color', k.color, 'logo', k.logo,
                'subject', CASE WHEN t.text IS NOT NULL THEN t.subject
                  WHEN ",
            $message,
            " = 'invitation' THEN nullif(k.invitation_subject, '') END,
                'text', CASE WHEN t.text IS NOT NULL THEN t.text
                  WHEN ",
            $message,
            " = 'invitation' THEN nullif(k.invitation_text, '') END)
              FROM looks k LEFT JOIN current_templates t ON t.program = k.program
                AND t.message = ",
            $message,
            " AND t.kind IN ('', ",
            $kind,
            ") AND t.text <> ''
              WHERE k.program = ",
            $program,
            " ORDER BY t.kind DESC LIMIT 1)"
        )
    };
}
pub(crate) use look_of;

const LOOK: &str = concat!("SELECT ", look_of!("?1", "?2", "?3"), " AS document");

/// How a message of a program looks to a kind of advocate; empty for all.
pub async fn look(
    db: &dyn Database,
    program: u16,
    message: &str,
    kind: &str,
) -> Result<Look, DatabaseError> {
    let look = one(db, statement!(LOOK, program, message, kind)).await?;
    Ok(decode::read(look.document()?.as_bytes())?)
}

const SETTINGS: &str = "
    SELECT json_object('per_week', per_week, 'quiet_from', quiet_from, 'quiet_to', quiet_to,
      'quiet_days', quiet_days, 'stale_days', stale_days, 'weekly_on', weekly_on) AS document,
      off AS cursor
    FROM writing WHERE program = ?1";

// What is in content is a template of before.
const TEMPLATES: &str = concat!(
    "SELECT json_object('message', message, 'kind', nullif(kind, ''), 'subject', subject,
      'text', text, 'version', version, 'changed_at', ",
    time!("created_at"),
    ") AS document, message || '/' || kind AS cursor
    FROM current_templates WHERE program = ?1
    UNION ALL
    SELECT json_object('message', 'invitation', 'kind', NULL,
      'subject', invitation_subject, 'text', invitation_text, 'version', 0, 'changed_at', NULL),
      'invitation/'
    FROM looks k
    WHERE program = ?1 AND invitation_text <> '' AND NOT EXISTS (
      SELECT 1 FROM current_templates t
      WHERE t.program = ?1 AND t.message = 'invitation' AND t.kind = '' AND t.text <> '')"
);

row! {
    /// A template as it is kept; an empty text is ours.
    #[derive(Debug)]
    pub struct Template {
        /// The message's name.
        pub message: String,
        /// The kind of advocate; for all where there is none.
        pub kind: Option<String>,
        /// The subject.
        pub subject: String,
        /// The text.
        pub text: String,
        /// From 1 on; 0 for what stands in the program's content.
        pub version: u32,
        /// When it was made.
        pub changed_at: Option<String>,
    }
}

row! {
    struct TemplateRow {
        document: Template = decode::embedded,
    }
}

row! {
    struct SettingsRow {
        document: String,
        cursor: Vec<String> = decode::embedded,
    }
}

/// A program's settings (JSON), the names of the messages that are off, and its own
/// templates.
pub async fn read(
    db: &dyn Database,
    program: u16,
) -> Result<(String, Vec<String>, Vec<Template>), DatabaseError> {
    let statements = [
        statement!(SETTINGS, program),
        statement!(TEMPLATES, program),
    ];
    let [settings, templates] = several(db, statements).await?;
    let settings: SettingsRow = settings.first()?.ok_or(DatabaseError::Short)?;
    let templates: Vec<TemplateRow> = templates.all()?;
    let templates = templates.into_iter().map(|row| row.document).collect();
    Ok((settings.document, settings.cursor, templates))
}

// `?2` is what changes, with which messages go on or off.
const SET: &str = "
    INSERT INTO message_settings
    SELECT program, coalesce(?2 ->> 'per_week', per_week),
      coalesce(?2 ->> 'quiet_from', quiet_from), coalesce(?2 ->> 'quiet_to', quiet_to),
      coalesce(?2 ->> 'quiet_days', quiet_days), coalesce(?2 ->> 'stale_days', stale_days),
      coalesce(?2 ->> 'weekly_on', weekly_on),
      (SELECT json_group_array(name) FROM (
        SELECT value AS name FROM json_each(off)
          WHERE value NOT IN (SELECT key FROM json_each(coalesce(?2 -> 'enabled', '{}')))
        UNION SELECT key FROM json_each(coalesce(?2 -> 'enabled', '{}')) WHERE NOT value)),
      ?3, ?4
    FROM writing WHERE program = ?1
    ON CONFLICT DO UPDATE SET per_week = excluded.per_week, quiet_from = excluded.quiet_from,
      quiet_to = excluded.quiet_to, quiet_days = excluded.quiet_days,
      stale_days = excluded.stale_days, weekly_on = excluded.weekly_on, off = excluded.off,
      changed_at = excluded.changed_at, changed_by = excluded.changed_by";

/// The statement that changes settings: a checked body that holds those that change, and
/// in `enabled` which messages go on or off.
#[must_use]
pub fn set(program: u16, body: &str, now: i64, by: &str) -> Statement {
    statement!(SET, program, body, now, by)
}

// What is as it was is no version.
const PUT: &str = "
    INSERT INTO letter_templates
    SELECT ?1, ?2, ?3, coalesce(max(version), 0) + 1, ?4, ?5, ?6, ?7
    FROM letter_templates WHERE program = ?1 AND message = ?2 AND kind = ?3
    HAVING coalesce((
      SELECT subject <> ?4 OR text <> ?5 FROM current_templates
      WHERE program = ?1 AND message = ?2 AND kind = ?3), ?5 <> '')";

/// The statement that makes words the newest ones of a message, for a kind of advocate
/// or, empty, for all. Empty words are ours.
#[must_use]
pub fn put(
    program: u16,
    [message, kind]: [&str; 2],
    [subject, text]: [&str; 2],
    now: i64,
    by: &str,
) -> Statement {
    statement!(PUT, program, message, kind, subject, text, now, by)
}

const NOTE_SENT: &str = "
    INSERT INTO letters (program, message, advocate, cause, queued_at, due_at, attempts)
    VALUES (?1, ?2, ?3, ?5, ?4, ?4, 1)
    ON CONFLICT DO NOTHING";

const NOTE_TAKEN: &str = "
    UPDATE letters SET state = 'sent', sent_at = ?4, provider_id = ?5
    WHERE program = ?1 AND message = ?2 AND recipient = 'a' || CAST(?3 AS INTEGER)
      AND cause = ?6 AND state = 'queued'";

/// Notes a letter to an advocate that somebody asked for and that was sent at once.
pub async fn note_sent(
    db: &dyn Database,
    message: &str,
    (program, advocate): (u16, u32),
    provider_id: Option<String>,
    now: i64,
) -> Result<(), DatabaseError> {
    let cause = now.to_string();
    let added = statement!(NOTE_SENT, program, message, advocate, now, &*cause);
    let taken = statement!(
        NOTE_TAKEN,
        program,
        message,
        advocate,
        now,
        provider_id,
        cause
    );
    several(db, [added, taken]).await.map(drop)
}
