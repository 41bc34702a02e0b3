//! Channels, and the media inside them.
//!
//! Owns the sixteen medium codes that a link carries in four bits, their names
//! on the wire, and the channel that each belongs to. The codes are pinned: a
//! link that was printed stays printed.

use crate::decode::names;

names! {
    /// The way a referral travels, as statistics show it.
    #[derive(PartialOrd, Ord, Hash)]
    pub enum Channel {
        /// A message by e-mail.
        Email => "email",
        /// A post or a message in a social network.
        Social => "social",
        /// Spoken: in person, by telephone, by video.
        Verbal => "verbal",
        /// On paper, or a code to photograph.
        Print => "print",
        /// A plain link, handed on in whatever way.
        Link => "link",
        /// A web form in which an advocate names somebody.
        Form => "form",
    }
}

impl Channel {
    /// The medium that is meant where only the channel is said.
    #[must_use]
    pub const fn default_medium(self) -> Medium {
        match self {
            Self::Email => Medium::Email,
            Self::Social => Medium::Social,
            Self::Verbal => Medium::InPerson,
            Self::Print => Medium::Print,
            Self::Link => Medium::Copy,
            Self::Form => Medium::Form,
        }
    }

    /// The codes of its media, from the first one to the last one: they lie
    /// together, so that a range finds them.
    #[must_use]
    pub const fn codes(self) -> (u8, u8) {
        match self {
            Self::Email => (0, 0),
            Self::Social => (1, 6),
            Self::Verbal => (7, 9),
            Self::Print => (10, 11),
            Self::Link => (12, 14),
            Self::Form => (15, 15),
        }
    }
}

names! {
    /// The finer way inside a channel. The discriminant is the code in the link.
    #[derive(PartialOrd, Ord, Hash)]
    #[repr(u8)]
    pub enum Medium {
        /// E-mail.
        Email = 0 => "email",
        /// `LinkedIn`.
        Linkedin = 1 => "linkedin",
        /// X, once Twitter.
        X = 2 => "x",
        /// Facebook and its Messenger.
        Facebook = 3 => "facebook",
        /// `WhatsApp`.
        Whatsapp = 4 => "whatsapp",
        /// Instagram.
        Instagram = 5 => "instagram",
        /// Any other social network.
        Social = 6 => "social",
        /// Said face to face.
        InPerson = 7 => "in_person",
        /// Said on the telephone.
        Phone = 8 => "phone",
        /// Said in a video call.
        Video = 9 => "video",
        /// A card or a bill insert with a link to type.
        Print = 10 => "print",
        /// A QR code.
        Qr = 11 => "qr",
        /// A link that was copied.
        Copy = 12 => "copy",
        /// A text message.
        Sms = 13 => "sms",
        /// The share sheet of a device.
        ShareSheet = 14 => "share_sheet",
        /// A form.
        Form = 15 => "form",
    }
}

impl Medium {
    /// The four bits that stand in the link.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The medium of a code; every value of four bits is one.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code)).copied()
    }

    /// The channel to which the medium belongs.
    #[must_use]
    pub const fn channel(self) -> Channel {
        match self {
            Self::Email => Channel::Email,
            Self::Linkedin
            | Self::X
            | Self::Facebook
            | Self::Whatsapp
            | Self::Instagram
            | Self::Social => Channel::Social,
            Self::InPerson | Self::Phone | Self::Video => Channel::Verbal,
            Self::Print | Self::Qr => Channel::Print,
            Self::Copy | Self::Sms | Self::ShareSheet => Channel::Link,
            Self::Form => Channel::Form,
        }
    }
}

/// Why a channel and a medium do not make one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChoiceError {
    /// Neither was given.
    #[error("give a `channel`, or a `medium`, which says it more finely")]
    Neither,
    /// Both were given, and they contradict each other.
    #[error("the medium `{}` belongs to the channel `{}`, not to `{}`", .medium.name(), .medium.channel().name(), .channel.name())]
    Contradiction {
        /// The channel that was named.
        channel: Channel,
        /// The medium that was named.
        medium: Medium,
    },
}

/// The medium that a request means by its channel, its medium, or both.
pub fn choose(channel: Option<Channel>, medium: Option<Medium>) -> Result<Medium, ChoiceError> {
    match (channel, medium) {
        (None, None) => Err(ChoiceError::Neither),
        (Some(channel), None) => Ok(channel.default_medium()),
        (Some(channel), Some(medium)) if medium.channel() != channel => {
            Err(ChoiceError::Contradiction { channel, medium })
        }
        (_, Some(medium)) => Ok(medium),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_is_a_range_of_codes() {
        for medium in Medium::ALL {
            for channel in Channel::ALL {
                let (first, last) = channel.codes();
                let is_in = (first..=last).contains(&medium.code());
                assert_eq!(is_in, medium.channel() == channel, "{}", medium.name());
            }
        }
    }

    #[test]
    fn codes_and_names_are_pinned() {
        let listed: Vec<String> = Medium::ALL
            .iter()
            .map(|m| format!("{} {} {}", m.code(), m.name(), m.channel().name()))
            .collect();
        assert_eq!(
            listed,
            [
                "0 email email",
                "1 linkedin social",
                "2 x social",
                "3 facebook social",
                "4 whatsapp social",
                "5 instagram social",
                "6 social social",
                "7 in_person verbal",
                "8 phone verbal",
                "9 video verbal",
                "10 print print",
                "11 qr print",
                "12 copy link",
                "13 sms link",
                "14 share_sheet link",
                "15 form form",
            ]
        );
    }

    #[test]
    fn a_channel_and_a_medium_of_another_contradict() {
        assert_eq!(choose(Some(Channel::Social), None), Ok(Medium::Social));
        assert_eq!(choose(None, Some(Medium::Qr)), Ok(Medium::Qr));
        assert_eq!(
            choose(Some(Channel::Social), Some(Medium::Linkedin)),
            Ok(Medium::Linkedin)
        );
        assert_eq!(choose(None, None), Err(ChoiceError::Neither));
        let error = choose(Some(Channel::Email), Some(Medium::Qr)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the medium `qr` belongs to the channel `print`, not to `email`"
        );
    }
}
