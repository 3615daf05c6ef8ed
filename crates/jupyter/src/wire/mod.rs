//! Messages: how they are opened when they come and written when they go.
//!
//! `jupyter-protocol` has the types and `jupyter-zmq-client` the frames and the
//! signatures. Some things are done here instead, because those crates are made
//! for clients, who may stop at a bad message:
//!
//! - [`Request`] keeps the content as JSON, so that a content which does not
//!   fit its type can still be answered, and absent optional fields take the
//!   defaults of the messaging page;
//! - a [`Signer`] refuses signatures that it has seen before;
//! - outgoing headers carry our version of the protocol and dates that Python's
//!   clients parse.

mod incoming;
mod outgoing;
mod signing;

pub(crate) use incoming::{Refusal, Request, with_defaults};
pub(crate) use outgoing::{message, raw};
pub(crate) use signing::Signer;

/// The version of the messaging protocol that this library speaks.
pub(crate) const PROTOCOL_VERSION: &str = "5.5";
