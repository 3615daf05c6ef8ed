//! `XPUB`: what is sent goes to all who subscribed, and it is known who did.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::mpsc;

use super::Violation;
use super::frame::{self, Traffic};
use super::handshake::Role;
use super::lane::Lane;
use super::link::Link;
use super::listener::{Listener, Stream};

const ROLE: Role = Role {
    socket_type: "XPUB",
    peers: &["SUB", "XSUB"],
};
/// Subscribers send topics and nothing else.
const TOPIC_LIMIT: usize = 4096;
/// How many topics one subscriber may have.
const TOPICS: usize = 1024;
/// What may wait for one subscriber, in bytes. Beyond it the publisher waits
/// for those who read, and drops messages for those who do not.
const QUEUE: usize = 32 << 20;
/// Messages of this size are dropped only when twice as much waits: a status
/// that got lost would leave a notebook waiting for ever.
const SMALL: usize = 4 << 10;

/// The sending side of an `XPUB` socket.
#[derive(Clone, Default)]
pub(crate) struct Xpub {
    subscribers: Arc<Mutex<BTreeMap<u64, Subscriber>>>,
}

struct Subscriber {
    topics: Vec<Bytes>,
    lane: Lane,
}

impl Subscriber {
    fn wants(&self, topic: &[u8]) -> bool {
        self.topics.iter().any(|prefix| topic.starts_with(prefix))
    }
}

/// A subscriber wants something. It takes effect when the publisher has said
/// so: what comes before and what after is then certain.
#[derive(Debug)]
pub(crate) struct Request {
    pub subscriber: u64,
    pub wish: Wish,
}

/// What a subscriber says: by message in ZMTP 3.0, by command in 3.1.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    Subscribe(Bytes),
    Cancel(Bytes),
}

impl Xpub {
    /// Serves that address. Returns the socket and what subscribers want.
    pub(crate) fn start(listener: Listener) -> (Self, mpsc::UnboundedReceiver<Request>) {
        let xpub = Self::default();
        let (sender, receiver) = mpsc::unbounded_channel();
        tokio::spawn(xpub.clone().accept(listener, sender));
        (xpub, receiver)
    }

    /// Sends to all who want the topic, which is the first frame. Waits while
    /// too much waits for one of them, as long as it reads at all.
    pub(crate) async fn send(&self, message: &[Bytes]) {
        let Some(topic) = message.first() else { return };
        let wire = frame::encode(message);
        while self.is_crowded() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        for subscriber in self
            .subscribers()
            .values()
            .filter(|subscriber| subscriber.wants(topic))
        {
            let limit = if wire.len() <= SMALL {
                2 * QUEUE
            } else {
                QUEUE
            };
            if subscriber.lane.queued() <= limit {
                subscriber.lane.push(wire.clone());
            } else {
                tracing::warn!("a subscriber does not read; dropped a message for it");
            }
        }
    }

    /// Sends to one subscriber.
    pub(crate) fn send_to(&self, subscriber: u64, message: &[Bytes]) {
        if let Some(subscriber) = self.subscribers().get(&subscriber) {
            subscriber.lane.push(frame::encode(message));
        }
    }

    /// Returns when everything is written, or nobody reads it.
    pub(crate) async fn drained(&self) {
        while self.any(|lane| lane.queued() > 0 && lane.moves()) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    fn is_crowded(&self) -> bool {
        self.any(|lane| lane.queued() > QUEUE && lane.moves())
    }

    fn any(&self, condition: impl Fn(&Lane) -> bool) -> bool {
        self.subscribers()
            .values()
            .any(|subscriber| condition(&subscriber.lane))
    }

    async fn accept(self, listener: Listener, sender: mpsc::UnboundedSender<Request>) {
        let mut serial = 0;
        loop {
            match listener.accept().await {
                Ok(stream) => {
                    serial += 1;
                    let (xpub, sender, subscriber) = (self.clone(), sender.clone(), serial);
                    tokio::spawn(async move {
                        let end = xpub.serve(stream, subscriber, sender).await;
                        xpub.subscribers().remove(&subscriber);
                        tracing::info!(violation = %end, "closed a subscriber's connection");
                    });
                }
                Err(error) => {
                    tracing::error!(%error, "cannot accept a subscriber");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }

    /// Reads subscriptions until the connection ends; returns why it did.
    async fn serve(
        &self,
        stream: Box<dyn Stream>,
        subscriber: u64,
        sender: mpsc::UnboundedSender<Request>,
    ) -> Violation {
        let mut link = match Link::open(stream, ROLE, TOPIC_LIMIT).await {
            Ok(link) => link,
            Err(violation) => return violation,
        };
        let lane = link.lane.clone();
        let joined = Subscriber {
            topics: Vec::new(),
            lane,
        };
        self.subscribers().insert(subscriber, joined);
        loop {
            match link.next().await {
                Ok(traffic) => {
                    if let Some(wish) = Wish::parse(&traffic) {
                        let _ = sender.send(Request { subscriber, wish });
                    }
                }
                Err(violation) => return violation,
            }
        }
    }

    /// From now on, that subscriber gets messages of this topic. Returns whether
    /// it is its first one.
    pub(crate) fn subscribe(&self, subscriber: u64, topic: Bytes) -> bool {
        let mut subscribers = self.subscribers();
        let Some(subscriber) = subscribers.get_mut(&subscriber) else {
            return false;
        };
        if subscriber.topics.len() < TOPICS {
            subscriber.topics.push(topic);
        }
        subscriber.topics.len() == 1
    }

    /// From now on, it does not.
    pub(crate) fn cancel(&self, subscriber: u64, topic: &Bytes) {
        if let Some(subscriber) = self.subscribers().get_mut(&subscriber)
            && let Some(index) = subscriber.topics.iter().position(|held| held == topic)
        {
            subscriber.topics.swap_remove(index);
        }
    }

    fn subscribers(&self) -> MutexGuard<'_, BTreeMap<u64, Subscriber>> {
        self.subscribers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wish {
    fn parse(traffic: &Traffic) -> Option<Self> {
        let (body, subscribe, cancel): (_, &[u8], &[u8]) = match traffic {
            Traffic::Message(frames) => match frames.as_slice() {
                [body] => (body, b"\x01", b"\x00"),
                _ => return None,
            },
            Traffic::Command(body) => (body, b"\x09SUBSCRIBE", b"\x06CANCEL"),
        };
        let after = |prefix| body.strip_prefix(prefix).map(Bytes::copy_from_slice);
        after(subscribe)
            .map(Self::Subscribe)
            .or_else(|| after(cancel).map(Self::Cancel))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wishes_of_both_versions() {
        let message = |frames: &[&'static [u8]]| {
            Traffic::Message(
                frames
                    .iter()
                    .map(|frame| Bytes::from_static(frame))
                    .collect(),
            )
        };
        let command = |body: &'static [u8]| Traffic::Command(Bytes::from_static(body));
        let topic = Bytes::from_static(b"kernel");
        for (traffic, wish) in [
            (
                message(&[b"\x01kernel"]),
                Some(Wish::Subscribe(topic.clone())),
            ),
            (message(&[b"\x00kernel"]), Some(Wish::Cancel(topic.clone()))),
            (
                command(b"\x09SUBSCRIBEkernel"),
                Some(Wish::Subscribe(topic.clone())),
            ),
            (command(b"\x06CANCELkernel"), Some(Wish::Cancel(topic))),
            (message(&[b"\x01"]), Some(Wish::Subscribe(Bytes::new()))),
            (message(&[b""]), None),
            (message(&[b"\x02"]), None),
            (message(&[b"\x01", b"more"]), None),
            (command(b"\x01kernel"), None),
        ] {
            assert_eq!(Wish::parse(&traffic), wish);
        }
    }
}
