//! Ranges that iterator chains walk over, in pieces.
//!
//! `(0u64..).filter(|x| x % 2 == 3).count()` has no loop that a checkpoint could
//! stand in, and one in the closure keeps the compiler from treating several
//! numbers at once. So the range itself is walked some thousand numbers at a
//! time, with a checkpoint in between: [`pieces`] is put around it.
//!
//! ```
//! use ferrite_runtime::pieces::pieces;
//!
//! assert_eq!(pieces(0..10_000).filter(|x| x % 2 == 0).count(), 5_000);
//! assert_eq!(pieces(1..).take_while(|x| x * x < 50).last(), Some(7));
//! ```

use std::iter::{FusedIterator, Take};
use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::{Range, RangeFrom, RangeInclusive};

use crate::chunks::{MANY, Number};

/// What can be walked in pieces.
pub trait Piecewise: Iterator + Sized {
    /// Some thousand of it.
    type Piece: Iterator<Item = Self::Item>;
    /// Takes the first piece away; what is left stays, and nothing behind the
    /// last one.
    fn piece(rest: &mut Option<Self>) -> Option<Self::Piece>;
}

impl<T: Number> Piecewise for Range<T>
where
    Range<T>: Iterator,
{
    type Piece = Range<T>;
    #[inline]
    fn piece(rest: &mut Option<Self>) -> Option<Range<T>> {
        let Range { start, end } = rest.take()?;
        if start >= end {
            return None;
        }
        let next = start.further(end);
        *rest = Some(next..end);
        Some(start..next)
    }
}

impl<T: Number> Piecewise for RangeInclusive<T>
where
    RangeInclusive<T>: Iterator,
{
    type Piece = RangeInclusive<T>;
    #[inline]
    fn piece(rest: &mut Option<Self>) -> Option<RangeInclusive<T>> {
        let all = rest.take()?;
        if all.is_empty() {
            return None;
        }
        let (start, end) = all.into_inner();
        let last = start.further(end);
        if last < end {
            let mut left = last..=end;
            left.next();
            *rest = Some(left);
        }
        Some(start..=last)
    }
}

impl<T: Endless> Piecewise for RangeFrom<T>
where
    RangeFrom<T>: Iterator,
{
    type Piece = Take<RangeFrom<T>>;
    #[inline]
    fn piece(rest: &mut Option<Self>) -> Option<Take<RangeFrom<T>>> {
        let RangeFrom { start } = rest.take()?;
        *rest = Some(start.forward()..);
        Some((start..).take(MANY.into()))
    }
}

/// A number that ranges without an end are made of.
pub trait Endless: Copy {
    /// As many further as a piece has numbers. A piece in which they overflow
    /// sees to that itself.
    fn forward(self) -> Self;
}

macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl Endless for $number {
            #[inline]
            fn forward(self) -> Self {
                self.wrapping_add(MANY as $number)
            }
        }
    )*};
}
numbers!(
    u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize
);

impl Endless for char {
    fn forward(self) -> Self {
        let mut next = u32::from(self) + u32::from(MANY);
        // There are no characters between these two.
        if self < '\u{e000}' && next >= 0xd800 {
            next += 0x800;
        }
        char::from_u32(next).unwrap_or_default()
    }
}
impl Endless for Ipv4Addr {
    fn forward(self) -> Self {
        u32::from(self).wrapping_add(MANY.into()).into()
    }
}
impl Endless for Ipv6Addr {
    fn forward(self) -> Self {
        u128::from(self).wrapping_add(MANY.into()).into()
    }
}

/// A range that is walked in pieces, made by [`pieces`].
#[derive(Debug, Clone)]
pub struct Pieces<R: Piecewise> {
    piece: Option<R::Piece>,
    rest: Option<R>,
}

/// Walks over a range in pieces.
#[inline]
pub fn pieces<R: Piecewise>(range: R) -> Pieces<R> {
    Pieces {
        piece: None,
        rest: Some(range),
    }
}

impl<R: Piecewise> Pieces<R> {
    #[inline(never)]
    fn next_piece(&mut self) -> Option<R::Item> {
        ferrite_interrupt::checkpoint();
        self.piece = R::piece(&mut self.rest);
        self.piece.as_mut()?.next()
    }
}

impl<R: Piecewise> Iterator for Pieces<R> {
    type Item = R::Item;

    #[inline]
    fn next(&mut self) -> Option<R::Item> {
        if let Some(piece) = &mut self.piece
            && let Some(item) = piece.next()
        {
            return Some(item);
        }
        self.next_piece()
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        let none = (0, Some(0));
        let piece = self.piece.as_ref().map_or(none, Iterator::size_hint);
        let rest = self.rest.as_ref().map_or(none, Iterator::size_hint);
        let most = piece.1.zip(rest.1);
        (
            piece.0.saturating_add(rest.0),
            most.and_then(|(piece, rest)| piece.checked_add(rest)),
        )
    }

    #[inline]
    fn nth(&mut self, mut n: usize) -> Option<R::Item> {
        if let Some(piece) = &mut self.piece {
            let left = piece.size_hint().0;
            if n < left {
                return piece.nth(n);
            }
            n -= left;
        }
        // A range gets there without walking.
        ferrite_interrupt::checkpoint();
        self.piece = None;
        let item = self.rest.as_mut()?.nth(n);
        self.piece = R::piece(&mut self.rest);
        item
    }

    #[inline]
    fn fold<B, F: FnMut(B, R::Item) -> B>(mut self, start: B, mut f: F) -> B {
        let mut so_far = start;
        loop {
            if let Some(piece) = self.piece {
                so_far = piece.fold(so_far, &mut f);
            }
            ferrite_interrupt::checkpoint();
            self.piece = R::piece(&mut self.rest);
            if self.piece.is_none() {
                return so_far;
            }
        }
    }
}

impl<R> DoubleEndedIterator for Pieces<R>
where
    R: Piecewise + DoubleEndedIterator,
    R::Piece: DoubleEndedIterator,
{
    #[inline]
    fn next_back(&mut self) -> Option<R::Item> {
        let last = self.rest.as_mut().and_then(R::next_back);
        last.or_else(|| self.piece.as_mut()?.next_back())
    }
}

impl<R> ExactSizeIterator for Pieces<R>
where
    R: Piecewise + ExactSizeIterator,
    R::Piece: ExactSizeIterator,
{
}

impl<R: Piecewise + FusedIterator> FusedIterator for Pieces<R> {}

#[cfg(test)]
// Empty ranges are among what people write.
#[allow(clippy::reversed_empty_ranges)]
mod tests {
    use super::*;

    /// Walked from outside, from inside, and from the end.
    macro_rules! same {
        ($range:expr) => {{
            let all: Vec<_> = $range.collect();
            assert_eq!(pieces($range).collect::<Vec<_>>(), all);
            let mut inside = Vec::new();
            pieces($range).for_each(|item| inside.push(item));
            assert_eq!(inside, all);
            assert!(pieces($range).rev().eq(all.iter().rev().copied()));
            let mut walk = pieces($range);
            walk.by_ref().take(5_000).for_each(drop);
            let from = all.len().min(5_000);
            assert_eq!(walk.size_hint(), all[from..].iter().size_hint());
            assert_eq!(walk.clone().rev().count(), all.len() - from);
            assert!(walk.eq(all[from..].iter().copied()));
            let mut skipping = (pieces($range), all.iter().copied());
            for skip in [0, 1, 4_094, 0, 4_096, 300, 100_000, 0] {
                assert_eq!(skipping.0.nth(skip), skipping.1.nth(skip));
            }
        }};
    }

    #[test]
    fn ranges_stay_what_they_are() {
        same!(0..10_000u32);
        same!(0..8_192i64);
        same!(-5_000..5_000i16);
        same!(0..=8_192u64);
        same!(0..=0usize);
        same!(5..3i32);
        same!(5..=3i32);
        same!(250..=255u8);
        same!(i8::MIN..=i8::MAX);
        same!(i64::MAX - 5_000..=i64::MAX);
        same!('a'..='e');
        same!('\u{d000}'..'\u{f000}');
    }

    #[test]
    fn what_has_no_end_goes_on() {
        assert!(pieces(7u64..).take(10_000).eq(7..10_007));
        assert_eq!(pieces(0u8..).take_while(|n| *n < 255).count(), 255);
        assert!(
            pieces('\u{d000}'..)
                .take(8_000)
                .eq(('\u{d000}'..).take(8_000))
        );
        let first = Ipv4Addr::new(10, 0, 0, 0);
        assert!(pieces(first..).take(5_000).eq((first..).take(5_000)));
        let sum: u64 = pieces(0..).take(3).sum();
        assert_eq!(sum, 3);
    }

    #[test]
    fn an_interrupt_stops_the_walk() {
        ferrite_interrupt::request();
        let walk = || pieces(0u64..).filter(|x| x % 2 == 3).count();
        let stopped = std::panic::catch_unwind(walk);
        ferrite_interrupt::clear();
        assert!(stopped.unwrap_err().is::<ferrite_interrupt::Interrupted>());
    }
}
