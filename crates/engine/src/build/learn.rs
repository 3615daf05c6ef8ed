//! What a run of rustc teaches about a cell, so that the next one does better: what it
//! needs, what it moves, and why a variable cannot be kept as it is.

use std::collections::BTreeSet;

use super::{BUILT_IN, Context, Plan};
use crate::borrows;
use crate::compile::Compiled;
use crate::diagnostics::Diagnostic;
use crate::edits::{Borrowing, Edit};
use crate::functions::is_function;
use crate::generate::{Generated, Lending, MAIN_FILE, roots};
use crate::mir;
use crate::names;
use crate::parse::Cell;
use crate::unkept;
use crate::unnameable::{self, Form};

/// Errors by which rustc says that a value cannot be handed to `store`: it
/// was moved, it is borrowed, or it does not live long enough.
const CANNOT_BE_KEPT: &[&str] = &[
    "E0382", "E0505", "E0597", "E0716", "E0521", "E0373", "E0310", "E0515", "E0499", "E0502",
    "E0506", "E0277", "E0381", "E0384", "E0713",
];

impl Context<'_> {
    /// Whether a failed compile is worth another, with a better plan.
    pub(super) fn learn_from_errors(
        &self,
        compiled: &Compiled,
        code: &Generated,
        plan: &mut Plan,
    ) -> bool {
        let about_keeping = |error| store_at_fault(error, code, plan, self.cell).is_some();
        if !plan.prelude && !compiled.errors().all(about_keeping) {
            plan.prelude = true;
            return true;
        }
        if plan.lending != Lending::Reclaim
            && !compiled.errors().all(about_keeping)
            && !self.lent_here().is_empty()
        {
            plan.lending = Lending::Reclaim;
            return true;
        }
        if code.is_items && code.sees > 0 && !compiled.errors().all(about_keeping) {
            // Perhaps what it defines is only possible beside something earlier.
            tracing::debug!(errors = ?compiled.diagnostics, "not in a crate of its own");
            plan.joined = true;
            return true;
        }
        if code.is_items && plan.homes.keys().any(|symbol| is_function(symbol)) {
            // Perhaps one of them cannot be declared.
            plan.homes.retain(|symbol, _| !is_function(symbol));
            return true;
        }
        if code.is_items && !code.statics.elsewhere.is_empty() {
            let read = self.read_by_compiler(compiled, &code.statics.elsewhere);
            if read.is_empty() {
                plan.homes.clear();
            }
            plan.homes.retain(|symbol, _| !read.contains(symbol));
            plan.constants.extend(read);
            return true;
        }
        let mut learned = false;
        let sound = self.may_cut && compiled.errors().all(about_keeping);
        let tried: BTreeSet<String> = plan.borrowing.keys().cloned().collect();
        for error in compiled.errors() {
            tracing::debug!(?error, "learning");
            // Errors that have nothing to do with keeping variables come again.
            let Some(name) = store_at_fault(error, code, plan, self.cell) else {
                continue;
            };
            learned = true;
            if let Some(forms) = plan.forms.get_mut(&name) {
                forms.pop();
                if forms.is_empty() {
                    plan.forms.remove(&name);
                    plan.borrowing.remove(&name);
                    plan.unkept.insert(name, unkept::UNNAMEABLE.to_owned());
                }
            } else if plan.owned.contains_key(&name) {
                plan.own_nothing(&name);
            } else if tried.contains(&name) {
                plan.borrowing.remove(&name);
                let why = self.why(error, &name, code);
                plan.unkept.insert(name, why);
            } else if sound && self.borrows_from_new(error, &name, plan) {
                continue;
            } else if !self.let_it_own(error, &name, code, plan)
                && !self.let_it_borrow(error, &name, code, plan)
            {
                let why = self.why(error, &name, code);
                plan.unkept.entry(name).or_insert(why);
            }
        }
        for error in compiled.errors() {
            if let Some(edit) = self.question(error, code)
                && !plan.moves.contains(&edit)
            {
                plan.moves.push(edit);
                learned = true;
            }
        }
        learned
    }

    /// What makes a `?` of the cell's own code take `None`, or an error that is
    /// no `Error`, if that is what rustc complains of.
    fn question(&self, error: &Diagnostic, code: &Generated) -> Option<Edit> {
        let span = error.spans.iter().find(|span| span.is_primary)?;
        let place = code.origins.locate(&span.file_name, &span.bytes())?;
        if error.code() != Some("E0277") || place.cell != self.number {
            return None;
        }
        // Not a `?` in a function or closure of the person's own.
        let label = span.label.as_deref().unwrap_or_default();
        let mut notes = error.children.iter();
        let insert = if error.message.contains("not `Option`s") && label.contains("CellError") {
            ".ok_or_else(::ferrite_runtime::no_value)"
        } else if error.message.contains("`?` couldn't convert the error")
            && notes.any(|note| note.message.contains("CellError` to implement"))
        {
            ".map_err(|__error| { use ::ferrite_runtime::{OfDebug as _, OfDisplay as _}; \
             (&&::ferrite_runtime::Of(__error)).told() })"
        } else {
            return None;
        };
        Some(Edit {
            at: place.range.start,
            replaces: 0,
            insert: insert.to_owned(),
        })
    }

    /// The statics whose value the compiler needs: it cannot look into one that
    /// is only declared.
    fn read_by_compiler(
        &self,
        compiled: &Compiled,
        declared: &BTreeSet<String>,
    ) -> BTreeSet<String> {
        let paths = compiled.errors().filter_map(|error| {
            let path = error
                .message
                .strip_prefix("cannot access extern static `")?;
            path.trim_end_matches('`').rsplit("::").next()
        });
        let names: BTreeSet<&str> = paths.collect();
        let shapes = self.items.shapes(self.imports_after());
        let statics = self.items.statics();
        let read = statics.filter(|(_, found)| found.names().any(|name| names.contains(name)));
        let symbols = read.map(|(_, found)| found.symbol(&shapes));
        symbols.filter(|symbol| declared.contains(symbol)).collect()
    }

    /// The name of a variable as the notebook has it, which messages of rustc may
    /// write without its `r#`, and a person with its accents apart.
    fn own_name(&self, told: &str) -> String {
        let told = names::composed(told);
        let plain = told.strip_prefix("r#").unwrap_or(&told);
        let new = self.cell.bindings.iter().map(|binding| &binding.name);
        let mut all = new.chain(self.variables.keys());
        let own = all.find(|name| name.strip_prefix("r#").unwrap_or(name) == plain);
        own.map_or_else(|| told.to_string(), Clone::clone)
    }

    /// Whether a name is that of a variable of an earlier cell which owns what
    /// it is made of.
    fn can_lend(&self, name: &str) -> bool {
        let mut new = self.cell.bindings.iter();
        let known = self.variables.get(name);
        new.all(|binding| binding.name != name)
            && known.is_some_and(|known| known.borrows.is_empty())
    }

    /// Why a variable is not kept that an error is about.
    fn why(&self, error: &Diagnostic, name: &str, code: &Generated) -> String {
        let known = |name: &str| self.variables.contains_key(name);
        unkept::because(error, name, self.cell, known, &code.origins)
    }

    /// Whether an error is about a variable that borrows from one made earlier in
    /// the same cell: the cell is then run in parts (`parts`), so that the owner
    /// is a variable of the notebook by the time that it is borrowed from.
    fn borrows_from_new(&self, error: &Diagnostic, name: &str, plan: &mut Plan) -> bool {
        if !matches!(error.code(), Some("E0597" | "E0505")) || self.cell.words.contains("return") {
            return false;
        }
        let place = error.message.split('`').nth(1).unwrap_or_default();
        let made = |name: &str| {
            let mut new = self.cell.bindings.iter();
            new.find(|binding| binding.name == name)
        };
        let owner = self.own_name(unkept::first_word(place));
        let (Some(owner), Some(borrower)) = (made(&owner), made(name)) else {
            return false;
        };
        let cut = borrower.statement.start;
        if owner.statement.end > cut {
            return false;
        }
        // That the closure would own the owner, nobody has asked for.
        let mut closures = self.cell.borrowing.iter().filter(|closure| {
            let text = &self.cell.text[closure.range.clone()];
            borrower.statement.contains(&closure.range.start) && has_word(text, &owner.name)
        });
        if closures.next().is_some() {
            plan.unkept
                .insert(name.to_owned(), unkept::borrows(&owner.name));
            return true;
        }
        plan.cut = Some(plan.cut.map_or(cut, |first| first.min(cut)));
        true
    }

    /// Lets a new variable borrow from variables of the notebook, if that is
    /// what an error is about.
    fn let_it_borrow(
        &self,
        error: &Diagnostic,
        name: &str,
        code: &Generated,
        plan: &mut Plan,
    ) -> bool {
        let mut owners = BTreeSet::new();
        match error.code() {
            Some("E0597") => {
                // "`df.x` does not live long enough"
                let place = error.message.split('`').nth(1).unwrap_or_default();
                owners.insert(self.own_name(unkept::first_word(place)));
            }
            Some("E0713") => {
                // A destructor would run; the place is only pointed to.
                let span = error.spans.iter().find(|span| span.is_primary);
                let place =
                    span.and_then(|span| code.origins.locate(&span.file_name, &span.bytes()));
                let text = place.map(|place| &place.text[place.range]);
                owners.extend(text.map(|text| self.own_name(unkept::first_word(text))));
            }
            // Of what is lent rustc knows only that it is not for ever.
            None | Some("E0521") => {
                owners = self.lent_here();
                for used in &self.cell.used {
                    if let Some(variable) = self.variables.get(used) {
                        owners.extend(variable.borrows.iter().cloned());
                    }
                }
            }
            _ => return false,
        }
        if owners.is_empty() || owners.contains(name) || !owners.iter().all(|o| self.can_lend(o)) {
            return false;
        }
        // All errors of one compile are about it; each names an owner.
        plan.borrowing
            .entry(name.to_owned())
            .or_default()
            .extend(owners);
        true
    }

    /// Lets the closure own what it borrows, if that is what an error is about.
    fn let_it_own(
        &self,
        error: &Diagnostic,
        name: &str,
        code: &Generated,
        plan: &mut Plan,
    ) -> bool {
        if !matches!(error.code(), Some("E0373" | "E0597")) {
            return false;
        }
        let Some(span) = error.spans.iter().find(|span| span.is_primary) else {
            return false;
        };
        let place = code.origins.locate(&span.file_name, &span.bytes());
        let (Some(place), Some(borrowed)) = (place, error.message.split('`').nth(1)) else {
            return false;
        };
        let around = |closure: &&Borrowing| {
            closure.range.start <= place.range.start && place.range.end <= closure.range.end
        };
        let mentions =
            |closure: &&Borrowing| has_word(&self.cell.text[closure.range.clone()], borrowed);
        let open = || {
            let all = self.cell.borrowing.iter();
            all.filter(|closure| !plan.moves.contains(&closure.own))
        };
        // E0373 points to the closure, E0597 to some use of what it borrows.
        let closure = if error.code() == Some("E0373") {
            open()
                .filter(around)
                .min_by_key(|closure| closure.range.len())
        } else {
            let outermost = open()
                .filter(around)
                .max_by_key(|closure| closure.range.len());
            outermost.or_else(|| open().find(mentions))
        };
        let Some(closure) = closure else {
            return false;
        };
        // A closure that changes a number of the cell's must not be made to
        // change a copy of it.
        let text = &self.cell.text[closure.range.clone()];
        let mut words = text.split(|c: char| !(c.is_alphanumeric() || c == '_'));
        if words.any(|word| self.is_mutable(word)) {
            plan.unkept
                .insert(name.to_owned(), unkept::borrows(borrowed));
            return true;
        }
        let own = closure.own.clone();
        plan.moves.push(own);
        plan.owned.insert(borrowed.to_owned(), name.to_owned());
        true
    }

    fn is_mutable(&self, name: &str) -> bool {
        let mut bindings = self.cell.bindings.iter();
        match bindings.find(|binding| binding.name == name) {
            Some(binding) => binding.mutable,
            None => self.variables.get(name).is_some_and(|known| known.mutable),
        }
    }

    /// A cell that only looks at what others borrow from sees it by reference;
    /// one that moves it takes it back.
    pub(super) fn learn_from_loans(&self, compiled: &Compiled, plan: &mut Plan) -> bool {
        let lent = self.lent_here();
        if plan.lending != Lending::Probe || lent.is_empty() {
            return false;
        }
        let moved = &compiled.facts.moved;
        plan.lending = if moved.iter().any(|name| lent.contains(name)) {
            Lending::Reclaim
        } else {
            Lending::Refer
        };
        true
    }

    /// Values whose type has no name want another form.
    pub(super) fn learn_from_types(&self, compiled: &Compiled, plan: &mut Plan) -> bool {
        let mut owned = plan.owned.keys();
        let lost = owned.find(|name| compiled.facts.moved.contains(name));
        if let Some(lost) = lost.cloned() {
            plan.own_nothing(&lost);
            return true;
        }
        let mut learned = false;
        for (name, type_text) in &compiled.facts.stored {
            if plan.borrowing.contains_key(name) {
                if unnameable::is_adapter(type_text) && !plan.forms.contains_key(name) {
                    plan.forms.insert(name.clone(), vec![Form::Borrowing]);
                    learned = true;
                } else if !borrows::can_be_kept(type_text) {
                    let owners = plan.borrowing.remove(name).unwrap_or_default();
                    let owner = owners.first().map_or("its owner", String::as_str);
                    let why = unkept::of_type(type_text, name, owner, self.cell);
                    plan.unkept.insert(name.clone(), why);
                    learned = true;
                }
                continue;
            }
            if mir::nameable(type_text) || plan.forms.contains_key(name) {
                continue;
            }
            let mut forms = unnameable::forms(type_text, &compiled.facts);
            forms.reverse();
            if !forms.is_empty() {
                plan.forms.insert(name.clone(), forms);
                learned = true;
            }
        }
        learned
    }

    /// A type whose path begins at a crate that cells cannot name is one that rustc
    /// found no better path to: with all crates declared it may.
    pub(super) fn learn_from_paths(&self, compiled: &Compiled, plan: &mut Plan) -> bool {
        if plan.declare || !plan.prelude {
            return false;
        }
        let own = self.items.own_names();
        let known = |root: &str| {
            let externs = self.toolchain.externs.iter().chain(&self.crates.externs);
            BUILT_IN.contains(&root)
                || own.contains(root)
                || externs.into_iter().any(|(name, _)| name == root)
        };
        let mut texts = compiled.facts.types();
        plan.declare = texts.any(|text| roots(text).into_iter().any(|root| !known(root)));
        plan.declare
    }

    /// A variable that was moved may have been assigned again afterwards: it
    /// must then be stored like a new one.
    pub(super) fn learn_from_moves(&self, compiled: &Compiled, plan: &mut Plan) -> bool {
        let again: Vec<String> = self
            .cell
            .assigned
            .iter()
            .map(|(name, _)| name)
            .filter(|name| compiled.facts.moved.contains(name))
            .filter(|name| {
                self.cell
                    .bindings
                    .iter()
                    .all(|binding| binding.name != **name)
            })
            .filter(|name| !plan.reassigned.contains(*name) && !plan.unkept.contains_key(*name))
            .cloned()
            .collect();
        plan.reassigned.extend(again.iter().cloned());
        !again.is_empty()
    }
}

/// The variables that MIR says are moved, by their names in the notebook: MIR
/// writes `type` for `r#type`.
pub(super) fn moved_variables(moved: &[String], taken: &[String]) -> Vec<String> {
    let is_moved = |name: &&String| {
        let plain = name.strip_prefix("r#").unwrap_or(name);
        moved.iter().any(|moved| moved == plain)
    };
    taken.iter().filter(is_moved).cloned().collect()
}

fn has_word(text: &str, name: &str) -> bool {
    let mut words = text.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '#'));
    words.any(|word| names::composed(word) == name)
}

/// The variable whose `store` an error complains about.
fn store_at_fault(
    error: &Diagnostic,
    code: &Generated,
    plan: &Plan,
    cell: &Cell,
) -> Option<String> {
    let spans = error
        .spans
        .iter()
        .chain(error.children.iter().flat_map(|child| &child.spans));
    let mut spans: Vec<_> = spans.collect();
    // Stored while it is borrowed: it is the borrower that cannot be kept. And a
    // store that reads the owner is not the one that it does not outlive.
    if matches!(error.code(), Some("E0505" | "E0597")) {
        spans.sort_by_key(|span| span.is_primary);
    }
    let mut lines = spans
        .into_iter()
        .flat_map(|span| span.and_callers())
        .filter(|span| span.file_name == MAIN_FILE)
        .map(|span| span.line_start);
    let Some(name) = lines.find_map(|line| code.store_lines.get(&line)) else {
        return coerced_for_good(error, code, plan, cell);
    };
    // Putting a value into another form can fail in any way.
    let known = error
        .code()
        .is_none_or(|code| CANNOT_BE_KEPT.contains(&code));
    (known || plan.forms.contains_key(name)).then(|| name.clone())
}

/// The variable that is made where an error says that something does not live for
/// ever: if its type is written without lifetimes (`Box<dyn …>`), rustc does not
/// point to the store which is the reason.
fn coerced_for_good(
    error: &Diagnostic,
    code: &Generated,
    plan: &Plan,
    cell: &Cell,
) -> Option<String> {
    if !matches!(error.code(), Some("E0597" | "E0505" | "E0716" | "E0521")) {
        return None;
    }
    let span = error.spans.iter().find(|span| span.is_primary)?;
    let place = code.origins.locate(&span.file_name, &span.bytes())?;
    let mut made = cell.bindings.iter().filter(|binding| {
        place.text == cell.text && binding.statement.contains(&place.range.start)
    });
    let name = &made.next()?.name;
    (!plan.unkept.contains_key(name)).then(|| name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moved_variables_are_known_by_their_own_names() {
        let moved_of = |moved: &[&str], taken: &[&str]| {
            let owned = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
            moved_variables(&owned(moved), &owned(taken))
        };
        assert_eq!(moved_of(&["a"], &["a", "b"]), ["a"]);
        assert_eq!(moved_of(&["type"], &["r#type", "x"]), ["r#type"]);
        assert_eq!(moved_of(&["caf\u{e9}"], &["caf\u{e9}", "x"]), ["caf\u{e9}"]);
    }
}
