//! Cells as frontends name them, and the files that a debugger knows instead.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use ferrite_engine::Loading;

/// What stands before the hash of a cell's text.
pub const PREFIX: &str = "/tmp/ferrite-cells/";
/// What stands behind it.
pub const SUFFIX: &str = ".rs";

/// A file that was compiled from a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompiledFile {
    /// The cell, as frontends name it.
    pub source: String,
    /// Lines before the cell's first one.
    pub offset: u64,
    /// How many lines the cell has.
    pub length: u64,
    /// Lines of the cell whose code is in this file, or that is not.
    lines: Lines,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Lines {
    These(Vec<RangeInclusive<usize>>),
    AllBut(Vec<RangeInclusive<usize>>),
}

impl CompiledFile {
    /// The line of this file for a line of the cell; nothing if the code is in
    /// another file.
    pub fn line_here(&self, line: u64) -> Option<u64> {
        let at = usize::try_from(line).ok()?;
        let among = |lines: &[RangeInclusive<usize>]| lines.iter().any(|range| range.contains(&at));
        let here = match &self.lines {
            Lines::These(lines) => among(lines),
            Lines::AllBut(lines) => !among(lines),
        };
        here.then_some(line + self.offset)
    }

    /// The line of the cell; nothing if the code there is generated.
    pub fn line_of_cell(&self, line: u64) -> Option<u64> {
        let line = line.checked_sub(self.offset)?;
        (1..=self.length).contains(&line).then_some(line)
    }
}

/// The cells and files that are known.
#[derive(Debug, Default)]
pub struct Sources {
    cells: BTreeMap<u32, String>,
    texts: BTreeMap<String, String>,
    files: BTreeMap<String, CompiledFile>,
}

impl Sources {
    /// A cell is about to run, or breakpoints are about to be set in it.
    pub fn text(&mut self, code: &str) -> String {
        let path = source_path(code);
        self.texts
            .entry(path.clone())
            .or_insert_with(|| code.to_owned());
        path
    }

    /// The number of a cell that is about to run.
    pub fn number(&mut self, number: u32, code: &str) {
        let path = self.text(code);
        self.cells.insert(number, path);
    }

    /// The text of a cell.
    pub fn text_of(&self, path: &str) -> Option<&str> {
        self.texts.get(path).map(String::as_str)
    }

    /// The file with this name, in whatever folder.
    pub fn file(&self, path: &str) -> Option<&CompiledFile> {
        let name = path.rsplit('/').next()?;
        self.files.get(name)
    }

    /// The files that a cell was compiled to.
    pub fn files_of<'a>(
        &'a self,
        source: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a CompiledFile)> {
        let files = self
            .files
            .iter()
            .filter(move |(_, file)| file.source == source);
        files.map(|(name, file)| (name.as_str(), file))
    }

    /// Takes in the files of a cell that is about to run. Gives the cells of
    /// which there are new ones.
    pub fn load(&mut self, loading: &Loading) -> Vec<String> {
        let statements = (
            loading.number,
            loading.file.clone(),
            u64::try_from(loading.offset).unwrap_or_default(),
            Lines::AllBut(loading.item_lines.clone()),
        );
        let items = loading.items.iter();
        let items = items.map(|items| {
            let lines = Lines::These(items.lines.clone());
            (items.number, items.file.clone(), 0, lines)
        });
        let mut changed = Vec::new();
        for (number, name, offset, lines) in items.chain([statements]) {
            let Some(source) = self.cells.get(&number) else {
                continue;
            };
            let text = self.texts.get(source).map_or("", String::as_str);
            let file = CompiledFile {
                source: source.clone(),
                offset,
                length: u64::try_from(text.trim_end().lines().count()).unwrap_or(u64::MAX),
                lines,
            };
            if self.files.get(&name) != Some(&file) {
                changed.push(source.clone());
                self.files.insert(name, file);
            }
        }
        changed
    }
}

/// The name that a frontend gives to a cell's text: a hash of it.
fn source_path(code: &str) -> String {
    format!("{PREFIX}{}{SUFFIX}", murmur2(code.as_bytes(), 0))
}

/// The 32 bits of MurmurHash2 (Austin Appleby, public domain), which is what
/// frontends compute.
fn murmur2(bytes: &[u8], seed: u32) -> u32 {
    const M: u32 = 0x5bd1_e995;
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    let mut hash = seed ^ length;
    let mut words = bytes.chunks_exact(4);
    for word in &mut words {
        let mut k = u32::from_le_bytes([word[0], word[1], word[2], word[3]]);
        k = k.wrapping_mul(M);
        k ^= k >> 24;
        hash = hash.wrapping_mul(M) ^ k.wrapping_mul(M);
    }
    let rest = words.remainder();
    for (at, byte) in rest.iter().enumerate() {
        hash ^= u32::from(*byte) << (8 * at);
    }
    if !rest.is_empty() {
        hash = hash.wrapping_mul(M);
    }
    hash ^= hash >> 13;
    hash = hash.wrapping_mul(M);
    hash ^ (hash >> 15)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ferrite_engine::ItemsFile;

    #[test]
    fn the_hash_is_the_frontends() {
        // `ipykernel.compiler.murmur2_x86` of the same.
        assert_eq!(murmur2(b"", 0), 0);
        assert_eq!(murmur2(b"hello", 0), 3_848_350_155);
        assert_eq!(murmur2(b"let x = 1;", 0), 1_329_695_373);
        assert_eq!(murmur2("größe".as_bytes(), 0x12345), 279_600_933);
    }

    #[test]
    fn a_cell_leads_to_its_files_and_back() {
        let mut sources = Sources::default();
        sources.number(3, "fn f() {\n}\nf();");
        let path = sources.text("fn f() {\n}\nf();");
        let changed = sources.load(&Loading {
            process: 1,
            number: 3,
            file: "cell-a.rs".to_owned(),
            offset: 7,
            item_lines: vec![1..=2],
            items: vec![ItemsFile {
                number: 3,
                file: "items-b.rs".to_owned(),
                lines: vec![1..=2],
            }],
        });
        assert_eq!(changed, [path.clone(), path.clone()]);
        let files: Vec<_> = sources.files_of(&path).collect();
        let lines = |at| -> Vec<_> { files.iter().map(|(_, file)| file.line_here(at)).collect() };
        assert_eq!(lines(1), [None, Some(1)]);
        assert_eq!(lines(3), [Some(10), None]);
        let file = sources.file("/somewhere/cell-a.rs").unwrap();
        assert_eq!(file.line_of_cell(10), Some(3));
        assert_eq!((file.line_of_cell(7), file.line_of_cell(11)), (None, None));
        assert!(sources.file("lib.rs").is_none());
    }
}
