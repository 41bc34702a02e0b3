//! Fixed-width base62: every number has exactly one text of a given width.
//!
//! Owns the padding around the `base62` crate (digits, capitals, small letters,
//! in that order). Knows nothing of what the numbers mean.

/// The zero of the alphabet, with which short numbers are padded on the left.
const ZERO: u8 = b'0';

/// Appends `value` to `out`, padded to `width` digits.
///
/// `width` must be wide enough for the value: 11 digits hold a `u64`, 14 hold
/// 80 bits, 22 hold a `u128`, 6 hold a `u32`.
pub fn push(out: &mut String, value: u128, width: usize) {
    // 22 digits are the most that a u128 needs, so this cannot fail.
    let mut buffer = [ZERO; 22];
    let length = base62::encode_bytes(value, &mut buffer).unwrap_or(0);
    for _ in length..width {
        out.push(char::from(ZERO));
    }
    for digit in buffer.iter().take(length) {
        out.push(char::from(*digit));
    }
}

/// The number that `text` writes, or `None` where it holds anything else than
/// base62 digits or a number of more than 128 bits.
#[must_use]
pub fn parse(text: &str) -> Option<u128> {
    base62::decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn zero_fills_the_width() {
        let mut out = String::new();
        push(&mut out, 0, 11);
        assert_eq!(out, "00000000000");
        assert_eq!(parse(&out), Some(0));
    }

    #[test]
    fn what_is_not_a_digit_is_refused() {
        for text in ["", "-1", "a b", "é", "zzzzzzzzzzzzzzzzzzzzzzz"] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn every_number_comes_back(value: u128, narrow: u64) {
            let mut out = String::new();
            push(&mut out, value, 22);
            prop_assert_eq!((out.len(), parse(&out)), (22, Some(value)));
            out.clear();
            push(&mut out, u128::from(narrow), 11);
            prop_assert_eq!((out.len(), parse(&out)), (11, Some(u128::from(narrow))));
        }
    }
}
