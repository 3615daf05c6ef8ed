//! Short looks at variables: for completion, tooltips and the panel of
//! variables. Nothing is compiled for them: every value was stored with the
//! function that shows it.

use ferrite_wire::{Bundle, Outcome, Request};

use super::Session;
use crate::render::short_type;
use crate::worker::{Sink, Stream};

/// MIME type in which a frame's preview lists its columns.
const COLUMNS: &str = "application/vnd.ferrite.columns+json";
/// How long a preview is, in characters.
const PREVIEW: usize = 160;

/// A variable in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// Its name.
    pub name: String,
    /// Its type, without paths.
    pub type_text: String,
    /// The first characters of its value.
    pub value: String,
    /// The cell that made it.
    pub cell: u32,
    /// Columns and their types, if it is a frame.
    pub columns: Vec<(String, String)>,
}

impl Session {
    /// All variables, each with a short look at its value.
    pub fn previews(&mut self) -> Vec<Preview> {
        let names: Vec<String> = self.notebook.variables.keys().cloned().collect();
        self.preview(names)
    }

    /// Short looks at some variables; without values if those are not to be had.
    pub(super) fn preview(&mut self, names: Vec<String>) -> Vec<Preview> {
        let mut looks = self.looks(names.clone());
        let preview = |name: String| {
            let variable = self.notebook.variables.get(&name)?;
            let at = looks.iter().position(|(known, _)| *known == name);
            let bundle = at.map(|at| looks.swap_remove(at).1).unwrap_or_default();
            let part = |mime: &str| {
                let part = bundle.iter().find(|(known, _)| known == mime);
                part.map(|(_, data)| data.as_str()).unwrap_or_default()
            };
            Some(Preview {
                type_text: short_type(&variable.type_text),
                value: in_a_line(part("text/plain")),
                cell: variable.cell,
                columns: serde_json::from_str(part(COLUMNS)).unwrap_or_default(),
                name,
            })
        };
        names.into_iter().filter_map(preview).collect()
    }

    /// The frames with their columns.
    pub(super) fn frames(&mut self) -> Vec<(String, Vec<(String, String)>)> {
        let frames = self.notebook.variables.iter();
        let frames = frames.filter(|(_, variable)| variable.type_text.contains("Frame"));
        let names = frames.map(|(name, _)| name.clone()).collect();
        let previews = self.preview(names).into_iter();
        previews
            .filter(|preview| !preview.columns.is_empty())
            .map(|preview| (preview.name, preview.columns))
            .collect()
    }

    /// The first characters of a variable's `Debug`, more of them than in a
    /// preview: for whoever looks into it.
    pub fn debug_text(&mut self, name: &str, most: usize) -> Option<String> {
        if !self.notebook.variables.contains_key(name) || self.worker.is_none() {
            return None;
        }
        let request = Request::Preview {
            names: vec![name.to_owned()],
            most,
        };
        let Ok(Outcome::Previews(looks)) = self.ask(request, &mut Kept::default()) else {
            return None;
        };
        let (_, bundle) = looks.into_iter().next()?;
        let text = bundle.into_iter().find(|(mime, _)| mime == "text/plain");
        text.map(|(_, text)| text)
    }

    /// A variable in all its formats.
    pub fn show_variable(&mut self, name: &str) -> Option<Bundle> {
        if !self.notebook.variables.contains_key(name) {
            return None;
        }
        let mut kept = Kept::default();
        let request = Request::Show {
            name: name.to_owned(),
        };
        self.begin(&mut kept).ok()?;
        match self.ask(request, &mut kept).ok()? {
            Outcome::Ok => kept.0,
            _ => None,
        }
    }

    fn looks(&mut self, names: Vec<String>) -> Vec<(String, Bundle)> {
        if names.is_empty() || self.worker.is_none() {
            return Vec::new();
        }
        let request = Request::Preview {
            names,
            most: PREVIEW,
        };
        match self.ask(request, &mut Kept::default()) {
            Ok(Outcome::Previews(looks)) => looks,
            _ => Vec::new(),
        }
    }
}

fn in_a_line(text: &str) -> String {
    let mut line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = line.char_indices().nth(PREVIEW) {
        line.truncate(end);
        line.push('…');
    }
    line
}

/// Keeps the value that is shown; what it prints on the way is nobody's.
#[derive(Default)]
struct Kept(Option<Bundle>);

impl Sink for Kept {
    fn text(&mut self, _: Stream, _: &str) {}

    fn output(&mut self, output: ferrite_wire::Output) {
        if let ferrite_wire::Output::Result(bundle) = output {
            self.0 = Some(bundle);
        }
    }
}
