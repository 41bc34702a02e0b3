//! Salesforce's REST API.
//!
//! Owns the shapes that Salesforce documents:
//! - upsert of at most 200 records by an external id, answered in their order:
//!   <https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections_upsert.htm>
//! - errors as a list of codes with messages:
//!   <https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm>
//! - tokens by client credentials:
//!   <https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_client_credentials_flow.htm>

use super::{Defaults, Outcome, Record, Verdict, get, list, quoted, text, words};
use crate::decode::Tree;

/// Leads as leads.
pub const LEAD: Defaults = Defaults {
    key: "Goodword_Id__c",
    fields: &[
        ("FirstName", "first_name"),
        ("LastName", "last_name"),
        ("Company", "company"),
        ("Email", "email"),
        ("Phone", "phone"),
        ("Status", "stage"),
        ("OwnerId", "owner"),
        ("Goodword_Amount__c", "amount"),
        ("Goodword_Advocate__c", "advocate_name"),
        ("Goodword_Channel__c", "channel"),
    ],
    stages: &[
        ("new", "Open - Not Contacted"),
        ("accepted", "Working - Contacted"),
        ("meeting", "Meeting"),
        ("opportunity", "Opportunity"),
        ("won", "Won"),
        ("lost", "Closed - Not Converted"),
    ],
    most: 200,
};

/// Leads as opportunities.
pub const OPPORTUNITY: Defaults = Defaults {
    key: "Goodword_Id__c",
    fields: &[
        ("Name", "title"),
        ("StageName", "stage"),
        ("OwnerId", "owner"),
        ("Amount", "amount"),
        ("CloseDate", "closes"),
        ("Goodword_Advocate__c", "advocate_name"),
        ("Goodword_Channel__c", "channel"),
    ],
    stages: &[
        ("new", "Prospecting"),
        ("accepted", "Qualification"),
        ("meeting", "Needs Analysis"),
        ("opportunity", "Proposal/Price Quote"),
        ("won", "Closed Won"),
        ("lost", "Closed Lost"),
    ],
    most: 200,
};

/// The path and the body of an upsert.
#[must_use]
pub fn upsert(object: &str, key: &str, records: &[Record]) -> (String, String) {
    let records: Vec<String> = records
        .iter()
        .map(|record| {
            let news = record.news.trim_start_matches('{');
            format!(
                "{{\"attributes\":{{\"type\":{}}},{}:{}{}{news}",
                quoted(object),
                quoted(key),
                quoted(&record.lead),
                if news.starts_with('}') { "" } else { "," },
            )
        })
        .collect();
    (
        format!("/services/data/v62.0/composite/sobjects/{object}/{key}"),
        format!(
            "{{\"allOrNone\":false,\"records\":[{}]}}",
            records.join(",")
        ),
    )
}

/// The path and the body (a form) that ask for a token; nothing where the secret is not
/// `id:secret`.
#[must_use]
pub fn token(credential: &str) -> Option<(&'static str, String)> {
    let (id, secret) = credential.split_once(':')?;
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("grant_type", "client_credentials")
        .append_pair("client_id", id)
        .append_pair("client_secret", secret)
        .finish();
    Some(("/services/oauth2/token", form))
}

/// The token of an answer, or why there is none.
pub fn read_token(status: u16, body: &str) -> Result<String, String> {
    let tree = Tree::parse(body.as_bytes()).unwrap_or(Tree::Null);
    match (status, text(&tree, "access_token")) {
        (200, Some(token)) if !token.is_empty() && token.bytes().all(|b| b.is_ascii_graphic()) => {
            Ok(token.to_owned())
        }
        _ => {
            let why = text(&tree, "error_description").unwrap_or("no token");
            Err(words(&format!("{status}: {why}")))
        }
    }
}

/// What an answer means.
#[must_use]
pub fn verdict(status: u16, retry_after: Option<u32>, body: &str, records: &[Record]) -> Verdict {
    let tree = Tree::parse(body.as_bytes()).unwrap_or(Tree::Null);
    let results = list(Some(&tree));
    let code = results.first().and_then(|error| text(error, "errorCode"));
    let why = || {
        let message = results.first().and_then(|error| text(error, "message"));
        match (code, message) {
            (Some(code), Some(message)) => words(&format!("{status} {code}: {message}")),
            _ => format!("Salesforce answered {status}"),
        }
    };
    match (status, code) {
        (200, _) => {}
        (401, _) => return Verdict::Unauthorized(why()),
        (400, _) => return Verdict::Refused(why()),
        _ => return Verdict::Later(retry_after, why()),
    }
    if results.len() != records.len() {
        let why = "Salesforce did not answer for each record".to_owned();
        return Verdict::Later(None, why);
    }
    let outcomes = records.iter().zip(results).map(|(record, result)| {
        let is_done = get(result, "success") == Some(&Tree::Bool(true));
        let errors = list(get(result, "errors"));
        let error = errors.first().map(|error| {
            let code = text(error, "statusCode").unwrap_or("UNKNOWN");
            words(&format!(
                "{code}: {}",
                text(error, "message").unwrap_or_default()
            ))
        });
        Outcome {
            lead: record.lead.clone(),
            remote: text(result, "id")
                .filter(|_| is_done)
                .map(ToOwned::to_owned),
            error: if is_done {
                None
            } else {
                error.or_else(|| Some("Salesforce does not say why".to_owned()))
            },
        }
    });
    Verdict::Done(outcomes.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(lead: &str, news: &str) -> Record {
        Record {
            lead: lead.to_owned(),
            news: news.to_owned(),
        }
    }

    #[test]
    fn an_upsert_is_as_documented() {
        let records = [record("ld_1", r#"{"LastName":"Li"}"#), record("ld_2", "{}")];
        let (path, body) = upsert("Lead", "Goodword_Id__c", &records);
        assert_eq!(
            path,
            "/services/data/v62.0/composite/sobjects/Lead/Goodword_Id__c"
        );
        assert_eq!(
            body,
            r#"{"allOrNone":false,"records":[{"attributes":{"type":"Lead"},"Goodword_Id__c":"ld_1","LastName":"Li"},{"attributes":{"type":"Lead"},"Goodword_Id__c":"ld_2"}]}"#
        );
    }

    #[test]
    fn a_token_is_asked_for_by_a_form() {
        let (path, form) = token("3MVG:a b&c:d").unwrap();
        assert_eq!(path, "/services/oauth2/token");
        assert_eq!(
            form,
            "grant_type=client_credentials&client_id=3MVG&client_secret=a+b%26c%3Ad"
        );
        assert_eq!(token("no colon"), None);
        let body = r#"{"access_token":"00D!x","token_type":"Bearer","issued_at":"1"}"#;
        assert_eq!(read_token(200, body).as_deref(), Ok("00D!x"));
        let body = r#"{"error":"invalid_client","error_description":"invalid client credentials"}"#;
        let why = "400: invalid client credentials".to_owned();
        assert_eq!(read_token(400, body), Err(why));
        assert!(read_token(200, "{\"access_token\":\"a\\nb\"}").is_err());
    }

    #[test]
    fn records_are_answered_in_their_order() {
        let records = [record("ld_1", "{}"), record("ld_2", "{}")];
        let body = r#"[{"id":"00Q1","success":true,"errors":[],"created":true},
            {"success":false,"errors":[{"statusCode":"DUPLICATES_DETECTED","message":"Use one of these records?","fields":[]}]}]"#;
        let Verdict::Done(outcomes) = verdict(200, None, body, &records) else {
            panic!("it is an answer");
        };
        assert_eq!(outcomes[0].remote.as_deref(), Some("00Q1"));
        assert_eq!(outcomes[0].error, None);
        assert_eq!(outcomes[1].remote, None);
        let why = "DUPLICATES_DETECTED: Use one of these records?";
        assert_eq!(outcomes[1].error.as_deref(), Some(why));
    }

    #[test]
    fn limits_and_faults_of_theirs_are_waited_for() {
        let records = [record("ld_1", "{}")];
        let limited =
            r#"[{"message":"TotalRequests Limit exceeded.","errorCode":"REQUEST_LIMIT_EXCEEDED"}]"#;
        let why = "403 REQUEST_LIMIT_EXCEEDED: TotalRequests Limit exceeded.".to_owned();
        assert_eq!(
            verdict(403, None, limited, &records),
            Verdict::Later(None, why)
        );
        assert!(matches!(
            verdict(503, Some(9), "", &records),
            Verdict::Later(Some(9), _)
        ));
        assert!(matches!(
            verdict(200, None, "[]", &records),
            Verdict::Later(None, _)
        ));
        let expired =
            r#"[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]"#;
        assert!(matches!(
            verdict(401, None, expired, &records),
            Verdict::Unauthorized(_)
        ));
        assert!(matches!(
            verdict(400, None, "[]", &records),
            Verdict::Refused(_)
        ));
    }
}
