//! Owns what is usual in each channel of the demo: how many clicks, by whom, at
//! what hours, with which labels. Numbers of weight need no unit.

use goodword::domain::{channel::Medium, class::Reason};

/// What is usual in a channel.
pub struct Habit {
    /// Of a hundred people who click, how many come this way.
    pub part: u64,
    /// Suspected clicks and bots to a hundred people's.
    pub suspected: u64,
    pub bots: u64,
    /// Shares to a hundred people's clicks.
    pub shares: u64,
    pub media: &'static [(Medium, u64)],
    /// Places among the labels; one that is not there is none.
    pub labels: &'static [(usize, u64)],
    pub reasons: &'static [(Reason, u64)],
    pub hours: &'static [(i64, u64)],
}

const NONE: usize = usize::MAX;

/// When people read mail.
const OFFICE: &[(i64, u64)] = &[
    (6, 2),
    (7, 5),
    (8, 11),
    (9, 13),
    (10, 11),
    (11, 9),
    (12, 8),
    (13, 9),
    (14, 8),
    (15, 7),
    (16, 6),
    (17, 5),
    (18, 3),
    (19, 3),
    (20, 3),
    (21, 2),
    (22, 1),
];
/// When people look at their telephones.
pub const LEISURE: &[(i64, u64)] = &[
    (0, 1),
    (6, 1),
    (7, 3),
    (8, 5),
    (9, 4),
    (10, 4),
    (11, 4),
    (12, 8),
    (13, 6),
    (14, 4),
    (15, 4),
    (16, 4),
    (17, 6),
    (18, 8),
    (19, 10),
    (20, 12),
    (21, 10),
    (22, 6),
    (23, 3),
];

/// The six channels.
pub const HABITS: [Habit; 6] = [
    Habit {
        part: 33,
        suspected: 27,
        bots: 5,
        shares: 26,
        media: &[(Medium::Email, 1)],
        labels: &[(NONE, 30), (0, 22), (1, 40), (4, 8)],
        reasons: &[
            (Reason::Network, 50),
            (Reason::Head, 22),
            (Reason::Prefetch, 16),
            (Reason::NoLanguage, 12),
        ],
        hours: OFFICE,
    },
    Habit {
        part: 26,
        suspected: 7,
        bots: 24,
        shares: 12,
        media: &[
            (Medium::Linkedin, 46),
            (Medium::Whatsapp, 24),
            (Medium::Instagram, 13),
            (Medium::Facebook, 9),
            (Medium::X, 6),
            (Medium::Social, 2),
        ],
        labels: &[(NONE, 45), (0, 22), (2, 33)],
        reasons: &[
            (Reason::Prefetch, 50),
            (Reason::Embedded, 30),
            (Reason::Agent, 20),
        ],
        hours: LEISURE,
    },
    Habit {
        part: 9,
        suspected: 3,
        bots: 1,
        shares: 38,
        media: &[
            (Medium::Phone, 42),
            (Medium::InPerson, 38),
            (Medium::Video, 20),
        ],
        labels: &[(NONE, 70), (3, 30)],
        reasons: &[(Reason::NoLanguage, 60), (Reason::Agent, 40)],
        hours: OFFICE,
    },
    Habit {
        part: 10,
        suspected: 2,
        bots: 1,
        shares: 9,
        media: &[(Medium::Qr, 78), (Medium::Print, 22)],
        labels: &[(NONE, 40), (3, 48), (0, 12)],
        reasons: &[(Reason::Prefetch, 60), (Reason::Agent, 40)],
        hours: LEISURE,
    },
    Habit {
        part: 17,
        suspected: 8,
        bots: 12,
        shares: 31,
        media: &[
            (Medium::Copy, 52),
            (Medium::ShareSheet, 30),
            (Medium::Sms, 18),
        ],
        labels: &[(NONE, 72), (0, 18), (4, 10)],
        reasons: &[
            (Reason::Head, 40),
            (Reason::Prefetch, 40),
            (Reason::Embedded, 20),
        ],
        hours: LEISURE,
    },
    Habit {
        part: 5,
        suspected: 6,
        bots: 4,
        shares: 60,
        media: &[(Medium::Form, 1)],
        labels: &[(NONE, 60), (4, 40)],
        reasons: &[(Reason::NoLanguage, 50), (Reason::Agent, 50)],
        hours: OFFICE,
    },
];

/// What bots are.
pub const BOTS: &[(Reason, u64)] = &[
    (Reason::Preview, 62),
    (Reason::Listed, 30),
    (Reason::Verified, 8),
];
