//! Versions of the library that holds a notebook's items: where they are, and which of
//! them later ones link to.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::functions::Functions;
use crate::generate::Statics;
use crate::reach::Basis;
use crate::statics::Homes;

/// The library that holds the notebook's items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemsLibrary {
    /// Where it is.
    pub path: PathBuf,
    /// Whether it was compiled with the prelude.
    pub prelude: bool,
    /// The `opt-level` that it was compiled with.
    pub optimise: u8,
    /// Whether a debugger finds its way in it.
    pub debug: bool,
    /// Its statics that live in earlier versions of it.
    pub homes: Homes,
    /// Its own statics.
    pub statics: Statics,
    /// The functions of the notebook that are compiled once.
    pub functions: Functions,
    /// Earlier versions, the oldest first.
    pub links: Vec<Link>,
    /// What else it was compiled from.
    pub basis: Basis,
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
    /// The libraries that it links to, directly or not, each before those that link to it.
    pub fn homes_in_order(&self) -> impl Iterator<Item = &PathBuf> {
        let mut wanted: BTreeSet<&PathBuf> = self.homes.values().collect();
        let mut found = Vec::new();
        for link in self.links.iter().rev() {
            if wanted.contains(&link.path) {
                wanted.extend(&link.homes);
                found.push(&link.path);
            }
        }
        found.into_iter().rev()
    }

    /// Those libraries and this one, for the next version.
    pub fn links(&self) -> Vec<Link> {
        let wanted: BTreeSet<&PathBuf> = self.homes_in_order().collect();
        let links = self.links.iter();
        let mut links: Vec<Link> = links
            .filter(|link| wanted.contains(&link.path))
            .cloned()
            .collect();
        links.push(Link {
            path: self.path.clone(),
            homes: self.homes.values().cloned().collect(),
        });
        links
    }

    /// Whether it has this static, and not as a constant.
    pub fn knows(&self, symbol: &str) -> bool {
        let own = self.statics.here.contains(symbol) && !self.statics.constants.contains(symbol);
        own || self.homes.contains_key(symbol)
    }

    /// All statics that the next version can go on with. One whose library is
    /// gone from the disk cannot be linked to.
    pub fn offers(&self) -> Homes {
        let own = self.statics.here.difference(&self.statics.constants);
        let own = own.map(|symbol| (symbol.clone(), self.path.clone()));
        let mut offers = self.homes.clone();
        offers.extend(own);
        offers.retain(|_, library| library.exists());
        offers
    }
}
