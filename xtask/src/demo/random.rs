//! Owns chance that comes out the same every time: `SplitMix64` (Steele, Lea and
//! Flood, 2014), from a seed in words. Whole numbers alone, so that every machine
//! draws the same.

/// A sequence that looks like chance.
pub struct Random(u64);

impl Random {
    /// The sequence of a seed.
    pub fn of(seed: &str) -> Self {
        // FNV-1a; SplitMix64 mixes it.
        let hash = seed.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self(hash)
    }

    /// 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Ten bytes, as an id takes them.
    pub fn tail(&mut self) -> [u8; 10] {
        let mut tail = [0; 10];
        let bits = [self.bits().to_be_bytes(), self.bits().to_be_bytes()].concat();
        for (to, from) in tail.iter_mut().zip(bits) {
            *to = from;
        }
        tail
    }

    /// A number below one that is not zero. That some come more often by one in
    /// 2^40 harms nobody here.
    pub fn below(&mut self, end: u64) -> u64 {
        self.bits() % end.max(1)
    }

    /// A number from the first to the last, included.
    pub fn between(&mut self, first: i64, last: i64) -> i64 {
        let span = last.saturating_sub(first).saturating_add(1).max(1);
        first.saturating_add(self.below(span.unsigned_abs()).cast_signed())
    }

    /// Whether something with so many chances in a hundred happens.
    pub fn percent(&mut self, chances: u64) -> bool {
        self.below(100) < chances
    }

    /// A count around a mean that is given in thousandths, a third off at most.
    pub fn about(&mut self, thousandths: u64) -> u64 {
        let swayed = thousandths * (67 + self.below(67)) / 100;
        swayed / 1_000 + u64::from(self.below(1_000) < swayed % 1_000)
    }

    /// One of some.
    pub fn pick<T: Copy>(&mut self, from: &[T]) -> Option<T> {
        let index = self.below(from.len() as u64);
        from.get(usize::try_from(index).ok()?).copied()
    }

    /// One of some, each as likely as its weight.
    pub fn weighted<T: Copy>(&mut self, from: &[(T, u64)]) -> Option<T> {
        let mut left = self.below(from.iter().map(|(_, weight)| weight).sum());
        for (one, weight) in from {
            match left.checked_sub(*weight) {
                Some(rest) => left = rest,
                None => return Some(*one),
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_is_pinned() {
        // The first numbers of `SplitMix64` for the seed 0, as its authors' C has them.
        let mut zero = Random(0);
        assert_eq!(zero.bits(), 0xe220_a839_7b1d_cdaf);
        assert_eq!(zero.bits(), 0x6e78_9e6a_a1b9_65f4);
        assert_ne!(Random::of("a").bits(), Random::of("b").bits());
    }

    #[test]
    fn weights_are_heeded() {
        let mut random = Random::of("weights");
        let drawn = |random: &mut Random| random.weighted(&[('a', 0), ('b', 9), ('c', 1)]);
        let all: Vec<char> = (0..1_000).filter_map(|_| drawn(&mut random)).collect();
        assert_eq!(all.len(), 1_000);
        assert!(!all.contains(&'a'));
        let rare = all.iter().filter(|one| **one == 'c').count();
        assert!((50..200).contains(&rare), "{rare}");
        assert_eq!(random.weighted::<char>(&[]), None);
        let sum: u64 = (0..1_000).map(|_| random.about(2_500)).sum();
        assert!((2_300..2_700).contains(&sum), "{sum}");
    }
}
