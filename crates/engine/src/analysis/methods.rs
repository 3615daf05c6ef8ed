//! What rust-analyzer once said of the fields and methods of a type, in a file
//! for each, shared by all notebooks of a prelude.
//!
//! rust-analyzer needs half a minute to be ready; a variable's methods are the
//! same every time. Setup fills the folder with the types that most notebooks
//! have, and each notebook adds those that it asks for. All of them are read in
//! the background when a session begins: when somebody asks for the first time,
//! rust-analyzer starts as well, and the disk is busy with what that reads.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ferrite_wire::analysis::Item;

use super::Analysis;
use super::process::Patience;
use crate::generate::anchored;
use crate::items::hash;

/// How many fields and methods a type may have.
const MOST: usize = 2_000;

/// The methods of types, by the type as the engine spells it.
pub struct Methods {
    folder: PathBuf,
    read: Arc<Mutex<Read>>,
}

/// What was read, by file; nothing for a file that is not there.
type Read = HashMap<PathBuf, Option<Vec<Item>>>;

impl Methods {
    /// Those in a folder, which need not be there.
    pub fn new(folder: PathBuf) -> Self {
        let read = Arc::<Mutex<Read>>::default();
        let (early, from) = (Arc::downgrade(&read), folder.clone());
        std::thread::spawn(move || {
            let files = std::fs::read_dir(from).into_iter().flatten().flatten();
            let files = files.map(|file| file.path());
            for file in files.filter(|file| file.extension().is_some_and(|end| end == "json")) {
                let items = of_file(&file);
                let Some(read) = early.upgrade() else {
                    return;
                };
                lock(&read).entry(file).or_insert(items);
            }
        });
        Self { folder, read }
    }

    /// The methods of a type.
    pub fn get(&mut self, type_text: &str) -> Option<Vec<Item>> {
        let file = self.file(type_text);
        let mut read = lock(&self.read);
        let items = read.entry(file).or_insert_with_key(|file| of_file(file));
        items.clone()
    }

    /// Keeps the methods of a type.
    pub fn put(&mut self, type_text: &str, items: &[Item]) {
        let items = items.to_vec();
        // The first knows: with the imports of every notebook, if it was setup.
        if items.is_empty() || self.get(type_text).is_some() {
            return;
        }
        // A folder that cannot be written to is one that remembers nothing.
        let file = self.file(type_text);
        let half = file.with_extension(format!("half-{}", std::process::id()));
        let _ = std::fs::create_dir_all(&self.folder);
        if let Ok(text) = serde_json::to_vec(&items)
            && std::fs::write(&half, text).is_ok()
        {
            let _ = std::fs::rename(&half, &file);
        }
        lock(&self.read).insert(file, Some(items));
    }

    fn file(&self, type_text: &str) -> PathBuf {
        // rustc names a type by the shortest path that the crates of a cell
        // have to it, so one type of polars goes by two names.
        let type_text = type_text.replace("ferrite::prelude::", "polars::prelude::");
        let name = hash(&[type_text.as_bytes()]);
        self.folder.join(name).with_extension("json")
    }
}

fn of_file(file: &Path) -> Option<Vec<Item>> {
    serde_json::from_slice(&std::fs::read(file).ok()?).ok()
}

fn lock(read: &Mutex<Read>) -> MutexGuard<'_, Read> {
    read.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Looks at types before anybody asks for them, under imports that every
/// notebook has. `None` if rust-analyzer was not ready in time.
pub fn look_ahead(
    analysis: &mut Analysis,
    imports: &[&str],
    types: &[&str],
    patience: Duration,
) -> Option<()> {
    let imports: String = imports
        .iter()
        .map(|path| format!("use {path};\n"))
        .collect();
    let head = format!("#![allow(warnings)]\n{imports}fn __cell(x: ");
    analysis.warm_up(&head);
    analysis.wait(patience).then_some(())?;
    for type_text in types {
        let text = format!("{head}{}) {{ x. }}", anchored(type_text));
        let at = text.len() - " }".len();
        let found = analysis.items(Patience(patience), text, at, MOST);
        if let Some(items) = found {
            analysis.remember_methods(type_text, &items);
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_outlive_who_asked_for_them() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("methods");
        let item = Item {
            range: 0..0,
            name: "len".to_owned(),
            insert: "len".to_owned(),
            kind: "function".to_owned(),
            signature: "fn len(&self) -> usize".to_owned(),
            documentation: String::new(),
        };
        assert_eq!(Methods::new(folder.clone()).get("Vec<u8>"), None);
        let (one, other) = ("Vec<polars::prelude::Expr>", "Vec<ferrite::prelude::Expr>");
        Methods::new(folder.clone()).put(one, std::slice::from_ref(&item));
        assert!(Methods::new(folder.clone()).get(other).is_some());
        Methods::new(folder.clone()).put("Vec<u8>", std::slice::from_ref(&item));
        assert_eq!(
            Methods::new(folder.clone()).get("Vec<u8>"),
            Some(vec![item])
        );
        // What is damaged is not known.
        for file in std::fs::read_dir(&folder).unwrap() {
            std::fs::write(file.unwrap().path(), "{").unwrap();
        }
        assert_eq!(Methods::new(folder).get("Vec<u8>"), None);
    }
}
