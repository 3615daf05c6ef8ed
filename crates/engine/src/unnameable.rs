//! Keeping values whose type has no name: closures, iterators over closures,
//! futures, functions.
//!
//! A later cell declares a variable with its exact type, and such a type
//! cannot be written down. So the value is kept in a box behind the trait that
//! it is used through, `Box<dyn Fn(i32) -> i32>` for a closure. Which one is
//! read from rustc's MIR: a closure's signature stands there in full. The
//! forms are tried from the one that can do most to the one that can do least.

use crate::mir::Facts;

/// A form in which a value can be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// Converted to a function pointer of this type.
    Pointer(String),
    /// In a box of this type.
    Boxed(String),
    /// In a box, as a function of whatever arguments it takes: `Fn`, `FnMut`
    /// or `FnOnce`. For closures of other crates, whose signature is not seen.
    Callable(&'static str),
    /// In a box, as an iterator of whatever it gives.
    Iterator,
    /// In a pinned box, as a future of whatever it gives.
    Future,
    /// As an iterator of whatever it gives, which borrows from variables.
    Borrowing,
}

impl Form {
    /// The statement that keeps the variable.
    pub fn store(&self, name: &str) -> String {
        let value = self.value(name);
        format!("::ferrite_runtime::store(\"{name}\", {value}, {SHOW});")
    }

    /// The statement that keeps the variable while it borrows from others.
    pub fn store_borrower(&self, name: &str, owners: &str) -> String {
        let value = self.value(name);
        format!(
            "::ferrite_runtime::store_borrower(&__guard, \"{name}\", &[{owners}], {value}, {SHOW});"
        )
    }

    fn value(&self, name: &str) -> String {
        match self {
            Self::Pointer(type_text) => {
                format!("{{ let __kept: {type_text} = {name}; __kept }}")
            }
            Self::Boxed(type_text) => {
                format!("{{ let __kept: {type_text} = ::std::boxed::Box::new({name}); __kept }}")
            }
            Self::Callable(kind) => format!(
                "{{ fn __kept<A: ::core::marker::Tuple, F: ::core::ops::{kind}<A> + 'static>(f: F) \
                 -> ::std::boxed::Box<dyn ::core::ops::{kind}<A, Output = F::Output>> \
                 {{ ::std::boxed::Box::new(f) }} __kept({name}) }}"
            ),
            Self::Iterator => format!("::ferrite_runtime::boxed_iterator({name})"),
            Self::Future => format!("::ferrite_runtime::boxed_future({name})"),
            Self::Borrowing => format!("::ferrite_runtime::BorrowingIter::of({name})"),
        }
    }

    /// Unstable features that the statement needs.
    pub fn features(&self) -> &'static [&'static str] {
        match self {
            Self::Callable(_) => &["unboxed_closures", "tuple_trait"],
            _ => &[],
        }
    }
}

const SHOW: &str = "|__value| (&&&&::ferrite_runtime::probe::Probe(__value)).pick()";

/// Whether a type may be that of an iterator over closures.
pub fn is_adapter(type_text: &str) -> bool {
    type_text.contains("{closure@") && !type_text.starts_with('{') && !holds_values(type_text)
}

/// The forms to try for a type, the best first.
pub fn forms(type_text: &str, facts: &Facts) -> Vec<Form> {
    if type_text.starts_with("{closure@") {
        return match facts.closures.get(type_text) {
            Some(signature) => boxed_closures(signature),
            None => ["Fn", "FnMut", "FnOnce"].map(Form::Callable).to_vec(),
        };
    }
    if type_text.starts_with("{async ") {
        return vec![Form::Future];
    }
    if let Some((pointer, _)) = function(type_text) {
        return vec![Form::Pointer(pointer.to_owned())];
    }
    if let Some(bounds) = type_text.strip_prefix("impl ") {
        return vec![
            Form::Boxed(format!("::std::boxed::Box<dyn {bounds}>")),
            Form::Iterator,
            Form::Future,
        ];
    }
    // A collection of closures is neither.
    if holds_values(type_text) {
        return Vec::new();
    }
    vec![Form::Iterator, Form::Future]
}

/// `fn(i32) -> i32 {square}` → `fn(i32) -> i32` and `square`.
fn function(type_text: &str) -> Option<(&str, &str)> {
    let pointer = type_text.strip_suffix('}')?;
    let (pointer, name) = pointer.rsplit_once(" {")?;
    let known = ["fn(", "unsafe fn(", "for<", "extern "];
    known
        .iter()
        .any(|start| pointer.starts_with(start))
        .then_some((pointer, name))
}

fn holds_values(type_text: &str) -> bool {
    let holders = [
        "std::vec::Vec<",
        "std::option::Option<",
        "std::result::Result<",
        "std::boxed::Box<",
        "(",
    ];
    holders.iter().any(|holder| type_text.starts_with(holder))
        || type_text.starts_with("std::collections::")
        || type_text.starts_with('[')
}

/// How a closure is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// `Fn`, `FnMut` or `FnOnce`.
    pub kind: &'static str,
    /// The types of its arguments.
    pub arguments: Vec<String>,
    /// What it gives.
    pub output: String,
}

fn boxed_closures(signature: &Signature) -> Vec<Form> {
    let text = |arguments: &str, output: &str, bounds: &str| {
        Form::Boxed(format!(
            "::std::boxed::Box<dyn ::core::ops::{}({arguments}) -> {output}{bounds}>",
            signature.kind
        ))
    };
    let arguments = signature.arguments.join(", ");
    let output = &signature.output;
    let mut forms = vec![
        text(
            &arguments,
            output,
            " + ::core::marker::Send + ::core::marker::Sync",
        ),
        text(&arguments, output, ""),
    ];
    // A closure that wants its arguments for good.
    if arguments.contains('&') || arguments.contains("'_") {
        let forever = |text: &str| text.replace('&', "&'static ").replace("'_", "'static");
        forms.push(text(&forever(&arguments), &forever(output), ""));
    }
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_follow_from_the_type() {
        let mut facts = Facts::default();
        let closure = "{closure@cell.rs:1:2: 1:3}";
        facts.closures.insert(
            closure.to_owned(),
            Signature {
                kind: "FnMut",
                arguments: vec!["&str".into(), "i32".into()],
                output: "&str".into(),
            },
        );
        let forms_of = |text: &str| forms(text, &facts);
        assert_eq!(
            forms_of(closure)[1],
            Form::Boxed("::std::boxed::Box<dyn ::core::ops::FnMut(&str, i32) -> &str>".into())
        );
        assert_eq!(
            forms_of("fn(i32) -> i32 {square}"),
            [Form::Pointer("fn(i32) -> i32".into())]
        );
        assert_eq!(
            forms_of(&format!("std::iter::Map<std::ops::Range<i32>, {closure}>")),
            [Form::Iterator, Form::Future]
        );
        assert_eq!(forms_of("{async block@cell.rs:1:2: 1:3}"), [Form::Future]);
        assert!(forms_of(&format!("std::vec::Vec<{closure}>")).is_empty());
    }
}
