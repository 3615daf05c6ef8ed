//! Versions of the libraries that hold a notebook's items: where they are, and which of
//! them later ones link to.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::functions::Functions;
use crate::generate::Statics;
use crate::reach::Basis;
use crate::statics::Homes;

/// A crate of items, as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemsCrate {
    /// Where it is.
    pub path: PathBuf,
    /// Whether it was compiled with the prelude.
    pub prelude: bool,
    /// The `opt-level` that it was compiled with.
    pub optimise: u8,
    /// Whether a debugger finds its way in it.
    pub debug: bool,
    /// Its statics, and its functions that are compiled once.
    pub statics: Statics,
    /// Those functions, by where they stand.
    pub functions: Functions,
    /// What else it was compiled from.
    pub basis: Basis,
}

/// The libraries that hold the notebook's items.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ItemsLibrary {
    /// One for each crate of items (see `segments`). Each sees those before it, and
    /// cells see all of them.
    pub crates: Vec<Arc<ItemsCrate>>,
    /// Statics and functions that live in earlier versions.
    pub homes: Homes,
    /// Earlier versions, the oldest first.
    pub links: Vec<Link>,
}

/// A version of the items to which later ones may link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Where it is.
    pub path: PathBuf,
    /// What it links to itself.
    homes: BTreeSet<PathBuf>,
}

impl ItemsLibrary {
    /// The newest crate.
    pub fn newest(&self) -> Option<&ItemsCrate> {
        self.crates.last().map(Arc::as_ref)
    }

    /// Where the crates are.
    pub fn paths(&self) -> impl DoubleEndedIterator<Item = &Path> {
        self.crates.iter().map(|it| it.path.as_path())
    }

    /// Whether one of them was compiled with the prelude.
    pub fn prelude(&self) -> bool {
        self.crates.iter().any(|it| it.prelude)
    }

    /// The statics and functions of all of them.
    pub fn statics(&self) -> Statics {
        let mut all = Statics::default();
        for statics in self.crates.iter().map(|it| &it.statics) {
            all.here.extend(statics.here.iter().cloned());
            all.elsewhere.extend(statics.elsewhere.iter().cloned());
            all.constants.extend(statics.constants.iter().cloned());
        }
        all
    }

    /// The libraries that the newest crate links to, directly or not, each before those
    /// that link to it.
    pub fn homes_in_order(&self) -> impl Iterator<Item = &Path> {
        let mut wanted: BTreeSet<&Path> = self.linked().collect();
        let mut found = Vec::new();
        for link in self.links.iter().rev() {
            if wanted.contains(link.path.as_path()) {
                wanted.extend(link.homes.iter().map(PathBuf::as_path));
                found.push(link.path.as_path());
            }
        }
        found.into_iter().rev()
    }

    /// What the newest crate links to itself.
    fn linked(&self) -> impl Iterator<Item = &Path> {
        let homes = self.homes.values().map(PathBuf::as_path);
        homes.chain(self.paths().rev().skip(1))
    }

    /// Those libraries and this one, for the next version.
    pub fn links(&self) -> Vec<Link> {
        let wanted: BTreeSet<&Path> = self.homes_in_order().collect();
        let links = self.links.iter();
        let mut links: Vec<Link> = links
            .filter(|link| wanted.contains(link.path.as_path()))
            .cloned()
            .collect();
        links.extend(self.newest().map(|newest| Link {
            path: newest.path.clone(),
            homes: self.linked().map(Path::to_owned).collect(),
        }));
        links
    }

    /// Whether it has this static, and not as a constant.
    pub fn knows(&self, symbol: &str) -> bool {
        let mut statics = self.crates.iter().map(|it| &it.statics);
        let own = statics.any(|it| it.here.contains(symbol) && !it.constants.contains(symbol));
        own || self.homes.contains_key(symbol)
    }

    /// All statics that the next version can go on with. One whose library is
    /// gone from the disk cannot be linked to.
    pub fn offers(&self) -> Homes {
        let mut offers = self.homes.clone();
        for it in &self.crates {
            let own = it.statics.here.difference(&it.statics.constants);
            offers.extend(own.map(|symbol| (symbol.clone(), it.path.clone())));
        }
        offers.retain(|_, library| library.exists());
        offers
    }
}
