//! Letters that go by themselves: what is due is written and sent.
//!
//! Owns the round, what keeps a letter back, and when it is tried again. What brings a
//! letter about is written by triggers (migration 0015) and, where it is time alone, by
//! `plan`, once an hour in each program.

use futures_util::future::join_all;

use super::{courier::Courier, mail, outside::Reply};
use crate::{
    domain::{
        channel::Medium,
        date::{self, Day},
        keyring::WayOut,
        letter::{self, Audience, Frame, Letter, MessageName},
        link::{AdvocateNumber, DestinationNumber, LabelNumber, Link, ProgramNumber},
        money::{self, Currency},
        person,
        quarter::Quarter,
        template::{Item, Value},
    },
    store::{
        DatabaseError, Document,
        letter_plans::{self, Due},
        letters::{self, Claimed, Entry, Facts, Outcome},
        one,
    },
};

/// Letters of a round: of a free plan's fifty subrequests they leave the rest to others.
const MOST: u16 = 6;

/// What is older is no news (ms).
const TOO_LATE: i64 = 4 * DAY;

const MINUTE: i64 = 60_000;

const HOUR: i64 = 60 * MINUTE;

const DAY: i64 = 24 * HOUR;

const WEEK: i64 = 7 * DAY;

/// Sends what is due. Without a sender's address there is no mail, and without a base
/// URL no link: then all of it waits.
pub async fn send(courier: &Courier<'_>) -> Result<(), DatabaseError> {
    if courier.base_url.is_empty() || (courier.secret)("MAIL_FROM").is_none() {
        return Ok(());
    }
    let (db, now) = (courier.db, courier.now);
    if let Some(due) = letter_plans::due(db, now).await? {
        letter_plans::write(db, plan(&due, now)).await?;
    }
    let claimed = letters::claim(db, now, MOST).await?;
    if claimed.is_empty() {
        return Ok(());
    }
    let ready: Vec<Ready> = claimed
        .iter()
        .map(|claimed| Ready::of(courier, claimed))
        .collect();
    let hashes: Vec<&str> = ready.iter().map(|ready| &*ready.way_out.hash).collect();
    let links: Vec<(u16, &str)> = ready
        .iter()
        .map(|ready| (ready.way_out.program, &*ready.body))
        .collect();
    let (barred, revoked) = letters::barred(
        db,
        serde_json::to_string(&hashes)?,
        serde_json::to_string(&links)?,
    )
    .await?;
    let outcomes = claimed.iter().zip(ready).map(|(claimed, ready)| {
        let (barred, revoked) = (&barred, &revoked);
        async move {
            let outcome = match ready.decide(claimed, now, barred) {
                Some(outcome) => outcome,
                None => ready.send(courier, claimed, revoked).await,
            };
            // At once: a round may be ended while another letter still waits for its
            // answer, and what is not written down is sent again.
            one(db, letters::finish(&claimed.id, now, outcome)).await
        }
    });
    let finished: Result<Vec<_>, _> = join_all(outcomes).await.into_iter().collect();
    finished.map(drop)
}

/// What time brings about in a program.
fn plan(due: &Due, now: i64) -> Vec<crate::store::Statement> {
    let program = due.program;
    let mut statements = letter_plans::planned(program, now);
    let seconds = now.div_euclid(1_000);
    let local = seconds + i64::from(due.zone.offset_at(seconds));
    let hour = local.div_euclid(3_600).rem_euclid(24);
    let today = due.zone.day_of(seconds);
    let day = date::rfc3339(i64::from(today) * DAY);
    let (day, _) = day.split_once('T').unwrap_or_default();
    // In the morning, so that nobody is asked for their word at night; and once, as it
    // looks at every advocate.
    if hour == QUIET_HOUR {
        statements.push(letter_plans::quiet(program, now));
    }
    if hour >= WORK_BEGINS {
        statements.push(letter_plans::follow_up(program, now, day));
    }
    let weekday = usize::try_from((i64::from(today) + 3).rem_euclid(7)).unwrap_or_default();
    if hour >= WORK_BEGINS
        && WEEKDAYS
            .get(weekday)
            .is_some_and(|name| *name == due.weekly_on)
        && let Some(day_of) = Day::from_epoch(today)
    {
        let quarter = Quarter::of(day_of);
        let (first, last) = quarter.days();
        let instants = (
            due.zone.day_start(first.since_epoch()) * 1_000,
            due.zone.day_start(last.since_epoch().saturating_add(1)) * 1_000,
        );
        let name = quarter.to_string();
        statements.push(letter_plans::weekly(program, now, day, &name, instants));
    }
    statements
}

/// The hour of the program's day in which quiet advocates are looked for.
const QUIET_HOUR: i64 = 10;

/// From which hour on reps are told of their leads.
const WORK_BEGINS: i64 = 7;

/// Days of the week, from 1969-12-29 on.
const WEEKDAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// A letter that was claimed, with what has to be looked up for it.
struct Ready {
    way_out: WayOut,
    /// The body of the advocate's own link, as revocations know it; or empty.
    body: String,
    /// The link.
    url: String,
}

impl Ready {
    fn of(courier: &Courier<'_>, claimed: &Claimed) -> Self {
        let facts = &claimed.facts;
        let email = facts.email.as_deref().unwrap_or_default();
        let way_out = WayOut {
            hash: person::email_hash(&person::email_key(email)),
            program: facts.program,
        };
        let link = ProgramNumber::new(facts.program)
            .filter(|_| facts.advocate > 0)
            .map(|program| Link {
                program,
                advocate: AdvocateNumber(facts.advocate),
                medium: Medium::Email,
                destination: DestinationNumber::default(),
                label: LabelNumber::default(),
            });
        let (mut body, mut url) = (String::new(), String::new());
        if let Some(link) = link {
            body = format!("{:016x}", link.pack());
            url = format!("{}/{}", courier.base_url, courier.keyring.sign_link(&link));
        }
        Self { way_out, body, url }
    }

    /// What keeps the letter back, if something does.
    fn decide(&self, claimed: &Claimed, now: i64, barred: &[Document]) -> Option<Outcome> {
        let facts = &claimed.facts;
        if facts.is_off {
            return Some(Outcome::Skipped("it is switched off"));
        }
        if facts.email.is_none() {
            return Some(Outcome::Skipped("there is nobody to write to"));
        }
        if facts.is_past {
            return Some(Outcome::Skipped("it is no longer so"));
        }
        if claimed.queued_at < now - TOO_LATE {
            return Some(Outcome::Skipped("it is no news any more"));
        }
        let reason = barred.iter().find_map(|row| {
            let (hash, reason) = row.document.split_once(' ')?;
            (hash == self.way_out.hash).then_some(reason)
        });
        if let Some(reason) = reason {
            return Some(Outcome::Skipped(letter::why_barred(reason)));
        }
        let quiet = letter::minutes(&facts.quiet_from).zip(letter::minutes(&facts.quiet_to));
        if let Some((from, to)) = quiet {
            let at = letter::may_go(facts.zone, now, from, to);
            if at > now {
                return Some(Outcome::Waits(at, None));
            }
        }
        let (had, first) = claimed.week;
        facts.per_week.filter(|most| had >= *most)?;
        // There is room for it when the first of those letters is a week old.
        let turn = first.map(|first| first + WEEK);
        let turn = turn.filter(|turn| *turn <= claimed.queued_at + TOO_LATE);
        Some(turn.map_or(
            Outcome::Skipped("the person had as many letters as a week may have"),
            |turn| Outcome::Waits(turn, None),
        ))
    }

    /// Writes it and hands it over.
    async fn send(
        &self,
        courier: &Courier<'_>,
        claimed: &Claimed,
        revoked: &[Document],
    ) -> Outcome {
        let Some(letter) = self.write(courier, claimed, revoked) else {
            return Outcome::Skipped("there is no such message");
        };
        let reply = courier.mail.send(letter).await;
        match &reply {
            Ok(reply) if is_final(reply) => Outcome::Failed(mail::refusal(reply)),
            Ok(reply) if matches!(reply.status, 401 | 403) => {
                no_try(claimed, courier.now, "the mail provider does not know us")
            }
            Ok(reply) if !reply.is_success() => later(
                claimed,
                courier.now,
                reply.retry_after,
                mail::refusal(reply),
            ),
            Ok(_) => Outcome::Sent(mail::taken(reply).unwrap_or_default()),
            // What was thrown may name the address, and is not written down.
            Err(_) => no_try(
                claimed,
                courier.now,
                "the mail provider did not answer, or is not set up",
            ),
        }
    }

    fn write(
        &self,
        courier: &Courier<'_>,
        claimed: &Claimed,
        revoked: &[Document],
    ) -> Option<Letter> {
        let facts = &claimed.facts;
        let message = MessageName::named(&facts.message)?;
        let base = courier.base_url;
        let portal = format!("{base}/me");
        let of_program = format!("{} {}", facts.program, self.body);
        let is_revoked = revoked.iter().any(|row| row.document == of_program);
        let link = if is_revoked { &portal } else { &self.url };
        let words = |text: &str| Value::Words(text.to_owned());
        let list =
            |entries: &[Entry]| Value::List(entries.iter().map(|one| item(one, base)).collect());
        let mut values = vec![
            ("first_name", words(letter::first_name(&facts.person))),
            ("program", words(&facts.name)),
        ];
        match message.audience() {
            Audience::Advocate => values.extend([
                ("advocate", words(&facts.person)),
                ("link", Value::Url(link.clone())),
                ("portal", Value::Url(portal)),
                ("prospect", words(&facts.prospect)),
                (
                    "news",
                    words(letter::news(&facts.stage).unwrap_or_default()),
                ),
                ("days", words(&facts.days.to_string())),
                ("amount", words(&amount(facts))),
            ]),
            Audience::Rep => values.extend([
                ("rep", words(&facts.person)),
                ("day", Value::Url(format!("{base}/rep"))),
                ("leads", list(&facts.leads)),
                ("advocates", list(&facts.advocates)),
                ("progress", list(&facts.progress)),
            ]),
        }
        let logo = letter::logo(base, &facts.slug, facts.logo);
        let frame = Frame {
            from: &facts.name,
            logo: &logo,
            color: &facts.color,
            unsubscribe: &letter::way_out(base, courier.keyring, &self.way_out),
        };
        let words = match &facts.words {
            Some((subject, text)) => [subject.as_str(), text.as_str()],
            None => message.words(),
        };
        let to = facts.email.clone().unwrap_or_default();
        let mut letter = letter::write(to, words, &values, &frame);
        letter.id.clone_from(&claimed.id);
        Some(letter)
    }
}

fn item(Entry([label, detail, path]): &Entry, base_url: &str) -> Item {
    let url = if path.is_empty() {
        String::new()
    } else {
        format!("{base_url}{path}")
    };
    Item {
        label: label.clone(),
        detail: detail.clone(),
        url,
    }
}

/// What was paid, for people.
fn amount(facts: &Facts) -> String {
    match Currency::named(&facts.unit) {
        Some(currency) => {
            let decimal = money::decimal(facts.amount, currency.exponent());
            format!("{decimal} {}", facts.unit)
        }
        None if facts.amount == 1 => "1 month".to_owned(),
        None => format!("{} {}", facts.amount, facts.unit),
    }
}

/// Whether another try would come to the same: what is wrong is the letter.
fn is_final(reply: &Reply) -> bool {
    matches!(reply.status, 400 | 413 | 422)
}

/// What was wrong is not the letter, but how the provider is set up: letters wait until
/// somebody mends that, for three days at most. The longer it takes, the less often they
/// are tried.
fn no_try(claimed: &Claimed, now: i64, why: &'static str) -> Outcome {
    let waited = now - claimed.queued_at;
    if waited >= 3 * DAY {
        return Outcome::Failed(why.to_owned());
    }
    Outcome::Waits(now + waited.clamp(MINUTE, HOUR), Some(why))
}

fn later(claimed: &Claimed, now: i64, retry_after: Option<u32>, why: String) -> Outcome {
    match letter::retry_in(claimed.attempts, retry_after) {
        Some(wait) => Outcome::Again(now + wait, why),
        None => Outcome::Failed(why),
    }
}
