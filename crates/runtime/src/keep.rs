//! Boxes for values whose type has no name.

use std::future::Future;
use std::pin::Pin;

/// An iterator of any type, as an iterator of what it gives.
pub fn boxed_iterator<I: Iterator + 'static>(iterator: I) -> Box<dyn Iterator<Item = I::Item>> {
    Box::new(iterator)
}

/// A future of any type, as a future of what it gives.
pub fn boxed_future<F: Future + 'static>(future: F) -> Pin<Box<dyn Future<Output = F::Output>>> {
    Box::pin(future)
}
