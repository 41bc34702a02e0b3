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

/// The letter that says that a webhook gets nothing any more, by its URL and why, and
/// whether it is paused; `page` is where it is set right.
#[must_use]
pub fn webhook_stopped(
    to: String,
    name: &str,
    [url, why]: [&str; 2],
    is_paused: bool,
    page: &str,
) -> Letter {
    let meanwhile = if is_paused {
        "What happens meanwhile waits for it, 30 days at most. See to it that somebody is \
        there, and resume it."
    } else {
        "It is switched off. What happens meanwhile is not sent, unless somebody switches it \
        on and sends it again."
    };
    let text = "Hello {name},\n\nthe webhook {url} gets nothing any more: {why}.\n\n\
        {meanwhile}\n\n[Webhooks]({page})";
    let values: &Values = &[
        ("name", Value::Words(name.to_owned())),
        ("url", Value::Words(url.to_owned())),
        ("why", Value::Words(why.to_owned())),
        ("meanwhile", Value::Words(meanwhile.to_owned())),
        ("page", Value::Url(page.to_owned())),
    ];
    let words = ["A webhook gets nothing any more", text];
    write(to, words, values, &FRAME)
}

const FRAME: Frame<'static> = Frame {
    from: "Goodword",
    logo: "",
    color: COLOR,
    unsubscribe: "",
};

fn to_member(to: String, words: [&str; 2], name: &str, url: &str) -> Letter {
    let values: &Values = &[
        ("name", Value::Words(name.to_owned())),
        ("url", Value::Url(url.to_owned())),
    ];
    write(to, words, values, &FRAME)
}
