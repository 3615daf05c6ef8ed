//! Which variables a cell certainly only reads.
//!
//! A cell that uses what others borrow from has to be compiled once only to learn
//! whether it moves or changes it. Where the text leaves no doubt, that is spared: each
//! time the name is written, a reference is made of it (`&df`), or something in it or a
//! method is named (`df.height()`). A method that takes its value cannot be called
//! through a reference, so that what is overlooked here is an error there. The
//! exceptions are those that references have as well, under the same name: `into_iter`
//! and its like.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::names;

/// Macros that take references of what they are given.
const PRINT: &[&str] = &[
    "print", "println", "eprint", "eprintln", "format", "write", "writeln", "panic",
];
/// Words that an operand can follow.
const BEFORE: &[&str] = &["in", "return", "match", "if", "while", "else", "break"];

/// Collects the names of which it is not certain that they are only read.
pub fn doubtful(tokens: TokenStream, into: &mut BTreeSet<String>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Ident(name) => {
                // A closure or an async block that takes what it uses.
                if name == "move" {
                    every(&tokens, into);
                } else if !reads(&tokens, at) {
                    into.insert(names::of(name));
                }
            }
            TokenTree::Group(group) => {
                let stream = group.stream();
                if !printed(&tokens[..at]) {
                    doubtful(stream, into);
                    continue;
                }
                for argument in arguments(stream) {
                    if let [TokenTree::Ident(_)] = &argument[..] {
                        continue;
                    }
                    doubtful(argument.into_iter().collect(), into);
                }
            }
            _ => {}
        }
    }
}

fn every(tokens: &[TokenTree], into: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(name) => {
                into.insert(names::of(name));
            }
            TokenTree::Group(group) => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                every(&inner, into);
            }
            _ => {}
        }
    }
}

/// Whether the arguments of a macro that prints come next.
fn printed(before: &[TokenTree]) -> bool {
    matches!(before, [.., TokenTree::Ident(name), TokenTree::Punct(mark)]
        if mark.as_char() == '!' && PRINT.iter().any(|known| name == known))
}

fn arguments(tokens: TokenStream) -> Vec<Vec<TokenTree>> {
    let mut arguments = vec![Vec::new()];
    for token in tokens {
        match (&token, arguments.last_mut()) {
            (TokenTree::Punct(mark), _) if mark.as_char() == ',' => arguments.push(Vec::new()),
            (_, Some(last)) => last.push(token),
            (_, None) => {}
        }
    }
    arguments
}

/// Whether a name is only read where it stands here.
fn reads(tokens: &[TokenTree], at: usize) -> bool {
    let mark = |at: usize, wanted: char| matches!(tokens.get(at), Some(TokenTree::Punct(it)) if it.as_char() == wanted);
    match tokens.get(at + 1) {
        Some(TokenTree::Punct(it)) if it.as_char() == '.' => match tokens.get(at + 2) {
            Some(TokenTree::Ident(member)) => {
                let member = member.to_string();
                return !member.contains("into") && member != "await";
            }
            _ => return false,
        },
        // `&f(x)`, `&m!()`, `&a::b`
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis => {
            return false;
        }
        _ if mark(at + 1, '!') || mark(at + 1, ':') => return false,
        _ => {}
    }
    let Some(before) = at.checked_sub(1).filter(|before| mark(*before, '&')) else {
        return false;
    };
    // Not `a & b`, nor `a && b`.
    match before.checked_sub(1).and_then(|at| tokens.get(at)) {
        None => true,
        Some(TokenTree::Punct(it)) => !matches!(it.as_char(), '&' | '?'),
        Some(TokenTree::Ident(word)) => BEFORE.iter().any(|known| word == known),
        Some(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(certain: bool, text: &str) {
        let mut found = BTreeSet::new();
        doubtful(text.parse().unwrap(), &mut found);
        assert_eq!(!found.contains("x"), certain, "{text}");
    }

    #[test]
    fn references_and_methods_read() {
        for text in [
            "f(&x, 1)",
            "let y = &x;",
            "for i in &x {}",
            "let n = &x[1..];",
            "x.height() + 1",
            "let y = x.len;",
            "println!(\"{} {}\", x, 2 * x.len())",
            "println!(\"{x}\")",
            "S { a: &x }",
            "|a| a + x.len()",
            "f(y)",
        ] {
            check(true, text);
        }
    }

    #[test]
    fn all_else_is_doubtful() {
        for text in [
            "f(x)",
            "let y = x;",
            "x",
            "x = 1",
            "x += 1",
            "f(&mut x)",
            "a & x",
            "a? & x",
            "f() & x",
            "a && x",
            "x.into_iter()",
            "x.await",
            "x?",
            "x.0",
            "&x(1)",
            "m!(x)",
            "vec![x]",
            "println!(\"{}\", f(x))",
            "f(&x); g(move || x.len())",
            "let x = 5;",
            "x[0] = 1",
        ] {
            check(false, text);
        }
    }
}
