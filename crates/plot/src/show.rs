//! How a chart looks in a notebook: the picture, or why there is none.

use ferrite_display::{MimeBundle, Show, html};

use crate::chart::Chart;
use crate::error::ChartError;
use crate::svg;

impl Show for Chart {
    /// The picture with a line of text for terminals; when it cannot be
    /// drawn, the reason.
    fn show(&self) -> MimeBundle {
        match self.scene() {
            Ok((scene, description)) => {
                MimeBundle::text(description).svg(svg::write(&scene, self.theme_of()))
            }
            Err(error) => refusal(&error),
        }
    }
}

/// Why there is no picture.
pub(crate) fn refusal(error: &ChartError) -> MimeBundle {
    let text = format!("error: {error}");
    let body = format!("<pre>{}</pre>", html::escape(&text));
    MimeBundle::text(text).html(html::card(&body))
}
