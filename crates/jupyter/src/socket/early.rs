//! The first messages of a kernel, for subscribers that come a little late.

use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use crate::zmtp::Xpub;

/// How long a first subscriber may come after the first message.
const FIRST: Duration = Duration::from_secs(5);
/// How long others may come after the first one. libzmq connects again after
/// 100 ms; a notebook server has several subscribers for one kernel.
const OTHERS: Duration = Duration::from_millis(300);
/// How many bytes are kept for them.
const EARLY_SIZE: usize = 1 << 20;

/// What was sent so far, until nobody can be on the way any more.
#[derive(Default)]
pub(super) struct Early {
    messages: Vec<Vec<Bytes>>,
    size: usize,
    /// When to forget them. None until there is something to wait for: `starting`
    /// alone is kept for ever.
    until: Option<Instant>,
    /// Whether somebody has subscribed.
    heard: bool,
    over: bool,
}

impl Early {
    /// Keeps a message, if it is early.
    pub(super) fn keep(&mut self, frames: &[Bytes]) {
        if !self.messages.is_empty() && self.until.is_none() {
            self.until = Some(Instant::now() + FIRST);
        }
        self.size += frames.iter().map(Bytes::len).sum::<usize>();
        if !self.is_over() {
            self.messages.push(frames.to_vec());
        }
    }

    /// Sends what was kept to a new subscriber.
    pub(super) fn send_to(&mut self, xpub: &Xpub, subscriber: u64, topic: &Bytes) {
        if self.is_over() {
            return;
        }
        if !self.heard {
            self.heard = true;
            self.until = Some(Instant::now() + OTHERS);
        }
        for message in &self.messages {
            if message
                .first()
                .is_some_and(|first| first.starts_with(topic))
            {
                xpub.send_to(subscriber, message);
            }
        }
    }

    fn is_over(&mut self) -> bool {
        let late = self.until.is_some_and(|until| Instant::now() > until);
        if late || self.size > EARLY_SIZE {
            self.over = true;
            self.messages = Vec::new();
        }
        self.over
    }
}
