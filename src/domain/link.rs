//! The link: who, where and how, packed into 64 bits.
//!
//! Owns the layout of a code's body and the newtypes of its fields. Signing
//! stands in [`super::keyring`]; what the numbers refer to, in the program.

use super::{channel::Medium, digits};

/// Bits of each field, from the most significant: they fill a `u64`.
const PROGRAM_BITS: u32 = 12;
const ADVOCATE_BITS: u32 = 32;
const MEDIUM_BITS: u32 = 4;
const DESTINATION_BITS: u32 = 6;
const LABEL_BITS: u32 = 10;
const _: () = assert!(
    PROGRAM_BITS + ADVOCATE_BITS + MEDIUM_BITS + DESTINATION_BITS + LABEL_BITS == u64::BITS
);

/// Declares a number that is at most so many bits wide.
macro_rules! field {
    ($(#[$doc:meta])* $name:ident($repr:ty), $bits:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name($repr);

        impl $name {
            /// The greatest value that the link has room for.
            pub const MAX: $repr = (1 << $bits) - 1;

            /// The number as the field, where it has room for it.
            #[must_use]
            pub const fn new(value: $repr) -> Option<Self> {
                if value <= Self::MAX { Some(Self(value)) } else { None }
            }

            /// The number.
            #[must_use]
            pub const fn get(self) -> $repr {
                self.0
            }
        }

        impl TryFrom<i64> for $name {
            type Error = OutOfRange;

            fn try_from(value: i64) -> Result<Self, OutOfRange> {
                <$repr>::try_from(value).ok().and_then(Self::new).ok_or(OutOfRange)
            }
        }
    };
}

/// A stored number that no link has room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the number does not fit into its field of a link")]
pub struct OutOfRange;

field! {
    /// The number of a program inside a deployment; 0 is never given out.
    ProgramNumber(u16), PROGRAM_BITS
}
field! {
    /// The number of a destination inside its program; 0 is the program's first.
    DestinationNumber(u8), DESTINATION_BITS
}
field! {
    /// The number of a label inside its program; 0 is no label.
    LabelNumber(u16), LABEL_BITS
}

/// The number of an advocate: random, unique inside the program.
///
/// On the wire it is six base62 digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AdvocateNumber(pub u32);

impl AdvocateNumber {
    /// Digits of the public form.
    const WIDTH: usize = 6;

    /// The public form.
    #[must_use]
    pub fn to_id(self) -> String {
        let mut id = String::with_capacity(Self::WIDTH);
        digits::push(&mut id, u128::from(self.0), Self::WIDTH);
        id
    }

    /// The advocate of a public form.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        if id.len() != Self::WIDTH {
            return None;
        }
        digits::parse(id)
            .and_then(|n| u32::try_from(n).ok())
            .map(Self)
    }
}

impl TryFrom<i64> for AdvocateNumber {
    type Error = OutOfRange;

    fn try_from(value: i64) -> Result<Self, OutOfRange> {
        u32::try_from(value).map(Self).map_err(|_| OutOfRange)
    }
}

/// What a link says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Link {
    /// The program.
    pub program: ProgramNumber,
    /// Who refers.
    pub advocate: AdvocateNumber,
    /// How it was shared.
    pub medium: Medium,
    /// Where it leads.
    pub destination: DestinationNumber,
    /// What it was shared for.
    pub label: LabelNumber,
}

impl Link {
    /// The body: program, advocate, medium, destination, label, from the most
    /// significant bit.
    #[must_use]
    pub fn pack(&self) -> u64 {
        let mut body = u64::from(self.program.get());
        body = (body << ADVOCATE_BITS) | u64::from(self.advocate.0);
        body = (body << MEDIUM_BITS) | u64::from(self.medium.code());
        body = (body << DESTINATION_BITS) | u64::from(self.destination.get());
        (body << LABEL_BITS) | u64::from(self.label.get())
    }

    /// The link of a body. Every `u64` is one.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "each field is masked to its width before the cast"
    )]
    pub fn unpack(body: u64) -> Self {
        let mut rest = body;
        let mut take = |bits: u32| {
            let value = rest & ((1 << bits) - 1);
            rest >>= bits;
            value
        };
        let label = LabelNumber(take(LABEL_BITS) as u16);
        let destination = DestinationNumber(take(DESTINATION_BITS) as u8);
        // All sixteen codes are media, so the default is never taken.
        let medium = Medium::from_code(take(MEDIUM_BITS) as u8).unwrap_or(Medium::Email);
        let advocate = AdvocateNumber(take(ADVOCATE_BITS) as u32);
        let program = ProgramNumber(take(PROGRAM_BITS) as u16);
        Self {
            program,
            advocate,
            medium,
            destination,
            label,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Every link there can be.
    pub(crate) fn any_link() -> impl Strategy<Value = Link> {
        (0..=0xfff_u16, any::<u32>(), 0..16_u8, 0..64_u8, 0..1024_u16).prop_map(
            |(program, advocate, medium, destination, label)| Link {
                program: ProgramNumber::new(program).unwrap(),
                advocate: AdvocateNumber(advocate),
                medium: Medium::from_code(medium).unwrap(),
                destination: DestinationNumber::new(destination).unwrap(),
                label: LabelNumber::new(label).unwrap(),
            },
        )
    }

    #[test]
    fn layout_is_pinned() {
        let link = Link {
            program: ProgramNumber::new(1).unwrap(),
            advocate: AdvocateNumber(2),
            medium: Medium::Facebook,
            destination: DestinationNumber::new(4).unwrap(),
            label: LabelNumber::new(5).unwrap(),
        };
        assert_eq!(
            link.pack(),
            (1 << 52) | (2 << 20) | (3 << 16) | (4 << 10) | 5
        );
    }

    #[test]
    fn fields_refuse_what_they_have_no_room_for() {
        assert!(ProgramNumber::new(4095).is_some());
        assert!(ProgramNumber::new(4096).is_none());
        assert!(DestinationNumber::new(64).is_none());
        assert!(LabelNumber::new(1024).is_none());
        assert_eq!(ProgramNumber::try_from(-1), Err(OutOfRange));
        assert_eq!(AdvocateNumber::try_from(1 << 32), Err(OutOfRange));
    }

    #[test]
    fn advocate_ids_have_one_form() {
        assert_eq!(AdvocateNumber(0).to_id(), "000000");
        assert_eq!(AdvocateNumber(u32::MAX).to_id(), "4gfFC3");
        for id in ["", "00000", "0000000", "zzzzzz", "00000-", "é0000"] {
            assert_eq!(AdvocateNumber::from_id(id), None, "{id:?}");
        }
    }

    proptest! {
        #[test]
        fn every_link_comes_back(link in any_link()) {
            prop_assert_eq!(Link::unpack(link.pack()), link);
        }

        #[test]
        fn every_body_is_a_link(body: u64, advocate: u32) {
            prop_assert_eq!(Link::unpack(body).pack(), body);
            let advocate = AdvocateNumber(advocate);
            prop_assert_eq!(AdvocateNumber::from_id(&advocate.to_id()), Some(advocate));
        }
    }
}
