//! JSON as a tree that opens and closes without a script.

use std::fmt::Write;

use ferrite_display::MimeBundle;
use ferrite_display::html::{card, escape};
use serde_json::Value;

use super::grid::{clip, counted};

/// How many entries are drawn in all, and how many of one list or object.
const MOST: usize = 2_000;
const MOST_OF_ONE: usize = 100;
/// How many levels are open at first, and how large they may be for it.
const OPEN_LEVELS: usize = 2;
const OPEN_ENTRIES: usize = 20;
/// Longer texts are cut.
const MOST_CHARS: usize = 200;
/// Lines of the text form.
const MOST_LINES: usize = 60;

const STYLE: &str = "<style>\
.ferrite .tree{font-family:var(--jp-code-font-family,ui-monospace,monospace);font-size:12.5px;line-height:1.55}\
.ferrite .tree details,.ferrite .tree .leaf{margin-left:1.1em}\
.ferrite .tree>details,.ferrite .tree>.leaf{margin-left:0}\
.ferrite .tree .leaf{padding-left:1em}\
.ferrite .tree summary{cursor:pointer;list-style:none}\
.ferrite .tree summary::before{content:'▸';display:inline-block;width:1em;color:var(--fe-dim)}\
.ferrite .tree details[open]>summary::before{content:'▾'}\
.ferrite .tree summary::-webkit-details-marker{display:none}\
.ferrite .tree .key{color:var(--fe-accent)}\
.ferrite .tree .text{color:light-dark(#116329,#7ee787);white-space:pre-wrap;overflow-wrap:anywhere}\
.ferrite .tree .number{color:light-dark(#953800,#ffa657)}\
.ferrite .tree .word{color:light-dark(#8250df,#d2a8ff)}\
.ferrite .tree .dim{color:var(--fe-dim)}</style>";

/// A JSON value as a tree; its text form is indented JSON.
///
/// ```
/// let value = serde_json::json!({"name": "Ada", "years": [1815, 1852]});
/// let shown = ferrite_frame::render::json(&value);
/// assert!(shown.get("text/html").is_some_and(|html| html.contains("<details open>")));
/// assert!(shown.get("text/plain").is_some_and(|text| text.contains("\"name\": \"Ada\"")));
/// ```
pub fn json(value: &Value) -> MimeBundle {
    let mut tree = Tree {
        html: String::from("<div class=\"tree\">"),
        left: MOST,
    };
    tree.entry(None, value, 0);
    tree.html += "</div>";
    MimeBundle::text(text(value)).html(card(&(STYLE.to_owned() + &tree.html)))
}

struct Tree {
    html: String,
    left: usize,
}

impl Tree {
    fn entry(&mut self, key: Option<&str>, value: &Value, level: usize) {
        if self.left == 0 {
            return;
        }
        self.left -= 1;
        match value {
            Value::Array(items) if !items.is_empty() => {
                let keys = (0..items.len()).map(|i| i.to_string());
                let size = format!("[ {} ]", counted(items.len(), "item", "items"));
                self.branch(key, &size, items.len(), level, &mut keys.zip(items));
            }
            Value::Object(fields) if !fields.is_empty() => {
                let size = format!("{{ {} }}", counted(fields.len(), "field", "fields"));
                let mut fields = fields.iter().map(|(k, v)| (k.clone(), v));
                let count = fields.len();
                self.branch(key, &size, count, level, &mut fields);
            }
            leaf => {
                self.html += "<div class=\"leaf\">";
                self.key(key);
                self.leaf(leaf);
                self.html += "</div>";
            }
        }
    }

    fn branch(
        &mut self,
        key: Option<&str>,
        size: &str,
        count: usize,
        level: usize,
        entries: &mut dyn Iterator<Item = (String, &Value)>,
    ) {
        let open = level == 0 || (level < OPEN_LEVELS && count <= OPEN_ENTRIES);
        self.html += if open {
            "<details open><summary>"
        } else {
            "<details><summary>"
        };
        self.key(key);
        // Writing to a string cannot fail.
        let _ = write!(self.html, "<span class=\"dim\">{size}</span></summary>");
        let mut shown = 0;
        for (key, value) in entries.take(MOST_OF_ONE) {
            if self.left == 0 {
                break;
            }
            shown += 1;
            self.entry(Some(&key), value, level + 1);
        }
        if count > shown {
            let more = count - shown;
            let _ = write!(self.html, "<div class=\"leaf dim\">… {more} more</div>");
        }
        self.html += "</details>";
    }

    fn key(&mut self, key: Option<&str>) {
        if let Some(key) = key {
            let key = escape(&clip(key, MOST_CHARS));
            let _ = write!(
                self.html,
                "<span class=\"key\">{key}</span><span class=\"dim\">: </span>"
            );
        }
    }

    fn leaf(&mut self, value: &Value) {
        let (class, text) = match value {
            Value::String(text) => ("text", format!("{:?}", clip_text(text))),
            Value::Number(number) => ("number", number.to_string()),
            Value::Bool(flag) => ("word", flag.to_string()),
            Value::Null => ("dim", "null".to_owned()),
            Value::Array(_) => ("dim", "[ ]".to_owned()),
            Value::Object(_) => ("dim", "{ }".to_owned()),
        };
        let _ = write!(
            self.html,
            "<span class=\"{class}\">{}</span>",
            escape(&text)
        );
    }
}

fn clip_text(text: &str) -> String {
    match text.char_indices().nth(MOST_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Indented JSON, cut after some lines.
fn text(value: &Value) -> String {
    let whole = serde_json::to_string_pretty(value).unwrap_or_else(|_| value.to_string());
    let lines = whole.lines().count();
    if lines <= MOST_LINES {
        return whole;
    }
    let shown: Vec<&str> = whole.lines().take(MOST_LINES).collect();
    format!("{}\n… {} more lines", shown.join("\n"), lines - MOST_LINES)
}
