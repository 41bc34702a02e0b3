//! Webhooks: how a message is signed, by us or by others (Standard Webhooks 1.0.0), and
//! what is told of.
//!
//! Owns the form of a secret and of a signature, and how old a message may be. A secret
//! is `whsec_` and its bytes in base64; a signature is HMAC-SHA256 of
//! `{id}.{timestamp}.{body}`, written `v1,` and its bytes in base64.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::base64;

/// How a secret begins.
const PREFIX: &str = "whsec_";

/// How old a message may be, or how early (seconds): clocks differ, and whoever has read
/// one on its way shall not send it again tomorrow.
const TOLERANCE: i64 = 300;

/// Bytes that a secret has (the specification's own bounds).
const LENGTHS: std::ops::RangeInclusive<usize> = 24..=64;

/// Why a message is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A header is missing, or has not the form that it should have.
    #[error("`webhook-id`, `webhook-timestamp` or `webhook-signature` is missing or malformed")]
    Headers,
    /// It is too old, or not yet.
    #[error("`webhook-timestamp` is more than five minutes from now")]
    Time,
    /// No signature is one that any of the secrets makes.
    #[error("no signature in `webhook-signature` matches")]
    Signature,
}

/// A new secret.
#[must_use]
pub fn new_secret(random: [u8; 32]) -> String {
    format!("{PREFIX}{}", base64::encode(&random))
}

/// Whether a text can be a secret: base64 of 24 to 64 bytes, with or without what it
/// should begin with.
#[must_use]
pub fn is_secret(text: &str) -> bool {
    key(text).is_some()
}

/// `webhook-signature` of a message of ours: a signature for each secret, so that
/// whoever has only the old one, or only the new one, can verify it.
#[must_use]
pub fn sign(secrets: &[&str], id: &str, timestamp: i64, body: &str) -> String {
    let timestamp = timestamp.to_string();
    let signatures: Vec<String> = secrets
        .iter()
        .filter_map(|secret| key(secret))
        .map(|key| {
            let tag = mac(key, id, &timestamp, body.as_bytes()).finalize();
            format!("v1,{}", base64::encode(&tag.into_bytes()))
        })
        .collect();
    signatures.join(" ")
}

/// Verifies a message of somebody else by any of the secrets that it may be signed with;
/// answers its id, by which one that comes twice is known. `header` answers a header
/// field by its name in small letters; Svix's older names of the three are looked for,
/// too. `now` is in Unix ms.
pub fn verify<'a>(
    secrets: &[&str],
    header: &dyn Fn(&str) -> Option<&'a str>,
    body: &[u8],
    now: i64,
) -> Result<&'a str, Refusal> {
    let either = |ours: &str, theirs: &str| header(ours).or_else(|| header(theirs));
    let id = either("webhook-id", "svix-id");
    let timestamp = either("webhook-timestamp", "svix-timestamp");
    let signatures = either("webhook-signature", "svix-signature");
    let (Some(id), Some(timestamp), Some(signatures)) = (id, timestamp, signatures) else {
        return Err(Refusal::Headers);
    };
    // A dot would leave open where the id ends.
    let is_id =
        (1..=256).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic() && b != b'.');
    let is_time =
        (1..=12).contains(&timestamp.len()) && timestamp.bytes().all(|b| b.is_ascii_digit());
    let at: i64 = timestamp.parse().unwrap_or_default();
    if !is_id || !is_time {
        return Err(Refusal::Headers);
    }
    if (now.div_euclid(1_000) - at).abs() > TOLERANCE {
        return Err(Refusal::Time);
    }
    for key in secrets.iter().filter_map(|secret| key(secret)) {
        let mac = mac(key, id, timestamp, body);
        for signature in signatures.split(' ') {
            let tag = signature.strip_prefix("v1,").and_then(base64::decode);
            // In constant time, and of the whole tag.
            if tag.is_some_and(|tag| mac.clone().verify_slice(&tag).is_ok()) {
                return Ok(id);
            }
        }
    }
    Err(Refusal::Signature)
}

/// What a secret signs with.
fn key(secret: &str) -> Option<Hmac<Sha256>> {
    let bytes = base64::decode(secret.strip_prefix(PREFIX).unwrap_or(secret))?;
    if !LENGTHS.contains(&bytes.len()) {
        return None;
    }
    Hmac::new_from_slice(&bytes).ok()
}

fn mac(key: Hmac<Sha256>, id: &str, timestamp: &str, body: &[u8]) -> Hmac<Sha256> {
    key.chain_update(id)
        .chain_update(".")
        .chain_update(timestamp)
        .chain_update(".")
        .chain_update(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification's own libraries.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const AT: i64 = 1_614_265_330;
    const BODY: &str = r#"{"test": 2432232314}"#;
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    fn verified<'a>(
        headers: &'a [(&'a str, &'a str)],
        secrets: &[&str],
        body: &str,
        now: i64,
    ) -> Result<&'a str, Refusal> {
        let header = |name: &str| headers.iter().find(|(n, _)| *n == name).map(|(_, v)| *v);
        verify(secrets, &header, body.as_bytes(), now * 1_000)
    }

    fn signed<'a>(signature: &'a str) -> [(&'a str, &'a str); 3] {
        [
            ("webhook-id", ID),
            ("webhook-timestamp", "1614265330"),
            ("webhook-signature", signature),
        ]
    }

    #[test]
    fn a_message_is_signed_as_the_specification_has_it() {
        assert_eq!(sign(&[SECRET], ID, AT, BODY), SIGNATURE);
        let other = new_secret([7; 32]);
        assert_eq!(other, "whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=");
        let both = sign(&[&other, SECRET], ID, AT, BODY);
        assert!(both.ends_with(&format!(" {SIGNATURE}")), "{both}");
        for secret in [SECRET, other.as_str()] {
            assert_eq!(verified(&signed(&both), &[secret], BODY, AT), Ok(ID));
        }
        assert_eq!(
            verified(&signed(SIGNATURE), &[&other, SECRET], BODY, AT),
            Ok(ID)
        );
    }

    #[test]
    fn older_names_of_the_headers_are_known() {
        let headers = signed(SIGNATURE).map(|(name, value)| {
            let name = name.replace("webhook-", "svix-");
            (name, value)
        });
        let headers: Vec<(&str, &str)> = headers.iter().map(|(n, v)| (n.as_str(), *v)).collect();
        assert_eq!(verified(&headers, &[SECRET], BODY, AT), Ok(ID));
    }

    #[test]
    fn what_is_changed_or_old_is_refused() {
        let good = signed(SIGNATURE);
        for (now, expected) in [
            (AT + 300, Ok(ID)),
            (AT - 300, Ok(ID)),
            (AT + 301, Err(Refusal::Time)),
            (AT - 301, Err(Refusal::Time)),
        ] {
            assert_eq!(verified(&good, &[SECRET], BODY, now), expected, "{now}");
        }
        let wrong = Err(Refusal::Signature);
        assert_eq!(verified(&good, &[SECRET], "{}", AT), wrong);
        assert_eq!(verified(&good, &[&new_secret([7; 32])], BODY, AT), wrong);
        assert_eq!(verified(&good, &[], BODY, AT), wrong);
        for signature in [
            "",
            "v1,",
            "v1,AAAA",
            // Half of the right one.
            "v1,g0hM9SsE+OTPJTGt/tmIKg==",
            &SIGNATURE.replace("v1,", "v2,"),
            &SIGNATURE.replace("v1,", ""),
        ] {
            assert_eq!(
                verified(&signed(signature), &[SECRET], BODY, AT),
                wrong,
                "{signature}"
            );
        }
        for (index, values) in [
            (0, &["", "a.b", "a b", "ä"][..]),
            (
                1,
                &[
                    "",
                    "+1614265330",
                    "1614265330.5",
                    "-1",
                    "99999999999999999999",
                ][..],
            ),
        ] {
            for value in values {
                let mut headers = good;
                headers[index].1 = value;
                let refused = verified(&headers, &[SECRET], BODY, AT);
                assert_eq!(refused, Err(Refusal::Headers), "{value:?}");
            }
        }
        for index in 0..3 {
            let rest: Vec<_> = good
                .iter()
                .copied()
                .enumerate()
                .filter(|(at, _)| *at != index)
                .collect();
            let rest: Vec<_> = rest.into_iter().map(|(_, header)| header).collect();
            assert_eq!(verified(&rest, &[SECRET], BODY, AT), Err(Refusal::Headers));
        }
    }

    #[test]
    fn a_secret_has_bounds() {
        let of = |bytes: usize| base64::encode(&vec![1; bytes]);
        for (bytes, expected) in [(23, false), (24, true), (64, true), (65, false)] {
            assert_eq!(is_secret(&of(bytes)), expected, "{bytes}");
            assert_eq!(
                is_secret(&format!("whsec_{}", of(bytes))),
                expected,
                "{bytes}"
            );
        }
        for text in ["", "whsec_", "a secret of people's own making"] {
            assert!(!is_secret(text), "{text}");
        }
        assert_eq!(sign(&["whsec_"], ID, AT, BODY), "", "no key, no signature");
    }
}
