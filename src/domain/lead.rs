//! Leads: the stages that they go through, and what makes one suspicious.
//!
//! Owns the edges between stages and the fraud rules. A fraud rule puts a flag
//! on a lead, which holds its rewards until a person has looked; it denies
//! nothing.

use serde::Serialize;

use crate::decode::names;

names! {
    /// Where a lead stands.
    #[derive(PartialOrd, Ord)]
    pub enum Stage {
        /// Came in.
        New => "new",
        /// Sales takes it on.
        Accepted => "accepted",
        /// There was a meeting.
        Meeting => "meeting",
        /// There is something to be sold.
        Opportunity => "opportunity",
        /// Sold.
        Won => "won",
        /// Not followed up, for a reason.
        Lost => "lost",
    }
}

impl Stage {
    /// Where a person may take a lead from here: a step on, past the meeting
    /// where there was none, or out; and what was lost may be taken up again.
    /// What is won stays so: money given back is a refund.
    #[must_use]
    pub const fn next(self) -> &'static [Self] {
        match self {
            Self::New => &[Self::Accepted, Self::Lost],
            Self::Accepted => &[Self::Meeting, Self::Opportunity, Self::Lost],
            Self::Meeting => &[Self::Opportunity, Self::Lost],
            Self::Opportunity => &[Self::Won, Self::Lost],
            Self::Won => &[],
            Self::Lost => &[Self::Accepted],
        }
    }
}

/// A fraud rule that holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Flag {
    /// Its name.
    pub rule: &'static str,
    /// What was found, without a personal datum.
    pub detail: String,
}

/// What the fraud rules look at. Where something is not known, it tells nothing.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Signs {
    /// The prospect has the advocate's address, normalised.
    pub same_email: bool,
    /// The prospect's address is at the same company as the advocate's.
    pub same_domain: bool,
    /// Whoever sent the form, or clicked, was the advocate that day.
    pub same_visitor: bool,
    /// Leads of the same advocate within 24 hours, this one included.
    pub leads_in_a_day: u32,
    /// The address is at a provider of throw-away addresses.
    pub disposable_mail: bool,
    /// They bought before they were referred.
    pub existing_customer: bool,
}

/// More leads of one advocate within 24 hours than this are looked at.
pub const VELOCITY: u32 = 20;

impl Signs {
    /// The flags that these signs raise.
    #[must_use]
    pub fn flags(&self) -> Vec<Flag> {
        let flag = |rule, detail: &str| Flag {
            rule,
            detail: detail.to_owned(),
        };
        let mut flags = Vec::new();
        if self.same_email {
            flags.push(flag(
                "same_email",
                "the prospect has the advocate's address",
            ));
        } else if self.same_domain {
            // Who has the address has the domain, too; once is enough.
            flags.push(flag(
                "same_domain",
                "the prospect and the advocate share a mail domain",
            ));
        }
        if self.same_visitor {
            flags.push(flag(
                "same_visitor",
                "the advocate shared from where the prospect came",
            ));
        }
        if self.leads_in_a_day > VELOCITY {
            let detail = format!("{} leads of the advocate in 24 hours", self.leads_in_a_day);
            flags.push(flag("velocity", &detail));
        }
        if self.disposable_mail {
            flags.push(flag("disposable_mail", "the address is a throw-away one"));
        }
        if self.existing_customer {
            flags.push(flag(
                "existing_customer",
                "they had bought before they were referred",
            ));
        }
        flags
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_edges_are_pinned() {
        let edges: Vec<String> = Stage::ALL
            .iter()
            .flat_map(|from| {
                from.next()
                    .iter()
                    .map(|to| format!("{}>{}", from.name(), to.name()))
            })
            .collect();
        assert_eq!(
            edges.join(" "),
            "new>accepted new>lost accepted>meeting accepted>opportunity accepted>lost \
             meeting>opportunity meeting>lost opportunity>won opportunity>lost lost>accepted"
        );
    }

    #[test]
    fn each_sign_raises_its_flag() {
        let rules = |signs: Signs| {
            let flags = signs.flags();
            flags
                .iter()
                .map(|flag| flag.rule)
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(rules(Signs::default()), "");
        let all = Signs {
            same_email: true,
            same_domain: true,
            same_visitor: true,
            leads_in_a_day: VELOCITY + 1,
            disposable_mail: true,
            existing_customer: true,
        };
        assert_eq!(
            rules(all),
            "same_email same_visitor velocity disposable_mail existing_customer"
        );
        let domain = Signs {
            same_domain: true,
            leads_in_a_day: VELOCITY,
            ..Signs::default()
        };
        assert_eq!(rules(domain), "same_domain");
    }
}
