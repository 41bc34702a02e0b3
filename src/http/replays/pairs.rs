//! Pairs: which lines of an access log were counted, and which were not.

use std::{cmp::Ordering, collections::BTreeSet};

use crate::{domain::click::Record, store::clicks::Near};

/// A line that asks for its click.
#[derive(Debug)]
pub(super) struct Asking {
    /// The id that its click has if it was made of this line before, or is now.
    pub id: u128,
    /// The click that it would be.
    pub click: Record,
}

/// The numbers of a link.
type Link = (u16, u32, u8, u8, u16);

fn link_of(click: &Record) -> Link {
    (
        click.program,
        click.advocate,
        click.medium,
        click.destination,
        click.label,
    )
}

fn link_near(near: &Near) -> Link {
    (
        near.program,
        near.advocate,
        near.medium,
        near.destination,
        near.label,
    )
}

/// Where clicks may be that answer for some lines: see `store::clicks::nearby`.
pub(super) fn places(asking: &[Asking], within: i64, bucket: i64) -> String {
    let mut places = BTreeSet::new();
    for one in asking {
        let link = link_of(&one.click);
        for at in [one.click.at - within, one.click.at, one.click.at + within] {
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

/// The clicks that no other answers for. A click answers for one line of its link,
/// within so many milliseconds; of several the earliest, which leaves the most for the
/// lines that follow. What was made of a line answers for it alone. `taken` are those
/// that have answered before, and those that are made of lines.
pub(super) fn unanswered(
    mut asking: Vec<Asking>,
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
        there.insert(id);
        if !taken.contains(&id) {
            free.push((link_near(&click), click.at, id));
        }
    }
    free.sort_unstable();
    asking.retain(|one| !there.contains(&one.id));
    asking.sort_by_key(|one| (link_of(&one.click), one.click.at, one.id));
    let mut free = free.into_iter().peekable();
    let mut left = Vec::new();
    for one in asking {
        let link = link_of(&one.click);
        let answer = loop {
            let Some((of, at, id)) = free.peek() else {
                break None;
            };
            let place = of.cmp(&link).then_with(|| {
                if at + within < one.click.at {
                    Ordering::Less
                } else if *at > one.click.at + within {
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
            None => left.push(one.click),
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn record(advocate: u32, at: i64) -> Record {
        Record {
            id: String::new(),
            at,
            program: 1,
            advocate,
            medium: 0,
            destination: 0,
            label: 0,
            class: 0,
            reason: 0,
            rules: 1,
            visitor: String::new(),
            offset: 0,
        }
    }

    fn asking(lines: &[(u32, i64)]) -> Vec<Asking> {
        let one = |(id, (advocate, at)): (u128, &(u32, i64))| Asking {
            id,
            click: record(*advocate, *at),
        };
        (1_000_u128..).zip(lines).map(one).collect()
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

    /// The times of what is left.
    fn left(lines: &[(u32, i64)], clicks: &[(u32, i64)]) -> Vec<i64> {
        let left = unanswered(asking(lines), near(clicks), 2_000, &mut BTreeSet::new());
        left.iter().map(|click| click.at).collect()
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
            (&[(1, 10_000), (1, 12_500)], &[(1, 9_000), (1, 11_000)], &[]),
            (&[(2, 5_000), (1, 12_500)], &[(1, 12_600), (2, 4_000)], &[]),
        ] {
            assert_eq!(left(lines, clicks), expected, "{lines:?} {clicks:?}");
        }
    }

    #[test]
    fn what_was_made_of_a_line_answers_for_it_alone() {
        let lines = asking(&[(1, 10_000), (1, 10_500)]);
        let mut made = near(&[(1, 10_000)]);
        made[0].id = format!("{:032x}", lines[0].id);
        let mut taken = lines.iter().map(|one| one.id).collect();
        let left = unanswered(lines, made, 2_000, &mut taken);
        assert_eq!(left.len(), 1);
        assert_eq!(left[0].at, 10_500);
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
