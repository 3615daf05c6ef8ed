//! Boxes for values whose type has no name.

use std::future::Future;
use std::pin::Pin;

/// An iterator of any type, as an iterator of what it gives.
pub fn boxed_iterator<I: Iterator + 'static>(iterator: I) -> Box<dyn Iterator<Item = I::Item>> {
    Box::new(iterator)
}

/// An iterator of any type that borrows from variables, as an iterator of what
/// it gives. The name of its type shows all of its lifetimes.
pub struct BorrowingIter<'a, T>(Box<dyn Iterator<Item = T> + 'a>);

impl<'a, T> BorrowingIter<'a, T> {
    /// Makes one of an iterator.
    pub fn of<I: Iterator<Item = T> + 'a>(iterator: I) -> Self {
        Self(Box::new(iterator))
    }
}

impl<T> Iterator for BorrowingIter<'_, T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.0.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

/// A future of any type, as a future of what it gives.
pub fn boxed_future<F: Future + 'static>(future: F) -> Pin<Box<dyn Future<Output = F::Output>>> {
    Box::pin(future)
}
