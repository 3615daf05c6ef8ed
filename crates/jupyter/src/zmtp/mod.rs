//! The kernel's side of ZeroMQ: two kinds of sockets, over TCP or a Unix socket.
//!
//! A kernel needs little of ZeroMQ. It only binds, never connects; four of its
//! sockets are a `ROUTER` ([`Router`]), one is an `XPUB` ([`Xpub`]). The
//! protocol below, [ZMTP 3](https://rfc.zeromq.org/spec/23/), is a greeting, one
//! command, and frames with a length.
//!
//! Why not the sockets of `zeromq` 0.7, on which `jupyter-zmq-client` builds?
//! We did, and measured:
//!
//! - It asks for a frame's memory when the peer announces its length, before any
//!   signature: nine bytes from any local process abort the kernel. Here memory
//!   grows with what arrives, up to [`frame::MESSAGE_LIMIT`].
//! - Its `XPUB` writes to subscribers one after the other and waits for each: a
//!   client that subscribed and does not read freezes every cell. Its `PUB` does
//!   not wait, but does not tell who subscribed, so that the first messages of a
//!   kernel are lost on a busy machine. [`Xpub`] has a queue for each
//!   subscriber, and tells.
//! - It does not say when messages have left, so that a kernel which ends must
//!   guess. See [`Router::drained`].
//!
//! What peers may do: connect with the `NULL` mechanism, ZMTP 3.0 or later;
//! subscribe by message (3.0) or command (3.1); ping (3.1). Anything else ends
//! that connection and nothing else.
//!
//! *Invariant:* nothing here knows what is in a message.

mod frame;
mod handshake;
mod lane;
mod link;
mod listener;
mod router;
mod xpub;

pub(crate) use listener::Listener;
pub(crate) use router::Router;
pub(crate) use xpub::{Request as SubscriberRequest, Wish, Xpub};

use frame::Violation;
