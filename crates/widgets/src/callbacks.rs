//! A list of functions that may be called while one of them runs.

use std::sync::{Mutex, PoisonError};

/// Functions that are told something.
pub struct Callbacks<T: ?Sized>(Mutex<Vec<Callback<T>>>);

type Callback<T> = Box<dyn FnMut(&T) + Send>;

impl<T: ?Sized> Default for Callbacks<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: ?Sized> Callbacks<T> {
    pub fn add(&self, callback: Callback<T>) {
        self.lock().push(callback);
    }

    /// Calls all of them. One that causes a call of the same list (a handler
    /// that sets the slider it listens to) is not called again for it.
    pub fn call(&self, with: &T) {
        struct Back<'a, T: ?Sized> {
            to: &'a Callbacks<T>,
            callbacks: Vec<Callback<T>>,
        }
        // Also when one of them panics.
        impl<T: ?Sized> Drop for Back<'_, T> {
            fn drop(&mut self) {
                let mut list = self.to.lock();
                self.callbacks.append(&mut list);
                *list = std::mem::take(&mut self.callbacks);
            }
        }
        let callbacks = std::mem::take(&mut *self.lock());
        let mut out = Back {
            to: self,
            callbacks,
        };
        for callback in &mut out.callbacks {
            callback(with);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Callback<T>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn callbacks_may_add_call_and_panic() {
        let callbacks = Arc::<Callbacks<usize>>::default();
        let sum = Arc::<AtomicUsize>::default();
        let (inner, total) = (callbacks.clone(), sum.clone());
        callbacks.add(Box::new(move |n| {
            total.fetch_add(*n, Ordering::SeqCst);
            inner.call(&1000);
            let total = total.clone();
            inner.add(Box::new(move |n| {
                total.fetch_add(10 * n, Ordering::SeqCst);
            }));
        }));
        callbacks.call(&1);
        assert_eq!(sum.load(Ordering::SeqCst), 1);
        callbacks.call(&2);
        assert_eq!(sum.load(Ordering::SeqCst), 1 + 2 + 20);

        callbacks.add(Box::new(|_| panic!("as the test wants")));
        let call = std::panic::AssertUnwindSafe(|| callbacks.call(&0));
        assert!(std::panic::catch_unwind(call).is_err());
        assert_eq!(callbacks.lock().len(), 5, "none is lost");
    }
}
