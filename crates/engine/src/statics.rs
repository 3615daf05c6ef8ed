//! Statics that keep their value when the items around them are compiled anew.
//!
//! Every version of the items crate is a library of its own, and a `static` in it
//! a place of its own. So the version that first holds a static exports it under
//! a symbol, and the versions after it only declare that symbol: `unsafe extern
//! "C" { pub safe static N: AtomicU32; }` stands where the definition stood. The
//! symbol is a hash of the definition and of the types in it; a static that was
//! changed is another one.
//!
//! `thread_local!` writes a constant, which cannot be declared. A static beside it
//! holds the same key, and that is what later versions see.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::PathBuf;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, Expr, Item, ItemStatic, Macro, StaticMutability, Token, Type, Visibility};

use crate::edits::Edit;
use crate::items::{Shapes, hash};
use crate::parse;

/// One `static`, or all those of one `thread_local!`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaticDef {
    /// Where it stands in its cell's text, attributes excluded.
    range: Range<usize>,
    /// What it declares.
    declared: Vec<Declared>,
    /// Whether it is a `thread_local!`.
    thread_local: bool,
    /// Names of what is around it, and which of several it is there.
    place: String,
    /// The definition without layout and comments.
    tokens: String,
    /// The words of its types.
    words: BTreeSet<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Declared {
    name: String,
    mutable: bool,
    /// The type, as text.
    type_text: String,
}

impl StaticDef {
    /// The name under which libraries find it.
    pub fn symbol(&self, shapes: &Shapes<'_>) -> String {
        let shape = shapes.of(&self.words);
        let parts = [&self.place, &self.tokens, &shape].map(|part| part.as_bytes());
        format!("ferrite_static_{}", hash(&parts))
    }

    /// The names that it declares.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.declared.iter().map(|declared| declared.name.as_str())
    }

    /// What makes it the home of its value.
    pub fn define(&self, symbol: &str) -> Edit {
        let insert = |at, insert| Edit {
            at,
            replaces: 0,
            insert,
        };
        if !self.thread_local {
            return insert(
                self.range.start,
                format!("#[unsafe(export_name = \"{symbol}\")] "),
            );
        }
        let keys = self.declared.iter().enumerate().map(|(index, declared)| {
            let (name, key) = (&declared.name, declared.key());
            format!(
                " #[unsafe(export_name = \"{symbol}_{index}\")] \
                 pub static __ferrite_key_{name}: {key} = {name};"
            )
        });
        insert(self.range.end, keys.collect())
    }

    /// What makes it refer to its home in another library. `text` is the cell's.
    pub fn declare(&self, symbol: &str, text: &str) -> Edit {
        let declared = self.declared.iter().enumerate().map(|(index, declared)| {
            let name = &declared.name;
            if self.thread_local {
                let key = declared.key();
                return format!(
                    "#[link_name = \"{symbol}_{index}\"] pub safe static {name}: {key}; "
                );
            }
            let kind = if declared.mutable {
                "unsafe static mut"
            } else {
                "safe static"
            };
            let type_text = &declared.type_text;
            format!("#[link_name = \"{symbol}\"] pub {kind} {name}: {type_text}; ")
        });
        let declared: String = declared.collect();
        // The lines of what follows stay what they were.
        let lines = text[self.range.clone()].matches('\n').count();
        Edit {
            at: self.range.start,
            replaces: self.range.len(),
            insert: format!("unsafe extern \"C\" {{ {declared}}}{}", "\n".repeat(lines)),
        }
    }
}

impl Declared {
    fn key(&self) -> String {
        format!("::std::thread::LocalKey<{}>", self.type_text)
    }
}

/// The statics in an item, at any depth.
pub fn of_item(item: &Item) -> Vec<StaticDef> {
    let mut walk = Walk::default();
    walk.visit_item(item);
    walk.found
}

/// The statics of a `thread_local!` that is an item.
pub fn of_macro_call(call: &Macro, range: Range<usize>) -> Vec<StaticDef> {
    let mut walk = Walk::default();
    walk.thread_local(call, range);
    walk.found
}

#[derive(Default)]
struct Walk {
    around: Vec<String>,
    seen: BTreeMap<String, usize>,
    found: Vec<StaticDef>,
}

impl Walk {
    fn within(&mut self, name: String, walk: impl FnOnce(&mut Self)) {
        self.around.push(name);
        walk(self);
        self.around.pop();
    }

    fn add(
        &mut self,
        range: Range<usize>,
        tokens: &TokenStream,
        types: &[&Type],
        declared: Vec<Declared>,
        thread_local: bool,
    ) {
        let mut words = BTreeSet::new();
        for declared in types {
            parse::words(declared.to_token_stream(), &mut words);
        }
        let tokens = tokens.to_string();
        let mut place = self.around.join("::");
        let several = self.seen.entry(format!("{place} {tokens}")).or_default();
        place.push_str(&format!(" {several}"));
        *several += 1;
        self.found.push(StaticDef {
            range,
            declared,
            thread_local,
            place,
            tokens,
            words,
        });
    }

    fn thread_local(&mut self, call: &Macro, range: Range<usize>) {
        let named = call.path.segments.last();
        if named.is_none_or(|name| name.ident != "thread_local") {
            return;
        }
        let Ok(Locals(locals)) = syn::parse2(call.tokens.clone()) else {
            return;
        };
        if locals.is_empty() || locals.iter().any(|local| !plain(&local.attributes)) {
            return;
        }
        let declared = locals.iter().map(|local| Declared {
            name: local.name.to_string(),
            mutable: false,
            type_text: local.local_type.to_token_stream().to_string(),
        });
        let declared = declared.collect();
        let types: Vec<&Type> = locals.iter().map(|local| &local.local_type).collect();
        self.add(range, &call.tokens, &types, declared, true);
    }
}

impl<'ast> Visit<'ast> for Walk {
    fn visit_item_static(&mut self, node: &'ast ItemStatic) {
        if !plain(&node.attrs) {
            return;
        }
        let start = match &node.vis {
            Visibility::Inherited => node.static_token.span().byte_range().start,
            given => given.span().byte_range().start,
        };
        let declared = Declared {
            name: node.ident.to_string(),
            mutable: matches!(node.mutability, StaticMutability::Mut(_)),
            type_text: node.ty.to_token_stream().to_string(),
        };
        let range = start..node.span().byte_range().end;
        let mut bare = node.clone();
        bare.attrs.clear();
        bare.vis = Visibility::Inherited;
        let tokens = bare.to_token_stream();
        self.add(range, &tokens, &[&node.ty], vec![declared], false);
    }
    fn visit_item_macro(&mut self, node: &'ast syn::ItemMacro) {
        self.thread_local(&node.mac, node.span().byte_range());
    }
    fn visit_stmt_macro(&mut self, node: &'ast syn::StmtMacro) {
        self.thread_local(&node.mac, node.span().byte_range());
    }
    fn visit_item_fn(&mut self, node: &'ast syn::ItemFn) {
        self.within(node.sig.ident.to_string(), |walk| {
            visit::visit_item_fn(walk, node);
        });
    }
    fn visit_impl_item_fn(&mut self, node: &'ast syn::ImplItemFn) {
        self.within(node.sig.ident.to_string(), |walk| {
            visit::visit_impl_item_fn(walk, node);
        });
    }
    fn visit_trait_item_fn(&mut self, node: &'ast syn::TraitItemFn) {
        self.within(node.sig.ident.to_string(), |walk| {
            visit::visit_trait_item_fn(walk, node);
        });
    }
    fn visit_item_mod(&mut self, node: &'ast syn::ItemMod) {
        self.within(node.ident.to_string(), |walk| {
            visit::visit_item_mod(walk, node);
        });
    }
    fn visit_item_trait(&mut self, node: &'ast syn::ItemTrait) {
        self.within(node.ident.to_string(), |walk| {
            visit::visit_item_trait(walk, node);
        });
    }
    fn visit_item_impl(&mut self, node: &'ast syn::ItemImpl) {
        let implemented = node.trait_.as_ref().map(|(_, path, _)| path);
        let name = format!(
            "{} {}",
            implemented.to_token_stream(),
            node.self_ty.to_token_stream()
        );
        self.within(name, |walk| visit::visit_item_impl(walk, node));
    }
    // What the compiler evaluates has no place that lasts.
    fn visit_item_const(&mut self, _: &'ast syn::ItemConst) {}
}

/// Whether a static has no attribute that could decide where it lives.
fn plain(attributes: &[Attribute]) -> bool {
    let harmless = ["doc", "allow", "expect", "warn", "deny"];
    attributes
        .iter()
        .all(|attribute| harmless.iter().any(|name| attribute.path().is_ident(name)))
}

/// What stands in a `thread_local!`.
struct Locals(Vec<Local>);

struct Local {
    attributes: Vec<Attribute>,
    name: syn::Ident,
    local_type: Type,
}

impl Parse for Locals {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut locals = Vec::new();
        while !input.is_empty() {
            let attributes = input.call(Attribute::parse_outer)?;
            input.parse::<Visibility>()?;
            input.parse::<Token![static]>()?;
            let name = input.parse()?;
            input.parse::<Token![:]>()?;
            let local_type = input.parse()?;
            input.parse::<Token![=]>()?;
            input.parse::<Expr>()?;
            input.parse::<Option<Token![;]>>()?;
            locals.push(Local {
                attributes,
                name,
                local_type,
            });
        }
        Ok(Self(locals))
    }
}

/// The library in which each static lives, by its symbol.
pub type Homes = BTreeMap<String, PathBuf>;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::items::Items;
    use crate::source::only;

    fn statics(text: &str) -> Vec<StaticDef> {
        let cell = parse::Cell::parse(text).unwrap();
        cell.items
            .into_iter()
            .flat_map(|item| item.statics)
            .collect()
    }

    fn edited(text: &str, edit: Edit) -> String {
        let whole = 0..text.len();
        only(text, std::slice::from_ref(&whole), &[edit]).text
    }

    #[test]
    fn a_static_is_defined_once_and_declared_afterwards() {
        let text = "/// How many.\nstatic N: AtomicU32 =\n    AtomicU32::new(0);";
        let found = &statics(text)[0];
        assert_eq!(
            edited(text, found.define("s")),
            "/// How many.\n#[unsafe(export_name = \"s\")] static N: AtomicU32 =\n    AtomicU32::new(0);"
        );
        assert_eq!(
            edited(text, found.declare("s", text)),
            "/// How many.\nunsafe extern \"C\" { #[link_name = \"s\"] pub safe static N: AtomicU32; }\n"
        );
    }

    #[test]
    fn statics_are_found_at_any_depth_and_told_apart() {
        let text = "fn f() { static N: u8 = 0; { static N: u8 = 0; } } \
                    mod m { fn f() { static N: u8 = 0; } } \
                    impl T for P { fn f() { static mut N: u8 = 0; } }";
        let items = Items::default();
        let shapes = items.shapes([]);
        let symbols: BTreeSet<String> = statics(text)
            .iter()
            .map(|found| found.symbol(&shapes))
            .collect();
        assert_eq!(symbols.len(), 4);
        let mutable = &statics("static mut N: [u8; 2] = [0; 2];")[0];
        let text = "static mut N: [u8; 2] = [0; 2];";
        assert!(
            edited(text, mutable.declare("s", text)).contains("pub unsafe static mut N: [u8 ; 2];")
        );
    }

    #[test]
    fn a_static_for_the_linker_is_left_alone() {
        assert!(statics("#[unsafe(no_mangle)] static N: u8 = 0;").is_empty());
        assert!(statics("const fn f() -> u8 { 1 }").is_empty());
    }

    #[test]
    fn thread_locals_are_declared_through_their_key() {
        let text =
            "thread_local! { static A: Cell<u8> = const { Cell::new(0) }; pub static B: u8 = 1 }";
        let found = &statics(text)[0];
        assert_eq!(found.names().collect::<Vec<_>>(), ["A", "B"]);
        assert!(edited(text, found.define("s")).ends_with(
            "#[unsafe(export_name = \"s_1\")] pub static __ferrite_key_B: ::std::thread::LocalKey<u8> = B;"
        ));
        assert_eq!(
            edited(text, found.declare("s", text)),
            "unsafe extern \"C\" { #[link_name = \"s_0\"] pub safe static A: ::std::thread::LocalKey<Cell < u8 >>; \
             #[link_name = \"s_1\"] pub safe static B: ::std::thread::LocalKey<u8>; }"
        );
    }
}
