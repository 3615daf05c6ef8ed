//! A picture as a page of its own: nothing is fetched, no script is run, and it
//! follows the reader's theme.

use ferrite_display::html::escape;

use crate::palette::{BACK, Theme};

/// The page around an SVG.
pub(crate) fn page(title: &str, svg: &str, theme: Theme) -> String {
    document(title, &format!("<main>{svg}</main>"), theme)
}

/// A page with a body.
pub(crate) fn document(title: &str, body: &str, theme: Theme) -> String {
    let scheme = match theme {
        Theme::Auto => "light dark",
        Theme::Light => "light",
        Theme::Dark => "dark",
    };
    let (light, dark) = (BACK.light.hex(), BACK.dark.hex());
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{}</title>\n\
         <style>:root{{color-scheme:{scheme}}}\
         body{{margin:0;min-height:100vh;display:grid;place-items:center;background:light-dark({light},{dark})}}\
         main{{padding:16px;box-sizing:border-box;max-width:100%}}svg{{max-width:100%;height:auto}}</style>\n\
         </head>\n<body>\n{body}\n</body>\n</html>\n",
        escape(title)
    )
}
