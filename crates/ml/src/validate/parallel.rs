//! Many small jobs on a few threads.
//!
//! A job's result depends on its number only, never on the thread or the order, so
//! results are the same for any number of threads. The calling thread draws: it hears
//! of each finished job and of every tenth of a second that passes. An interrupt ends
//! the jobs at their next checkpoint and then unwinds the calling thread.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use ferrite_interrupt::{Interrupted, panic_message};

use crate::MlError;
use crate::model::parallel as share;

/// Trees recurse, and threads have small stacks.
const STACK: usize = 16 << 20;

/// What the calling thread hears of.
pub(crate) enum Event<'a, T> {
    /// A job has ended.
    Done(usize, &'a T),
    /// Time has passed.
    Tick,
}

/// Runs `work` for each number below `jobs` and gives the results in their order.
/// `threads` 0 means as many as the machine has.
pub(crate) fn run<T: Send>(
    jobs: usize,
    threads: usize,
    work: &(dyn Fn(usize) -> T + Sync),
    hear: &mut dyn FnMut(Event<'_, T>),
) -> Vec<T> {
    let threads = count(threads).min(jobs);
    let next = AtomicUsize::new(0);
    let stop = AtomicBool::new(false);
    let mut results: Vec<Option<T>> = (0..jobs).map(|_| None).collect();
    let mut foreign: Option<Box<dyn Any + Send>> = None;
    thread::scope(|scope| {
        let (sender, receiver) = mpsc::channel();
        for _ in 0..threads {
            let sender = sender.clone();
            let (next, stop) = (&next, &stop);
            let worker = move || {
                while !stop.load(Ordering::Relaxed) {
                    let job = next.fetch_add(1, Ordering::Relaxed);
                    if job >= jobs {
                        break;
                    }
                    let work = AssertUnwindSafe(|| share::sharing(threads, || work(job)));
                    let result = catch_unwind(work);
                    let failed = result.is_err();
                    if sender.send((job, result)).is_err() || failed {
                        break;
                    }
                }
            };
            let named = thread::Builder::new().stack_size(STACK);
            // Without a thread of its own the work is done by those that there are, or
            // at last by this one.
            if named.spawn_scoped(scope, worker).is_err() {
                break;
            }
        }
        drop(sender);
        loop {
            match receiver.recv_timeout(Duration::from_millis(100)) {
                Ok((job, Ok(result))) => {
                    hear(Event::Done(job, &result));
                    results[job] = Some(result);
                }
                Ok((_, Err(payload))) => {
                    stop.store(true, Ordering::Relaxed);
                    foreign = Some(payload);
                }
                Err(RecvTimeoutError::Timeout) => {
                    if ferrite_interrupt::requested() {
                        stop.store(true, Ordering::Relaxed);
                    }
                    hear(Event::Tick);
                }
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
    });
    if let Some(payload) = foreign {
        std::panic::resume_unwind(payload);
    }
    ferrite_interrupt::checkpoint();
    let mut done = Vec::with_capacity(jobs);
    for (job, result) in results.into_iter().enumerate() {
        done.push(result.unwrap_or_else(|| work(job)));
    }
    done
}

fn count(threads: usize) -> usize {
    match threads {
        0 => thread::available_parallelism().map_or(1, usize::from),
        threads => threads,
    }
}

/// Turns a panic of somebody's code into an error. An interrupt goes on unwinding, also
/// one that reached the code as an error of its own (a polars query ends that way): such a
/// job has not failed.
pub(crate) fn guarded<T>(
    owner: &str,
    work: impl FnOnce() -> Result<T, MlError>,
) -> Result<T, MlError> {
    let result = match catch_unwind(AssertUnwindSafe(work)) {
        Ok(result) => result,
        Err(payload) if payload.is::<Interrupted>() => std::panic::resume_unwind(payload),
        Err(payload) => Err(MlError::Panicked {
            owner: owner.to_owned(),
            message: panic_message(payload.as_ref())
                .unwrap_or("without a message")
                .to_owned(),
        }),
    };
    if result.is_err() {
        ferrite_interrupt::checkpoint();
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_in_order_whatever_the_threads() {
        for threads in [1, 2, 7] {
            let mut heard = 0;
            let squares = run(50, threads, &|n| n * n, &mut |event| {
                if let Event::Done(n, square) = event {
                    assert_eq!(*square, n * n);
                    heard += 1;
                }
            });
            assert_eq!(squares, (0..50).map(|n| n * n).collect::<Vec<_>>());
            assert_eq!(heard, 50);
        }
    }

    #[test]
    fn panics_become_errors() {
        let error = guarded::<()>("the metric", || panic!("no {}", 7)).unwrap_err();
        assert_eq!(error.to_string(), "the metric panicked: no 7");
    }
}
