//! Where a function looks whether it was interrupted.
//!
//! Not where it begins: in many a recursion most calls end at once
//! (`if n < 2 { return n; }`), and to look at a flag in each of them takes half as
//! long again. So the checkpoint goes to where the function begins to do more
//! than little, on each of its ways.

use std::ops::Range;

use syn::spanned::Spanned;
use syn::{Block, Expr, ExprIf, Stmt};

use crate::hot;

/// A place for a checkpoint, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Before a statement.
    Before(usize),
    /// Before an expression that stands alone and needs a block around it.
    Around(Range<usize>),
}

/// The places in a function's body. None if it does little.
pub fn places(body: &Block) -> Vec<Place> {
    let mut places = Vec::new();
    of_block(body, &mut places);
    places
}

fn of_block(block: &Block, places: &mut Vec<Place>) {
    let mut statements = block.stmts.iter().peekable();
    while let Some(statement) = statements.next() {
        if defines(statement) || hot::is_little_statement(statement) {
            continue;
        }
        match statement {
            Stmt::Expr(last, _) if statements.peek().is_none() && branches(last) => {
                of_expression(last, places);
            }
            _ => places.push(Place::Before(statement.span().byte_range().start)),
        }
        return;
    }
}

/// Whether a statement only defines something, which takes no time. What is inserted
/// there is about the definition (see `statics`).
fn defines(statement: &Stmt) -> bool {
    match statement {
        Stmt::Item(_) => true,
        Stmt::Macro(call) => call.mac.path.is_ident("thread_local"),
        _ => false,
    }
}

fn of_expression(expression: &Expr, places: &mut Vec<Place>) {
    if hot::is_little_expression(expression) {
        return;
    }
    match expression {
        Expr::If(node) if branches(expression) => of_if(node, places),
        Expr::Match(node) if branches(expression) => {
            for arm in &node.arms {
                of_expression(&arm.body, places);
            }
        }
        Expr::Block(node) if branches(expression) => of_block(&node.block, places),
        other => places.push(Place::Around(other.span().byte_range())),
    }
}

fn of_if(node: &ExprIf, places: &mut Vec<Place>) {
    of_block(&node.then_branch, places);
    if let Some((_, otherwise)) = &node.else_branch {
        of_expression(otherwise, places);
    }
}

/// Whether the checkpoint can go into the parts of an expression: what is done
/// before one of them is chosen is little.
fn branches(expression: &Expr) -> bool {
    let little = hot::is_little_expression;
    match expression {
        Expr::If(node) => node.attrs.is_empty() && little(&node.cond),
        Expr::Match(node) => {
            let mut guards = node.arms.iter().filter_map(|arm| arm.guard.as_ref());
            node.attrs.is_empty() && little(&node.expr) && guards.all(|(_, guard)| little(guard))
        }
        Expr::Block(node) => node.attrs.is_empty() && node.label.is_none(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The function with `!` where it looks.
    fn looks(function: &str) -> String {
        let parsed: syn::ItemFn = syn::parse_str(function).unwrap();
        let mut marks: Vec<(usize, &str)> = Vec::new();
        for place in places(&parsed.block) {
            match place {
                Place::Before(at) => marks.push((at, "!")),
                Place::Around(range) => marks.extend([(range.start, "{!"), (range.end, "}")]),
            }
        }
        let mut text = function.to_owned();
        for (at, mark) in marks.iter().rev() {
            text.insert_str(*at, mark);
        }
        text
    }

    #[test]
    fn the_ways_that_end_at_once_do_not_look() {
        assert_eq!(
            looks("fn f(n: u32) -> u32 { if n < 2 { n } else { f(n - 1) + f(n - 2) } }"),
            "fn f(n: u32) -> u32 { if n < 2 { n } else { !f(n - 1) + f(n - 2) } }"
        );
        assert_eq!(
            looks("fn f(n: u32) -> u32 { if n < 2 { return n; } let m = n - 1; f(m) + f(n - 2) }"),
            "fn f(n: u32) -> u32 { if n < 2 { return n; } let m = n - 1; !f(m) + f(n - 2) }"
        );
        assert_eq!(
            looks("fn f(n: u32) -> u32 { match n { 0 | 1 => n, _ => f(n - 1) + f(n - 2) } }"),
            "fn f(n: u32) -> u32 { match n { 0 | 1 => n, _ => {!f(n - 1) + f(n - 2)} } }"
        );
    }

    #[test]
    fn every_other_way_looks_first() {
        assert_eq!(
            looks("fn f(n: u32) { if n < 2 { g() } else if n < 9 { n; } else if g() { f(n) } }"),
            "fn f(n: u32) { if n < 2 { !g() } else if n < 9 { n; } else {!if g() { f(n) }} }"
        );
        assert_eq!(
            looks("fn f(n: u32) { if g() { n } else { f(n) } }"),
            "fn f(n: u32) { !if g() { n } else { f(n) } }"
        );
        assert_eq!(
            looks("fn f(n: u32) { match n { m if g(m) => n, _ => f(n) } }"),
            "fn f(n: u32) { !match n { m if g(m) => n, _ => f(n) } }"
        );
        assert_eq!(
            looks("fn f(n: u32) { if n < 2 { f(n) } f(n) }"),
            "fn f(n: u32) { !if n < 2 { f(n) } f(n) }"
        );
        assert_eq!(
            looks("fn f() { static N: u8 = 1; thread_local! {} use a::b; g() }"),
            "fn f() { static N: u8 = 1; thread_local! {} use a::b; !g() }"
        );
        assert_eq!(
            looks("fn f(n: u32) { println!(); }"),
            "fn f(n: u32) { !println!(); }"
        );
    }
}
