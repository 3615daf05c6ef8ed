//! One output that is replaced while work goes on.
//!
//! In a notebook it is updated ten times a second at most; in an ordinary program
//! nothing is shown, so that code which has a live output can be used anywhere.

use std::time::{Duration, Instant};

use crate::handle::new_id;
use crate::{MimeBundle, sink};

/// Time between two updates.
const INTERVAL: Duration = Duration::from_millis(100);

/// An output that follows some work: it appears once the work takes longer than a
/// moment, and its last state stays.
///
/// ```
/// use ferrite_display::{Live, MimeBundle};
///
/// let mut live = Live::after(std::time::Duration::from_millis(300));
/// for step in 0..1_000 {
///     live.update(|| MimeBundle::text(format!("step {step}")));
/// }
/// live.finish(|| MimeBundle::text("1000 steps"));
/// ```
#[derive(Debug)]
pub struct Live {
    begun: Instant,
    delay: Duration,
    /// The output with the time of its last update, once there is one.
    shown: Option<(String, Instant)>,
}

impl Live {
    /// An output that appears when this much time has passed.
    pub fn after(delay: Duration) -> Self {
        Self {
            begun: Instant::now(),
            delay,
            shown: None,
        }
    }

    /// Shows the present state if the last one has been there for long enough; it is
    /// made only then.
    pub fn update(&mut self, state: impl FnOnce() -> MimeBundle) {
        let due = match &self.shown {
            Some((_, last)) => last.elapsed() >= INTERVAL,
            None => self.begun.elapsed() >= self.delay,
        };
        if due && sink::installed().is_some() {
            self.show(&state());
        }
    }

    /// Shows the last state, if there was an output at all.
    pub fn finish(mut self, state: impl FnOnce() -> MimeBundle) {
        if self.shown.is_some() {
            self.show(&state());
        }
    }

    fn show(&mut self, bundle: &MimeBundle) {
        let Some(sink) = sink::installed() else {
            return;
        };
        match &mut self.shown {
            Some((id, last)) => {
                *last = Instant::now();
                sink.update(bundle, id);
            }
            None => {
                let id = new_id();
                sink.display(bundle, Some(&id));
                self.shown = Some((id, Instant::now()));
            }
        }
    }
}
