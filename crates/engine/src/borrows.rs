//! Variables that borrow from others.
//!
//! rustc says of what a new variable borrows when it is to be kept for good:
//! "`df` does not live long enough". Such a variable is kept all the same, by
//! `ferrite_runtime::slots`, as long as nothing happens to what it borrows
//! from. In later cells its type has a lifetime of its own, a parameter of the
//! function around the cell, so that no code can let it outlive the cell.

use std::collections::{BTreeMap, BTreeSet};

use crate::generate::Variable;

/// The lifetime of a variable's borrows.
pub fn lifetime(name: &str) -> String {
    format!("'v_{}", name.trim_start_matches("r#"))
}

/// A type with its erased lifetimes filled in.
pub fn with_lifetime(type_text: &str, lifetime: &str) -> String {
    let mut text = String::with_capacity(type_text.len() + 16);
    let mut rest = type_text;
    while let Some(at) = rest.find(['&', '\'']) {
        text.push_str(&rest[..at]);
        let tail = &rest[at..];
        if let Some(after) = tail.strip_prefix('&') {
            text.push('&');
            if !after.starts_with('\'') {
                text.push_str(lifetime);
                text.push(' ');
            }
            rest = after;
        } else if let Some(after) = tail.strip_prefix("'_") {
            text.push_str(lifetime);
            rest = after;
        } else {
            text.push('\'');
            rest = &tail[1..];
        }
    }
    text.push_str(rest);
    text
}

/// Whether values of a type can be kept while they borrow: only where all its
/// lifetimes are seen, and where nothing can be changed through it.
pub fn can_be_kept(type_text: &str) -> bool {
    const NEVER: &[&str] = &[
        "&mut ", "dyn ", "impl ", "fn(", "Cell<", "Mut<", "Mutex", "RwLock", "{",
    ];
    NEVER.iter().all(|part| !type_text.contains(part))
}

/// The variables that others borrow from.
pub fn lent(variables: &BTreeMap<String, Variable>) -> BTreeSet<&str> {
    variables
        .values()
        .flat_map(|variable| variable.borrows.iter().map(String::as_str))
        .collect()
}

/// The variables that borrow from any of these.
pub fn borrowers(variables: &BTreeMap<String, Variable>, of: &BTreeSet<String>) -> Vec<String> {
    variables
        .iter()
        .filter(|(_, variable)| !variable.borrows.is_disjoint(of))
        .map(|(name, _)| name.clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lifetimes_are_filled_in() {
        assert_eq!(
            with_lifetime("std::slice::Iter<'_, &str>", "'v_x"),
            "std::slice::Iter<'v_x, &'v_x str>"
        );
        assert_eq!(
            with_lifetime("(&'static str, &[u8])", "'a"),
            "(&'static str, &'a [u8])"
        );
        assert_eq!(with_lifetime("i32", "'a"), "i32");
    }

    #[test]
    fn what_could_change_or_hide_lifetimes_is_not_kept() {
        assert!(can_be_kept("&polars::frame::column::Column"));
        assert!(can_be_kept("std::str::Chars<'_>"));
        assert!(!can_be_kept("&mut i32"));
        assert!(!can_be_kept("std::cell::Ref<'_, std::cell::RefCell<i32>>"));
        assert!(!can_be_kept(
            "std::boxed::Box<dyn std::iter::Iterator<Item = &i32>>"
        ));
    }
}
