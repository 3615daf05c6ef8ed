//! A whole kernel for the toy language `echo`, driven over real sockets.
//!
//! A test states the exact sequence of IOPub messages. One that nobody stated
//! fails the test when its [`Frontend`](frontend::Frontend) is dropped.

#[path = "../../examples/echo/language.rs"]
mod echo;
mod frontend;
mod wiretap;

mod comms;
mod control;
mod execute;
mod latency;
mod outputs;
mod process;
mod queue;
mod refusals;
mod requests;
mod startup;
