//! Why a cell does not compile, in the person's own words and lines.

use super::{Context, Plan, Rejection};
use crate::borrows;
use crate::compile::{Compiled, Job};
use crate::diagnostics::Diagnostic;
use crate::error::EngineError;
use crate::generate::{Generated, Lending, MAIN_FILE, Version};
use crate::origins::{Origin, Origins};
use crate::render;
use crate::source::Stitched;
use crate::statics::Homes;
use crate::suggestions;

impl Context<'_> {
    /// The errors in the person's own words and lines.
    pub(super) fn explain(
        &self,
        job: &Job<'_>,
        plan: &Plan,
        compiled: &Compiled,
    ) -> Result<Rejection, EngineError> {
        let mut plan = plan.clone();
        plan.declare = true;
        // What the person knows are references, if the cell uses both.
        let borrowers = borrows::borrowers(self.variables, &self.lent_here());
        if borrowers.iter().any(|name| self.cell.used.contains(name)) {
            plan.lending = Lending::Refer;
        }
        let code = self.generate(&plan, Version::Read);
        let found = self.toolchain.check(
            &Job {
                code: &code,
                ..*job
            },
            self.running,
        )?;
        let readable = found.iter().any(|diagnostic| diagnostic.level == "error");
        // Some errors only come when code is generated.
        let taken = compiled.errors().filter_map(|error| {
            let line = error.spans.iter().find(|span| span.is_primary)?.line_start;
            job.code.take_lines.get(&line)
        });
        if let Some(name) = taken.into_iter().next() {
            let type_text = self
                .variables
                .get(name)
                .map_or("", |known| known.type_text.as_str());
            let message = format!(
                "variable `{name}` cannot be used here: its type `{type_text}` cannot be written down"
            );
            Ok(Rejection {
                code: None,
                rendered: vec![message.clone()],
                message,
                json: Vec::new(),
            })
        } else if readable {
            Ok(self.retell(found.iter(), &code))
        } else {
            Ok(self.retell(compiled.diagnostics.iter(), job.code))
        }
    }

    pub(super) fn retell<'a>(
        &self,
        found: impl Iterator<Item = &'a Diagnostic>,
        code: &Generated,
    ) -> Rejection {
        let origins = &code.origins;
        let mut errors: Vec<&Diagnostic> = found
            .filter(|diagnostic| diagnostic.level.starts_with("error"))
            .collect();
        // An error in generated code is the echo of one in the cell.
        let in_cell = |error: &&Diagnostic| {
            let places = error.spans.iter().filter(|span| span.is_primary);
            let mut places = places.flat_map(|span| span.and_callers());
            places.any(|span| origins.locate(&span.file_name, &span.bytes()).is_some())
        };
        if errors.iter().any(in_cell) {
            errors.retain(in_cell);
        }
        let mut rendered: Vec<String> = Vec::new();
        for error in &errors {
            let error = suggestions::followable((*error).clone(), |name| {
                self.toolchain.names(self.crates, name)
            });
            let text = render::render(&error, origins);
            if !rendered.contains(&text) {
                rendered.push(text);
            }
        }
        Rejection {
            code: errors
                .first()
                .and_then(|error| error.code())
                .map(str::to_owned),
            message: errors
                .first()
                .map(|error| render::tidy(&error.message))
                .unwrap_or_default(),
            rendered,
            json: errors.iter().map(|error| error.json.clone()).collect(),
        }
    }
}

/// A message for a text that is not Rust.
pub fn syntax_error(context: &Context<'_>) -> Result<Rejection, EngineError> {
    let work = context.cache.work_dir()?;
    let text = &context.cell.text;
    let mut root = Stitched::default();
    root.insert("fn cell() {\n");
    root.copy(text, 0..text.len());
    root.insert("\n}\n");
    let origin = Origin {
        file: MAIN_FILE.to_owned(),
        cell: context.number,
        text: text.clone(),
        segments: root.segments,
    };
    let code = Generated {
        files: vec![(MAIN_FILE.to_owned(), root.text)],
        origins: Origins {
            files: vec![origin],
            taken: Vec::new(),
        },
        ..Generated::default()
    };
    let job = Job {
        code: &code,
        prelude: false,
        crates: context.crates,
        optimise: 0,
        share: true,
        debug: false,
        items: &[],
        homes: &Homes::new(),
        key: "syntax",
        dir: work.path(),
    };
    let found = context.toolchain.check(&job, context.running)?;
    Ok(context.retell(found.iter(), &code))
}
