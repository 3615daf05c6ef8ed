//! What the notebook defines itself, read off its items: known at once, where
//! rust-analyzer needs half a minute to be ready.

use std::ops::Range;

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Attribute, Fields, FnArg, ImplItem, Item, Meta, Signature};

use super::Suggestion;
use crate::items::Items;
use crate::names;
use crate::parse;

/// What a notebook defines.
#[derive(Debug, Default)]
pub struct Own {
    /// What has a name of its own.
    pub names: Vec<Suggestion>,
    /// Fields and methods, each with the name of its type.
    members: Vec<(String, Suggestion)>,
}

impl Own {
    /// Reads the live items.
    pub fn of(items: &Items) -> Self {
        let mut text = String::new();
        for file in &items.files {
            for live in file.live() {
                text.push_str(file.text.get(live).unwrap_or_default());
                text.push('\n');
            }
        }
        let read = |file: syn::File| {
            let mut own = Self::default();
            for item in &file.items {
                own.add(item, &text);
            }
            own
        };
        parse::parsed(&text, read).unwrap_or_default()
    }

    /// Fields and methods of a type.
    pub fn members(&self, type_name: &str) -> Vec<Suggestion> {
        let found = self.members.iter().filter(|(of, _)| of == type_name);
        found.map(|(_, member)| member.clone()).collect()
    }

    /// A name, as Markdown.
    pub fn tooltip(&self, name: &str) -> Option<String> {
        let members = self.members.iter().map(|(_, member)| member);
        let mut known = self.names.iter().chain(members);
        let found = known.find(|known| known.text.trim_end_matches('!') == name)?;
        let mut text = format!("```rust\n{}\n```", found.signature);
        if !found.documentation.is_empty() {
            text.push_str("\n\n");
            text.push_str(&found.documentation);
        }
        Some(text)
    }

    fn add(&mut self, item: &Item, text: &str) {
        // From the word that says what it is: neither attributes nor `pub`.
        let from = |word: Span| slice(text, word.byte_range().start..item.span().byte_range().end);
        let (name, kind, signature, attributes) = match item {
            Item::Fn(it) => {
                let signature = slice(text, of_signature(&it.sig));
                (&it.sig.ident, "function", signature, &it.attrs)
            }
            Item::Struct(it) => {
                self.fields(&names::of(&it.ident), &it.fields, text);
                (&it.ident, "class", from(it.struct_token.span), &it.attrs)
            }
            Item::Enum(it) => (&it.ident, "class", from(it.enum_token.span), &it.attrs),
            Item::Type(it) => (&it.ident, "class", from(it.type_token.span), &it.attrs),
            Item::Const(it) => (&it.ident, "constant", from(it.const_token.span), &it.attrs),
            Item::Static(it) => (&it.ident, "constant", from(it.static_token.span), &it.attrs),
            Item::Trait(it) => {
                let signature = format!("trait {}", it.ident);
                (&it.ident, "interface", signature, &it.attrs)
            }
            Item::Mod(it) => (&it.ident, "module", format!("mod {}", it.ident), &it.attrs),
            Item::Macro(it) => {
                let Some(name) = &it.ident else {
                    return;
                };
                self.names.push(Suggestion {
                    documentation: documentation(&it.attrs),
                    ..Suggestion::new(
                        format!("{}!", names::of(name)),
                        "macro",
                        format!("macro_rules! {name}"),
                    )
                });
                return;
            }
            Item::Impl(it) => return self.methods(it, text),
            _ => return,
        };
        self.names.push(Suggestion {
            documentation: documentation(attributes),
            ..Suggestion::new(names::of(name), kind, signature)
        });
    }

    fn fields(&mut self, of: &str, fields: &Fields, text: &str) {
        for (at, field) in fields.iter().enumerate() {
            let name = field
                .ident
                .as_ref()
                .map_or_else(|| at.to_string(), names::of);
            let signature = slice(text, field.ty.span().byte_range());
            let field = Suggestion {
                documentation: documentation(&field.attrs),
                ..Suggestion::new(name, "property", signature)
            };
            self.members.push((of.to_owned(), field));
        }
    }

    /// The methods of an `impl`; what has no `self` is no member of a value.
    fn methods(&mut self, block: &syn::ItemImpl, text: &str) {
        let syn::Type::Path(path) = &*block.self_ty else {
            return;
        };
        let Some(last) = path.path.segments.last() else {
            return;
        };
        let of = names::of(&last.ident);
        for item in &block.items {
            if let ImplItem::Fn(it) = item
                && matches!(it.sig.inputs.first(), Some(FnArg::Receiver(_)))
            {
                let method = method(&it.sig, &it.attrs, text);
                self.members.push((of.clone(), method));
            }
        }
    }
}

fn method(signature: &Signature, attributes: &[Attribute], text: &str) -> Suggestion {
    Suggestion {
        documentation: documentation(attributes),
        ..Suggestion::new(
            names::of(&signature.ident),
            "function",
            slice(text, of_signature(signature)),
        )
    }
}

fn of_signature(signature: &Signature) -> Range<usize> {
    let range = signature.span().byte_range();
    let behind = signature.generics.where_clause.as_ref();
    let end = behind.map_or(range.end, |clause| clause.span().byte_range().end);
    range.start..end.max(range.end)
}

/// A stretch of a text, without the space around it.
fn slice(text: &str, range: Range<usize>) -> String {
    text.get(range).unwrap_or_default().trim().to_owned()
}

/// What `///` says.
fn documentation(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| {
        let Meta::NameValue(it) = &attribute.meta else {
            return None;
        };
        let syn::Expr::Lit(literal) = &it.value else {
            return None;
        };
        match &literal.lit {
            syn::Lit::Str(line) if it.path.is_ident("doc") => Some(line.value()),
            _ => None,
        }
    });
    let lines: Vec<String> = lines
        .map(|line| line.strip_prefix(' ').unwrap_or(&line).to_owned())
        .collect();
    lines.join("\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::Cell;

    fn own(cells: &[&str]) -> Own {
        let mut items = Items::default();
        for (number, cell) in (1..).zip(cells) {
            items = items.with(number, &Cell::parse(cell).unwrap());
        }
        Own::of(&items)
    }

    fn told(found: &[Suggestion]) -> Vec<String> {
        let told = found.iter().map(|it| {
            format!(
                "{} {}: {} [{}]",
                it.kind, it.text, it.signature, it.documentation
            )
        });
        told.collect()
    }

    #[test]
    fn items_have_their_names_and_no_locals() {
        let found = own(&[
            "/// Twice as much.\n///\n/// Always.\n#[inline] pub fn twice<T>(a: T) -> T where T: Copy { let local = a; local }",
            "let x = 1; macro_rules! sq { ($x:expr) => { $x * $x }; } const N: i32 = 5;",
            "#[derive(Debug)] pub struct P { x: i32 } enum E { A, B } mod m { fn f() {} } trait T {}",
        ]);
        assert_eq!(
            told(&found.names),
            [
                "macro sq!: macro_rules! sq []",
                "constant N: const N: i32 = 5; []",
                "function twice: fn twice<T>(a: T) -> T where T: Copy [Twice as much.\n\nAlways.]",
                "class P: struct P { x: i32 } []",
                "class E: enum E { A, B } []",
                "module m: mod m []",
                "interface T: trait T []",
            ]
        );
        assert!(
            found
                .tooltip("twice")
                .unwrap()
                .ends_with("```\n\nTwice as much.\n\nAlways.")
        );
        assert!(found.tooltip("sq").unwrap().contains("macro_rules! sq"));
        assert_eq!(found.tooltip("local"), None);
    }

    #[test]
    fn types_have_their_fields_and_methods_as_they_are_now() {
        let found = own(&[
            "struct P { /// Left.\n x: Vec<i32>, y: f64 } struct Q(u8);",
            "impl P { fn new() -> P { todo!() } fn sum(&self) -> f64 { 1.0 } fn old(self) {} }",
            "impl P { fn sum(&self, by: f64) -> f64 { by } }\nimpl Clone for P { fn clone(&self) -> P { todo!() } }",
        ]);
        assert_eq!(
            told(&found.members("P")),
            [
                "property x: Vec<i32> [Left.]",
                "property y: f64 []",
                "function old: fn old(self) []",
                "function sum: fn sum(&self, by: f64) -> f64 []",
                "function clone: fn clone(&self) -> P []",
            ]
        );
        assert_eq!(told(&found.members("Q")), ["property 0: u8 []"]);
        assert_eq!(found.members("R"), []);
    }
}
