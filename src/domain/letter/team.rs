//! Letters to the team: how members sign in.

use super::{COLOR, Frame, Letter, write};
use crate::domain::template::{Value, Values};

/// The letter with a link that signs somebody in.
#[must_use]
pub fn sign_in(to: String, name: &str, url: &str) -> Letter {
    let text = "Hello {name},\n\nthis link signs you in. It works once, for 15 minutes:\n\n\
        [Sign in]({url})\n\n\
        If you did not ask for it, leave it alone: nobody gets in without it.";
    to_member(to, ["Your link to sign in to Goodword", text], name, url)
}

/// The letter that asks somebody to join the team.
#[must_use]
pub fn invitation(to: String, name: &str, url: &str) -> Letter {
    let text = "Hello {name},\n\nyou were invited to the console of a referral program. This \
        link signs you in. It works once, for 7 days:\n\n[Sign in]({url})\n\n\
        After that, ask for a new link with this address on the page to sign in.";
    to_member(to, ["You are invited to Goodword", text], name, url)
}

fn to_member(to: String, words: [&str; 2], name: &str, url: &str) -> Letter {
    let values: &Values = &[
        ("name", Value::Words(name.to_owned())),
        ("url", Value::Url(url.to_owned())),
    ];
    let frame = Frame {
        from: "Goodword",
        logo: "",
        color: COLOR,
        unsubscribe: "",
    };
    write(to, words, values, &frame)
}
