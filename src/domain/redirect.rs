//! Following a link: the whole decision, from the code to the answer.
//!
//! Owns the order of the steps in DESIGN.md, "The click". Pure: what the edge
//! knows and what the visitor sent go in, an [`Answer`] comes out; reading the
//! request, writing the response and recording the click are `cloudflare`'s.

use super::{
    access,
    class::{self, Class, Reason, Signs},
    click::{Click, ClickId},
    cookie, digits,
    keyring::{CodeError, Keyring, Receipt},
    landing,
    link::Link,
    page,
    program::Touch,
    snapshot::{Program, Refusal, Snapshot, Target},
    visitor,
};

/// Clocks of the edge differ by this much at most (milliseconds): a receipt
/// from further in the future is none of ours.
const CLOCK_SKEW: i64 = 60_000;

/// A random salt for visitor hashes, as long as it lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Salt(pub [u8; 32]);

impl Salt {
    /// The text as which it is kept: 64 hexadecimal digits.
    #[must_use]
    pub fn to_hex(self) -> String {
        access::to_hex(&self.0)
    }

    /// The salt of a text that was kept.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let bytes = digits::from_hex(text)?;
        bytes.try_into().ok().map(Self)
    }
}

/// What the edge knows when a click comes in.
#[derive(Debug, Clone, Copy)]
pub struct Edge<'a> {
    /// Verifies codes, signs receipts.
    pub keyring: &'a Keyring,
    /// The configuration.
    pub snapshot: &'a Snapshot,
    /// Today's salt; without it the click has no visitor hash.
    pub salt: Option<Salt>,
    /// `Domain` of the cookie.
    pub cookie_domain: Option<&'a str>,
    /// Unix milliseconds.
    pub now: i64,
    /// Makes the click's id unique.
    pub random: [u8; 10],
}

/// What the visitor sent.
#[derive(Debug, Clone, Copy, Default)]
pub struct Visit<'a> {
    /// The link's URL up to its query, for previews.
    pub url: &'a str,
    /// The query, without its question mark.
    pub query: &'a str,
    /// What classifies the click.
    pub signs: Signs<'a>,
    /// `Cookie`.
    pub cookie: &'a str,
    /// `Sec-GPC: 1` (Global Privacy Control): no cookie, no visitor hash.
    pub gpc: bool,
    /// The visitor's address; hashed here, kept nowhere.
    pub address: &'a str,
}

/// How a link is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// 302 to the landing URL.
    Redirect {
        /// The landing URL.
        location: String,
        /// A `Set-Cookie` value.
        cookie: Option<String>,
        /// What is recorded.
        click: Click,
    },
    /// 200 with Open Graph tags.
    Preview {
        /// The page.
        html: String,
        /// What is recorded.
        click: Click,
    },
    /// 503, so that the browser asks again when the visitor really comes: a
    /// prefetched redirect would be used without another request, and the
    /// visit never counted.
    NotYet {
        /// What is recorded.
        click: Click,
    },
    /// 404 with the neutral page; nothing is recorded.
    Nowhere,
}

/// Why a code leads nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Nowhere {
    /// It is none of ours.
    #[error(transparent)]
    Code(#[from] CodeError),
    /// Its link is not followed.
    #[error("the link is not followed: {0}")]
    Link(#[from] Refusal),
}

/// The click that a visit to the link is which `code` stands for, and where it leads; or
/// why it leads nowhere.
pub fn click<'a>(
    edge: &Edge<'a>,
    code: &str,
    visit: &Visit,
) -> Result<(Click, &'a Program, &'a Target), Nowhere> {
    let link = edge.keyring.read_link(code)?;
    let (program, target) = edge.snapshot.resolve(&link)?;
    let (class, reason) = class::classify(&visit.signs);
    let click = Click {
        id: ClickId::new(edge.now, edge.random),
        link,
        class,
        reason,
        visitor: who(edge, program, visit, class),
        offset: program.offset_minutes(edge.now),
    };
    Ok((click, program, target))
}

/// Follows the link that `code` stands for.
#[must_use]
pub fn follow(edge: &Edge, code: &str, visit: &Visit) -> Answer {
    let Ok((click, program, target)) = click(edge, code, visit) else {
        return Answer::Nowhere;
    };
    let (link, reason) = (click.link, click.reason);
    if visit.signs.is_prefetch() {
        return Answer::NotYet { click };
    }
    if reason == Reason::Preview {
        let html = page::preview(program, visit.url);
        return Answer::Preview { html, click };
    }

    // An image or a frame on a page of the same site would otherwise take the
    // credit from whoever earned it.
    let keeps_cookies = program.cookie && !visit.gpc && reason != Reason::Embedded;
    let earlier = if keeps_cookies && program.touch == Touch::First {
        earlier_touch(edge, program, visit.cookie)
    } else {
        None
    };
    let receipt = edge.keyring.sign_receipt(&Receipt {
        link,
        click: click.id,
    });
    let location = |winner, this| {
        landing::landing_url(&target.url, program.pass_through, visit.query, winner, this)
    };
    match earlier {
        // The cookie that is there stays as it is, with its own expiry.
        Some(winner) => Answer::Redirect {
            location: location(winner, Some(receipt.as_str())),
            cookie: None,
            click,
        },
        None => Answer::Redirect {
            location: location(&receipt, None),
            cookie: keeps_cookies.then(|| {
                let age = program.window_days.seconds();
                cookie::set(link.program, &receipt, age, edge.cookie_domain)
            }),
            click,
        },
    }
}

/// The receipt in the program's cookie, where it can still win.
fn earlier_touch<'a>(edge: &Edge, program: &Program, cookies: &'a str) -> Option<&'a str> {
    let number = super::link::ProgramNumber::new(program.number)?;
    let text = cookie::find(cookies, number)?;
    let receipt = edge.keyring.read_receipt(text).ok()?;
    let age = edge.now - receipt.click.at();
    let window = i64::from(program.window_days.seconds()) * 1_000;
    let admitted = receipt.link.program == number
        && program.admits(&receipt.link)
        && (-CLOCK_SKEW..=window).contains(&age);
    admitted.then_some(text)
}

/// The visitor's hash, for people alone, and not against GPC.
fn who(edge: &Edge, program: &Program, visit: &Visit, class: Class) -> Option<u64> {
    if visit.gpc || class != Class::Human || visit.address.is_empty() {
        return None;
    }
    let salt = edge.salt?;
    let agent = visit.signs.user_agent;
    Some(visitor::hash(&salt, program.number, visit.address, agent))
}

impl Program {
    /// Whether a touch of this link can still earn anything. A destination that
    /// was switched off since takes nothing from the advocate.
    fn admits(&self, link: &Link) -> bool {
        !matches!(
            self.resolve(link),
            Err(Refusal::ProgramDisabled | Refusal::AdvocateDisabled | Refusal::Revoked)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        class::tests::person, keyring::tests::ring, link::AdvocateNumber, snapshot::tests::snapshot,
    };

    const NOW: i64 = 1_790_000_000_000;
    const DAY: i64 = 86_400_000;

    struct World {
        keyring: Keyring,
        snapshot: Snapshot,
    }

    impl World {
        fn new() -> Self {
            Self {
                keyring: ring(),
                snapshot: snapshot(),
            }
        }

        fn first_touch(mut self) -> Self {
            self.snapshot.programs[0].touch = Touch::First;
            self
        }

        fn edge(&self) -> Edge<'_> {
            Edge {
                keyring: &self.keyring,
                snapshot: &self.snapshot,
                salt: Some(Salt([3; 32])),
                cookie_domain: None,
                now: NOW,
                random: [1; 10],
            }
        }

        fn code(&self, body: u64) -> String {
            self.keyring.sign_link(&Link::unpack(body))
        }

        /// The receipt of an earlier click of the advocate.
        fn receipt(&self, program: u64, advocate: u32, at: i64) -> String {
            self.keyring.sign_receipt(&Receipt {
                link: Link {
                    advocate: AdvocateNumber(advocate),
                    ..Link::unpack(program << 52)
                },
                click: ClickId::new(at, [2; 10]),
            })
        }
    }

    fn visit() -> Visit<'static> {
        Visit {
            url: "https://go.example/code",
            signs: person(),
            address: "192.0.2.1",
            ..Visit::default()
        }
    }

    fn redirect(answer: Answer) -> (String, Option<String>, Click) {
        let Answer::Redirect {
            location,
            cookie,
            click,
        } = answer
        else {
            panic!("{answer:?}")
        };
        (location, cookie, click)
    }

    #[test]
    fn a_person_is_redirected_with_receipt_and_cookie() {
        let world = World::new();
        let (location, cookie, click) =
            redirect(follow(&world.edge(), &world.code(1 << 52), &visit()));
        let receipt = world.keyring.sign_receipt(&Receipt {
            link: click.link,
            click: click.id,
        });
        assert_eq!(
            location,
            format!("https://landing.example/hello?x=1&gw={receipt}#top")
        );
        assert!(cookie.unwrap().starts_with(&format!("gw_1={receipt}; ")));
        assert_eq!((click.class, click.reason), (Class::Human, Reason::Clean));
        assert_eq!(click.id.at(), NOW);
        assert_eq!(click.offset, 330);
        assert!(click.visitor.is_some());
    }

    #[test]
    fn bad_revoked_and_disabled_codes_lead_nowhere() {
        let world = World::new();
        for code in [
            String::new(),
            "x".repeat(26),
            world.code(2 << 52),
            world.code(3 << 52),
            world.code((1 << 52) | (5 << 20)),
            world.code((1 << 52) | (7 << 20)),
            world.code((1 << 52) | (3 << 10)),
        ] {
            assert_eq!(follow(&world.edge(), &code, &visit()), Answer::Nowhere);
        }
    }

    #[test]
    fn privacy_control_means_no_cookie_and_no_hash() {
        let world = World::new().first_touch();
        let cookie = format!("gw_1={}", world.receipt(1, 4, NOW - DAY));
        let visit = Visit {
            gpc: true,
            cookie: &cookie,
            ..visit()
        };
        let (location, cookie, click) =
            redirect(follow(&world.edge(), &world.code(1 << 52), &visit));
        assert_eq!((cookie, click.visitor), (None, None));
        assert_eq!(click.class, Class::Human);
        assert!(location.contains("gw=") && !location.contains("gw_click="));
    }

    #[test]
    fn a_program_can_forgo_the_cookie() {
        let mut world = World::new();
        world.snapshot.programs[0].cookie = false;
        let (_, cookie, click) = redirect(follow(&world.edge(), &world.code(1 << 52), &visit()));
        assert_eq!(cookie, None);
        assert!(click.visitor.is_some());
    }

    #[test]
    fn what_is_no_visit_takes_no_credit() {
        let world = World::new();
        let visit = Visit {
            signs: Signs {
                destination: "image",
                ..person()
            },
            ..visit()
        };
        let (_, cookie, click) = redirect(follow(&world.edge(), &world.code(1 << 52), &visit));
        assert_eq!((cookie, click.visitor), (None, None));
        assert_eq!(click.reason, Reason::Embedded);
    }

    #[test]
    fn a_query_of_100_kb_changes_nothing() {
        let world = World::new();
        let query = format!("a=1&q={}&b=2", "x".repeat(100_000));
        let visit = Visit {
            query: &query,
            ..visit()
        };
        let (location, ..) = redirect(follow(&world.edge(), &world.code(1 << 52), &visit));
        assert!(location.starts_with("https://landing.example/hello?x=1&a=1&b=2&gw=c1"));
        assert!(location.ends_with("#top"));
    }

    #[test]
    fn the_first_touch_wins_while_it_may() {
        let world = World::new().first_touch();
        let window = 90 * DAY;
        for (earlier, wins) in [
            (world.receipt(1, 4, NOW - DAY), true),
            (world.receipt(1, 4, NOW - window), true),
            (world.receipt(1, 4, NOW - window - 1), false),
            (world.receipt(1, 4, NOW + 60_000), true),
            (world.receipt(1, 4, NOW + 60_001), false),
            (world.receipt(2, 4, NOW - DAY), false),
            (world.receipt(1, 5, NOW - DAY), false),
            (world.receipt(1, 7, NOW - DAY), false),
            (world.receipt(1, 4, NOW - DAY).replace('c', "C"), false),
            (String::new(), false),
        ] {
            let header = format!("a=b; gw_1={earlier}");
            let visit = Visit {
                cookie: &header,
                ..visit()
            };
            let (location, cookie, click) =
                redirect(follow(&world.edge(), &world.code(1 << 52), &visit));
            let this = world.keyring.sign_receipt(&Receipt {
                link: click.link,
                click: click.id,
            });
            if wins {
                assert!(location.ends_with(&format!("&gw={earlier}&gw_click={this}#top")));
                assert_eq!(cookie, None);
            } else {
                assert!(location.ends_with(&format!("&gw={this}#top")), "{earlier}");
                assert!(cookie.unwrap().contains(&this));
            }
        }
    }

    #[test]
    fn the_last_touch_takes_over() {
        let world = World::new();
        let header = format!("gw_1={}", world.receipt(1, 4, NOW - DAY));
        let visit = Visit {
            cookie: &header,
            ..visit()
        };
        let (location, cookie, _) = redirect(follow(&world.edge(), &world.code(1 << 52), &visit));
        assert!(cookie.is_some() && !location.contains("gw_click"));
    }

    #[test]
    fn a_prefetch_is_asked_to_come_again() {
        let world = World::new();
        let visit = Visit {
            signs: Signs {
                purpose: "prefetch",
                ..person()
            },
            ..visit()
        };
        let answer = follow(&world.edge(), &world.code(1 << 52), &visit);
        let Answer::NotYet { click } = answer else {
            panic!("{answer:?}")
        };
        assert_eq!(click.class, Class::Suspected);
    }

    #[test]
    fn preview_agents_get_the_programs_open_graph_content() {
        let world = World::new();
        let visit = Visit {
            signs: Signs {
                user_agent: "Twitterbot/1.0",
                ..person()
            },
            ..visit()
        };
        let answer = follow(&world.edge(), &world.code(1 << 52), &visit);
        let Answer::Preview { html, click } = answer else {
            panic!("{answer:?}")
        };
        assert!(html.contains("content=\"https://go.example/code\""));
        assert_eq!((click.class, click.visitor), (Class::Bot, None));
    }

    #[test]
    fn the_visitor_hash_depends_on_salt_program_address_and_agent() {
        let world = World::new();
        let hash = |edge: &Edge, visit: &Visit| {
            let (_, _, click) = redirect(follow(edge, &world.code(1 << 52), visit));
            click.visitor
        };
        let same = hash(&world.edge(), &visit());
        assert_eq!(same, hash(&world.edge(), &visit()));
        let other_salt = Edge {
            salt: Some(Salt([4; 32])),
            ..world.edge()
        };
        let other_address = Visit {
            address: "192.0.2.2",
            ..visit()
        };
        assert_ne!(same, hash(&other_salt, &visit()));
        assert_ne!(same, hash(&world.edge(), &other_address));
        let no_salt = Edge {
            salt: None,
            ..world.edge()
        };
        assert_eq!(hash(&no_salt, &visit()), None);
    }
}
