//! Macros whose call defines items: it belongs among the items, not among the
//! statements, and what it defines is to be seen by later cells.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::ItemMacro;

const KEYWORDS: &[&str] = &[
    "struct", "enum", "union", "fn", "impl", "trait", "mod", "static", "const", "type", "use",
    "extern", "unsafe", "async",
];

/// Macros of others that are known to define items.
const KNOWN: &[&str] = &["thread_local", "lazy_static"];

/// Whether a macro of this name is known to define items.
pub fn is_known(name: &str) -> bool {
    KNOWN.contains(&name)
}

/// Whether every arm of a `macro_rules!` writes items.
pub fn defines_items(item: &ItemMacro) -> bool {
    let arms = arms(item);
    !arms.is_empty() && arms.into_iter().all(begins_item)
}

/// Byte offsets at which `pub ` makes what the macro defines visible.
pub fn to_publish(item: &ItemMacro) -> Vec<usize> {
    arms(item).into_iter().flat_map(private_items).collect()
}

/// What the arms write.
fn arms(item: &ItemMacro) -> Vec<TokenStream> {
    let mut arms = Vec::new();
    let mut after_arrow = false;
    let mut last = ' ';
    for token in item.mac.tokens.clone() {
        match token {
            TokenTree::Group(group) if after_arrow => {
                arms.push(group.stream());
                after_arrow = false;
            }
            TokenTree::Punct(punct) => {
                after_arrow = last == '=' && punct.as_char() == '>';
                last = punct.as_char();
                continue;
            }
            _ => {}
        }
        last = ' ';
    }
    arms
}

/// Whether an item comes first: an `unsafe {` is none.
fn begins_item(tokens: TokenStream) -> bool {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            // Attributes and metavariables of attributes or visibility.
            TokenTree::Punct(punct) if punct.as_char() == '#' => {
                tokens.next();
            }
            TokenTree::Punct(punct) if punct.as_char() == '$' => match tokens.next() {
                Some(TokenTree::Group(repeated)) => return begins_item(repeated.stream()),
                Some(TokenTree::Ident(_)) => {}
                _ => return false,
            },
            TokenTree::Ident(word) if word == "pub" => {
                if matches!(tokens.peek(), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis)
                {
                    tokens.next();
                }
            }
            TokenTree::Ident(word) if KEYWORDS.iter().any(|keyword| word == keyword) => {
                let block = matches!(tokens.peek(), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace);
                return !block;
            }
            _ => return false,
        }
    }
    false
}

/// Where items without visibility begin, at the top level of what is written.
fn private_items(tokens: TokenStream) -> Vec<usize> {
    let mut found = Vec::new();
    let mut at_start = true;
    let mut visible = false;
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == '#' => {
                tokens.next();
            }
            TokenTree::Punct(punct) if punct.as_char() == '$' => match tokens.next() {
                Some(TokenTree::Group(repeated)) if at_start => {
                    found.extend(private_items(repeated.stream()));
                }
                // `$vis struct …`
                Some(TokenTree::Ident(_)) if at_start => visible = true,
                _ => {}
            },
            TokenTree::Punct(punct) if punct.as_char() == ';' => {
                at_start = true;
                visible = false;
            }
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                at_start = true;
                visible = false;
            }
            TokenTree::Ident(word) if at_start && word == "pub" => visible = true,
            TokenTree::Ident(word)
                if at_start && KEYWORDS.iter().any(|keyword| word == keyword) =>
            {
                if !visible && word != "impl" && word != "use" {
                    found.push(word.span().byte_range().start);
                }
                at_start = false;
            }
            TokenTree::Group(_) if at_start && visible => {}
            _ => at_start = false,
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(text: &str) -> ItemMacro {
        syn::parse_str(text).unwrap()
    }

    #[test]
    fn macros_that_define_items_are_told_from_others() {
        for text in [
            "macro_rules! m { ($n:ident) => { #[derive(Debug)] pub struct $n(f64); } }",
            "macro_rules! m { ($($n:ident),*) => { $(struct $n;)* }; () => { fn f() {} } }",
            "macro_rules! m { ($v:vis $n:ident) => { $v const fn $n() {} } }",
        ] {
            assert!(defines_items(&item(text)), "{text}");
        }
        for text in [
            "macro_rules! m { ($n:expr) => { $n + 1 } }",
            "macro_rules! m { () => { unsafe { 1 } } }",
            "macro_rules! m { () => { let x = 1; } }",
            "macro_rules! m { () => { } }",
        ] {
            assert!(!defines_items(&item(text)), "{text}");
        }
    }

    #[test]
    fn private_items_are_found() {
        let text =
            "macro_rules! m { ($n:ident) => { struct $n; pub fn f() {} impl $n {} enum E {} } }";
        let starts: Vec<&str> = to_publish(&item(text))
            .into_iter()
            .map(|at| &text[at..at + 4])
            .collect();
        assert_eq!(starts, ["stru", "enum"]);
    }
}
