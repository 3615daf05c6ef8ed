//! Some of many rows, chosen by lot and always the same: every n-th row would
//! miss, or see nothing but, what comes back every n rows.

/// The places of `most` of `count` rows, in their order; all if there are no
/// more than that.
pub(crate) fn places(count: usize, most: usize) -> Vec<usize> {
    let mut lots = Lots(0x5eed);
    let mut wanted = most.min(count);
    let mut chosen = Vec::with_capacity(wanted);
    // Each row is taken with the chance that is left for it (Knuth's
    // algorithm S), so that there are exactly as many as wanted.
    for place in 0..count {
        let left = (count - place) as u64;
        if lots.below(left) < wanted as u64 {
            chosen.push(place);
            wanted -= 1;
        }
    }
    chosen
}

/// Numbers that look random (Steele, Lea and Flood's SplitMix).
struct Lots(u64);

impl Lots {
    /// A number below a limit, which is far below 2³².
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        ((mixed >> 32) * limit) >> 32
    }
}

#[cfg(test)]
mod tests {
    use super::places;

    #[test]
    fn as_many_as_wanted_in_their_order() {
        assert_eq!(places(5, 9), [0, 1, 2, 3, 4]);
        let some = places(100_000, 20_000);
        assert_eq!(some.len(), 20_000);
        assert!(some.is_sorted_by(|a, b| a < b) && some.iter().all(|place| *place < 100_000));
        assert_eq!(some, places(100_000, 20_000));
    }

    #[test]
    fn what_comes_back_every_few_rows_keeps_its_share() {
        for period in [2, 5, 24] {
            let some = places(100_000, 20_000);
            for phase in 0..period {
                let hits = some
                    .iter()
                    .filter(|place| **place % period == phase)
                    .count();
                let expected = 20_000.0 / period as f64;
                let off = (hits as f64 - expected).abs();
                assert!(off < 5.0 * expected.sqrt(), "{hits} of {period}, {phase}");
            }
        }
    }
}
