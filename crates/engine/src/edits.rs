//! Insertions into a cell's text for the version that runs.
//!
//! Two things are added: checkpoints, where a person can stop the code, and
//! visibility, so that later cells (other crates) can use what a cell defines.
//! No insertion holds a line break: line numbers stay what the person sees.
//! When a cell does not compile, the errors shown come from the text without
//! these insertions.

use std::ops::Range;

use proc_macro2::{Span, TokenTree};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Block, Expr, Item, Signature, Stmt, Visibility};

use crate::entry::{self, Place};
use crate::{hot, item_macros, names};

/// One insertion, or replacement where `replaces` is not zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// Byte offset in the cell's text.
    pub at: usize,
    /// How many bytes are replaced.
    pub replaces: usize,
    /// What is inserted.
    pub insert: String,
}

impl Edit {
    fn insert(at: usize, text: &str) -> Self {
        Self {
            at,
            replaces: 0,
            insert: text.to_owned(),
        }
    }
}

/// What a walk over code finds.
#[derive(Debug, Default)]
pub struct Found {
    /// Insertions.
    pub edits: Vec<Edit>,
    /// Whether there is an `.await` outside of nested async code.
    pub awaits: bool,
    /// Whether it is worth optimising: it does something many times.
    pub hot: bool,
    /// Names that the code itself brings into being: locals, parameters,
    /// fields, generic parameters.
    pub bound: std::collections::BTreeSet<String>,
    /// Closures and async blocks that borrow what they use.
    pub borrowing: Vec<Borrowing>,
}

/// A closure or an async block without `move`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Borrowing {
    /// Where it stands.
    pub range: Range<usize>,
    /// The insertion that lets it own what it uses.
    pub own: Edit,
}

const CHECKPOINT: &str = " ::ferrite_runtime::checkpoint();";
const CHECKPOINT_BEFORE: &str = "::ferrite_runtime::checkpoint(); ";
/// Ends a block that begins with a checkpoint.
const CLOSE: &str = " }";
/// Makes a call of the range in brackets that follows.
const PIECES: &str = " ::ferrite_runtime::pieces::pieces";

/// Checkpoints of a statement.
pub fn of_statement(text: &str, statement: &Stmt) -> Found {
    let mut walk = Walk::of(text);
    walk.visit_stmt(statement);
    walk.found
}

/// Checkpoints and visibility of an item.
pub fn of_item(text: &str, item: &Item) -> Found {
    let mut walk = Walk::of(text);
    walk.visit_item(item);
    publish(item, &mut walk.found.edits);
    walk.found
}

/// Visibility of statics in `thread_local!` and `lazy_static!`.
pub fn of_item_macro(call: &syn::Macro) -> Vec<Edit> {
    let mut edits = Vec::new();
    // After `pub`, or after the `'` of a lifetime.
    let mut passed = false;
    for token in call.tokens.clone() {
        match &token {
            TokenTree::Ident(ident) => {
                if ident == "static" && !passed {
                    edits.push(Edit::insert(start(ident.span()), "pub "));
                }
                passed = ident == "pub";
            }
            TokenTree::Punct(punct) => passed = punct.as_char() == '\'',
            // `pub(crate)`
            _ => {}
        }
    }
    edits
}

/// A function that other cells may take into their own code.
fn can_be_inlined(attributes: &[syn::Attribute], signature: &Signature) -> bool {
    let documented = attributes.iter().all(|a| a.path().is_ident("doc"));
    documented && signature.asyncness.is_none() && signature.abi.is_none()
}

/// Begins a block around an expression.
fn open() -> String {
    format!(" {{{CHECKPOINT} ")
}

fn start(span: Span) -> usize {
    span.byte_range().start
}

struct Walk<'a> {
    /// The cell.
    text: &'a str,
    found: Found,
    /// The functions around the place where the walk is.
    functions: Vec<String>,
    /// Inside an async block or function of its own.
    nested_async: usize,
    /// The methods that are called on the result of the call where the walk is,
    /// the next one last.
    later: Vec<String>,
}

impl<'a> Walk<'a> {
    fn of(text: &'a str) -> Self {
        Self {
            text,
            found: Found::default(),
            functions: Vec::new(),
            nested_async: 0,
            later: Vec::new(),
        }
    }

    fn checkpoint(&mut self, block: &Block) {
        let Range { start, end } = block.brace_token.span.open().byte_range();
        // An inner attribute must stay first in its block; such blocks are
        // rare and simply have no checkpoint.
        if end > start {
            self.found.edits.push(Edit::insert(end, CHECKPOINT));
        }
    }

    fn loop_body(&mut self, block: &Block) {
        self.found.hot = true;
        self.checkpoint(block);
    }

    /// A closure that a method calls, perhaps for each of many things. One that
    /// does little has a checkpoint only where it may be called without end.
    fn called_often(&mut self, closure: &syn::ExprClosure, endless: bool) {
        let body = &*closure.body;
        let plain = closure.constness.is_none() && closure.asyncness.is_none();
        if !plain || (hot::is_little_expression(body) && !endless) {
            return self.visit_expr_closure(closure);
        }
        match body {
            Expr::Block(block) if block.attrs.is_empty() && block.label.is_none() => {
                self.checkpoint(&block.block);
                self.visit_expr_closure(closure);
            }
            _ => {
                let Range { start, end } = body.span().byte_range();
                self.found.edits.push(Edit::insert(start, &open()));
                self.visit_expr_closure(closure);
                self.found.edits.push(Edit::insert(end, CLOSE));
            }
        }
    }

    /// Makes a loop with short rounds one in another, where that can be said
    /// without a line break.
    fn tight_loop(&mut self, node: &syn::ExprForLoop) -> bool {
        let head = start(node.for_token.span)..node.expr.span().byte_range().start;
        let pattern = self.text.get(node.pat.span().byte_range());
        let one_line = |text: &str| !text.contains(['\n', '/']);
        let (Some(pattern), Some(text)) = (pattern, self.text.get(head.clone())) else {
            return false;
        };
        if !hot::is_tight(node) || !one_line(text) {
            return false;
        }
        let (before, between, behind) = hot::around_tight(pattern);
        self.found.hot = true;
        self.found.edits.push(Edit {
            at: head.start,
            replaces: head.len(),
            insert: before.to_owned(),
        });
        let end = node.expr.span().byte_range().end;
        self.found.edits.push(Edit::insert(end, &between));
        let end = node.body.span().byte_range().end;
        self.found.edits.push(Edit::insert(end, behind));
        true
    }

    fn function(
        &mut self,
        (first, attributes): (usize, &[syn::Attribute]),
        signature: &Signature,
        block: &Block,
    ) -> bool {
        // Constant functions cannot look at a flag.
        if signature.constness.is_some() {
            return false;
        }
        let places = entry::places(block);
        for place in &places {
            match place {
                Place::Before(at) => self.found.edits.push(Edit::insert(*at, CHECKPOINT_BEFORE)),
                Place::Around(range) => {
                    self.found.edits.push(Edit::insert(range.start, &open()));
                    self.found.edits.push(Edit::insert(range.end, CLOSE));
                }
            }
        }
        if !places.is_empty() {
            return true;
        }
        if can_be_inlined(attributes, signature) {
            let inline = "#[inline] ";
            self.found.edits.push(Edit::insert(first, inline));
        }
        true
    }
}

impl<'ast> Visit<'ast> for Walk<'_> {
    fn visit_pat_ident(&mut self, node: &'ast syn::PatIdent) {
        self.found.bound.insert(names::of(&node.ident));
        visit::visit_pat_ident(self, node);
    }
    fn visit_field(&mut self, node: &'ast syn::Field) {
        self.found.bound.extend(node.ident.as_ref().map(names::of));
    }
    fn visit_type_param(&mut self, node: &'ast syn::TypeParam) {
        self.found.bound.insert(names::of(&node.ident));
    }
    fn visit_signature(&mut self, node: &'ast Signature) {
        self.found.bound.insert(names::of(&node.ident));
        visit::visit_signature(self, node);
    }
    fn visit_expr_loop(&mut self, node: &'ast syn::ExprLoop) {
        self.loop_body(&node.body);
        visit::visit_expr_loop(self, node);
    }
    fn visit_expr_while(&mut self, node: &'ast syn::ExprWhile) {
        self.loop_body(&node.body);
        visit::visit_expr_while(self, node);
    }
    fn visit_expr_for_loop(&mut self, node: &'ast syn::ExprForLoop) {
        if !self.tight_loop(node) {
            self.loop_body(&node.body);
        }
        visit::visit_expr_for_loop(self, node);
    }
    fn visit_expr_method_call(&mut self, node: &'ast syn::ExprMethodCall) {
        let again = self.functions.iter().any(|name| node.method == name);
        self.found.hot |= again || hot::walks(node);
        let mut later = std::mem::take(&mut self.later);
        let matters = |it: &Expr| matches!(it, Expr::Closure(_));
        let range = matches!(&*node.receiver, Expr::Paren(_));
        // Not for each call: a chain may be as long as a text.
        let chain = match range || node.args.iter().any(matters) {
            true => hot::chain(node, &later),
            false => hot::Chain::Bounded,
        };
        if let (hot::Chain::Pieces, Expr::Paren(range)) = (chain, &*node.receiver)
            && matches!(&*range.expr, Expr::Range(_))
        {
            let at = start(range.paren_token.span.open());
            self.found.edits.push(Edit::insert(at, PIECES));
        }
        if matches!(&*node.receiver, Expr::MethodCall(_)) {
            later.push(node.method.to_string());
            self.later = later;
        }
        self.visit_expr(&node.receiver);
        self.later.clear();
        for argument in &node.args {
            match argument {
                Expr::Closure(closure) => self.called_often(closure, chain == hot::Chain::Long),
                other => self.visit_expr(other),
            }
        }
    }
    fn visit_expr_call(&mut self, node: &'ast syn::ExprCall) {
        self.visit_expr(&node.func);
        let generates = hot::generates(&node.func);
        for argument in &node.args {
            match argument {
                Expr::Closure(closure) if generates => self.called_often(closure, true),
                other => self.visit_expr(other),
            }
        }
    }
    fn visit_expr_path(&mut self, node: &'ast syn::ExprPath) {
        let last = node.path.segments.last();
        let last = last.map(|segment| &segment.ident);
        self.found.hot |= last.is_some_and(|last| self.functions.iter().any(|name| last == name));
        visit::visit_expr_path(self, node);
    }
    fn visit_expr_closure(&mut self, node: &'ast syn::ExprClosure) {
        if node.capture.is_none() {
            self.found.borrowing.push(Borrowing {
                range: node.span().byte_range(),
                own: Edit::insert(start(node.or1_token.span), "move "),
            });
        }
        let nested = usize::from(node.asyncness.is_some());
        self.nested_async += nested;
        visit::visit_expr_closure(self, node);
        self.nested_async -= nested;
    }
    fn visit_expr_async(&mut self, node: &'ast syn::ExprAsync) {
        if node.capture.is_none() {
            self.found.borrowing.push(Borrowing {
                range: node.span().byte_range(),
                own: Edit::insert(node.async_token.span.byte_range().end, " move"),
            });
        }
        self.nested_async += 1;
        visit::visit_expr_async(self, node);
        self.nested_async -= 1;
    }
    fn visit_expr_await(&mut self, node: &'ast syn::ExprAwait) {
        self.found.awaits |= self.nested_async == 0;
        visit::visit_expr_await(self, node);
    }
    fn visit_macro(&mut self, node: &'ast syn::Macro) {
        // `println!("{}", f().await)`: the tokens are not parsed, so look.
        let awaits = has_await(node.tokens.clone());
        self.found.awaits |= awaits && self.nested_async == 0;
    }
    fn visit_item_fn(&mut self, node: &'ast syn::ItemFn) {
        self.visit_signature(&node.sig);
        self.nested_async += 1;
        self.functions.push(node.sig.ident.to_string());
        let first = node.span().byte_range().start;
        if self.function((first, &node.attrs), &node.sig, &node.block) {
            visit::visit_block(self, &node.block);
        }
        self.functions.pop();
        self.nested_async -= 1;
    }
    fn visit_impl_item_fn(&mut self, node: &'ast syn::ImplItemFn) {
        self.visit_signature(&node.sig);
        self.nested_async += 1;
        self.functions.push(node.sig.ident.to_string());
        let first = node.span().byte_range().start;
        if self.function((first, &node.attrs), &node.sig, &node.block) {
            visit::visit_block(self, &node.block);
        }
        self.functions.pop();
        self.nested_async -= 1;
    }
    fn visit_trait_item_fn(&mut self, node: &'ast syn::TraitItemFn) {
        self.visit_signature(&node.sig);
        self.nested_async += 1;
        if let Some(block) = &node.default
            && self.function(
                (node.span().byte_range().start, &node.attrs),
                &node.sig,
                block,
            )
        {
            visit::visit_block(self, block);
        }
        self.nested_async -= 1;
    }
    // Evaluated by the compiler: no checkpoints inside.
    fn visit_item_const(&mut self, _: &'ast syn::ItemConst) {}
    fn visit_item_static(&mut self, _: &'ast syn::ItemStatic) {}
    fn visit_impl_item_const(&mut self, _: &'ast syn::ImplItemConst) {}
    fn visit_trait_item_const(&mut self, _: &'ast syn::TraitItemConst) {}
    fn visit_expr_const(&mut self, _: &'ast syn::ExprConst) {}
    fn visit_type(&mut self, _: &'ast syn::Type) {}
    fn visit_expr_repeat(&mut self, node: &'ast syn::ExprRepeat) {
        self.visit_expr(&node.expr);
    }
    fn visit_variant(&mut self, _: &'ast syn::Variant) {}
    fn visit_generic_argument(&mut self, _: &'ast syn::GenericArgument) {}
}

fn has_await(tokens: proc_macro2::TokenStream) -> bool {
    let mut after_dot = false;
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => std::mem::take(&mut after_dot) && ident == "await",
        TokenTree::Group(group) => {
            after_dot = false;
            has_await(group.stream())
        }
        TokenTree::Punct(punct) => {
            after_dot = punct.as_char() == '.';
            false
        }
        TokenTree::Literal(_) => false,
    })
}

/// Makes an item, its fields and its methods visible to later cells.
fn publish(item: &Item, edits: &mut Vec<Edit>) {
    match item {
        Item::Const(item) => visibility(&item.vis, item.const_token.span, edits),
        Item::Enum(item) => visibility(&item.vis, item.enum_token.span, edits),
        Item::Fn(item) => visibility(&item.vis, item.sig.span(), edits),
        Item::Mod(item) => visibility(&item.vis, item.mod_token.span, edits),
        Item::Static(item) => visibility(&item.vis, item.static_token.span, edits),
        Item::Trait(item) => {
            let first = item
                .unsafety
                .map_or(item.trait_token.span, |token| token.span);
            visibility(&item.vis, first, edits)
        }
        Item::TraitAlias(item) => visibility(&item.vis, item.trait_token.span, edits),
        Item::Type(item) => visibility(&item.vis, item.type_token.span, edits),
        Item::Struct(item) => {
            fields(&item.fields, edits);
            visibility(&item.vis, item.struct_token.span, edits)
        }
        Item::Union(item) => {
            for field in &item.fields.named {
                named_field(field, edits);
            }
            visibility(&item.vis, item.union_token.span, edits)
        }
        Item::Impl(item) if item.trait_.is_none() => {
            for member in &item.items {
                match member {
                    syn::ImplItem::Fn(member) => {
                        visibility(&member.vis, member.sig.span(), edits);
                    }
                    syn::ImplItem::Const(member) => {
                        visibility(&member.vis, member.const_token.span, edits);
                    }
                    _ => {}
                }
            }
        }
        Item::ForeignMod(item) => {
            for member in &item.items {
                match member {
                    // `safe fn` and `unsafe fn` are parsed as verbatim tokens.
                    syn::ForeignItem::Fn(member) => {
                        visibility(&member.vis, member.sig.span(), edits);
                    }
                    syn::ForeignItem::Static(member) => {
                        visibility(&member.vis, member.static_token.span, edits);
                    }
                    _ => {}
                }
            }
        }
        Item::Macro(item) if item.mac.path.is_ident("macro_rules") => {
            let exported = item.attrs.iter().any(|a| a.path().is_ident("macro_export"));
            if !exported {
                edits.push(Edit::insert(
                    start(item.mac.path.span()),
                    "#[macro_export] ",
                ));
            }
            if item_macros::defines_items(item) {
                let starts = item_macros::to_publish(item);
                edits.extend(starts.into_iter().map(|at| Edit::insert(at, "pub ")));
            }
        }
        _ => {}
    }
}

fn visibility(given: &Visibility, first: Span, edits: &mut Vec<Edit>) {
    match given {
        Visibility::Inherited => edits.push(Edit::insert(start(first), "pub ")),
        Visibility::Restricted(restricted) => {
            let range = restricted.span().byte_range();
            edits.push(Edit {
                at: range.start,
                replaces: range.len(),
                insert: "pub".to_owned(),
            });
        }
        Visibility::Public(_) => {}
    }
}

fn fields(fields: &syn::Fields, edits: &mut Vec<Edit>) {
    match fields {
        syn::Fields::Named(fields) => {
            fields
                .named
                .iter()
                .for_each(|field| named_field(field, edits));
        }
        syn::Fields::Unnamed(fields) => {
            for field in &fields.unnamed {
                visibility(&field.vis, field.ty.span(), edits);
            }
        }
        syn::Fields::Unit => {}
    }
}

fn named_field(field: &syn::Field, edits: &mut Vec<Edit>) {
    if let Some(ident) = &field.ident {
        visibility(&field.vis, ident.span(), edits);
    }
}

#[cfg(test)]
mod tests {
    use crate::source::only;

    fn run(text: &str) -> String {
        let cell = crate::parse::Cell::parse(text).unwrap();
        let whole = 0..text.len();
        only(text, std::slice::from_ref(&whole), &cell.edits)
            .text
            .replace("::ferrite_runtime::checkpoint();", "✓")
    }

    #[test]
    fn items_become_public() {
        assert_eq!(
            run("struct P { x: i32, pub y: f64 }"),
            "pub struct P { pub x: i32, pub y: f64 }"
        );
        assert_eq!(run("pub(crate) struct T(i32);"), "pub struct T(pub i32);");
        assert_eq!(
            run("impl P { fn f(&self) {} }"),
            "impl P { #[inline] pub fn f(&self) {} }"
        );
        assert_eq!(
            run("impl D for P { fn f(&self) {} }"),
            "impl D for P { #[inline] fn f(&self) {} }"
        );
        assert_eq!(
            run("macro_rules! m { () => {} }"),
            "#[macro_export] macro_rules! m { () => {} }"
        );
    }

    #[test]
    fn loops_and_functions_can_be_stopped() {
        assert_eq!(run("loop {}"), "loop { ✓}");
        assert_eq!(run("for i in 0..3 { f(i); }"), "for i in 0..3 { ✓ f(i); }");
        assert_eq!(
            run("fn f() { while true {} }"),
            "pub fn f() { ✓ while true { ✓} }"
        );
        assert_eq!(
            run("const fn f() { loop {} }"),
            "pub const fn f() { loop {} }"
        );
        assert_eq!(
            run("const N: i32 = { loop {} };"),
            "pub const N: i32 = { loop {} };"
        );
    }

    #[test]
    fn iterator_chains_can_be_stopped() {
        let run = |text: &str| run(text).replace(super::PIECES, "✂");
        // Walked in pieces, where nobody else sees the range.
        for (text, runs) in [
            (
                "(0..n).filter(|x| x % 2 == 3).count()",
                "✂(0..n).filter(|x| x % 2 == 3).count()",
            ),
            (
                "(0u64..).map(f).skip(2).any(g)",
                "✂(0u64..).map(f).skip(2).any(g)",
            ),
            (
                "(1..=n).filter(p).collect::<Vec<_>>().len()",
                "✂(1..=n).filter(p).collect::<Vec<_>>().len()",
            ),
            (
                "(0..9).map(|k| (0..k).sum::<i32>()).max()",
                "✂(0..9).map(|k|  { ✓ (0..k).sum::<i32>() }).max()",
            ),
        ] {
            assert_eq!(run(text), runs);
        }
        // As long as the memory, or short.
        for text in [
            "(0..n).map(|i| i as f64 * 0.5).collect::<Vec<f64>>()",
            "v.iter().map(|x| x * x).sum::<f64>()",
            "let back = (0..5).rev();",
            "(0..5).contains(&x)",
            "(0..n).sum::<u64>()",
            "(0..n).rev().map(|x| x + 1).collect::<Vec<_>>()",
        ] {
            assert_eq!(run(text), text);
        }
        // What may be called without end, and what may take its time.
        for (text, runs) in [
            (
                "let odd = (0..).filter(|x| x % 2 == 1);",
                "let odd = (0..).filter(|x|  { ✓ x % 2 == 1 });",
            ),
            (
                "(0..n).into_par_iter().map(|i| i * 2).sum::<u64>()",
                "(0..n).into_par_iter().map(|i|  { ✓ i * 2 }).sum::<u64>()",
            ),
            (
                "(0..n).step_by(2).map(|x| x * x).sum::<u64>()",
                "(0..n).step_by(2).map(|x|  { ✓ x * x }).sum::<u64>()",
            ),
            (
                "v.iter().map(|x| f(x)).sum::<f64>()",
                "v.iter().map(|x|  { ✓ f(x) }).sum::<f64>()",
            ),
            ("v.retain(|x| { f(x) })", "v.retain(|x| { ✓ f(x) })"),
            (
                "std::iter::from_fn(|| Some(1)).count()",
                "std::iter::from_fn(||  { ✓ Some(1) }).count()",
            ),
            (
                "v.iter().cycle().find(|x| **x > 3)",
                "v.iter().cycle().find(|x|  { ✓ **x > 3 })",
            ),
            (
                "v.iter().map(|x| for y in x { f(y) })",
                "v.iter().map(|x|  { ✓ for y in x { ✓ f(y) } })",
            ),
        ] {
            assert_eq!(run(text), runs);
        }
        let untouched = "f(|x| g(x), async || h())";
        assert_eq!(run(untouched), untouched);
    }

    #[test]
    fn thread_locals_become_public() {
        assert_eq!(
            run("thread_local! { static A: &'static str = \"a\"; pub(crate) static B: u8 = 1; }"),
            "thread_local! { pub static A: &'static str = \"a\"; pub(crate) static B: u8 = 1; }"
        );
    }

    #[test]
    fn loops_with_short_rounds_become_loops_of_pieces() {
        let piecewise = |text: &str| {
            let text = run(text);
            let (head, rest) = text.split_once(" { __all => ")?;
            let rest = rest.split_once("chunk() { ✓ ")?.1;
            Some(format!("{head} … {rest}"))
        };
        assert_eq!(
            piecewise("for x in &v { s += x; }").unwrap(),
            "match (&v) … for x in __chunk  { s += x; } } } }"
        );
        assert_eq!(
            piecewise("for (i, x) in v.iter().enumerate() { s[i] = x.sqrt(); }").unwrap(),
            "match (v.iter().enumerate()) … for (i, x) in __chunk  { s[i] = x.sqrt(); } } } }"
        );
        for whole in [
            "for x in &v { f(x); }",
            "for x in &v { if *x > 1 { break; } }",
            "'a: for x in &v { s += x; }",
            "for (i,\n x) in v { s += x; }",
            "for x in &v { println!(); }",
            "for x in &v { s += x.long(); }",
        ] {
            assert_eq!(piecewise(whole), None, "{whole}");
        }
    }

    #[test]
    fn what_is_done_many_times_is_worth_optimising() {
        let hot = |text| crate::parse::Cell::parse(text).unwrap();
        let items = |text| hot(text).items.iter().any(|item| item.hot);
        assert!(hot("for x in v { f(x); }").hot);
        assert!(hot("v.iter().sum::<f64>()").hot);
        assert!(hot("(0..n).map(|x| x * x).sum::<u64>()").hot);
        assert!(hot("words.sort();").hot);
        assert!(!hot("let x = 1 + 2;").hot);
        assert!(!hot("df.clone().lazy().filter(col(\"a\").gt(lit(1))).collect()?").hot);
        assert!(!hot("df.sort([\"a\"], Default::default())?").hot);
        assert!(items(
            "fn f(n: u32) -> u32 { if n < 2 { n } else { f(n - 1) } }"
        ));
        assert!(items("impl T { fn sum(&self) -> i32 { self.next.sum() } }"));
        assert!(!items("fn f(n: u32) -> u32 { g(n) }"));
    }

    #[test]
    fn awaits_are_found_where_they_count() {
        let awaits = |text| crate::parse::Cell::parse(text).unwrap().awaits;
        assert!(awaits("f().await"));
        assert!(awaits("println!(\"{}\", f().await);"));
        assert!(!awaits("let f = async { g().await };"));
        assert!(!awaits("async fn f() { g().await }"));
        assert!(!awaits("println!(\"x. await\");"));
    }
}
