//! CRM: what is kept in step there, and how it is called by both sides.
//!
//! Owns the names of our fields, the mappings and their defaults, and what an answer of
//! a CRM means. How each vendor wants to be asked stands in [`hubspot`] and
//! [`salesforce`].

pub mod hubspot;
pub mod salesforce;

use super::{lead::Stage, target::Host};
use crate::decode::{Decode, Fault, Tree, names};

names! {
    /// Whose CRM it is.
    pub enum CrmKind {
        /// HubSpot.
        HubSpot => "hubspot",
        /// Salesforce.
        Salesforce => "salesforce",
    }
}

names! {
    /// What of a lead can be told to a CRM.
    pub enum Field {
        /// Its id.
        Id => "id",
        /// All but the last word of the name.
        FirstName => "first_name",
        /// The last word of the name; never empty.
        LastName => "last_name",
        /// The whole name; never empty.
        Name => "name",
        /// The company, or the name: what a deal is called.
        Title => "title",
        /// The address.
        Email => "email",
        /// The telephone number.
        Phone => "phone",
        /// Where they work.
        Company => "company",
        /// Where it stands, by the mapping of stages. Comes back.
        Stage => "stage",
        /// Why it was lost. Comes back with the stage.
        Reason => "reason",
        /// Who follows it up, by the mapping of owners. Comes back.
        Owner => "owner",
        /// What it comes to, in major units. Comes back.
        Amount => "amount",
        /// ISO 4217. Comes back with the amount.
        Currency => "currency",
        /// Id of who has the credit.
        Advocate => "advocate",
        /// Their name.
        AdvocateName => "advocate_name",
        /// By which channel it came.
        Channel => "channel",
        /// By which medium.
        Medium => "medium",
        /// Slug of the program.
        Program => "program",
        /// When it was referred.
        At => "at",
        /// When it was won.
        WonAt => "won_at",
        /// The day on which it was closed, or is expected to be: 90 days after the referral.
        Closes => "closes",
    }
}

/// Names that stand for other names, each once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mapping(pub Vec<(String, String)>);

impl Mapping {
    /// A mapping of constants.
    #[must_use]
    pub fn of(pairs: &[(&str, &str)]) -> Self {
        let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        Self(pairs.iter().map(owned).collect())
    }

    /// What a name stands for.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == key);
        found.map(|(_, value)| value.as_str())
    }

    /// The first name that stands for something.
    #[must_use]
    pub fn key_of(&self, value: &str) -> Option<&str> {
        let found = self.0.iter().find(|(_, known)| known == value);
        found.map(|(key, _)| key.as_str())
    }

    /// As a JSON object.
    #[must_use]
    pub fn to_json(&self) -> String {
        let pairs: Vec<String> = self
            .0
            .iter()
            .map(|(key, value)| format!("{}:{}", quoted(key), quoted(value)))
            .collect();
        format!("{{{}}}", pairs.join(","))
    }

    /// A name that something else stands for, too.
    #[must_use]
    pub fn doubled(&self) -> Option<&str> {
        let mut rest = self.0.as_slice();
        while let Some(((_, value), others)) = rest.split_first() {
            if others.iter().any(|(_, other)| other == value) {
                return Some(value);
            }
            rest = others;
        }
        None
    }
}

impl Decode for Mapping {
    fn decode(tree: Tree) -> Result<Self, Fault> {
        let mut pairs: Vec<(String, String)> = Vec::new();
        for (key, value) in tree.into_object("an object of names")? {
            let value = String::decode(value).map_err(|fault| fault.of(&key))?;
            if pairs.iter().any(|(known, _)| *known == key) {
                return Err(Fault::new("stands twice").of(&key));
            }
            pairs.push((key, value));
        }
        Ok(Self(pairs))
    }
}

/// How a connection is set up unless somebody says otherwise.
pub struct Defaults {
    /// Their field that holds our id.
    pub key: &'static str,
    /// Their fields, and what of ours is in each.
    pub fields: &'static [(&'static str, &'static str)],
    /// What our stages are there.
    pub stages: &'static [(&'static str, &'static str)],
    /// Leads that go at a time at most.
    pub most: u16,
}

impl CrmKind {
    /// Whether a host is the CRM's own: HubSpot's API in each of its regions, and the
    /// domains of Salesforce's orgs.
    #[must_use]
    pub fn is_at(self, host: &Host) -> bool {
        let Host::Name(name) = host else { return false };
        match self {
            Self::HubSpot => name
                .strip_suffix(".hubapi.com")
                .is_some_and(|label| label.starts_with("api") && !label.contains('.')),
            Self::Salesforce => {
                name.ends_with(".salesforce.com") || name.ends_with(".salesforce.mil")
            }
        }
    }

    /// The defaults for an object of the CRM; nothing for one that is not known.
    #[must_use]
    pub fn defaults(self, object: &str) -> Option<&'static Defaults> {
        match (self, object) {
            (Self::HubSpot, "contacts") => Some(&hubspot::CONTACTS),
            (Self::HubSpot, "deals") => Some(&hubspot::DEALS),
            (Self::Salesforce, "Lead") => Some(&salesforce::LEAD),
            (Self::Salesforce, "Opportunity") => Some(&salesforce::OPPORTUNITY),
            _ => None,
        }
    }

    /// What is wrong with a mapping of fields, if something is.
    #[must_use]
    pub fn fault_of_fields(fields: &Mapping, key: &str) -> Option<(String, String)> {
        if fields.0.is_empty() || fields.0.len() > 50 {
            return Some((String::new(), "must name 1 to 50 fields".to_owned()));
        }
        for (theirs, ours) in &fields.0 {
            let fault = if !is_name(theirs) {
                "is no name of a field"
            } else if theirs == key {
                "holds our id, and nothing else"
            } else if !Field::ALL.iter().any(|field| field.name() == ours) {
                "is mapped to no field of ours"
            } else {
                continue;
            };
            return Some((theirs.clone(), fault.to_owned()));
        }
        None
    }
}

/// What is wrong with a mapping of stages, if something is.
#[must_use]
pub fn fault_of_stages(stages: &Mapping) -> Option<(String, String)> {
    for (ours, theirs) in &stages.0 {
        if !Stage::ALL.iter().any(|stage| stage.name() == ours) {
            return Some((ours.clone(), "is no stage of ours".to_owned()));
        }
        if !(1..=200).contains(&theirs.len()) {
            return Some((ours.clone(), "must have 1 to 200 characters".to_owned()));
        }
    }
    // One that stands for two could not come back.
    let doubled = stages.doubled()?;
    Some((String::new(), format!("has `{doubled}` twice")))
}

/// Whether a text can name a field of a CRM: it stands in URLs and in JSON paths.
#[must_use]
pub fn is_name(text: &str) -> bool {
    (1..=100).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// A lead on its way.
#[derive(Debug, Clone)]
pub struct Record {
    /// Its id.
    pub lead: String,
    /// What is new of it, `{theirs: value}`.
    pub news: String,
}

/// What an answer of a CRM means.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It looked at each record.
    Done(Vec<Outcome>),
    /// It does not know us, or not any more.
    Unauthorized(String),
    /// It may take the same later, after so many seconds if it says so.
    Later(Option<u32>, String),
    /// It takes none of them as they are.
    Refused(String),
}

/// What became of a record.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Outcome {
    /// The lead.
    pub lead: String,
    /// What they call it.
    pub remote: Option<String>,
    /// Why they did not take it.
    pub error: Option<String>,
}

/// Characters of their words that are kept.
const MOST_WORDS: usize = 300;

/// What they say is wrong, cut off.
fn words(text: &str) -> String {
    text.chars().take(MOST_WORDS).collect()
}

/// A text as JSON; it always serialises.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

/// A field of an answer.
fn get<'a>(tree: &'a Tree, name: &str) -> Option<&'a Tree> {
    match tree {
        Tree::Object(pairs) => pairs
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value),
        _ => None,
    }
}

/// A text of an answer.
fn text<'a>(tree: &'a Tree, name: &str) -> Option<&'a str> {
    match get(tree, name) {
        Some(Tree::Text(text)) => Some(text),
        _ => None,
    }
}

/// The elements of an answer.
fn list(tree: Option<&Tree>) -> &[Tree] {
    match tree {
        Some(Tree::List(list)) => list,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_is_a_mapping_that_may_be_saved() {
        for (kind, object) in [
            (CrmKind::HubSpot, "contacts"),
            (CrmKind::HubSpot, "deals"),
            (CrmKind::Salesforce, "Lead"),
            (CrmKind::Salesforce, "Opportunity"),
        ] {
            let defaults = kind.defaults(object).unwrap();
            let fields = Mapping::of(defaults.fields);
            assert_eq!(CrmKind::fault_of_fields(&fields, defaults.key), None);
            let stages = Mapping::of(defaults.stages);
            assert_eq!(fault_of_stages(&stages), None);
            assert_eq!(stages.0.len(), Stage::ALL.len());
        }
        assert!(CrmKind::HubSpot.defaults("Lead").is_none());
    }

    #[test]
    fn a_mapping_that_could_not_come_back_is_refused() {
        let fault = |pairs| fault_of_stages(&Mapping::of(pairs));
        assert_eq!(fault(&[("won", "A"), ("lost", "B")]), None);
        let twice = Some((String::new(), "has `A` twice".to_owned()));
        assert_eq!(fault(&[("won", "A"), ("lost", "A")]), twice);
        let unknown = Some(("sold".to_owned(), "is no stage of ours".to_owned()));
        assert_eq!(fault(&[("sold", "A")]), unknown);
        let fields = |pairs: &[(&str, &str)]| {
            CrmKind::fault_of_fields(&Mapping::of(pairs), "goodword_id").map(|(field, _)| field)
        };
        assert_eq!(fields(&[("email", "email")]), None);
        for (theirs, ours) in [
            ("a-b", "email"),
            ("a\"]", "email"),
            ("goodword_id", "id"),
            ("email", "mail"),
        ] {
            assert_eq!(fields(&[(theirs, ours)]), Some(theirs.to_owned()));
        }
        assert_eq!(fields(&[]), Some(String::new()));
    }

    #[test]
    fn a_mapping_is_the_object_that_it_is_read_from() {
        let text = r#"{"a":"b","c":"\"d\""}"#;
        let mapping: Mapping = crate::decode::read(text.as_bytes()).unwrap();
        assert_eq!(mapping.to_json(), text);
        assert_eq!(mapping.get("c"), Some("\"d\""));
        assert_eq!(mapping.key_of("b"), Some("a"));
        assert!(crate::decode::read::<Mapping>(br#"{"a":"b","a":"c"}"#).is_err());
        assert!(crate::decode::read::<Mapping>(br#"{"a":1}"#).is_err());
    }
}
