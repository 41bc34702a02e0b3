//! Letters: which there are, to whom, in which words, and when they may go.
//!
//! Owns the words that are ours until a program has its own, the frame around
//! them, and the hours in which nobody is written to. The markup of a text is
//! [`super::template`]'s.

use std::fmt::Write as _;

use askama::Template;
use serde::Serialize;

use super::{
    content,
    keyring::{Keyring, WayOut},
    template::{self, Parts, Value, Values},
    zone::Zone,
};
use crate::decode::names;

pub mod team;
mod words;

pub use words::news;

names! {
    /// A letter that is written for a program.
    pub enum MessageName {
        /// An advocate is invited, with their link.
        Invitation => "invitation",
        /// An advocate asked for a link that signs in.
        SignIn => "sign_in",
        /// A referral of theirs moved on.
        Moved => "moved",
        /// A referral of theirs became a customer.
        Thanks => "thanks",
        /// Nothing was heard of them for long.
        Quiet => "quiet",
        /// A reward was paid.
        Payout => "payout",
        /// A rep's leads stand still.
        FollowUp => "follow_up",
        /// A good moment of a rep's advocate came.
        Ask => "ask",
        /// A rep's week.
        Weekly => "weekly",
    }
}

names! {
    /// To whom a letter goes.
    pub enum Audience {
        /// An advocate.
        Advocate => "advocate",
        /// A rep.
        Rep => "rep",
    }
}

impl MessageName {
    /// The message of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }

    /// Whether somebody just asked for it: then it goes at any hour, and counts for no
    /// limit.
    #[must_use]
    pub fn is_asked_for(self) -> bool {
        matches!(self, Self::Invitation | Self::SignIn)
    }

    /// Whether it goes to somebody who wants no letters: what they ask for themselves.
    #[must_use]
    pub fn outlasts_unsubscribing(self) -> bool {
        self == Self::SignIn
    }
}

/// What all letters of a program have beside their words.
#[derive(Debug, Clone, Copy)]
pub struct Frame<'a> {
    /// Who writes: the program's name.
    pub from: &'a str,
    /// Where its logo is; empty for none.
    pub logo: &'a str,
    /// Its colour, `#rrggbb`.
    pub color: &'a str,
    /// Where no more letters can be had; empty where it is none of those that can be
    /// ended.
    pub unsubscribe: &'a str,
}

/// The colour of programs that have none of their own, and of the team's letters.
pub const COLOR: &str = "#0a6653";

#[derive(Template)]
#[template(path = "letter.html")]
struct Sheet<'a> {
    subject: &'a str,
    body: &'a str,
    from: &'a str,
    logo: &'a str,
    color: &'a str,
    unsubscribe: &'a str,
}

/// A letter that is ready to go.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Letter {
    /// The same for each try to send it, so that no provider sends it twice; empty
    /// where there is one try.
    pub id: String,
    /// The address.
    pub to: String,
    /// One line.
    pub subject: String,
    /// For programs that show text, and for those who would rather read it.
    pub text: String,
    /// For the others.
    pub html: String,
    /// Where no more letters can be had, by one click (RFC 8058); or empty.
    pub unsubscribe: String,
}

/// Writes a letter.
#[must_use]
pub fn write(to: String, [subject, text]: [&str; 2], values: &Values, frame: &Frame) -> Letter {
    let subject = template::subject(subject, values);
    let colors = [frame.color, content::text_on(frame.color)];
    let Parts { mut text, html } = template::render(text, values, colors);
    let html = Sheet {
        subject: &subject,
        body: &html,
        from: frame.from,
        logo: frame.logo,
        color: frame.color,
        unsubscribe: frame.unsubscribe,
    };
    // Rendering into memory cannot fail; the text part is there in any case.
    let html = html.render().unwrap_or_default();
    if !frame.unsubscribe.is_empty() {
        let _ = write!(
            text,
            "\n-- \nYou get this from {}. No more letters:\n{}\n",
            frame.from, frame.unsubscribe
        );
    }
    Letter {
        id: String::new(),
        to,
        subject,
        text,
        html,
        unsubscribe: frame.unsubscribe.to_owned(),
    }
}

/// Where the logo of a program is; empty where it has none.
#[must_use]
pub fn logo(base_url: &str, slug: &str, has_logo: bool) -> String {
    if has_logo {
        format!("{base_url}/l/{slug}/logo.png")
    } else {
        String::new()
    }
}

/// The URL by which somebody ends letters.
#[must_use]
pub fn way_out(base_url: &str, keyring: &Keyring, way_out: &WayOut) -> String {
    let token = keyring.sign_way_out(way_out).unwrap_or_default();
    format!("{base_url}/u/{token}")
}

/// Why an address on the list of those who get no letters is there.
#[must_use]
pub fn why_barred(reason: &str) -> &'static str {
    match reason {
        "unsubscribed" => "the person wants no letters",
        "bounced" => "the address takes no mail",
        "complained" => "the person called a letter spam",
        _ => "the address is on the list of those who get no letters",
    }
}

/// Values as a preview has them.
#[must_use]
pub fn examples(message: MessageName, program: &str, base_url: &str) -> Vec<(&'static str, Value)> {
    let all = message.placeholders().iter().flat_map(|some| some.iter());
    all.map(|one| {
        let words = match one.name {
            "program" => program.to_owned(),
            _ => one.example.replace("{base}", base_url),
        };
        let value = match one.kind {
            template::Kind::Words => Value::Words(words),
            template::Kind::Url => Value::Url(words),
            template::Kind::List => Value::List(words::example_items(one)),
        };
        (one.name, value)
    })
    .collect()
}

/// The first word of a name.
#[must_use]
pub fn first_name(name: &str) -> &str {
    name.split_whitespace().next().unwrap_or_default()
}

/// Minutes since midnight of a time like `20:30`.
#[must_use]
pub fn minutes(time: &str) -> Option<u16> {
    let (hours, minutes) = time.split_once(':')?;
    let number = |text: &str, below: u16| {
        let digits = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
        digits
            .then(|| text.parse().ok())
            .flatten()
            .filter(|number: &u16| *number < below)
    };
    Some(number(hours, 24)? * 60 + number(minutes, 60)?)
}

/// When a letter may go that is due now (Unix ms): now, or at the end of the hours (from
/// and to, in minutes of the program's day) in which nobody is written to.
#[must_use]
pub fn may_go(zone: Zone, now: i64, from: u16, to: u16) -> i64 {
    const DAY: i64 = 1_440;
    let seconds = now.div_euclid(1_000);
    let local = seconds + i64::from(zone.offset_at(seconds));
    let minute = local.div_euclid(60).rem_euclid(DAY);
    let (from, to) = (i64::from(from), i64::from(to));
    let is_quiet = if from <= to {
        (from..to).contains(&minute)
    } else {
        minute >= from || minute < to
    };
    if !is_quiet {
        return now;
    }
    let wait = (to - minute).rem_euclid(DAY) * 60 - local.rem_euclid(60);
    // The clock may be changed meanwhile: then the letter is looked at once more.
    (seconds + wait) * 1_000
}

/// When a letter is tried again that the provider did not take, in milliseconds; `None`
/// after about a day.
#[must_use]
pub fn retry_in(attempts: u32, retry_after: Option<u32>) -> Option<i64> {
    if attempts >= MOST_ATTEMPTS {
        return None;
    }
    let minutes = 4_i64.pow(attempts.saturating_sub(1).min(5)).min(360);
    let asked = i64::from(retry_after.unwrap_or_default()).min(86_400) * 1_000;
    Some((minutes * 60_000).max(asked))
}

/// 1, 4, 16, 64, 256 minutes, and six hours three times: a day.
const MOST_ATTEMPTS: u32 = 9;

#[cfg(test)]
mod tests;
