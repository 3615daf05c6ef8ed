//! What is heard of a fit while it runs.
//!
//! Steps of pipelines and rounds of training say how far they are by `report`. Who
//! listens is set for the calling thread only: folds and candidates, which run on
//! threads of their own, are silent, as those who started them have a bar already.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use ferrite_display::Live;

use crate::MlError;
use crate::validate::{bar, one_line};

/// How far a fit is.
///
/// ```
/// use ferrite_ml::{MlError, Pipeline, RandomForestClassifier, on_progress};
/// use polars::df;
/// use std::{cell::Cell, rc::Rc};
///
/// let frame = df!["x" => [0, 1, 8, 9], "y" => ["a", "a", "b", "b"]]?;
/// let pipeline = Pipeline::new().model(RandomForestClassifier::new().n_estimators(8));
/// let last = Rc::new(Cell::new((0, 0)));
/// let seen = last.clone();
/// on_progress(move |progress| seen.set((progress.done, progress.of)), || pipeline.fit(&frame, "y"))?;
/// assert_eq!(last.get(), (8, 8)); // trees
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress<'a> {
    /// What is being made: `"step 1 of 2: StandardScaler"`, `"RandomForestClassifier: trees"`.
    pub what: &'a str,
    /// How many of its parts are over.
    pub done: usize,
    /// How many there are; training that converges early ends before.
    pub of: usize,
}

type Hook = Box<dyn FnMut(Progress<'_>)>;

thread_local! {
    static HOOK: RefCell<Option<Hook>> = const { RefCell::new(None) };
}

/// Sets the listener and puts the one before it back, also when the work unwinds.
struct Listening(Option<Hook>);

impl Listening {
    fn set(hook: Option<Hook>) -> Self {
        Self(HOOK.with(|own| std::mem::replace(&mut *own.borrow_mut(), hook)))
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let before = self.0.take();
        HOOK.with(|own| *own.borrow_mut() = before);
    }
}

/// Calls a function whenever a fit inside of `work` has come further, instead of
/// showing a bar. A panic in it ends the fit.
pub fn on_progress<T>(hook: impl FnMut(Progress<'_>) + 'static, work: impl FnOnce() -> T) -> T {
    let _listening = Listening::set(Some(Box::new(hook)));
    work()
}

/// Tells whoever listens on this thread.
pub(crate) fn report(what: &str, done: usize, of: usize) {
    // The listener is taken out for the call, so that it may fit something itself.
    let Some(mut hook) = HOOK.with(|own| own.borrow_mut().take()) else {
        return;
    };
    hook(Progress { what, done, of });
    HOOK.with(|own| *own.borrow_mut() = Some(hook));
}

/// Works without a listener, and gives it for calls in between.
pub(crate) fn apart<T>(work: impl FnOnce(&mut dyn FnMut(&str, usize, usize)) -> T) -> T {
    let mut listening = Listening::set(None);
    // Back in its place when this ends, also by unwinding.
    let hook = &mut listening.0;
    work(&mut |what, done, of| {
        if let Some(hook) = hook {
            hook(Progress { what, done, of });
        }
    })
}

/// Shows a bar once the work takes longer than a moment, unless somebody listens already.
pub(crate) fn shown<T>(work: impl FnOnce() -> Result<T, MlError>) -> Result<T, MlError> {
    if HOOK.with(|own| own.borrow().is_some()) {
        return work();
    }
    let begun = Instant::now();
    let live = Rc::new(RefCell::new(Live::after(Duration::from_millis(400))));
    let drawn = Rc::clone(&live);
    let result = on_progress(
        move |progress| {
            let Progress { what, done, of } = progress;
            drawn
                .borrow_mut()
                .update(|| bar(&format!("{what}, {done} of {of}"), done, of));
        },
        work,
    )?;
    if let Ok(live) = Rc::try_unwrap(live) {
        let seconds = begun.elapsed().as_secs_f64();
        live.into_inner()
            .finish(|| one_line(&format!("fitted in {seconds:.1} s")));
    }
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    #[test]
    fn only_the_innermost_listener_hears_and_the_outer_one_comes_back() {
        let heard: Rc<RefCell<Vec<String>>> = Rc::default();
        let note = |name: &'static str| {
            let heard = Rc::clone(&heard);
            move |progress: Progress<'_>| {
                heard.borrow_mut().push(format!("{name} {}", progress.done))
            }
        };
        on_progress(note("outer"), || {
            report("parts", 1, 9);
            let inner = catch_unwind(AssertUnwindSafe(|| {
                on_progress(note("inner"), || {
                    report("parts", 2, 9);
                    panic!("the end");
                })
            }));
            assert!(inner.is_err());
            report("parts", 3, 9);
            apart(|tell| {
                report("nobody hears", 4, 9);
                tell("parts", 5, 9);
            });
            report("parts", 6, 9);
        });
        report("nobody is left", 7, 9);
        assert_eq!(
            *heard.borrow(),
            ["outer 1", "inner 2", "outer 3", "outer 5", "outer 6"]
        );
    }
}
