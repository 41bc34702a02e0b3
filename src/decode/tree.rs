//! The tree: JSON, or a query, as one type.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor},
};

use super::Fault;

/// A value of JSON, or of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tree {
    /// None at all: the field was left out.
    Absent,
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number without a point or an exponent.
    Integer(i64),
    /// One that only fits without a sign.
    Great(u64),
    /// Any other number. What it is, is of no use here: nothing is a fraction.
    Fraction,
    /// A text.
    Text(String),
    /// A value of a query, which may be meant as a number or a boolean.
    Word(String),
    /// An array.
    List(Vec<Tree>),
    /// An object, with its keys as they stand, doubled ones too.
    Object(Vec<(String, Tree)>),
}

impl Tree {
    /// Parses a text in JSON.
    pub fn parse(text: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(text)
    }

    /// The pairs of a query string, as an object of words.
    #[must_use]
    pub fn of_query(query: &str) -> Self {
        let pairs = form_urlencoded::parse(query.as_bytes());
        Self::Object(
            pairs
                .map(|(name, value)| (name.into_owned(), Self::Word(value.into_owned())))
                .collect(),
        )
    }

    /// The elements of an array.
    pub fn into_list(self) -> Result<Vec<Self>, Fault> {
        match self {
            Self::List(list) => Ok(list),
            other => Err(other.is_not("a sequence")),
        }
    }

    /// The keys and values of an object. `expected` says more of it.
    pub fn into_object(self, expected: &str) -> Result<Vec<(String, Self)>, Fault> {
        match self {
            Self::Object(object) => Ok(object),
            other => Err(other.is_not(expected)),
        }
    }

    /// Says that this is not what was expected. It names no text: that may be
    /// long, or a personal datum.
    #[cold]
    #[must_use]
    pub fn is_not(&self, expected: &str) -> Fault {
        let found = match self {
            Self::Absent => return Fault::missing(),
            Self::Null => "null",
            Self::Bool(true) => "boolean `true`",
            Self::Bool(false) => "boolean `false`",
            Self::Integer(number) => &format!("integer `{number}`"),
            Self::Great(number) => &format!("integer `{number}`"),
            Self::Fraction => "floating point",
            Self::Text(_) | Self::Word(_) => "string",
            Self::List(_) => "sequence",
            Self::Object(_) => "map",
        };
        Fault::new(format_args!("invalid type: {found}, expected {expected}"))
    }
}

/// The only reader that `serde_json` is compiled for.
impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Build)
    }
}

struct Build;

impl<'de> Visitor<'de> for Build {
    type Value = Tree;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Tree, E> {
        Ok(Tree::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Tree, E> {
        Ok(Tree::Bool(value))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Tree, E> {
        Ok(Tree::Integer(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Tree, E> {
        Ok(i64::try_from(number).map_or(Tree::Great(number), Tree::Integer))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Tree, E> {
        Ok(Tree::Fraction)
    }

    fn visit_str<E>(self, text: &str) -> Result<Tree, E> {
        Ok(Tree::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Tree, A::Error> {
        let mut list = Vec::new();
        while let Some(element) = elements.next_element()? {
            list.push(element);
        }
        Ok(Tree::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Tree, A::Error> {
        let mut object = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            object.push(entry);
        }
        Ok(Tree::Object(object))
    }
}
