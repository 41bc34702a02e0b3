//! Mail to people: what a letter is, and the port that it leaves by.
//!
//! Owns the letters that the API itself writes. Who carries them (a binding, a
//! provider, the capture of development) is `cloudflare`'s and configuration.

use super::Answer;

/// A letter, in plain text: every program shows it, and a link in it can be
/// pressed in all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The address.
    pub to: String,
    /// One line.
    pub subject: String,
    /// The text.
    pub text: String,
}

/// Carries letters.
pub trait Mail: Send + Sync {
    /// Sends a letter; the error is for the log.
    fn send(&self, letter: Letter) -> Answer<'_, ()>;

    /// Sends a letter after the answer, so that how long an answer takes does not
    /// tell whether there was one to send. What fails is logged.
    fn send_later(&self, letter: Letter);
}

/// The letter with a link that signs somebody in.
#[must_use]
pub fn sign_in(to: String, name: &str, url: &str) -> Letter {
    Letter {
        to,
        subject: "Your link to sign in to Goodword".to_owned(),
        text: format!(
            "Hello {name},\n\n\
             this link signs you in. It works once, for 15 minutes:\n\n\
             {url}\n\n\
             If you did not ask for it, leave it alone: nobody gets in without it.\n"
        ),
    }
}

/// The letter with a link that signs an advocate in.
#[must_use]
pub fn portal(to: String, name: &str, program: &str, url: &str) -> Letter {
    Letter {
        to,
        subject: format!("Your link to {program}"),
        text: format!(
            "Hello {name},\n\n\
             this link signs you in to your own page of {program}. It works once, for 15 \
             minutes:\n\n\
             {url}\n\n\
             If you did not ask for it, leave it alone: nobody gets in without it.\n"
        ),
    }
}

/// The letter that asks somebody to join the team.
#[must_use]
pub fn invitation(to: String, name: &str, url: &str) -> Letter {
    Letter {
        to,
        subject: "You are invited to Goodword".to_owned(),
        text: format!(
            "Hello {name},\n\n\
             you were invited to the console of a referral program. This link signs you in. \
             It works once, for 7 days:\n\n\
             {url}\n\n\
             After that, ask for a new link with this address on the page to sign in.\n"
        ),
    }
}
