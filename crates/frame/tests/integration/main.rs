//! What ferrite-frame promises, as a user of it sees it.

mod convert;
mod looks;
mod moves;
mod postgres;
mod random;
mod read;
mod reference;
mod render;
mod sources;

/// The `text/plain` form.
fn text(bundle: &ferrite_display::MimeBundle) -> &str {
    bundle.get("text/plain").expect("a text form")
}

/// The `text/html` form.
fn html(bundle: &ferrite_display::MimeBundle) -> &str {
    bundle.get("text/html").expect("an HTML form")
}
