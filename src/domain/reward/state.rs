//! What a reward's sums say of it.
//!
//! Owns the order in which they are looked at, and how much can be paid. No
//! state is ever stored: it is computed from the sums, here and in the same way by a
//! column of `rewards`.

use super::Overflow;
use crate::decode::names;

/// The sums of one reward's ledger entries, in minor units or months.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sums {
    /// What is owed: the movements of [`super::settle`].
    pub entitled: i64,
    /// What was approved of it.
    pub approved: i64,
    /// What was sent to be paid.
    pub issued: i64,
    /// What is known to have arrived.
    pub paid: i64,
    /// How many holds are on it: put on less taken off.
    pub holds: i64,
}

names! {
    /// Where a reward stands.
    #[derive(PartialOrd, Ord)]
    pub enum State {
        /// Somebody or some rule wants it looked at first.
        Held => "held",
        /// Nothing is owed any more.
        Reversed => "reversed",
        /// It arrived.
        Paid => "paid",
        /// It was sent to be paid.
        Issued => "issued",
        /// It can be paid.
        Approved => "approved",
        /// It waits for its day or for approval.
        Pending => "pending",
    }
}

/// The state, where the first that fits counts.
#[must_use]
pub const fn state(sums: Sums) -> State {
    if sums.holds > 0 {
        State::Held
    } else if sums.entitled <= 0 {
        State::Reversed
    } else if sums.paid >= sums.entitled {
        State::Paid
    } else if sums.issued >= sums.entitled {
        State::Issued
    } else if sums.approved >= sums.entitled {
        State::Approved
    } else {
        State::Pending
    }
}

/// What can be issued now. Negative where more was issued than is owed: that
/// is taken off later rewards of the same beneficiary and unit, held or not,
/// for a hold keeps money here and gives none away.
pub fn payable(sums: Sums) -> Result<i64, Overflow> {
    let payable = sums
        .approved
        .min(sums.entitled)
        .checked_sub(sums.issued)
        .ok_or(Overflow)?;
    Ok(if sums.holds > 0 {
        payable.min(0)
    } else {
        payable
    })
}
