//! What a compiled cell is kept under: a hash of everything that went into it, and for
//! its object file one of what it may come to.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::{Context, Plan};
use crate::cache::Entry;
use crate::compile::{Job, OBJECT};
use crate::generate::Generated;
use crate::items;
use crate::reach;
use crate::symbols;

impl Context<'_> {
    /// The key of the cell's object file, which is the same for all versions of
    /// the items in which what the cell may come to is the same. Only for cells
    /// that use items and have none.
    pub(super) fn kin(&self, code: &Generated, plan: &Plan, optimise: u8) -> Option<String> {
        // The name of its file is in what a debugger reads.
        let uses_items = code.uses_items && !self.debug;
        let library = self.items_library.filter(|_| uses_items)?;
        self.toolchain.linker.as_ref()?;
        let types = code
            .takes
            .iter()
            .map(|name| &self.variables[name].type_text);
        let imports = self.imports_after().map(|import| &import.path);
        let words = types
            .chain(imports)
            .flat_map(|text| reach::identifiers(text));
        // What generated code calls without saying whose it is.
        let called = ["evcxr_display", "shown", "pick", "told", "end"];
        let said = self
            .cell
            .mentions
            .with(words.chain(called.map(str::to_owned)));
        let statics = library.statics();
        let items = reach::reached(self.items, &library.newest()?.basis, &statics, &said);
        Some(self.hash(code, plan, optimise, &[b"object", items.as_bytes()]))
    }

    /// Makes a library of an object file that was compiled with another version
    /// of the items. Nothing if anything speaks against it: the cell is compiled.
    pub(super) fn link_again(
        &self,
        kin: &str,
        key: &str,
        code: &Generated,
        plan: &Plan,
    ) -> Option<(Entry, PathBuf)> {
        let (mut entry, object) = self.cache.get(kin)?;
        let items = self.items_paths();
        let exported = exported(&items)?;
        // An older version, in which statics live, must not stand in for it. (What has
        // a home has a name that no other version gives to anything else.)
        let there = |name: &String| exported.contains(name) || plan.homes.contains_key(name);
        if !std::mem::take(&mut entry.needs).iter().all(there) {
            return None;
        }
        let work = self.cache.work_dir().ok()?;
        std::fs::copy(object, work.path().join(OBJECT)).ok()?;
        let job = Job {
            code,
            prelude: entry.prelude,
            crates: self.crates,
            optimise: 0,
            share: true,
            debug: false,
            items: &items,
            homes: &plan.homes,
            key,
            dir: work.path(),
        };
        entry.library = self.toolchain.link_again(&job).ok()?;
        let library = self.cache.put(key, work, entry.clone()).ok()?;
        Some((entry, library))
    }

    /// Keeps the object file of a cell for other versions of the items. That it
    /// cannot be kept costs time later, nothing else.
    pub(super) fn keep_object(&self, kin: &str, compiled: &Path, entry: &Entry) {
        let kept = || {
            let object = std::fs::read(compiled.join(OBJECT)).ok()?;
            let exported = exported(&self.items_paths())?;
            let mut needs = symbols::needed(&object)?;
            needs.retain(|name| exported.contains(name));
            let work = self.cache.work_dir().ok()?;
            std::fs::write(work.path().join(OBJECT), object).ok()?;
            let library = OBJECT.to_owned();
            let entry = Entry {
                library,
                needs,
                ..entry.clone()
            };
            self.cache.put(kin, work, entry).ok()
        };
        if kept().is_none() {
            tracing::debug!(kin, "the object file was not kept");
        }
    }

    pub(super) fn key(&self, code: &Generated, plan: &Plan, optimise: u8) -> String {
        let mut parts: Vec<&[u8]> = Vec::new();
        // Their file names hold their own keys.
        let items = self.items_paths().into_iter().take(code.sees);
        let items = items.filter_map(Path::file_name);
        parts.extend(items.map(|name| name.as_encoded_bytes()));
        // So do those of statics and functions.
        let homes = plan.libraries();
        if code.uses_items || !code.statics.elsewhere.is_empty() {
            let names = homes.iter().filter_map(|library| library.file_name());
            parts.extend(names.map(|name| name.as_encoded_bytes()));
        }
        self.hash(code, plan, optimise, &parts)
    }

    /// A hash of everything that goes into a cell but the items.
    fn hash(&self, code: &Generated, plan: &Plan, optimise: u8, items: &[&[u8]]) -> String {
        let engine = env!("FERRITE_ENGINE_MARK").as_bytes();
        let mut parts: Vec<&[u8]> = vec![engine, self.toolchain.id.as_bytes()];
        // Code that is only looked at reads the same, lent or not.
        let lent: Vec<String> = self.lent_here().into_iter().collect();
        let lent = lent.join(" ");
        parts.push(lent.as_bytes());
        for (name, text) in &code.files {
            parts.push(name.as_bytes());
            parts.push(text.as_bytes());
        }
        parts.extend(items);
        if plan.prelude && !self.crates.id.is_empty() {
            parts.push(self.crates.id.as_bytes());
        }
        let flags = [u8::from(plan.prelude), optimise, u8::from(self.debug)];
        parts.push(&flags);
        items::hash(&parts)
    }
}

/// What all of these libraries have for others.
fn exported(libraries: &[&Path]) -> Option<BTreeSet<String>> {
    let mut all = BTreeSet::new();
    for library in libraries {
        all.extend(symbols::exported(&std::fs::read(library).ok()?)?);
    }
    Some(all)
}
