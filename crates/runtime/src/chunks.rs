//! Loops in pieces.
//!
//! A checkpoint in a loop keeps the compiler from treating several rounds at
//! once. So a loop whose rounds are short is generated as two:
//!
//! ```text
//! while let Some(chunk) = chunks.chunk() { checkpoint(); for x in chunk { … } }
//! ```
//!
//! How to cut what is walked over is chosen by method resolution, as for looks
//! (see `probe`): numbers into ranges, slices into slices, anything else item by
//! item out of its iterator.
//!
//! ```
//! use ferrite_runtime::chunks::{Of, OfAnything as _, OfNumbers as _, OfSlice as _};
//!
//! let mut sum = 0;
//! let all = 0..10_000;
//! let way = (&&&Of(&all)).way();
//! let mut chunks = way.chunks(all);
//! while let Some(chunk) = chunks.chunk() {
//!     for i in chunk {
//!         sum += i;
//!     }
//! }
//! assert_eq!(sum, 49_995_000);
//! ```

use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::Range;

/// Rounds between two checkpoints.
pub(crate) const MANY: u16 = 4096;
/// The same for iterators, which may take their time for an item.
const SOME: u16 = 256;

/// What is to be walked over.
pub struct Of<'a, T>(pub &'a T);

/// Numbers, cut into ranges.
pub struct Numbers;
/// A slice, cut into slices.
pub struct Slices;
/// Anything, out of its iterator.
pub struct Anything;

/// First choice: a range of numbers.
pub trait OfNumbers {
    /// How to cut it.
    fn way(&self) -> Numbers;
}
impl<T: Number> OfNumbers for &&Of<'_, Range<T>> {
    #[inline]
    fn way(&self) -> Numbers {
        Numbers
    }
}

/// Second choice: what is a slice.
pub trait OfSlice {
    /// How to cut it.
    fn way(&self) -> Slices;
}
impl<T: Sliced> OfSlice for &Of<'_, T> {
    #[inline]
    fn way(&self) -> Slices {
        Slices
    }
}

/// Last choice: anything that can be walked over.
pub trait OfAnything {
    /// How to cut it.
    fn way(&self) -> Anything;
}
impl<T: IntoIterator> OfAnything for Of<'_, T> {
    #[inline]
    fn way(&self) -> Anything {
        Anything
    }
}

/// A number that ranges are made of.
pub trait Number: Copy + PartialOrd {
    /// Some thousand further, but not beyond the end.
    fn further(self, end: Self) -> Self;
}

macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl Number for $number {
            #[inline]
            fn further(self, end: Self) -> Self {
                let step = <$number>::try_from(MANY).unwrap_or(<$number>::MAX);
                match self.checked_add(step) {
                    Some(next) if next < end => next,
                    _ => end,
                }
            }
        }
    )*};
}
numbers!(
    u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize
);

/// Of these, ranges are never long.
macro_rules! whole {
    ($($kind:ty),*) => {$(
        impl Number for $kind {
            #[inline]
            fn further(self, end: Self) -> Self {
                end
            }
        }
    )*};
}
whole!(char, Ipv4Addr, Ipv6Addr);

/// A range of numbers that is cut into ranges.
pub struct NumberChunks<T>(Range<T>);

impl Numbers {
    /// Cuts it.
    #[inline]
    pub fn chunks<T: Number>(self, all: Range<T>) -> NumberChunks<T> {
        NumberChunks(all)
    }
}

impl<T: Number> NumberChunks<T> {
    /// The next piece.
    #[inline]
    pub fn chunk(&mut self) -> Option<Range<T>> {
        let Range { start, end } = self.0;
        if start >= end {
            return None;
        }
        let next = start.further(end);
        self.0.start = next;
        Some(start..next)
    }
}

/// A slice, or what is one.
pub trait Sliced {
    /// The slice.
    type Slice: Cut;
    /// It.
    fn slice(self) -> Self::Slice;
}

/// What can be cut in two.
pub trait Cut: IntoIterator + Sized {
    /// How long it is.
    fn size(&self) -> usize;
    /// Takes the first away; what is left stays.
    fn first(&mut self, size: usize) -> Self;
}

impl<T> Cut for &[T] {
    #[inline]
    fn size(&self) -> usize {
        self.len()
    }
    #[inline]
    fn first(&mut self, size: usize) -> Self {
        let (first, rest) = self.split_at(size);
        *self = rest;
        first
    }
}

impl<T> Cut for &mut [T] {
    #[inline]
    fn size(&self) -> usize {
        self.len()
    }
    #[inline]
    fn first(&mut self, size: usize) -> Self {
        let (first, rest) = std::mem::take(self).split_at_mut(size);
        *self = rest;
        first
    }
}

macro_rules! sliced {
    ($([$($parameter:tt)*] $type:ty => $slice:ty, $how:expr;)*) => {$(
        impl<'a, T, $($parameter)*> Sliced for $type {
            type Slice = $slice;
            #[inline]
            fn slice(self) -> $slice {
                let how: fn(Self) -> $slice = $how;
                how(self)
            }
        }
    )*};
}
sliced! {
    [] &'a [T] => &'a [T], |all| all;
    [] &'a mut [T] => &'a mut [T], |all| all;
    [] &'a Vec<T> => &'a [T], |all| all;
    [] &'a mut Vec<T> => &'a mut [T], |all| all;
    [const N: usize] &'a [T; N] => &'a [T], |all| all;
    [const N: usize] &'a mut [T; N] => &'a mut [T], |all| all;
    [] std::slice::Iter<'a, T> => &'a [T], |all| all.as_slice();
    [] std::slice::IterMut<'a, T> => &'a mut [T], |all| all.into_slice();
}

/// A slice that is cut into slices.
pub struct SliceChunks<S>(S);

impl Slices {
    /// Cuts it.
    #[inline]
    pub fn chunks<T: Sliced>(self, all: T) -> SliceChunks<T::Slice> {
        SliceChunks(all.slice())
    }
}

impl<S: Cut> SliceChunks<S> {
    /// The next piece.
    #[inline]
    pub fn chunk(&mut self) -> Option<S> {
        let size = self.0.size();
        (size > 0).then(|| self.0.first(size.min(MANY.into())))
    }
}

/// An iterator that is taken from some hundred at a time.
pub struct IteratorChunks<I> {
    all: I,
    ended: bool,
}

impl Anything {
    /// Cuts it.
    #[inline]
    pub fn chunks<T: IntoIterator>(self, all: T) -> IteratorChunks<T::IntoIter> {
        IteratorChunks {
            all: all.into_iter(),
            ended: false,
        }
    }
}

impl<I: Iterator> IteratorChunks<I> {
    /// The next piece; it may be empty.
    #[inline]
    pub fn chunk(&mut self) -> Option<IteratorChunk<'_, I>> {
        // Nobody asks an iterator again that has ended.
        (!self.ended).then_some(IteratorChunk {
            all: self,
            left: SOME,
        })
    }
}

/// A piece of an iterator.
pub struct IteratorChunk<'a, I> {
    all: &'a mut IteratorChunks<I>,
    left: u16,
}

impl<I: Iterator> Iterator for IteratorChunk<'_, I> {
    type Item = I::Item;

    #[inline]
    fn next(&mut self) -> Option<I::Item> {
        self.left = self.left.checked_sub(1)?;
        let item = self.all.all.next();
        self.all.ended = item.is_none();
        item
    }
}

#[cfg(test)]
// Empty ranges are among what people write.
#[allow(clippy::reversed_empty_ranges)]
mod tests {
    use super::*;

    macro_rules! walk {
        ($all:expr) => {
            match $all {
                all => {
                    let way = (&&&Of(&all)).way();
                    let mut chunks = way.chunks(all);
                    let mut seen = Vec::new();
                    let mut pieces = 0;
                    while let Some(chunk) = chunks.chunk() {
                        pieces += 1;
                        for item in chunk {
                            seen.push(item);
                        }
                    }
                    (seen, pieces)
                }
            }
        };
    }

    #[test]
    fn nothing_is_lost_or_seen_twice() {
        let all: Vec<u32> = (0..10_000).collect();
        assert_eq!(walk!(0..10_000u32), (all.clone(), 3));
        assert_eq!(walk!(&all).0, all.iter().collect::<Vec<_>>());
        assert_eq!(walk!(all.iter()).1, 3);
        assert_eq!(walk!(all.clone()).0, all);
        assert_eq!(walk!(all.iter().rev()).0.len(), 10_000);
        assert_eq!(walk!((0..20_000u32).step_by(2)).0.len(), 10_000);
        assert_eq!(walk!('a'..='e').0, ['a', 'b', 'c', 'd', 'e']);
        assert_eq!(walk!([1, 2, 3]).0, [1, 2, 3]);
    }

    #[test]
    fn ranges_end_where_they_should() {
        assert_eq!(walk!(0..0u8), (vec![], 0));
        assert_eq!(walk!(5..3i32), (vec![], 0));
        assert_eq!(walk!(250..255u8).0, [250, 251, 252, 253, 254]);
        assert_eq!(walk!(-2..3i8).0, [-2, -1, 0, 1, 2]);
        assert_eq!(walk!(i64::MAX - 5000..i64::MAX).0.len(), 5000);
        assert_eq!(walk!(0..=255u8).0.len(), 256);
        // A number whose type is decided later.
        let mut last: u64 = 0;
        for i in walk!(0..3).0 {
            last = i;
        }
        assert_eq!(last, 2);
    }

    #[test]
    fn what_is_changed_is_the_thing_itself() {
        let mut list = vec![1; 5000];
        for item in walk!(&mut list).0 {
            *item += 1;
        }
        for item in walk!(list.iter_mut()).0 {
            *item += 1;
        }
        assert!(list.iter().all(|item| *item == 3));
        let mut pair = [1, 2];
        for item in walk!(&mut pair).0 {
            *item *= 2;
        }
        assert_eq!(pair, [2, 4]);
    }

    #[test]
    fn an_iterator_is_not_asked_again_when_it_has_ended() {
        let mut asked = 0;
        let counted = std::iter::from_fn(|| {
            asked += 1;
            assert!(asked <= 4);
            (asked < 4).then_some(asked)
        });
        assert_eq!(walk!(counted).0, [1, 2, 3]);
    }
}
