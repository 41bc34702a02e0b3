//! The click: one request for a link, as it is recorded.
//!
//! Owns the click's id and the wire format of the queue message and of the log
//! line from which a lost click is replayed. How a click is classified stands
//! in [`super::class`]; how it is stored, in `store::clicks`.

use serde::Serialize;

use super::{
    class::{Class, Reason},
    digits,
    link::Link,
};
use crate::decode::{self, Decode, Tree, record};

/// The most clicks in one message. A queue takes 128 KB; a click has some 200 bytes.
pub const MESSAGE_CLICKS: usize = 100;

/// A click's id: a UUID of version 7 (RFC 9562), so that it says when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClickId(pub u128);

impl ClickId {
    /// The id of a click at `at` (Unix milliseconds), made unique by `random`.
    #[must_use]
    pub fn new(at: i64, random: [u8; 10]) -> Self {
        let millis = u128::from(at.max(0).cast_unsigned()) & ((1 << 48) - 1);
        let tail = random
            .iter()
            .fold(0_u128, |tail, byte| (tail << 8) | u128::from(*byte));
        // Version 7 and variant 2 take six of the random 80 bits.
        let tail = (tail & !(0xf << 76) & !(0b11 << 62)) | (0x7 << 76) | (0b10 << 62);
        Self((millis << 80) | tail)
    }

    /// When the click was made (Unix milliseconds).
    #[must_use]
    pub fn at(self) -> i64 {
        // 48 bits always fit.
        i64::try_from(self.0 >> 80).unwrap_or(i64::MAX)
    }

    /// Thirty-two hexadecimal digits, as SQL reads them.
    #[must_use]
    pub fn to_hex(self) -> String {
        format!("{:032x}", self.0)
    }
}

/// A click as it is recorded. No address, no user agent: those were looked at
/// and let go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Click {
    /// Its id, which holds its time.
    pub id: ClickId,
    /// The link that was followed.
    pub link: Link,
    /// What it was taken for.
    pub class: Class,
    /// Why.
    pub reason: Reason,
    /// A hash of who came, where that may be known: the same for the same
    /// visitor to the same program on the same day, and for nobody else.
    pub visitor: Option<u64>,
    /// Minutes east of UTC of the program's clock at that moment, which decides
    /// what hour and day it is counted under.
    pub offset: i16,
}

record! {
    /// A message of clicks, and a log line of lost ones. Unknown versions are
    /// refused rather than guessed at.
    #[derive(Debug, Serialize)]
    pub struct Message {
        /// The version of this format.
        v: u8,
        /// The clicks; a column each of what `store::clicks` inserts.
        pub clicks: Vec<Record>,
    }
}

record! {
    /// One click of a [`Message`]. Codes are those of the domain's enums.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
    pub struct Record {
        /// The click's id, in hexadecimal.
        pub id: String,
        /// Unix milliseconds.
        pub at: i64,
        /// Program number.
        pub program: u16,
        /// Advocate number.
        pub advocate: u32,
        /// Medium code.
        pub medium: u8,
        /// Destination number.
        pub destination: u8,
        /// Label number.
        pub label: u16,
        /// Class code.
        pub class: u8,
        /// Reason code.
        pub reason: u8,
        /// The version of the rules that classified it.
        pub rules: u16,
        /// Visitor hash in hexadecimal, empty where unknown.
        pub visitor: String,
        /// Minutes east of UTC.
        pub offset: i16,
    }
}

/// Why a text is not a message of clicks.
#[derive(Debug, thiserror::Error)]
pub enum MessageError {
    /// Not the JSON of a message.
    #[error("not a message of clicks: {0}")]
    Json(#[from] decode::Error),
    /// A version that this code does not know.
    #[error("version {0} of the click message is unknown here")]
    Version(u8),
    /// A field holds what it has no room for.
    #[error("click {0} of the message has an impossible `{1}`")]
    Field(usize, &'static str),
}

impl Message {
    const VERSION: u8 = 1;

    /// The message of some clicks.
    #[must_use]
    pub fn new(clicks: &[Click]) -> Self {
        Self {
            v: Self::VERSION,
            clicks: clicks.iter().map(Record::from).collect(),
        }
    }

    /// The text that is sent.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Numbers and strings always serialise.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads a text that was sent, and checks every field, so that a message
    /// either goes into the tables whole or is refused whole.
    pub fn from_json(text: &str) -> Result<Self, MessageError> {
        Self::checked(decode::read(text.as_bytes())?)
    }

    /// The same for one that stands within other JSON.
    pub fn from_tree(tree: Tree) -> Result<Self, MessageError> {
        Self::checked(Self::decode(tree).map_err(decode::Error::from)?)
    }

    fn checked(message: Self) -> Result<Self, MessageError> {
        if message.v != Self::VERSION {
            return Err(MessageError::Version(message.v));
        }
        for (index, click) in message.clicks.iter().enumerate() {
            click
                .check()
                .map_err(|field| MessageError::Field(index, field))?;
        }
        Ok(message)
    }
}

impl Record {
    fn check(&self) -> Result<(), &'static str> {
        let hex = |text: &str, length| {
            text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit())
        };
        let checks = [
            ("id", hex(&self.id, 32)),
            ("at", (0..1 << 48).contains(&self.at)),
            ("program", self.program < 1 << 12),
            ("medium", self.medium < 1 << 4),
            ("destination", self.destination < 1 << 6),
            ("label", self.label < 1 << 10),
            ("class", Class::from_code(self.class).is_some()),
            ("visitor", self.visitor.is_empty() || hex(&self.visitor, 16)),
            ("offset", (-1440..=1440).contains(&self.offset)),
        ];
        checks
            .iter()
            .find(|(_, holds)| !holds)
            .map_or(Ok(()), |(field, _)| Err(field))
    }
}

impl From<&Click> for Record {
    fn from(click: &Click) -> Self {
        Self {
            id: click.id.to_hex(),
            at: click.id.at(),
            program: click.link.program.get(),
            advocate: click.link.advocate.0,
            medium: click.link.medium.code(),
            destination: click.link.destination.get(),
            label: click.link.label.get(),
            class: click.class.code(),
            reason: click.reason.code(),
            rules: super::class::RULES,
            visitor: click
                .visitor
                .map_or_else(String::new, |hash| format!("{hash:016x}")),
            offset: click.offset,
        }
    }
}

/// The public form of a click's id.
impl std::fmt::Display for ClickId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut text = String::with_capacity(22);
        digits::push(&mut text, self.0, 22);
        f.write_str(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn click() -> Click {
        Click {
            id: ClickId::new(1_790_000_000_123, [0xff; 10]),
            link: Link::unpack((1 << 52) | (2 << 20) | (3 << 16) | (4 << 10) | 5),
            class: Class::Suspected,
            reason: Reason::Head,
            visitor: Some(0xabc),
            offset: 330,
        }
    }

    #[test]
    fn an_id_is_a_uuid_of_version_7() {
        let id = click().id.to_hex();
        assert_eq!(id, "01a0c4506c7b7fffbfffffffffffffff");
        assert_eq!(click().id.at(), 1_790_000_000_123);
    }

    #[test]
    fn the_message_is_pinned() {
        assert_eq!(
            Message::new(&[click()]).to_json(),
            "{\"v\":1,\"clicks\":[{\"id\":\"01a0c4506c7b7fffbfffffffffffffff\",\
             \"at\":1790000000123,\"program\":1,\"advocate\":2,\"medium\":3,\
             \"destination\":4,\"label\":5,\"class\":1,\"reason\":2,\"rules\":1,\
             \"visitor\":\"0000000000000abc\",\"offset\":330}]}"
        );
    }

    #[test]
    fn a_message_that_was_sent_is_read() {
        let sent = Message::new(&[click(), click()]);
        let read = Message::from_json(&sent.to_json()).unwrap();
        assert_eq!(read.clicks, sent.clicks);
    }

    #[test]
    fn an_impossible_field_refuses_the_message() {
        let good = Message::new(&[click()]).to_json();
        for (from, to, field) in [
            ("\"medium\":3", "\"medium\":16", "medium"),
            ("\"program\":1", "\"program\":4096", "program"),
            ("\"class\":1", "\"class\":9", "class"),
            ("0abc", "0abz", "visitor"),
            ("\"offset\":330", "\"offset\":9999", "offset"),
        ] {
            let error = Message::from_json(&good.replace(from, to)).unwrap_err();
            let MessageError::Field(0, named) = error else {
                panic!("{error}")
            };
            assert_eq!(named, field);
        }
        let other = good.replace("\"v\":1", "\"v\":2");
        assert!(matches!(
            Message::from_json(&other),
            Err(MessageError::Version(2))
        ));
        assert!(Message::from_json("{}").is_err());
    }

    #[test]
    fn a_full_message_fits_a_queue() {
        let many = vec![click(); MESSAGE_CLICKS];
        assert!(Message::new(&many).to_json().len() < 64_000);
    }

    proptest! {
        #[test]
        fn an_id_keeps_its_time(at in 0..(1_i64 << 48), random: [u8; 10]) {
            prop_assert_eq!(ClickId::new(at, random).at(), at);
        }
    }
}
