//! How rules are read where serde's own way is not good enough.
//!
//! Owns the outermost object, the choice of a `pay`, and what may be left out.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error as _, MapAccess, Visitor},
};

use super::{Pay, Rule};

/// The whole text, before anything is checked that needs two fields.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    pub(super) rules: Vec<Rule>,
}

/// By hand, because serde calls a second key bad syntax, and names no place
/// that a client could find.
impl<'de> Deserialize<'de> for Pay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(PayVisitor)
    }
}

struct PayVisitor;

/// The keys of a [`Pay`].
#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum PayKey {
    Fixed,
    Percent,
    Ladder,
}

impl<'de> Visitor<'de> for PayVisitor {
    type Value = Pay;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("an object with exactly one of `fixed`, `percent` and `ladder`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pay, A::Error> {
        const ONE: &str = "must hold exactly one of `fixed`, `percent` and `ladder`";
        let pay = match map.next_key()? {
            Some(PayKey::Fixed) => Pay::Fixed(map.next_value()?),
            Some(PayKey::Percent) => Pay::Percent(map.next_value()?),
            Some(PayKey::Ladder) => Pay::Ladder(map.next_value()?),
            None => return Err(A::Error::custom(ONE)),
        };
        if map.next_key::<PayKey>()?.is_some() {
            return Err(A::Error::custom(ONE));
        }
        Ok(pay)
    }
}

/// Reads a field that may be left out, but is never `null`: one way to say
/// nothing is enough.
pub(super) fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
