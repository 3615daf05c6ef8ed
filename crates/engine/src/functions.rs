//! Functions that are compiled once.
//!
//! A cell that defines something is a new version of a crate of items (see `segments`),
//! and to compile every function again each time made such cells slower with every
//! function of the notebook. So a version exports a function under a symbol made of what it may
//! come to (see `reach`), and later versions in which that is the same only declare it:
//! `unsafe extern "Rust" { pub safe fn f(n: u32) -> u32 ; }`.
//!
//! Only what can be declared word for word is treated like that: functions without
//! type parameters, patterns, attributes, and items of their own. One that does little
//! is to be inlined, and for that the compiler has to see it.

use std::collections::BTreeMap;
use std::ops::Range;

use quote::ToTokens;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{FnArg, GenericParam, Item, ItemFn, Pat, Visibility};

use crate::edits::Edit;
use crate::entry;
use crate::generate::ITEMS_CRATE;
use crate::reach::Mentions;

/// A function that can be declared instead of being compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionDef {
    name: String,
    /// Where its visibility, or else its `fn`, stands.
    start: usize,
    /// Where its `fn` stands.
    keyword: usize,
    /// The `mut`s of its parameters, which a declaration cannot have.
    mutable: Vec<Range<usize>>,
    body: Range<usize>,
    /// What it says.
    pub mentions: Mentions,
}

/// The symbols of such functions, by the file and the place where they stand.
pub type Functions = BTreeMap<(String, usize), String>;

/// What the symbols of functions begin with: they look like those of rustc, so that
/// traces and debuggers name them.
fn prefix() -> String {
    format!("_ZN{}{ITEMS_CRATE}", ITEMS_CRATE.len())
}

/// Whether a symbol is a function's.
pub fn is_function(symbol: &str) -> bool {
    symbol.starts_with(&prefix())
}

impl FunctionDef {
    /// Describes an item, if it is such a function.
    pub fn of_item(item: &Item) -> Option<Self> {
        let Item::Fn(item) = item else { return None };
        let signature = &item.sig;
        let plain = signature.constness.is_none()
            && signature.asyncness.is_none()
            && signature.unsafety.is_none()
            && signature.abi.is_none()
            && signature.variadic.is_none()
            && signature.generics.where_clause.is_none();
        let lifetimes = signature.generics.params.iter().all(|parameter| {
            matches!(parameter, GenericParam::Lifetime(it) if it.bounds.is_empty() && it.attrs.is_empty())
        });
        let documented = item.attrs.iter().all(|a| a.path().is_ident("doc"));
        let name = signature.ident.to_string();
        // As long as their names are written the same in a symbol.
        let ascii = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if !(plain && lifetimes && documented && ascii) || entry::places(&item.block).is_empty() {
            return None;
        }
        let mut mutable = Vec::new();
        for argument in &signature.inputs {
            mutable.extend(mutable_of(argument)?);
        }
        let mut hidden = Hidden::default();
        hidden.visit_item_fn(item);
        if hidden.found {
            return None;
        }
        let keyword = signature.fn_token.span.byte_range().start;
        let start = match &item.vis {
            Visibility::Inherited => keyword,
            given => given.span().byte_range().start,
        };
        Some(Self {
            name,
            start,
            keyword,
            mutable,
            body: item.block.span().byte_range(),
            mentions: Mentions::of(item.to_token_stream()),
        })
    }

    /// Its symbol, by the hash of everything that it may come to.
    pub fn symbol(&self, reached: &str) -> String {
        let (prefix, name) = (prefix(), &self.name);
        let hash = reached.get(..16).unwrap_or(reached);
        format!("{prefix}{}{name}17h{hash:0>16}E", name.len())
    }

    /// What exports it under its symbol. It comes before other insertions.
    pub fn define(&self, symbol: &str) -> Edit {
        insert(
            self.start,
            format!("#[unsafe(export_name = \"{symbol}\")] "),
        )
    }

    /// What makes it a declaration: before and after other insertions, of which those
    /// into its body are to be left out. `text` is the cell's.
    pub fn declare(&self, symbol: &str, text: &str) -> (Edit, Vec<Edit>) {
        let open = format!("unsafe extern \"Rust\" {{ #[link_name = \"{symbol}\"] ");
        let gone = self.mutable.iter().map(|range| Edit {
            at: range.start,
            replaces: range.len(),
            insert: String::new(),
        });
        // The lines of what follows stay what they were.
        let lines = text[self.body.clone()].matches('\n').count();
        let body = Edit {
            at: self.body.start,
            replaces: self.body.len(),
            insert: format!("; }}{}", "\n".repeat(lines)),
        };
        let safe = insert(self.keyword, "safe ".to_owned());
        let after = std::iter::once(safe).chain(gone).chain([body]).collect();
        (insert(self.start, open), after)
    }

    /// Whether a place is in its body.
    pub fn has_within(&self, at: usize) -> bool {
        self.body.contains(&at)
    }
}

fn insert(at: usize, insert: String) -> Edit {
    Edit {
        at,
        replaces: 0,
        insert,
    }
}

/// The `mut` of a parameter; nothing for one that a declaration cannot have.
fn mutable_of(argument: &FnArg) -> Option<Option<Range<usize>>> {
    let FnArg::Typed(argument) = argument else {
        return None;
    };
    let Pat::Ident(pattern) = &*argument.pat else {
        return None;
    };
    let plain = argument.attrs.is_empty()
        && pattern.attrs.is_empty()
        && pattern.by_ref.is_none()
        && pattern.subpat.is_none();
    plain.then(|| {
        let token = pattern.mutability.as_ref()?;
        Some(token.span.byte_range())
    })
}

/// What keeps a function from being declared: types that only its body decides, and
/// items in the body, which others may see.
#[derive(Default)]
struct Hidden {
    depth: usize,
    found: bool,
}

impl<'ast> Visit<'ast> for Hidden {
    fn visit_item_fn(&mut self, node: &'ast ItemFn) {
        self.depth += 1;
        self.found |= self.depth > 1;
        visit::visit_item_fn(self, node);
    }
    fn visit_item(&mut self, _: &'ast Item) {
        self.found = true;
    }
    fn visit_type_impl_trait(&mut self, _: &'ast syn::TypeImplTrait) {
        self.found = true;
    }
    fn visit_type_macro(&mut self, _: &'ast syn::TypeMacro) {
        self.found = true;
    }
    fn visit_stmt_macro(&mut self, node: &'ast syn::StmtMacro) {
        // A `static` in there lives where it was defined.
        let name = node.mac.path.segments.last();
        self.found |= name.is_some_and(|name| name.ident == "thread_local");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::only;

    fn of(text: &str) -> Option<FunctionDef> {
        FunctionDef::of_item(&syn::parse_str(text).unwrap())
    }

    fn edited(text: &str, edits: &[Edit]) -> String {
        let whole = 0..text.len();
        only(text, std::slice::from_ref(&whole), edits).text
    }

    #[test]
    fn a_function_is_defined_once_and_declared_afterwards() {
        let text = "/// Adds.\nfn add(mut a: &[u8], b: u8) -> u8 {\n    println!();\n    b\n}";
        let found = of(text).unwrap();
        assert_eq!(
            edited(text, &[found.define("s")]),
            "/// Adds.\n#[unsafe(export_name = \"s\")] fn add(mut a: &[u8], b: u8) -> u8 {\n    println!();\n    b\n}"
        );
        let (before, mut after) = found.declare("s", text);
        after.insert(0, before);
        assert_eq!(
            edited(text, &after),
            "/// Adds.\nunsafe extern \"Rust\" { #[link_name = \"s\"] safe fn add( a: &[u8], b: u8) -> u8 ; }\n\n\n"
        );
    }

    #[test]
    fn a_symbol_tells_the_functions_name() {
        let found = of("fn add(a: u8) { println!() }").unwrap();
        let symbol = found.symbol("0123456789abcdef");
        assert!(is_function(&symbol));
        let name = rustc_demangle::demangle(&symbol);
        assert_eq!(format!("{name:#}"), "cell_items::add");
    }

    #[test]
    fn what_cannot_be_declared_is_compiled() {
        for text in [
            "fn f<T>(a: T) { println!() }",
            "fn f(a: impl Fn()) { a() }",
            "fn f() -> impl Fn() { g() }",
            "fn f((a, b): (u8, u8)) { g() }",
            "fn f() { static N: u8 = 0; g() }",
            "fn f() { fn g() {} g() }",
            "fn f() { { impl T for S {} } g() }",
            "async fn f() { g() }",
            "const fn f() { g() }",
            "unsafe fn f() { g() }",
            "extern \"C\" fn f() { g() }",
            "#[cold] fn f() { g() }",
            "fn f<'a: 'a>(a: &'a u8) { g() }",
            "fn f(n: u32) -> u32 { n + 1 }",
        ] {
            assert_eq!(of(text), None, "{text}");
        }
        assert!(of("fn f<'a>(a: &'a dyn Fn() -> u8) -> Box<dyn Fn() + 'a> { g(a) }").is_some());
    }
}
