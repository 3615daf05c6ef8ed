//! Threads that stay for many short rounds of work.
//!
//! [`parallel`] starts threads for each call and waits for all of them to end, which takes
//! longer than the work where that is a fraction of a millisecond, and much longer where
//! the cores have other things to do. Here threads are started once. Who leads works as
//! well, and waits only for what others have begun.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::parallel;

type Outcome<T> = Result<T, Box<dyn Any + Send>>;

struct Shared<S, T> {
    round: Mutex<Round<S, T>>,
    /// There is something to do, or nothing any more.
    begun: Condvar,
    /// What was begun is over.
    ended: Condvar,
}

struct Round<S, T> {
    /// What nobody has begun yet, the last first.
    things: Vec<(usize, S)>,
    made: Vec<(usize, Outcome<T>)>,
    running: usize,
    over: bool,
}

impl<S, T> Shared<S, T> {
    fn round(&self) -> MutexGuard<'_, Round<S, T>> {
        self.round.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does what is there to do; gives the round when there is nothing left to begin.
    fn work(&self, part: &impl Fn(S) -> T) -> MutexGuard<'_, Round<S, T>> {
        let mut round = self.round();
        while let Some((number, thing)) = round.things.pop() {
            round.running += 1;
            drop(round);
            let made = catch_unwind(AssertUnwindSafe(|| part(thing)));
            round = self.round();
            round.running -= 1;
            round.made.push((number, made));
            if round.things.is_empty() && round.running == 0 {
                self.ended.notify_all();
            }
        }
        round
    }

    fn follow(&self, part: &impl Fn(S) -> T) {
        loop {
            let round = self.work(part);
            if round.over {
                return;
            }
            drop(self.begun.wait(round));
        }
    }

    /// One round; what is made comes in the order of the things.
    fn lead(&self, things: Vec<S>, part: &impl Fn(S) -> T) -> Vec<T> {
        let mut round = self.round();
        round.things = things.into_iter().enumerate().rev().collect();
        drop(round);
        self.begun.notify_all();
        let mut round = self.work(part);
        while round.running > 0 {
            let waited = self.ended.wait(round);
            round = waited.unwrap_or_else(PoisonError::into_inner);
        }
        let mut made = std::mem::take(&mut round.made);
        drop(round);
        made.sort_unstable_by_key(|(number, _)| *number);
        let value =
            |(_, made): (usize, Outcome<T>)| made.unwrap_or_else(|panic| resume_unwind(panic));
        made.into_iter().map(value).collect()
    }
}

/// Leads rounds of work: `lead` gets a function that does `part` with each of some things,
/// on all cores that this thread may use.
pub(crate) fn crew<S: Send, T: Send, R>(
    part: impl Fn(S) -> T + Sync,
    lead: impl FnOnce(&dyn Fn(Vec<S>) -> Vec<T>) -> R,
) -> R {
    let threads = parallel::threads();
    if threads < 2 {
        return lead(&|things| things.into_iter().map(&part).collect());
    }
    let shared = Shared {
        round: Mutex::new(Round {
            things: Vec::new(),
            made: Vec::new(),
            running: 0,
            over: false,
        }),
        begun: Condvar::new(),
        ended: Condvar::new(),
    };
    /// Sends everybody home, also if the leader unwinds.
    struct Over<'a, S, T>(&'a Shared<S, T>);
    impl<S, T> Drop for Over<'_, S, T> {
        fn drop(&mut self) {
            self.0.round().over = true;
            self.0.begun.notify_all();
        }
    }
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(|| parallel::sharing(usize::MAX, || shared.follow(&part)));
        }
        let _over = Over(&shared);
        lead(&|things| shared.lead(things, &part))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::RwLock;

    #[test]
    fn rounds_come_in_order_and_see_what_changed_between_them() {
        let ground = RwLock::new(1);
        let part = |thing: usize| thing * *ground.read().unwrap();
        let sums: Vec<usize> = crew(part, |round| {
            let sum = |factor: usize| {
                *ground.write().unwrap() = factor;
                let made = round((0..100).collect());
                assert!(
                    made.iter()
                        .enumerate()
                        .all(|(at, made)| *made == at * factor)
                );
                made.into_iter().sum()
            };
            assert!(round(Vec::new()).is_empty());
            (0..50).map(sum).collect()
        });
        assert_eq!(sums[3], 3 * 4_950);
    }

    #[test]
    fn a_panic_reaches_the_leader_and_ends_the_crew() {
        let part = |thing: usize| {
            if thing == 7 {
                resume_unwind(Box::new(thing));
            }
        };
        let caught = catch_unwind(|| crew(part, |round| round((0..20).collect()).len()));
        assert_eq!(caught.unwrap_err().downcast_ref(), Some(&7_usize));
        let lead = |_: &dyn Fn(Vec<usize>) -> Vec<()>| resume_unwind(Box::new(8_usize));
        let caught = catch_unwind(AssertUnwindSafe(|| crew(part, lead)));
        assert_eq!(caught.unwrap_err().downcast_ref(), Some(&8_usize));
    }
}
