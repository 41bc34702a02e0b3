//! Fixed-width base62: every number has exactly one text of a given width.
//!
//! Owns the alphabet: digits, capitals, small letters, in the order of their
//! bytes. Knows nothing of what the numbers mean. The `base62` crate is the tests'
//! judge only: its tables for speed were 8 KB of the gzipped wasm.

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Digits of a `u128` at most.
const MOST_DIGITS: usize = 22;

/// As many digits as are sure to fit into a `u64`, whose arithmetic wasm has.
const BLOCK_DIGITS: usize = 10;

/// One more than the largest number of so many digits.
const BLOCK: u128 = 62_u128.pow(10);

/// Appends `value` to `out`, padded to `width` digits.
///
/// `width` must be wide enough for the value: 11 digits hold a `u64`, 14 hold
/// 80 bits, 22 hold a `u128`, 6 hold a `u32`.
pub fn push(out: &mut String, value: u128, width: usize) {
    let mut digits = [b'0'; MOST_DIGITS];
    let mut rest = value;
    for block in digits.rchunks_mut(BLOCK_DIGITS) {
        let mut part = u64::try_from(rest % BLOCK).unwrap_or_default();
        rest /= BLOCK;
        for digit in block.iter_mut().rev() {
            let index = usize::try_from(part % 62).unwrap_or_default();
            *digit = ALPHABET.get(index).copied().unwrap_or_default();
            part /= 62;
        }
    }
    let padding = MOST_DIGITS.saturating_sub(width);
    out.extend(digits.iter().skip(padding).copied().map(char::from));
}

/// The number that `text` writes, or `None` where it holds anything else than
/// base62 digits or a number of more than 128 bits.
#[must_use]
pub fn parse(text: &str) -> Option<u128> {
    if text.is_empty() {
        return None;
    }
    let mut value = 0_u128;
    for block in text.as_bytes().chunks(BLOCK_DIGITS) {
        let (mut part, mut scale) = (0_u64, 1_u64);
        for byte in block {
            part = part * 62 + digit(*byte)?;
            scale *= 62;
        }
        value = value.checked_mul(scale.into())?.checked_add(part.into())?;
    }
    Some(value)
}

fn digit(byte: u8) -> Option<u64> {
    let digit = match byte {
        b'0'..=b'9' => byte - b'0',
        b'A'..=b'Z' => byte - b'A' + 10,
        b'a'..=b'z' => byte - b'a' + 36,
        _ => return None,
    };
    Some(digit.into())
}

/// The bytes of a hexadecimal text.
#[must_use]
pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) {
        return None;
    }
    text.as_bytes()
        .chunks(2)
        .map(|pair| {
            let digits = std::str::from_utf8(pair).ok()?;
            // `from_str_radix` takes a sign, which is no digit here.
            if digits.starts_with('+') {
                return None;
            }
            u8::from_str_radix(digits, 16).ok()
        })
        .collect()
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

    #[test]
    fn the_largest_number_is_read_and_the_next_one_refused() {
        assert_eq!(parse("7n42DGM5Tflk9n8mt7Fhc7"), Some(u128::MAX));
        assert_eq!(parse("7n42DGM5Tflk9n8mt7Fhc8"), None);
    }

    proptest! {
        #[test]
        fn numbers_are_written_and_read_as_by_the_base62_crate(value: u128, shift in 0_u32..128) {
            let value = value >> shift;
            let text = base62::encode(value);
            let mut out = String::new();
            push(&mut out, value, text.len());
            prop_assert_eq!(&out, &text);
            prop_assert_eq!(parse(&text), Some(value));
        }

        #[test]
        fn texts_are_read_as_by_the_base62_crate(text in "[0-9A-Za-z]{1,22}") {
            prop_assert_eq!(parse(&text), base62::decode(&text).ok());
        }

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
