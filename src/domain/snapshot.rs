//! The configuration snapshot: all that a redirect has to know.
//!
//! Owns the JSON that is published to KV on every change and kept in the
//! isolate's memory. Which link it admits, and where to, is answered here;
//! how it is read from D1 stands in `store::snapshot`, how it travels in
//! `cloudflare`.

use serde::Serialize;

use super::{
    landing::{Destination, PassThrough},
    link::{Link, ProgramNumber},
    program::{Status, Touch, WindowDays},
    zone::Zone,
};
use crate::decode::row;

row! {
    /// The programs of a deployment, at one version of its configuration.
    #[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
    pub struct Snapshot {
        /// Raised by every change of the configuration; the greater one is newer.
        pub version: i64,
        /// By number, ascending.
        pub programs: Vec<Program>,
    }
}

row! {
    /// A program as the redirect sees it.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
    pub struct Program {
        /// Its number in a link.
        pub number: u16,
        /// What people call it.
        pub name: String,
        /// Whether its links work.
        pub status: Status,
        /// Its clock.
        pub zone: Zone,
        /// Which touch wins.
        pub touch: Touch,
        /// Within how many days.
        pub window_days: WindowDays,
        /// Whether a cookie is set.
        pub cookie: bool,
        /// What of the visitor's query reaches the landing page.
        pub pass_through: PassThrough,
        /// What social networks show of a link.
        pub preview: Preview,
        /// By number, ascending.
        pub destinations: Vec<Target>,
        /// Numbers of disabled advocates, ascending.
        pub disabled_advocates: Vec<u32>,
        /// Bodies of revoked links, ascending.
        pub revoked_links: Vec<u64>,
    }
}

row! {
    /// Open Graph content.
    #[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
    pub struct Preview {
        /// `og:title`; the program's name where empty.
        pub title: String,
        /// `og:description`.
        pub description: String,
        /// `og:image`, an absolute URL.
        pub image: String,
    }
}

row! {
    /// A destination as the redirect sees it.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
    pub struct Target {
        /// Its number in a link.
        pub number: u8,
        /// Where it is.
        pub url: Destination,
        /// Whether links may lead there.
        pub status: Status,
    }
}

/// Why a well-signed link is not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The program is not there.
    #[error("its program does not exist here")]
    NoProgram,
    /// The program is switched off.
    #[error("its program is disabled")]
    ProgramDisabled,
    /// The advocate is switched off.
    #[error("its advocate is disabled")]
    AdvocateDisabled,
    /// The link was revoked.
    #[error("it was revoked")]
    Revoked,
    /// The destination is not there.
    #[error("its destination does not exist")]
    NoDestination,
    /// The destination is switched off.
    #[error("its destination is disabled")]
    DestinationDisabled,
}

impl Snapshot {
    /// The program of a number.
    #[must_use]
    pub fn program(&self, number: ProgramNumber) -> Option<&Program> {
        let index = self
            .programs
            .binary_search_by_key(&number.get(), |program| program.number)
            .ok()?;
        self.programs.get(index)
    }

    /// The program and the destination to which a link leads, if it may.
    pub fn resolve(&self, link: &Link) -> Result<(&Program, &Target), Refusal> {
        let program = self.program(link.program).ok_or(Refusal::NoProgram)?;
        let target = program.resolve(link)?;
        Ok((program, target))
    }
}

impl Program {
    /// The destination to which a link of this program leads, if it may.
    pub fn resolve(&self, link: &Link) -> Result<&Target, Refusal> {
        if self.status == Status::Disabled {
            return Err(Refusal::ProgramDisabled);
        }
        if self
            .disabled_advocates
            .binary_search(&link.advocate.0)
            .is_ok()
        {
            return Err(Refusal::AdvocateDisabled);
        }
        if self.revoked_links.binary_search(&link.pack()).is_ok() {
            return Err(Refusal::Revoked);
        }
        let index = self
            .destinations
            .binary_search_by_key(&link.destination.get(), |target| target.number)
            .map_err(|_| Refusal::NoDestination)?;
        match self.destinations.get(index) {
            Some(target) if target.status == Status::Active => Ok(target),
            Some(_) => Err(Refusal::DestinationDisabled),
            None => Err(Refusal::NoDestination),
        }
    }

    /// Minutes east of UTC of the program's clock at an instant (Unix ms).
    #[must_use]
    pub fn offset_minutes(&self, at: i64) -> i16 {
        let seconds = self.zone.offset_at(at.div_euclid(1_000));
        // No zone is more than a day from UTC.
        i16::try_from(seconds.div_euclid(60)).unwrap_or(0)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::decode;
    use crate::domain::link::{AdvocateNumber, DestinationNumber};

    pub(crate) fn program() -> Program {
        Program {
            number: 1,
            name: "Customers".into(),
            status: Status::Active,
            zone: Zone::named("Asia/Kolkata").unwrap(),
            touch: Touch::Last,
            window_days: WindowDays::default(),
            cookie: true,
            pass_through: PassThrough::All,
            preview: Preview {
                title: "A <good> word".into(),
                description: "\"Quoted\" & said".into(),
                image: "https://example.com/a.png".into(),
            },
            destinations: vec![
                Target {
                    number: 0,
                    url: Destination::parse("https://landing.example/hello?x=1#top").unwrap(),
                    status: Status::Active,
                },
                Target {
                    number: 3,
                    url: Destination::parse("https://old.example/").unwrap(),
                    status: Status::Disabled,
                },
            ],
            disabled_advocates: vec![7, 9],
            revoked_links: vec![(1 << 52) | (5 << 20)],
        }
    }

    pub(crate) fn snapshot() -> Snapshot {
        Snapshot {
            version: 1,
            programs: vec![
                program(),
                Program {
                    number: 2,
                    status: Status::Disabled,
                    ..program()
                },
            ],
        }
    }

    #[test]
    fn what_is_disabled_or_revoked_is_refused() {
        let snapshot = snapshot();
        let link = Link::unpack(1 << 52);
        let advocate = |number| Link {
            advocate: AdvocateNumber(number),
            ..link
        };
        let destination = |number| Link {
            destination: DestinationNumber::new(number).unwrap(),
            ..link
        };
        for (link, refusal) in [
            (Link::unpack(3 << 52), Refusal::NoProgram),
            (Link::unpack(0), Refusal::NoProgram),
            (Link::unpack(2 << 52), Refusal::ProgramDisabled),
            (advocate(9), Refusal::AdvocateDisabled),
            (advocate(5), Refusal::Revoked),
            (destination(1), Refusal::NoDestination),
            (destination(3), Refusal::DestinationDisabled),
        ] {
            assert_eq!(snapshot.resolve(&link).unwrap_err(), refusal);
        }
        assert!(snapshot.resolve(&advocate(8)).is_ok());
    }

    #[test]
    fn it_survives_its_json() {
        let text = serde_json::to_string(&snapshot()).unwrap();
        assert_eq!(
            decode::read::<Snapshot>(text.as_bytes()).unwrap(),
            snapshot()
        );
        assert!(text.contains("\"zone\":\"Asia/Kolkata\""), "{text}");
    }
}
