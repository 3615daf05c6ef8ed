//! Outputs that are replaced later.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::{Show, display_as, update_display};

/// An output that can be replaced, made by [`display_handle`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisplayHandle {
    id: String,
}

/// Shows a value and returns a handle that replaces it, from the same cell or
/// from a later one.
///
/// ```
/// use ferrite_display::{MimeBundle, display_handle};
///
/// let status = display_handle(&MimeBundle::text("loading"));
/// status.update(&MimeBundle::text("done"));
/// ```
#[must_use = "the handle is what updates the output; `display` only shows"]
pub fn display_handle(value: &dyn Show) -> DisplayHandle {
    let id = new_id();
    display_as(&id, value);
    DisplayHandle { id }
}

impl DisplayHandle {
    /// Shows another value in the same place.
    pub fn update(&self, value: &dyn Show) {
        update_display(&self.id, value);
    }

    /// The name that [`update_display`] knows the output by.
    pub fn id(&self) -> &str {
        &self.id
    }
}

/// A name that no other output has, also none of an earlier kernel: the old
/// outputs are still in the notebook.
///
/// ```
/// use ferrite_display::new_id;
/// assert_ne!(new_id(), new_id());
/// ```
pub fn new_id() -> String {
    static START: OnceLock<u128> = OnceLock::new();
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let start = START.get_or_init(|| {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        since.unwrap_or_default().as_nanos()
    });
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("ferrite-{start:x}-{:x}-{count}", std::process::id())
}
