//! The items of a notebook: what a cell defines, what it is called, and which
//! definition replaces which.

use std::collections::BTreeSet;
use std::ops::Range;

use proc_macro2::TokenTree;
use quote::ToTokens;
use sha2::{Digest, Sha256};
use syn::spanned::Spanned;
use syn::{ImplItem, Item};

use crate::item_macros;
use crate::parse;

/// One item of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemDef {
    /// Where it stands in its cell's text.
    pub range: Range<usize>,
    /// What it is; equal keys replace each other.
    pub key: String,
    /// The type's name, if it defines one.
    pub type_name: Option<String>,
    /// Names by which later cells can use it: its own, its methods', fields'
    /// and variants'.
    pub defines: BTreeSet<String>,
    /// Names of its parameters, locals and fields.
    pub bound: BTreeSet<String>,
    /// Every identifier in it.
    pub words: BTreeSet<String>,
    /// Hash of its tokens: a change of layout or comments is no change.
    pub hash: String,
    /// Methods of an inherent `impl`, each with its range: a later `impl` of
    /// the same type replaces those that it defines again.
    pub methods: Vec<(String, Range<usize>)>,
    /// Whether it is a macro, which must come before its users.
    pub is_macro: bool,
    /// Whether it is a macro whose call defines items.
    pub makes_items: bool,
}

impl ItemDef {
    /// Describes an item.
    pub fn of_item(item: &Item) -> Self {
        let tokens = item.to_token_stream();
        let mut def = Self::new(item.span().byte_range(), &tokens);
        def.describe(item);
        def
    }

    /// Describes `thread_local! { … }` and its like.
    pub fn of_macro_call(call: &syn::Macro, range: Range<usize>) -> Self {
        let mut def = Self::new(range, &call.to_token_stream());
        let known = call.path.segments.last();
        if !known.is_some_and(|name| item_macros::is_known(&name.ident.to_string())) {
            // Whatever it defines, it has its name from here.
            parse::words(call.tokens.clone(), &mut def.defines);
            def.key = format!("macro call {}", def.hash);
            return def;
        }
        let mut after_static = false;
        for token in call.tokens.clone() {
            if let TokenTree::Ident(ident) = token {
                if after_static && ident != "ref" && ident != "mut" {
                    def.defines.insert(ident.to_string());
                }
                after_static = ident == "static" || (after_static && ident == "ref");
            }
        }
        let names: Vec<_> = def.defines.iter().map(String::as_str).collect();
        def.key = format!("value {}", names.join(" "));
        def
    }

    fn new(range: Range<usize>, tokens: &proc_macro2::TokenStream) -> Self {
        let mut words = BTreeSet::new();
        parse::words(tokens.clone(), &mut words);
        Self {
            range,
            key: String::new(),
            type_name: None,
            defines: BTreeSet::new(),
            bound: BTreeSet::new(),
            words,
            hash: hash(&[tokens.to_string().as_bytes()]),
            methods: Vec::new(),
            is_macro: false,
            makes_items: false,
        }
    }

    fn describe(&mut self, item: &Item) {
        match item {
            Item::Const(item) if item.ident == "_" => self.key = format!("const {}", self.hash),
            Item::Const(item) => self.named("value", &item.ident),
            Item::Static(item) => self.named("value", &item.ident),
            Item::Fn(item) => self.named("value", &item.sig.ident),
            Item::Mod(item) => self.named("type", &item.ident),
            Item::Trait(item) => {
                self.named("type", &item.ident);
                for member in &item.items {
                    if let syn::TraitItem::Fn(member) = member {
                        self.defines.insert(member.sig.ident.to_string());
                    }
                }
            }
            Item::TraitAlias(item) => self.named("type", &item.ident),
            Item::Type(item) => self.is_type(&item.ident),
            Item::Union(item) => self.is_type(&item.ident),
            Item::Struct(item) => {
                self.is_type(&item.ident);
                let fields = item.fields.iter().filter_map(|field| field.ident.as_ref());
                self.defines.extend(fields.map(ToString::to_string));
            }
            Item::Enum(item) => {
                self.is_type(&item.ident);
                self.defines
                    .extend(item.variants.iter().map(|v| v.ident.to_string()));
            }
            Item::Impl(item) => self.is_impl(item),
            Item::ForeignMod(item) => {
                for member in &item.items {
                    match member {
                        syn::ForeignItem::Fn(member) => {
                            self.defines.insert(member.sig.ident.to_string());
                        }
                        syn::ForeignItem::Static(member) => {
                            self.defines.insert(member.ident.to_string());
                        }
                        _ => {}
                    }
                }
                let names: Vec<_> = self.defines.iter().map(String::as_str).collect();
                self.key = format!("extern {}", names.join(" "));
            }
            Item::Macro(item) => {
                self.is_macro = true;
                self.makes_items = item_macros::defines_items(item);
                match &item.ident {
                    Some(name) => self.named("macro", name),
                    None => self.key = format!("macro call {}", self.hash),
                }
            }
            _ => self.key = format!("other {}", self.hash),
        }
    }

    fn named(&mut self, namespace: &str, name: &syn::Ident) {
        self.key = format!("{namespace} {name}");
        self.defines.insert(name.to_string());
    }

    fn is_type(&mut self, name: &syn::Ident) {
        self.named("type", name);
        self.type_name = Some(name.to_string());
    }

    fn is_impl(&mut self, item: &syn::ItemImpl) {
        let target = item.self_ty.to_token_stream().to_string();
        match &item.trait_ {
            Some((_, path, _)) => {
                self.key = format!("impl {} for {target}", path.to_token_stream());
            }
            None => {
                // Several inherent impls of a type stand side by side.
                self.key = format!("impl {target} {}", self.hash);
                for member in &item.items {
                    if let ImplItem::Fn(member) = member {
                        let name = format!("{target}::{}", member.sig.ident);
                        self.methods.push((name, member.span().byte_range()));
                    }
                }
            }
        }
        for member in &item.items {
            match member {
                ImplItem::Fn(member) => {
                    self.defines.insert(member.sig.ident.to_string());
                }
                ImplItem::Const(member) => {
                    self.defines.insert(member.ident.to_string());
                }
                _ => {}
            }
        }
    }
}

/// First 16 hex digits of the SHA-256 of some texts.
pub fn hash(parts: &[&[u8]]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    hasher
        .finalize()
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The items that one executed cell contributed and that are still live.
#[derive(Debug, Clone)]
pub struct ItemFile {
    /// The execution count of the cell.
    pub cell: u32,
    /// The cell as typed.
    pub text: String,
    /// The same with checkpoints and visibility.
    pub edits: Vec<crate::edits::Edit>,
    /// Its live items.
    pub items: Vec<ItemDef>,
    /// Ranges of methods that a later cell has replaced.
    pub replaced: Vec<Range<usize>>,
}

impl ItemFile {
    /// Name of the generated file.
    pub fn file_name(&self) -> String {
        format!("items_{}.rs", hash(&[self.text.as_bytes()]))
    }

    /// Ranges of the text that are live.
    pub fn live(&self) -> Vec<Range<usize>> {
        let mut live: Vec<Range<usize>> =
            self.items.iter().map(|item| item.range.clone()).collect();
        for gone in &self.replaced {
            live = live
                .into_iter()
                .flat_map(|range| {
                    if gone.start >= range.start && gone.end <= range.end {
                        vec![range.start..gone.start, gone.end..range.end]
                    } else {
                        vec![range]
                    }
                })
                .collect();
        }
        live
    }

    /// The insertions into what is live.
    pub fn live_edits(&self) -> Vec<crate::edits::Edit> {
        let gone = |at: usize| self.replaced.iter().any(|range| range.contains(&at));
        self.edits
            .iter()
            .filter(|edit| !gone(edit.at))
            .cloned()
            .collect()
    }

    /// Drops what `new` defines again.
    fn give_way(&mut self, new: &[ItemDef]) {
        self.items
            .retain(|old| new.iter().all(|item| item.key != old.key));
        let methods: BTreeSet<&str> = new
            .iter()
            .flat_map(|item| item.methods.iter().map(|(name, _)| name.as_str()))
            .collect();
        for item in &mut self.items {
            item.methods.retain(|(name, range)| {
                let replaced = methods.contains(name.as_str());
                if replaced {
                    self.replaced.push(range.clone());
                }
                !replaced
            });
        }
    }
}

/// All live items of a notebook.
#[derive(Debug, Clone, Default)]
pub struct Items {
    /// One file per cell that still has live items, in order of execution.
    pub files: Vec<ItemFile>,
}

impl Items {
    /// The items after a cell has been added.
    pub fn with(&self, cell: u32, parsed: &parse::Cell) -> Items {
        let mut files = self.files.clone();
        for file in &mut files {
            file.give_way(&parsed.items);
        }
        files.retain(|file| !file.items.is_empty());
        // The same text again (a cell that is run twice) has the same name.
        files.retain(|file| file.text != parsed.text);
        files.push(ItemFile {
            cell,
            text: parsed.text.clone(),
            edits: parsed.edits.clone(),
            items: parsed.items.clone(),
            replaced: Vec::new(),
        });
        // Macros are in scope only below their definition.
        files.sort_by_key(|file| !file.items.iter().any(|item| item.is_macro));
        Items { files }
    }

    /// Without the items of the given cells.
    pub fn without(&self, cells: &BTreeSet<u32>) -> Items {
        let files = self
            .files
            .iter()
            .filter(|file| !cells.contains(&file.cell))
            .cloned()
            .collect();
        Items { files }
    }

    fn all(&self) -> impl Iterator<Item = &ItemDef> {
        self.files.iter().flat_map(|file| &file.items)
    }

    /// The notebook's own macros whose calls define items.
    pub fn item_macros(&self) -> BTreeSet<String> {
        let macros = self.all().filter(|item| item.makes_items);
        macros
            .flat_map(|item| item.defines.iter().cloned())
            .collect()
    }

    /// Whether any of these words is a name that an item defines.
    pub fn used_by(&self, words: &BTreeSet<String>) -> bool {
        self.all().any(|item| !item.defines.is_disjoint(words))
    }

    /// Names that items bring into being, for later cells or for themselves.
    pub fn own_names(&self) -> BTreeSet<String> {
        self.all()
            .flat_map(|item| item.defines.iter().chain(&item.bound).cloned())
            .collect()
    }

    /// Every identifier in the items.
    pub fn words(&self) -> BTreeSet<String> {
        self.all()
            .flat_map(|item| item.words.iter().cloned())
            .collect()
    }

    /// For every type, a hash that changes when its definition, or that of a
    /// type it is made of, changes.
    pub fn type_identities(&self) -> std::collections::BTreeMap<String, String> {
        let own: Vec<(&str, &ItemDef)> = self
            .all()
            .filter_map(|item| item.type_name.as_deref().map(|name| (name, item)))
            .collect();
        own.iter()
            .map(|(name, _)| {
                let mut reached = BTreeSet::from([*name]);
                let mut queue = vec![*name];
                while let Some(next) = queue.pop() {
                    for (other, item) in own.iter().filter(|(n, _)| *n == next) {
                        let _ = other;
                        for (word, _) in own.iter().filter(|(n, _)| item.words.contains(*n)) {
                            if reached.insert(word) {
                                queue.push(word);
                            }
                        }
                    }
                }
                let parts: Vec<&[u8]> = own
                    .iter()
                    .filter(|(n, _)| reached.contains(n))
                    .map(|(_, item)| item.hash.as_bytes())
                    .collect();
                ((*name).to_owned(), hash(&parts))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::Cell;

    fn items(cells: &[&str]) -> Items {
        cells
            .iter()
            .enumerate()
            .fold(Items::default(), |items, (index, text)| {
                items.with(index as u32 + 1, &Cell::parse(text).unwrap())
            })
    }

    fn live(items: &Items) -> Vec<String> {
        items
            .files
            .iter()
            .flat_map(|file| {
                file.live()
                    .into_iter()
                    .map(|range| file.text[range].to_owned())
            })
            .collect()
    }

    #[test]
    fn a_later_definition_replaces_an_earlier_one() {
        let items = items(&["fn f() -> i32 { 1 } fn g() {}", "fn f() -> i32 { 2 }"]);
        assert_eq!(live(&items), ["fn g() {}", "fn f() -> i32 { 2 }"]);
    }

    #[test]
    fn impls_stand_side_by_side_but_methods_are_replaced() {
        let items = items(&[
            "struct P;",
            "impl P { fn a(&self) {} fn b(&self) {} }",
            "impl P { fn b(&self) { } }",
        ]);
        assert_eq!(
            live(&items),
            [
                "struct P;",
                "impl P { fn a(&self) {} ",
                " }",
                "impl P { fn b(&self) { } }"
            ]
        );
    }

    #[test]
    fn a_type_changes_with_what_it_is_made_of() {
        let before = items(&["struct A(i32); struct B(A); struct C;"]).type_identities();
        let after =
            items(&["struct A(i32); struct B(A); struct C;", "struct A(f64);"]).type_identities();
        assert_ne!(before["A"], after["A"]);
        assert_ne!(before["B"], after["B"]);
        assert_eq!(before["C"], after["C"]);
        let same = items(&["struct A(i32);", "struct A( i32 ); // again"]).type_identities();
        assert_eq!(before["A"], same["A"]);
    }
}
