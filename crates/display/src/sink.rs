//! Where a rich output goes when code asks to show something *now*.
//!
//! In a notebook the worker installs a [`Sink`] that carries outputs to the
//! frontend. In an ordinary program there is none, and outputs print their
//! text form.

use std::io;
use std::sync::OnceLock;

use crate::comm::CommMessage;
use crate::{MimeBundle, Show};

/// Receives the outputs that running code asks for.
pub trait Sink: Send + Sync {
    /// Shows a new output. One with an `id` can be updated later.
    fn display(&self, bundle: &MimeBundle, id: Option<&str>);
    /// Shows the value of a cell's last expression.
    fn result(&self, bundle: &MimeBundle);
    /// Replaces the outputs that were shown with this `id`.
    fn update(&self, bundle: &MimeBundle, id: &str);
    /// Removes the outputs of the running cell, with `wait` only when the next
    /// one arrives.
    fn clear(&self, wait: bool);
    /// Sends a message of a comm.
    fn comm(&self, message: &CommMessage);
    /// Asks the person for a line of text. What is typed for a `password` is
    /// not shown.
    ///
    /// # Errors
    /// When nobody can answer.
    fn input(&self, prompt: &str, password: bool) -> io::Result<String>;
}

static SINK: OnceLock<Box<dyn Sink>> = OnceLock::new();

/// Installs the sink of this process. Only the first call has an effect.
pub fn install(sink: Box<dyn Sink>) {
    let _ = SINK.set(sink);
}

/// Shows a value in the middle of a cell, as if it were its last expression.
///
/// ```
/// ferrite_display::display(&ferrite_display::MimeBundle::text("so far, so good"));
/// ```
pub fn display(value: &dyn Show) {
    emit(&value.show());
}

/// Shows a bundle that is already made.
pub fn emit(bundle: &MimeBundle) {
    match SINK.get() {
        Some(sink) => sink.display(bundle, None),
        None => print(bundle),
    }
}

/// Shows a value that [`update_display`] can replace later.
pub fn display_as(id: &str, value: &dyn Show) {
    match SINK.get() {
        Some(sink) => sink.display(&value.show(), Some(id)),
        None => print(&value.show()),
    }
}

/// Replaces what was shown under this `id`.
pub fn update_display(id: &str, value: &dyn Show) {
    match SINK.get() {
        Some(sink) => sink.update(&value.show(), id),
        None => print(&value.show()),
    }
}

/// Removes what the running cell has shown so far.
pub fn clear_output(wait: bool) {
    if let Some(sink) = SINK.get() {
        sink.clear(wait);
    }
}

pub(crate) fn installed() -> Option<&'static dyn Sink> {
    SINK.get().map(Box::as_ref)
}

fn print(bundle: &MimeBundle) {
    if let Some(text) = bundle.get("text/plain") {
        println!("{text}");
    }
}

/// Shows the value of a cell's last expression.
pub fn result(bundle: &MimeBundle) {
    match SINK.get() {
        Some(sink) => sink.result(bundle),
        None => print(bundle),
    }
}
