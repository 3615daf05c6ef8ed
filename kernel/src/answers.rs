//! Completions and tooltips, in the words of Jupyter.

use ferrite_engine::completion::Suggestions;
use ferrite_jupyter::{CompleteReply, MimeBundle};
use serde_json::{Map, Value, json};

/// The completions of a cell. `_jupyter_types_experimental` says more of each
/// than its text, to frontends that know it.
pub fn completions(code: &str, found: Suggestions) -> CompleteReply {
    let characters = |bytes: usize| code.get(..bytes).map_or(0, |text| text.chars().count());
    let (start, end) = (characters(found.range.start), characters(found.range.end));
    let types: Vec<Value> = found
        .items
        .iter()
        .map(|item| {
            let mut more = json!({
                "text": item.text, "type": item.kind, "start": start, "end": end,
            });
            if !item.signature.is_empty() {
                more["signature"] = json!(item.signature);
            }
            if !item.documentation.is_empty() {
                more["documentation"] = json!(item.documentation);
            }
            more
        })
        .collect();
    CompleteReply {
        matches: found.items.into_iter().map(|item| item.text).collect(),
        cursor_start: found.range.start,
        cursor_end: found.range.end,
        metadata: Map::from_iter([("_jupyter_types_experimental".to_owned(), json!(types))]),
    }
}

/// A text in Markdown, which is its own plain form: consoles show that.
pub fn markdown(text: String) -> MimeBundle {
    MimeBundle::plain(text.clone()).with("text/markdown", text)
}
