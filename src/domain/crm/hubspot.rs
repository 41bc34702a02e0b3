//! HubSpot's CRM API, version 3, and its webhooks.
//!
//! Owns the shapes that HubSpot documents:
//! - batch upsert, at most 100 records, each found by a property that is unique:
//!   <https://developers.hubspot.com/docs/api-reference/legacy/crm/objects/contacts/batch/upsert-contacts>
//! - answers 200 where all went well and 207 where some did not, with the trace ids that
//!   were sent along: <https://developers.hubspot.com/docs/api-reference/error-handling>
//! - webhooks, at most 100 events a request:
//!   <https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide>
//! - their signature, version 3:
//!   <https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests>

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{Defaults, Outcome, Record, Verdict, get, list, quoted, text, words};
use crate::{
    decode::{self, Decode, Fault, Fields, Tree},
    domain::base64,
};

/// Where HubSpot is.
pub const URL: &str = "https://api.hubapi.com";

/// Leads as contacts.
pub const CONTACTS: Defaults = Defaults {
    key: "goodword_id",
    fields: &[
        ("email", "email"),
        ("firstname", "first_name"),
        ("lastname", "last_name"),
        ("phone", "phone"),
        ("company", "company"),
        ("hs_lead_status", "stage"),
        ("hubspot_owner_id", "owner"),
        ("goodword_amount", "amount"),
        ("goodword_advocate", "advocate_name"),
        ("goodword_channel", "channel"),
    ],
    stages: &[
        ("new", "NEW"),
        ("accepted", "OPEN"),
        ("meeting", "CONNECTED"),
        ("opportunity", "OPEN_DEAL"),
        ("won", "WON"),
        ("lost", "UNQUALIFIED"),
    ],
    most: 100,
};

/// Leads as deals of the pipeline that each account begins with.
pub const DEALS: Defaults = Defaults {
    key: "goodword_id",
    fields: &[
        ("dealname", "title"),
        ("dealstage", "stage"),
        ("hubspot_owner_id", "owner"),
        ("amount", "amount"),
        ("closedate", "closes"),
        ("closed_lost_reason", "reason"),
        ("goodword_advocate", "advocate_name"),
        ("goodword_channel", "channel"),
    ],
    stages: &[
        ("new", "appointmentscheduled"),
        ("accepted", "qualifiedtobuy"),
        ("meeting", "presentationscheduled"),
        ("opportunity", "contractsent"),
        ("won", "closedwon"),
        ("lost", "closedlost"),
    ],
    most: 100,
};

/// How old a request of theirs may be (ms), as they say.
const TOLERANCE: i64 = 300_000;

/// The path and the body of an upsert.
#[must_use]
pub fn upsert(object: &str, key: &str, records: &[Record]) -> (String, String) {
    let inputs: Vec<String> = records
        .iter()
        .map(|record| {
            let lead = quoted(&record.lead);
            format!(
                "{{\"idProperty\":{},\"id\":{lead},\"objectWriteTraceId\":{lead},\"properties\":{}}}",
                quoted(key),
                record.news,
            )
        })
        .collect();
    (
        format!("/crm/v3/objects/{object}/batch/upsert"),
        format!("{{\"inputs\":[{}]}}", inputs.join(",")),
    )
}

/// What an answer means.
#[must_use]
pub fn verdict(
    status: u16,
    retry_after: Option<u32>,
    body: &str,
    key: &str,
    records: &[Record],
) -> Verdict {
    let tree = Tree::parse(body.as_bytes()).unwrap_or(Tree::Null);
    let why = || match text(&tree, "message") {
        Some(message) => words(&format!("{status}: {message}")),
        None => format!("HubSpot answered {status}"),
    };
    match status {
        200 | 201 | 207 => {}
        401 => return Verdict::Unauthorized(why()),
        // What one record has wrong is said of all of them.
        400 | 409 => return Verdict::Refused(why()),
        _ => return Verdict::Later(retry_after, why()),
    }
    if !matches!(get(&tree, "results"), Some(Tree::List(_))) {
        return Verdict::Later(None, "HubSpot's answer has no `results`".to_owned());
    }
    let named = |result: &Tree, lead: &str| {
        let unique = get(result, "properties").and_then(|properties| text(properties, key));
        text(result, "objectWriteTraceId") == Some(lead) || unique == Some(lead)
    };
    let outcomes = records.iter().map(|record| {
        let lead = record.lead.as_str();
        let mut results = list(get(&tree, "results")).iter();
        let mut errors = list(get(&tree, "errors")).iter();
        let remote = results
            .find(|result| named(result, lead))
            .and_then(|result| text(result, "id"));
        let error = match remote {
            Some(_) => None,
            None => Some(
                errors
                    .find(|error| get(error, "context").is_some_and(|context| says(context, lead)))
                    .and_then(|error| text(error, "message"))
                    .unwrap_or("HubSpot does not say what became of it"),
            ),
        };
        Outcome {
            lead: record.lead.clone(),
            remote: remote.map(ToOwned::to_owned),
            error: error.map(words),
        }
    });
    Verdict::Done(outcomes.collect())
}

/// Whether an error's context, lists of texts by their names, names a lead.
fn says(context: &Tree, lead: &str) -> bool {
    let Tree::Object(lists) = context else {
        return false;
    };
    lists.iter().any(|(_, values)| {
        list(Some(values))
            .iter()
            .any(|value| matches!(value, Tree::Text(text) if text == lead))
    })
}

/// An event of a webhook. Others than a change of a property have no property.
#[derive(Debug)]
pub struct Event {
    /// Not unique by itself, as the documentation says.
    id: i64,
    /// Whose subscription it is.
    subscription: i64,
    /// The record; 0 of what is about none.
    pub object: i64,
    /// When it happened (Unix ms).
    pub at: i64,
    /// What changed.
    pub property: Option<String>,
    /// What it is now; empty for nothing.
    pub value: Option<String>,
}

impl Decode for Event {
    fn decode(tree: Tree) -> Result<Self, Fault> {
        const NAMES: &[&str] = &[
            "eventId",
            "subscriptionId",
            "objectId",
            "occurredAt",
            "propertyName",
            "propertyValue",
        ];
        let mut fields = Fields::open(tree, NAMES, false)?;
        let (id, subscription) = (fields.take(i64::decode), fields.take(decode::or_default));
        // An association has two objects and no property; it is none of ours, and spoils
        // none of those beside it.
        let (object, at) = (fields.take(decode::or_default), fields.take(i64::decode));
        let (property, value) = (fields.take(Decode::decode), fields.take(value_text));
        let (Some(id), Some(subscription), Some(object), Some(at), Some(property), Some(value)) =
            (id, subscription, object, at, property, value)
        else {
            return Err(fields.fault());
        };
        Ok(Self {
            id,
            subscription,
            object,
            at,
            property,
            value,
        })
    }
}

/// A value, also where it is written as a number.
fn value_text(tree: Tree) -> Result<Option<String>, Fault> {
    match tree {
        Tree::Integer(number) => Ok(Some(number.to_string())),
        tree => Decode::decode(tree),
    }
}

impl Event {
    /// What it is known by: a retry has the same, and nothing else has.
    #[must_use]
    pub fn id(&self) -> String {
        format!(
            "{}.{}.{}.{}.{}",
            self.id,
            self.subscription,
            self.object,
            self.property.as_deref().unwrap_or_default(),
            self.at,
        )
    }
}

/// Whether a signature of version 3 is that of an app's secret: HMAC-SHA256 of the
/// method, the URL, the body and the time (Unix ms), in base64.
#[must_use]
pub fn is_signed(
    secret: &str,
    url: &str,
    body: &[u8],
    timestamp: &str,
    signature: &str,
    now: i64,
) -> bool {
    let is_recent = timestamp
        .parse::<i64>()
        .is_ok_and(|at| (now.saturating_sub(at)).saturating_abs() <= TOLERANCE);
    let (Ok(mac), Some(tag)) = (
        Hmac::<Sha256>::new_from_slice(secret.as_bytes()),
        base64::decode(signature),
    ) else {
        return false;
    };
    let mac = mac
        .chain_update("POST")
        .chain_update(url)
        .chain_update(body)
        .chain_update(timestamp);
    is_recent && !secret.is_empty() && mac.verify_slice(&tag).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(lead: &str) -> Record {
        Record {
            lead: lead.to_owned(),
            news: r#"{"email":"sam@example.org"}"#.to_owned(),
        }
    }

    #[test]
    fn an_upsert_is_as_documented() {
        let (path, body) = upsert("contacts", "goodword_id", &[record("ld_1")]);
        assert_eq!(path, "/crm/v3/objects/contacts/batch/upsert");
        assert_eq!(
            body,
            r#"{"inputs":[{"idProperty":"goodword_id","id":"ld_1","objectWriteTraceId":"ld_1","properties":{"email":"sam@example.org"}}]}"#
        );
    }

    #[test]
    fn a_part_that_failed_is_told_from_the_rest() {
        let records = [record("ld_1"), record("ld_2"), record("ld_3")];
        let body = r#"{"status":"COMPLETE","results":[
            {"id":"101","properties":{"goodword_id":"ld_1"},"new":true},
            {"id":"103","objectWriteTraceId":"ld_3","properties":{}}],
            "numErrors":1,"errors":[{"status":"error","category":"VALIDATION_ERROR",
              "message":"Email is invalid","context":{"objectWriteTraceId":["ld_2"]}}]}"#;
        let Verdict::Done(outcomes) = verdict(207, None, body, "goodword_id", &records) else {
            panic!("it is an answer");
        };
        let seen: Vec<(Option<&str>, Option<&str>)> = outcomes
            .iter()
            .map(|one| (one.remote.as_deref(), one.error.as_deref()))
            .collect();
        assert_eq!(
            seen,
            [
                (Some("101"), None),
                (None, Some("Email is invalid")),
                (Some("103"), None)
            ]
        );
    }

    #[test]
    fn what_is_none_of_ours_spoils_nothing_beside_it() {
        let body = r#"[{"eventId":1,"subscriptionId":2,"occurredAt":3,"fromObjectId":4,
              "toObjectId":5,"associationType":"CONTACT_TO_DEAL"},
            {"eventId":6,"subscriptionId":2,"objectId":7,"occurredAt":8,
              "propertyName":"amount","propertyValue":9}]"#;
        let events: Vec<Event> = decode::read(body.as_bytes()).unwrap();
        let seen: Vec<(i64, Option<&str>, Option<&str>)> = events
            .iter()
            .map(|one| (one.object, one.property.as_deref(), one.value.as_deref()))
            .collect();
        assert_eq!(seen, [(0, None, None), (7, Some("amount"), Some("9"))]);
    }

    #[test]
    fn what_is_no_answer_is_tried_again() {
        let verdict = |status, retry, body| verdict(status, retry, body, "k", &[record("ld_1")]);
        let limited = r#"{"status":"error","message":"You have reached your ten_secondly_rolling limit.","errorType":"RATE_LIMIT"}"#;
        let why = "429: You have reached your ten_secondly_rolling limit.".to_owned();
        assert_eq!(verdict(429, Some(7), limited), Verdict::Later(Some(7), why));
        for (status, body) in [(500, ""), (502, "<html>"), (200, "{\"results\":[{\"id")] {
            assert!(matches!(
                verdict(status, None, body),
                Verdict::Later(None, _)
            ));
        }
        assert!(matches!(verdict(401, None, "{}"), Verdict::Unauthorized(_)));
        assert!(matches!(verdict(400, None, "{}"), Verdict::Refused(_)));
        let Verdict::Done(outcomes) = verdict(200, None, r#"{"results":[]}"#) else {
            panic!("it is an answer");
        };
        assert!(outcomes.iter().all(|one| one.error.is_some()));
    }

    #[test]
    fn a_signature_holds_for_five_minutes_and_what_it_signs() {
        // python3: base64(hmac(b"shh", b"POSThttps://a.example/x[]1700000000000", sha256))
        let signature = "mlJqhNaN4/0PpYlyriEvpVEUb8L2NyBVnJgvBF4SKcA=";
        let signed = |secret, url, body: &str, now| {
            is_signed(
                secret,
                url,
                body.as_bytes(),
                "1700000000000",
                signature,
                now,
            )
        };
        let (url, at) = ("https://a.example/x", 1_700_000_000_000);
        assert!(signed("shh", url, "[]", at));
        assert!(signed("shh", url, "[]", at + 300_000));
        assert!(!signed("shh", url, "[]", at + 300_001));
        assert!(!signed("shh", url, "[] ", at));
        assert!(!signed("shh", "https://b.example/x", "[]", at));
        assert!(!signed("other", url, "[]", at));
        assert!(!signed("", url, "[]", at));
    }
}
