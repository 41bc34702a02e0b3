//! Our own words of each message, and what may stand in them.

use super::{Audience, MessageName};
use crate::domain::template::{Item, Kind, Placeholder};

impl MessageName {
    /// To whom it goes.
    #[must_use]
    pub const fn audience(self) -> Audience {
        match self {
            Self::FollowUp | Self::Ask | Self::Weekly => Audience::Rep,
            _ => Audience::Advocate,
        }
    }

    /// When it goes, for whoever looks at the list.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::Invitation => "When an advocate is invited: their own link.",
            Self::SignIn => "When an advocate asks for a link that signs in.",
            Self::Moved => {
                "When a referral is accepted, has a meeting, becomes an opportunity or is lost."
            }
            Self::Thanks => "When a referral becomes a customer: thanks, and who else?",
            Self::Quiet => "When nothing was heard of an advocate for some days.",
            Self::Payout => "When a reward was paid.",
            Self::FollowUp => "When leads of a rep stand still.",
            Self::Ask => "When a good moment to ask a rep's advocate came.",
            Self::Weekly => "Once a week: a rep's goals and leads.",
        }
    }

    /// What may stand in it.
    #[must_use]
    pub const fn placeholders(self) -> &'static [&'static [Placeholder]] {
        match self {
            Self::Invitation => &[ADVOCATE],
            Self::SignIn => &[ADVOCATE, SIGN_IN],
            Self::Moved => &[ADVOCATE, PROSPECT, NEWS],
            Self::Thanks => &[ADVOCATE, PROSPECT],
            Self::Quiet => &[ADVOCATE, DAYS],
            Self::Payout => &[ADVOCATE, AMOUNT],
            Self::FollowUp => &[REP, LEADS],
            Self::Ask => &[REP, ADVOCATES],
            Self::Weekly => &[REP, PROGRESS, LEADS],
        }
    }

    /// Subject and text, where a program has none of its own.
    #[must_use]
    pub const fn words(self) -> [&'static str; 2] {
        match self {
            Self::Invitation => [
                "Your own link for {program}",
                "Hello {first_name},\n\nthis is your own link for {program}:\n\n{link}\n\n\
                 Hand it on to whomever it may help: we will know that they come by your good \
                 word.",
            ],
            Self::SignIn => [
                "Your link to {program}",
                "Hello {first_name},\n\nthis link signs you in to your own page of {program}. It \
                 works once, for 15 minutes:\n\n[Sign in]({sign_in})\n\n\
                 If you did not ask for it, leave it alone: nobody gets in without it.",
            ],
            Self::Moved => [
                "News of {prospect}",
                "Hello {first_name},\n\nyou referred {prospect} to us. {news}\n\n\
                 [See all of your referrals]({portal})",
            ],
            Self::Thanks => [
                "Thank you: {prospect} is now a customer",
                "Hello {first_name},\n\n{prospect}, whom you referred, is now a customer. Thank \
                 you for your good word!\n\nWho else might it help? This is your own link:\n\n\
                 {link}",
            ],
            Self::Quiet => [
                "Whom do you know?",
                "Hello {first_name},\n\nit has been {days} days since we last heard of each \
                 other. If somebody comes to your mind whom {program} could help, this is your \
                 own link:\n\n{link}",
            ],
            Self::Payout => [
                "Your reward was paid",
                "Hello {first_name},\n\n**{amount}** from {program} was paid to you. Thank you!\
                 \n\n[See your rewards]({portal})",
            ],
            Self::FollowUp => [
                "Leads that wait for you",
                "Hello {first_name},\n\nthese leads have stood still:\n\n{leads}\n\n\
                 [Open your day]({day})",
            ],
            Self::Ask => [
                "A good moment to ask",
                "Hello {first_name},\n\nthese advocates just had a good moment. Ask them whom \
                 they know:\n\n{advocates}\n\n[Open your day]({day})",
            ],
            Self::Weekly => [
                "Your week in {program}",
                "Hello {first_name},\n\n# Your goals and your week\n\n{progress}\n\n\
                 # Leads that stand still\n\n{leads}\n\n[Open your day]({day})",
            ],
        }
    }
}

const fn words(name: &'static str, about: &'static str, example: &'static str) -> Placeholder {
    Placeholder {
        name,
        about,
        example,
        kind: Kind::Words,
    }
}

const fn url(name: &'static str, about: &'static str, example: &'static str) -> Placeholder {
    Placeholder {
        name,
        about,
        example,
        kind: Kind::Url,
    }
}

const fn list(name: &'static str, about: &'static str, example: &'static str) -> Placeholder {
    Placeholder {
        name,
        about,
        example,
        kind: Kind::List,
    }
}

const ADVOCATE: &[Placeholder] = &[
    words("first_name", "The first word of their name.", "Maya"),
    words("advocate", "Their name.", "Maya Okafor"),
    words("program", "The program's name.", "Goodword"),
    url(
        "link",
        "Their own link.",
        "{base}/1AbCdEfGhIjKlMnOpQrStUvWxY",
    ),
    url("portal", "Their own page.", "{base}/me"),
];

const SIGN_IN: &[Placeholder] = &[url(
    "sign_in",
    "The link that signs in.",
    "{base}/me#token=example",
)];

const PROSPECT: &[Placeholder] = &[words(
    "prospect",
    "Whom they referred: the name, if they gave it themselves, and initials otherwise.",
    "Sam Keller",
)];

const NEWS: &[Placeholder] = &[words(
    "news",
    "A sentence on where the referral stands.",
    "We have met, and talk about what they need.",
)];

const DAYS: &[Placeholder] = &[words("days", "For how many days it has been quiet.", "45")];

const AMOUNT: &[Placeholder] = &[words("amount", "What was paid.", "120.00 EUR")];

const REP: &[Placeholder] = &[
    words("first_name", "The first word of their name.", "Lea"),
    words("rep", "Their name.", "Lea Brandt"),
    words("program", "The program's name.", "Goodword"),
    url("day", "Their page of the day.", "{base}/rep"),
];

const LEADS: &[Placeholder] = &[list(
    "leads",
    "Leads that stand still, each with where it stands and for how long. In a paragraph of its own.",
    "Sam Keller, Example GmbH: accepted, for 9 days",
)];

const ADVOCATES: &[Placeholder] = &[list(
    "advocates",
    "Advocates, each with what happened. In a paragraph of its own.",
    "Maya Okafor: rated us 10 of 10",
)];

const PROGRESS: &[Placeholder] = &[list(
    "progress",
    "Goals with how far they are, and what came in the last seven days. In a paragraph of its own.",
    "Meetings this quarter: 3 of 8",
)];

/// A list as a preview has it.
pub fn example_items(one: &Placeholder) -> Vec<Item> {
    let (label, detail) = one.example.split_once(": ").unwrap_or((one.example, ""));
    vec![Item {
        label: label.to_owned(),
        detail: detail.to_owned(),
        url: String::new(),
    }]
}

/// What there is to say of a referral that reached a stage; `None` for a stage of which
/// nothing is said.
#[must_use]
pub fn news(stage: &str) -> Option<&'static str> {
    Some(match stage {
        "accepted" => "We are in touch with them.",
        "meeting" => "We have met, and talk about what they need.",
        "opportunity" => "They are thinking about our offer.",
        "lost" => "It does not fit for now. Thank you for thinking of them, and of us.",
        _ => return None,
    })
}
