//! The lots that scikit-learn draws: numpy's `RandomState`, so that a seed gives
//! the same rows in both. Only what splitting needs is here.
//!
//! The generator is the Mersenne Twister MT19937 (Matsumoto and Nishimura,
//! 1998); numbers below a bound come by masking and rejection, and lists are
//! shuffled from their end (Fisher and Yates), as numpy's legacy generator does.

use rand::RngCore;

const LENGTH: usize = 624;
const OFFSET: usize = 397;

/// A Mersenne Twister.
#[derive(Clone)]
pub(crate) struct Mersenne {
    state: [u32; LENGTH],
    position: usize,
}

impl Mersenne {
    /// The generator of a seed; without one, of a seed of the system's.
    pub fn new(seed: Option<u64>) -> Self {
        let seed = seed.unwrap_or_else(|| u64::from(rand::rngs::OsRng.next_u32()));
        match u32::try_from(seed) {
            Ok(seed) => Self::of_word(seed),
            // numpy refuses seeds of more than 32 bits; as a list it takes them.
            Err(_) => Self::of_words(&[seed as u32, (seed >> 32) as u32]),
        }
    }

    fn of_word(seed: u32) -> Self {
        let mut state = [seed; LENGTH];
        for i in 1..LENGTH {
            let before = state[i - 1];
            state[i] = (before ^ (before >> 30))
                .wrapping_mul(1_812_433_253)
                .wrapping_add(i as u32);
        }
        Self {
            state,
            position: LENGTH,
        }
    }

    fn of_words(seed: &[u32]) -> Self {
        let mut state = Self::of_word(19_650_218).state;
        let (mut i, mut j) = (1, 0);
        let next = |i: &mut usize, state: &mut [u32; LENGTH]| {
            *i += 1;
            if *i == LENGTH {
                state[0] = state[LENGTH - 1];
                *i = 1;
            }
        };
        for _ in 0..LENGTH.max(seed.len()) {
            let before = state[i - 1];
            state[i] = (state[i] ^ (before ^ (before >> 30)).wrapping_mul(1_664_525))
                .wrapping_add(seed[j])
                .wrapping_add(j as u32);
            j = (j + 1) % seed.len();
            next(&mut i, &mut state);
        }
        for _ in 1..LENGTH {
            let before = state[i - 1];
            state[i] = (state[i] ^ (before ^ (before >> 30)).wrapping_mul(1_566_083_941))
                .wrapping_sub(i as u32);
            next(&mut i, &mut state);
        }
        state[0] = 0x8000_0000;
        Self {
            state,
            position: LENGTH,
        }
    }

    fn refill(&mut self) {
        for i in 0..LENGTH {
            let joined =
                (self.state[i] & 0x8000_0000) | (self.state[(i + 1) % LENGTH] & 0x7fff_ffff);
            let twist = if joined & 1 == 1 { 0x9908_b0df } else { 0 };
            self.state[i] = self.state[(i + OFFSET) % LENGTH] ^ (joined >> 1) ^ twist;
        }
        self.position = 0;
    }

    fn word(&mut self) -> u32 {
        if self.position == LENGTH {
            self.refill();
        }
        let mut word = self.state[self.position];
        self.position += 1;
        word ^= word >> 11;
        word ^= (word << 7) & 0x9d2c_5680;
        word ^= (word << 15) & 0xefc6_0000;
        word ^ (word >> 18)
    }

    /// A number from 0 to `most`.
    fn up_to(&mut self, most: usize) -> usize {
        if most == 0 {
            return 0;
        }
        let most = most as u64;
        let mask = u64::MAX >> most.leading_zeros();
        loop {
            let drawn = if most <= u64::from(u32::MAX) {
                u64::from(self.word())
            } else {
                (u64::from(self.word()) << 32) | u64::from(self.word())
            };
            if drawn & mask <= most {
                return (drawn & mask) as usize;
            }
        }
    }

    /// Puts a list into random order.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            list.swap(last, self.up_to(last));
        }
    }

    /// The numbers from 0 to `count - 1` in random order.
    pub fn permutation(&mut self, count: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..count).collect();
        self.shuffle(&mut order);
        order
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `np.random.RandomState(seed).permutation(10)`.
    #[test]
    fn permutations_are_numpys() {
        let zero = Mersenne::new(Some(0)).permutation(10);
        assert_eq!(zero, [2, 8, 4, 9, 1, 6, 7, 3, 0, 5]);
        let large = Mersenne::new(Some(42)).permutation(10);
        assert_eq!(large, [8, 1, 5, 0, 7, 2, 9, 4, 3, 6]);
    }
}
