//! What `use` brings into scope, name by name, so that a later import of the
//! same name can replace an earlier one.

use syn::{ItemExternCrate, ItemUse, UseTree};

use crate::names;

/// One name (or one glob) that is imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// First segment of the path: a crate, `std`, `crate`, or a module.
    pub root: String,
    /// The name that comes into scope; `None` for a glob or `as _`.
    pub name: Option<String>,
    /// Whether it is a glob.
    pub glob: bool,
    /// What stands between `use` and `;`, or the whole `extern crate` item.
    pub path: String,
    /// Whether it is an `extern crate`.
    pub extern_crate: bool,
}

impl Import {
    /// Whether importing this one makes `other` obsolete.
    pub fn replaces(&self, other: &Import) -> bool {
        match (&self.name, &other.name) {
            (Some(mine), Some(theirs)) => mine == theirs,
            _ => self.path == other.path,
        }
    }

    /// The import as code. `home` is what `crate` and `self` mean.
    pub fn code(&self, home: &str) -> String {
        if self.extern_crate {
            return format!("{};", self.path);
        }
        match self.path.split_once("::") {
            Some(("crate" | "self", rest)) => format!("use {home}::{rest};"),
            _ => format!("use {};", self.path),
        }
    }
}

/// The imports of a notebook with newer ones, which replace those of the same
/// name.
pub fn joined<'a>(old: &'a [Import], new: &'a [Import]) -> impl Iterator<Item = &'a Import> {
    old.iter()
        .filter(|old| new.iter().all(|import| !import.replaces(old)))
        .chain(new)
}

/// The imports of a `use` item.
pub fn of_use(item: &ItemUse) -> Vec<Import> {
    let mut found = Vec::new();
    let start = if item.leading_colon.is_some() {
        "::"
    } else {
        ""
    };
    walk(&item.tree, start, &mut Vec::new(), &mut found);
    found
}

fn walk(tree: &UseTree, start: &str, path: &mut Vec<String>, found: &mut Vec<Import>) {
    match tree {
        UseTree::Path(segment) => {
            path.push(names::of(&segment.ident));
            walk(&segment.tree, start, path, found);
            path.pop();
        }
        UseTree::Group(group) => {
            group
                .items
                .iter()
                .for_each(|tree| walk(tree, start, path, found));
        }
        UseTree::Glob(_) => found.push(leaf(start, path, "*", None)),
        UseTree::Name(name) => {
            let ident = names::of(&name.ident);
            match (ident.as_str(), path.last().cloned()) {
                // `use a::b::{self}` brings in `b`.
                ("self", Some(module)) => {
                    let parent = &path[..path.len() - 1];
                    found.push(leaf(start, parent, &module, Some(module.clone())));
                }
                _ => found.push(leaf(start, path, &ident, Some(ident.clone()))),
            }
        }
        UseTree::Rename(rename) => {
            let (from, to) = (names::of(&rename.ident), names::of(&rename.rename));
            let name = (to != "_").then(|| to.clone());
            match (from.as_str(), path.last().cloned()) {
                ("self", Some(module)) => {
                    let parent = &path[..path.len() - 1];
                    found.push(leaf(start, parent, &format!("{module} as {to}"), name));
                }
                _ => found.push(leaf(start, path, &format!("{from} as {to}"), name)),
            }
        }
    }
}

fn leaf(start: &str, path: &[String], last: &str, name: Option<String>) -> Import {
    let mut full = path.to_vec();
    full.push(last.to_owned());
    Import {
        root: full[0].split(' ').next().unwrap_or_default().to_owned(),
        glob: last == "*",
        name,
        path: format!("{start}{}", full.join("::")),
        extern_crate: false,
    }
}

/// The import of an `extern crate` item.
pub fn of_extern_crate(item: &ItemExternCrate) -> Vec<Import> {
    let root = names::of(&item.ident);
    let renamed = item.rename.as_ref().map(|(_, name)| names::of(name));
    let path = match &renamed {
        Some(name) => format!("extern crate {root} as {name}"),
        None => format!("extern crate {root}"),
    };
    let name = renamed.unwrap_or_else(|| root.clone());
    let name = (name != "_").then_some(name);
    vec![Import {
        root,
        name,
        glob: false,
        path,
        extern_crate: true,
    }]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(code: &str) -> Vec<String> {
        of_use(&syn::parse_str(code).unwrap())
            .iter()
            .map(|i| i.code("home"))
            .collect()
    }

    #[test]
    fn groups_become_single_names() {
        assert_eq!(
            paths("use std::{fmt::{self, Debug as D}, io::*};"),
            [
                "use std::fmt;",
                "use std::fmt::Debug as D;",
                "use std::io::*;"
            ]
        );
        assert_eq!(
            paths("use ::serde::Serialize;"),
            ["use ::serde::Serialize;"]
        );
        assert_eq!(
            paths("use crate::shapes::Circle;"),
            ["use home::shapes::Circle;"]
        );
    }

    #[test]
    fn a_later_name_replaces_an_earlier_one() {
        let first = &of_use(&syn::parse_str("use std::fmt::Result;").unwrap())[0];
        let second = &of_use(&syn::parse_str("use std::io::Result;").unwrap())[0];
        let third = &of_use(&syn::parse_str("use std::io::Write as _;").unwrap())[0];
        assert!(second.replaces(first));
        assert!(!third.replaces(first));
    }
}
