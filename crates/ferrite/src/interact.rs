//! `interact`, for functions that return anything which can be shown.

use ferrite_widgets::{Controls, interact_with};

use crate::look::Looks;

/// Shows controls, and under them what a function makes of their values; again
/// whenever one of them changes.
///
/// The function is called with the value of the control, or with a tuple of the
/// values if there are several. It is kept for as long as the notebook runs, so
/// it owns what it uses: `move`, and a clone of what later cells need too. What
/// it returns is shown as a cell's last expression would be; a `Result` lets it
/// use `?`.
///
/// ```
/// use ferrite::prelude::*;
///
/// let penguins = datasets::penguins()?;
/// let by = dropdown(["species", "island", "sex"]).label("by");
/// interact((slider(1..=20).label("rows"), by), move |(rows, by)| {
///     let counts = penguins.clone().lazy().group_by([col(by)]).agg([len()]);
///     counts.limit(rows).collect()
/// });
/// # Ok::<(), FrameError>(())
/// ```
pub fn interact<C: Controls, R: Looks<By>, By>(
    controls: C,
    mut function: impl FnMut(C::Values) -> R + Send + 'static,
) {
    interact_with(controls, move |values| function(values).looks());
}
