//! A result that changes with the controls above it.

use std::sync::{Arc, Mutex, TryLockError};

use ferrite_display::{MimeBundle, display, display_handle};

use crate::{Controls, column};

/// Shows controls, and under them what a function makes of their values; again
/// whenever one of them changes. The function says how its result looks:
/// `ferrite::interact` takes any value that can be shown.
///
/// ```
/// use ferrite_widgets::{dropdown, interact_with, slider};
/// use ferrite_display::MimeBundle;
///
/// let controls = (slider(1..=10).label("n"), dropdown(["square", "cube"]));
/// interact_with(controls, |(n, power)| {
///     let result = if power == "cube" { n * n * n } else { n * n };
///     MimeBundle::text(result.to_string())
/// });
/// ```
pub fn interact_with<C: Controls>(
    controls: C,
    mut function: impl FnMut(C::Values) -> MimeBundle + Send + 'static,
) {
    show(
        controls.widgets(),
        Box::new(move || controls.values().map(&mut function)),
    );
}

/// What of it is the same for all controls: a cell compiles none of this.
fn show(widgets: Vec<crate::Widget>, mut result: Box<dyn FnMut() -> Option<MimeBundle> + Send>) {
    if let [widget] = widgets.as_slice() {
        display(widget);
    } else {
        display(&column(widgets.clone()));
    }
    let nothing = || MimeBundle::text("(there is nothing to choose from)");
    let handle = display_handle(&result().unwrap_or_else(nothing));
    let again = Arc::new(Mutex::new(move || {
        handle.update(&result().unwrap_or_else(nothing));
    }));
    for widget in widgets {
        for part in ["value", "index"] {
            let again = Arc::clone(&again);
            widget.on_change(part, move |_| {
                match again.try_lock() {
                    Ok(mut again) => again(),
                    // It panicked last time.
                    Err(TryLockError::Poisoned(again)) => again.into_inner()(),
                    // The function itself has moved a control.
                    Err(TryLockError::WouldBlock) => {}
                }
            });
        }
    }
}
