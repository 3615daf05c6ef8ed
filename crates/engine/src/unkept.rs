//! Why a variable is not kept, and the change of a line that keeps it or does
//! without.

use crate::diagnostics::Diagnostic;
use crate::mir::Facts;
use crate::origins::Origins;
use crate::parse::Cell;
use crate::unnameable::Signature;

/// Why a value without a nameable type is not kept, before more is known.
pub const UNNAMEABLE: &str = "its type has no name";

/// Most letters of code that are quoted in a hint.
const SHORT: usize = 80;

/// Why a closure is not kept that borrows a variable.
pub fn borrows(name: &str) -> String {
    format!(
        "it borrows `{name}`; write `move |…|` for the closure to keep it, and `{name}` moves into it"
    )
}

/// The variable in `&df.x[0]`.
pub fn first_word(place: &str) -> &str {
    let place = place.trim_start_matches(['&', '*', '(', ' ']);
    let ends = |c: char| c.is_ascii() && !(c.is_ascii_alphanumeric() || c == '_' || c == '#');
    let end = place.find(|c: char| ends(c) || c.is_whitespace());
    &place[..end.unwrap_or(place.len())]
}

/// What rustc's error says of a variable that cannot be handed on.
pub fn because(
    error: &Diagnostic,
    name: &str,
    cell: &Cell,
    is_known: impl Fn(&str) -> bool,
    origins: &Origins,
) -> String {
    let place = error.message.split('`').nth(1).unwrap_or_default();
    let owner = first_word(place);
    let made_here = cell.bindings.iter().any(|made| made.name == owner);
    match error.code() {
        Some("E0716") => {
            let span = error.spans.iter().find(|span| span.is_primary);
            let temporary = span.and_then(|span| origins.locate(&span.file_name, &span.bytes()));
            let text = temporary.map(|place| &place.text[place.range]);
            let text = text.and_then(short).unwrap_or("…");
            format!(
                "it borrows from a value that ends with its statement; give that a name first, \
                 `let owned = {text};`, and borrow from `owned`"
            )
        }
        Some("E0499" | "E0502" | "E0506") => changes(owner, name, cell),
        Some("E0597" | "E0505") if owner == name => {
            format!("it borrows from an earlier `{name}`, which it replaces; give it another name")
        }
        Some("E0597" | "E0505") if made_here => {
            let statement = statement(name, cell);
            format!(
                "it borrows from `{owner}`, which the same cell makes; put `{statement}` into a \
                 cell of its own"
            )
        }
        Some("E0597") if is_known(owner) => {
            let again = statement(name, cell);
            format!(
                "it borrows from `{owner}`, which borrows itself; write `{again}` in the cell that \
                 uses it"
            )
        }
        Some("E0597") if !owner.is_empty() => format!(
            "it borrows from `{owner}`, which ends before the cell does; let `{owner}` be a \
             variable of the notebook, made by a `let` that stands in no block"
        ),
        _ => error.message.clone(),
    }
}

/// Why values of a type are not kept that borrow from a variable.
pub fn of_type(type_text: &str, name: &str, owner: &str, cell: &Cell) -> String {
    let again = statement(name, cell);
    let has = |parts: &[&str]| parts.iter().any(|part| type_text.contains(part));
    if has(&["&mut ", "IterMut<"]) {
        return changes(owner, name, cell);
    }
    if has(&["Ref<", "RefMut<", "Guard<"]) {
        return format!(
            "it is a guard (`{type_text}`), which would keep others out until it is dropped; \
             write `{again}` in the cell that uses it"
        );
    }
    if has(&["dyn "]) {
        return format!(
            "its type `{type_text}` hides what it borrows; leave out the `dyn`, or write `{again}` \
             in the cell that uses it"
        );
    }
    format!(
        "values of type `{type_text}` cannot be kept while they borrow; write `{again}` in the \
         cell that uses it"
    )
}

/// Why a value is not kept in whose type a part has no name.
pub fn without_name(name: &str, type_text: &str, facts: &Facts) -> String {
    let holder = type_text.split("{closure@").next().unwrap_or_default();
    let closure = type_text.find("{closure@").and_then(|at| {
        let rest = &type_text[at..];
        let closure = &rest[..=rest.find('}')?];
        Some((closure, facts.closures.get(closure)?))
    });
    match closure {
        Some((closure, signature)) if !holder.is_empty() => {
            let whole = type_text.replace(closure, &boxed(signature));
            if whole.contains('{') {
                return unnamed_part(name);
            }
            format!(
                "a part of its type has no name (a closure's type); box the closures, `Box::new(|…| …)`, \
                 and give it a type: `let {name}: {} = …`",
                crate::render::short_type(&whole)
            )
        }
        _ => unnamed_part(name),
    }
}

fn unnamed_part(name: &str) -> String {
    format!(
        "a part of its type has no name (a closure, say); give it one that has, as in `let {name}: \
         Box<dyn …> = Box::new(…)`"
    )
}

fn boxed(signature: &Signature) -> String {
    let arguments = signature.arguments.join(", ");
    let output = match signature.output.as_str() {
        "()" => String::new(),
        output => format!(" -> {output}"),
    };
    format!("Box<dyn {}({arguments}){output}>", signature.kind)
}

fn changes(owner: &str, name: &str, cell: &Cell) -> String {
    let again = statement(name, cell);
    format!(
        "`{owner}` could be changed through it, so that no later cell could read `{owner}`; write \
         `{again}` in the cell that uses it"
    )
}

/// The statement that makes a variable, in a line.
fn statement(name: &str, cell: &Cell) -> String {
    let made = cell.bindings.iter().find(|made| made.name == name);
    let text = made.and_then(|made| cell.text.get(made.statement.clone()));
    text.and_then(short)
        .map_or_else(|| format!("let {name} = …;"), str::to_owned)
}

fn short(code: &str) -> Option<&str> {
    (code.chars().count() <= SHORT && !code.contains('\n')).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_collection_of_closures_is_named_by_their_signature() {
        let mut facts = Facts::default();
        let closure = "{closure@cell.rs:1:2: 1:3}";
        facts.closures.insert(
            closure.to_owned(),
            Signature {
                kind: "FnMut",
                arguments: vec!["&str".into(), "f64".into()],
                output: "std::string::String".into(),
            },
        );
        let why = without_name("f", &format!("std::vec::Vec<{closure}>"), &facts);
        assert!(
            why.ends_with("`let f: Vec<Box<dyn FnMut(&str, f64) -> String>> = …`"),
            "{why}"
        );
        assert!(without_name("f", "{coroutine}", &facts).contains("Box<dyn …>"));
    }

    #[test]
    fn a_guard_is_taken_again() {
        let cell = Cell::parse("let guard = shared.lock().unwrap();").unwrap();
        let why = of_type("std::sync::MutexGuard<'_, i32>", "guard", "shared", &cell);
        assert!(
            why.ends_with("write `let guard = shared.lock().unwrap();` in the cell that uses it")
        );
        let cell = Cell::parse("let last = numbers.last_mut();").unwrap();
        let why = of_type("std::option::Option<&mut i32>", "last", "numbers", &cell);
        assert!(
            why.starts_with("`numbers` could be changed through it"),
            "{why}"
        );
    }
}
