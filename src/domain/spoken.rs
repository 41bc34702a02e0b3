//! Spoken codes: said aloud, printed, typed. `MAYA-7KQ-4TX`.
//!
//! Owns how a code looks and under which key it is found. That a key is given
//! out once, and whose it is, is `store`'s.
//!
//! # How hard a code is to guess
//!
//! The six random characters are 30 bits: 2^30 = 1,073,741,824 of them behind
//! every name. A guess has to say a name, so what counts is how many codes
//! there are behind the name that is guessed, not how many there are at all.
//! Somebody who knows every name takes the commonest. At 10 guesses a minute,
//! which is 14,400 a day, the first code is found, on average,
//!
//! | codes behind the commonest name | with six characters | with four (2^20) |
//! |---|---|---|
//! | 500 (of 50,000) | after 2,147,000 guesses: 149 days | 2,100: 3½ hours |
//! | 10,000 | 107,000 guesses: 7½ days | 105: 10 minutes |
//! | 50,000 | 21,500 guesses: 36 hours | 21: 2 minutes |
//! | 1, a certain advocate's | half of all: 102 years | half of all: 36 days |
//!
//! So four would not do under any limit that lets people mistype. Six do only
//! while three things hold:
//!
//! - The limit is one for all askers together. Where it is 10 a minute for each
//!   address, a hundred addresses find the first of 500 in a day and a half.
//! - Few codes begin with `FRIEND`. Names in other scripts all do; a program
//!   whose advocates mostly have such names is in the table's third row.
//! - A found code is worth little. It shows no more than the first name that
//!   was guessed, and whoever uses it gives a stranger the credit; so it must
//!   never log anybody in, nor show what belongs to its advocate.
//!
//! Two advocates of one name seldom get the same code (a new one meets one of
//! 500 once in two million times), and then the database's unique key says so
//! and another is drawn.

use percent_encoding::percent_decode_str;

use super::keyring::TRAILING;

/// Crockford's base32 (crockford.com/base32): digits and capitals without I, L
/// and O, which look like digits, and without U, so that fewer words appear.
const ALPHABET: [u8; 32] = *b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The random characters of a code.
const RANDOM: usize = 6;

/// The most letters of a name that are said.
const LONGEST_NAME: usize = 8;

/// The fewest; an initial alone tells nobody whose code it is.
const SHORTEST_NAME: usize = 2;

/// Stands for a name in which there is nothing to say in ASCII.
const NAMELESS: &str = "FRIEND";

/// The longest text that can mean a code, in bytes: fourteen characters with a
/// dash of three bytes and blanks between them, and some.
const LONGEST_TYPED: usize = 128;

/// A code as it is given to an advocate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpokenCode {
    /// 2 to 8 capital letters.
    name: String,
    /// The lowest 30 bits are the code's.
    random: u32,
}

impl SpokenCode {
    /// The code of an advocate of this name. 30 of the 32 random bits are used,
    /// so that each code is as likely as any other.
    #[must_use]
    pub fn new(name: &str, random: [u8; 4]) -> Self {
        let mut said = first_word(name);
        if said.len() < SHORTEST_NAME {
            NAMELESS.clone_into(&mut said);
        }
        Self {
            name: said,
            random: u32::from_be_bytes(random) & ((1 << 30) - 1),
        }
    }

    /// The code as it is shown, said and printed.
    #[must_use]
    pub fn display(&self) -> String {
        let mut shown = self.name.clone();
        for (place, digit) in self.digits().enumerate() {
            if place % 3 == 0 {
                shown.push('-');
            }
            shown.push(digit);
        }
        shown
    }

    /// What the code is looked up by.
    #[must_use]
    pub fn key(&self) -> Key {
        Key(self
            .name
            .chars()
            .map(look_alike)
            .chain(self.digits())
            .collect())
    }

    fn digits(&self) -> impl Iterator<Item = char> {
        let random = self.random;
        (0..RANDOM).rev().map(move |place| {
            let digit = (random >> (5 * place)) & 31;
            // Five bits are always within the alphabet.
            let found = ALPHABET.get(digit as usize);
            char::from(found.copied().unwrap_or(b'0'))
        })
    }
}

/// What a code is looked up by, and what is unique in the database: the code
/// without its hyphens, with O as 0, and with I and L as 1, in its name too.
/// `0L1V1A` and `OLIVIA` are one name to a reader.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key(String);

impl Key {
    /// The key that somebody means by what they typed, or by what stands in a
    /// URL (percent-decoded); `None` where it cannot be a code.
    ///
    /// Case, blanks, hyphens, dashes, dots and underscores mean nothing, nor do
    /// the accents that are left out of a code's name. So a code with too few
    /// characters can be read as another with a shorter name; that one was given
    /// out is as unlikely as any guess.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        if typed.len() > LONGEST_TYPED {
            return None;
        }
        let mut key = String::new();
        for c in typed.chars().filter(|c| !is_between(*c) && !is_accent(*c)) {
            if c.is_ascii_digit() {
                key.push(c);
            } else {
                key.extend(capitals(c)?.chars().map(look_alike));
            }
        }
        let name = key.len().checked_sub(RANDOM)?;
        let is_code = (SHORTEST_NAME..=LONGEST_NAME).contains(&name)
            && key.bytes().enumerate().all(|(place, byte)| {
                if place < name {
                    byte.is_ascii_uppercase() || matches!(byte, b'0' | b'1')
                } else {
                    ALPHABET.contains(&byte)
                }
            });
        is_code.then_some(Self(key))
    }

    /// The key in what follows `/s/` in a URL: percent-encoded, and perhaps with
    /// punctuation behind it that a mail program took for a part of it.
    #[must_use]
    pub fn from_path(segment: &str) -> Option<Self> {
        // `%E2%80%94` is a dash.
        if segment.len() > 3 * LONGEST_TYPED {
            return None;
        }
        let text = percent_decode_str(segment).decode_utf8().ok()?;
        // Some systems write a blank as they would in a query.
        let text = text.replace('+', " ");
        Self::parse(text.trim_end_matches(|c: char| c.is_whitespace() || TRAILING.contains(&c)))
    }

    /// The text that is stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What people put between the parts of a code.
fn is_between(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '.' | '_' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// An accent that follows its letter as a character of its own, as some systems
/// write names.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

fn look_alike(capital: char) -> char {
    match capital {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    }
}

/// The letters of the first word that has any, as capitals, cut to what can be
/// said. A word ends at a blank, a dash or any ASCII but letters and
/// apostrophes, so that a double name gives its first half and an address what
/// stands before its `@`. (`char::is_alphabetic` would bring its tables along.)
fn first_word(name: &str) -> String {
    let mut word: String = name
        .chars()
        .skip_while(|c| capitals(*c).is_none())
        .take_while(|c| c.is_ascii_alphabetic() || *c == '\'' || !c.is_ascii() && !is_between(*c))
        .filter_map(capitals)
        .collect();
    word.truncate(LONGEST_NAME);
    word
}

/// A Latin letter as ASCII capitals, without its accent; `None` for whatever is
/// no Latin letter, or one that few readers of ASCII would know.
fn capitals(letter: char) -> Option<&'static str> {
    Some(match letter {
        'A' | 'a' | 'À'..='Å' | 'à'..='å' | 'Ā'..='ą' | 'Ạ'..='ặ' => "A",
        'Æ' | 'æ' => "AE",
        'B' | 'b' => "B",
        'C' | 'c' | 'Ç' | 'ç' | 'Ć'..='č' => "C",
        'D' | 'd' | 'Ð' | 'ð' | 'Ď'..='đ' => "D",
        'E' | 'e' | 'È'..='Ë' | 'è'..='ë' | 'Ē'..='ě' | 'Ẹ'..='ệ' | 'Ə' | 'ə' => "E",
        'F' | 'f' => "F",
        'G' | 'g' | 'Ĝ'..='ģ' => "G",
        'H' | 'h' | 'Ĥ'..='ħ' => "H",
        'I' | 'i' | 'Ì'..='Ï' | 'ì'..='ï' | 'Ĩ'..='ı' | 'Ỉ'..='ị' => "I",
        'J' | 'j' | 'Ĵ' | 'ĵ' => "J",
        'K' | 'k' | 'Ķ' | 'ķ' => "K",
        'L' | 'l' | 'Ĺ'..='ł' => "L",
        'M' | 'm' => "M",
        'N' | 'n' | 'Ñ' | 'ñ' | 'Ń'..='ŋ' => "N",
        'O' | 'o' | 'Ò'..='Ö' | 'Ø' | 'ò'..='ö' | 'ø' | 'Ō'..='ő' | 'Ơ' | 'ơ' | 'Ọ'..='ợ' => {
            "O"
        }
        'Œ' | 'œ' => "OE",
        'P' | 'p' => "P",
        'Q' | 'q' => "Q",
        'R' | 'r' | 'Ŕ'..='ř' => "R",
        'S' | 's' | 'Ś'..='š' | 'Ș' | 'ș' => "S",
        'ß' | 'ẞ' => "SS",
        'T' | 't' | 'Ţ'..='ŧ' | 'Ț' | 'ț' => "T",
        'Þ' | 'þ' => "TH",
        'U' | 'u' | 'Ù'..='Ü' | 'ù'..='ü' | 'Ũ'..='ų' | 'Ư' | 'ư' | 'Ụ'..='ự' => "U",
        'V' | 'v' => "V",
        'W' | 'w' | 'Ŵ' | 'ŵ' => "W",
        'X' | 'x' => "X",
        'Y' | 'y' | 'Ý' | 'ý' | 'ÿ' | 'Ŷ'..='Ÿ' | 'Ỳ'..='ỹ' => "Y",
        'Z' | 'z' | 'Ź'..='ž' => "Z",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn name(name: &str) -> String {
        SpokenCode::new(name, [0; 4])
            .display()
            .split('-')
            .next()
            .unwrap()
            .to_owned()
    }

    #[test]
    fn codes_and_keys_are_pinned() {
        for (advocate, random, shown, key) in [
            ("Maya Brandt", 0x0f3b_935d, "MAYA-7KQ-4TX", "MAYA7KQ4TX"),
            ("olivia", 0, "OLIVIA-000-000", "011V1A000000"),
            ("Zoë", 0x3fff_ffff, "ZOE-ZZZ-ZZZ", "Z0EZZZZZZ"),
            ("李小龙", 1, "FRIEND-000-001", "FR1END000001"),
        ] {
            let code = SpokenCode::new(advocate, u32::to_be_bytes(random));
            assert_eq!(code.display(), shown);
            assert_eq!(code.key().as_str(), key);
        }
    }

    #[test]
    fn a_code_uses_thirty_bits() {
        assert_eq!(
            SpokenCode::new("Maya", [0xc0, 0, 0, 0]),
            SpokenCode::new("Maya", [0; 4])
        );
    }

    #[test]
    fn names_are_made_sayable() {
        for (given, said) in [
            ("  maya  brandt", "MAYA"),
            ("José", "JOSE"),
            ("Jose\u{301} Luis", "JOSE"),
            ("Jürgen", "JURGEN"),
            ("Bjørn", "BJORN"),
            ("Ñusta", "NUSTA"),
            ("Łukasz", "LUKASZ"),
            ("İbrahim", "IBRAHIM"),
            ("Şahin", "SAHIN"),
            ("Nguyễn", "NGUYEN"),
            ("Đặng", "DANG"),
            ("Æsa", "AESA"),
            ("Weiß", "WEISS"),
            ("STRAẞE", "STRASSE"),
            ("Þór", "THOR"),
            ("D’Arcy", "DARCY"),
            ("D'Arcy", "DARCY"),
            ("Jean-Luc", "JEAN"),
            ("maya.brandt@example.com", "MAYA"),
            ("(Maya)", "MAYA"),
            ("Acme, Inc.", "ACME"),
            ("“Maya”", "MAYA"),
            ("😀 Maya", "MAYA"),
            ("李 Xiaolong", "XIAOLONG"),
            ("Nəcəfov", "NECEFOV"),
            ("Kaʻiulani", "KAIULANI"),
            ("Maya—Brandt", "MAYA"),
            ("7 Sisters", "SISTERS"),
            ("Maximiliane", "MAXIMILI"),
            ("Abcdefgß", "ABCDEFGS"),
            ("Al", "AL"),
            ("J. Smith", "FRIEND"),
            ("3M", "FRIEND"),
            ("Мая", "FRIEND"),
            ("", "FRIEND"),
            ("😀", "FRIEND"),
        ] {
            assert_eq!(name(given), said, "{given:?}");
        }
    }

    #[test]
    fn what_people_type_is_understood() {
        for typed in [
            "OLIVIA-7K0-1TX",
            "olivia7k01tx",
            " Olivia 7ko ltx ",
            "0L1V1A-7K0-1TX",
            "oiivla.7kO_iTx",
            "OLIVIA – 7K0 — 1TX",
            "OLIVIA\u{2011}7K0\u{a0}1TX",
            "Ólívia-7k0-1tx",
            "O\u{301}livia-7k0-1tx",
        ] {
            let key = Key::parse(typed);
            assert_eq!(key.as_ref().map(Key::as_str), Some("011V1A7K01TX"));
        }
    }

    #[test]
    fn what_is_no_code_is_refused() {
        for typed in [
            "",
            "-",
            "MAYA",
            "7KQ4TX",
            "M-7KQ-4TX",
            "AL-7KQ-4T",
            "MAXIMILIA-7KQ-4TX",
            "MAYA-7KQ-4TU", // no U in the alphabet
            "MAY2-7KQ-4TX", // no digit in a name but look-alikes
            "MAYA-7KQ-4T!",
            "MAYA/7KQ/4TX",
            "MAYA%2D7KQ-4TX",
            "МАYА-7KQ-4TX", // Cyrillic
            "MAYA-7KQ-4T\0",
            &format!("MAYA-7KQ-4TX{}", " ".repeat(200)),
        ] {
            assert_eq!(Key::parse(typed), None, "{typed:?}");
        }
    }

    #[test]
    fn the_link_of_a_code_may_be_mangled() {
        for path in [
            "MAYA-7KQ-4TX",
            "maya-7kq-4tx",
            "MAYA7KQ4TX",
            "MAYA%207KQ%204TX",
            "MAYA+7KQ+4TX",
            "%20maya%2D7kq%e2%80%944tx",
            "MAYA-7KQ-4TX/",
            "MAYA-7KQ-4TX).",
            "MAYA-7KQ-4TX%20!%22",
            "m%C3%A1ya.7kq.4tx",
        ] {
            let key = Key::from_path(path);
            assert_eq!(key.as_ref().map(Key::as_str), Some("MAYA7KQ4TX"), "{path}");
        }
        for path in [
            "",
            "/",
            "%",
            "MAYA-7KQ-4T%58%00",
            "%ff-7KQ-4TX",
            "MAYA/7KQ/4TX",
            "x/MAYA-7KQ-4TX",
        ] {
            assert_eq!(Key::from_path(path), None, "{path}");
        }
        assert_eq!(
            Key::from_path(&format!("MAYA-7KQ-4TX{}", "%20".repeat(500))),
            None
        );
    }

    /// One way in which a character of a code may be read and typed.
    fn mistype(c: char, choice: u8) -> String {
        let others: &[char] = match c {
            'O' | '0' => &['O', '0', 'o'],
            'I' | 'L' | '1' => &['I', 'L', '1', 'i', 'l'],
            '-' => &['-', ' ', '.', '_', '–', '—'],
            _ => &[],
        };
        let typed = match others.get(usize::from(choice / 8) % others.len().max(1)) {
            Some(other) => *other,
            None if choice.is_multiple_of(2) => c.to_ascii_lowercase(),
            None => c,
        };
        match choice % 8 {
            0 => format!("{typed} "),
            1 => format!("-{typed}"),
            2 if c == '-' => String::new(),
            _ => typed.to_string(),
        }
    }

    proptest! {
        #[test]
        fn a_code_is_found_however_it_is_typed(
            name in "\\PC{0,12}|[A-Za-zÀ-ſ]{2,10}",
            random: [u8; 4],
            choices: [u8; 16],
        ) {
            let code = SpokenCode::new(&name, random);
            let shown = code.display();
            prop_assert!(shown.len() <= choices.len());
            let typed: String = shown
                .chars()
                .zip(choices)
                .map(|(c, choice)| mistype(c, choice))
                .collect();
            prop_assert_eq!(Key::parse(&typed), Some(code.key()), "{}", typed);
            prop_assert_eq!(Key::parse(code.key().as_str()), Some(code.key()));
        }

        #[test]
        fn keys_are_shared_by_look_alikes_alone(
            // Few letters and few numbers, so that many pairs are alike.
            names in ["[OILQ]{2,3}", "[OILQ]{2,3}"],
            randoms in [0_u8..3, 0_u8..3],
        ) {
            let codes = [0, 1].map(|n| SpokenCode::new(&names[n], [0, 0, 0, randoms[n]]));
            let [one, other] = names.map(|name| name.replace('O', "0").replace(['I', 'L'], "1"));
            prop_assert_eq!(
                codes[0].key() == codes[1].key(),
                one == other && randoms[0] == randoms[1]
            );
        }

        #[test]
        fn nothing_typed_makes_a_bad_key(typed in "\\PC{0,20}|[A-Za-z0-9 -]{8,16}") {
            if let Some(key) = Key::parse(&typed) {
                prop_assert!((8..=14).contains(&key.as_str().len()));
                prop_assert_eq!(Key::parse(key.as_str()), Some(key.clone()));
            }
        }
    }
}
