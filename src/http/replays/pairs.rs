//! Pairs: which lines of an access log were counted, and which were not.

use std::{cmp::Ordering, collections::BTreeSet};

use crate::{
    domain::{
        click::{Click, ClickId, Record},
        link::Link,
    },
    store::clicks::Near,
};

/// A line that asks for its click.
#[derive(Debug)]
pub(super) struct Asking {
    /// The click that it would be. What has its id was made of this line before.
    pub click: Click,
    /// Whether the log names its requests: then a line like another one is the same.
    pub is_named: bool,
}

/// The numbers of a link.
type Numbers = (u16, u32, u8, u8, u16);

fn numbers(link: &Link) -> Numbers {
    (
        link.program.get(),
        link.advocate.0,
        link.medium.code(),
        link.destination.get(),
        link.label.get(),
    )
}

fn numbers_near(near: &Near) -> Numbers {
    (
        near.program,
        near.advocate,
        near.medium,
        near.destination,
        near.label,
    )
}

impl Asking {
    fn at(&self) -> i64 {
        self.click.id.at()
    }

    /// Its place in the log: by time, whatever order the lines came in.
    fn place(&self) -> (i64, Numbers, u128) {
        (self.at(), numbers(&self.click.link), self.click.id.0)
    }
}

/// Brings lines into the order of time, and tells those from each other that look the
/// same. Those that are the same are left out; answers how many.
pub(super) fn sort(asking: &mut Vec<Asking>) -> usize {
    asking.sort_unstable_by_key(Asking::place);
    let before = asking.len();
    asking.dedup_by(|a, b| a.is_named && a.click.id == b.click.id);
    let mut alike = (None, 0);
    for one in asking.iter_mut() {
        let id = one.click.id;
        alike = match alike {
            (Some(last), nth) if last == id => (Some(id), nth + 1),
            _ => (Some(id), 0),
        };
        one.click.id = ClickId(id.0 ^ alike.1);
    }
    asking.sort_unstable_by_key(Asking::place);
    before - asking.len()
}

/// Where clicks may be that answer for some lines: see `store::clicks::nearby`.
pub(super) fn places(asking: &[Asking], within: i64, bucket: i64) -> String {
    let mut places = BTreeSet::new();
    for one in asking {
        let link = numbers(&one.click.link);
        for at in [one.at() - within, one.at(), one.at() + within] {
            places.insert((link, at.div_euclid(bucket)));
        }
    }
    let places: Vec<String> = places
        .into_iter()
        .map(|((program, advocate, medium, destination, label), at)| {
            format!("[{program},{advocate},{medium},{destination},{label},{at}]")
        })
        .collect();
    format!("[{}]", places.join(","))
}

/// The clicks of some lines that no other answers for. A click answers for one line of
/// its link, within so many milliseconds; of several the earliest, which leaves the most
/// for the lines that follow. What was made of a line of the log, which is `all`, answers
/// for it alone. `taken` are the ids of those that have answered.
pub(super) fn unanswered(
    lines: &[Asking],
    all: &[Asking],
    near: Vec<Near>,
    within: i64,
    taken: &mut BTreeSet<u128>,
) -> Vec<Record> {
    let mut there = BTreeSet::new();
    let mut free = Vec::new();
    for click in near {
        let Ok(id) = u128::from_str_radix(&click.id, 16) else {
            continue;
        };
        let place = (click.at, numbers_near(&click), id);
        if all.binary_search_by_key(&place, Asking::place).is_ok() {
            there.insert(id);
        } else if !taken.contains(&id) {
            free.push((place.1, click.at, id));
        }
    }
    free.sort_unstable();
    let mut asking: Vec<&Asking> = lines
        .iter()
        .filter(|one| !there.contains(&one.click.id.0))
        .collect();
    asking.sort_unstable_by_key(|one| (numbers(&one.click.link), one.at(), one.click.id.0));
    let mut free = free.into_iter().peekable();
    let mut left = Vec::new();
    for one in asking {
        let link = numbers(&one.click.link);
        let answer = loop {
            let Some((of, at, id)) = free.peek() else {
                break None;
            };
            let place = of.cmp(&link).then_with(|| {
                if at + within < one.at() {
                    Ordering::Less
                } else if *at > one.at() + within {
                    Ordering::Greater
                } else {
                    Ordering::Equal
                }
            });
            match place {
                Ordering::Less => free.next(),
                Ordering::Equal => break Some(*id),
                Ordering::Greater => break None,
            };
        };
        match answer {
            Some(id) => {
                taken.insert(id);
                free.next();
            }
            None => left.push(Record::from(&one.click)),
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        class::{Class, Reason},
        link::AdvocateNumber,
    };
    use proptest::prelude::*;

    fn asking(lines: &[(u32, i64)]) -> Vec<Asking> {
        let one = |(id, (advocate, at)): (u8, &(u32, i64))| Asking {
            click: Click {
                id: ClickId::new(*at, [id; 10]),
                link: Link {
                    advocate: AdvocateNumber(*advocate),
                    ..Link::unpack(1 << 52)
                },
                class: Class::Human,
                reason: Reason::Clean,
                visitor: None,
                offset: 0,
            },
            is_named: false,
        };
        (100..).zip(lines).map(one).collect()
    }

    fn near(clicks: &[(u32, i64)]) -> Vec<Near> {
        let one = |(id, (advocate, at)): (u128, &(u32, i64))| Near {
            id: format!("{id:032x}"),
            at: *at,
            program: 1,
            advocate: *advocate,
            medium: 0,
            destination: 0,
            label: 0,
        };
        (0_u128..).zip(clicks).map(one).collect()
    }

    /// The times of what is left, of lines that are looked at two by two.
    fn left(lines: &[(u32, i64)], clicks: &[(u32, i64)]) -> Vec<i64> {
        let mut lines = asking(lines);
        assert_eq!(sort(&mut lines), 0);
        let mut taken = BTreeSet::new();
        let left = |chunk| unanswered(chunk, &lines, near(clicks), 2_000, &mut taken);
        let left = lines.chunks(2).flat_map(left);
        left.map(|click| click.at).collect()
    }

    #[test]
    fn a_click_answers_for_one_line_of_its_link_within_two_seconds() {
        for (lines, clicks, expected) in [
            (&[(1, 10_000)][..], &[(1, 12_000)][..], &[][..]),
            (&[(1, 10_000)], &[(1, 8_000)], &[]),
            (&[(1, 10_000)], &[(1, 12_001)], &[10_000]),
            (&[(1, 10_000)], &[(1, 7_999)], &[10_000]),
            (&[(1, 10_000)], &[(2, 10_000)], &[10_000]),
            (&[(1, 10_000), (1, 10_000)], &[(1, 10_000)], &[10_000]),
            // The earlier line takes the earlier click, which leaves the other.
            (&[(1, 12_500), (1, 10_000)], &[(1, 9_000), (1, 11_000)], &[]),
            (&[(2, 5_000), (1, 12_500)], &[(1, 12_600), (2, 4_000)], &[]),
        ] {
            assert_eq!(left(lines, clicks), expected, "{lines:?} {clicks:?}");
        }
    }

    #[test]
    fn what_was_made_of_a_line_answers_for_it_alone() {
        let mut lines = asking(&[(1, 10_000), (1, 10_500)]);
        sort(&mut lines);
        let mut made = near(&[(1, 10_500)]);
        made[0].id = lines[1].click.id.to_hex();
        for chunk in [&lines[..], &lines[..1]] {
            let mut taken = BTreeSet::new();
            let made = near(&[(1, 10_500)]).into_iter().map(|near| Near {
                id: made[0].id.clone(),
                ..near
            });
            let left = unanswered(chunk, &lines, made.collect(), 2_000, &mut taken);
            assert_eq!(left.len(), 1);
            assert_eq!(left[0].at, 10_000);
        }
    }

    #[test]
    fn lines_that_look_the_same_are_told_apart_unless_the_log_names_them() {
        for (is_named, repeated) in [(false, 0), (true, 2)] {
            let mut lines = asking(&[(1, 10_000), (1, 9_000), (1, 10_000), (1, 10_000)]);
            for line in &mut lines {
                line.click.id = ClickId::new(line.at(), [7; 10]);
                line.is_named = is_named;
            }
            assert_eq!(sort(&mut lines), repeated);
            let ids: BTreeSet<u128> = lines.iter().map(|one| one.click.id.0).collect();
            assert_eq!(ids.len(), 4 - repeated);
            assert_eq!(lines[0].at(), 9_000);
        }
    }

    /// The most pairs that there can be, by augmenting paths.
    fn most(lines: &[(u32, i64)], clicks: &[(u32, i64)]) -> usize {
        fn augment(
            line: usize,
            fits: &dyn Fn(usize, usize) -> bool,
            of: &mut Vec<Option<usize>>,
            seen: &mut Vec<bool>,
        ) -> bool {
            for click in 0..of.len() {
                if fits(line, click) && !seen[click] {
                    seen[click] = true;
                    if of[click].is_none_or(|other| augment(other, fits, of, seen)) {
                        of[click] = Some(line);
                        return true;
                    }
                }
            }
            false
        }
        let fits = |line: usize, click: usize| {
            lines[line].0 == clicks[click].0 && (lines[line].1 - clicks[click].1).abs() <= 2_000
        };
        let mut of = vec![None; clicks.len()];
        (0..lines.len())
            .filter(|line| augment(*line, &fits, &mut of, &mut vec![false; clicks.len()]))
            .count()
    }

    proptest! {
        #[test]
        fn no_other_way_to_pair_them_leaves_less(
            lines in prop::collection::vec((0..3_u32, 0..12_000_i64), 0..12),
            clicks in prop::collection::vec((0..3_u32, 0..12_000_i64), 0..12),
        ) {
            let left = left(&lines, &clicks).len();
            prop_assert_eq!(lines.len() - left, most(&lines, &clicks));
        }
    }
}
