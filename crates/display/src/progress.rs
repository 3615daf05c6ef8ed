//! How far a loop is.
//!
//! [`progress`] wraps an iterator. In a notebook the loop then has a bar that
//! is updated ten times a second at most; in an ordinary program it prints one
//! line at its end, and in a terminal a line that is rewritten. A loop that ends
//! early (`break`, `?`, a panic, an interrupt) leaves a bar that says where.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::io::{IsTerminal, Write as _};
use std::time::{Duration, Instant};

use crate::handle::new_id;
use crate::html::{card, escape};
use crate::{MimeBundle, sink};

/// Time between two updates.
const INTERVAL: Duration = Duration::from_millis(100);

/// Wraps anything that can be iterated over so that its loop has a progress bar.
///
/// The total is known when the iterator knows its length; [`Progress::total`]
/// sets it otherwise. Bars in nested loops stand below each other.
///
/// ```
/// use ferrite_display::progress;
///
/// let mut sum = 0;
/// for n in progress(1..=100).label("adding") {
///     sum += n;
/// }
/// assert_eq!(sum, 5050);
/// ```
pub fn progress<I: IntoIterator>(items: I) -> Progress<I::IntoIter> {
    let items = items.into_iter();
    let total = match items.size_hint() {
        (least, Some(most)) if least == most => Some(most),
        _ => None,
    };
    Progress {
        items,
        bar: Bar::new(total),
    }
}

/// An iterator with a progress bar, made by [`progress`].
#[derive(Debug)]
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct Progress<I> {
    items: I,
    bar: Bar,
}

impl<I> Progress<I> {
    /// What stands in front of the bar.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.bar.label = label.into();
        self
    }

    /// How many items there will be, where the iterator does not know.
    pub fn total(mut self, total: usize) -> Self {
        self.bar.total = Some(total);
        self
    }
}

impl<I: Iterator> Iterator for Progress<I> {
    type Item = I::Item;

    #[inline]
    fn next(&mut self) -> Option<I::Item> {
        self.bar.step();
        let item = self.items.next();
        if item.is_none() {
            self.bar.finish();
        }
        item
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.items.size_hint()
    }
}

impl<I: ExactSizeIterator> ExactSizeIterator for Progress<I> {}

/// What of a bar is the same for all iterators: a cell that uses one compiles
/// none of this.
#[derive(Debug)]
struct Bar {
    label: String,
    total: Option<usize>,
    /// Items whose turn is over.
    done: usize,
    /// At this count the clock is looked at again: a fast loop cannot afford it
    /// each time.
    look_at: usize,
    running: Option<Running>,
    ended: bool,
}

#[derive(Debug)]
struct Running {
    id: String,
    begun: Instant,
    shown: Instant,
    looked: (Instant, usize),
}

/// A bar of this thread that is not over, with the place below it where bars of
/// inner loops stand, one after the other.
struct Level {
    id: String,
    below: Option<String>,
}

thread_local! {
    static LEVELS: RefCell<Vec<Level>> = const { RefCell::new(Vec::new()) };
}

/// Where a loop is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Running,
    Finished,
    Stopped,
}

impl Bar {
    fn new(total: Option<usize>) -> Self {
        Self {
            label: String::new(),
            total,
            done: 0,
            look_at: 0,
            running: None,
            ended: false,
        }
    }

    /// The loop asks for another item.
    #[inline]
    fn step(&mut self) {
        if self.running.is_some() && self.done + 1 < self.look_at {
            self.done += 1;
            return;
        }
        self.look();
    }

    #[inline(never)]
    fn look(&mut self) {
        if self.ended {
            return;
        }
        let now = Instant::now();
        let Some(running) = &mut self.running else {
            return self.begin(now);
        };
        self.done += 1;
        // Look again after a tenth of the interval, at the speed of late.
        let (last, count) = std::mem::replace(&mut running.looked, (now, self.done));
        let each = (now - last).as_secs_f64() / (self.done - count).max(1) as f64;
        let stride = INTERVAL.as_secs_f64() / 10.0 / each.max(1e-9);
        // Not more than twice as far as this time: the loop may slow down.
        let most = 2 * (self.done - count).max(1);
        self.look_at = self.done + (stride as usize).clamp(1, most);
        if now - running.shown >= INTERVAL {
            running.shown = now;
            self.show(State::Running, false);
        }
    }

    fn begin(&mut self, now: Instant) {
        let (id, fresh) = LEVELS.with_borrow_mut(|levels| {
            let (id, fresh) = match levels.last_mut() {
                Some(Level {
                    below: Some(id), ..
                }) => (id.clone(), false),
                Some(level) => (level.below.insert(new_id()).clone(), true),
                None => (new_id(), true),
            };
            levels.push(Level {
                id: id.clone(),
                below: None,
            });
            (id, fresh)
        });
        self.running = Some(Running {
            id,
            begun: now,
            shown: now,
            looked: (now, 0),
        });
        self.show(State::Running, fresh);
    }

    /// There are no more items.
    fn finish(&mut self) {
        self.end(State::Finished);
    }

    fn end(&mut self, state: State) {
        if self.ended {
            return;
        }
        self.ended = true;
        let Some(running) = &self.running else { return };
        LEVELS.with_borrow_mut(|levels| {
            // Bars may end in any order.
            if let Some(at) = levels.iter().rposition(|level| level.id == running.id) {
                levels.remove(at);
            }
        });
        self.show(state, false);
    }

    fn show(&self, state: State, fresh: bool) {
        let Some(running) = &self.running else { return };
        let facts = self.facts(state, running.begun.elapsed());
        let mut text = self.label.clone();
        if !text.is_empty() {
            text.push_str(": ");
        }
        text.push_str(&facts);
        let Some(sink) = sink::installed() else {
            return on_terminal(&text, state);
        };
        let bundle = MimeBundle::text(text).html(self.html(&facts, state));
        if fresh {
            sink.display(&bundle, Some(&running.id));
        } else {
            sink.update(&bundle, &running.id);
        }
    }

    /// `37/100 · 37 % · 12.3/s · 0:05 left`.
    fn facts(&self, state: State, elapsed: Duration) -> String {
        let done = self.done;
        let mut facts = String::new();
        if state == State::Stopped {
            facts.push_str("stopped at ");
        }
        match self.total {
            Some(total) => {
                let _ = write!(facts, "{done}/{total}");
            }
            None => {
                let _ = write!(facts, "{done}");
            }
        }
        if let (Some(part), true) = (self.part(), state != State::Finished) {
            let _ = write!(facts, " · {:.0} %", (part * 100.0).floor());
        }
        let seconds = elapsed.as_secs_f64();
        if state != State::Running {
            let _ = write!(facts, " · {}", clock(seconds));
        }
        if done > 0 && seconds > 0.0 {
            let rate = done as f64 / seconds;
            let _ = match rate {
                0.0..1.0 => write!(facts, " · {:.1} s each", 1.0 / rate),
                1.0..100.0 => write!(facts, " · {rate:.1}/s"),
                _ => write!(facts, " · {rate:.0}/s"),
            };
            if let (Some(total), State::Running) = (self.total, state) {
                let left = total.saturating_sub(done) as f64 / rate;
                let _ = write!(facts, " · {} left", clock(left));
            }
        }
        facts
    }

    /// How much of the whole is done.
    fn part(&self) -> Option<f64> {
        let total = self.total?;
        Some(if total == 0 {
            1.0
        } else {
            (self.done as f64 / total as f64).min(1.0)
        })
    }

    fn html(&self, facts: &str, state: State) -> String {
        let mut body = String::from("<div style=\"display:flex;align-items:center;gap:10px\">");
        if !self.label.is_empty() {
            let _ = write!(body, "<span>{}</span>", escape(&self.label));
        }
        let part = match state {
            State::Finished => Some(1.0),
            _ => self.part(),
        };
        if let Some(part) = part {
            let colour = match state {
                State::Stopped => "--fe-warn",
                _ => "--fe-accent",
            };
            let _ = write!(
                body,
                "<div style=\"width:260px;height:6px;border-radius:3px;overflow:hidden;background:var(--fe-line)\">\
                 <div style=\"width:{:.1}%;height:100%;background:var({colour})\"></div></div>",
                part * 100.0
            );
        }
        let _ = write!(body, "<span class=\"shape\">{}</span></div>", escape(facts));
        card(&body)
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.end(State::Stopped);
    }
}

/// A line that is rewritten on a terminal, else only the last one.
fn on_terminal(text: &str, state: State) {
    let mut stderr = std::io::stderr();
    let over = state != State::Running;
    // A program whose stderr is closed goes on all the same.
    if stderr.is_terminal() {
        let end = if over { "\n" } else { "" };
        let _ = write!(stderr, "\r\x1b[K{text}{end}");
    } else if over {
        let _ = writeln!(stderr, "{text}");
    }
}

/// `3.2 s`, `1:05`, `2:00:07`.
fn clock(seconds: f64) -> String {
    if seconds < 10.0 {
        return format!("{seconds:.1} s");
    }
    let seconds = seconds.min(1e9) as u64;
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    match minutes {
        0..60 => format!("{minutes}:{seconds:02}"),
        _ => format!("{}:{:02}:{seconds:02}", minutes / 60, minutes % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(done: usize, total: Option<usize>) -> Bar {
        let mut bar = Bar::new(total);
        bar.done = done;
        bar
    }

    #[test]
    fn facts_read_well() {
        let second = Duration::from_secs(1);
        let at = |done, total, state| bar(done, total).facts(state, 3 * second);
        assert_eq!(
            at(37, Some(100), State::Running),
            "37/100 · 37 % · 12.3/s · 5.1 s left"
        );
        assert_eq!(at(0, Some(100), State::Running), "0/100 · 0 %");
        assert_eq!(
            at(1, Some(99), State::Running),
            "1/99 · 1 % · 3.0 s each · 4:54 left"
        );
        assert_eq!(at(600, None, State::Running), "600 · 200/s");
        assert_eq!(
            at(100, Some(100), State::Finished),
            "100/100 · 3.0 s · 33.3/s"
        );
        assert_eq!(
            at(37, Some(100), State::Stopped),
            "stopped at 37/100 · 37 % · 3.0 s · 12.3/s"
        );
        assert_eq!(clock(7207.0), "2:00:07");
    }

    #[test]
    fn items_pass_unchanged() {
        assert_eq!(progress(0..5).map(|n| n * n).sum::<i32>(), 30);
        assert_eq!(progress(vec!["a", "b"]).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(progress([1, 2, 3]).len(), 3);
        assert_eq!(progress(0..1_000_000).label("many").count(), 1_000_000);
        assert!(progress(std::iter::empty::<i32>()).next().is_none());
    }

    #[test]
    fn the_count_is_of_items_whose_turn_is_over() {
        let mut loop_ = progress(0..10);
        loop_.next();
        assert_eq!(loop_.bar.done, 0);
        loop_.next();
        assert_eq!(loop_.bar.done, 1);
        loop_.by_ref().for_each(drop);
        assert_eq!(loop_.bar.done, 10);
    }

    #[test]
    fn levels_are_left_in_any_order() {
        let mut outer = progress(0..3);
        outer.next();
        let mut inner = progress(0..3);
        inner.next();
        LEVELS.with_borrow(|levels| assert_eq!(levels.len(), 2));
        drop(outer);
        drop(inner);
        LEVELS.with_borrow(|levels| assert!(levels.is_empty()));
    }
}
