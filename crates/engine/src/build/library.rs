//! Versions of the libraries that hold a notebook's items: where they are, and which of
//! them later ones link to.

use std::collections::BTreeSet;
use std::ffi::OsStr;
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
    links: Vec<Link>,
    /// The libraries that the newest crate links to, directly or not.
    needed: Vec<PathBuf>,
}

/// A version of the items to which later ones may link.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Link {
    /// Where it is.
    path: PathBuf,
    /// What it links to itself.
    homes: Vec<PathBuf>,
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

    /// Crates of items, of which the newest is the last. What is in `homes` and not of
    /// theirs is left out; `before` is what the newest was compiled with.
    pub fn new(crates: Vec<Arc<ItemsCrate>>, homes: Homes, before: &Self) -> Self {
        let mut new = Self {
            crates,
            homes,
            links: before.links(),
            needed: Vec::new(),
        };
        let elsewhere = new.statics().elsewhere;
        new.homes.retain(|symbol, _| elsewhere.contains(symbol));
        let newest = new.newest().map(|newest| newest.path.clone());
        new.links.retain(|link| Some(&link.path) != newest.as_ref());
        new.needed = new.homes_in_order();
        new
    }

    /// The libraries that the newest crate links to, directly or not, each before those
    /// that link to it.
    pub fn needed(&self) -> &[PathBuf] {
        &self.needed
    }

    /// Forgets the statics and functions that later versions could go on with.
    pub fn begin_anew(&mut self) {
        self.homes.clear();
        self.links.clear();
        self.needed = self.homes_in_order();
        for it in &mut self.crates {
            Arc::make_mut(it).statics = Statics::default();
        }
    }

    fn homes_in_order(&self) -> Vec<PathBuf> {
        // As text: to compare paths takes them apart.
        let mut wanted: BTreeSet<&OsStr> = self.linked().map(Path::as_os_str).collect();
        let mut found = Vec::new();
        for link in self.links.iter().rev() {
            if wanted.contains(link.path.as_os_str()) {
                wanted.extend(link.homes.iter().map(|home| home.as_os_str()));
                found.push(link.path.clone());
            }
        }
        found.reverse();
        found
    }

    /// What the newest crate links to itself.
    fn linked(&self) -> impl Iterator<Item = &Path> {
        let homes = self.homes.values().map(PathBuf::as_path);
        homes.chain(self.paths().rev().skip(1))
    }

    /// Those libraries and this one, for the next version.
    fn links(&self) -> Vec<Link> {
        let wanted: BTreeSet<&OsStr> = self.needed.iter().map(|it| it.as_os_str()).collect();
        let links = self.links.iter();
        let mut links: Vec<Link> = links
            .filter(|link| wanted.contains(link.path.as_os_str()))
            .cloned()
            .collect();
        links.extend(self.newest().map(|newest| {
            Link {
                path: newest.path.clone(),
                homes: BTreeSet::from_iter(self.linked().map(Path::as_os_str))
                    .into_iter()
                    .map(PathBuf::from)
                    .collect(),
            }
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
