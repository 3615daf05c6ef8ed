//! From the text of a cell to what is in it: items, imports, statements, the
//! variables it makes, the words it uses and its last expression.
//!
//! Nothing here changes the text: everything is said in byte ranges, so that
//! generated code can hold the cell word for word and rustc's messages point
//! into what the person wrote.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use proc_macro2::{TokenStream, TokenTree};
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{Attribute, Block, Expr, Item, Pat, Stmt};

use crate::edits::{self, Borrowing, Edit};
use crate::imports::{self, Import};
use crate::item_macros;
use crate::items::ItemDef;
use crate::names;
use crate::reach::Mentions;
use crate::reading;
use crate::source;

/// A cell, taken apart.
#[derive(Debug, Clone, Default)]
pub struct Cell {
    /// The cell as typed.
    pub text: String,
    /// Names of `#![feature(…)]`.
    pub features: Vec<String>,
    /// Byte range of inner attributes, which do not belong into a body.
    pub inner_attributes: Vec<Range<usize>>,
    /// What `use` and `extern crate` bring into scope.
    pub imports: Vec<Import>,
    /// Byte ranges of `use` and `extern crate`.
    pub import_ranges: Vec<Range<usize>>,
    /// Functions, types, impls, macros and so on.
    pub items: Vec<ItemDef>,
    /// Whether there is any statement or expression.
    pub has_statements: bool,
    /// Variables that top-level `let`s make, in order, without duplicates.
    pub bindings: Vec<Binding>,
    /// Byte range of the last expression, if it is to be shown.
    pub tail: Option<Range<usize>>,
    /// The variable's name when the whole cell is just that.
    pub bare_variable: Option<String>,
    /// Every identifier in statements, those in format strings included.
    pub words: BTreeSet<String>,
    /// The same for telling which items the cell may come to.
    pub mentions: Mentions,
    /// Those of them of which it is not certain that they are only read.
    pub doubtful: BTreeSet<String>,
    /// Those that are more than the name of a variable being made: what the
    /// cell may use of the notebook.
    pub used: BTreeSet<String>,
    /// Variables with an assignment of their own among the statements; true
    /// if the assigned value is made by consuming the variable.
    pub assigned: Vec<(String, bool)>,
    /// Whether a statement awaits.
    pub awaits: bool,
    /// Whether the statements are worth optimising.
    pub hot: bool,
    /// Names that the cell itself brings into being.
    pub bound: BTreeSet<String>,
    /// Insertions into the text for the version that runs.
    pub edits: Vec<Edit>,
    /// Closures and async blocks that borrow what they use.
    pub borrowing: Vec<Borrowing>,
    /// The notebook's own macros whose calls define items.
    pub item_macros: BTreeSet<String>,
    /// Byte ranges that other parts of the cell have to do with (`parts`).
    pub hidden: Vec<Range<usize>>,
}

/// A variable made by a `let`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// Its name.
    pub name: String,
    /// Whether it was declared `mut`.
    pub mutable: bool,
    /// Byte range of the `let`.
    pub statement: Range<usize>,
}

/// Why a text is not a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    /// What the parser says.
    pub message: String,
    /// Line (from 1) and column (from 0).
    pub line: usize,
    /// Whether more text could make it a cell.
    pub at_end: bool,
}

struct Content {
    attributes: Vec<Attribute>,
    statements: Vec<Stmt>,
}

impl Parse for Content {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        Ok(Self {
            attributes: input.call(Attribute::parse_inner)?,
            statements: input.call(Block::parse_within)?,
        })
    }
}

impl Cell {
    /// Takes a cell apart that knows of no other.
    ///
    /// # Errors
    /// When the text is no sequence of items, statements and expressions.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        Self::parse_among(text, BTreeSet::new())
    }

    /// Takes a cell apart, given the macros of earlier cells whose calls
    /// define items.
    ///
    /// # Errors
    /// As for [`Cell::parse`].
    pub fn parse_among(text: &str, item_macros: BTreeSet<String>) -> Result<Self, ParseError> {
        let text = &*source::unmarked(text);
        parsed(text, |content: Content| {
            Self::of_content(text, item_macros, 0..text.len(), &content)
        })
    }

    /// A cell of which only the statements that begin in a range are run. All
    /// that it defines and imports belongs to its beginning.
    ///
    /// # Errors
    /// As for [`Cell::parse`].
    pub fn part(&self, range: Range<usize>) -> Result<Self, ParseError> {
        let (text, item_macros) = (&*self.text, self.item_macros.clone());
        parsed(text, |content: Content| {
            Self::of_content(text, item_macros, range, &content)
        })
    }

    fn of_content(
        text: &str,
        item_macros: BTreeSet<String>,
        part: Range<usize>,
        content: &Content,
    ) -> Self {
        let mut cell = Cell {
            text: text.to_owned(),
            item_macros,
            ..Cell::default()
        };
        let beginning = part.start == 0;
        for attribute in &content.attributes {
            if beginning {
                cell.inner_attribute(attribute);
            } else {
                cell.hidden.push(attribute.span().byte_range());
            }
        }
        let last = content.statements.len().wrapping_sub(1);
        let mut statements = Vec::new();
        for (index, statement) in content.statements.iter().enumerate() {
            let range = statement.span().byte_range();
            let mine = if cell.defines(statement) {
                beginning
            } else {
                part.contains(&range.start) || part.end == text.len() && range.start == part.end
            };
            if mine {
                cell.statement(statement, index == last);
                let tokens = quote_tokens(statement);
                reading::doubtful(tokens.clone(), &mut cell.doubtful);
                cell.mentions.read(tokens);
                statements.push(statement);
            } else {
                cell.hidden.push(range);
            }
        }
        if let [Stmt::Expr(Expr::Path(path), None)] = content.statements.as_slice() {
            cell.bare_variable = path.path.get_ident().map(names::of);
        }
        cell.edits.sort_by_key(|edit| edit.at);
        cell.used = cell.words.clone();
        for binding in &cell.bindings {
            if count(&statements, &binding.name) == 1 {
                cell.used.remove(&binding.name);
            }
        }
        cell
    }

    /// Whether there is nothing to compile: only comments and blank lines.
    pub fn is_empty(&self) -> bool {
        !self.has_statements
            && self.items.is_empty()
            && self.imports.is_empty()
            && self.features.is_empty()
    }

    fn inner_attribute(&mut self, attribute: &Attribute) {
        self.inner_attributes.push(attribute.span().byte_range());
        if attribute.path().is_ident("feature") {
            let _ = attribute.parse_nested_meta(|meta| {
                self.features
                    .extend(meta.path.get_ident().map(ToString::to_string));
                Ok(())
            });
        }
    }

    /// Whether a statement makes no step of the cell but an item or an import.
    fn defines(&self, statement: &Stmt) -> bool {
        match statement {
            Stmt::Item(_) => true,
            Stmt::Macro(call) => self.is_item_macro(&call.mac.path),
            _ => false,
        }
    }

    fn statement(&mut self, statement: &Stmt, last: bool) {
        match statement {
            Stmt::Item(Item::Use(item)) => {
                self.imports.extend(imports::of_use(item));
                self.import_ranges.push(item.span().byte_range());
            }
            Stmt::Item(Item::ExternCrate(item)) => {
                self.imports.extend(imports::of_extern_crate(item));
                self.import_ranges.push(item.span().byte_range());
            }
            Stmt::Item(item) => self.item(item),
            Stmt::Macro(call) if self.is_item_macro(&call.mac.path) => {
                let range = statement.span().byte_range();
                self.items.push(ItemDef::of_macro_call(&call.mac, range));
                self.edits.extend(edits::of_item_macro(&call.mac));
            }
            statement => {
                self.has_statements = true;
                let tokens = quote_tokens(statement);
                words(tokens, &mut self.words);
                let found = edits::of_statement(&self.text, statement);
                self.awaits |= found.awaits;
                self.hot |= found.hot;
                self.edits.extend(found.edits);
                self.bound.extend(found.bound);
                self.borrowing.extend(found.borrowing);
                self.plain_statement(statement, last);
            }
        }
    }

    fn is_item_macro(&self, path: &syn::Path) -> bool {
        path.segments.last().is_some_and(|name| {
            let name = names::of(&name.ident);
            item_macros::is_known(&name) || self.item_macros.contains(&name)
        })
    }

    fn plain_statement(&mut self, statement: &Stmt, last: bool) {
        match statement {
            Stmt::Local(local) => {
                // Only `let … else` can hold a constant or a variant (`None`).
                let refutable = local
                    .init
                    .as_ref()
                    .is_some_and(|init| init.diverge.is_some());
                self.pattern(&local.pat, refutable, &statement.span().byte_range());
            }
            Stmt::Expr(Expr::Assign(assign), _) => {
                if let Some(name) = variable(&assign.left) {
                    let consumes = consumed(&assign.right).contains(&name);
                    self.assigned.push((name, consumes));
                }
            }
            Stmt::Expr(expression, None) if last => {
                self.tail = Some(expression.span().byte_range());
            }
            Stmt::Macro(call) if last && call.semi_token.is_none() => {
                self.tail = Some(statement.span().byte_range());
            }
            _ => {}
        }
    }

    fn item(&mut self, item: &Item) {
        let found = edits::of_item(&self.text, item);
        self.edits.extend(found.edits);
        let mut def = ItemDef::of_item(item);
        def.bound = found.bound;
        def.hot = found.hot;
        if def.makes_items {
            self.item_macros.extend(def.defines.iter().cloned());
        }
        self.items.push(def);
    }

    fn pattern(&mut self, pattern: &Pat, refutable: bool, statement: &Range<usize>) {
        match pattern {
            Pat::Ident(ident) => {
                let name = names::of(&ident.ident);
                // `None`, `MAX`: a constant or a variant, not a new variable.
                let constant = refutable
                    && name.starts_with(char::is_uppercase)
                    && ident.by_ref.is_none()
                    && ident.mutability.is_none();
                if !constant {
                    self.bindings.retain(|known| known.name != name);
                    self.bindings.push(Binding {
                        name,
                        mutable: ident.mutability.is_some(),
                        statement: statement.clone(),
                    });
                }
                if let Some((_, inner)) = &ident.subpat {
                    self.pattern(inner, refutable, statement);
                }
            }
            Pat::Or(or) => or
                .cases
                .iter()
                .take(1)
                .for_each(|case| self.pattern(case, refutable, statement)),
            Pat::Paren(paren) => self.pattern(&paren.pat, refutable, statement),
            Pat::Reference(reference) => self.pattern(&reference.pat, refutable, statement),
            Pat::Slice(slice) => slice
                .elems
                .iter()
                .for_each(|element| self.pattern(element, refutable, statement)),
            Pat::Struct(fields) => {
                fields
                    .fields
                    .iter()
                    .for_each(|field| self.pattern(&field.pat, refutable, statement));
            }
            Pat::Tuple(tuple) => tuple
                .elems
                .iter()
                .for_each(|element| self.pattern(element, refutable, statement)),
            Pat::TupleStruct(tuple) => {
                tuple
                    .elems
                    .iter()
                    .for_each(|element| self.pattern(element, refutable, statement));
            }
            Pat::Type(typed) => self.pattern(&typed.pat, refutable, statement),
            _ => {}
        }
    }
}

/// Whether a text is one expression.
pub fn is_expression(text: &str) -> bool {
    parsed::<Expr, _>(text, |_| ()).is_ok()
}

/// What is said of a text that is nested too deeply.
pub const TOO_DEEP: &str = "brackets are nested too deeply";
/// So deep may brackets be nested. rustc itself breaks down somewhere beyond.
const DEEPEST: usize = 500;

/// Parses a text and makes something of it.
///
/// What is parsed lives and dies on a thread of its own, for two reasons. A
/// parser that descends uses as much stack as the text is deep, and a notebook
/// must not end with an overflow; `!!!!…` and `1 + 1 + …` are deep without a
/// bracket. And proc-macro2 keeps every text that a thread has ever parsed.
///
/// # Errors
/// When it is no such text.
pub(crate) fn parsed<P: Parse, T: Send>(
    text: &str,
    then: impl FnOnce(P) -> T + Send,
) -> Result<T, ParseError> {
    let work = Mutex::new(Some(|| {
        let tokens: TokenStream = text.parse().map_err(syn::Error::from)?;
        if depth(tokens.clone()) > DEEPEST {
            let whole = proc_macro2::Span::call_site();
            return Err(syn::Error::new(whole, TOO_DEEP));
        }
        syn::parse2::<P>(tokens).map(then)
    }));
    let work = || {
        let work = work.lock().unwrap_or_else(PoisonError::into_inner).take();
        work.map(|work| work().map_err(|error| ParseError::of(&error)))
    };
    // Only what is used of it becomes memory. A byte of text is at most one
    // level, and a level some kilobytes.
    let mut room = (text.len() * 4096).clamp(16 << 20, 1 << 30);
    while room >= 1 << 20 {
        let done = std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().stack_size(room);
            Some(thread.spawn_scoped(scope, work).ok()?.join())
        });
        match done {
            Some(Ok(Some(result))) => return result,
            Some(_) => break,
            // A machine that reserves no more than it has.
            None => room /= 4,
        }
    }
    Err(ParseError {
        message: "this text cannot be parsed".to_owned(),
        line: 1,
        at_end: false,
    })
}

/// How deep brackets are nested, counted without descending.
fn depth(tokens: TokenStream) -> usize {
    let mut open = vec![tokens.into_iter()];
    let mut deepest = 0;
    while let Some(tokens) = open.last_mut() {
        match tokens.next() {
            Some(TokenTree::Group(group)) => {
                deepest = deepest.max(open.len());
                open.push(group.stream().into_iter());
            }
            Some(_) => {}
            None => {
                open.pop();
            }
        }
    }
    deepest
}

impl ParseError {
    fn of(error: &syn::Error) -> Self {
        let message = error.to_string();
        Self {
            line: error.span().start().line,
            at_end: message.contains("unexpected end of input") || message.contains("unclosed"),
            message,
        }
    }
}

/// How often a word stands in the statements.
fn count(statements: &[&Stmt], word: &str) -> usize {
    fn among(tokens: TokenStream, word: &str) -> usize {
        tokens
            .into_iter()
            .map(|token| match token {
                TokenTree::Ident(ident) => usize::from(names::of(&ident) == word),
                TokenTree::Group(group) => among(group.stream(), word),
                TokenTree::Literal(literal) => {
                    let mut names = BTreeSet::new();
                    captured(&literal.to_string(), &mut names);
                    usize::from(names.contains(word))
                }
                TokenTree::Punct(_) => 0,
            })
            .sum()
    }
    let plain = statements
        .iter()
        .filter(|statement| !matches!(statement, Stmt::Item(_)))
        .copied();
    plain
        .map(|statement| among(quote_tokens(statement), word))
        .sum()
}

fn quote_tokens(statement: &Stmt) -> TokenStream {
    use quote::ToTokens;
    statement.to_token_stream()
}

fn variable(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Path(path) => path.path.get_ident().map(names::of),
        _ => None,
    }
}

/// The variables that an expression plainly gives away: receivers at the root
/// of a method chain and bare arguments. A guess that saves a second compile
/// when it is right and costs one when it is wrong.
fn consumed(expression: &Expr) -> Vec<String> {
    match expression {
        Expr::MethodCall(call) => {
            let mut names = consumed(&call.receiver);
            names.extend(variable(&call.receiver));
            names.extend(call.args.iter().filter_map(variable));
            names
        }
        Expr::Call(call) => call.args.iter().filter_map(variable).collect(),
        Expr::Try(inner) => consumed(&inner.expr),
        Expr::Await(inner) => consumed(&inner.base),
        Expr::Paren(inner) => consumed(&inner.expr),
        Expr::Binary(binary) => {
            let mut names: Vec<_> = variable(&binary.left).into_iter().collect();
            names.extend(consumed(&binary.left));
            names
        }
        _ => Vec::new(),
    }
}

/// Collects identifiers, also those that format strings capture.
pub(crate) fn words(tokens: TokenStream, into: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => {
                into.insert(names::of(&ident));
            }
            TokenTree::Group(group) => words(group.stream(), into),
            TokenTree::Literal(literal) => captured(&literal.to_string(), into),
            TokenTree::Punct(_) => {}
        }
    }
}

fn captured(literal: &str, into: &mut BTreeSet<String>) {
    if !literal.contains('"') {
        return;
    }
    let literal = &*names::composed(literal);
    for part in literal.split('{').skip(1) {
        let name: String = part
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect();
        if !name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit()) {
            into.insert(name);
        }
        // `{:width$}` names a variable as well.
        for argument in part.split('$').rev().skip(1) {
            let name: String = argument
                .chars()
                .rev()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect::<Vec<_>>()
                .into_iter()
                .rev()
                .collect();
            into.insert(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(cell: &Cell) -> Vec<&str> {
        cell.bindings
            .iter()
            .map(|binding| binding.name.as_str())
            .collect()
    }

    #[test]
    fn variables_come_from_any_pattern() {
        let cell = Cell::parse(
            "let (a, mut b) = (1, 2); let Point { x, y: [z, ..] } = p; \
             let Some(w) = o else { panic!() }; let None = n else { return Ok(()) };",
        )
        .unwrap();
        assert_eq!(names(&cell), ["a", "b", "x", "z", "w"]);
        assert!(cell.bindings[1].mutable);
        assert!(cell.tail.is_none());
    }

    #[test]
    fn a_part_has_its_own_statements_and_the_first_all_items() {
        let text = "use a::b; let v = 1; fn f() {} let r = &v; r";
        let cell = Cell::parse(text).unwrap();
        let cut = cell.bindings[1].statement.start;
        assert_eq!(&text[cut..cut + 11], "let r = &v;");
        let first = cell.part(0..cut).unwrap();
        assert_eq!((names(&first), first.items.len()), (vec!["v"], 1));
        assert!(first.tail.is_none() && !first.used.contains("r"));
        let rest = cell.part(cut..text.len()).unwrap();
        assert_eq!((names(&rest), rest.items.len()), (vec!["r"], 0));
        assert!(rest.imports.is_empty() && rest.used.contains("v"));
        assert_eq!(&text[rest.tail.unwrap()], "r");
        let hidden: Vec<&str> = rest.hidden.iter().map(|at| &text[at.clone()]).collect();
        assert_eq!(hidden, ["use a::b;", "let v = 1;", "fn f() {}"]);
    }

    #[test]
    fn names_are_as_rustc_has_them() {
        let cell = Cell::parse("let cafe\u{301} = 1; format!(\"{cafe\u{301}}\")").unwrap();
        assert_eq!(names(&cell), ["caf\u{e9}"]);
        assert!(cell.used.contains("caf\u{e9}"));
    }

    #[test]
    fn the_tail_is_the_last_expression() {
        let cell = Cell::parse("let a = 1;\na + 1").unwrap();
        assert_eq!(&cell.text[cell.tail.unwrap()], "a + 1");
        let cell = Cell::parse("vec![1, 2]").unwrap();
        assert_eq!(&cell.text[cell.tail.unwrap()], "vec![1, 2]");
        assert!(Cell::parse("a + 1;").unwrap().tail.is_none());
        assert_eq!(
            Cell::parse(" x ").unwrap().bare_variable.as_deref(),
            Some("x")
        );
    }

    #[test]
    fn format_strings_name_variables() {
        let cell = Cell::parse(r#"println!("{x:>width$} {0} {{y}}", 1);"#).unwrap();
        assert!(cell.words.contains("x") && cell.words.contains("width"));
    }

    #[test]
    fn assignments_that_consume_are_told_apart() {
        let cell = Cell::parse("df = df.lazy().collect()?; n = n + 1; s = t.len();").unwrap();
        assert_eq!(
            cell.assigned,
            [("df".into(), true), ("n".into(), true), ("s".into(), false)]
        );
    }

    #[test]
    fn depth_is_no_danger() {
        for (left, right) in [("(", ")"), ("{", "}"), ("[", "]"), ("f(", ")")] {
            let text = format!("{}1{}", left.repeat(10_000), right.repeat(10_000));
            assert_eq!(Cell::parse(&text).unwrap_err().message, TOO_DEEP);
        }
        for (repeated, end) in [("!", "true"), ("1 + ", "1"), ("*&", "x")] {
            let text = repeated.repeat(20_000) + end;
            assert!(Cell::parse(&text).unwrap().tail.is_some());
        }
        let calls = format!("x{}", ".f()".repeat(20_000));
        assert!(Cell::parse(&calls).is_ok());
        assert!(is_expression(&calls) && !is_expression("let x = 1;"));
    }

    #[test]
    fn a_byte_order_mark_is_blank() {
        let cell = Cell::parse("\u{feff}let ä = 1;\nä + 1").unwrap();
        assert_eq!(names(&cell), ["ä"]);
        assert_eq!(&cell.text[cell.tail.unwrap()], "ä + 1");
    }

    #[test]
    fn an_open_bracket_is_an_error_at_the_end() {
        assert!(Cell::parse("fn f() {").is_err());
        assert!(Cell::parse("let = 3;").is_err());
    }
}
