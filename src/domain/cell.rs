//! Cells of a CSV: texts that a spreadsheet would take for a formula.
//!
//! Owns the guard on the way out and its removal on the way in. Quoting is the
//! `csv` crate's.

use std::borrow::Cow;

/// What begins a formula in a spreadsheet (OWASP, "CSV Injection"), and the
/// guard itself, so that taking it off again is exact.
fn is_guarded(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\''])
}

/// The text with a guard where it needs one.
#[must_use]
pub fn guard(text: &str) -> Cow<'_, str> {
    if is_guarded(text) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The text without its guard. A text that never had one stays as it is.
#[must_use]
pub fn unguard(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if is_guarded(rest) => rest,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn formulas_are_guarded() {
        assert_eq!(guard("=1+1"), "'=1+1");
        assert_eq!(guard("Maya"), "Maya");
        assert_eq!(unguard("'s-Gravenhage"), "'s-Gravenhage");
    }

    proptest! {
        #[test]
        fn every_text_comes_back(text in "[=+@'\t -]{0,3}\\PC{0,5}") {
            let guarded = guard(&text);
            prop_assert!(!guarded.starts_with(['=', '+', '-', '@', '\t']));
            prop_assert_eq!(unguard(&guarded), text.as_str());
        }
    }
}
