//! The items of a notebook: what a cell defines, what it is called, and which
//! definition replaces which.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use proc_macro2::TokenTree;
use quote::ToTokens;
use sha2::{Digest, Sha256};
use syn::spanned::Spanned;
use syn::{ImplItem, Item};

use crate::edits::Edit;
use crate::functions::{FunctionDef, Functions};
use crate::imports::Import;
use crate::item_macros;
use crate::names;
use crate::parse;
use crate::reach::Reach;
use crate::segments;
use crate::statics::{self, StaticDef};

/// What decides how values look in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// The words by which something comes to depend on it.
    names: BTreeSet<String>,
    hash: String,
    words: BTreeSet<String>,
}

impl Shape {
    fn of(tokens: &proc_macro2::TokenStream) -> Self {
        let mut words = BTreeSet::new();
        parse::words(tokens.clone(), &mut words);
        Self {
            names: BTreeSet::new(),
            hash: hash(&[tokens.to_string().as_bytes()]),
            words,
        }
    }

    fn named(self, names: BTreeSet<String>) -> Self {
        Self { names, ..self }
    }
}

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
    /// What the layout of a type that names this item depends on; nothing for
    /// functions, whose bodies do not count.
    pub shape: Option<Shape>,
    /// The statics in it.
    pub statics: Vec<StaticDef>,
    /// What it is if it is a function that can be compiled once.
    pub function: Option<FunctionDef>,
    /// Whether it is worth optimising.
    pub hot: bool,
    /// Whether it is a macro, which must come before its users.
    pub is_macro: bool,
    /// Whether it is a macro whose call defines items.
    pub makes_items: bool,
    /// How code comes to it, and what it says.
    pub reach: Reach,
}

impl ItemDef {
    /// Describes an item.
    pub fn of_item(item: &Item) -> Self {
        let tokens = item.to_token_stream();
        let mut def = Self::new(item.span().byte_range(), &tokens);
        def.describe(item);
        def.statics = statics::of_item(item);
        def.function = FunctionDef::of_item(item);
        def.reach = Reach::of_item(item);
        def
    }

    /// Describes `thread_local! { … }` and its like.
    pub fn of_macro_call(call: &syn::Macro, range: Range<usize>) -> Self {
        let mut def = Self::new(range.clone(), &call.to_token_stream());
        def.statics = statics::of_macro_call(call, range);
        let known = call.path.segments.last();
        if !known.is_some_and(|name| item_macros::is_known(&names::of(&name.ident))) {
            // Whatever it defines, it has its name from here.
            parse::words(call.tokens.clone(), &mut def.defines);
            def.key = format!("macro call {}", def.hash);
            def.shape = Some(Shape::of(&call.to_token_stream()).named(def.defines.clone()));
            def.reach = Reach::of_macro_call(call, &def.defines);
            return def;
        }
        let mut after_static = false;
        for token in call.tokens.clone() {
            if let TokenTree::Ident(ident) = token {
                if after_static && ident != "ref" && ident != "mut" {
                    def.defines.insert(names::of(&ident));
                }
                after_static = ident == "static" || (after_static && ident == "ref");
            }
        }
        let names: Vec<_> = def.defines.iter().map(String::as_str).collect();
        def.key = format!("value {}", names.join(" "));
        def.reach = Reach::of_macro_call(call, &def.defines);
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
            shape: None,
            statics: Vec::new(),
            function: None,
            hot: false,
            is_macro: false,
            makes_items: false,
            reach: Reach::default(),
        }
    }

    /// The name by which it is called, if it has one.
    pub fn own_name(&self) -> Option<&str> {
        let kinds = ["type ", "value ", "macro "];
        kinds.iter().find_map(|kind| self.key.strip_prefix(kind))
    }

    /// Whether a name stands in it that it does not bring along itself.
    pub fn speaks_of(&self, name: &str) -> bool {
        self.words.contains(name) && !self.defines.contains(name) && !self.bound.contains(name)
    }

    fn describe(&mut self, item: &Item) {
        self.shape = match item {
            Item::Fn(item) if item.sig.constness.is_none() => None,
            Item::Impl(item) => shape_of_impl(item),
            item => Some(Shape::of(&item.to_token_stream())),
        };
        match item {
            Item::Const(item) if item.ident == "_" => self.key = format!("const {}", self.hash),
            Item::Const(item) => self.named("value", &item.ident),
            Item::Static(item) => self.named("value", &item.ident),
            Item::Fn(item) => self.named("value", &item.sig.ident),
            Item::Mod(item) => self.named("type", &item.ident),
            Item::Trait(item) => {
                // A `Box<dyn …>` of it holds a table of its methods.
                self.is_type(&item.ident);
                for member in &item.items {
                    if let syn::TraitItem::Fn(member) = member {
                        self.defines.insert(names::of(&member.sig.ident));
                    }
                }
            }
            Item::TraitAlias(item) => self.named("type", &item.ident),
            Item::Type(item) => self.is_type(&item.ident),
            Item::Union(item) => self.is_type(&item.ident),
            Item::Struct(item) => {
                self.is_type(&item.ident);
                let fields = item.fields.iter().filter_map(|field| field.ident.as_ref());
                self.defines.extend(fields.map(names::of));
            }
            Item::Enum(item) => {
                self.is_type(&item.ident);
                self.defines
                    .extend(item.variants.iter().map(|v| names::of(&v.ident)));
            }
            Item::Impl(item) => self.is_impl(item),
            Item::ForeignMod(item) => {
                for member in &item.items {
                    match member {
                        syn::ForeignItem::Fn(member) => {
                            self.defines.insert(names::of(&member.sig.ident));
                        }
                        syn::ForeignItem::Static(member) => {
                            self.defines.insert(names::of(&member.ident));
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
        self.defines.insert(names::of(name));
        if let Some(shape) = &mut self.shape {
            shape.names.insert(names::of(name));
        }
    }

    fn is_type(&mut self, name: &syn::Ident) {
        self.named("type", name);
        self.type_name = Some(names::of(name));
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
                    self.defines.insert(names::of(&member.sig.ident));
                }
                ImplItem::Const(member) => {
                    self.defines.insert(names::of(&member.ident));
                }
                _ => {}
            }
        }
    }
}

/// The constants and types of an `impl`: whatever names them depends on them,
/// the type that it is for does not.
fn shape_of_impl(item: &syn::ItemImpl) -> Option<Shape> {
    let mut names = BTreeSet::new();
    let mut tokens = proc_macro2::TokenStream::new();
    for member in &item.items {
        let name = match member {
            ImplItem::Const(member) => &member.ident,
            ImplItem::Type(member) => &member.ident,
            _ => continue,
        };
        names.insert(names::of(name));
        member.to_tokens(&mut tokens);
    }
    (!names.is_empty()).then(|| Shape::of(&tokens).named(names))
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
    pub edits: Vec<Edit>,
    /// Its live items.
    pub items: Vec<ItemDef>,
    /// Ranges of methods that a later cell has replaced.
    pub replaced: Vec<Range<usize>>,
    /// Which crate of items they are compiled in.
    pub segment: usize,
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

    /// The insertions into what is live; statics and functions that live elsewhere, by
    /// their symbols, are declared, the others defined.
    pub fn live_edits(
        &self,
        elsewhere: &dyn Fn(&str) -> bool,
        shapes: &Shapes<'_>,
        functions: &Functions,
    ) -> Vec<Edit> {
        let gone = |at: usize| self.replaced.iter().any(|range| range.contains(&at));
        let statics = self.items.iter().flat_map(|item| &item.statics);
        let statics = statics.map(|found| {
            let symbol = found.symbol(shapes);
            if elsewhere(&symbol) {
                found.declare(&symbol, &self.text)
            } else {
                found.define(&symbol)
            }
        });
        let file = self.file_name();
        let functions = self.items.iter().filter_map(|item| {
            let symbol = functions.get(&(file.clone(), item.range.start))?;
            Some((item.function.as_ref()?, symbol))
        });
        let mut first: Vec<Edit> = statics.collect();
        let mut last = Vec::new();
        let mut declared = Vec::new();
        for (function, symbol) in functions {
            if elsewhere(symbol) {
                let (before, after) = function.declare(symbol, &self.text);
                first.push(before);
                last.extend(after);
                declared.push(function);
            } else {
                first.push(function.define(symbol));
            }
        }
        let others = self.edits.iter();
        let others = others.filter(|edit| !declared.iter().any(|it| it.has_within(edit.at)));
        // Of what happens at one place, this is the order.
        let mut edits: Vec<Edit> = first
            .into_iter()
            .chain(others.cloned())
            .chain(last)
            .collect();
        edits.sort_by_key(|edit| edit.at);
        edits.retain(|edit| !gone(edit.at));
        edits
    }

    /// Whether it has something that `new` defines again.
    fn has_any_of(&self, new: &[ItemDef]) -> bool {
        let methods = |item: &ItemDef, old: &ItemDef| {
            let mut names = item.methods.iter().map(|(name, _)| name);
            names.any(|name| old.methods.iter().any(|(other, _)| other == name))
        };
        let again = |old: &ItemDef| {
            new.iter()
                .any(|item| item.key == old.key || methods(item, old))
        };
        self.items.iter().any(again)
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
    pub files: Vec<Arc<ItemFile>>,
    /// How often the notebook was cleared: what comes after that is new, even
    /// if it reads the same.
    cleared: u32,
}

impl Items {
    /// The text of the item that a name was last defined by, its documentation
    /// included.
    pub fn source_of(&self, name: &str) -> Option<String> {
        let defining = |file: &Arc<ItemFile>| {
            let item = file
                .items
                .iter()
                .rev()
                .find(|it| it.defines.contains(name))?;
            let text = file.text.get(item.range.clone())?;
            Some((file.cell, text.trim().to_owned()))
        };
        let found = self.files.iter().filter_map(defining);
        found.max_by_key(|(cell, _)| *cell).map(|(_, text)| text)
    }

    /// The items after a cell has been added.
    pub fn with(&self, cell: u32, parsed: &parse::Cell) -> Items {
        let mut files = self.files.clone();
        let mut touched = None;
        for file in &mut files {
            if file.has_any_of(&parsed.items) || file.text == parsed.text {
                touched = Some(file.segment.min(touched.unwrap_or(file.segment)));
                Arc::make_mut(file).give_way(&parsed.items);
            }
        }
        let segment = segments::of_cell(&files, &parsed.items, touched);
        for file in files.iter_mut().filter(|file| file.segment > segment) {
            Arc::make_mut(file).segment = segment;
        }
        files.retain(|file| !file.items.is_empty());
        // The same text again (a cell that is run twice) has the same name.
        files.retain(|file| file.text != parsed.text);
        files.push(Arc::new(ItemFile {
            cell,
            text: parsed.text.clone(),
            edits: parsed.edits.clone(),
            items: parsed.items.clone(),
            replaced: Vec::new(),
            segment,
        }));
        // Macros are in scope only below their definition.
        files.sort_by_key(|file| !file.items.iter().any(|item| item.is_macro));
        Items { files, ..*self }
    }

    /// None, of a notebook that was cleared.
    pub fn clear(&self) -> Items {
        Items {
            cleared: self.cleared + 1,
            ..Items::default()
        }
    }

    /// Whether a cell with this text has defined just these, and none was replaced since.
    pub fn has(&self, text: &str, items: &[ItemDef]) -> bool {
        let mut files = self.files.iter();
        files.any(|file| file.text == text && file.items == items && file.replaced.is_empty())
    }

    /// The items after such a cell has run once more.
    pub fn again(&self, cell: u32, text: &str) -> Items {
        let mut items = self.clone();
        let mut files = items.files.iter_mut();
        if let Some(file) = files.find(|file| file.text == text) {
            Arc::make_mut(file).cell = cell;
        }
        items
    }

    /// The same, compiled in one crate.
    pub fn joined(&self) -> Items {
        let mut joined = self.clone();
        for file in joined.files.iter_mut().filter(|file| file.segment > 0) {
            Arc::make_mut(file).segment = 0;
        }
        joined
    }

    /// The newest crate, in which items of the next cell are, if it is not full.
    pub fn segment(&self) -> usize {
        let segments = self.files.iter().map(|file| file.segment);
        segments.max().unwrap_or_default()
    }

    /// The items of the crates before that one.
    pub fn below(&self, segment: usize) -> impl Iterator<Item = &ItemDef> {
        let files = self.files.iter().filter(move |file| file.segment < segment);
        files.flat_map(|file| &file.items)
    }

    /// Whether the next cell that defines something begins a new crate.
    pub fn is_full(&self) -> bool {
        segments::is_full(&self.files, self.segment())
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

    /// Whether one of the items is worth optimising.
    pub fn hot(&self) -> bool {
        self.all().any(|item| item.hot)
    }

    /// Whether one of these words names an item that is.
    pub fn hot_among(&self, words: &BTreeSet<String>) -> bool {
        let mut hot = self.all().filter(|item| item.hot);
        hot.any(|item| !item.defines.is_disjoint(words))
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

    /// What types look like, given the imports of the notebook.
    pub fn shapes<'a>(&'a self, imports: impl IntoIterator<Item = &'a Import>) -> Shapes<'a> {
        let imports = imports.into_iter().filter_map(|import| {
            let name = import.name.as_deref()?;
            Some((name, import.path.as_str()))
        });
        Shapes {
            items: self,
            imports: imports.collect(),
        }
    }

    /// The statics with the cells that define them.
    pub fn statics(&self) -> impl Iterator<Item = (u32, &StaticDef)> {
        let items = self.files.iter();
        let items = items.flat_map(|file| file.items.iter().map(|item| (file.cell, item)));
        items.flat_map(|(cell, item)| item.statics.iter().map(move |found| (cell, found)))
    }
}

/// What the types of a notebook look like in memory.
#[derive(Debug)]
pub struct Shapes<'a> {
    items: &'a Items,
    /// Imported names and their paths.
    imports: BTreeMap<&'a str, &'a str>,
}

impl Shapes<'_> {
    /// A hash that changes when the definition of one of these words changes,
    /// or of one that those definitions are made of: types, constants, macros,
    /// what traits and their implementations say of types, imports. It may
    /// change too often, not too rarely.
    pub fn of(&self, words: &BTreeSet<String>) -> String {
        let mut reached: BTreeSet<&str> = words.iter().map(String::as_str).collect();
        let items = self.items.all();
        let mut open: Vec<&Shape> = items.filter_map(|item| item.shape.as_ref()).collect();
        let mut shapes = BTreeSet::new();
        loop {
            let (found, rest): (Vec<_>, Vec<_>) = open.into_iter().partition(|shape| {
                shape
                    .names
                    .iter()
                    .any(|name| reached.contains(name.as_str()))
            });
            if found.is_empty() {
                break;
            }
            open = rest;
            for shape in found {
                reached.extend(shape.words.iter().map(String::as_str));
                shapes.insert(shape.hash.as_str());
            }
        }
        let imported = self.imports.iter();
        let imported = imported.filter(|(name, _)| reached.contains(*name));
        let cleared = self.items.cleared.to_le_bytes();
        let mut parts: Vec<&[u8]> = vec![&cleared];
        parts.extend(shapes.iter().map(|shape| shape.as_bytes()));
        parts.extend(imported.map(|(_, path)| path.as_bytes()));
        hash(&parts)
    }

    /// For every type its hash.
    pub fn of_types(&self) -> BTreeMap<String, String> {
        let types = self.items.all();
        let types = types.filter_map(|item| item.type_name.as_ref());
        types
            .map(|name| (name.clone(), self.of(&BTreeSet::from([name.clone()]))))
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
        let types = |cells: &[&str]| items(cells).shapes([]).of_types();
        let before = types(&["struct A(i32); struct B(A); struct C;"]);
        let after = types(&["struct A(i32); struct B(A); struct C;", "struct A(f64);"]);
        assert_ne!(before["A"], after["A"]);
        assert_ne!(before["B"], after["B"]);
        assert_eq!(before["C"], after["C"]);
        let same = types(&["struct A(i32);", "struct A( i32 ); // again"]);
        assert_eq!(before["A"], same["A"]);
        let negated = types(&["struct A(i32); impl Neg for A { type Output = A; }"]);
        assert_eq!(before["A"], negated["A"]);
        let with_method = types(&["struct A(i32); impl A { fn f(&self) {} }"]);
        assert_eq!(before["A"], with_method["A"]);
    }

    #[test]
    fn a_type_changes_with_the_constants_and_macros_in_it() {
        let of_a = |cells: &[&str]| items(cells).shapes([]).of_types()["A"].clone();
        let cells = [
            "const fn n() -> usize { 1 }",
            "const N: usize = n();",
            "trait T { type X; }",
            "impl T for u8 { type X = i32; }",
            "macro_rules! number { () => { i32 } }",
            "struct A([u8; N], <u8 as T>::X, number!());",
        ];
        let before = of_a(&cells);
        for change in [
            "const fn n() -> usize { 2 }",
            "const N: usize = 9;",
            "impl T for u8 { type X = f64; }",
            "macro_rules! number { () => { f64 } }",
        ] {
            assert_ne!(before, of_a(&[&cells[..], &[change]].concat()), "{change}");
        }
        assert_eq!(before, of_a(&[&cells[..], &["fn m() {}"]].concat()));
    }

    #[test]
    fn a_type_changes_with_an_import() {
        let items = items(&["struct A(Map<u8, u8>);"]);
        let of_a = |path: &str| {
            let imports = crate::imports::of_use(&syn::parse_str(path).unwrap());
            items.shapes(&imports).of_types()["A"].clone()
        };
        let hash_map = of_a("use std::collections::HashMap as Map;");
        assert_ne!(hash_map, of_a("use std::collections::BTreeMap as Map;"));
        assert_eq!(
            hash_map,
            of_a("use std::collections::{HashMap as Map, HashSet};")
        );
    }
}
