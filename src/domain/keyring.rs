//! Signing: link codes, receipts, and the keys behind both.
//!
//! Owns the text formats of a code and of a receipt, and the rotation of keys:
//! several verify, the first signs, and a key that is taken off the ring is
//! retired. Where the keys are kept is the caller's affair.
//!
//! A code is 26 base62 digits: `kid` 1, body 11, tag 14. A receipt is 49: its
//! kind 1, `kid` 1, the link's body 11, the click's id 22, tag 14. A tag is the
//! leftmost 80 bits of HMAC-SHA256 (RFC 2104; its section 5 allows no fewer)
//! over a domain string, the kid and what precedes the tag as big-endian bytes. A token
//! that ends letters is 62: `kid` 1, SHA-256 of the address 44, program 3, tag 14.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{click::ClickId, digits, link::Link};

/// Separates the uses of a key, so that no code is ever a receipt's tag.
const LINK_DOMAIN: &[u8] = b"goodword link 1\0";
const RECEIPT_DOMAIN: &[u8] = b"goodword receipt 1\0";
const WAY_OUT_DOMAIN: &[u8] = b"goodword unsubscribe 1\0";

const BODY_DIGITS: usize = 11;
const ID_DIGITS: usize = 22;
const TAG_DIGITS: usize = 14;
const TAG_BYTES: usize = 10;

/// Characters of a link code.
pub const CODE_LENGTH: usize = 1 + BODY_DIGITS + TAG_DIGITS;

/// Punctuation behind a link that a mail program took for a part of it.
pub const TRAILING: [char; 13] = [
    '/', '.', ',', ';', ':', '!', '?', ')', ']', '>', '\'', '"', '*',
];

/// The code in a path that has the form of a link: 26 letters and digits, and perhaps
/// the punctuation that a mail program took for a part of it.
#[must_use]
pub fn code_of_path(path: &str) -> Option<&str> {
    let (code, rest) = path.strip_prefix('/')?.split_at_checked(CODE_LENGTH)?;
    let is_code = code.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && rest.chars().all(|c| TRAILING.contains(&c));
    is_code.then_some(code)
}

/// Characters of a receipt.
pub const RECEIPT_LENGTH: usize = 2 + BODY_DIGITS + ID_DIGITS + TAG_DIGITS;

/// Digits of a program's number in a token.
const PROGRAM_DIGITS: usize = 3;

/// Characters of a token by which somebody ends letters.
pub const WAY_OUT_LENGTH: usize = 1 + 2 * ID_DIGITS + PROGRAM_DIGITS + TAG_DIGITS;

/// Who wants no more letters: what a link in each of them says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WayOut {
    /// The hash of their address ([`super::person::email_hash`]).
    pub hash: String,
    /// The number of the program whose letter it was; 0 for none.
    pub program: u16,
}

/// The first character of a receipt for a click. Spoken codes and attestations
/// will have letters of their own.
const CLICK_RECEIPT: char = 'c';

/// A signed proof of a touch: this click, of this link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    /// The link that was followed.
    pub link: Link,
    /// The click; its id also says when.
    pub click: ClickId,
}

/// Why a text is not one of our codes or receipts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// Not the right length, a foreign character, or a number too great.
    #[error("this is not the form of a code: it has characters missing, added or changed")]
    Shape,
    /// No key on the ring has its kid.
    #[error("it was signed with a key that is retired, or never was one of ours")]
    UnknownKey,
    /// The tag is not what the key makes of the rest.
    #[error("its signature does not match: it was changed, or never issued here")]
    Signature,
}

/// Why a text is not a keyring.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyringError {
    /// There is no key in it.
    #[error("there is no key; write `kid:hex`, for instance by `openssl rand -hex 32`")]
    Empty,
    /// An entry is not `kid:hex`.
    #[error("entry {0} is not `kid:hex`, with a kid of one base62 character")]
    Entry(usize),
    /// A key is too short to be a secret.
    #[error("the key of kid `{0}` has fewer than 32 bytes, or is one byte repeated")]
    Weak(char),
    /// Two keys share a kid.
    #[error("the kid `{0}` stands twice")]
    Twice(char),
}

struct Key {
    kid: u8,
    /// With its pads computed; cloned for every tag.
    mac: Hmac<Sha256>,
}

/// The keys that verify, the one that signs first.
pub struct Keyring {
    signing: Key,
    verifying: Vec<Key>,
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keyring")
            .field("signing", &char::from(self.signing.kid))
            .field("retired_but_verifying", &self.verifying.len())
            .finish_non_exhaustive()
    }
}

impl Keyring {
    /// Reads `kid:hex` entries, parted by commas or white space. The first one
    /// signs; all verify. Each key has at least 32 bytes.
    pub fn parse(text: &str) -> Result<Self, KeyringError> {
        let mut keys: Vec<Key> = Vec::new();
        let entries = text
            .split(|c: char| c == ',' || c.is_whitespace())
            .filter(|entry| !entry.is_empty());
        for (index, entry) in entries.enumerate() {
            let malformed = KeyringError::Entry(index + 1);
            let (kid, hex) = entry.split_once(':').ok_or(malformed.clone())?;
            let [kid] = kid.as_bytes() else {
                return Err(malformed);
            };
            if !kid.is_ascii_alphanumeric() {
                return Err(malformed);
            }
            let name = char::from(*kid);
            let secret = digits::from_hex(hex).ok_or(malformed)?;
            let first = secret.first().copied().unwrap_or_default();
            if secret.len() < 32 || secret.iter().all(|byte| *byte == first) {
                return Err(KeyringError::Weak(name));
            }
            if keys.iter().any(|key| key.kid == *kid) {
                return Err(KeyringError::Twice(name));
            }
            // HMAC takes keys of any length.
            let mac = Hmac::new_from_slice(&secret).map_err(|_| KeyringError::Weak(name))?;
            keys.push(Key { kid: *kid, mac });
        }
        let mut keys = keys.into_iter();
        let signing = keys.next().ok_or(KeyringError::Empty)?;
        Ok(Self {
            signing,
            verifying: keys.collect(),
        })
    }

    /// The code of a link. The same link under the same key has the same code.
    #[must_use]
    pub fn sign_link(&self, link: &Link) -> String {
        let body = link.pack();
        let mut code = String::with_capacity(CODE_LENGTH);
        code.push(char::from(self.signing.kid));
        digits::push(&mut code, u128::from(body), BODY_DIGITS);
        push_tag(&mut code, link_mac(&self.signing, body));
        code
    }

    /// The link of a code.
    pub fn read_link(&self, code: &str) -> Result<Link, CodeError> {
        let (kid, rest) = split(code, CODE_LENGTH, 1)?;
        let (body, tag) = split_at(rest, BODY_DIGITS)?;
        let body = parse_body(body)?;
        let tag = parse_tag(tag)?;
        verify(link_mac(self.key(kid)?, body), &tag)?;
        Ok(Link::unpack(body))
    }

    /// The kid that signs now.
    #[must_use]
    pub fn signing_kid(&self) -> char {
        char::from(self.signing.kid)
    }

    /// The receipt of a click.
    #[must_use]
    pub fn sign_receipt(&self, receipt: &Receipt) -> String {
        let body = receipt.link.pack();
        let mut text = String::with_capacity(RECEIPT_LENGTH);
        text.push(CLICK_RECEIPT);
        text.push(char::from(self.signing.kid));
        digits::push(&mut text, u128::from(body), BODY_DIGITS);
        digits::push(&mut text, receipt.click.0, ID_DIGITS);
        push_tag(&mut text, receipt_mac(&self.signing, body, receipt.click));
        text
    }

    /// The touch that a receipt proves.
    pub fn read_receipt(&self, text: &str) -> Result<Receipt, CodeError> {
        let (head, rest) = split(text, RECEIPT_LENGTH, 2)?;
        let kid = head.strip_prefix(CLICK_RECEIPT).ok_or(CodeError::Shape)?;
        let (body, rest) = split_at(rest, BODY_DIGITS)?;
        let (click, tag) = split_at(rest, ID_DIGITS)?;
        let body = parse_body(body)?;
        let click = ClickId(digits::parse(click).ok_or(CodeError::Shape)?);
        let tag = parse_tag(tag)?;
        verify(receipt_mac(self.key(kid)?, body, click), &tag)?;
        Ok(Receipt {
            link: Link::unpack(body),
            click,
        })
    }

    /// The token by which somebody ends letters; `None` if the hash is none.
    #[must_use]
    pub fn sign_way_out(&self, way_out: &WayOut) -> Option<String> {
        let (high, low) = halves(&way_out.hash)?;
        let mut token = String::with_capacity(WAY_OUT_LENGTH);
        token.push(char::from(self.signing.kid));
        digits::push(&mut token, high, ID_DIGITS);
        digits::push(&mut token, low, ID_DIGITS);
        digits::push(&mut token, way_out.program.into(), PROGRAM_DIGITS);
        push_tag(
            &mut token,
            way_out_mac(&self.signing, high, low, way_out.program),
        );
        Some(token)
    }

    /// Who ends letters by a token.
    pub fn read_way_out(&self, token: &str) -> Result<WayOut, CodeError> {
        let (kid, rest) = split(token, WAY_OUT_LENGTH, 1)?;
        let (high, rest) = split_at(rest, ID_DIGITS)?;
        let (low, rest) = split_at(rest, ID_DIGITS)?;
        let (program, tag) = split_at(rest, PROGRAM_DIGITS)?;
        let high = digits::parse(high).ok_or(CodeError::Shape)?;
        let low = digits::parse(low).ok_or(CodeError::Shape)?;
        let program = digits::parse(program).ok_or(CodeError::Shape)?;
        let program = u16::try_from(program).map_err(|_| CodeError::Shape)?;
        let tag = parse_tag(tag)?;
        verify(way_out_mac(self.key(kid)?, high, low, program), &tag)?;
        Ok(WayOut {
            hash: format!("{high:032x}{low:032x}"),
            program,
        })
    }

    fn key(&self, kid: &str) -> Result<&Key, CodeError> {
        let kid = kid.as_bytes().first().ok_or(CodeError::Shape)?;
        std::iter::once(&self.signing)
            .chain(&self.verifying)
            .find(|key| key.kid == *kid)
            .ok_or(CodeError::UnknownKey)
    }
}

fn link_mac(key: &Key, body: u64) -> Hmac<Sha256> {
    key.mac
        .clone()
        .chain_update(LINK_DOMAIN)
        .chain_update([key.kid])
        .chain_update(body.to_be_bytes())
}

fn receipt_mac(key: &Key, body: u64, click: ClickId) -> Hmac<Sha256> {
    key.mac
        .clone()
        .chain_update(RECEIPT_DOMAIN)
        .chain_update([key.kid])
        .chain_update(body.to_be_bytes())
        .chain_update(click.0.to_be_bytes())
}

fn way_out_mac(key: &Key, high: u128, low: u128, program: u16) -> Hmac<Sha256> {
    key.mac
        .clone()
        .chain_update(WAY_OUT_DOMAIN)
        .chain_update([key.kid])
        .chain_update(high.to_be_bytes())
        .chain_update(low.to_be_bytes())
        .chain_update(program.to_be_bytes())
}

/// The two halves of a SHA-256 in hexadecimal.
fn halves(hash: &str) -> Option<(u128, u128)> {
    let (high, low) = hash.split_at_checked(32)?;
    if hash.len() != 64 || !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let half = |text| u128::from_str_radix(text, 16).ok();
    Some((half(high)?, half(low)?))
}

fn push_tag(out: &mut String, mac: Hmac<Sha256>) {
    let tag = mac.finalize().into_bytes();
    let number = tag
        .iter()
        .take(TAG_BYTES)
        .fold(0_u128, |number, byte| (number << 8) | u128::from(*byte));
    digits::push(out, number, TAG_DIGITS);
}

/// In constant time. `verify_truncated_left` would accept a tag of any length,
/// so the array's type is the check that there are 80 bits.
fn verify(mac: Hmac<Sha256>, tag: &[u8; TAG_BYTES]) -> Result<(), CodeError> {
    mac.verify_truncated_left(tag)
        .map_err(|_| CodeError::Signature)
}

/// Parts a text of exactly `length` ASCII letters and digits after `head`.
fn split(text: &str, length: usize, head: usize) -> Result<(&str, &str), CodeError> {
    if text.len() != length || !text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(CodeError::Shape);
    }
    split_at(text, head)
}

fn split_at(text: &str, at: usize) -> Result<(&str, &str), CodeError> {
    text.split_at_checked(at).ok_or(CodeError::Shape)
}

fn parse_body(text: &str) -> Result<u64, CodeError> {
    digits::parse(text)
        .and_then(|body| u64::try_from(body).ok())
        .ok_or(CodeError::Shape)
}

fn parse_tag(text: &str) -> Result<[u8; TAG_BYTES], CodeError> {
    let number = digits::parse(text).ok_or(CodeError::Shape)?;
    let [0, 0, 0, 0, 0, 0, tag @ ..] = number.to_be_bytes() else {
        // More than 80 bits: another text of the same tag, if it were let in.
        return Err(CodeError::Shape);
    };
    Ok(tag)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::domain::link::tests::any_link;
    use proptest::prelude::*;

    pub(crate) const KEY_1: &str =
        "1:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    const KEY_B: &str = "b:202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f";

    pub(crate) fn ring() -> Keyring {
        Keyring::parse(KEY_1).unwrap()
    }

    #[test]
    fn the_format_is_pinned_by_vectors() {
        // Made by tests/vectors.py, with Python's hmac and nothing of ours.
        for line in include_str!("../../tests/fixtures/codes.txt").lines() {
            let fields: Vec<&str> = line.split(' ').collect();
            let [keys, body, click, code, receipt] = fields[..] else {
                panic!("{line}")
            };
            let ring = Keyring::parse(keys).unwrap();
            let link = Link::unpack(u64::from_str_radix(body, 16).unwrap());
            let click = ClickId(u128::from_str_radix(click, 16).unwrap());
            assert_eq!(ring.sign_link(&link), code);
            assert_eq!(ring.sign_receipt(&Receipt { link, click }), receipt);
        }
    }

    #[test]
    fn every_single_bit_change_of_a_code_is_refused() {
        let ring = Keyring::parse(&format!("{KEY_1} {KEY_B}")).unwrap();
        let link = Link::unpack(0x0123_4567_89ab_cdef);
        let code = ring.sign_link(&link);
        assert_eq!(ring.read_link(&code), Ok(link));
        let mut tried = 0;
        for index in 0..code.len() {
            for bit in 0..8 {
                let mut bytes = code.clone().into_bytes();
                bytes[index] ^= 1 << bit;
                let Ok(changed) = String::from_utf8(bytes) else {
                    continue;
                };
                assert!(ring.read_link(&changed).is_err(), "{changed}");
                tried += 1;
            }
        }
        assert_eq!(tried, CODE_LENGTH * 7);
    }

    #[test]
    fn every_single_bit_change_of_what_is_signed_is_refused() {
        let ring = ring();
        let link = Link::unpack(0x0123_4567_89ab_cdef);
        let code = ring.sign_link(&link);
        let (head, tag) = code.split_at(12);
        let body = digits::parse(head.strip_prefix('1').unwrap()).unwrap();
        let tag = digits::parse(tag).unwrap();
        let write = |body: u128, tag: u128| {
            let mut text = String::from("1");
            digits::push(&mut text, body, BODY_DIGITS);
            digits::push(&mut text, tag, TAG_DIGITS);
            text
        };
        assert_eq!(write(body, tag), code);
        for bit in 0..64 {
            let forged = write(body ^ (1 << bit), tag);
            assert_eq!(ring.read_link(&forged), Err(CodeError::Signature));
        }
        for bit in 0..80 {
            let forged = write(body, tag ^ (1 << bit));
            assert_eq!(ring.read_link(&forged), Err(CodeError::Signature));
        }
    }

    #[test]
    fn a_number_has_one_text() {
        let ring = ring();
        let code = ring.sign_link(&Link::unpack(7));
        // 2^64 + 7 still has eleven digits, and 2^80 + tag fourteen.
        let mut wide = String::from("1");
        digits::push(&mut wide, (1 << 64) + 7, BODY_DIGITS);
        wide.push_str(code.split_at(12).1);
        assert_eq!(ring.read_link(&wide), Err(CodeError::Shape));
        let (head, tag) = code.split_at(12);
        let tag = digits::parse(tag).unwrap();
        let mut wide = head.to_owned();
        digits::push(&mut wide, (1 << 80) + tag, TAG_DIGITS);
        assert_eq!(ring.read_link(&wide), Err(CodeError::Shape));
    }

    #[test]
    fn a_key_can_be_rotated_and_retired() {
        let link = Link::unpack(99);
        let old = Keyring::parse(KEY_1).unwrap();
        let both = Keyring::parse(&format!("{KEY_B},{KEY_1}")).unwrap();
        let new = Keyring::parse(KEY_B).unwrap();
        let printed = old.sign_link(&link);
        assert_eq!(both.signing_kid(), 'b');
        assert_eq!(both.read_link(&printed), Ok(link));
        assert_eq!(both.sign_link(&link), new.sign_link(&link));
        assert_eq!(new.read_link(&printed), Err(CodeError::UnknownKey));
        assert_eq!(
            old.read_link(&new.sign_link(&link)),
            Err(CodeError::UnknownKey)
        );
    }

    #[test]
    fn a_receipt_is_no_code_and_a_code_is_no_receipt() {
        let ring = ring();
        let receipt = Receipt {
            link: Link::unpack(5),
            click: ClickId(6),
        };
        let text = ring.sign_receipt(&receipt);
        assert_eq!(ring.read_receipt(&text), Ok(receipt));
        assert_eq!(ring.read_link(&text), Err(CodeError::Shape));
        assert_eq!(
            ring.read_receipt(&ring.sign_link(&receipt.link)),
            Err(CodeError::Shape)
        );
        let other = text.replacen('c', "d", 1);
        assert_eq!(ring.read_receipt(&other), Err(CodeError::Shape));
    }

    #[test]
    fn weak_and_malformed_keys_are_refused() {
        for (text, error) in [
            ("", KeyringError::Empty),
            (" , ", KeyringError::Empty),
            ("1", KeyringError::Entry(1)),
            ("12:00", KeyringError::Entry(1)),
            ("1:0", KeyringError::Entry(1)),
            ("1:+1", KeyringError::Entry(1)),
            ("-:00", KeyringError::Entry(1)),
            ("1:00ff", KeyringError::Weak('1')),
            (
                "1:0000000000000000000000000000000000000000000000000000000000000000",
                KeyringError::Weak('1'),
            ),
            (&format!("{KEY_1} {KEY_1}"), KeyringError::Twice('1')),
            (&format!("{KEY_1} é:00"), KeyringError::Entry(2)),
        ] {
            assert_eq!(Keyring::parse(text).unwrap_err(), error, "{text:?}");
        }
    }

    #[test]
    fn debugging_shows_no_secret() {
        assert_eq!(
            format!("{:?}", ring()),
            "Keyring { signing: '1', retired_but_verifying: 0, .. }"
        );
    }

    proptest! {
        #[test]
        fn codes_and_receipts_come_back(link in any_link(), click: u128) {
            let ring = ring();
            let code = ring.sign_link(&link);
            prop_assert_eq!(code.len(), CODE_LENGTH);
            prop_assert_eq!(ring.read_link(&code), Ok(link));
            let receipt = Receipt { link, click: ClickId(click) };
            let text = ring.sign_receipt(&receipt);
            prop_assert_eq!(text.len(), RECEIPT_LENGTH);
            prop_assert_eq!(ring.read_receipt(&text), Ok(receipt));
        }

        #[test]
        fn no_text_panics_or_verifies(text in "\\PC{0,60}", digits in "[0-9A-Za-z]{26}") {
            let ring = ring();
            prop_assert!(ring.read_link(&text).is_err());
            prop_assert!(ring.read_link(&digits).is_err());
            prop_assert!(ring.read_receipt(&text).is_err());
        }
    }
}
