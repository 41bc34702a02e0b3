//! Owns the order of the Worker's functions: alike ones side by side.
//!
//! gzip finds again what it saw within the last 32 KB, and the code is thirty
//! times that. rustc places functions as it comes upon them; with each of them
//! next to what it shares most with, the Worker gzips to 5 % less. It stays the
//! same program: only the numbers of functions change.

use std::collections::BTreeMap;

/// What is compared of two functions: which runs of so many bytes both have.
const RUN: usize = 4;

/// How much of the likeness to a function still counts for the next but one:
/// gzip remembers more than the last.
const MEMORY: f32 = 0.5;

/// Keeps a tiny function from being like any other.
const TINY: f32 = 8.0;

const CUSTOM: u8 = 0;
const IMPORTS: u8 = 2;
const CODE: u8 = 10;

/// The module with names by which wasm-opt's `--reorder-functions-by-name` puts
/// alike functions side by side. Its custom sections, which the runtime does not
/// read, are dropped. `None` if it is none, or uses what rustc does not.
pub fn named(wasm: &[u8]) -> Option<Vec<u8>> {
    let (header, mut rest) = wasm.split_at_checked(8)?;
    let mut named = header.to_vec();
    let (mut imported, mut functions) = (0, Vec::new());
    while let Some((id, after)) = rest.split_first() {
        let mut after = after;
        let section = sized(&mut after)?;
        let whole = rest.get(..rest.len() - after.len())?;
        rest = after;
        match *id {
            CUSTOM => continue,
            IMPORTS => imported = functions_imported(section)?,
            CODE => functions = bodies(section)?,
            _ => {}
        }
        named.extend_from_slice(whole);
    }
    let mut places = vec![0; functions.len()];
    for (place, function) in order(&functions).into_iter().enumerate() {
        *places.get_mut(function)? = place;
    }
    named.push(CUSTOM);
    put_sized(&mut named, &names(imported, &places));
    Some(named)
}

/// The section that names functions by their places, in the order of digits.
fn names(imported: usize, places: &[usize]) -> Vec<u8> {
    let mut list = Vec::new();
    put(&mut list, places.len());
    for (function, place) in places.iter().enumerate() {
        put(&mut list, imported + function);
        put_sized(&mut list, format!("{place:06}").as_bytes());
    }
    let mut section = Vec::new();
    put_sized(&mut section, b"name");
    // The subsection of functions.
    section.push(1);
    put_sized(&mut section, &list);
    section
}

/// Which function comes when: after each, the one that shares most with it and
/// with those shortly before.
#[expect(
    clippy::cast_precision_loss,
    reason = "no function has 2^24 different runs"
)]
fn order(functions: &[&[u8]]) -> Vec<usize> {
    let runs: Vec<_> = functions.iter().map(|body| runs(body)).collect();
    let mut having: BTreeMap<&[u8], Vec<usize>> = BTreeMap::new();
    for (function, runs) in runs.iter().enumerate() {
        for run in runs {
            having.entry(run).or_default().push(function);
        }
    }
    let mut left: Vec<_> = runs.iter().map(Some).collect();
    let mut shared = vec![0.0; runs.len()];
    let mut order = Vec::with_capacity(runs.len());
    let mut last = 0;
    loop {
        let likeness =
            left.iter()
                .zip(&shared)
                .enumerate()
                .filter_map(|(function, (runs, shared))| {
                    let size = runs.as_ref()?.len() + last;
                    Some((function, shared / (size as f32 + TINY)))
                });
        let Some((next, _)) = likeness.max_by(|(_, one), (_, other)| one.total_cmp(other)) else {
            return order;
        };
        order.push(next);
        for shared in &mut shared {
            *shared *= MEMORY;
        }
        let placed = left
            .get_mut(next)
            .and_then(Option::take)
            .map_or(&[][..], Vec::as_slice);
        for function in placed.iter().filter_map(|run| having.get(run)).flatten() {
            if let Some(shared) = shared.get_mut(*function) {
                *shared += 1.0;
            }
        }
        last = placed.len();
    }
}

/// The runs of a function, each once.
fn runs(body: &[u8]) -> Vec<&[u8]> {
    let mut runs: Vec<_> = body.windows(RUN).collect();
    runs.sort_unstable();
    runs.dedup();
    runs
}

/// The functions' bodies, of the code section.
fn bodies(mut section: &[u8]) -> Option<Vec<&[u8]>> {
    let count = number(&mut section)?;
    (0..count).map(|_| sized(&mut section)).collect()
}

/// How many functions come from outside; they have the first numbers.
fn functions_imported(mut section: &[u8]) -> Option<usize> {
    let mut functions = 0;
    for _ in 0..number(&mut section)? {
        let _module = sized(&mut section)?;
        let _name = sized(&mut section)?;
        let (kind, rest) = section.split_first()?;
        section = rest;
        match kind {
            // A function.
            0 => functions += 1,
            // A tag, by which exceptions are caught.
            4 => section = section.get(1..)?,
            _ => return None,
        }
        let _type = number(&mut section)?;
    }
    Some(functions)
}

/// What stands next after its length.
fn sized<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = number(bytes)?;
    let (part, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(part)
}

/// The next number, in LEB128.
fn number(bytes: &mut &[u8]) -> Option<usize> {
    let mut number = 0;
    for shift in (0..32).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= usize::from(byte & 0x7f) << shift;
        if *byte < 0x80 {
            return Some(number);
        }
    }
    None
}

fn put_sized(bytes: &mut Vec<u8>, part: &[u8]) {
    put(bytes, part.len());
    bytes.extend_from_slice(part);
}

fn put(bytes: &mut Vec<u8>, mut number: usize) {
    loop {
        let [low, ..] = number.to_le_bytes();
        number >>= 7;
        if number == 0 {
            bytes.push(low & 0x7f);
            return;
        }
        bytes.push(low | 0x80);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_alike_stands_together() {
        let functions: [&[u8]; 4] = [b"one body", b"another thing", b"one body more", b"another"];
        let order = order(&functions);
        let at = |function| order.iter().position(|placed| *placed == function);
        assert_eq!(at(0).unwrap().abs_diff(at(2).unwrap()), 1);
        assert_eq!(at(1).unwrap().abs_diff(at(3).unwrap()), 1);
    }

    #[test]
    fn a_function_is_named_after_its_place() {
        // One function is imported; two, of no parameters, have a body.
        let module = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x02\x07\x01\x01m\x01f\0\0\
            \x03\x03\x02\0\0\x0a\x07\x02\x02\0\x0b\x02\0\x0b";
        let named = named(module).unwrap();
        assert!(named.starts_with(module));
        let appended = b"\0\x18\x04name\x01\x11\x02\x01\x06000001\x02\x06000000";
        assert_eq!(named.get(module.len()..).unwrap(), appended);
        assert_eq!(super::named(&module[..20]), None);
    }
}
