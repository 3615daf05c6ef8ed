//! Work in parts, on all cores, with the same result on any number of them.
//!
//! A part is chosen by its number and gives one value; values come back in the
//! order of the numbers, whoever made them. An interrupt of the cell unwinds in
//! the thread that meets it and is carried on in the caller's.

use std::cell::Cell;
use std::panic::resume_unwind;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The values of `part(0)`, `part(1)`, … in order.
pub(crate) fn map<T: Send>(parts: usize, part: impl Fn(usize) -> T + Sync) -> Vec<T> {
    map_hearing(parts, part, &mut |_| {})
}

/// As [`map`] for a part of many; whoever listens to this thread hears how many of
/// `of` are over, `before` of them before these. What parts report is not heard.
pub(crate) fn map_told<T: Send>(
    what: &str,
    before: usize,
    parts: usize,
    of: usize,
    part: impl Fn(usize) -> T + Sync,
) -> Vec<T> {
    crate::progress::apart(|tell| {
        let made = map_hearing(parts, part, &mut |over| tell(what, before + over, of));
        tell(what, before + parts, of);
        made
    })
}

/// The calling thread says after each of its own parts how many are over.
fn map_hearing<T: Send>(
    parts: usize,
    part: impl Fn(usize) -> T + Sync,
    hear: &mut dyn FnMut(usize),
) -> Vec<T> {
    let all = threads();
    let threads = all.min(parts);
    if threads < 2 {
        let made = |number: usize| {
            let value = part(number);
            hear(number + 1);
            value
        };
        return (0..parts).map(made).collect();
    }
    let (next, over) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let work = |hear: &mut dyn FnMut(usize)| {
        let mut done = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= parts {
                return done;
            }
            ferrite_interrupt::checkpoint();
            done.push((number, part(number)));
            hear(over.fetch_add(1, Ordering::Relaxed) + 1);
        }
    };
    // What is parallel inside of a part has its share of the cores.
    let share = (all / threads).max(1);
    let mut all = std::thread::scope(|scope| {
        let silent = || with_share(share, || work(&mut |_| {}));
        let running: Vec<_> = (1..threads).map(|_| scope.spawn(silent)).collect();
        let mut all = with_share(share, || work(hear));
        for thread in running {
            match thread.join() {
                Ok(done) => all.extend(done),
                Err(payload) => resume_unwind(payload),
            }
        }
        all
    });
    all.sort_by_key(|(number, _)| *number);
    all.into_iter().map(|(_, value)| value).collect()
}

/// Fills a slice in chunks of `length` numbers, each by its number.
pub(crate) fn fill(slice: &mut [f64], length: usize, part: impl Fn(usize, &mut [f64]) + Sync) {
    each(slice.chunks_mut(length).collect(), part);
}

/// As [`map`], with a thing for each part that it may change.
pub(crate) fn each<S: Send, T: Send>(
    things: Vec<S>,
    part: impl Fn(usize, S) -> T + Sync,
) -> Vec<T> {
    let things: Vec<Mutex<Option<S>>> = things.into_iter().map(Some).map(Mutex::new).collect();
    let parts = map(things.len(), |number| {
        let own = things[number].lock().ok().and_then(|mut own| own.take());
        own.map(|own| part(number, own))
    });
    // Each was there for the one part that took it.
    parts.into_iter().flatten().collect()
}

/// As [`map`], for parts that can fail: the first failure by number.
pub(crate) fn try_map<T: Send, E: Send>(
    parts: usize,
    part: impl Fn(usize) -> Result<T, E> + Sync,
) -> Result<Vec<T>, E> {
    map(parts, part).into_iter().collect()
}

/// Ranges of at least `least` that cover `0..count`, a few for each core.
pub(crate) fn ranges(count: usize, least: usize) -> Vec<std::ops::Range<usize>> {
    let size = count.div_ceil(threads() * 4).max(least).max(1);
    (0..count)
        .step_by(size)
        .map(|start| start..(start + size).min(count))
        .collect()
}

pub(crate) fn threads() -> usize {
    match SHARE.get() {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        share => share,
    }
}

thread_local! {
    /// How many threads this one may use, itself among them; 0 if nobody said so.
    static SHARE: Cell<usize> = const { Cell::new(0) };
}

/// Does some work that is one of `others` at the same time, each with its share of the
/// cores: fits in parallel whose trees are in parallel as well would only wait for each
/// other.
pub(crate) fn sharing<T>(others: usize, work: impl FnOnce() -> T) -> T {
    with_share((threads() / others.max(1)).max(1), work)
}

fn with_share<T>(share: usize, work: impl FnOnce() -> T) -> T {
    /// Also if the work unwinds.
    struct Restore(usize);
    impl Drop for Restore {
        fn drop(&mut self) {
            SHARE.set(self.0);
        }
    }
    let _restore = Restore(SHARE.replace(share));
    work()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_in_order() {
        assert_eq!(
            map(100, |i| i * i),
            (0..100).map(|i| i * i).collect::<Vec<_>>()
        );
        assert_eq!(map(0, |i| i), Vec::<usize>::new());
        assert_eq!(try_map(9, |i| if i > 3 { Err(i) } else { Ok(i) }), Err(4));
    }

    #[test]
    fn things_are_changed_in_their_place() {
        let mut all = vec![0.0; 10];
        fill(&mut all, 3, |part, chunk| chunk.fill(part as f64));
        assert_eq!(all, [0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 2.0, 2.0, 2.0, 3.0]);
    }

    #[test]
    fn threads_are_shared_and_not_multiplied() {
        let all = threads();
        assert_eq!(sharing(all, threads), 1);
        assert_eq!(sharing(1, threads), all);
        let nested = sharing(2, || sharing(2, || map(3, |_| std::thread::current().id())));
        let here = std::thread::current().id();
        if all < 8 {
            assert!(
                nested.iter().all(|id| *id == here),
                "no thread of their own"
            );
        }
        assert_eq!(threads(), all, "only while the work lasts");
    }

    #[test]
    fn parts_of_parts_have_no_more_threads_than_there_are_cores() {
        let all = threads();
        let inside = map(2 * all, |_| threads());
        assert_eq!(inside, vec![1; 2 * all]);
        assert_eq!(threads(), all);
    }

    #[test]
    fn ranges_cover_everything_once() {
        for count in [0, 1, 7, 1_000, 12_345] {
            let all: Vec<usize> = ranges(count, 10).into_iter().flatten().collect();
            assert_eq!(all, (0..count).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_panic_in_a_part_reaches_the_caller() {
        let caught = std::panic::catch_unwind(|| {
            map(50, |i| {
                if i == 49 {
                    resume_unwind(Box::new(7))
                } else {
                    i
                }
            })
        });
        assert_eq!(caught.unwrap_err().downcast_ref(), Some(&7));
    }
}
