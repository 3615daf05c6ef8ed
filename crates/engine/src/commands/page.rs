//! What commands show beside the notebook: help and documentation, which nobody
//! wants to keep in the cell's output.

use crate::worker::Sink;

/// Shows a text, and the address of a page under it.
pub fn show(sink: &mut dyn Sink, text: String, address: Option<&str>) {
    let address = address.unwrap_or_default();
    let mut html = String::new();
    if !text.is_empty() {
        html.push_str(&format!("<pre>{}</pre>", escape(&text)));
    }
    if !address.is_empty() {
        let shown = escape(address);
        html.push_str(&format!(
            "<a href=\"{shown}\" target=\"_blank\" rel=\"noopener\">{shown}</a>"
        ));
    }
    page(sink, format!("{text}{address}"), html);
}

/// Shows a text in Markdown, and the address of a page under it.
pub fn markdown(sink: &mut dyn Sink, text: &str, address: Option<&str>) {
    let text = match address {
        Some(address) => format!("{text}\n\n<{address}>"),
        None => text.to_owned(),
    };
    sink.output(crate::Output::Page(vec![
        ("text/plain".to_owned(), text.clone()),
        ("text/markdown".to_owned(), text),
    ]));
}

/// Shows a list of things, each with what it does, and a sentence about all.
pub fn table(sink: &mut dyn Sink, rows: &[(String, &str)], below: &str) {
    let width = rows
        .iter()
        .map(|(name, _)| name.chars().count())
        .max()
        .unwrap_or(0);
    let mut text = String::new();
    let mut html = String::from("<table>");
    for (name, does) in rows {
        text.push_str(&format!("{name:<width$}  {does}\n"));
        html.push_str(&format!(
            "<tr><td style=\"text-align:left\"><code>{}</code></td>\
             <td style=\"text-align:left\">{}</td></tr>",
            escape(name),
            escape(does)
        ));
    }
    text.push_str(&format!("\n{below}"));
    html.push_str(&format!("</table><p>{}</p>", escape(below)));
    page(sink, text, html);
}

fn page(sink: &mut dyn Sink, text: String, html: String) {
    sink.output(crate::Output::Page(vec![
        ("text/plain".to_owned(), text),
        ("text/html".to_owned(), html),
    ]));
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
