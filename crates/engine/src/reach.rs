//! Which of a notebook's items a cell may come to, so that its compiled form can
//! be kept when others are changed.
//!
//! Names are compared as words, without their scopes, so a cell seems to use more
//! than it does, and never less. What it may come to is what it names, what is
//! named there, and so on, bodies included. Some things are used without being
//! named. An `impl` counts as soon as its type or its trait does; a type alias,
//! and an item that may have an `impl` inside, as soon as anything of the notebook
//! that they name does. Implementations for types of others and calls of macros
//! that define items always count. And as soon as there is a macro, an attribute
//! or a derive of another crate that may make up names, everything counts.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{Item, Type};

use crate::functions::Functions;
use crate::generate::{ITEMS_CRATE, Statics};
use crate::imports::Import;
use crate::item_macros;
use crate::items::{self, Items};

/// What a piece of code says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mentions {
    /// Every identifier, those within strings included.
    words: BTreeSet<String>,
    /// The macros that it calls.
    macros: BTreeSet<String>,
    /// Whether there is an attribute or a derive of which nothing is known.
    unclear: bool,
}

/// How code comes to an item.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reach {
    /// The names by which it can be called.
    names: BTreeSet<String>,
    /// What is called by name may use it as well, without naming it.
    anchor: Anchor,
    /// What it says itself.
    mentions: Mentions,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum Anchor {
    /// By its names only.
    #[default]
    None,
    /// With any item that has one of these names.
    Any(BTreeSet<String>),
    /// The same for an `impl`: if no item has, it is for types of others.
    Impl(BTreeSet<String>),
    /// It cannot be told.
    Always,
}

impl Basis {
    /// What items are compiled from with these flags, imports, crates and features.
    pub fn new(
        imports: Vec<Import>,
        (optimise, prelude): (u8, bool),
        crates: &str,
        features: &[String],
    ) -> Self {
        let how = [optimise, u8::from(prelude)];
        let mut parts: Vec<&[u8]> = vec![&how, crates.as_bytes()];
        parts.extend(features.iter().map(|feature| feature.as_bytes()));
        Self {
            imports,
            stamp: items::hash(&parts),
        }
    }
}

/// How the items were compiled.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Basis {
    /// What was imported there.
    pub imports: Vec<Import>,
    /// All else on which every one of them depends.
    pub stamp: String,
}

/// Macros whose expansion names nothing but what stands in their call.
const PLAIN_MACROS: &str = "
print println eprint eprintln format write writeln format_args panic assert assert_eq assert_ne
debug_assert debug_assert_eq debug_assert_ne todo unimplemented unreachable vec matches dbg concat
stringify line column file module_path cfg env option_env compile_error thread_local lazy_static
macro_rules df array json s azip
";

/// Attributes that make nothing of an item but what it says.
const PLAIN_ATTRIBUTES: &str = "
allow warn deny expect forbid inline cold must_use repr non_exhaustive track_caller deprecated
feature unsafe no_mangle export_name link_name link_section used cfg default serde test ignore
should_panic macro_export automatically_derived rustfmt clippy recursion_limit type_length_limit
diagnostic target_feature
";

/// Derives of which the same is true.
const PLAIN_DERIVES: &str = "
Debug Clone Copy PartialEq Eq PartialOrd Ord Hash Default Serialize Deserialize
";

fn among(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|known| known == word)
}

const KEYWORDS: &str = "
as async await break const continue dyn else enum extern fn for if impl in let loop match mod move
mut pub ref return static struct trait type unsafe use where while
";

impl Mentions {
    /// Reads some tokens.
    pub fn of(tokens: TokenStream) -> Self {
        let mut mentions = Self::default();
        mentions.read(tokens);
        mentions
    }

    /// Takes in some more.
    pub fn read(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            let before = at.checked_sub(1).and_then(|at| tokens.get(at));
            at += match &tokens[at] {
                TokenTree::Ident(ident) => self.word(&ident.to_string(), &tokens[at + 1..]),
                TokenTree::Punct(punct) => match punct.as_char() {
                    '#' => self.attribute(&tokens[at + 1..]),
                    ':' => path_of_a_crate(before, &tokens[at..]),
                    _ => 1,
                },
                TokenTree::Group(group) => {
                    self.read(group.stream());
                    1
                }
                TokenTree::Literal(literal) => {
                    let text = literal.to_string();
                    if text.contains('"') {
                        self.words.extend(identifiers(&text));
                    }
                    1
                }
            };
        }
    }

    /// A name, perhaps that of a macro which is called. Gives how many tokens
    /// were read.
    fn word(&mut self, word: &str, rest: &[TokenTree]) -> usize {
        let word = plain(word);
        if let [TokenTree::Punct(punct), TokenTree::Group(_), ..] = rest
            && punct.as_char() == '!'
            && !among(KEYWORDS, &word)
        {
            self.macros.insert(word.clone());
        }
        self.words.insert(word);
        1
    }

    /// What stands behind a `#`.
    fn attribute(&mut self, rest: &[TokenTree]) -> usize {
        let inner = matches!(rest.first(), Some(TokenTree::Punct(punct)) if punct.as_char() == '!');
        let Some(TokenTree::Group(group)) = rest.get(usize::from(inner)) else {
            return 1;
        };
        if group.delimiter() != Delimiter::Bracket {
            return 1;
        }
        let mut inside = group.stream().into_iter();
        let Some(TokenTree::Ident(name)) = inside.next() else {
            // `#[$attribute]`: it stands where the macro is called.
            return 1;
        };
        if name == "doc" {
            return 2 + usize::from(inner);
        }
        if name == "derive" {
            if let Some(TokenTree::Group(derives)) = inside.next() {
                let unknown = derives.stream().to_string();
                let mut derives = unknown.split(',').map(str::trim);
                self.unclear |= derives.any(|path| {
                    let last = path.rsplit(':').next().unwrap_or_default().trim();
                    !last.is_empty() && !among(PLAIN_DERIVES, last)
                });
            }
        } else {
            self.unclear |= !among(PLAIN_ATTRIBUTES, &name.to_string());
        }
        1
    }
}

/// `::core::option::Option`: no item is meant. Gives how many tokens that is, at
/// least one.
fn path_of_a_crate(before: Option<&TokenTree>, tokens: &[TokenTree]) -> usize {
    let within = match before {
        Some(TokenTree::Ident(word)) => !among(KEYWORDS, &word.to_string()),
        Some(TokenTree::Punct(punct)) => punct.as_char() == '>' || punct.as_char() == ':',
        _ => false,
    };
    let segment = |at: usize| match tokens.get(at..at + 3) {
        Some(
            [
                TokenTree::Punct(a),
                TokenTree::Punct(b),
                TokenTree::Ident(name),
            ],
        ) if a.as_char() == ':' && b.as_char() == ':' => Some(name.to_string()),
        _ => None,
    };
    match segment(0) {
        Some(root) if !within && root != ITEMS_CRATE => {}
        _ => return 1,
    }
    let mut length = 3;
    while segment(length).is_some() {
        length += 3;
    }
    length
}

/// Everything in a text that could be a name.
pub fn identifiers(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|c: char| c.is_ascii() && !(c.is_ascii_alphanumeric() || c == '_'));
    let words = words.filter(|word| !word.is_empty() && !word.starts_with(char::is_numeric));
    words.map(plain)
}

/// A name as it is compared. `r#f` is `f`. Letters beyond ASCII can be written in
/// more than one way, so all names with such letters are taken for the same.
fn plain(name: &str) -> String {
    if !name.is_ascii() {
        return "~".to_owned();
    }
    name.strip_prefix("r#").unwrap_or(name).to_owned()
}

impl Reach {
    /// How code comes to an item.
    pub fn of_item(item: &Item) -> Self {
        let mentions = Mentions::of(item.to_token_stream());
        let mut inside = Inside::default();
        inside.visit_item(item);
        let mut names = inside.exported;
        let mut anchor = Anchor::None;
        let mut name = |ident: &syn::Ident| {
            names.insert(plain(&ident.to_string()));
        };
        match item {
            Item::Const(item) => name(&item.ident),
            Item::Static(item) => name(&item.ident),
            Item::Fn(item) => name(&item.sig.ident),
            Item::Mod(item) => name(&item.ident),
            Item::Struct(item) => name(&item.ident),
            Item::Enum(item) => name(&item.ident),
            Item::Union(item) => name(&item.ident),
            Item::TraitAlias(item) => {
                name(&item.ident);
                anchor = Anchor::Any(mentions.words.clone());
            }
            Item::Type(item) => {
                name(&item.ident);
                anchor = Anchor::Any(mentions.words.clone());
            }
            Item::Trait(item) => {
                name(&item.ident);
                for member in &item.items {
                    match member {
                        syn::TraitItem::Fn(member) => name(&member.sig.ident),
                        syn::TraitItem::Const(member) => name(&member.ident),
                        syn::TraitItem::Type(member) => name(&member.ident),
                        _ => anchor = Anchor::Always,
                    }
                }
            }
            Item::Macro(item) if item.mac.path.is_ident("macro_rules") => match &item.ident {
                Some(ident) => name(ident),
                None => anchor = Anchor::Always,
            },
            Item::Impl(item) => anchor = of_impl(item),
            Item::ForeignMod(_) => names.extend(mentions.words.iter().cloned()),
            _ => anchor = Anchor::Always,
        }
        let known = |name: &String| among(PLAIN_MACROS, name);
        let implements = inside.implements
            || !mentions.macros.iter().all(known)
            || (matches!(item, Item::Macro(_)) && mentions.words.contains("impl"));
        if anchor == Anchor::None && implements {
            anchor = Anchor::Any(mentions.words.clone());
        }
        if mentions.unclear {
            anchor = Anchor::Always;
        }
        Self {
            names,
            anchor,
            mentions,
        }
    }

    /// For an `impl`, the names of its type and its trait, with their arguments.
    pub fn implements(&self) -> Option<&BTreeSet<String>> {
        match &self.anchor {
            Anchor::Impl(words) => Some(words),
            _ => None,
        }
    }

    /// Whether one of these words is its name.
    pub fn is_named_in(&self, words: &BTreeSet<String>) -> bool {
        !self.names.is_disjoint(words)
    }

    /// How code comes to what a macro call defines.
    pub fn of_macro_call(call: &syn::Macro, defines: &BTreeSet<String>) -> Self {
        let known = call.path.segments.last();
        let known = known.is_some_and(|name| item_macros::is_known(&name.ident.to_string()));
        let mentions = Mentions::of(call.to_token_stream());
        let always = !known || mentions.unclear;
        Self {
            names: defines.iter().map(|name| plain(name)).collect(),
            anchor: if always { Anchor::Always } else { Anchor::None },
            mentions,
        }
    }
}

fn of_impl(item: &syn::ItemImpl) -> Anchor {
    let mut words = BTreeSet::new();
    let target = item.self_ty.to_token_stream();
    // A path may lead to another name of a type.
    let simple = match &*item.self_ty {
        Type::Path(path) => path.qself.is_none() && path.path.segments.len() == 1,
        Type::Reference(_) | Type::Slice(_) | Type::Array(_) | Type::Tuple(_) => true,
        Type::TraitObject(_) => true,
        _ => false,
    };
    let text = target.to_string();
    if !simple || text.contains(": :") || text.contains("::") || text.contains('!') {
        return Anchor::Always;
    }
    words.extend(Mentions::of(target).words);
    if let Some((_, path, _)) = &item.trait_ {
        words.extend(
            path.segments
                .iter()
                .map(|part| plain(&part.ident.to_string())),
        );
    }
    for parameter in &item.generics.params {
        if let syn::GenericParam::Type(parameter) = parameter {
            words.remove(&plain(&parameter.ident.to_string()));
        }
    }
    Anchor::Impl(words)
}

/// What hides in an item.
#[derive(Default)]
struct Inside {
    depth: usize,
    /// Whether there may be an `impl`.
    implements: bool,
    /// Names that are seen outside of it.
    exported: BTreeSet<String>,
}

impl<'ast> Visit<'ast> for Inside {
    fn visit_item(&mut self, node: &'ast Item) {
        self.depth += 1;
        visit::visit_item(self, node);
        self.depth -= 1;
    }
    fn visit_item_impl(&mut self, node: &'ast syn::ItemImpl) {
        self.implements |= self.depth > 1;
        visit::visit_item_impl(self, node);
    }
    fn visit_item_macro(&mut self, node: &'ast syn::ItemMacro) {
        if self.depth > 1 {
            self.exported
                .extend(node.ident.iter().map(|name| plain(&name.to_string())));
        }
        visit::visit_item_macro(self, node);
    }
}

/// A hash of all items that code may come to which says this, as they are
/// compiled.
pub fn reached(items: &Items, basis: &Basis, statics: &Statics, said: &Mentions) -> String {
    Everything::of(items, basis, statics).reached(said)
}

/// The symbols of the functions that are compiled once, if the newest crate of items is
/// compiled like this.
/// Code that is optimised may be faster for seeing what it calls, so there only those
/// count that have loops of their own, which are what takes time to compile.
pub fn functions(items: &Items, basis: &Basis, optimise: u8) -> Functions {
    // It makes no difference to a function where the statics live.
    let everything = Everything::of(items, basis, &Statics::default());
    let mut functions = Functions::new();
    let segment = items.segment();
    for file in items.files.iter().filter(|file| file.segment == segment) {
        for item in &file.items {
            if let Some(function) = &item.function
                && (optimise == 0 || item.hot)
            {
                let symbol = function.symbol(&everything.reached(&function.mentions));
                functions.insert((file.file_name(), item.range.start), symbol);
            }
        }
    }
    functions
}

/// All that code may come to.
struct Everything<'a> {
    definitions: Vec<Definition<'a>>,
    /// The names of all items.
    own: BTreeSet<String>,
    basis: &'a Basis,
}

impl<'a> Everything<'a> {
    fn of(items: &'a Items, basis: &'a Basis, statics: &Statics) -> Self {
        let definitions: Vec<Definition<'_>> = definitions(items, basis, statics);
        let names = definitions
            .iter()
            .flat_map(|definition| &definition.reach.names);
        // An import may give an item another name.
        let imported = basis.imports.iter();
        let imported = imported.filter_map(|import| import.name.as_deref().map(plain));
        let own = names.cloned().chain(imported).collect();
        Self {
            definitions,
            own,
            basis,
        }
    }

    fn reached(&self, said: &Mentions) -> String {
        let Self {
            definitions,
            own,
            basis,
        } = self;
        let mut reached = Reached {
            own,
            words: BTreeSet::new(),
            all: false,
        };
        reached.take(said);
        let mut open: Vec<&Definition<'_>> = definitions.iter().collect();
        let mut found: BTreeSet<&str> = BTreeSet::new();
        let mut imports: Vec<&Import> = basis.imports.iter().collect();
        loop {
            let (hit, rest): (Vec<_>, Vec<_>) =
                open.into_iter().partition(|d| reached.comes_to(d.reach));
            let (named, others): (Vec<_>, Vec<_>) = imports.into_iter().partition(|import| {
                let name = import.name.as_ref();
                name.is_none_or(|name| reached.all || reached.words.contains(&plain(name)))
            });
            if hit.is_empty() && named.is_empty() {
                break;
            }
            open = rest;
            imports = others;
            for definition in hit {
                reached.take(&definition.reach.mentions);
                found.insert(&definition.identity);
            }
            for import in named {
                reached.words.extend(identifiers(&import.path));
                found.insert(&import.path);
            }
        }
        let mut parts = vec![basis.stamp.as_bytes()];
        parts.extend(found.iter().map(|identity| identity.as_bytes()));
        items::hash(&parts)
    }
}

/// An item with what it is compiled from.
struct Definition<'a> {
    reach: &'a Reach,
    identity: String,
}

fn definitions<'a>(items: &'a Items, basis: &Basis, statics: &Statics) -> Vec<Definition<'a>> {
    let shapes = items.shapes(&basis.imports);
    let mut definitions = Vec::new();
    for file in &items.files {
        // The whole text of its cell: what the item is compiled to says where
        // in that it stands.
        let name = file.file_name();
        for item in &file.items {
            let within = |range: &&std::ops::Range<usize>| {
                item.range.start <= range.start && range.end <= item.range.end
            };
            let gone: Vec<_> = file.replaced.iter().filter(within).collect();
            let edits = file.edits.iter();
            let edits: Vec<_> = edits
                .filter(|edit| item.range.start <= edit.at && edit.at <= item.range.end)
                .collect();
            let lives = item.statics.iter().map(|found| {
                let symbol = found.symbol(&shapes);
                let elsewhere = statics.elsewhere.contains(&symbol);
                let constant = statics.constants.contains(&symbol);
                (symbol, elsewhere, constant)
            });
            let lives: Vec<_> = lives.collect();
            // A type of another crate is another type to the compiler. A function is
            // found by its symbol, wherever it is.
            let home = item.shape.as_ref().map(|_| file.segment);
            definitions.push(Definition {
                reach: &item.reach,
                identity: format!(
                    "{name} {:?} {gone:?} {edits:?} {lives:?} {home:?}",
                    item.range
                ),
            });
        }
    }
    definitions
}

/// How far one has come.
struct Reached<'a> {
    /// The names of all items.
    own: &'a BTreeSet<String>,
    words: BTreeSet<String>,
    /// Whether anything may be meant.
    all: bool,
}

impl Reached<'_> {
    fn take(&mut self, said: &Mentions) {
        self.words.extend(said.words.iter().cloned());
        let known = |name: &String| among(PLAIN_MACROS, name) || self.own.contains(name);
        self.all |= said.unclear || !said.macros.iter().all(known);
    }

    fn comes_to(&self, reach: &Reach) -> bool {
        let said = |word: &String| self.words.contains(word);
        let is_own = |word: &&String| self.own.contains(*word);
        self.all
            || reach.names.iter().any(said)
            || match &reach.anchor {
                Anchor::None => false,
                Anchor::Any(words) => words.iter().filter(is_own).any(said),
                Anchor::Impl(words) => {
                    let mut own = words.iter().filter(is_own).peekable();
                    own.peek().is_none() || own.any(said)
                }
                Anchor::Always => true,
            }
    }
}

impl Mentions {
    /// The same with more words.
    #[must_use]
    pub fn with(&self, words: impl IntoIterator<Item = String>) -> Self {
        let mut more = self.clone();
        more.words.extend(words);
        more
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::Cell;

    fn cells(texts: &[&str]) -> Items {
        let cells = texts.iter().enumerate();
        cells.fold(Items::default(), |items, (index, text)| {
            items.with(index as u32 + 1, &Cell::parse(text).unwrap())
        })
    }

    /// Whether a cell is kept when another one is changed.
    #[track_caller]
    fn check(kept: bool, cell: &str, around: &[&str], before: &str, after: &str) {
        let said = Cell::parse(cell).unwrap().mentions;
        let hash = |changed: &str| {
            let items = cells(&[&[changed], around].concat());
            reached(&items, &Basis::default(), &Statics::default(), &said)
        };
        assert_eq!(hash(before), hash(before));
        assert_eq!(hash(before) == hash(after), kept, "{cell}");
    }

    #[test]
    fn what_is_not_named_may_change() {
        let (before, after) = ("fn f() -> i32 { 1 }", "fn f() -> i32 { 2 }");
        check(true, "g() + 1", &["fn g() -> i32 { 2 }"], before, after);
        check(true, "let x = ::std::f();", &[], before, after);
        check(true, "/// f\nlet x = 1;", &[], before, after);
        let types = ("struct P { x: i32 }", "struct P { x: i64 }");
        let other = "struct Q { x: i32 } impl Q { fn new() -> Q { Q { x: 1 } } }";
        check(true, "Q::new().x", &[other], types.0, types.1);
    }

    #[test]
    fn what_is_named_may_not() {
        let (before, after) = ("fn f() -> i32 { 1 }", "fn f() -> i32 { 2 }");
        check(false, "f()", &[], before, after);
        check(false, "println!(\"{}\", f())", &[], before, after);
        check(false, "g()", &["fn g() -> i32 { f() }"], before, after);
        check(
            false,
            "m!()",
            &["macro_rules! m { () => { f() } }"],
            before,
            after,
        );
        check(
            false,
            "P::default()",
            &["impl Default for P { fn default() -> P { P(f()) } } struct P(i32);"],
            before,
            after,
        );
        check(
            false,
            "m::g()",
            &["mod m { pub fn g() -> i32 { super::f() } }"],
            before,
            after,
        );
        check(false, "r#f()", &[], before, after);
        // The same name, with the accent as a letter of its own.
        let accent = "fn caf\u{e9}() -> i32";
        let (first, second) = (format!("{accent} {{ 1 }}"), format!("{accent} {{ 2 }}"));
        check(false, "cafe\u{301}()", &[], &first, &second);
        let (before, after) = ("const N: usize = 1;", "const N: usize = 2;");
        check(false, "println!(\"{N}\")", &[], before, after);
        check(
            false,
            "A::default()",
            &["#[derive(Default)] struct A([u8; N]);"],
            before,
            after,
        );
    }

    #[test]
    fn an_implementation_counts_with_its_type_or_its_trait() {
        let around = [
            "struct P; struct Q; fn p() -> P { P }",
            "trait Area { fn area(&self) {} }",
        ];
        let add = "impl std::ops::Add for P { type Output = P; fn add(self, _: P) -> P { P } }";
        check(false, "p() + p()", &around, "struct R;", add);
        check(true, "Q", &around, "struct R;", add);
        check(
            false,
            "2.0.area()",
            &around,
            "struct R;",
            "impl Area for f64 {}",
        );
        check(true, "Q", &around, "struct R;", "impl Area for P {}");
        // Through other names, and for types of others.
        let aliased =
            "type O = P; impl std::ops::Not for O { type Output = P; fn not(self) -> P { P } }";
        check(false, "!p()", &around, "struct R;", aliased);
        check(
            false,
            "Q",
            &around,
            "struct R;",
            "impl From<P> for String { fn from(_: P) -> String { String::new() } }",
        );
        let hidden = "fn f() { impl Drop for P { fn drop(&mut self) {} } }";
        check(false, "p()", &around, "struct R;", hidden);
        check(true, "Q", &around, "struct R;", hidden);
        let made = "macro_rules! m { () => { impl Drop for P { fn drop(&mut self) {} } } } fn f() { m!(); }";
        check(false, "p()", &around, made, &format!("{made} // changed"));
    }

    #[test]
    fn what_makes_up_names_may_mean_anything() {
        let (before, after) = ("fn step_1() {}", "fn step_1() { println!() }");
        check(false, "paste! { [<step_ 1>]() }", &[], before, after);
        check(false, "P", &["#[derive(Builder)] struct P;"], before, after);
        check(
            false,
            "P",
            &["#[serde(default = \"step_1\")] struct P;"],
            before,
            after,
        );
        check(
            true,
            "P",
            &["#[derive(Debug, serde::Serialize)] struct P;"],
            before,
            after,
        );
        check(true, "vec![P]", &["struct P;"], before, after);
    }

    #[test]
    fn what_is_not_seen_in_an_item_counts_as_well() {
        let said = Cell::parse("f()").unwrap().mentions;
        let items = cells(&["fn f() -> Map<u8, u8> { Map::new() }"]);
        let hash = |basis: &Basis| reached(&items, basis, &Statics::default(), &said);
        let with = |path: &str| Basis {
            imports: crate::imports::of_use(&syn::parse_str(path).unwrap()),
            stamp: String::new(),
        };
        let hash_map = with("use std::collections::HashMap as Map;");
        assert_ne!(
            hash(&hash_map),
            hash(&with("use std::collections::BTreeMap as Map;"))
        );
        assert_ne!(
            hash(&hash_map),
            hash(&Basis {
                stamp: "3".to_owned(),
                ..hash_map.clone()
            })
        );
        let more = with("use std::{collections::HashMap as Map, fmt::Write as W};");
        assert_eq!(hash(&hash_map), hash(&more));
    }
}
